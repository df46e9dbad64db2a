"""A foreign key written as a string is an import too, and import-linter cannot see it."""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.db import models

from tests.architecture.source import GROUND, STOREYS


def _place(model: type[models.Model]) -> tuple[str, str] | None:
    """Storey and noun of a model of ours."""
    parts = model.__module__.split(".")
    return (parts[1], parts[2]) if parts[0] == "samaki" else None


def _relations() -> Iterator[tuple[str, tuple[str, str], tuple[str, str]]]:
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.get_fields(include_hidden=True):
            here, target = _place(model), getattr(field, "related_model", None)
            if field.auto_created or not here or not isinstance(target, type):
                continue
            there = _place(target)
            if there and there != here:
                yield f"{model._meta.label}.{field.name}", here, there


def points_down(here: tuple[str, str], there: tuple[str, str]) -> bool:
    if here[0] != there[0]:
        return STOREYS.index(there[0]) < STOREYS.index(here[0])
    if here[0] == "ground":
        return GROUND.index(there[1]) < GROUND.index(here[1])
    return here[0] not in {"strands", "engines"}


def test_every_relation_points_down_as_imports_do() -> None:
    assert [name for name, here, there in _relations() if not points_down(here, there)] == []


def test_the_walk_sees_relations_between_nouns() -> None:
    seen = {name: (here, there) for name, here, there in _relations()}
    assert seen["outreach.OutreachTally.place"] == (("strands", "outreach"), ("ground", "places"))


def test_a_relation_up_or_across_would_be_told() -> None:
    assert points_down(("strands", "outreach"), ("ground", "places"))
    assert not points_down(("ground", "places"), ("ground", "people"))
    assert not points_down(("ground", "places"), ("strands", "outreach"))
    assert not points_down(("strands", "outreach"), ("strands", "counselling"))
