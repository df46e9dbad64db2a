"""Certificates given, renewed, withdrawn and shown; visits; what a merge does to them; what is due."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from samaki.ground.people.operations import undo_merge, withdraw
from samaki.kernel.actors import Role
from samaki.kernel.audit.models import AuditEntry
from samaki.kernel.errors import Invalid, NotFound
from samaki.strands.learning.models import Assessment, Certification, Series
from samaki.strands.learning.operations import series as operations
from samaki.strands.learning.operations.certification import assess, certify, withdraw_certificates
from samaki.strands.learning.operations.leads import add_lead, take_back_lead
from samaki.strands.learning.queries import certificates, due, pathway, practice
from samaki.strands.learning.rules.practice import Standing
from tests.factories.field import NOW, TODAY, a_field
from tests.factories.series import FIRST, a_series, certified, people, working_group
from tests.strands.learning.series_world import LATER, a_session, a_visit, code_of, lead_code, merged

pytestmark = pytest.mark.django_db


def test_only_who_completed_and_passed_is_certified() -> None:
    field = a_field()
    done, half = people(field, 2)
    series = a_series(field, [[done, half], [done]])
    about = {"series": series, "certified_on": LATER, "by": field.me, "at": NOW}
    assert code_of(certify, **about, person_id=half.pk) == "not_completed"
    assert code_of(certify, **about, person_id=done.pk) == "not_passed"
    judging = {"series": series, "person_id": done.pk, "assessed_on": FIRST, "by": field.me, "at": NOW}
    assess(result=Assessment.Result.NOT_YET, **judging)
    assert code_of(certify, **about, person_id=done.pk) == "not_passed"
    assess(result=Assessment.Result.PASSED, **judging)
    assert Assessment.objects.count() == 1
    made = certify(series=series, person_id=done.pk, certified_on=LATER, by=field.me, at=NOW)
    assert (made.kind, code_of(certify, **about, person_id=done.pk)) == ("first", "already_certified")
    outsider = people(field, 1)[0]
    assert code_of(certify, **about, person_id=outsider.pk) == "did_not_attend"


def test_an_open_series_certifies_nobody_and_no_day_before_its_end() -> None:
    field = a_field()
    (person,) = people(field, 1)
    series = a_series(field, [[person], [person]], ended=False)
    about = {"series": series, "person_id": person.pk, "by": field.me, "at": NOW}
    assert code_of(certify, **about, certified_on=LATER) == "not_ended"
    operations.end_series(series=series, revision=series.revision, ends_on=LATER, by=field.me, at=NOW)
    assess(**about, assessed_on=FIRST, result=Assessment.Result.PASSED)
    series.refresh_from_db()
    assert code_of(certify, **about, certified_on=FIRST) == "before_end"


def test_a_refresher_renews_who_was_certified_and_nobody_else() -> None:
    field = a_field()
    person, never = people(field, 2)
    certified(field, person)
    when = dt.date(2024, 1, 10)
    refresher = a_series(field, [[person, never]], key="refresher", kind=Series.Kind.REFRESHER, first=when)
    about = {"series": refresher, "certified_on": when, "by": field.me, "at": NOW}
    assert code_of(certify, **about, person_id=never.pk) == "never_certified"
    before = practice.stands(field.programme.pk, [person.pk], on=when)[person.pk].standing
    renewed = certify(series=refresher, person_id=person.pk, certified_on=when, by=field.me, at=NOW)
    after = practice.stands(field.programme.pk, [person.pk], on=when)[person.pk].standing
    assert (before, renewed.kind, after) == (Standing.LAPSED, "renewed", Standing.STANDS)


def test_a_withdrawn_certificate_ends_with_its_renewals_and_leads_nobody() -> None:
    field = a_field()
    (person,) = people(field, 1)
    first = certified(field, person)
    withdrawing = {"certification": first, "by": field.me, "at": NOW, "on": dt.date(2023, 5, 1)}
    assert code_of(withdraw_certificates, **withdrawing, revision=first.revision, because=" ") == "reason_wanted"
    assert code_of(withdraw_certificates, **withdrawing, revision=9, because="so") == "changed_meanwhile"
    withdraw_certificates(**withdrawing, revision=first.revision, because="so")  # type: ignore[arg-type]  # as named
    assert Certification.objects.filter(withdrawn_on__isnull=True).count() == 0
    assert lead_code(field, a_session(field), person) == "certificate_withdrawn"
    assert code_of(withdraw_certificates, **withdrawing, revision=2, because="so") == "already_withdrawn"


def test_certificates_and_leads_follow_a_merge_and_an_undo() -> None:
    field = a_field()
    first, second = people(field, 2)
    certified(field, first)
    session = a_session(field)
    assert lead_code(field, session, second) == "not_certified"
    pair = merged(field, first, second)
    lead = add_lead(session=session, person_id=second.pk, by=field.me, at=NOW)
    assert [one.last_led for one in practice.practices(field.me, on=TODAY)] == [LATER]
    take_back_lead(lead=lead, by=field.me, at=NOW)
    undo_merge(pair.pk, by=field.me, at=NOW)
    assert lead_code(field, session, second) == "not_certified"


def test_a_code_shows_whether_it_stands_and_costs_the_same_unknown() -> None:
    field = a_field()
    (person,) = people(field, 1)
    made = certified(field, person)
    costs = []
    for code in (made.code, "A" * 24, "no code at all", ""):
        with CaptureQueriesContext(connection) as asked:
            certificates.shown_by_code(field.me, code, on=LATER)
        costs.append(len(asked))
    assert len(set(costs)) == 1
    shown = certificates.shown_by_code(field.me, made.code, on=LATER)
    assert shown is not None
    assert (shown.standing, shown.certified_on, shown.title_en) == (Standing.STANDS, FIRST, "")
    assert certificates.shown_by_code(field.me, "A" * 24, on=LATER) is None


def test_who_withdrew_has_no_certificate_no_pathway_and_leaves_the_lists() -> None:
    field = a_field()
    (person,) = people(field, 1)
    made = certified(field, person)
    visit = a_visit(field, person)
    withdraw(person.pk, by=field.me, at=NOW)
    assert certificates.shown_by_code(field.me, made.code, on=LATER) is None
    assert pathway.pathway(field.me, person.pk)[1] == []
    assert (practice.practices(field.me, on=TODAY), due.refreshers_due(field.me, on=TODAY)) == ([], [])
    assert certificates.notes_of(field.me, visit.pk)[1] == ""


def test_what_was_noted_at_a_visit_is_sealed_and_each_reading_is_written_down() -> None:
    field = a_field()
    person, other = people(field, 2)
    certified(field, person)
    visit = a_visit(field, person)
    assert b"calmly" not in bytes(visit.notes)
    assert certificates.notes_of(field.me, visit.pk)[1] == "speaks calmly"
    assert AuditEntry.objects.filter(action="learning.read_visit").count() == 1
    with pytest.raises(Invalid):
        a_visit(field, other)
    for stranger in field.strangers().values():
        with pytest.raises(NotFound):
            certificates.notes_of(stranger, visit.pk)


def test_a_pathway_tells_everything_in_order_and_nothing_of_another_programme() -> None:
    field = a_field()
    (person,) = people(field, 1)
    certified(field, person)
    working_group(field, person, since=LATER)
    add_lead(session=a_session(field), person_id=person.pk, by=field.me, at=NOW)
    a_visit(field, person)
    kinds = [step.kind.value for step in pathway.pathway(field.me, person.pk)[1]]
    assert kinds == ["attended", "completed", "assessed", "certified", "joined", "led", "coached"]
    elsewhere = field.actor(Role.PARTNER_ME, programme=field.other)
    assert pathway.pathway(elsewhere, person.pk)[1] == []


def test_whose_refresher_and_whose_follow_up_is_due() -> None:
    field = a_field()
    (person,) = people(field, 1)
    certified(field, person)  # stands until 6 September 2023
    days = [dt.date(2023, 6, 5), dt.date(2023, 6, 6), dt.date(2023, 9, 6), dt.date(2023, 9, 7)]
    assert [len(due.follow_ups_due(field.me, on=day)) for day in days] == [0, 1, 1, 0]
    assert [len(due.refreshers_due(field.me, on=day)) for day in (days[0], dt.date(2023, 7, 23), days[3])] == [0, 1, 1]
