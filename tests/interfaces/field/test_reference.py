"""What a phone holds offline: begin with what it must not hold."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from samaki.engines.fieldforms.models import Submission
from samaki.engines.fieldforms.operations.reviewing import return_submission
from samaki.ground.people.operations import withdraw
from samaki.interfaces.field.forms import built_in_versions
from samaki.interfaces.field.jobs import derived_steps, described, handlers
from samaki.kernel.actors import Role, System
from samaki.kernel.audit.models import AuditEntry
from samaki.kernel.form_handlers import Choice, FormHandler, HandlerField, Kind, Step, Tier, form_handlers
from samaki.kernel.policy import Action
from tests.factories.field import Field
from tests.interfaces.field.conftest import (
    a_member,
    a_named_person,
    a_phone,
    a_session_today,
    session_xml,
    version_of,
)


def test_names_are_of_ones_own_activities_alone(field: Field) -> None:
    leader, other = a_phone(field, Role.FACILITATOR), a_phone(field, Role.FACILITATOR)
    person = a_member(field.group, "មុនី")
    a_named_person(field.ours, "រដ្ឋា")  # of the organisation, in no group of hers
    a_session_today(field, "hers", leader=leader.user, group=field.group)
    assert leader.data().json()["people"] == [{"id": person.pk, "km": "ទេព មុនី", "en": "ទេព មុនី"}]
    assert other.data().json()["people"] == []
    assert [one["people"] for one in other.data().json()["activities"]] == [[]]


@pytest.mark.parametrize("role", [Role.PARTNER_ME, Role.GROUP_COORDINATOR])
def test_whoever_does_not_lead_it_gets_no_name_though_it_bears_her(field: Field, role: Role) -> None:
    phone = a_phone(field, role, group=field.group if role is Role.GROUP_COORDINATOR else None)
    a_member(field.group, "មុនី")
    a_session_today(field, "hers", leader=phone.user, group=field.group)
    assert phone.data().json()["people"] == []


def test_a_sensitive_activity_and_a_group_without_names_offer_counts_alone(field: Field) -> None:
    phone = a_phone(field, Role.FACILITATOR)
    a_member(field.group, "មុនី")
    a_member(field.second_group, "រដ្ឋា")
    field.second_group.keeps_names = False
    field.second_group.save()
    a_session_today(field, "sensitive", leader=phone.user, group=field.group, is_sensitive=True)
    a_session_today(field, "revealing", leader=phone.user, group=field.second_group)
    data = phone.data().json()
    assert data["people"] == []
    assert {one["key"]: (one["names"], one["people"]) for one in data["activities"]} == {
        "sensitive": (False, []),
        "revealing": (False, []),
    }


def test_who_has_not_consented_or_withdrew_is_not_on_the_phone(field: Field) -> None:
    phone = a_phone(field, Role.FACILITATOR)
    a_member(field.group, "មុនី", consents=False)
    gone = a_member(field.group, "រដ្ឋា")
    a_session_today(field, "hers", leader=phone.user, group=field.group)
    assert [one["id"] for one in phone.data().json()["people"]] == [gone.pk]
    withdraw(person_id=gone.pk, by=System("tests"), at=timezone.now())
    assert phone.data().json()["people"] == []


def test_nothing_of_another_organisation_is_on_the_phone(field: Field) -> None:
    ours, theirs = a_phone(field, Role.FACILITATOR), a_phone(field, Role.FACILITATOR, field.theirs)
    a_session_today(field, "ours", leader=ours.user)
    ours.send(session_xml(version=version_of(ours)))
    data = theirs.data().json()
    assert (data["activities"], data["groups"], data["people"], data["records"], data["due"]) == ([], [], [], [], [])


def test_the_opening_of_names_is_in_the_trail_and_happens_once(field: Field) -> None:
    phone = a_phone(field, Role.FACILITATOR)
    person = a_member(field.group, "មុនី")
    a_session_today(field, "hers", leader=phone.user, group=field.group)
    first = phone.data()
    again = phone.data(tag=first.headers["ETag"])
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    opened = AuditEntry.objects.filter(action="people.reveal", actor_id=phone.user.pk)
    assert [entry.details for entry in opened] == [{"people": [person.pk], "to": "phone"}]
    assert first.headers["Cache-Control"] == "no-store"


def test_jobs_are_those_she_may_do(field: Field) -> None:
    jobs = {
        role: [one["key"] for one in a_phone(field, role, group=group).data().json()["jobs"]]
        for role, group in ((Role.FACILITATOR, None), (Role.GROUP_COORDINATOR, field.group), (Role.PARTNER_ME, None))
    }
    assert [jobs[role][:3] for role in (Role.FACILITATOR, Role.GROUP_COORDINATOR, Role.PARTNER_ME)] == [
        ["session", "outreach_tally"],
        ["outreach_tally", "group_month"],
        ["session", "outreach_tally", "group_month"],
    ]


def test_a_month_that_is_owed_fills_in_its_group_and_month(field: Field) -> None:
    phone = a_phone(field, Role.GROUP_COORDINATOR, group=field.group)
    due = phone.data().json()["due"]
    last = timezone.localdate().replace(day=1) - dt.timedelta(days=1)
    assert len(due) == 3
    assert due[-1]["values"] == {"group": field.group.key, "month": f"{last:%Y-%m}"}
    assert {one["job"] for one in due} == {"group_month"}


# A fourth job: a commitment, as a strand to come would register it.
FIELDS = (
    HandlerField("office", "Office", Kind.TEXT, required=True),
    HandlerField("text", "What was promised", Kind.TEXT, required=True),
    HandlerField("due_on", "By when", Kind.DATE),
    HandlerField("women", "Women there", Kind.COUNT),
    HandlerField("men", "Men there", Kind.COUNT),
    HandlerField("how", "How sure", Kind.CHOICE, required=True, choices=(Choice("firm", "Firm"),)),
    HandlerField("who", "Who heard it", Kind.TEXT, repeat="witnesses"),
)


def _commitment(tier: Tier = Tier.T2, steps: tuple[Step, ...] = ()) -> FormHandler:
    return FormHandler(
        key="commitment_of_a_test",
        label="Commitment",
        action=Action.RECORD_ACTIVITY,
        fields=FIELDS,
        take=lambda entries, handling: None,
        take_back=lambda origins, handling, by: None,
        find=lambda origins: {},
        tier=tier,
        job=4,
        steps=steps,
    )


@pytest.fixture
def fourth(monkeypatch: pytest.MonkeyPatch) -> FormHandler:
    handler = _commitment()
    monkeypatch.setitem(form_handlers._entries, handler.key, handler)
    return handler


def test_a_fourth_job_is_on_the_phone_as_soon_as_its_handler_is_registered(field: Field, fourth: FormHandler) -> None:
    job = a_phone(field, Role.FACILITATOR).data().json()["jobs"][-1]
    assert (job["key"], job["form"]) == ("commitment_of_a_test", "samaki-commitment_of_a_test")
    assert [(step["key"], step["fields"], step["optional"], step["counts"]) for step in job["steps"]] == [
        ("office", ["office"], False, False),
        ("text", ["text"], False, False),
        ("due_on", ["due_on"], True, False),
        ("women", ["women", "men"], False, True),
        ("how", ["how"], False, False),
        ("witnesses", ["who"], False, False),
    ]
    assert [(part["key"], part["named"]) for part in job["repeats"]] == [("witnesses", False)]


def test_steps_that_are_not_said_follow_from_the_fields() -> None:
    assert [step.key for step in derived_steps(FIELDS)] == ["office", "text", "due_on", "women", "how", "witnesses"]


def test_what_is_t4_is_no_job_of_a_phone(field: Field, monkeypatch: pytest.MonkeyPatch) -> None:
    handler = _commitment(Tier.T4)
    monkeypatch.setitem(form_handlers._entries, handler.key, handler)
    assert handler.key not in {one.key for one in handlers()}
    assert handler.key not in {one["key"] for one in a_phone(field, Role.FACILITATOR).data().json()["jobs"]}


def test_every_field_of_every_screen_is_one_of_the_handlers(field: Field) -> None:
    versions = built_in_versions(field.programme)
    for handler in handlers():
        if handler.key in versions:
            job = described(handler, versions[handler.key], field.programme.pk)
            assert len(job["fields"]) == len({(one["repeat"], one["key"]) for one in job["fields"]})  # type: ignore[attr-defined]  # a list of fields


def test_a_phone_with_three_returned_records_asks_as_often_as_with_one(field: Field) -> None:
    phone = a_phone(field, Role.FACILITATOR)
    version, counts = version_of(phone), []
    for _record in range(3):
        number = phone.send(session_xml(version=version)).json()["number"]
        submission = Submission.objects.get(pk=number)
        return_submission(submission=submission, reason="Which day?", by=System("tests"), at=timezone.now())
        a_session_today(field, f"more-{number}", leader=phone.user, group=field.group)
        a_member(field.group, f"មុនី {number}")
        phone.data()
        with CaptureQueriesContext(connection) as captured:
            data = phone.data().json()
        lists = sum(bool(one["people"]) for one in data["activities"])
        counts.append(len(captured) - lists)  # one line of the trail for each list of names
    assert counts == [counts[0]] * 3
