from __future__ import annotations

import datetime as dt

import pytest
from pytest_django import DjangoAssertNumQueries

from samaki.kernel.errors import Conflict, DomainError, Invalid, RowsInvalid
from samaki.kernel.records import Written
from samaki.strands.outreach import operations, queries
from samaki.strands.outreach.models import OutreachTally
from samaki.strands.outreach.rules import TallyRow
from tests.factories.field import NOW, TODAY, TOMORROW, Field, a_field, a_group, a_place, lock

pytestmark = pytest.mark.django_db
FIRST, LAST = dt.date(2024, 3, 1), dt.date(2024, 3, 31)


def _row(field: Field, **changes: object) -> TallyRow:
    return TallyRow(field.place.pk, "flier", FIRST, LAST, 20)._replace(**changes)  # type: ignore[arg-type]


def _record(field: Field, *rows: TallyRow, corrections: bool = True) -> Written:
    return operations.record_tallies(
        rows, programme=field.programme, organisation=field.ours, by=field.me, at=NOW, corrections=corrections
    )


def _total() -> int:
    return sum(OutreachTally.objects.values_list("contacts", flat=True))


def test_the_same_counts_twice_change_nothing() -> None:
    field = a_field()
    rows = [_row(field), _row(field, channel="house_visit"), _row(field, group_id=field.group.pk)]
    assert [_record(field, *rows), _record(field, *rows)] == [Written(created=3), Written(unchanged=3)]
    assert _total() == 60


def test_another_count_of_the_same_corrects_it_or_is_refused() -> None:
    field = a_field()
    _record(field, _row(field))
    assert _record(field, _row(field, contacts=0)) == Written(changed=1)
    with pytest.raises(RowsInvalid) as refused:
        _record(field, _row(field, contacts=5), corrections=False)
    assert ([fault.code for _index, fault in refused.value.faults], _total()) == (["already_counted"], 0)


@pytest.mark.parametrize(
    "since, until, overlaps",
    [
        (dt.date(2024, 1, 1), dt.date(2024, 12, 31), True),
        (LAST, dt.date(2024, 4, 30), True),
        (dt.date(2024, 4, 1), dt.date(2024, 4, 30), False),
    ],
)
def test_the_same_days_do_not_count_twice(since: dt.date, until: dt.date, overlaps: bool) -> None:
    field = a_field()
    _record(field, _row(field, since=dt.date(2023, 3, 1), until=dt.date(2023, 3, 31)), _row(field))
    row = _row(field, since=since, until=min(until, TODAY))
    if overlaps:
        with pytest.raises(RowsInvalid) as refused:
            _record(field, row)
        assert [fault.code for _index, fault in refused.value.faults] == ["tally_overlaps"]
    else:
        assert _record(field, row) == Written(created=1)


def test_one_faulty_row_keeps_all_out_and_every_fault_is_named() -> None:
    field = a_field()
    theirs = a_group(field.programme, field.theirs, "theirs")
    rows = [
        _row(field),
        _row(field, channel="radio"),
        _row(field, channel="campaign", contacts=-1),
        _row(field, channel="materials", until=TOMORROW),
        _row(field, channel="house_visit", group_id=theirs.pk),
        _row(field, since=LAST, until=FIRST, channel="social_media"),
        _row(field, place_id=10**9),
        _row(field),
        _row(field, since=LAST),
    ]
    with pytest.raises(RowsInvalid) as refused:
        _record(field, *rows)
    assert [(index, fault.code) for index, fault in refused.value.faults] == [
        (1, "unknown_channel"),
        (2, "count_out_of_range"),
        (3, "date_in_future"),
        (4, "not_a_group_here"),
        (5, "dates_out_of_order"),
        (6, "unknown_place"),
        (7, "tally_twice"),
        (8, "tally_overlaps"),
    ]
    assert OutreachTally.objects.count() == 0


@pytest.mark.parametrize("period", ["2024", "2024-Q1", "2024-03"])
def test_a_locked_period_takes_no_count_that_shares_a_day_with_it(period: str) -> None:
    field = a_field()
    _record(field, _row(field))
    tally = OutreachTally.objects.get()
    lock(field.programme, period)
    assert _record(field, _row(field)) == Written(unchanged=1)
    for act in (
        lambda: _record(field, _row(field, channel="campaign", until=TODAY)),
        lambda: _record(field, _row(field, contacts=3)),
        lambda: operations.correct_tally(tally=tally, revision=1, contacts=3, by=field.me, at=NOW),
    ):
        with pytest.raises(DomainError) as refused:
            act()
        faults = getattr(refused.value, "faults", ((0, refused.value),))
        assert [fault.code for _index, fault in faults] == ["period_locked"]
    assert _total() == 20


def test_the_second_of_two_people_correcting_a_count_sees_both() -> None:
    field = a_field()
    _record(field, _row(field))
    tally = OutreachTally.objects.get()
    operations.correct_tally(tally=tally, revision=1, contacts=21, by=field.me, at=NOW)
    with pytest.raises(Conflict) as second:
        operations.correct_tally(tally=tally, revision=1, contacts=22, by=field.me, at=NOW)
    assert (second.value.params["theirs"], second.value.params["yours"]) == ({"contacts": 21}, {"contacts": 22})


def test_a_campaign_gathers_its_counts_and_ends_after_it_begins() -> None:
    field = a_field()
    given = {"programme": field.programme, "organisation": field.ours, "title_km": "ក", "title_en": "", "by": field.me}
    with pytest.raises(Invalid):
        operations.create_campaign(**given, key="white", starts_on=LAST, ends_on=FIRST, at=NOW)
    campaign = operations.create_campaign(**given, key="white", starts_on=FIRST, ends_on=LAST, at=NOW)
    with pytest.raises(Conflict):
        operations.create_campaign(**given, key="white", starts_on=FIRST, ends_on=LAST, at=NOW)
    _record(field, _row(field), _row(field, campaign_id=campaign.pk))
    assert ([one.key for one in queries.campaigns(field.officer)], _total()) == (["white"], 40)


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_of_counts_take_as_many_queries_whatever_their_length(
    rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    field = a_field()
    _record(field, *(_row(field, place_id=a_place(f"04060{number + 2}").pk) for number in range(rows)))
    with django_assert_num_queries(1):
        found = [
            (tally.organisation.key, tally.place.parent and tally.place.parent.code, tally.contacts)
            for tally in queries.tallies(field.officer, first=TODAY - dt.timedelta(days=100), last=TODAY)
        ]
    assert found == [("ours", "0406", 20)] * rows
