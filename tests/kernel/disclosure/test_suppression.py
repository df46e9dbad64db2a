"""domain.md §5, rule 2: what is published together never lets a hidden count be worked out."""

from __future__ import annotations

import numpy as np
import pytest

from samaki.kernel.disclosure import (
    TOTAL,
    Bounds,
    Cell,
    ContradictoryFigures,
    CountTable,
    Dimension,
    Kept,
    Known,
    Relation,
    audit,
    elsewhere,
    named,
    protect,
)

pytestmark = pytest.mark.once


def five(cell: Cell) -> int:
    return 5


def by(key: str, additive: bool = True, total: int | None = None, **counts: int | None) -> CountTable:
    cells: dict[Cell, int | None] = {(name,): n for name, n in counts.items()}
    if total is not None:
        cells[(TOTAL,)] = total
    return CountTable.of((Dimension(key, tuple(counts), additive),), cells)


def grid(rows: list[list[int]]) -> CountTable:
    dimensions = (
        Dimension("row", tuple(f"r{i}" for i in range(len(rows)))),
        Dimension("column", tuple(f"c{j}" for j in range(len(rows[0])))),
    )
    return CountTable.of(dimensions, {(f"r{i}", f"c{j}"): n for i, row in enumerate(rows) for j, n in enumerate(row)})


def test_a_table_without_small_counts_is_shown_whole() -> None:
    assert protect(by("area", old=36, new=40), five).hidden == frozenset()


def test_a_count_of_nought_is_shown() -> None:
    protection = protect(by("gender", woman=12, man=0, another_term=9), five)
    assert protection.hidden == frozenset()


def test_one_small_count_takes_the_smallest_neighbour_with_it_and_leaves_the_total() -> None:
    protection = protect(by("gender", woman=12, man=3, prefers_not=30), five)
    assert protection.primary == {("man",)}
    assert protection.complementary == {("woman",)}


def test_a_small_total_is_hidden_with_its_only_part() -> None:
    table = by("gender", woman=3, man=0)
    protection = protect(table, five)
    assert protection.hidden == {("woman",), (TOTAL,)}
    assert audit(table, protection.hidden) == {("woman",): Bounds(0, None), (TOTAL,): Bounds(0, None)}


def test_a_single_figure_is_hidden_when_small_and_shown_when_not() -> None:
    assert protect(CountTable((), {(): 4}), five).hidden == {()}
    assert protect(CountTable((), {(): 5}), five).hidden == frozenset()


def test_two_hidden_cells_in_every_line_can_still_be_solved_so_more_is_hidden() -> None:
    # Two squares of hidden cells joined by the cell (r0, c2): r0 + r1 − c0 − c1 leaves exactly it.
    table = grid([[3, 4, 2, 20], [4, 3, 30, 30], [40, 20, 3, 4], [30, 30, 4, 3]])
    small = {cell for cell, n in table.counts.items() if n is not None and n < 5}
    lines = [
        {c for c in small if c[axis] == name} for axis, key in ((0, "r"), (1, "c")) for name in map(key.__add__, "0123")
    ]
    assert min(map(len, lines)) == 2
    assert audit(table, small)[("r0", "c2")] == Bounds(2, 2)
    protection = protect(table, five)
    assert protection.primary == small
    assert all(bounds.at_least(5) for bounds in audit(table, protection.hidden).values())


def test_a_margin_is_shown_or_hidden_alike_in_its_own_table_and_in_a_crossing() -> None:
    table = grid([[38, 2], [2, 3]])
    protection = protect(table, five)
    assert protect(by("row", r0=40, r1=5), five).hidden == frozenset()
    assert {cell for cell in protection.hidden if TOTAL in cell} == set()


def test_a_hidden_cell_of_another_term_gets_an_interval_ten_wide() -> None:
    table = by("gender", woman=30, man=6, another_term=3)
    protection = protect(table, lambda cell: 10 if cell == ("another_term",) else 5)
    assert protection.hidden == {("another_term",), ("woman",)}
    assert audit(table, protection.hidden)[("another_term",)] == Bounds(0, 33)


def test_unique_people_over_places_hide_each_other_without_help() -> None:
    # 30 in one place, 3 in the other, 31 in all: the 3 may be anything from 1 to 31.
    table = by("province", additive=False, total=31, **{"04": 30, "14": 3})
    protection = protect(table, five)
    assert protection.hidden == {("14",)}
    assert audit(table, protection.hidden) == {("14",): Bounds(1, 31)}


def test_a_small_union_bounds_its_parts() -> None:
    table = by("province", additive=False, total=6, **{"04": 6, "14": 4})
    protection = protect(table, five)
    assert protection.hidden == {("14",)}
    assert audit(table, protection.hidden) == {("14",): Bounds(0, 6)}


def test_a_crossing_of_two_unions_is_shown_whole_or_not_at_all() -> None:
    dimensions = (Dimension("place", ("p", "q"), additive=False), Dimension("month", ("m", "n"), additive=False))

    def visits(thin: int) -> CountTable:
        inner: dict[Cell, int | None] = {("p", "m"): 20, ("p", "n"): 20, ("q", "m"): 20, ("q", "n"): thin}
        margins: dict[Cell, int | None] = {
            ("p", TOTAL): 30,
            ("q", TOTAL): 20,
            (TOTAL, "m"): 30,
            (TOTAL, "n"): 20,
            (TOTAL, TOTAL): 40,
        }
        return CountTable(dimensions, {**inner, **margins})

    assert protect(visits(5), five).hidden == frozenset()
    assert protect(visits(3), five).hidden == {("p", "m"), ("p", "n"), ("q", "m"), ("q", "n")}


def test_an_unknown_count_is_not_hidden_but_may_not_betray_a_neighbour() -> None:
    table = by("channel", total=60, campaign=40, flier=None, house_visit=3)
    protection = protect(table, five)
    assert protection.primary == {("house_visit",)}
    assert audit(table, protection.hidden)[("house_visit",)] == Bounds(0, 20)


def test_an_unknown_count_may_not_be_worked_out_to_be_small() -> None:
    protection = protect(by("channel", total=23, campaign=20, flier=None), five)
    assert protection.hidden == {("campaign",)}


def test_a_total_may_be_printed_beside_parts_that_nobody_knows() -> None:
    assert protect(by("channel", total=6322, campaign=None, flier=None), five).hidden == frozenset()


def test_a_year_may_not_give_away_the_one_month_that_was_hidden() -> None:
    months = [elsewhere(f"2008-{month:02}") for month in range(1, 4)]
    year_of_three = Relation(((named("count", ()), 1), *((month, -1) for month in months)), 0, 0)
    printed = tuple(Relation(((month, 1),), 10, 10) for month in months[:2])
    known = Known((year_of_three, *printed), {months[2]: Kept(3, 5)})
    assert protect(CountTable((), {(): 23}), five, known=known).hidden == {()}
    assert protect(CountTable((), {(): 23}), five).hidden == frozenset()


def test_what_an_earlier_release_gave_away_is_reported_and_hides_nothing_more() -> None:
    table = by("gender", woman=12, man=3)
    given_away = Known((Relation(((named("count", ("man",)), 1),), 3, 3),))
    protection = protect(table, five, known=given_away)
    assert protection.exposed == {("count", "man")}
    assert protection.complementary == frozenset()


def test_facts_that_contradict_the_counts_are_refused() -> None:
    wrong = Known((Relation(((named("count", ("man",)), 1),), 9, 9),))
    with pytest.raises(ContradictoryFigures):
        protect(by("gender", woman=12, man=3), five, known=wrong)


def test_cells_withheld_for_other_reasons_are_guarded_where_they_are_small() -> None:
    table = grid([[17, 3], [20, 0]])
    inner = {cell for cell in table.cells() if TOTAL not in cell}
    protection = protect(table, five, withheld=inner)
    assert all(audit(table, protection.hidden)[cell].at_least(5) for cell in [("r0", "c1"), (TOTAL, "c1")])


def random_table(sizes: tuple[int, ...], mean: float) -> CountTable:
    generator = np.random.default_rng(5)
    dimensions = tuple(Dimension(f"d{i}", tuple(f"{j:02}" for j in range(n))) for i, n in enumerate(sizes))
    drawn = generator.poisson(generator.gamma(1, mean, sizes))
    inner = {tuple(f"{i:02}" for i in at): int(n) for at, n in np.ndenumerate(drawn)}
    return CountTable.of(dimensions, inner)


def test_a_table_of_five_by_seven_by_twenty_five_is_protected() -> None:
    table = random_table((5, 7, 25), 30)
    protection = protect(table, five)
    assert protection.exposed == frozenset()
    sample = sorted(protection.hidden)[::25]
    assert all(bounds.at_least(5) for bounds in audit(table, protection.hidden, asked=sample).values())


def test_the_same_table_is_always_protected_alike() -> None:
    table = random_table((3, 4, 5), 6)
    assert protect(table, five) == protect(table, five)
