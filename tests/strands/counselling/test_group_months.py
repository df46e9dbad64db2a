from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from samaki.kernel.errors import Conflict, Invalid, RowsInvalid
from samaki.kernel.records import Written
from samaki.strands.counselling import operations, queries
from samaki.strands.counselling.models import GroupMonth
from samaki.strands.counselling.rules import GroupMonthRow, Timeliness
from tests.factories.field import NOW, TODAY, Field, a_field, a_group, lock

pytestmark = pytest.mark.django_db
MARCH, APRIL = dt.date(2024, 3, 1), dt.date(2024, 4, 1)
IN_TIME, TOO_LATE = dt.date(2024, 4, 10), dt.date(2024, 4, 11)


def _row(field: Field, **changes: object) -> GroupMonthRow:
    return replace(GroupMonthRow(field.group.pk, MARCH, IN_TIME, 2, 5, 3, 1), **changes)  # type: ignore[arg-type]


def _receive(field: Field, *rows: GroupMonthRow, corrections: bool = True) -> Written:
    return operations.receive_group_months(
        rows, programme=field.programme, organisation=field.ours, by=field.me, at=NOW, corrections=corrections
    )


def test_the_same_reports_twice_change_nothing() -> None:
    field = a_field()
    rows = [_row(field), _row(field, month=APRIL, received_on=TODAY)]
    assert [_receive(field, *rows), _receive(field, *rows)] == [Written(created=2), Written(unchanged=2)]
    assert GroupMonth.objects.count() == 2


def test_other_counts_become_the_next_version_and_the_first_stays() -> None:
    field = a_field()
    _receive(field, _row(field))
    assert _receive(field, _row(field, men_success=2, received_on=TODAY)) == Written(changed=1)
    versions = queries.group_month_versions(field.me, field.group, MARCH)
    assert [(one.version, one.is_current, one.men_success, one.received_on) for one in versions] == [
        (2, True, 2, TODAY),
        (1, False, 3, IN_TIME),
    ]


def test_a_month_reported_twice_with_other_counts_is_refused_unless_it_is_a_correction() -> None:
    field = a_field()
    operations.receive_group_month(group=field.group, row=_row(field), by=field.me, at=NOW)
    operations.receive_group_month(group=field.group, row=_row(field), by=field.me, at=NOW)
    with pytest.raises(Conflict) as refused:
        operations.receive_group_month(group=field.group, row=_row(field, men_stopped=0), by=field.me, at=NOW)
    assert (refused.value.code, GroupMonth.objects.count()) == ("already_received", 1)


def test_one_list_cannot_report_a_month_twice() -> None:
    field = a_field()
    with pytest.raises(RowsInvalid) as refused:
        _receive(field, _row(field), _row(field, men_stopped=0))
    assert [(row, fault.code) for row, fault in refused.value.faults] == [(1, "month_twice")]


def test_a_group_that_did_not_exist_that_month_sends_no_report() -> None:
    field = a_field()
    with pytest.raises(Invalid) as refused:
        operations.receive_group_month(
            group=field.group, row=_row(field, month=dt.date(2022, 12, 1)), by=field.me, at=NOW
        )
    assert refused.value.code == "group_not_there"


def test_the_second_of_two_people_correcting_a_report_sees_both() -> None:
    field = a_field()
    month = operations.receive_group_month(group=field.group, row=_row(field), by=field.me, at=NOW)
    operations.correct_group_month(month=month, version=1, row=_row(field, sessions_held=3), by=field.me, at=NOW)
    with pytest.raises(Conflict) as second:
        operations.correct_group_month(month=month, version=1, row=_row(field, sessions_held=4), by=field.me, at=NOW)
    theirs, yours = second.value.params["theirs"], second.value.params["yours"]
    assert (theirs["sessions_held"], yours["sessions_held"]) == (3, 4)  # type: ignore[index]
    assert GroupMonth.objects.get(is_current=True).sessions_held == 3


def test_a_locked_month_takes_no_report_and_no_correction() -> None:
    field = a_field()
    _receive(field, _row(field))
    lock(field.programme, "2024")
    for row in (_row(field, month=APRIL, received_on=TODAY), _row(field, men_success=2)):
        with pytest.raises(RowsInvalid) as refused:
            _receive(field, row)
        assert [fault.code for _row_index, fault in refused.value.faults] == ["period_locked"]
    assert _receive(field, _row(field)) == Written(unchanged=1)


@pytest.mark.parametrize(
    "counts",
    [
        {"men_counselled": None, "men_success": 1, "men_stopped": None},
        {"men_counselled": 1, "men_success": None, "men_stopped": 1},
        {"men_counselled": 1, "men_success": 2, "men_stopped": None},
        {"men_counselled": 3, "men_success": 1, "men_stopped": 2},
    ],
)
def test_the_database_itself_keeps_parts_within_their_whole(counts: dict[str, int | None]) -> None:
    field = a_field()
    report = GroupMonth(
        group=field.group,
        programme=field.programme,
        organisation=field.ours,
        month=MARCH,
        received_on=IN_TIME,
        **counts,
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        report.save()


def test_the_matrix_tells_on_time_late_missing_and_not_yet_due() -> None:
    field = a_field()
    _receive(field, _row(field))
    _receive(field, _row(field, month=APRIL, received_on=dt.date(2024, 5, 11)))
    _receive(field, _row(field, month=APRIL, men_success=2, received_on=dt.date(2024, 5, 12)))
    young = a_group(field.programme, field.ours, "young", formed_on=dt.date(2024, 5, 20))
    matrix = queries.group_months(field.me, field.programme, first=MARCH, last=dt.date(2024, 7, 31), on=TODAY)
    found = {row.group.key: [cell.timeliness for cell in row.cells] for row in matrix.rows}
    on_time, late, missing, not_due = (
        Timeliness.ON_TIME,
        Timeliness.LATE,
        Timeliness.MISSING,
        Timeliness.NOT_DUE,
    )
    assert found == {
        "first": [on_time, late, missing, not_due, None],
        "second": [missing, missing, missing, not_due, None],
        young.key: [None, None, missing, not_due, None],
    }
    assert (matrix.expected, matrix.on_time, matrix.late, matrix.missing) == (7, 1, 1, 5)
    april = next(row for row in matrix.rows if row.group.key == "first").cells[1]
    assert (april.received_on, april.report and april.report.men_success) == (dt.date(2024, 5, 11), 2)


@pytest.mark.parametrize("groups", [1, 3])
def test_the_matrix_takes_three_queries_whatever_its_size(
    groups: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    field = a_field()
    field.second_group.delete()
    for number in range(groups - 1):
        a_group(field.programme, field.ours, f"more-{number}")
    _receive(field, _row(field))
    with django_assert_num_queries(3):
        matrix = queries.group_months(field.me, field.programme, first=MARCH, last=TODAY, on=TODAY)
    assert len(matrix.rows) == groups
