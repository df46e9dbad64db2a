"""Two years after a programme has ended nobody is named as having come, and its figures are what they were."""

from __future__ import annotations

import datetime as dt

import pytest
from django.conf import LazySettings

from samaki.engines.fieldforms.operations.deriving import Derived, derive_again
from samaki.engines.retention import operations, queries
from samaki.engines.retention.models import Receipt
from samaki.ground.activities.models import Attendance
from samaki.ground.groups.models import Membership
from samaki.ground.people.models import Person, PersonIdentity, PersonKey
from samaki.kernel.actors import Role
from tests.factories.field import Field, a_field, a_group, a_programme
from tests.factories.leaving import LEAVES, STAYS, a_line, a_roster, a_roster_form, person_named, places_that_name, sent

pytestmark = pytest.mark.django_db
ENDED = dt.date(2024, 6, 30)
DUE = dt.datetime(2026, 6, 30, 3, tzinfo=dt.UTC)


@pytest.fixture
def field(tmp_path: object, settings: LazySettings) -> Field:
    settings.VAULT = f"{tmp_path}/vault"
    found = a_field()
    found.programme.ends_on = ENDED
    found.programme.save()
    a_roster_form(found)
    sent(found, a_roster("2024-03-05", a_line(STAYS, 1985), a_line(LEAVES, 1990)))
    sent(found, a_roster("2024-03-12", a_line(LEAVES, 1990)))
    return found


def run(field: Field, at: dt.datetime = DUE) -> list[Receipt]:
    return operations.run(by=field.actor(Role.SAFEGUARDING_FOCAL), at=at)


def came() -> list[tuple[str, int | None, str]]:
    rows = Attendance.objects.order_by("session", "person__birth_year")
    return list(rows.values_list("person__gender", "person__birth_year", "session__held_on"))


def test_names_go_and_who_came_by_gender_and_age_stays(field: Field) -> None:
    before, people = came(), Attendance.objects.values("person").distinct().count()
    assert queries.plan(field.me, DUE.date() - dt.timedelta(1)) == []
    assert [one.count for one in queries.plan(field.me, DUE.date())] == [2]
    (receipt,) = run(field)
    assert (receipt.rule, receipt.went) == ("attendance", {"names": 2, "attendances": 3})
    assert (places_that_name(LEAVES), places_that_name(STAYS)) == ([], [])
    assert (came(), Attendance.objects.values("person").distinct().count()) == (before, people)
    assert (PersonIdentity.objects.count(), PersonKey.objects.count(), run(field)) == (0, 0, [])


def test_who_is_known_in_a_running_programme_keeps_her_name_and_not_her_attendance(field: Field) -> None:
    running = a_programme("running", field.ours)
    known = person_named(LEAVES)
    Membership.objects.create(
        group=a_group(running, field.ours, "third"), person=known, role="member", since=dt.date(2024, 1, 1)
    )
    before, people = came(), Attendance.objects.values("person").distinct().count()
    (receipt,) = run(field)
    assert receipt.went == {"names": 1, "attendances": 3, "parted": 1}
    assert (came(), Attendance.objects.values("person").distinct().count()) == (before, people)
    assert (Attendance.objects.filter(person=known).count(), person_named(LEAVES).pk) == (0, known.pk)
    assert places_that_name(STAYS) == []
    assert places_that_name(LEAVES) == ["people.personidentity.sealed opened"]
    assert run(field) == []


def test_what_was_sent_makes_nobody_known_again(field: Field) -> None:
    run(field)
    before, people = came(), Person.objects.count()
    form = field.programme.forms.get()
    assert derive_again(form=form, organisation_id=field.ours.pk, by=field.me, at=DUE) == Derived(2, 0)
    assert (came(), Person.objects.count(), places_that_name(LEAVES)) == (before, people, [])


def test_a_programme_without_an_end_and_an_example_keep_their_names(field: Field) -> None:
    field.programme.ends_on = None
    field.programme.save()
    assert run(field) == []
    field.programme.ends_on, field.programme.is_example = ENDED, True
    field.programme.save()
    assert (run(field), PersonIdentity.objects.count()) == ([], 2)
