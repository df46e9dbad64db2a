from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from samaki.kernel.actors import Role
from samaki.kernel.audit.models import AuditEntry
from samaki.kernel.form_handlers import Entry
from samaki.strands.outreach.form_handlers import OUTREACH_TALLY, fits
from samaki.strands.outreach.models import Campaign, OutreachTally
from tests.factories.entries import an_entry, faults_of, handling
from tests.factories.field import HELD, TOMORROW, Field, a_field, a_group, a_programme, lock
from tests.factories.places import load_few_places

pytestmark = pytest.mark.django_db
COMMUNE, NEXT = "040601", "040602"


def _field() -> Field:
    field = a_field()
    load_few_places()
    return field


def _entry(field: Field, origin: str = "submission:1", **values: object) -> Entry:
    return an_entry(field, origin, **{"place": COMMUNE, "since": HELD, "contacts": 12, "channel": "flier", **values})


def _take(field: Field, *entries: Entry) -> None:
    OUTREACH_TALLY.take(entries, handling(field))


def _rows() -> list[tuple[object, ...]]:
    columns = ("origin", "place__code", "channel", "since", "until", "contacts")
    return list(OutreachTally.objects.order_by("origin").values_list(*columns))


def test_a_form_becomes_a_count_of_its_place_channel_and_time() -> None:
    field = _field()
    Campaign.objects.create(
        key="white-ribbon",
        programme=field.programme,
        organisation=field.ours,
        title_km="បូស",
        title_en="White Ribbon",
    )
    _take(
        field,
        _entry(field, "submission:1", place="០៤០៦០១", campaign="white ribbon", group="first"),
        _entry(field, "submission:2", since=None, month=dt.date(2024, 2, 1), contacts=0, channel=None),
    )
    assert _rows() == [
        ("submission:1", COMMUNE, "flier", HELD, HELD, 12),
        ("submission:2", COMMUNE, "not_recorded", dt.date(2024, 2, 1), dt.date(2024, 2, 29), 0),
    ]
    tally = OutreachTally.objects.select_related("campaign", "group").get(origin="submission:1")
    assert (tally.campaign and tally.campaign.key, tally.group) == ("white-ribbon", field.group)


def test_the_same_counts_again_write_nothing() -> None:
    field = _field()
    entries = [_entry(field, "submission:1"), _entry(field, "submission:2", channel="campaign")]
    _take(field, *entries)
    before = (list(OutreachTally.objects.order_by("pk").values()), AuditEntry.objects.count())
    _take(field, *reversed(entries))
    assert (list(OutreachTally.objects.order_by("pk").values()), AuditEntry.objects.count()) == before


def test_a_correction_may_change_everything_and_keeps_the_key() -> None:
    field = _field()
    _take(field, _entry(field))
    tally = OutreachTally.objects.get()
    _take(field, _entry(field, contacts=13))
    later = dt.date(2024, 3, 9)
    _take(field, _entry(field, place=NEXT, channel="campaign", until=later, contacts=13))
    corrected = OutreachTally.objects.get()
    assert (corrected.pk, corrected.revision, corrected.created_at) == (tally.pk, 3, tally.created_at)
    assert _rows() == [("submission:1", NEXT, "campaign", HELD, later, 13)]


def test_two_counts_may_change_places() -> None:
    field = _field()
    _take(field, _entry(field, "submission:1"), _entry(field, "submission:2", place=NEXT))
    _take(field, _entry(field, "submission:1", place=NEXT), _entry(field, "submission:2"))
    assert [row[:2] for row in _rows()] == [("submission:1", NEXT), ("submission:2", COMMUNE)]


def test_one_series_counted_by_two_forms_is_asked_about() -> None:
    field = _field()
    _take(field, _entry(field))
    whole = _entry(field, "submission:3", since=None, month=dt.date(2024, 3, 1))
    found = faults_of(OUTREACH_TALLY, field, _entry(field, "submission:2"), _entry(field), whole)
    assert found == [(0, "already_counted", "contacts"), (2, "tally_overlaps", "since")]
    assert len(_rows()) == 1


def test_good_counts_among_faulty_ones_are_not_written_alone() -> None:
    field = _field()
    found = faults_of(
        OUTREACH_TALLY,
        field,
        _entry(field, "submission:1"),
        _entry(field, "submission:2", since=TOMORROW),
        _entry(field, "submission:3", until=dt.date(2024, 3, 1)),
        _entry(field, "submission:4", place="Prey Vengand"),
        _entry(field, "submission:5", campaign="nothing"),
    )
    assert found == [
        (1, "date_in_future", "until"),
        (2, "dates_out_of_order", "until"),
        (3, "place_unknown", "place"),
        (4, "no_such_campaign", "campaign"),
    ]
    assert _rows() == []


@pytest.mark.parametrize(
    "values, code, which",
    [
        ({"place": ""}, "value_missing", "place"),
        ({"contacts": None}, "value_missing", "contacts"),
        ({"since": None}, "value_missing", "since"),
        ({"month": dt.date(2024, 3, 1)}, "time_given_twice", "month"),
    ],
)
def test_what_is_not_said_is_asked_for(values: dict[str, object], code: str, which: str) -> None:
    field = _field()
    assert faults_of(OUTREACH_TALLY, field, _entry(field, **values)) == [(0, code, which)]


def test_whoever_may_not_count_here_is_refused() -> None:
    field = _field()
    for name, stranger in field.strangers().items():
        found = faults_of(OUTREACH_TALLY, field, _entry(field), _entry(field, "submission:2", by=stranger))
        assert found == [(1, "refused", None)], name
    coordinator = field.actor(Role.GROUP_COORDINATOR, group=field.group, second_factor=False)
    assert faults_of(OUTREACH_TALLY, field, _entry(field, by=coordinator)) == [(0, "refused", None)]
    assert faults_of(OUTREACH_TALLY, field, _entry(field, by=coordinator, group="second")) == [(0, "refused", None)]
    assert faults_of(OUTREACH_TALLY, field, _entry(field, by=coordinator, group="first")) == []


def test_another_organisations_group_is_not_there() -> None:
    field = _field()
    a_group(field.programme, field.theirs, "foreign")
    entries = [_entry(field, "submission:1", group="foreign"), _entry(field, "submission:2", group="nowhere")]
    assert faults_of(OUTREACH_TALLY, field, *entries) == [(index, "no_such_group", "group") for index in (0, 1)]


def test_a_locked_period_takes_nothing_new_changed_or_back() -> None:
    field = _field()
    _take(field, _entry(field))
    lock(field.programme, "2024-03")
    before = list(OutreachTally.objects.values())
    assert faults_of(OUTREACH_TALLY, field, _entry(field)) == []
    assert faults_of(OUTREACH_TALLY, field, _entry(field, contacts=13)) == [(0, "period_locked", None)]
    assert faults_of(OUTREACH_TALLY, field, _entry(field, since=dt.date(2024, 4, 1))) == [(0, "period_locked", None)]
    assert faults_of(OUTREACH_TALLY, field, _entry(field, "submission:2")) == [(0, "period_locked", None)]
    with pytest.raises(Exception, match="2024-03"):
        OUTREACH_TALLY.take_back(["submission:1"], handling(field), field.me)
    assert list(OutreachTally.objects.values()) == before


def test_what_forms_counted_is_found_and_taken_back() -> None:
    field = _field()
    _take(field, _entry(field, "submission:1"), _entry(field, "submission:2", channel="campaign"))
    found = OUTREACH_TALLY.find(["submission:1", "submission:2", "submission:3"])
    tallies = {tally.origin: ("outreach.outreachtally", tally.pk) for tally in OutreachTally.objects.all()}
    assert {origin: (record.kind, record.id) for origin, record in found.items()} == tallies
    OUTREACH_TALLY.take_back(["submission:1", "submission:3"], handling(field), field.me)
    assert [row[0] for row in _rows()] == ["submission:2"]


def test_a_batch_asks_the_database_no_more_than_one_entry_does() -> None:
    field = _field()
    _take(field, _entry(field))  # reads the gazetteer
    asked = []
    for first, size in ((0, 1), (10, 20)):
        days = [dt.date(2024, 1, 1) + dt.timedelta(days=first + number) for number in range(size)]
        entries = [_entry(field, f"submission:{day}", since=day) for day in days]
        with CaptureQueriesContext(connection) as captured:
            _take(field, *entries)
        asked.append(len(captured))
    assert asked[0] == asked[1]


def test_it_fits_programmes_that_reach_people_outside_sessions() -> None:
    field = _field()
    assert (fits(field.programme.pk), fits(a_programme("empty").pk)) == (True, False)
