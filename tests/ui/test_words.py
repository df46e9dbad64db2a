from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from samaki.kernel.figures import Figure
from samaki.ui import words

pytestmark = pytest.mark.once
FIGURE = Figure("mpp", "x", 1, "case", None, None, None, None)
MARCH = dt.date(2024, 3, 5)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (6322, "6,322"),
        (0, "0"),
        (3.5, "3.5"),
        (4.0, "4"),
        (-1200, "-1,200"),
        (Decimal("2.50"), "2.50"),
        (Decimal("350.00"), "350"),
    ],
)
@pytest.mark.parametrize("language", ["km", "en"])
def test_numbers_are_printed_alike_in_both_languages(value: words.Number, shown: str, language: str) -> None:
    with translation.override(language):
        assert words.number(value) == shown


def test_unknown_is_a_word_and_never_zero() -> None:
    with translation.override("km"):
        assert (words.number(None), words.number(0)) == ("មិនដឹង", "0")


def test_a_ratio_prints_both_numbers_and_the_percentage() -> None:
    assert (words.ratio(50, 76), words.ratio(25, 50), words.ratio(25, 76)) == (
        "50/76 (65.8%)",
        "25/50 (50.0%)",
        "25/76 (32.9%)",
    )
    assert words.ratio(0, 0) == "0/0"


@given(st.integers(0, 10**9), st.integers(1, 10**9))
def test_percentages_are_the_exact_quotient_rounded_half_up(numerator: int, denominator: int) -> None:
    exact = (Decimal(100) * numerator / denominator).quantize(Decimal("0.1"), "ROUND_HALF_UP")
    assert words.percent(numerator, denominator) == f"{exact}%"


def test_dates_name_the_month() -> None:
    with translation.override("en"):
        assert (words.day(MARCH), words.day(MARCH, long=True)) == ("5 March 2024", "5 March 2024")
    with translation.override("km"):
        assert (words.day(MARCH), words.day(MARCH, long=True)) == ("5 មីនា 2024", "ថ្ងៃទី 5 ខែមីនា ឆ្នាំ 2024")


def test_moments_are_told_in_the_time_of_phnom_penh() -> None:
    with translation.override("en"):
        assert words.moment(dt.datetime(2024, 3, 5, 20, 30, tzinfo=dt.UTC)) == "6 March 2024 03:30"


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("2008", "2008"),
        ("2008-Q1", "ត្រីមាសទី 1 ឆ្នាំ 2008"),
        ("2008-03", "មីនា 2008"),
        (None, "គ្រប់ពេលវេលា"),
        ("2008-13", "2008-13"),
        ("later", "later"),
    ],
)
def test_periods_are_read_from_their_codes(code: str | None, shown: str) -> None:
    with translation.override("km"):
        assert words.period(code) == shown


def test_contacts_are_times_and_people_are_people() -> None:
    with translation.override("km"):
        assert (words.counted(25, "person"), words.counted(6322, "contact")) == ("25 នាក់", "6,322 ដង")


def test_money_always_carries_its_currency() -> None:
    shown = [
        words.money(Decimal("120000"), "KHR"),
        words.money(Decimal("30"), "USD"),
        words.money(Decimal("1.5"), "EUR"),
    ]
    assert shown == ["120,000 ៛", "$30.00", "1.50 EUR"]


def test_a_figure_is_hidden_before_anything_else_is_said_of_it() -> None:
    with translation.override("en"):
        hidden = replace(FIGURE, suppressed=True, value=3, numerator=3, denominator=4, low=1, high=9)
        assert words.figure(hidden) == "Not shown (number too small)"
        assert words.figure(replace(FIGURE, low=36, high=76)) == "36–76"
        assert words.figure(replace(FIGURE, value=5, low=5, high=5)) == "5"
        assert words.figure(FIGURE) == "Unknown"
