from __future__ import annotations

import re

import pytest
from django.utils import translation

from samaki.ui import charts
from samaki.ui.charts.tiles import PLACES
from samaki.ui.charts.trend import Point, trend

pytestmark = pytest.mark.once


@pytest.fixture(autouse=True)
def _in_english() -> object:
    with translation.override("en"):
        yield


def lengths(chart: charts.Chart) -> list[str]:
    """The length of each bar, in its own units of 200; a row without one gives nothing."""
    return [length for group in chart.groups for row in group.rows for length in _bar(row.bar)]


def _bar(drawing: str) -> list[str]:
    return re.findall(r'class="value" y="\d+" width="([\d.]+)"', drawing)


def test_partners_stand_in_alphabetical_order_whatever_their_numbers() -> None:
    chart = charts.bars(
        [charts.Bar("Chamroeun", 9), charts.Bar("Akphivat", 1), charts.Bar("bopha", 5)],
        finding="f",
        caption="c",
        what="w",
    )
    assert [row.label for row in chart.groups[0].rows] == ["Akphivat", "bopha", "Chamroeun"]


def test_unknown_and_hidden_bars_are_not_bars_of_length_zero() -> None:
    rows = [charts.Bar("a", 10), charts.Bar("b", 0), charts.Bar("c", None), charts.Bar("d", 3, suppressed=True)]
    chart = charts.bars(rows, finding="f", caption="c", what="w")
    assert lengths(chart) == ["200.0", "0.0"]
    assert [row.shown for row in chart.groups[0].rows] == ["10", "0", "Unknown", "Not shown (number too small)"]


def test_a_hidden_number_is_nowhere_in_the_chart_nor_its_table() -> None:
    rows = [charts.Bar("a", 71), charts.Bar("d", 3141, suppressed=True)]
    for chart in (
        charts.bars(rows, finding="f", caption="c", what="w"),
        charts.multiples({"x": rows}, finding="f", caption="c", what="w"),
        charts.bullets([charts.Bullet("d", 3141, 9, suppressed=True)], finding="f", caption="c"),
        trend([Point("a", 71), Point("d", 3141, suppressed=True)], finding="f", caption="c"),
    ):
        assert "3141" not in repr(chart).replace(",", "")
        assert lengths(chart) in ([], ["200.0"])


def test_a_range_is_drawn_to_both_its_ends_in_two_shades_and_the_key_says_which() -> None:
    chart = charts.multiples(
        {"x": [charts.Bar("a", 10, high=40, shown="10–40"), charts.Bar("b", 20)]}, finding="f", caption="c", what="w"
    )
    shades = [re.findall(r'class="(upto|value)" y="\d+" width="([\d.]+)"', row.bar) for row in chart.groups[0].rows]
    assert shades == [[("upto", "200.0"), ("value", "50.0")], [("value", "100.0")]]
    assert chart.key == (("value", "At least"), ("upto", "At most"))
    assert charts.bars([charts.Bar("b", 20)], finding="f", caption="c", what="w").key == ()


def test_a_hidden_range_shows_neither_end() -> None:
    chart = charts.multiples({"x": [charts.Bar("a", 1, True, high=3141)]}, finding="f", caption="c", what="w")
    assert (lengths(chart), chart.key, "3141" in repr(chart).replace(",", "")) == ([], (), False)


def test_small_multiples_share_one_scale() -> None:
    chart = charts.multiples(
        {"old": [charts.Bar("w", 10)], "new": [charts.Bar("w", 40)]}, finding="f", caption="c", what="w"
    )
    assert lengths(chart) == ["50.0", "200.0"]


def test_a_bullet_shows_target_and_baseline_beside_the_value() -> None:
    chart = charts.bullets([charts.Bullet("x", 30, target=60, baseline=15)], finding="f", caption="c")
    drawing = chart.groups[0].rows[0].bar
    assert lengths(chart) == ["95.2"]
    assert re.findall(r'class="(target|baseline)" x="([\d.]+)"', drawing) == [("baseline", "47.6"), ("target", "190.5")]
    assert [[entry.text for entry in row] for row in chart.table.rows] == [["x", "30", "60", "15"]]


def test_a_missing_target_is_said_and_not_drawn_at_zero() -> None:
    chart = charts.bullets([charts.Bullet("x", 30)], finding="f", caption="c")
    assert "target" not in chart.groups[0].rows[0].bar
    assert [entry.text for entry in chart.table.rows[0]] == ["x", "30", "No target", "No baseline"]


def test_a_line_breaks_where_a_period_is_unknown() -> None:
    chart = trend([Point("1", 1), Point("2", 2), Point("3", None), Point("4", 4)], finding="f", caption="c")
    assert [len(run.split()) for run in re.findall(r'<polyline class="line" points="([^"]*)"', chart.svg)] == [2, 1]


def test_nothing_known_still_draws_a_chart() -> None:
    assert trend([], finding="f", caption="c").table.rows == []
    assert trend([Point("1", None)], finding="f", caption="c").svg.count("<circle") == 0
    assert lengths(charts.bars([charts.Bar("a", None)], finding="f", caption="c", what="w")) == []


def test_words_given_to_a_chart_cannot_write_markup() -> None:
    chart = trend([Point("<b>1</b>", 1)], finding='"><script>', caption="c")
    assert "<script>" not in chart.svg
    assert "<b>" not in chart.svg


def test_every_province_has_a_tile_of_its_own() -> None:
    assert sorted(PLACES) == [f"{number:02d}" for number in range(1, 26)]
    assert len(set(PLACES.values())) == 25


def test_a_tile_map_shades_by_quarters_and_leaves_the_unknown_unshaded() -> None:
    values = {"04": 36, "14": 18, "15": 1, "16": 0}
    tiles = {code: charts.Tile(code, f"P{code}", values.get(code), code == "14") for code in PLACES}
    shown = charts.tile_map(tiles, finding="f", caption="c")
    levels = {placed.tile.code: placed.level for row in shown.rows for placed in row if placed}
    assert {code: level for code, level in levels.items() if level} == {"04": 4, "15": 1}
    assert [entry.text for entry in shown.table.rows[13]] == ["P14", "14", "Not shown (number too small)"]
    assert [entry.text for entry in shown.table.rows[15]] == ["P16", "16", "0"]
