"""What a register of cases changes in what is stored, found in a handful of reads whatever its length."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from samaki.ground.groups.models import Group
from samaki.ground.organisations.models import Organisation
from samaki.ground.periods.locks import lock_over
from samaki.ground.periods.rules import Period
from samaki.ground.places.models import Level, Place
from samaki.ground.programmes.models import Programme
from samaki.kernel.errors import DomainError, Invalid
from samaki.strands.counselling.models import Case, CaseSession, Outcome
from samaki.strands.counselling.rules import CaseRow, GroupSpan, case_faults, clean_code

GROUP_JUDGEMENT = "group_judgement"


@dataclass
class Stored:
    """A case of the database with its sessions by number and the group's judgements by violence and date."""

    case: Case
    sessions: dict[int, CaseSession] = field(default_factory=dict)
    judgements: dict[tuple[str, dt.date | None], Outcome] = field(default_factory=dict)


@dataclass
class Changes:
    """What is to be written; `days` are the dates that a lock may hold."""

    new_cases: list[Case] = field(default_factory=list)
    new_sessions: list[CaseSession] = field(default_factory=list)
    new_judgements: list[Outcome] = field(default_factory=list)
    moved_cases: list[Case] = field(default_factory=list)
    moved_sessions: list[CaseSession] = field(default_factory=list)
    altered_judgements: list[Outcome] = field(default_factory=list)
    days: list[dt.date | None] = field(default_factory=list)
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


def stored_cases(programme: Programme, organisation: Organisation, rows: Sequence[CaseRow]) -> dict[str, Stored]:
    cases = Case.objects.filter(programme=programme, organisation=organisation)
    if len(rows) <= FEW:
        cases = cases.filter(code__in={key_of(row) for row in rows})
    found = {case.pk: Stored(case) for case in cases}
    if not found:
        return {}
    for session in CaseSession.objects.filter(case__in=cases):
        found[session.case_id].sessions[session.number] = session
    for outcome in Outcome.objects.filter(
        case__in=cases, informant=Outcome.Informant.MENS_GROUP, instrument=GROUP_JUDGEMENT
    ):
        found[outcome.case_id].judgements[outcome.violence, outcome.judged_on] = outcome
    return {stored.case.code: stored for stored in found.values()}


FEW = 500  # codes that fit comfortably into one IN (…) on both databases


def key_of(row: CaseRow) -> str:
    return "".join(row.code.split()).upper()


def faults(
    rows: Sequence[CaseRow], groups: Mapping[int, GroupSpan], *, on: dt.date
) -> Iterator[tuple[int, DomainError]]:
    """Faults of the rows themselves and of the rows among each other."""
    seen: set[str] = set()
    place_ids = {row.place_id for row in rows}
    communes = set(Place.objects.filter(level__gte=Level.COMMUNE, pk__in=place_ids).values_list("pk", flat=True))
    for index, row in enumerate(rows):
        for fault in case_faults(row, groups.get(row.group_id), on=on):
            yield index, fault
        if row.place_id not in communes:
            yield index, Invalid("place_not_commune", _("Please choose a commune or a village."), field="place")
        if key_of(row) in seen:
            yield index, Invalid("case_code_twice", _("This case code stands twice in the list."), field="code")
        seen.add(key_of(row))


def changes(
    rows: Sequence[CaseRow],
    stored: Mapping[str, Stored],
    *,
    programme: Programme,
    organisation: Organisation,
    locks: Sequence[Period],
    origin: str,
) -> tuple[Changes, list[tuple[int, DomainError]]]:
    """The writes that make the database agree with the rows. What a row does not say stays as it is."""
    found = Changes()
    held: list[tuple[int, DomainError]] = []
    marks = {"is_example": organisation.is_example, "origin": origin}
    for index, row in enumerate(rows):
        known = stored.get(code := clean_code(row.code))
        case = (
            known.case
            if known
            else Case(
                programme=programme,
                organisation=organisation,
                code=code,
                group_id=row.group_id,
                place_id=row.place_id,
                opened_on=row.opened_on,
                **marks,
            )
        )
        found.days = []
        touched = _move(found, case, row) if known else _add(found, case)
        touched |= _sessions(found, case, known.sessions if known else {}, row, marks)
        touched |= _judgements(found, case, known.judgements if known else {}, row, marks)
        if known and touched and case not in found.moved_cases[-1:]:
            case.revision += 1
            found.moved_cases.append(case)
        found.created += not known
        found.changed += bool(known) and touched
        found.unchanged += not touched
        held += [(index, conflict) for day in set(found.days) if (conflict := lock_over(locks, day))][:1]
    return found, held


def _add(found: Changes, case: Case) -> bool:
    found.new_cases.append(case)
    found.days.append(case.opened_on)
    return True


def _move(found: Changes, case: Case, row: CaseRow) -> bool:
    opened_on = row.opened_on or case.opened_on
    if (case.group_id, case.place_id, case.opened_on) == (row.group_id, row.place_id, opened_on):
        return False
    if case.opened_on != opened_on:
        found.days += [case.opened_on, opened_on]
    case.group_id, case.place_id, case.opened_on = row.group_id, row.place_id, opened_on
    case.revision += 1
    found.moved_cases.append(case)
    return True


def _sessions(
    found: Changes, case: Case, known: Mapping[int, CaseSession], row: CaseRow, marks: Mapping[str, object]
) -> bool:
    touched = False
    for number, day in enumerate(row.sessions, start=1):
        session = known.get(number)
        if session is None:
            found.new_sessions.append(CaseSession(case=case, number=number, held_on=day, **marks))
            found.days.append(day)
            touched = True
        elif day is not None and session.held_on != day:
            found.days += [session.held_on, day]
            session.held_on = day
            session.revision += 1
            found.moved_sessions.append(session)
            touched = True
    return touched


def _judgements(
    found: Changes,
    case: Case,
    known: Mapping[tuple[str, dt.date | None], Outcome],
    row: CaseRow,
    marks: Mapping[str, object],
) -> bool:
    touched = False
    for said in row.judgements:
        outcome = known.get((said.violence, said.judged_on))
        if outcome is None:
            found.new_judgements.append(
                Outcome(
                    case=case,
                    informant=Outcome.Informant.MENS_GROUP,
                    instrument=GROUP_JUDGEMENT,
                    violence=said.violence,
                    value=said.value,
                    judged_on=said.judged_on,
                    **marks,
                )
            )
        elif outcome.value != said.value:
            outcome.value = said.value
            outcome.revision += 1
            found.altered_judgements.append(outcome)
        else:
            continue
        found.days.append(said.judged_on)
        touched = True
    return touched
