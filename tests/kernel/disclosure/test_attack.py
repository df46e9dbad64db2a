"""domain.md §5, rule 2, against an independent attacker and random people."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from samaki.kernel.disclosure import Cell, CountTable, Dimension, audit, is_small, protect
from samaki.kernel.disclosure.table import all_cells
from tests.kernel.disclosure.attacker import kinds, stands_in, widths

pytestmark = pytest.mark.once

ROW, COLUMN = Dimension("row", ("a", "b", "c")), Dimension("column", ("x", "y", "z"))
GENDER, BAND, AREA = (
    Dimension("gender", ("woman", "man")),
    Dimension("band", ("u25", "o25")),
    Dimension("area", ("old", "new", "other")),
)
PLACE = Dimension("place", ("p", "q", "r"), additive=False)
MONTH = Dimension("month", ("m", "n"), additive=False)

SHAPES = {
    "two dimensions": (ROW, COLUMN),
    "three dimensions": (GENDER, BAND, AREA),
    "gender and places visited": (GENDER, PLACE),
    "places visited in several months": (Dimension("place", ("p", "q"), additive=False), MONTH),
    "gender, places and months": (GENDER, Dimension("place", ("p", "q"), additive=False), MONTH),
}


def five(cell: Cell) -> int:
    return 5


def ten_for_women(cell: Cell) -> int:
    return 10 if cell[0] == "woman" else 5


@st.composite
def worlds(draw: st.DrawFn, dimensions: tuple[Dimension, ...]) -> CountTable:
    """A table counted from random people."""
    every = list(kinds(dimensions))
    size = st.one_of(st.just(0), st.integers(0, 4), st.integers(0, 15 if len(every) < 10 else 6))
    crowd = draw(st.lists(size, min_size=len(every), max_size=len(every)))
    counts = {
        cell: sum(n for kind, n in zip(every, crowd, strict=True) if stands_in(kind, cell))
        for cell in all_cells(dimensions)
    }
    return CountTable(dimensions, counts)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("k", [five, ten_for_women])
@settings(max_examples=10, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_no_attacker_narrows_a_hidden_cell_below_k(shape: str, k: object, data: st.DataObject) -> None:
    threshold = ten_for_women if k is ten_for_women else five
    table = data.draw(worlds(SHAPES[shape]))
    protection = protect(table, threshold)
    assert protection.exposed == frozenset()
    # A crossing of two unions is hidden whole, and guarded where it is small.
    large = {cell for cell in table.crossed_unions() if not is_small(table.counts[cell], threshold(cell))}
    found = widths(table.dimensions, table.counts, protection.hidden)
    assert {cell: width for cell, width in found.items() if width < threshold(cell) and cell not in large} == {}


def test_halves_of_people_prove_nothing_in_three_dimensions() -> None:
    # A cell of this table ranges over 5 for an outsider who thinks of half people, and over 4 for one who does not.
    drawn = [[0, 0, 0, 4, 1, 0, 0, 1, 0], [0, 2, 0, 2, 0, 0, 0, 0, 0], [0, 0, 2, 0, 0, 1, 1, 0, 0]]
    dimensions = tuple(Dimension(key, ("a", "b", "c")) for key in "xyz")
    cells = itertools.product("abc", repeat=3)
    table = CountTable.of(dimensions, dict(zip(cells, itertools.chain(*drawn), strict=True)))
    found = widths(dimensions, table.counts, protect(table, five).hidden)
    assert {cell: width for cell, width in found.items() if width < 5} == {}


@pytest.mark.parametrize("shape", list(SHAPES)[:3])
@settings(max_examples=10, deadline=None, derandomize=True)
@given(data=st.data())
def test_the_audit_agrees_with_the_attacker(shape: str, data: st.DataObject) -> None:
    table = data.draw(worlds(SHAPES[shape]))
    small = {cell for cell, n in table.counts.items() if n is not None and 0 < n < 5}
    ours = audit(table, small)
    theirs = widths(table.dimensions, table.counts, small)
    bounded = {cell: b.high - b.low for cell, b in ours.items() if b.high is not None}
    assert bounded == {cell: theirs[cell] for cell in bounded}


@settings(max_examples=40, deadline=None, derandomize=True)
@given(worlds((GENDER, BAND)))
def test_every_small_count_is_hidden_and_every_nought_is_shown(table: CountTable) -> None:
    hidden = protect(table, five).hidden
    assert {cell for cell, n in table.counts.items() if n in (1, 2, 3, 4)} <= hidden
    assert {cell for cell in hidden if table.counts[cell] == 0} == set()
