"""Whatever happens to the records, the cascade's figures are what a recursive count in plain SQL gives."""

from __future__ import annotations

import datetime as dt
import os
from collections import Counter
from random import Random

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from samaki.engines.results.columns import Question, answer, at_one_moment, row_ids, settled
from samaki.ground.activities.models import Session, Tally
from samaki.ground.people.models import Person
from samaki.strands.learning.models import Lead
from tests.strands.learning.cascade_world import DAYS, FIRST, World, by_generation, generations, leaders, reached

EXAMPLES = int(os.environ.get("SAMAKI_TEST_RECOUNTS", "12"))
many = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
randoms = st.randoms(use_true_random=True, note_method_calls=False)


def _reach(world: World, **words: object) -> Question:
    return Question("cascade", "unique", world.programme.pk, by=("generation",), **words)  # type: ignore[arg-type]


def check(world: World) -> None:
    programme = world.programme.pk
    with at_one_moment():
        rows, sessions, led = reached(programme), generations(programme), leaders(programme)
        asked = [
            _reach(world),
            Question("cascade", "rows", programme, by=("generation", "first")),
            Question("cascade_tallied", "sum", programme, by=("generation",)),
            Question("cascade_lead", "rows", programme, by=("generation",)),
        ]
        unique, every, tallied, facilitators = answer(asked)
        assert dict(unique.cells) == by_generation(rows)
        assert unique.total == len({person for _row, person, _generation, _first in rows})
        words = {True: "yes", False: "no"}
        assert dict(every.cells) == Counter((str(generation), words[first]) for _r, _p, generation, first in rows)
        assert row_ids(asked[1], limit=None) == ([row for row, *_ in rows], len(rows))
        counts = Tally.objects.filter(session__in=sessions).values_list("session_id", "count")
        expected: Counter[tuple[str]] = Counter()
        for session, count in counts:
            expected[(str(sessions[session]),)] += count
        assert dict(tallied.cells) == {key: count for key, count in expected.items() if count}
        assert dict(facilitators.cells) == Counter((str(generation),) for generation in led.values())
        ids = list(Session.objects.filter(activity__programme=programme).values_list("pk", flat=True))
        assert settled("activities_session", "generation", ids) == {pk: str(one) for pk, one in sessions.items()}
        leads = set(Lead.objects.filter(session__in=ids).values_list("session_id", flat=True))
        told = settled("activities_session", "led", ids)
        held = set(Session.objects.filter(pk__in=ids, activity__state="held").values_list("pk", flat=True))
        assert {pk for pk in held if told[pk] == "yes"} == leads & held


@pytest.mark.django_db(transaction=True)
@many
@given(random=randoms)
def test_the_cascade_equals_a_recursive_count_whatever_happened(random: Random) -> None:
    with transaction.atomic():
        world = World(random)
    for _ in range(12):
        with transaction.atomic():
            for _ in range(random.randrange(1, 4)):
                world.happen()
            if random.random() < 0.3:
                check(world)  # within the transaction, its own records count
        check(world)


def _a_history(random: Random) -> World:
    world = World(random)
    for _ in range(10):
        world.teach()
    return world


@pytest.mark.django_db(transaction=True)
@many
@given(random=randoms)
def test_adding_any_session_never_lowers_unique_reach(random: Random) -> None:
    world = _a_history(random)
    for _ in range(4):
        [before] = answer([_reach(world)])
        world.teach()
        [after] = answer([_reach(world)])
        assert after.total >= before.total


@pytest.mark.django_db(transaction=True)
@many
@given(random=randoms)
def test_a_later_session_changes_no_earlier_generation(random: Random) -> None:
    world = _a_history(random)
    before = reached(world.programme.pk)
    asked = _reach(world, last=FIRST + dt.timedelta(days=DAYS))
    [figure] = answer([asked])
    assert dict(figure.cells) == by_generation(before)
    for _ in range(3):
        world.teach(on=FIRST + dt.timedelta(days=DAYS + 1))
    [after] = answer([asked])
    assert dict(after.cells) == dict(figure.cells)
    rows = [row for row, *_ in before]
    assert settled("activities_attendance", "generation", rows) == {row: str(one) for row, _p, one, _first in before}


@pytest.mark.django_db(transaction=True)
@many
@given(random=randoms)
def test_a_merge_and_its_undoing_leave_every_figure_as_it_was(random: Random) -> None:
    world = _a_history(random)
    before = answer([_reach(world), Question("cascade", "rows", world.programme.pk, by=("generation", "first"))])
    kept, gone = random.sample(world.people, 2)
    Person.objects.filter(pk=gone.pk).update(merged_into=kept)
    check(world)
    Person.objects.filter(pk=gone.pk).update(merged_into=None)
    after = answer([_reach(world), Question("cascade", "rows", world.programme.pk, by=("generation", "first"))])
    assert after == before
    check(world)
