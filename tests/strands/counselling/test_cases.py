from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from samaki.kernel.errors import Conflict, Invalid, RowsInvalid
from samaki.kernel.records import Written
from samaki.strands.counselling import operations, queries
from samaki.strands.counselling.models import Case, CaseSession, Outcome
from samaki.strands.counselling.rules import CaseRow, Judgement
from tests.factories.field import HELD, NOW, TOMORROW, Field, a_field, a_group, a_place, lock

pytestmark = pytest.mark.django_db
LATER = dt.date(2024, 4, 8)


def _rows(field: Field, number: int = 3) -> list[CaseRow]:
    return [
        CaseRow(
            f"M-{each}",
            field.group.pk,
            field.place.pk,
            sessions=(None, None),
            judgements=(Judgement("any", "improved"), Judgement("physical", "stopped")),
        )
        for each in range(number)
    ]


def _record(field: Field, rows: list[CaseRow]) -> Written:
    return operations.record_cases(
        rows, programme=field.programme, organisation=field.ours, by=field.supervisor, at=NOW, origin="a test"
    )


def test_the_same_register_twice_changes_nothing() -> None:
    field = a_field()
    first = _record(field, _rows(field))
    before = [list(table.objects.order_by("pk").values()) for table in (Case, CaseSession, Outcome)]
    again = _record(field, _rows(field))
    after = [list(table.objects.order_by("pk").values()) for table in (Case, CaseSession, Outcome)]
    assert (first, again, before == after) == (Written(created=3), Written(unchanged=3), True)
    assert [len(rows) for rows in after] == [3, 6, 6]


def test_a_register_brings_known_cases_up_to_date_and_leaves_what_it_does_not_say() -> None:
    field = a_field()
    row = replace(_rows(field, 1)[0], opened_on=HELD, sessions=(HELD, None))
    _record(field, [row])
    found = _record(
        field, [replace(row, opened_on=None, sessions=(None, LATER, LATER), judgements=(Judgement("any", "worse"),))]
    )
    case = Case.objects.get()
    assert (found, case.revision, case.opened_on) == (Written(changed=1), 2, HELD)
    assert list(case.sessions.order_by("number").values_list("held_on", flat=True)) == [HELD, LATER, LATER]
    assert dict(case.outcomes.values_list("violence", "value")) == {"any": "worse", "physical": "stopped"}


def test_a_case_that_moves_groups_is_one_change() -> None:
    field = a_field()
    rows = _rows(field, 1)
    _record(field, rows)
    assert _record(field, [replace(rows[0], group_id=field.second_group.pk)]) == Written(changed=1)
    assert Case.objects.get().group_id == field.second_group.pk


def test_one_faulty_row_keeps_all_out_and_every_fault_is_named() -> None:
    field = a_field()
    rows = _rows(field, 5)
    theirs = a_group(field.programme, field.theirs, "theirs")
    rows[1] = replace(rows[1], place_id=a_place("0406").pk)
    rows[2] = replace(rows[2], code="m-0")
    rows[3] = replace(rows[3], opened_on=TOMORROW, sessions=(), judgements=())
    rows[4] = replace(rows[4], group_id=theirs.pk)
    with pytest.raises(RowsInvalid) as refused:
        _record(field, rows)
    assert [(row, fault.code) for row, fault in refused.value.faults] == [
        (1, "place_not_commune"),
        (2, "case_code_twice"),
        (3, "date_in_future"),
        (4, "not_a_mens_group"),
    ]
    assert Case.objects.count() == 0


def test_a_locked_month_holds_what_is_dated_in_it_and_not_what_stays_the_same() -> None:
    field = a_field()
    row = replace(_rows(field, 1)[0], sessions=(HELD,))
    undated = replace(row, code="M-9", sessions=(None,))
    _record(field, [row])
    lock(field.programme, "2024-03")
    assert _record(field, [row, undated]) == Written(created=1, unchanged=1)
    with pytest.raises(RowsInvalid) as refused:
        _record(field, [undated, replace(row, sessions=(HELD + dt.timedelta(days=1),))])
    assert [(index, fault.code) for index, fault in refused.value.faults] == [(1, "period_locked")]


def test_a_session_cannot_be_moved_out_of_a_locked_month() -> None:
    field = a_field()
    row = replace(_rows(field, 1)[0], sessions=(HELD,))
    _record(field, [row])
    lock(field.programme, "2024-03")
    with pytest.raises(RowsInvalid):
        _record(field, [replace(row, sessions=(LATER,))])
    assert CaseSession.objects.get().held_on == HELD


def test_a_code_opens_one_case_however_it_is_typed() -> None:
    field = a_field()
    own = {"programme": field.programme, "organisation": field.ours, "by": field.supervisor, "at": NOW}
    given = {"group": field.group, "place": field.place, "opened_on": HELD}
    case = operations.open_case(**own, **given, code="m 1")
    with pytest.raises(Conflict) as twice:
        operations.open_case(**own, **given, code="M1")
    assert (case.code, twice.value.code, Case.objects.count()) == ("M1", "case_code_in_use", 1)


def test_a_boy_is_sent_to_child_protection_and_nothing_of_him_is_stored() -> None:
    field = a_field()
    with pytest.raises(Invalid) as refused:
        operations.open_case(
            programme=field.programme,
            organisation=field.ours,
            code="M-1",
            group=field.group,
            place=field.place,
            opened_on=HELD,
            birth_year=2007,
            by=field.supervisor,
            at=NOW,
        )
    assert (refused.value.code, Case.objects.count()) == ("child_protection", 0)
    assert "birth_year" not in {column.name for column in Case._meta.get_fields()}


def _served(field: Field) -> Case:
    """The only case, with a women's service named."""
    Case.objects.update(womens_service=field.theirs)
    return Case.objects.get()


def test_no_session_is_dated_before_its_programme_where_nobody_knows_when_the_case_was_opened() -> None:
    field = a_field()
    _record(field, [CaseRow("M-1", field.group.pk, field.place.pk, None)])
    with pytest.raises(Invalid, match="before the programme began"):
        operations.add_session(case=_served(field), held_on=dt.date(1990, 3, 1), by=field.supervisor, at=NOW)


def test_sessions_follow_each_other_and_one_date_counts_once() -> None:
    field = a_field()
    _record(field, [CaseRow("M-1", field.group.pk, field.place.pk, HELD)])
    case = _served(field)
    operations.add_session(case=case, held_on=HELD, by=field.supervisor, at=NOW)
    operations.add_session(case=case, held_on=LATER, by=field.supervisor, at=NOW)
    codes = []
    for day in (LATER, TOMORROW, HELD - dt.timedelta(days=1)):
        with pytest.raises((Invalid, Conflict)) as refused:
            operations.add_session(case=case, held_on=day, by=field.supervisor, at=NOW)
        codes.append(refused.value.code)
    assert codes == ["session_twice", "date_in_future", "session_before_opening"]
    assert list(case.sessions.order_by("number").values_list("number", "held_on")) == [(1, HELD), (2, LATER)]


def test_the_groups_word_is_kept_by_date_and_the_latest_is_shown() -> None:
    field = a_field()
    _record(field, [CaseRow("M-1", field.group.pk, field.place.pk, HELD)])
    case = _served(field)
    with pytest.raises(Invalid) as early:
        operations.record_judgement(case=case, judgement=Judgement("any", "improved"), by=field.supervisor, at=NOW)
    operations.add_session(case=case, held_on=HELD, by=field.supervisor, at=NOW)
    for value, day in (("stopped", LATER), ("unchanged", HELD), ("worse", None), ("improved", LATER)):
        operations.record_judgement(case=case, judgement=Judgement("any", value, day), by=field.supervisor, at=NOW)
    line = queries.cases(field.supervisor, field.programme).lines[0]
    assert (early.value.code, line.judged, line.physical, case.outcomes.count()) == (
        "judged_before_session",
        "improved",
        None,
        3,
    )


def test_the_second_of_two_people_correcting_a_case_sees_both() -> None:
    field = a_field()
    _record(field, _rows(field, 1))
    case = Case.objects.get()
    given = {"place": field.place, "opened_on": None, "by": field.supervisor, "at": NOW}
    operations.correct_case(case=case, revision=1, group=field.second_group, **given)
    with pytest.raises(Conflict) as second:
        operations.correct_case(case=case, revision=1, group=field.group, **given)
    theirs, yours = second.value.params["theirs"], second.value.params["yours"]
    assert (theirs["group_id"], yours["group_id"]) == (field.second_group.pk, field.group.pk)  # type: ignore[index]


def test_a_code_of_another_organisation_stays_theirs() -> None:
    field = a_field()
    _record(field, _rows(field, 1))
    group = a_group(field.programme, field.theirs, "theirs")
    operations.record_cases(
        [replace(_rows(field, 1)[0], group_id=group.pk)],
        programme=field.programme,
        organisation=field.theirs,
        by=field.actor(field.supervisor.grants[0].role, field.theirs),
        at=NOW,
    )
    assert [case.organisation_id for case in Case.objects.order_by("pk")] == [field.ours.pk, field.theirs.pk]


def test_the_database_itself_keeps_a_code_once() -> None:
    field = a_field()
    _record(field, _rows(field, 1))
    case = Case.objects.get()
    case.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        case.save()


@pytest.mark.parametrize("rows", [1, 3])
def test_a_page_of_cases_takes_as_many_queries_whatever_its_length(
    rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    field = a_field()
    _record(field, _rows(field, rows))
    with django_assert_num_queries(6):  # savepoint and its release, ties, the count, the page, the trail
        page = queries.cases(field.supervisor, field.programme)
        found = [
            (line.case.group.key, line.case.place.parent, line.sessions, line.judged, line.physical)
            for line in page.lines
        ]
    assert [one[2:] for one in found] == [(2, "improved", "stopped")] * rows


def test_pages_of_cases_follow_each_other_without_a_gap() -> None:
    field = a_field()
    _record(field, _rows(field, 5))
    seen, after = [], 0
    while True:
        page = queries.cases(field.supervisor, field.programme, after=after, limit=2)
        seen += [line.case.code for line in page.lines]
        if page.next_after is None:
            break
        after = page.next_after
    assert (seen, page.total) == ([f"M-{number}" for number in range(5)], 5)


def test_a_register_does_not_overwrite_a_case_that_somebody_saved_meanwhile() -> None:
    field = a_field()
    rows = _rows(field, 2)
    _record(field, rows)

    def somebody_saves(
        execute: Callable[..., object], sql: str, parameters: object, many: bool, context: object
    ) -> object:
        if sql.startswith('SELECT "counselling_case"."id"') and "place_id" not in sql:  # before it writes
            with connection.cursor() as cursor:
                cursor.execute("UPDATE counselling_case SET revision = revision + 1 WHERE code = 'M-1'")
        return execute(sql, parameters, many, context)

    changed = [replace(row, sessions=(HELD, LATER, LATER)) for row in rows]
    with connection.execute_wrapper(somebody_saves), pytest.raises(RowsInvalid) as refused:
        _record(field, changed)
    assert [(index, fault.code) for index, fault in refused.value.faults] == [(1, "changed_meanwhile")]
    assert CaseSession.objects.filter(held_on__isnull=False).count() == 0
    assert _record(field, changed) == Written(changed=2)


def test_a_register_asks_the_same_number_of_questions_whatever_its_length() -> None:
    field = a_field()
    counts = []
    for number in (1, 600):
        with CaptureQueriesContext(connection) as asked:
            _record(field, [replace(row, code=f"{number}-{row.code}") for row in _rows(field, number)])
        counts.append(sum("INSERT" not in query["sql"] for query in asked.captured_queries))
    assert counts[0] == counts[1]
