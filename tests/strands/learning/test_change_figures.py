from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pytest

from samaki.engines.results.loading import load_catalogue
from samaki.engines.results.queries import figure
from samaki.engines.results.rows import records
from samaki.ground.activities.models import Activity
from samaki.ground.people.models import Person
from samaki.ground.people.operations import withdraw
from samaki.ground.periods.operations import lock_period
from samaki.kernel.actors import PUBLIC, Role
from samaki.kernel.figures import Figure, FigureQuery
from samaki.strands.learning.models import Series, SeriesActivity
from tests.factories.field import HELD, NOW, Field, a_consenting_person, a_field, an_activity
from tests.factories.instruments import (
    AFTER,
    GEM,
    HEALTH,
    LATER,
    LAW,
    an_instrument,
    right_answers,
    same_answers,
    take,
    told,
)
from tests.factories.people import SETUP

pytestmark = pytest.mark.django_db
YEAR = "2024"


def _field() -> Field:
    field = a_field()
    an_activity(field)
    load_catalogue(by=SETUP)
    return field


def _people(field: Field, number: int) -> list[Person]:
    return [a_consenting_person(field.ours, gender="man" if i % 2 else "woman") for i in range(number)]


def _figure(field: Field, key: str, who: object = None, **asked: object) -> Figure:
    query = FigureQuery(field.programme.key, key, period=YEAR, **asked)  # type: ignore[arg-type]  # of a test
    return figure(who or field.me, query)  # type: ignore[arg-type]


def _test(field: Field, person: Person, pre: int | None, post: int | None, key: str = "curriculum-test") -> None:
    version = an_instrument(key)
    rows = [
        told(field, person, version, right_answers(version, right), moment, on)
        for moment, on, right in (("pre", HELD, pre), ("post", AFTER, post))
        if right is not None
    ]
    take(field, *rows)


def _answer(found: Figure) -> tuple[object, ...]:
    return found.value, found.numerator, found.denominator, found.unknown


def test_the_gain_is_the_mean_of_matched_pairs_and_the_rest_are_unknown() -> None:
    field = _field()
    for person, (pre, post) in zip(_people(field, 5), [(4, 7), (5, 10), (10, 10), (3, None), (None, 9)], strict=True):
        _test(field, person, pre, post)
    # g = 3/6 and 5/5; one had nothing left to learn, two have no pair.
    assert _answer(_figure(field, "learning_gain")) == (0.75, 15_000, 2, 3)


def test_the_change_of_the_law_test_is_in_points_of_a_hundred() -> None:
    field = _field()
    first, second = _people(field, 2)
    _test(field, first, 4, 7, LAW)
    _test(field, second, 8, 6, LAW)
    assert _answer(_figure(field, "law_awareness_change")) == (5.0, 100_000, 2, 0)  # (30 − 20) / 2


def test_a_change_of_attitudes_is_in_points_of_the_24_items() -> None:
    field = _field()
    (person,) = _people(field, 1)
    version = an_instrument(GEM)
    before = dict.fromkeys(range(1, 25), 1)  # 17 agree with what is unjust, 7 with what is just: 17 + 21 = 38
    after = dict.fromkeys(range(1, 21), 2)  # 20 answered, 40 points: 48 of 24 items
    take(field, told(field, person, version, before), told(field, person, version, after, "post", AFTER))
    assert _answer(_figure(field, "gem_change")) == (10.0, 100_000, 1, 0)


def test_the_mean_of_nobody_is_unknown_and_never_zero() -> None:
    field = _field()
    found = _figure(field, "gem_change")
    assert (found.value, found.denominator) == (None, 0)


def test_answers_without_a_pair_leave_the_mean_unknown() -> None:
    field = _field()
    (person,) = _people(field, 1)
    _test(field, person, 4, None)
    found = _figure(field, "learning_gain")
    assert (found.value, found.unknown) == (None, 1)


def test_what_stayed_is_the_follow_up_less_the_after() -> None:
    field = _field()
    first, second = _people(field, 2)
    version = an_instrument()
    for person in (first, second):
        _test(field, person, 4, 8)
    take(
        field,
        told(field, first, version, right_answers(version, 7), "follow_up", LATER),
        at=dt.datetime(2024, 11, 1, tzinfo=dt.UTC),
    )
    # The second was asked by nobody, and her window has closed long before today.
    assert _answer(_figure(field, "learning_retention")) == (-10.0, -100_000, 1, 1)


def test_before_and_after_pair_across_the_activities_of_a_series() -> None:
    field = _field()
    (person,) = _people(field, 1)
    second = an_activity(field, "second-part", held_on=AFTER)
    version = an_instrument()
    take(
        field,
        told(field, person, version, right_answers(version, 4)),
        told(field, person, version, right_answers(version, 7), "post", AFTER, activity="second-part"),
    )
    assert _answer(_figure(field, "learning_gain"))[2:] == (None, 2)
    series = Series.objects.create(
        programme=field.programme,
        organisation=field.ours,
        key="series",
        title_km="ក",
        title_en="S",
        kind=Series.Kind.COMMUNITY,
        starts_on=HELD,
    )
    for activity in (second, Activity.objects.get(key="meeting")):
        SeriesActivity.objects.create(series=series, activity=activity)
    assert _answer(_figure(field, "learning_gain")) == (0.5, 5_000, 1, 0)


def test_a_merge_brings_before_and_after_together_and_its_undoing_parts_them() -> None:
    field = _field()
    first, second = _people(field, 2)
    _test(field, first, 4, None)
    _test(field, second, None, 7)
    assert _answer(_figure(field, "learning_gain"))[2:] == (None, 2)
    Person.objects.filter(pk=second.pk).update(merged_into=first)
    assert _answer(_figure(field, "learning_gain")) == (0.5, 5_000, 1, 0)
    Person.objects.filter(pk=second.pk).update(merged_into=None)
    assert _answer(_figure(field, "learning_gain"))[2:] == (None, 2)


def test_who_withdrew_is_in_no_mean() -> None:
    field = _field()
    first, second = _people(field, 2)
    _test(field, first, 4, 7)
    _test(field, second, 5, 10)
    withdraw(second.pk, by=SETUP, at=NOW)
    assert _answer(_figure(field, "learning_gain")) == (0.5, 5_000, 1, 0)


def test_the_washington_groups_questions_are_in_no_figure_of_change() -> None:
    field = _field()
    (person,) = _people(field, 1)
    version = an_instrument(HEALTH)
    take(field, told(field, person, version, same_answers(version, 1)))
    for key in ("learning_gain", "gem_change", "law_awareness_change"):
        assert _figure(field, key).unknown == 0


def test_a_mean_is_broken_down_inside_and_opens_into_its_pairs() -> None:
    field = _field()
    people = _people(field, 3)
    for person, post in zip(people, (7, 10, 4), strict=True):
        _test(field, person, 4, post)
    found = _figure(field, "learning_gain", by=("gender",))
    cells = {cell.dimensions["gender"]: (cell.value, cell.denominator) for cell in found.by}
    assert cells == {"woman": (0.25, 2), "man": (1.0, 1)}
    page = records(field.me, FigureQuery(field.programme.key, "learning_gain", period=YEAR))
    assert page.total == 3
    assert {row["person"] for row in page.rows} == {person.pk for person in people}
    assert {row["score"] for row in page.rows} == {"7/10", "10/10", "4/10"}


def _lock(field: Field) -> None:
    lock_period(
        programme=field.programme,
        period=YEAR,
        reason="a test",
        although_missing=True,
        by=field.officer,
        at=dt.datetime(2025, 2, 1, tzinfo=dt.UTC),
    )


def _outside(field: Field, **asked: object) -> Sequence[object]:
    found = _figure(field, "learning_gain", PUBLIC, **asked)
    return found.value, found.denominator, found.suppressed, found.by


def test_outside_a_mean_is_read_of_a_locked_year_of_five_or_more_and_of_nothing_else() -> None:
    field = _field()
    for person in _people(field, 5):
        _test(field, person, 4, 7)
    hidden = (None, None, True, ())
    assert _outside(field) == hidden  # not locked: one more person would give her score away
    _lock(field)
    assert _outside(field) == (0.5, 5, False, ())
    assert _outside(field, by=("gender",)) == hidden
    monthly = figure(PUBLIC, FigureQuery(field.programme.key, "learning_gain", period="2024-03"))
    assert (monthly.value, monthly.suppressed) == (None, True)
    always = figure(PUBLIC, FigureQuery(field.programme.key, "learning_gain"))
    assert (always.value, always.suppressed) == (None, True)


def test_outside_a_mean_of_fewer_than_five_is_hidden_for_good() -> None:
    field = _field()
    for person in _people(field, 4):
        _test(field, person, 4, 7)
    _lock(field)
    assert _outside(field) == (None, None, True, ())


def test_strangers_read_no_mean_that_is_not_published() -> None:
    field = _field()
    for person in _people(field, 5):
        _test(field, person, 4, 7)
    for name, who in field.strangers().items():
        found = _figure(field, "learning_gain", who)
        assert (found.value, found.denominator or 0) == (None, 0), name
    assert _figure(field, "learning_gain", field.actor(Role.AUDITOR)).value == 0.5
