"""domain.md §5, rule 3: ratios show both numbers or neither, and neither can be worked out."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samaki.kernel.disclosure import TOTAL, Cell, CountTable, Dimension, RatioTable, may_show, protect_ratio
from samaki.kernel.disclosure.ratios import RatioProtection
from samaki.kernel.disclosure.table import all_cells
from tests.kernel.disclosure.attacker import Attacker, kinds, stands_in

pytestmark = pytest.mark.once

AREA = (Dimension("area", ("old", "new")),)


def five(cell: Cell) -> int:
    return 5


def by_area(old: int, new: int) -> CountTable:
    return CountTable.of(AREA, {("old",): old, ("new",): new})


@pytest.mark.parametrize(
    ("numerator", "denominator", "k", "shows"),
    [
        (50, 76, 10, True),
        (25, 50, 10, True),
        (25, 76, 10, True),
        (5, 10, 5, True),
        (0, 5, 5, True),
        (5, 5, 5, True),
        (4, 20, 5, False),  # the numerator is small
        (16, 20, 5, False),  # what is left of it is small
        (2, 4, 5, False),  # the denominator is small
        (0, 4, 5, False),
        (0, 0, 5, True),  # nobody is there to expose
        (None, 76, 10, True),  # unknown is not a count
    ],
)
def test_a_ratio_shows_when_its_denominator_and_both_its_parts_are_nought_or_large(
    numerator: int | None, denominator: int, k: int, shows: bool
) -> None:
    assert may_show(numerator, denominator, k, hide_extremes=False) is shows


@pytest.mark.parametrize(("numerator", "shows"), [(0, False), (76, False), (50, True)])
def test_nought_and_a_hundred_per_cent_can_be_hidden_too(numerator: int, shows: bool) -> None:
    assert may_show(numerator, 76, 10, hide_extremes=True) is shows


def test_a_hidden_numerator_cannot_be_had_by_taking_its_neighbour_from_the_total() -> None:
    # 18 of 20 hidden, 12 of 20 and 30 of 40 shown: 30 − 12 = 18, and 10 − 8 = 2 the other way.
    protection = protect_ratio(RatioTable(by_area(12, 18), by_area(20, 20)), five)
    assert protection.hidden == {("old",), ("new",)}
    assert protection.denominators == frozenset()


def test_a_denominator_hidden_in_its_own_table_takes_its_ratio_with_it() -> None:
    protection = protect_ratio(RatioTable(by_area(10, 0), by_area(20, 3)), five)
    assert protection.denominators == {("old",), ("new",)}
    assert protection.hidden == {("old",), ("new",)}


def test_a_small_unknown_is_hidden_with_a_neighbour_while_the_ratio_stays() -> None:
    table = RatioTable(by_area(30, 30), by_area(60, 60), by_area(3, 20))
    protection = protect_ratio(table, five)
    assert protection.hidden == frozenset()
    assert protection.unknown == {("old",), ("new",)}


def test_what_is_left_beside_the_unknown_may_not_be_small_either() -> None:
    table = RatioTable(by_area(30, 30), by_area(60, 60), by_area(28, 20))
    assert protect_ratio(table, five).unknown == {("old",), ("new",)}


def test_an_unknown_numerator_hides_nothing_and_stays_unknown() -> None:
    unknown = CountTable(AREA, {("old",): None, ("new",): None, (TOTAL,): None})
    assert protect_ratio(RatioTable(unknown, by_area(36, 40)), five).hidden == frozenset()


GENDER_AND_AREA = (Dimension("gender", ("woman", "man")), Dimension("area", ("old", "new", "other")))
GENDER_AND_PLACE = (Dimension("gender", ("woman", "man")), Dimension("place", ("p", "q"), additive=False))
FLAGS = ("yes", "unknown", "no")


@st.composite
def ratios(draw: st.DrawFn, dimensions: tuple[Dimension, ...]) -> RatioTable:
    """A ratio counted from random people who are in the numerator, unknown, or neither."""
    people = {(kind, flag): draw(st.integers(0, 12)) for kind in kinds(dimensions) for flag in FLAGS}

    def count(flags: tuple[str, ...]) -> CountTable:
        return CountTable(
            dimensions,
            {
                cell: sum(n for (kind, flag), n in people.items() if flag in flags and stands_in(kind, cell))
                for cell in all_cells(dimensions)
            },
        )

    return RatioTable(count(("yes",)), count(FLAGS), count(("unknown",)))


def attack(table: RatioTable, protection: RatioProtection) -> dict[tuple[str, Cell], int]:
    """The narrowest of each thing hidden, to one who reads the ratios and the denominator's own table."""
    dimensions = table.denominator.dimensions
    attacker = Attacker(dimensions, FLAGS)
    assert table.unknown is not None
    for cell in table.denominator.cells():
        n, d, u = (t.counts[cell] for t in (table.numerator, table.denominator, table.unknown))
        assert n is not None
        assert d is not None
        assert u is not None
        if cell not in protection.denominators:
            attacker.learns(cell, d, FLAGS)
        if cell not in protection.hidden:
            attacker.learns(cell, n, ("yes",))
            attacker.learns(cell, d, FLAGS)
        if cell not in protection.unknown:
            attacker.learns(cell, u, ("unknown",))
    found: dict[tuple[str, Cell], int] = {}
    for name, hidden, flags in (
        ("numerator", protection.hidden, ("yes",)),
        ("complement", protection.hidden, ("unknown", "no")),
        ("denominator", protection.denominators, FLAGS),
        ("unknown", protection.unknown, ("unknown",)),
        ("rest", protection.unknown, ("no",)),
    ):
        found |= {(name, cell): attacker.width(cell, flags) for cell in hidden}
    return found


@pytest.mark.parametrize("dimensions", [GENDER_AND_AREA, GENDER_AND_PLACE])
@settings(max_examples=10, deadline=None, derandomize=True)
@given(data=st.data())
def test_no_attacker_narrows_any_number_of_a_hidden_ratio(
    dimensions: tuple[Dimension, ...], data: st.DataObject
) -> None:
    table = data.draw(ratios(dimensions))
    protection = protect_ratio(table, five)
    assert protection.exposed == frozenset()
    assert protection.hidden <= protection.unknown
    narrow = {which: width for which, width in attack(table, protection).items() if width < 5}
    assert narrow == {}
