"""Whatever happens to the records, the columns answer what a plain count of the same moment answers."""

from __future__ import annotations

import datetime as dt
import os
from random import Random

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from samaki.engines.results.columns import Answer, Question, answer, at_one_moment, row_ids, standing
from samaki.kernel import reverse

from .recount import Recount
from .world import World

EXAMPLES = int(os.environ.get("SAMAKI_TEST_RECOUNTS", "12"))
DIMENSIONS = {
    "attendance": ("gender", "age_band", "kind", "group"),
    "membership": ("gender", "age_band", "group", "group_kind"),
    "activity": ("kind", "group"),
    "tallied": ("kind", "group"),
    "case": ("judged", "physical", "group"),
    "contact": ("channel",),
    "case_reported": ("group",),
    "group_month": ("timeliness", "group"),
}
AGGREGATES = {"tallied": ("sum",), "contact": ("sum", "rows"), "case_reported": ("sum",)}
KEYS = {
    "gender": ("woman", "man", "not_recorded"),
    "age_band": ("25_34", "under_18"),
    "kind": ("training", "workshop"),
    "judged": ("improved", "stopped"),
    "physical": ("stopped",),
    "channel": ("flier", "campaign"),
    "timeliness": ("on_time", "late"),
    "area": ("old",),
    "province": ("91",),
    "commune": ("910101", "920202"),
    "year": ("2023",),
    "quarter": ("2023-Q1", "2023-Q2"),
}


def a_question(random: Random, world: World) -> Question:
    measure = random.choice(list(DIMENSIONS))
    by_place_and_time = ["organisation", "province", "district", "commune", "area"]
    if measure != "membership":
        by_place_and_time += ["month", "quarter", "year"]
    dimensions = [*DIMENSIONS[measure], *by_place_and_time]
    first = random.choice([None, dt.date(2023, 1, 1), dt.date(2022, 7, 1)])
    last = random.choice([None, dt.date(2023, 6, 30), dt.date(2024, 12, 31)])
    where = random.sample([key for key in dimensions if key in KEYS], random.choice([0, 0, 1, 2]))
    return Question(
        measure,
        random.choice(AGGREGATES.get(measure, ("rows", "unique"))),  # type: ignore[arg-type]
        world.programme.pk,
        organisation_ids=random.choice([None, None, frozenset({world.organisations[0].pk})]),
        first=first,
        last=last,
        as_of=random.choice([None, None, dt.date(2023, 9, 10)]),
        place_codes=random.choice([(), (), ("91",), ("9101", "920201"), ("91010101",), ("nowhere",)]),
        where=tuple((key, KEYS[key]) for key in where),
        by=tuple(random.sample(dimensions, random.choice([0, 1, 1, 2, 3]))),
    )


def told(found: Answer) -> dict[str, object]:
    return {
        "total": found.total,
        "unknown": found.unknown,
        "known": found.known,
        "cells": dict(found.cells),
        "unknown_cells": dict(found.unknown_cells),
        "per_organisation": dict(found.per_organisation),
        "communes": dict(found.communes),
    }


def check(questions: list[Question]) -> None:
    with at_one_moment():
        for question, found in zip(questions, answer(questions), strict=True):
            recount = Recount(question)
            assert (question, told(found)) == (question, told(recount.answer()))
            ids = recount.ids()
            assert row_ids(question, limit=None) == (ids, len(ids))


class Undone(Exception):
    """Raised to undo a transaction."""


@pytest.mark.django_db(transaction=True)
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(random=st.randoms(use_true_random=True, note_method_calls=False))
def test_figures_equal_a_plain_recount_whatever_happened(random: Random) -> None:
    live(random)


@pytest.mark.django_db(transaction=True)
@settings(max_examples=max(1, EXAMPLES // 2), deadline=None, suppress_health_check=list(HealthCheck))
@given(random=st.randoms(use_true_random=True, note_method_calls=False))
def test_so_do_figures_of_tables_large_enough_to_be_put_in_the_order_of_their_subjects(random: Random) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(standing, "LARGE", 0)
        patch.setattr(reverse, "WEAR", 1)  # so that rows are counted beside the order too
        live(random)


def live(random: Random) -> None:
    """A world to which things happen, some of them undone, and questions before, between and after."""
    with transaction.atomic():
        world = World(random)
    asked = [a_question(random, world) for _ in range(12)]  # asked again and again, so that they are kept
    for _ in range(6):
        kept_people, kept_groups = list(world.people), list(world.groups)
        outcome = random.choice(["kept", "kept", "kept", "undone", "half undone"])
        try:
            with transaction.atomic():
                for _ in range(random.randrange(1, 8)):
                    world.happen()
                if outcome == "half undone":
                    half = list(world.people), list(world.groups)
                    try:
                        with transaction.atomic():
                            world.happen()
                            check(random.sample(asked, 2))
                            raise Undone
                    except Undone:
                        world.people, world.groups = half
                check(random.sample(asked, 3))  # within the transaction, its own records count
                if outcome == "undone":
                    raise Undone
        except Undone:
            world.people, world.groups = kept_people, kept_groups
        check([*random.sample(asked, 6), a_question(random, world)])
    check(asked)
