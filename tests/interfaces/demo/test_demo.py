"""The example: the same every time, nothing the second time, and true to what its sources state."""

from __future__ import annotations

import datetime as dt
import hashlib
import json

import pytest
from django.apps import apps
from django.db import models
from django.db.models import Count, Sum

from samaki.engines.results.columns.models import Change
from samaki.ground.accounts.models import User
from samaki.ground.accounts.queries import actor_named, is_example_site
from samaki.ground.activities.models import Activity, Attendance, Session
from samaki.ground.groups.models import Group, Membership
from samaki.ground.groups.queries import composition
from samaki.ground.people.identities import opened
from samaki.ground.people.models import Person
from samaki.ground.programmes.models import Programme, ProgrammePlace, ProgrammeRole
from samaki.interfaces.demo import EXAMPLE_PASSWORD, POSTS, load
from samaki.interfaces.demo.people import FAMILY
from samaki.kernel.actors import Role, System
from samaki.kernel.audit.models import AuditEntry
from samaki.kernel.errors import Conflict
from samaki.kernel.records import Record
from samaki.strands.counselling.models import Case, CaseSession, Outcome
from samaki.strands.outreach.models import OutreachTally

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("example")]
TODAY = dt.date(2024, 12, 31)


def _contents() -> dict[str, str]:
    """A digest of every table, row by row as entered; sealed texts, moments and the trail of changes aside."""
    found = {}
    for model in apps.get_models():
        if model in {AuditEntry, Change} or not model._meta.label.startswith(LABELS):
            continue
        columns = [
            field.attname
            for field in model._meta.concrete_fields
            if not isinstance(field, models.BinaryField | models.DateTimeField | models.AutoField)
        ]
        rows = list(model._default_manager.order_by("pk").values_list(*columns))
        found[model._meta.label] = hashlib.sha256(json.dumps(rows, default=str).encode()).hexdigest()
    return found


LABELS = tuple(
    f"{label}."
    for label in (
        "accounts",
        "activities",
        "counselling",
        "groups",
        "organisations",
        "outreach",
        "people",
        "periods",
        "places",
        "programmes",
        "results",
    )
)


def test_loading_again_changes_nothing() -> None:
    before = _contents()
    load(progress=lambda part: None)
    assert _contents() == before
    assert len(before) > 30


def test_what_somebody_changed_in_the_example_stays_changed() -> None:
    OutreachTally.objects.filter(place__code="040102").update(contacts=1)
    Case.objects.filter(code="M-001").delete()
    load(progress=lambda part: None)
    assert (OutreachTally.objects.get(place__code="040102").contacts, Case.objects.count()) == (1, 75)


def test_it_does_not_load_where_real_users_sign_in() -> None:
    assert is_example_site()
    User.objects.create(username="real")
    with pytest.raises(Conflict) as refused:
        load(progress=lambda part: None)
    assert refused.value.code == "not_an_example_site"


SHIPPED = {"learning.Instrument", "learning.InstrumentVersion"}  # definitions of this release, example or not


def test_every_record_is_marked_as_example() -> None:
    unmarked = {
        model._meta.label: model._default_manager.exclude(is_example=True).count()
        for model in apps.get_models()
        if (issubclass(model, Record) or model is User) and model._meta.label not in SHIPPED
    }
    assert {label: count for label, count in unmarked.items() if count} == {}
    elsewhere = {
        model._meta.label: model._default_manager.exclude(origin="demo").count()
        for model in apps.get_models()
        if issubclass(model, Record) and model._meta.label not in {"people.Consent", *SHIPPED}
    }
    assert {label: count for label, count in elsewhere.items() if count} == {}


def test_each_role_has_one_who_signs_in_by_the_printed_password() -> None:
    roles = {post.role for posts in POSTS.values() for post in posts}
    assert roles == set(Role)
    user = User.objects.get(username="partner-me-2")
    assert user.check_password(EXAMPLE_PASSWORD)
    officer = actor_named("officer", on=TODAY)
    assert {grant.programme_id for grant in officer.grants} == set(Programme.objects.values_list("pk", flat=True))


def test_the_mens_perspective_project_counts_what_its_source_counts() -> None:
    area = {
        line.place_id: line.area for line in ProgrammePlace.objects.filter(programme__key="mpp").select_related("place")
    }
    cases = Case.objects.filter(programme__key="mpp")
    by_area = {name: [0, 0, 0] for name in ("old", "new")}
    success = set(
        Outcome.objects.filter(violence="any", value__in=("improved", "stopped")).values_list("case_id", flat=True)
    )
    stopped = set(Outcome.objects.filter(violence="physical", value="stopped").values_list("case_id", flat=True))
    for case in cases:
        counts = by_area[area[case.place_id]]
        counts[0] += 1
        counts[1] += case.pk in success
        counts[2] += case.pk in success & stopped
    contacts = {"old": 0, "new": 0}
    for tally in OutreachTally.objects.filter(since=dt.date(2008, 1, 1), until=dt.date(2008, 12, 31)):
        contacts[area[tally.place_id]] += tally.contacts
    assert (by_area, contacts) == ({"old": [36, 24, 12], "new": [40, 26, 13]}, {"old": 3524, "new": 2798})
    assert cases.filter(sessions__isnull=True).count() == 0
    assert CaseSession.objects.filter(held_on__isnull=False).count() == 0
    provinces = {
        code[:2] for code in ProgrammePlace.objects.filter(programme__key="mpp").values_list("place__code", flat=True)
    }
    assert (len(area), provinces) == (9, {"04", "14", "15"})
    assert set(OutreachTally.objects.values_list("channel", flat=True)) == {"not_recorded"}
    assert Outcome.objects.exclude(informant="C").count() == 0


def test_the_working_group_was_men_only_and_gives_three_answers_since_2023() -> None:
    group = Group.objects.get(key="twg-working-group")
    by = System("tests")
    days = (dt.date(2016, 12, 31), dt.date(2023, 12, 31))
    assert [sorted(composition(by, group, day).by_gender) for day in days] == [
        ["man"],
        ["another_term", "man", "woman"],
    ]
    others = Membership.objects.filter(group=group, person__gender="another_term").values_list("person_id", flat=True)
    assert {identity.gender_term for identity in opened(others).values()} == {"non-binary"}


def test_attendance_that_the_source_does_not_state_is_not_recorded() -> None:
    sessions = Session.objects.filter(activity__programme__key="cop-women")
    assert set(sessions.values_list("attendance", flat=True)) == {"not_recorded"}
    assert (Activity.objects.filter(programme__key="cop-women").count(), sessions.count()) == (2, 4)
    groups = Group.objects.filter(programme__key="cop-women")
    assert (groups.count(), groups.filter(keeps_names=True).count()) == (5, 0)


def test_six_partners_work_in_feminists_in_action_and_banteay_srei_is_one_of_them() -> None:
    partners = ProgrammeRole.objects.filter(programme__key="fia", part=ProgrammeRole.Part.PARTNER)
    assert partners.count() == 6
    assert set(
        ProgrammeRole.objects.filter(organisation__key="banteay-srei").values_list("programme__key", "part")
    ) == {
        ("fia", "partner"),
        ("banteay-srei", "lead"),
    }
    sums = Attendance.objects.filter(session__activity__programme__key="fia").aggregate(
        people=Count("person", distinct=True), rows=Count("pk")
    )
    assert sums["rows"] > 10 * sums["people"] > 3000


def test_sensitive_activities_of_the_example_hold_no_name() -> None:
    assert Attendance.objects.filter(session__activity__is_sensitive=True).count() == 0
    assert Attendance.objects.filter(session__activity__group__keeps_names=False).count() == 0
    assert Activity.objects.filter(is_sensitive=True).aggregate(all=Sum("sessions__tallies__count"))["all"] > 0


def test_people_are_put_together_from_the_lists_of_names() -> None:
    families = {latin for latin, _khmer in FAMILY}
    people = list(Person.objects.values_list("pk", flat=True))
    assert {identity.family_latin for identity in opened(people).values()} <= families
