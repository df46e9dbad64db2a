from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samaki.ground.places import rules
from samaki.ground.places.rules import Fault, PlaceRow, code_as_meant, folded, other_spellings, sift, without_kind

pytestmark = pytest.mark.once

KHMER_OR_LATIN = st.text(
    alphabet=st.characters(min_codepoint=0x1780, max_codepoint=0x17EF) | st.characters(max_codepoint=0x17F)
)


@pytest.mark.parametrize(
    "one, other",
    [
        ("ស្ត្រី", "ស្រ្តី"),  # coeng order: they look alike
        ("ស្ត្រី", "ស្ដ្រី"),  # coeng ត and coeng ដ
        ("ឧត្ដរមានជ័យ", "ឧត្តរមានជ័យ"),
        ("ព្រៃ\u200bវែង", "ព្រៃវែង"),
        ("ភូមិ ១២", "ភូមិ12"),
        ("ក\u17c1\u17b8ត", "ក\u17beត"),
        ("ដំ\u17c6បន់".replace("ំ\u17c6", "\u17c6"), "ដំបន់"),
        ("Kg. Chhnang", "kg chhnang"),
        ("Kratié", "KRATIE"),
        ("Rolea B'ier", "Rolea Bier"),
    ],
)
def test_spellings_that_look_alike_fold_to_one(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize("one, other", [("កា", "ខា"), ("Prey Veng", "Prey Vengand"), ("ភូមិ ១", "ភូមិ ២"), ("កោះ", "កោ")])
def test_different_names_stay_different(one: str, other: str) -> None:
    assert folded(one) != folded(other)


@given(KHMER_OR_LATIN)
def test_folding_twice_is_folding_once(text: str) -> None:
    once = folded(text)
    assert folded(once) == once
    assert " " not in once
    assert "\u200b" not in once


@pytest.mark.parametrize(
    "text, code",
    [
        ("04", "04"), ("4", "04"), ("៤", "04"), ("0406", "0406"), ("406", "0406"), ("40601.0", "040601"),
        (" 14 ", "14"),
        ("Prey Veng", None), ("", None), ("123456789", None), ("-4", None), ("²", None),
    ],
)  # fmt: skip
def test_a_code_is_read_as_it_was_meant(text: str, code: str | None) -> None:
    assert code_as_meant(text) == code


@pytest.mark.parametrize(
    "text, expected",
    [
        ("Prey Veng Province", ("preyveng", rules.PROVINCE)),
        ("Srok Prey Veng", ("preyveng", rules.DISTRICT)),
        ("Krong Kampot", ("kampot", None)),
        ("ខេត្តព្រៃវែង", (folded("ព្រៃវែង"), rules.PROVINCE)),
        ("ឃុំទឹកហូត", (folded("ទឹកហូត"), rules.COMMUNE)),
        ("Prey Veng", None),
        ("ភូមិ", None),
    ],
)
def test_the_word_for_the_kind_is_told_apart(text: str, expected: tuple[str, int | None] | None) -> None:
    assert without_kind(text) == expected


def test_the_usual_abbreviations_are_made() -> None:
    assert other_spellings("Kampong Thum") == (
        "Kampong Thom",
        "Kg Thom",
        "Kompong Thom",
        "Kampung Thom",
        "Kg Thum",
        "Kompong Thum",
        "Kampung Thum",
    )
    assert other_spellings("Bakan") == ()


def row(code: str, parent: str = "", *, level: int = 0, name: str = "X", **dates: dt.date) -> PlaceRow:
    return PlaceRow(
        code, level or len(code) // 2, "kind", name, name, parent, (), dates.get("since"), dates.get("until")
    )


def codes(rows: tuple[PlaceRow, ...]) -> list[tuple[str, str]]:
    return [(each.code, each.name_latin) for each in rows]


def test_of_two_rows_with_one_code_the_one_that_agrees_with_its_parent_is_taken() -> None:
    rows = [
        row("01"),
        row("0101", "01"),
        row("0102", "01"),
        row("010101", "0102", name="Wrong"),
        row("010101", "0101", name="Right"),
    ]
    sifted = sift(rows, rules.NCDD_DIGITS)
    assert codes(sifted.taken)[-1] == ("010101", "Right")
    assert sifted.faults == (Fault(rules.DUPLICATE_CODE, "010101", "Wrong", "Wrong"),)


def test_a_row_without_its_parent_and_all_below_it_are_orphans() -> None:
    sifted = sift([row("01"), row("0201", "02"), row("020101", "0201")], rules.NCDD_DIGITS)
    assert codes(sifted.taken) == [("01", "X")]
    assert [(fault.kind, fault.code) for fault in sifted.faults] == [(rules.ORPHAN, "0201"), (rules.ORPHAN, "020101")]


def test_a_malformed_code_is_left_out_and_told() -> None:
    sifted = sift([row("01"), row("010-", "01", level=2)], rules.NCDD_DIGITS)
    assert codes(sifted.taken) == [("01", "X")]
    assert [(fault.kind, fault.code) for fault in sifted.faults] == [(rules.MALFORMED_CODE, "010-")]


def test_a_code_that_contradicts_its_parent_is_taken_where_the_source_puts_it_and_told() -> None:
    sifted = sift([row("01"), row("02"), row("0201", "01")], rules.NCDD_DIGITS)
    assert sifted.taken[-1].parent_code == "01"
    assert [(fault.kind, fault.code) for fault in sifted.faults] == [(rules.PARENT_MISMATCH, "0201")]


def test_one_code_may_stand_for_two_places_one_after_the_other() -> None:
    change = dt.date(2013, 12, 31)
    sifted = sift([row("01", name="Old", until=change), row("01", name="New", since=change)], rules.NCDD_DIGITS)
    assert codes(sifted.taken) == [("01", "Old"), ("01", "New")]
    assert sifted.faults == ()


def test_spans_that_overlap_are_a_duplicate() -> None:
    sifted = sift([row("01", name="Old"), row("01", name="New", since=dt.date(2013, 12, 31))], rules.NCDD_DIGITS)
    assert codes(sifted.taken) == [("01", "Old")]
    assert [fault.kind for fault in sifted.faults] == [rules.DUPLICATE_CODE]


def test_another_country_may_have_codes_of_letters() -> None:
    assert sift([row("VTE", level=1), row("VTE-01", "VTE", level=2)]).faults == ()
