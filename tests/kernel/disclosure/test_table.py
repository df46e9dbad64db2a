"""Tables of counts with their margins."""

from __future__ import annotations

import pytest

from samaki.kernel.disclosure import TOTAL, Cell, ContradictoryFigures, CountTable, Dimension, RatioTable

pytestmark = pytest.mark.once

AREA = Dimension("area", ("old", "new"))
VISITED = Dimension("province", ("04", "14"), additive=False)


def test_margins_of_additive_dimensions_are_added_up() -> None:
    table = CountTable.of((AREA,), {("old",): 36, ("new",): 40})
    assert table.counts[(TOTAL,)] == 76


def test_an_unknown_part_makes_an_unknown_margin_and_not_a_smaller_one() -> None:
    table = CountTable.of((AREA,), {("old",): 36, ("new",): None})
    assert table.counts[(TOTAL,)] is None


def test_unique_people_over_places_are_never_added() -> None:
    with pytest.raises(ValueError, match="cannot be added"):
        CountTable.of((VISITED,), {("04",): 10, ("14",): 10})


@pytest.mark.parametrize("union", [10, 15, 20])
def test_a_union_lies_between_its_largest_part_and_the_sum(union: int) -> None:
    table = CountTable.of((VISITED,), {("04",): 10, ("14",): 10, (TOTAL,): union})
    assert table.counts[(TOTAL,)] == union


@pytest.mark.parametrize("union", [9, 21])
def test_a_union_outside_these_bounds_is_refused(union: int) -> None:
    with pytest.raises(ContradictoryFigures):
        CountTable.of((VISITED,), {("04",): 10, ("14",): 10, (TOTAL,): union})


@pytest.mark.parametrize(
    "counts",
    [
        {("old",): 36},
        {("old",): 36, ("new",): -1},
        {("old",): 36, ("new",): 40, ("elsewhere",): 1},
        {("old",): 36, ("new",): 40, (TOTAL,): 77},
        {("old",): 36, ("new",): None, (TOTAL,): 35},
    ],
)
def test_missing_negative_foreign_and_contradictory_counts_are_refused(counts: dict[Cell, int | None]) -> None:
    with pytest.raises(ValueError, match=r"."):
        CountTable((AREA,), {(TOTAL,): 76, **counts})


@pytest.mark.parametrize("categories", [(), ("old", "old"), ("old", TOTAL)])
def test_a_dimension_needs_categories_each_once_and_none_called_total(categories: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="category"):
        Dimension("area", categories)


def test_a_numerator_with_its_unknown_never_exceeds_its_denominator() -> None:
    def one(count: int) -> CountTable:
        return CountTable((), {(): count})

    assert RatioTable(one(50), one(76), one(26)).unknown == one(26)
    with pytest.raises(ContradictoryFigures):
        RatioTable(one(50), one(76), one(27))
    with pytest.raises(ValueError, match="same dimensions"):
        RatioTable(one(50), CountTable.of((AREA,), {("old",): 36, ("new",): 40}))
