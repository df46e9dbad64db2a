"""What happens around a series, for its tests: a session to lead, a merge, a visit, the code of a refusal."""

from __future__ import annotations

import datetime as dt

import pytest

from samaki.ground.activities.models import Session
from samaki.ground.people.models import MatchCandidate, Person
from samaki.ground.people.operations import confirm_same
from samaki.kernel.errors import DomainError
from samaki.strands.learning.models import CoachingVisit
from samaki.strands.learning.operations.certification import record_visit
from samaki.strands.learning.operations.leads import add_lead
from tests.factories.field import NOW, Field
from tests.factories.series import an_activity_of, sessions_of

LATER = dt.date(2023, 6, 1)


def a_session(field: Field, on: dt.date = LATER, key: str = "taught") -> Session:
    return sessions_of(an_activity_of(field, [on], key=key))[0]


def code_of(call: object, **keywords: object) -> str:
    with pytest.raises(DomainError) as refused:
        call(**keywords)  # type: ignore[operator]  # an operation
    return refused.value.code


def lead_code(field: Field, session: Session, person: Person) -> str:
    return code_of(add_lead, session=session, person_id=person.pk, by=field.me, at=NOW)


def merged(field: Field, first: Person, second: Person) -> MatchCandidate:
    low, high = sorted([first, second], key=lambda one: one.pk)
    pair, _new = MatchCandidate.objects.get_or_create(
        first=low, second=high, defaults={"organisation": field.ours, "likeness": 99}
    )
    confirm_same(pair.pk, by=field.me, at=NOW)
    return pair


def a_visit(field: Field, person: Person) -> CoachingVisit:
    return record_visit(
        programme=field.programme,
        organisation=field.ours,
        person_id=person.pk,
        visited_on=LATER,
        notes="speaks calmly",
        by=field.me,
        at=NOW,
    )
