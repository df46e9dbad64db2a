"""Writing what a register of cases changes: tens of thousands of rows are usual, so without the ORM."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.ground.organisations.models import Organisation
from samaki.ground.programmes.models import Programme
from samaki.kernel.database.bulk import insert_columns, reserve_ids, update_columns
from samaki.kernel.errors import Conflict, DomainError, RowsInvalid
from samaki.strands.counselling.models import Case, CaseSession, Outcome
from samaki.strands.counselling.operations.register import ABOUT, Changes


def write(changes: Changes, *, programme: Programme, organisation: Organisation, origin: str) -> None:
    """Call in the transaction that read what is stored. Raises RowsInvalid("changed_meanwhile") where somebody saved a
    case after it was read: what is known is corrected first, so that a session she added cannot be numbered twice."""
    now = timezone.now()
    if stale := sorted(_corrected(changes, now)):
        raise RowsInvalid([(row, _changed_meanwhile()) for row in dict.fromkeys(stale)])
    marks = {"is_example": organisation.is_example, "origin": origin, "revision": 1}
    marks |= {"created_at": now, "updated_at": now}
    ids = reserve_ids(Case, len(changes.new_cases)) if changes.new_cases else []
    if ids:
        codes, groups, places, days = zip(*changes.new_cases, strict=True)
        own = {"id": ids, "code": codes, "group_id": groups, "place_id": places, "opened_on": days}
        _insert(Case, own, marks | {"programme_id": programme.pk, "organisation_id": organisation.pk})
    if changes.new_sessions:
        cases, numbers, days = zip(*changes.new_sessions, strict=True)
        own = {"case_id": _keys(cases, ids), "number": numbers, "held_on": days}
        _insert(CaseSession, own, marks)
    if changes.new_judgements:
        cases, violence, values, days = zip(*changes.new_judgements, strict=True)
        own = {"case_id": _keys(cases, ids), "violence": violence, "value": values, "judged_on": days}
        _insert(Outcome, own, marks | {"informant": ABOUT[0], "instrument": ABOUT[1]})


def _corrected(changes: Changes, now: dt.datetime) -> Iterator[int]:
    """Corrects what is stored; yields the rows of what somebody else saved meanwhile."""
    cases, sessions, judgements = changes.cases, changes.sessions, changes.judgements
    stale = update_columns(
        Case,
        [case.id for case in cases],
        [case.revision for case in cases],
        {
            "group_id": [case.group_id for case in cases],
            "place_id": [case.place_id for case in cases],
            "opened_on": [case.opened_on for case in cases],
            "updated_at": [now] * len(cases),
        },
    )
    yield from (changes.case_rows[key] for key in stale)
    stale = update_columns(
        CaseSession,
        [session.id for session in sessions],
        [session.revision for session in sessions],
        {"held_on": [session.held_on for session in sessions], "updated_at": [now] * len(sessions)},
    )
    yield from (changes.session_rows[key] for key in stale)
    stale = update_columns(
        Outcome,
        [judgement.id for judgement in judgements],
        [judgement.revision for judgement in judgements],
        {"value": [judgement.value for judgement in judgements], "updated_at": [now] * len(judgements)},
    )
    yield from (changes.judgement_rows[key] for key in stale)


def _insert(
    model: type[Case | CaseSession | Outcome], columns: Mapping[str, Sequence[object]], marks: Mapping[str, object]
) -> None:
    """Inserts rows by column, each with the same marks."""
    size = len(next(iter(columns.values())))
    insert_columns(model, {**columns, **{name: [value] * size for name, value in marks.items()}})


def _keys(cases: Sequence[int], new: Sequence[int]) -> list[int]:
    return [case if case >= 0 else new[-1 - case] for case in cases]


def _changed_meanwhile() -> DomainError:
    return Conflict(
        "changed_meanwhile", _("Somebody else saved this meanwhile. Please look at both and save again."), field="code"
    )
