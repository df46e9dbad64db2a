"""How cells are read: both digits, both languages, and nothing guessed."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samaki.kernel.tables import Reading, Unreadable
from samaki.kernel.tables.cells import Answer, choice, code, count, folded, text, yes_no
from samaki.kernel.tables.dates import day, month, past_day, year

TODAY = Reading(dt.date(2024, 6, 30))


def refused(parse: object, raw: object, reading: Reading = TODAY) -> str:
    with pytest.raises(Unreadable) as caught:
        parse(raw, reading)  # type: ignore[operator]  # a parser
    return caught.value.key


@pytest.mark.parametrize(
    ("raw", "number"),
    [(12, 12), (12.0, 12), ("១២", 12), (" 6,322 ", 6322), ("3 000", 3000), ("1.234", 1234), ("0", 0), (0.0, 0)],
)
def test_counts_are_read_in_either_digits_and_with_thousands(raw: object, number: int) -> None:
    assert count(raw, TODAY) == number


@pytest.mark.parametrize(
    ("raw", "key"),
    [
        (-1, "negative"), ("-១", "negative"), (2.5, "not_whole"), ("2,5", "not_whole"), ("twelve", "not_a_count"),
        (True, "not_a_count"), (float("nan"), "not_a_count"), (float("inf"), "not_a_count"), ("9" * 400, "too_large"),
        (dt.date(2024, 1, 1), "not_a_count"), ("925.000", "number_in_two_ways"), ("1e5", "not_a_count"),
    ],
)  # fmt: skip
def test_what_is_no_count_says_why(raw: object, key: str) -> None:
    assert refused(count, raw) == key


@pytest.mark.parametrize(
    "raw",
    [
        "2024-03-05", "2024/3/5", "២០២៤-០៣-០៥", "5 March 2024", "Mar 5, 2024", "5-Mar-2024", "ថ្ងៃទី 5 ខែមីនា ឆ្នាំ 2024",
        "៥ មីនា ២០២៤", dt.date(2024, 3, 5), dt.datetime(2024, 3, 5, 14, 30), "2024-03-05T08:00:00",
    ],
)  # fmt: skip
def test_dates_that_read_one_way_are_read(raw: object) -> None:
    assert day(raw, TODAY) == dt.date(2024, 3, 5)


@pytest.mark.parametrize(
    ("raw", "meant"),
    [
        ("1-Jul-23", dt.date(2023, 7, 1)),  # as Excel shows a date by itself
        ("01 Jul 23", dt.date(2023, 7, 1)),
        ("31-Dec-99", dt.date(1999, 12, 31)),
        ("១-កក្កដា-២៣", dt.date(2023, 7, 1)),
    ],
)
def test_a_month_in_words_makes_a_year_of_two_digits_read_one_way(raw: str, meant: dt.date) -> None:
    assert day(raw, TODAY) == meant
    assert refused(day, raw.replace("1", "32", 1).replace("១", "៣២", 1)) == "not_a_date"


def test_a_short_date_reads_one_way_where_the_day_is_above_twelve_or_the_same() -> None:
    assert [day(raw, TODAY) for raw in ("25/3/2024", "3/25/2024", "3/3/2024")] == [
        dt.date(2024, 3, 25),
        dt.date(2024, 3, 25),
        dt.date(2024, 3, 3),
    ]


def test_the_order_of_the_file_settles_a_short_date() -> None:
    read = [day("5/3/2024", Reading(TODAY.today, first)) for first in (True, False)]
    assert read == [dt.date(2024, 3, 5), dt.date(2024, 5, 3)]
    assert refused(day, "5/3/2024") == "date_in_two_ways"


@pytest.mark.parametrize(
    ("parse", "raw", "key"),
    [
        (day, "31/2/2024", "not_a_date"), (day, "5/3/24", "date_in_two_ways"), (day, "soon", "not_a_date"),
        (day, 45292.0, "date_is_a_number"), (day, 3, "not_a_date"), (day, "1/1/2567", "another_era"),
        (day, "1901-01-01", "date_too_early"), (past_day, "2024-07-01", "date_in_future"), (day, True, "not_a_date"),
        (month, "2024-13", "not_a_month"), (month, "2024-07", "date_in_future"), (month, "March", "not_a_month"),
        (year, "24", "not_a_year"), (year, "2025", "date_in_future"), (year, "2567", "another_era"),
    ],
)  # fmt: skip
def test_what_is_no_date_says_why(parse: object, raw: object, key: str) -> None:
    assert refused(parse, raw) == key


@pytest.mark.parametrize("raw", ["2024-03", "3/2024", "March 2024", "ខែមីនា ឆ្នាំ 2024", "មីនា ២០២៤", dt.date(2024, 3, 17)])
def test_months_are_read_as_their_first_day(raw: object) -> None:
    assert month(raw, TODAY) == dt.date(2024, 3, 1)


def test_texts_lose_what_cannot_be_seen_and_codes_take_western_digits() -> None:
    assert text()("  ឃុំ\u200bទឹក \n ហូត ", TODAY) == "ឃុំទឹក ហូត"
    assert code()("ក-០១២", TODAY) == "ក-012"
    assert (text()(40101.0, TODAY), refused(text(3), "four")) == ("40101", "too_long")


def test_answers_are_known_in_both_languages_by_key_and_in_the_words_of_the_lists() -> None:
    stopped = Answer("stopped", "Stopped", "បានឈប់", ("ended",))
    parse = choice(stopped, Answer("worse", "Worse", "កាន់តែធ្ងន់ធ្ងរ"))
    written = ("stopped", " STOPPED ", "បានឈប់", "បាន\u200bឈប់", "ended", stopped.both)
    assert {parse(raw, TODAY) for raw in written} == {"stopped"}
    assert refused(parse, "better") == "not_an_answer"
    assert [yes_no(raw, TODAY) for raw in ("មាន", "no", 1.0)] == [True, False, True]


def test_the_two_coengs_that_look_alike_are_one_when_compared() -> None:
    assert folded("ក្ដី") == folded("ក្តី")


CELLS = st.one_of(
    st.text(max_size=30), st.floats(), st.integers(), st.booleans(), st.dates(), st.datetimes(), st.times()
)


@given(CELLS)
def test_no_cell_brings_a_parser_down(raw: object) -> None:
    for parse in (count, day, month, year, past_day, text(), code(), yes_no):
        with suppress(Unreadable):
            parse(raw, TODAY)
