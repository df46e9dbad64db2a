"""A report from hand to hand, and the lock of a period; first the one who must not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from django.utils import translation

from samaki.ground.periods import owed
from samaki.ground.periods.locks import is_locked, refuse_locked
from samaki.ground.periods.models import PeriodLock, PeriodReport
from samaki.ground.periods.operations import (
    lock_period,
    reopen_period,
    return_report,
    save_narrative,
    submit_report,
    verify_report,
)
from samaki.ground.periods.queries import next_waiting, report, reports, standing_locks, waiting
from samaki.ground.periods.rules import State, parse
from samaki.ground.programmes.models import ProgrammeRole
from samaki.kernel.actors import Actor, Role
from samaki.kernel.audit.models import AuditEntry
from samaki.kernel.errors import Conflict, Invalid, NotFound, Refused
from tests.factories.programmes import Setting, a_setting

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


NOW = dt.datetime(2009, 2, 5, 10, tzinfo=dt.UTC)
LATER = NOW + dt.timedelta(hours=1)


def submitted(setting: Setting, period: str = "2008-03", by: Actor | None = None) -> PeriodReport:
    return submit_report(
        programme=setting.programme,
        organisation=setting.ours,
        period=period,
        narrative="We met.",
        by=by or setting.partner(),
        at=NOW,
    )


def test_another_organisation_cannot_submit_and_the_refusal_stays_in_the_trail() -> None:
    setting = a_setting()
    other = setting.actor(Role.PARTNER_ME, setting.theirs)
    with pytest.raises(Refused):
        submitted(setting, by=other)
    assert PeriodReport.objects.count() == 0
    entry = AuditEntry.objects.get(programme_id=setting.programme.pk)
    assert (entry.action, entry.refused, entry.organisation_id) == ("submit_report", True, setting.ours.pk)


def test_another_organisation_sees_no_report_by_list_by_key_or_in_the_queue() -> None:
    setting = a_setting()
    one = submitted(setting)
    for actor in (setting.actor(Role.PARTNER_ME, setting.theirs), setting.actor(Role.DONOR), setting.stranger()):
        assert list(reports(actor)) == []
        assert list(waiting(actor)) == []
        with pytest.raises(NotFound):
            report(actor, one.pk)
    assert list(reports(setting.partner())) == [one]
    assert list(waiting(setting.partner())) == []


def test_a_partner_cannot_verify_its_own_report() -> None:
    setting = a_setting()
    one = submitted(setting)
    with pytest.raises(Refused):
        verify_report(report_id=one.pk, by=setting.partner(), at=NOW)
    one.refresh_from_db()
    assert one.state == State.SUBMITTED


def test_one_call_verifies_and_the_queue_gives_the_next() -> None:
    setting = a_setting()
    first, second = submitted(setting), submitted(setting, "2008-04")
    assert list(waiting(setting.officer())) == [first, second]
    done = verify_report(report_id=first.pk, by=setting.officer(), at=LATER)
    assert (done.state, done.decided_by, done.decided_at) == (State.VERIFIED, "programme_officer", LATER)
    assert next_waiting(setting.officer(), done) == second


def test_a_report_is_returned_with_a_reason_and_sent_again() -> None:
    setting = a_setting()
    one = submitted(setting)
    with pytest.raises(Invalid):
        return_report(report_id=one.pk, reason="  ", by=setting.officer(), at=LATER)
    returned = return_report(report_id=one.pk, reason="April is missing.", by=setting.officer(), at=LATER)
    assert (returned.state, returned.return_reason) == (State.RETURNED, "April is missing.")
    again = submit_report(
        programme=setting.programme,
        organisation=setting.ours,
        period="2008-03",
        narrative="With April.",
        revision=returned.revision,
        by=setting.partner(),
        at=LATER,
    )
    assert (again.state, again.return_reason, again.narrative) == (State.SUBMITTED, "", "With April.")


def test_the_second_of_two_people_sees_both() -> None:
    setting = a_setting()
    first = save_narrative(
        programme=setting.programme,
        organisation=setting.ours,
        period="2008-03",
        narrative="hers",
        by=setting.partner(),
        at=NOW,
    )
    with pytest.raises(Conflict) as refused:
        submit_report(
            programme=setting.programme,
            organisation=setting.ours,
            period="2008-03",
            narrative="his",
            revision=first.revision - 1,
            by=setting.partner(),
            at=NOW,
        )
    assert refused.value.code == "changed_meanwhile"
    assert refused.value.params["theirs"] == {"narrative": "hers"}
    assert refused.value.params["yours"] == {"narrative": "his"}
    first.refresh_from_db()
    assert (first.narrative, first.state) == ("hers", State.OPEN)


def test_a_report_sent_twice_by_an_impatient_thumb_is_one_report() -> None:
    setting = a_setting()
    assert submitted(setting) == submitted(setting)
    assert [entry.action for entry in AuditEntry.objects.filter(programme_id=setting.programme.pk)] == ["report.submit"]


def test_a_month_that_has_not_come_and_a_quarter_are_no_report() -> None:
    setting = a_setting()
    for period, code in (("2009-03", "month_not_come"), ("2008-Q1", "month_wanted")):
        with pytest.raises(Invalid) as refused:
            submitted(setting, period)
        assert refused.value.code == code


def locked(
    setting: Setting, period: str = "2008", reason: str = "nobody reports here", *, although_missing: bool = True
) -> PeriodLock:
    return lock_period(
        programme=setting.programme,
        period=period,
        reason=reason,
        although_missing=although_missing,
        by=setting.officer(),
        at=NOW,
    )


def test_only_the_officer_of_the_programme_locks() -> None:
    setting = a_setting()
    for actor in (setting.partner(), setting.actor(Role.DONOR), setting.stranger()):
        with pytest.raises(Refused):
            lock_period(programme=setting.programme, period="2008", by=actor, at=NOW)
    assert PeriodLock.objects.count() == 0
    assert AuditEntry.objects.filter(refused=True).count() == 3


def test_a_locked_period_takes_no_record_and_its_neighbours_do() -> None:
    setting = a_setting(fiscal_year_starts_in=7)
    lock = locked(setting, "2007")
    assert (lock.first, lock.last, lock.version) == (dt.date(2007, 7, 1), dt.date(2008, 6, 30), 1)
    refuse_locked(setting.programme, dt.date(2007, 6, 30), dt.date(2008, 7, 1), None)
    with pytest.raises(Conflict) as refused:
        refuse_locked(setting.programme, dt.date(2008, 6, 30))
    assert (refused.value.code, refused.value.params["period"]) == ("period_locked", "2007")
    assert is_locked(setting.programme, dt.date(2007, 7, 1))


def test_a_locked_month_takes_no_report() -> None:
    setting = a_setting()
    locked(setting)
    with pytest.raises(Conflict) as refused:
        submitted(setting)
    assert refused.value.code == "period_locked"


def test_a_period_with_a_report_that_waits_is_not_locked() -> None:
    setting = a_setting()
    one = submitted(setting)
    with pytest.raises(Conflict) as refused:
        locked(setting)
    assert (refused.value.code, refused.value.params["count"]) == ("reports_not_verified", 1)
    assert str(refused.value) == "These reports wait to be verified: Ours (March 2008)."
    verify_report(report_id=one.pk, by=setting.officer(), at=NOW)
    assert locked(setting).version == 1


def test_a_period_whose_reports_are_missing_is_locked_only_by_who_says_so_and_why() -> None:
    setting = a_setting()
    setting.programme.starts_on = dt.date(2008, 2, 10)
    setting.programme.save()
    draft = PeriodReport.objects.create(
        programme=setting.programme, organisation=setting.theirs, period="2008-02", state=State.OPEN
    )
    for month in ("2008-02", "2008-04"):
        one = submitted(setting, month)
        verify_report(report_id=one.pk, by=setting.officer(), at=NOW)
    with pytest.raises(Conflict) as refused:
        locked(setting, "2008-Q1", although_missing=False)
    assert (refused.value.code, refused.value.params["count"]) == ("reports_missing", 3)
    assert str(refused.value) == (
        "These reports have not come: Ours (March 2008); Theirs (February 2008 – March 2008). "
        "The period can be locked without them for a reason."
    )
    with pytest.raises(Invalid) as unsaid:
        locked(setting, "2008-Q1", reason="  ")
    assert (unsaid.value.code, unsaid.value.field) == ("reason_wanted", "reason")
    assert PeriodLock.objects.count() == 0
    assert locked(setting, "2008-Q1", reason="Theirs closed its office.").reason == "Theirs closed its office."
    entry = AuditEntry.objects.get(action="period.lock")
    assert (entry.reason, entry.details["missing"]) == ("Theirs closed its office.", 3)
    draft.refresh_from_db()
    assert draft.state == State.OPEN


def test_a_period_whose_reports_are_all_verified_is_locked_without_a_word() -> None:
    setting = a_setting()
    for role in setting.programme.roles.exclude(organisation=setting.ours):
        role.delete()
    verify_report(report_id=submitted(setting).pk, by=setting.officer(), at=NOW)
    assert locked(setting, "2008-03", "", although_missing=False).version == 1


def test_who_joined_later_or_left_owes_only_the_months_between_and_a_lead_beside_partners_none() -> None:
    setting = a_setting()
    ours, theirs = setting.programme.roles.order_by("organisation__name_latin")
    ours.since, ours.until = dt.date(2008, 2, 15), dt.date(2008, 3, 2)
    theirs.part = ProgrammeRole.Part.LEAD
    for role in (ours, theirs):
        role.save()
    first_quarter = parse("2008-Q1", fiscal_year_starts_in=1)
    found = [
        (one.organisation, one.period.key)
        for one in owed.of_period(setting.officer(), setting.programme, first_quarter)
    ]
    assert found == [(setting.ours, "2008-02"), (setting.ours, "2008-03"), (setting.theirs, "2008-01")]
    lead = setting.actor(Role.PARTNER_ME, setting.theirs)
    assert [one.period.key for one in owed.to_write(lead, dt.date(2008, 4, 3))] == [
        "2008-01",
        "2007-12",
        "2007-11",
        "2007-10",
    ]


def test_another_organisation_sees_neither_what_we_owe_nor_what_we_sent() -> None:
    setting = a_setting()
    submitted(setting)
    span = parse("2008-03", fiscal_year_starts_in=1)
    seen = {
        who: [one.organisation.name_latin for one in owed.of_period(actor, setting.programme, span)]
        for who, actor in {
            "officer": setting.officer(),
            "theirs": setting.actor(Role.PARTNER_ME, setting.theirs),
            "donor": setting.actor(Role.DONOR),
            "stranger": setting.stranger(),
        }.items()
    }
    assert seen == {"officer": ["Ours", "Theirs"], "theirs": ["Theirs"], "donor": [], "stranger": []}


def test_a_month_becomes_overdue_on_the_day_after_its_due_day_and_not_before() -> None:
    setting = a_setting()
    march = parse("2008-03", fiscal_year_starts_in=1)
    due = owed.due_on(setting.programme, march)
    draft = PeriodReport(state=State.OPEN)
    said = [
        owed.Owed(setting.programme, setting.ours, march, due, report).status(due + dt.timedelta(days=late))
        for report in (None, draft)
        for late in (0, 1)
    ]
    assert (due, said) == (dt.date(2008, 4, 10), ["not_started", "overdue", "draft", "overdue"])


def test_of_each_period_the_latest_lock_stands() -> None:
    setting = a_setting()
    locked(setting)
    reopen_period(programme=setting.programme, period="2008", reason="Two twice", by=setting.officer(), at=LATER)
    assert [(one.version, one.reopened_at) for one in standing_locks(setting.programme)] == [(1, LATER)]
    second, month = locked(setting), locked(setting, "2008-03")
    assert list(standing_locks(setting.programme)) == [month, second]


def test_a_period_that_is_not_over_is_not_locked() -> None:
    with pytest.raises(Conflict) as refused:
        locked(a_setting(), "2009")
    assert refused.value.code == "period_not_over"


def test_a_correction_opens_the_period_with_a_reason_and_the_next_lock_is_a_new_version() -> None:
    setting = a_setting()
    first = locked(setting)
    with pytest.raises(Conflict):
        locked(setting)
    with pytest.raises(Invalid):
        reopen_period(programme=setting.programme, period="2008", reason="", by=setting.officer(), at=LATER)
    with pytest.raises(Refused):
        reopen_period(programme=setting.programme, period="2008", reason="why", by=setting.partner(), at=LATER)
    reopen_period(programme=setting.programme, period="2008", reason="Two twice", by=setting.officer(), at=LATER)
    assert not is_locked(setting.programme, dt.date(2008, 5, 1))
    with pytest.raises(Invalid):
        locked(setting, reason=" ")
    second = locked(setting, reason="Two men were entered twice.")
    assert (first.version, second.version, second.reason) == (1, 2, "Two men were entered twice.")
    assert is_locked(setting.programme, dt.date(2008, 5, 1))


@pytest.mark.parametrize("number", [1, 3])
def test_the_queue_asks_as_often_for_one_report_as_for_three(
    number: int, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    setting = a_setting()
    for month in range(1, number + 1):
        submitted(setting, f"2008-{month:02}")
    with django_assert_num_queries(1):  # type: ignore[operator]  # a fixture that is a context manager
        found = [(one.organisation.name_latin, one.programme.key) for one in waiting(setting.officer())]
    assert len(found) == number
