"""Questions answered from one store, and kept for the next time they are asked."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from django.utils import timezone

from samaki.engines.results.columns.counting import Tally
from samaki.engines.results.columns.dimensions import has_dimension, table_at
from samaki.engines.results.columns.evaluation import plan
from samaki.engines.results.columns.joined import Joined, told_by
from samaki.engines.results.columns.questions import Answer, Cell, Persons, Question
from samaki.engines.results.columns.scope import Scope
from samaki.engines.results.columns.standing import Standing
from samaki.engines.results.columns.store import Store
from samaki.kernel.measures import Array, Made, Records, measures, tables

_KEPT = 1_000  # answers
_KEPT_CELLS = 1_000  # of an answer that is kept whole
_KEPT_BYTES = 256 * 1024 * 1024
CANONICAL = ".canonical"  # how a measure of persons says whom it counts once
Token = tuple[object, ...]  # what an answer was worked out from: the day, and the versions of tables
Key = tuple[Question, int, int, int]  # the last tells which records, quicker than what they are


@cache
def across(records: Records, persons: Persons) -> Records:
    """The same records counted by who stands for each person across organisations."""
    if not persons:
        return records
    if not records.subject.endswith(CANONICAL):
        raise ValueError(f"{records.table} counts no persons")
    return replace(records, subject=f"{records.subject}.{persons}")


class Answers:
    """The answers standing on one store."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._joined: dict[Records, Joined] = {}
        self._standing: OrderedDict[Key, Standing] = OrderedDict()
        self._bytes = 0
        self._answered: OrderedDict[Question, tuple[Token, Answer]] = OrderedDict()

    def patch(self, changes: Mapping[str, set[int] | None]) -> None:
        """Follows the changes of the database into the columns and what was carried between them."""
        known = {key: len(table) for key, table in self.store.stored.items()}
        touched = {key: rows for key, rows in self.store.patch(changes).items() if len(rows)}
        if not touched:
            return
        scope = Scope.of(Question("", "rows", 0), self.store)
        for records, joined in list(self._joined.items()):
            if not joined.patch(scope, touched, known):
                del self._joined[records]
                for key in [key for key, standing in self._standing.items() if standing.joined is joined]:
                    self._bytes -= self._standing.pop(key).bytes

    def answer(self, question: Question) -> Answer:
        token = (timezone.localdate(), *(self.store[table].version for table in told_by(question.measure)))
        kept = self._answered.pop(question, None)
        if kept is None or kept[0] != token:
            kept = token, self._worked_out(question)
        if len(kept[1].cells) + len(kept[1].unknown_cells) <= _KEPT_CELLS:
            self._answered[question] = kept
            while len(self._answered) > _KEPT:
                self._answered.popitem(last=False)
        return kept[1]

    def _worked_out(self, question: Question) -> Answer:
        scope = Scope.of(question, self.store)
        measure = measures[question.measure]
        main = self._stand(scope, across(measure.records, question.persons))
        tally = main.tally
        unknown = tally.unknown
        unknown_cells: Counter[Cell] = Counter(main.plan.keyed(tally.unknown_cells))
        # What hides something, and what shows that somebody looked, are the same for measures that share them.
        of_rows = replace(scope, question=replace(question, measure="", aggregate="rows"))
        for records in measure.gaps:
            gap = self._stand(of_rows, records, lacking=True)
            unknown += gap.tally.total + gap.tally.unknown
            for counts in (gap.tally.cells, gap.tally.unknown_cells):
                unknown_cells.update(gap.plan.keyed(counts))
        known = unknown == 0 or main.shows_something() or any(self._shows(scope, each) for each in measure.evidence)
        ids = self.store[table_at(measure.records.table, measure.records.organisation.split("."))]["id"]
        return Answer(
            total=tally.total,
            unknown=unknown,
            known=known,
            cells=main.plan.keyed(tally.cells),
            unknown_cells=dict(unknown_cells),
            per_organisation={int(ids[row]): count for row, count in tally.organisations.items()},
            communes=self._communes(main) if measure.records.by_commune else {},
        )

    @staticmethod
    def _communes(main: Standing) -> dict[Cell, int]:
        everywhere, by_cell = main.tally.communes_by_cell()
        return {(): everywhere} | main.plan.keyed(by_cell) if everywhere else {}

    def counted(self, question: Question) -> Array:
        """Ids of the records behind the figure, ascending."""
        return self._stand(Scope.of(replace(question, by=()), self.store), measures[question.measure].records).counted()

    def _shows(self, scope: Scope, records: Records) -> bool:
        question = scope.question
        where = tuple((key, keys) for key, keys in question.where if has_dimension(records, key))
        asked = replace(question, measure="", aggregate="rows", where=where, by=())
        return self._stand(replace(scope, question=asked), records).shows_something()

    def _stand(self, scope: Scope, records: Records, *, lacking: bool = False) -> Standing:
        if isinstance(tables[records.table], Made):  # made anew for each day, and small
            return Standing(plan(scope, records, lacking=lacking), Joined(scope, records))
        key = scope.question, scope.as_of, scope.known_on, id(records)
        standing = self._standing.get(key)
        if standing is None or not standing.follow():
            if standing is not None:
                self._bytes -= self._standing.pop(key).bytes
            if records not in self._joined:
                self._joined[records] = Joined(scope, records)
            standing = self._standing[key] = Standing(plan(scope, records, lacking=lacking), self._joined[records])
            self._bytes += standing.bytes
            self._let_go()
        else:
            self._standing.move_to_end(key)
        return standing

    def _let_go(self) -> None:
        """Forgets the answers asked longest ago."""
        while len(self._standing) > _KEPT or self._bytes > _KEPT_BYTES:
            _, gone = self._standing.popitem(last=False)
            self._bytes -= gone.bytes


__all__ = ["Answers", "Tally"]
