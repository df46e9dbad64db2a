from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from samaki.engines.results.operations import load_catalogue
from samaki.engines.results.queries import figure
from samaki.engines.results.rows import records
from samaki.ground.activities.models import Activity
from samaki.ground.needs import operations, queries, rules
from samaki.ground.needs.models import LearningNeed
from samaki.kernel.actors import PUBLIC, Actor, Role
from samaki.kernel.audit.models import AuditEntry
from samaki.kernel.errors import Conflict, DomainError, Invalid, NotFound, Refused
from samaki.kernel.figures import FigureQuery
from tests.factories.field import HELD, NOW, TODAY, TOMORROW, Field, a_field, a_group, an_activity, lock
from tests.factories.people import SETUP

ASKED = dt.date(2024, 1, 10)
databased = pytest.mark.django_db


def a_need(field: Field, **values: Any) -> LearningNeed:
    asked: dict[str, Any] = {
        "programme": field.programme,
        "organisation": field.ours,
        "group": field.group,
        "place": None,
        "raised_by": "community",
        "raised_on": ASKED,
        "text": "Land rights",
    }
    return operations.raise_need(**({**asked, "by": field.me} | values), at=NOW)


def a_training(field: Field, key: str = "training", **values: Any) -> Activity:
    training = an_activity(field, key, held_on=values.pop("held_on", HELD))
    Activity.objects.filter(pk=training.pk).update(kind=Activity.Kind.TRAINING, **values)
    training.refresh_from_db()
    return training


@pytest.mark.once
@pytest.mark.parametrize(("days", "late"), [(0, False), (180, False), (181, True)])
def test_a_need_is_late_after_half_a_year_of_waiting(days: int, late: bool) -> None:
    today = ASKED + dt.timedelta(days=days)
    assert (rules.age(ASKED, None, today), rules.is_late(ASKED, None, today)) == (days, late)
    assert rules.is_late(ASKED, today, today) is False


@pytest.mark.once
@given(st.lists(st.integers(1, 20), unique=True), st.integers(1, 20), st.integers(-3, 30))
def test_putting_one_in_order_keeps_the_others_in_theirs(order: list[int], one: int, at: int) -> None:
    put = rules.put_in(order, one, at)
    rest = [other for other in order if other != one]
    assert ([other for other in put if other != one], put.count(one)) == (rest, 1)
    assert put.index(one) == min(max(at - 1, 0), len(rest))


@databased
def test_a_need_takes_the_place_of_its_group_and_is_in_the_trail() -> None:
    field = a_field()
    need = a_need(field)
    assert (need.place_id, need.state, need.revision) == (field.place.pk, "raised", 1)
    assert AuditEntry.objects.get(action="need.raise").object_id == str(need.pk)


@databased
@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"text": "  "}, "text_wanted"),
        ({"text": "x" * 2_001}, "text_wanted"),
        ({"raised_by": "somebody"}, "not_an_answer"),
        ({"raised_on": TOMORROW}, "date_in_future"),
    ],
)
def test_a_need_that_says_too_little_is_not_kept(values: dict[str, Any], code: str) -> None:
    field = a_field()
    with pytest.raises(Invalid) as refused:
        a_need(field, **values)
    assert (refused.value.code, LearningNeed.objects.count()) == (code, 0)


@databased
def test_another_organisations_group_asks_nothing_here_and_a_locked_period_takes_no_need() -> None:
    field = a_field()
    theirs = a_group(field.programme, field.theirs, "theirs")
    with pytest.raises(DomainError) as foreign:
        a_need(field, group=theirs)
    lock(field.programme, "2024-01")
    with pytest.raises(Conflict) as locked:
        a_need(field)
    assert (foreign.value.code, locked.value.code) == ("no_such_group", "period_locked")


@databased
def test_needs_are_put_in_order_and_the_others_make_room() -> None:
    field = a_field()
    first, second, third = (a_need(field, text=text) for text in ("a", "b", "c"))
    for need in (first, second):
        operations.prioritise_need(need=need, revision=1, place_in_order=9, on=TODAY, by=field.me, at=NOW)
    operations.prioritise_need(need=third, revision=1, place_in_order=1, on=TODAY, by=field.me, at=NOW)
    assert [(one.text, one.priority) for one in queries.in_order(field.me)] == [("c", 1), ("a", 2), ("b", 3)]
    second.refresh_from_db()
    operations.prioritise_need(need=second, revision=second.revision, place_in_order=2, on=TODAY, by=field.me, at=NOW)
    assert [one.text for one in queries.in_order(field.me)] == ["c", "b", "a"]


@databased
def test_a_training_held_since_answers_a_need_on_its_last_day_and_the_slip_is_undone() -> None:
    field = a_field()
    need = a_need(field)
    operations.prioritise_need(need=need, revision=1, place_in_order=1, on=TODAY, by=field.me, at=NOW)
    training = a_training(field)
    answered = operations.answer_need(need=need, revision=2, activity=training, by=field.officer, at=NOW)
    assert (answered.state, answered.closed_on, answered.answered_by) == ("answered", HELD, training)
    with pytest.raises(Conflict) as twice:
        operations.answer_need(need=need, revision=3, activity=training, by=field.me, at=NOW)
    assert twice.value.code == "need_closed"
    again = operations.reopen_need(need=need, revision=3, by=field.me, at=NOW)
    assert (again.state, again.priority, again.answered_by, again.closed_on) == ("prioritised", 1, None, None)
    with pytest.raises(Conflict) as waits:
        operations.reopen_need(need=need, revision=4, by=field.me, at=NOW)
    assert waits.value.code == "need_waits"


@databased
@pytest.mark.parametrize(
    "values",
    [
        {"held_on": ASKED - dt.timedelta(days=1)},
        {"state": Activity.State.PLANNED},
        {"state": Activity.State.CANCELLED},
    ],
)
def test_what_was_not_held_since_answers_nothing(values: dict[str, Any]) -> None:
    field = a_field()
    need, training = a_need(field), a_training(field, **values)
    with pytest.raises(Invalid) as refused:
        operations.answer_need(need=need, revision=1, activity=training, by=field.me, at=NOW)
    assert (refused.value.code, list(queries.answering(field.me, need))) == ("no_such_training", [])


@databased
def test_a_meeting_or_another_programmes_training_answers_nothing() -> None:
    field = a_field()
    need = a_need(field)
    elsewhere = a_training(field, "elsewhere", programme=field.other)
    for activity in (an_activity(field), elsewhere):
        with pytest.raises(Invalid) as refused:
            operations.answer_need(need=need, revision=1, activity=activity, by=SETUP, at=NOW)
        assert refused.value.code == "no_such_training"


@databased
def test_a_no_wants_its_reason() -> None:
    field = a_field()
    need = a_need(field)
    with pytest.raises(Invalid) as refused:
        operations.decline_need(need=need, revision=1, because=" ", on=TODAY, by=field.me, at=NOW)
    declined = operations.decline_need(need=need, revision=1, because="No trainer", on=TODAY, by=field.me, at=NOW)
    assert (refused.value.code, declined.state, declined.closed_on) == ("reason_wanted", "declined", TODAY)
    reopened = operations.reopen_need(need=need, revision=2, by=field.me, at=NOW)
    assert (reopened.state, reopened.declined_because) == ("raised", "")


@databased
def test_the_second_of_two_people_is_told() -> None:
    field = a_field()
    need = a_need(field)
    operations.decline_need(need=need, revision=1, because="No trainer", on=TODAY, by=field.me, at=NOW)
    with pytest.raises(Conflict) as second:
        operations.decline_need(need=need, revision=1, because="Later", on=TODAY, by=field.officer, at=NOW)
    assert second.value.code == "changed_meanwhile"


@databased
def test_what_was_written_is_corrected_but_not_to_a_day_after_it_was_closed() -> None:
    field = a_field()
    need = a_need(field)
    same: dict[str, Any] = {"group": None, "place": field.place, "raised_by": "partner", "text": "Land law"}
    operations.correct_need(need=need, revision=1, raised_on=ASKED, **same, by=field.me, at=NOW)
    operations.answer_need(need=need, revision=2, activity=a_training(field), by=field.me, at=NOW)
    with pytest.raises(Invalid) as late:
        operations.correct_need(need=need, revision=3, raised_on=TODAY, **same, by=field.me, at=NOW)
    need.refresh_from_db()
    assert (late.value.code, need.text, need.raised_by, need.group) == (
        "dates_out_of_order",
        "Land law",
        "partner",
        None,
    )


@databased
def test_strangers_see_no_need_and_change_none() -> None:
    field = a_field()
    need, training = a_need(field), a_training(field)
    for who in field.strangers().values():
        assert list(queries.needs(who)) == []
        with pytest.raises(NotFound):
            queries.need(who, need.pk)
        acts: list[Callable[[Actor], object]] = [
            lambda by: a_need(field, by=by),
            lambda by: operations.correct_need(
                need=need,
                revision=1,
                group=None,
                place=None,
                raised_by="partner",
                raised_on=ASKED,
                text="x",
                by=by,
                at=NOW,
            ),
            lambda by: operations.prioritise_need(need=need, revision=1, place_in_order=1, on=TODAY, by=by, at=NOW),
            lambda by: operations.answer_need(need=need, revision=1, activity=training, by=by, at=NOW),
            lambda by: operations.decline_need(need=need, revision=1, because="x", on=TODAY, by=by, at=NOW),
            lambda by: operations.reopen_need(need=need, revision=1, by=by, at=NOW),
        ]
        for act in acts:
            with pytest.raises(Refused):
                act(who)
            assert AuditEntry.objects.latest("pk").refused is True
    need.refresh_from_db()
    assert (need.state, need.revision, LearningNeed.objects.count()) == ("raised", 1, 1)


@databased
def test_a_facilitator_and_a_groups_coordinator_ask_but_do_not_answer() -> None:
    field = a_field()
    coordinator = field.actor(Role.GROUP_COORDINATOR, group=field.group)
    for who in (field.actor(Role.FACILITATOR), coordinator):
        need = a_need(field, by=who)
        with pytest.raises(Refused):
            operations.decline_need(need=need, revision=1, because="x", on=TODAY, by=who, at=NOW)
    with pytest.raises(Refused):
        a_need(field, group=field.second_group, by=coordinator)
    a_need(field, group=field.second_group)
    assert [one.group for one in queries.needs(coordinator).order_by("pk")] == [field.group, field.group]


@databased
def test_needs_met_are_those_asked_in_the_period_that_a_training_answered() -> None:
    load_catalogue(by=SETUP)
    field = a_field()
    asked = [a_need(field, text=str(number)) for number in range(4)]
    a_need(field, raised_on=dt.date(2023, 12, 31))
    operations.answer_need(need=asked[0], revision=1, activity=a_training(field), by=field.me, at=NOW)
    operations.decline_need(need=asked[1], revision=1, because="x", on=TODAY, by=field.me, at=NOW)
    question = FigureQuery(field.programme.key, "learning_needs_met", period="2024")
    for who in (PUBLIC, field.officer):
        found = figure(who, question)
        assert (found.numerator, found.denominator, found.value, found.unknown) == (1, 4, 25.0, 0)
    rows = records(field.officer, question)
    assert (rows.total, sorted(str(row["state"]) for row in rows.rows)) == (
        4,
        ["answered", "declined", "raised", "raised"],
    )


@databased
@pytest.mark.parametrize("rows", [1, 3])
def test_lists_of_needs_take_as_many_queries_whatever_their_length(
    rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    field = a_field()
    for number in range(rows):
        a_need(field, group=a_group(field.programme, field.ours, f"group-{number}", place=field.place))
    with django_assert_num_queries(1):
        found = [(one.group and one.group.key, one.place and one.place.code) for one in queries.waiting(field.me)]
    assert len(found) == rows
