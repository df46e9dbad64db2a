from __future__ import annotations

import datetime as dt

import pytest

from samaki.ground.groups.models import Group
from samaki.kernel.actors import Role
from samaki.kernel.audit.models import AuditEntry
from samaki.kernel.errors import Conflict
from samaki.kernel.form_handlers import Entry
from samaki.strands.counselling.form_handlers import GROUP_MONTH
from samaki.strands.counselling.models import GroupMonth
from samaki.strands.counselling.operations import correct_group_month
from samaki.strands.counselling.rules import GroupMonthRow
from tests.factories.entries import an_entry, faults_of, handling
from tests.factories.field import NOW, TODAY, Field, a_field, a_group, lock

pytestmark = pytest.mark.django_db
MARCH = dt.date(2024, 3, 1)
Version = tuple[str, dt.date, int, bool, str, int | None]


def _entry(field: Field, origin: str = "submission:1", **values: object) -> Entry:
    said = {"group": "first", "month": MARCH, "men_counselled": 4, "men_success": 2, **values}
    by = said.pop("by", None) or field.actor(Role.GROUP_COORDINATOR, group=field.group, second_factor=False)
    return an_entry(field, origin, by=by, **said)  # type: ignore[arg-type]  # an actor


def _take(field: Field, *entries: Entry) -> None:
    GROUP_MONTH.take(entries, handling(field))


def _versions() -> list[Version]:
    found = GroupMonth.objects.order_by("group__key", "month", "version")
    return list(found.values_list("group__key", "month", "version", "is_current", "origin", "men_counselled"))


def test_a_form_becomes_the_months_report_received_when_it_came() -> None:
    field = a_field()
    _take(field, _entry(field, sessions_held=0))
    month = GroupMonth.objects.get()
    assert (month.group, month.month, month.version, month.received_on) == (field.group, MARCH, 1, TODAY)
    assert (month.sessions_held, month.men_counselled, month.men_success, month.men_stopped) == (0, 4, 2, None)


def test_the_same_report_again_writes_nothing_and_another_makes_the_next_version() -> None:
    field = a_field()
    _take(field, _entry(field))
    rows = AuditEntry.objects.count()
    _take(field, _entry(field))
    assert (len(_versions()), AuditEntry.objects.count()) == (1, rows)
    _take(field, _entry(field, men_counselled=5))
    assert _versions() == [
        ("first", MARCH, 1, False, "submission:1", 4),
        ("first", MARCH, 2, True, "submission:1", 5),
    ]


def test_a_report_taken_again_does_not_undo_what_was_corrected_by_hand() -> None:
    field = a_field()
    _take(field, _entry(field))
    row = GroupMonthRow(field.group.pk, MARCH, TODAY, None, 6, 2, None)
    correct_group_month(month=GroupMonth.objects.get(), version=1, row=row, by=field.me, at=NOW)
    _take(field, _entry(field))
    assert [version[3:] for version in _versions()] == [(False, "submission:1", 4), (True, "page", 6)]
    assert faults_of(GROUP_MONTH, field, _entry(field, men_counselled=5)) == [(0, "already_received", "month")]


def test_a_month_reported_by_two_forms_is_asked_about_unless_they_agree() -> None:
    field = a_field()
    _take(field, _entry(field))
    other = _entry(field, "submission:3", men_counselled=9)
    found = faults_of(GROUP_MONTH, field, _entry(field, "submission:2"), other)
    assert found == [(1, "already_received", "month")]
    _take(field, _entry(field, "submission:2"))
    assert _versions() == [("first", MARCH, 1, True, "submission:1", 4)]


def test_a_correction_to_another_month_leaves_the_first_unreported() -> None:
    field = a_field()
    _take(field, _entry(field))
    february = dt.date(2024, 2, 1)
    _take(field, _entry(field, month=february))
    assert _versions() == [("first", february, 1, True, "submission:1", 4)]


def test_whoever_may_not_report_here_is_refused() -> None:
    field = a_field()
    for name, stranger in field.strangers().items():
        found = faults_of(GROUP_MONTH, field, _entry(field), _entry(field, "submission:2", by=stranger))
        assert found == [(1, "refused", None)], name
    assert faults_of(GROUP_MONTH, field, _entry(field, group="second")) == [(0, "refused", None)]
    assert _versions() == []


def test_another_organisations_group_is_not_there() -> None:
    field = a_field()
    a_group(field.programme, field.theirs, "foreign")
    entries = [_entry(field, "submission:1", group="foreign"), _entry(field, "submission:2", group="nowhere")]
    assert faults_of(GROUP_MONTH, field, *entries) == [(index, "no_such_group", "group") for index in (0, 1)]


@pytest.mark.parametrize(
    "values, code, which",
    [
        ({"month": dt.date(2024, 7, 1)}, "date_in_future", "month"),
        ({"month": None}, "value_missing", "month"),
        ({"group": ""}, "value_missing", "group"),
        ({"men_success": 5}, "part_above_whole", "men_success"),
        ({"men_stopped": 1, "men_success": None}, "count_without_whole", "men_stopped"),
        ({"received_on": dt.date(2024, 2, 1)}, "received_before_month", "received_on"),
    ],
)
def test_what_cannot_be_is_told_by_field(values: dict[str, object], code: str, which: str) -> None:
    field = a_field()
    april = _entry(field, "submission:2", month=dt.date(2024, 4, 1))
    assert (1, code, which) in faults_of(GROUP_MONTH, field, april, _entry(field, **values))
    assert _versions() == []


def test_only_a_mens_group_reports() -> None:
    field = a_field()
    a_group(field.programme, field.ours, "women", kind=Group.Kind.WOMENS_GROUP)
    assert faults_of(GROUP_MONTH, field, _entry(field, group="women", by=field.me)) == [
        (0, "not_a_mens_group", "group")
    ]


def test_a_locked_period_takes_nothing_new_changed_or_back() -> None:
    field = a_field()
    _take(field, _entry(field))
    lock(field.programme, "2024-03")
    assert faults_of(GROUP_MONTH, field, _entry(field)) == []
    assert faults_of(GROUP_MONTH, field, _entry(field, men_counselled=5)) == [(0, "period_locked", None)]
    moved = _entry(field, month=dt.date(2024, 4, 1))
    assert faults_of(GROUP_MONTH, field, moved) == [(0, "period_locked", None)]
    with pytest.raises(Conflict):
        GROUP_MONTH.take_back(["submission:1"], handling(field), field.me)
    assert _versions() == [("first", MARCH, 1, True, "submission:1", 4)]


def test_what_a_form_reported_is_found_and_taken_back_to_what_stood_before() -> None:
    field = a_field()
    _take(field, _entry(field))
    _take(field, _entry(field, men_counselled=5))
    row = GroupMonthRow(field.group.pk, MARCH, TODAY, None, 6, 2, None)
    correct_group_month(month=GroupMonth.objects.get(version=2), version=2, row=row, by=field.me, at=NOW)
    found = GROUP_MONTH.find(["submission:1", "submission:2"])
    latest = GroupMonth.objects.get(version=2)
    assert {origin: record.id for origin, record in found.items()} == {"submission:1": latest.pk}
    GROUP_MONTH.take_back(["submission:1"], handling(field), field.me)
    assert _versions() == [("first", MARCH, 3, True, "page", 6)]
