"""Counting in the order of subjects answers what counting row by row answers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from samaki.engines.results.columns.counting import MAY, Rows, Tally, count
from samaki.engines.results.columns.ordered import MOST_OWNERS, Heads, Ordered, Subjects, count_in_order
from samaki.engines.results.columns.scope import ALL

ROWS, SUBJECTS, HEADS, KINDS, PARTS = 3_000, 200, 150, 7, 4
FLAGS = [ALL, ALL, ALL, 0, MAY, ALL & ~2, ALL & ~8]


class Table:
    """Rows at random: some without a subject or a head, some deleted, some changed after they were put in order."""

    def __init__(self, seed: int, *, owners: int = 3) -> None:
        random = self.random = np.random.default_rng(seed)
        self.joined = self._rows(ROWS)
        self.ordered = Ordered(self.joined["person"], self.joined["alive"], {"session": self.joined["session"]})
        self.head_flags = random.choice(FLAGS, HEADS + 1).astype(np.uint8)
        self.head_cell = random.integers(0, KINDS, HEADS + 1).astype(np.int32)
        self.kinds = np.sort(random.choice(1_000, KINDS, replace=False))
        self.owner = random.integers(-1, owners, HEADS + 1).astype(np.int32)
        self.flags = random.choice(FLAGS, SUBJECTS).astype(np.uint8)
        self.cell = random.integers(0, PARTS, SUBJECTS).astype(np.int32)

    def _rows(self, count: int) -> dict[str, Any]:
        return {
            "person": self.random.integers(-1, SUBJECTS, count).astype(np.int32),
            "session": self.random.integers(-1, HEADS, count),
            "alive": self.random.random(count) < 0.95,
        }

    def change(self) -> None:
        """Some rows become others, some come."""
        changed = np.sort(self.random.choice(ROWS, 40, replace=False))
        for name, column in self._rows(40).items():
            self.joined[name][changed] = column
        self.joined = {name: np.append(column, self._rows(10)[name]) for name, column in self.joined.items()}
        self.ordered.changed(np.append(changed, np.arange(ROWS, ROWS + 10)))

    def in_order(self, *, once: bool, heads: bool, subjects: bool) -> Tally | None:
        return count_in_order(
            self.ordered,
            "session",
            self.joined,
            "person",
            Heads(
                self.head_flags,
                self.head_cell if heads else None,
                self.kinds if heads else np.zeros(1, np.int64),
                self.owner,
            ),
            Subjects(self.flags, self.cell if subjects else None, PARTS if subjects else 1),
            once=once,
        )

    def row_by_row(self, *, once: bool, heads: bool, subjects: bool) -> Tally:
        session, person = self.joined["session"], self.joined["person"]
        flags = np.where(self.joined["alive"], self.head_flags[session], 0).astype(np.uint8)
        if not once:
            flags &= self.flags[person]
        may = np.flatnonzero(((flags & MAY) == MAY) & (person >= 0))
        return count(
            Rows(
                flags=flags[may],
                cell=self.kinds[self.head_cell[session[may]]] if heads else None,
                unit=person[may] if once else None,
                organisation=self.owner[session[may]],
                parts=PARTS if subjects else 1,
                subject_cell=self.cell[person[may]] if subjects and not once else None,
                unit_flags=self.flags if once else None,
                unit_cell=self.cell if subjects and once else None,
                units=SUBJECTS,
            )
        )


@pytest.mark.parametrize("subjects", [False, True])
@pytest.mark.parametrize("heads", [False, True])
@pytest.mark.parametrize("once", [False, True])
@pytest.mark.parametrize("seed", range(5))
def test_both_ways_of_counting_agree_before_and_after_changes(
    seed: int, once: bool, heads: bool, subjects: bool
) -> None:
    table = Table(seed)
    assert table.in_order(once=once, heads=heads, subjects=subjects) == table.row_by_row(
        once=once, heads=heads, subjects=subjects
    )
    table.change()
    assert table.in_order(once=once, heads=heads, subjects=subjects) == table.row_by_row(
        once=once, heads=heads, subjects=subjects
    )


def test_more_owners_than_one_number_has_room_for_are_counted_row_by_row() -> None:
    assert Table(1, owners=MOST_OWNERS + 40).in_order(once=True, heads=True, subjects=True) is None


def test_a_table_without_rows_counts_nothing() -> None:
    table = Table(1)
    table.joined = {name: column[:0] for name, column in table.joined.items()}
    table.ordered = Ordered(table.joined["person"], table.joined["alive"], {"session": table.joined["session"]})
    for once in (True, False):
        assert table.in_order(once=once, heads=True, subjects=True) == Tally()
