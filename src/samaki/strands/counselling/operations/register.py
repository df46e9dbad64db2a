"""What a register of cases changes in what is stored, found in a handful of reads whatever its length."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import count, repeat
from typing import NamedTuple

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from samaki.ground.groups.models import Group
from samaki.ground.organisations.models import Organisation
from samaki.ground.periods.locks import lock_over
from samaki.ground.periods.rules import Period
from samaki.ground.places.models import Level, Place
from samaki.ground.programmes.models import Programme
from samaki.kernel.database.bulk import among, rows_among
from samaki.kernel.errors import Conflict, DomainError, Invalid
from samaki.strands.counselling.codes import gone_code
from samaki.strands.counselling.models import Case, CaseSession, Outcome
from samaki.strands.counselling.rules import CaseRow, GroupSpan, case_faults

GROUP_JUDGEMENT = "group_judgement"
ABOUT = (Outcome.Informant.MENS_GROUP.value, GROUP_JUDGEMENT)
Day = dt.date | None


class KeptCase(NamedTuple):
    id: int
    code: str
    group_id: int
    place_id: int
    opened_on: Day
    revision: int


class KeptSession(NamedTuple):
    id: int
    held_on: Day
    revision: int


class KeptJudgement(NamedTuple):
    id: int
    value: str
    revision: int


@dataclass(slots=True)
class Stored:
    """A case of the database with its sessions by number and the group's judgements by violence and date."""

    case: KeptCase
    sessions: dict[int, tuple[int, Day, int]] = field(default_factory=dict)  # as KeptSession
    judgements: dict[tuple[str, Day], tuple[int, str, int]] = field(default_factory=dict)  # as KeptJudgement


class NewCase(NamedTuple):
    code: str
    group_id: int
    place_id: int
    opened_on: Day


# Hundreds of thousands, so plain: case, number, date; and case, kind of violence, value, date. The case is the key of a
# stored one, or -1 - the position of a new one.
NewSession = tuple[int, int, Day]
NewJudgement = tuple[int, str, str, Day]


@dataclass
class Changes:
    """What is to be written. What is altered carries its new values and the revision it was read at; `rows` says by key
    which row of the register asks for it."""

    new_cases: list[NewCase] = field(default_factory=list)
    new_sessions: list[NewSession] = field(default_factory=list)
    new_judgements: list[NewJudgement] = field(default_factory=list)
    cases: list[KeptCase] = field(default_factory=list)
    sessions: list[KeptSession] = field(default_factory=list)
    judgements: list[KeptJudgement] = field(default_factory=list)
    case_rows: dict[int, int] = field(default_factory=dict)
    session_rows: dict[int, int] = field(default_factory=dict)
    judgement_rows: dict[int, int] = field(default_factory=dict)
    created: int = 0
    changed: int = 0
    unchanged: int = 0


def spans_of(groups: QuerySet[Group]) -> dict[int, GroupSpan]:
    return {
        group.pk: GroupSpan(
            group.pk,
            group.organisation_id,
            group.programme_id,
            group.kind == Group.Kind.MENS_GROUP,
            group.formed_on,
            group.ended_on,
        )
        for group in groups
    }


def stored_cases(programme: Programme, organisation: Organisation, codes: Sequence[str]) -> dict[str, Stored]:
    """The cases of these codes, by code."""
    whose = {"programme_id": programme.pk, "organisation_id": organisation.pk}
    cases = rows_among(Case, KeptCase._fields, "code", frozenset(codes), whose)
    found = {kept[0]: Stored(KeptCase(*kept)) for kept in cases}
    of_sessions = ("case_id", "number", *KeptSession._fields)
    for case_id, number, key, held_on, revision in rows_among(CaseSession, of_sessions, "case_id", found):
        found[case_id].sessions[number] = (key, held_on, revision)
    columns = ("case_id", "violence", "judged_on", *KeptJudgement._fields)
    said_by = {"informant": ABOUT[0], "instrument": ABOUT[1]}
    for case_id, violence, judged_on, key, value, revision in rows_among(Outcome, columns, "case_id", found, said_by):
        found[case_id].judgements[violence, judged_on] = (key, value, revision)
    return {stored.case.code: stored for stored in found.values()}


def let_go(programme: Programme, organisation: Organisation, codes: Sequence[str]) -> list[tuple[int, DomainError]]:
    """Rows of cases that were let go two years after their closure: an old register does not bring them back."""
    gone = {gone_code(programme.pk, code): index for index, code in enumerate(codes)}
    whose = {"programme_id": programme.pk, "organisation_id": organisation.pk}
    found = rows_among(Case, ("code",), "code", frozenset(gone), whose)
    words = _("This case was let go two years after its closure. Please leave its row out.")
    return [(gone[code], Conflict("case_let_go", words, field="code")) for (code,) in sorted(found)]


def key_of(row: CaseRow) -> str:
    """The code as it is kept, for a row without fault."""
    return "".join(row.code.split()).upper()


def faults(
    rows: Sequence[CaseRow], codes: Sequence[str], groups: Mapping[int, GroupSpan], *, on: dt.date
) -> Iterator[tuple[int, DomainError]]:
    """Faults of the rows themselves and of the rows among each other, whose codes are given as they are kept."""
    seen: set[str] = set()
    place_ids = {row.place_id for row in rows}
    communes = set(Place.objects.filter(among("pk", place_ids), level__gte=Level.COMMUNE).values_list("pk", flat=True))
    for index, (row, code) in enumerate(zip(rows, codes, strict=True)):
        for fault in case_faults(row, groups.get(row.group_id), on=on):
            yield index, fault
        if row.place_id not in communes:
            yield index, Invalid("place_not_commune", _("Please choose a commune or a village."), field="place")
        if code in seen:
            yield index, Invalid("case_code_twice", _("This case code stands twice in the list."), field="code")
        seen.add(code)


def changes(
    rows: Sequence[CaseRow], codes: Sequence[str], stored: Mapping[str, Stored], *, locks: Sequence[Period]
) -> tuple[Changes, list[tuple[int, DomainError]]]:
    """The writes that make the database agree with the rows, and the rows that a locked period holds. What a row does
    not say stays as it is."""
    found = Changes()
    held: list[tuple[int, DomainError]] = []
    locked = cache(lambda day: lock_over(locks, day))
    for index, (row, code) in enumerate(zip(rows, codes, strict=True)):
        known = stored.get(code)
        days = _new(found, row, code) if known is None else _altered(found, row, known, index)
        if locks:
            held += [(index, conflict) for day in days if (conflict := locked(day)) is not None][:1]
    return found, held


def _new(found: Changes, row: CaseRow, code: str) -> list[Day]:
    """Notes a case that was not there; returns the dates that a lock may hold."""
    case = -1 - len(found.new_cases)
    found.new_cases.append(NewCase(code, row.group_id, row.place_id, row.opened_on))
    found.new_sessions.extend(zip(repeat(case), count(1), row.sessions))
    found.new_judgements += [(case, said.violence, said.value, said.judged_on) for said in row.judgements]
    found.created += 1
    return [row.opened_on, *row.sessions, *(said.judged_on for said in row.judgements)]


def _altered(found: Changes, row: CaseRow, known: Stored, index: int) -> list[Day]:
    """Notes what the row says otherwise than a case that is there; returns the dates that a lock may hold."""
    case, days, touched = known.case, [], False
    opened_on = row.opened_on or case.opened_on
    if (case.group_id, case.place_id, case.opened_on) != (row.group_id, row.place_id, opened_on):
        touched = True
        if case.opened_on != opened_on:
            days += [case.opened_on, opened_on]
    for number, day in enumerate(row.sessions, start=1):
        session = known.sessions.get(number)
        if session is None:
            found.new_sessions.append((case.id, number, day))
            days.append(day)
            touched = True
        elif day is not None and session[1] != day:
            kept = KeptSession(*session)
            found.sessions.append(kept._replace(held_on=day))
            found.session_rows[kept.id] = index
            days += [kept.held_on, day]
            touched = True
    for said in row.judgements:
        judgement = known.judgements.get((said.violence, said.judged_on))
        if judgement is None:
            found.new_judgements.append((case.id, said.violence, said.value, said.judged_on))
        elif judgement[1] != said.value:
            found.judgements.append(KeptJudgement(*judgement)._replace(value=said.value))
            found.judgement_rows[judgement[0]] = index
        else:
            continue
        days.append(said.judged_on)
        touched = True
    if touched:
        found.cases.append(case._replace(group_id=row.group_id, place_id=row.place_id, opened_on=opened_on))
        found.case_rows[case.id] = index
    found.changed += touched
    found.unchanged += not touched
    return days
