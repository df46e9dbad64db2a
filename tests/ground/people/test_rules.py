from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samaki.ground.people import rules
from samaki.ground.people.models import AgeBand, Consent
from samaki.ground.people.rules import GUARDIAN, OWN, StandingConsent, age_band, lacking_to_be_named, may_be_under_18

pytestmark = pytest.mark.once

ON = dt.date(2024, 6, 1)


@pytest.mark.parametrize(
    "age, band",
    [
        (0, "under_18"), (17, "under_18"), (18, "18_24"), (24, "18_24"), (25, "25_34"), (34, "25_34"), (35, "35_49"),
        (49, "35_49"), (50, "50_64"), (64, "50_64"), (65, "65_up"), (110, "65_up"),
    ],
)  # fmt: skip
def test_the_band_is_that_of_the_age_reached_in_the_year(age: int, band: str) -> None:
    assert age_band(2024 - age, ON) == band


@given(st.integers(1900, 2024), st.dates(dt.date(2024, 1, 1), dt.date(2060, 1, 1)))
def test_every_band_is_one_of_the_list_and_nobody_grows_younger(birth_year: int, on: dt.date) -> None:
    order = AgeBand.values
    then, later = age_band(birth_year, on), age_band(birth_year, on.replace(day=1, year=on.year + 1))
    assert order.index(then) <= order.index(later) < order.index(AgeBand.NOT_RECORDED)


def test_unknown_is_a_band_of_its_own_and_a_told_band_stands() -> None:
    assert age_band(None, ON) == AgeBand.NOT_RECORDED
    assert age_band(None, ON, given=AgeBand.AGE_50_64) == AgeBand.AGE_50_64


@pytest.mark.parametrize("birth_year, given, minor", [(2006, "", True), (2005, "", False), (None, "under_18", True)])
def test_the_year_of_the_eighteenth_birthday_is_still_a_minors(birth_year: int | None, given: str, minor: bool) -> None:
    assert may_be_under_18(birth_year, ON, given=given) is minor


def test_the_keys_of_the_rules_are_those_of_the_models() -> None:
    assert {OWN, GUARDIAN} == set(Consent.GivenBy.values)
    assert (rules.UNDER_18, rules.NOT_RECORDED) == (AgeBand.UNDER_18, AgeBand.NOT_RECORDED)


OWN_GIVEN, GUARDIAN_GIVEN = StandingConsent(OWN), StandingConsent(GUARDIAN)
SPARED = StandingConsent(OWN, guardian_not_asked=True)


@pytest.mark.parametrize(
    "minor, consents, lacking",
    [
        (False, [], {OWN}),
        (False, [OWN_GIVEN], set()),
        (False, [GUARDIAN_GIVEN], {OWN}),  # nobody consents for a grown person
        (True, [], {OWN, GUARDIAN}),
        (True, [OWN_GIVEN], {GUARDIAN}),
        (True, [GUARDIAN_GIVEN], {OWN}),  # a guardian does not replace the young person's own assent
        (True, [OWN_GIVEN, GUARDIAN_GIVEN], set()),
        (True, [SPARED], set()),  # asking the guardian would have exposed her
    ],
)
def test_who_must_consent_before_a_person_is_named(
    minor: bool, consents: list[StandingConsent], lacking: set[str]
) -> None:
    assert lacking_to_be_named(minor=minor, consents=consents) == lacking
