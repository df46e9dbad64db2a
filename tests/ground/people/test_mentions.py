"""Somebody's name is found however it is written, and nobody else's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samaki.ground.people.identities import Identity
from samaki.ground.people.mentions import Mentions, read

HERS = Identity("ទេព", "រស្មីពេជ្រ", "Tep", "Raksmeypich", "012 345 678")
HER = Mentions.of([HERS], 1990)
OTHERS = [
    Identity("ទេព", "វណ្ណា", "Tep", "Vanna", "012 345 679"),
    Identity("សុខ", "រស្មី", "Sok", "Raksmey", "011 222 333"),
    Identity("", "", "Chan", "Thy", ""),
]
WHOLE = [("Tep", "Raksmeypich"), ("ទេព", "រស្មីពេជ្រ")]
JOINED = ["{0} {1}", "{1} {0}", "{0}{1}", "{1}, {0}", "{0}\u200b{1}", "{0}-{1}"]
PHONES = ["012 345 678", "012345678", "+855 12 345 678", "0085512345678", "០១២ ៣៤៥ ៦៧៨", "12-345-678"]


@given(
    st.sampled_from(WHOLE),
    st.sampled_from(JOINED),
    st.sampled_from([str, str.upper, str.lower, str.title]),
    st.sampled_from(["", "went with ", "ជាមួយ "]),
    st.sampled_from(["", " and came back", " ។"]),
)
def test_her_name_is_found_in_any_writing(
    name: tuple[str, str], joined: str, case: type[str], before: str, after: str
) -> None:
    text = read([before + case(joined.format(*name)) + after])
    assert (HER.in_any(text), HER.in_row(text)) == (True, True)


@pytest.mark.parametrize("phone", PHONES)
def test_her_phone_is_found_in_any_writing(phone: str) -> None:
    assert HER.in_any(read([f"{phone}"])) is True
    assert HER.in_row(read(["another name", phone, "1950"])) is True


@given(st.permutations(["Tep", "Raksmeypich", "woman", "1990", "spoken"]))
def test_a_row_that_has_her_name_in_parts_is_hers(row: list[str]) -> None:
    assert HER.in_row(read(row)) is True


@pytest.mark.parametrize("other", OTHERS)
def test_nobody_else_is_taken_for_her(other: Identity) -> None:
    row = [other.family_km, other.given_km, other.family_latin, other.given_latin, other.phone, "woman"]
    text = read([" ".join(row)])
    assert (HER.in_row(read(row)), HER.in_any(text)) == (False, False)


def test_a_namesake_of_another_birth_year_is_another_person_and_one_without_may_be_her() -> None:
    assert HER.in_row(read(["Tep Raksmeypich", "1950"])) is False
    assert HER.in_row(read(["Tep Raksmeypich", "1990"])) is True
    assert HER.in_row(read(["Tep Raksmeypich"])) is True


def test_of_whom_nothing_is_known_nothing_is_found() -> None:
    nobody = Mentions.of([], None)
    assert (nobody.in_any(read(["Tep Raksmeypich 012345678"])), nobody.in_row(read(["", "x"]))) == (False, False)
