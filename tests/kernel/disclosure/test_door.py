"""domain.md §5, rule 6: one door, through which every published figure passes."""

from __future__ import annotations

import dataclasses

import pytest

from samaki.kernel.disclosure import (
    TOTAL,
    Cell,
    CountTable,
    Dimension,
    DisclosurePolicy,
    PublishedCell,
    PublishedRatio,
    RatioTable,
    publish,
)

pytestmark = pytest.mark.once

AREA = Dimension("area", ("old", "new"))
CASES = DisclosurePolicy(unit="case", fixed_period=True)
PEOPLE = DisclosurePolicy(unit="person", fixed_period=True)
PROTECTED = PublishedCell(None, suppressed=True, reason="protected")


def by_area(old: int, new: int) -> CountTable:
    return CountTable.of((AREA,), {("old",): old, ("new",): new})


def one(count: int) -> CountTable:
    return CountTable((), {(): count})


def values(table: CountTable, policy: DisclosurePolicy) -> dict[Cell, int | None]:
    return {cell: shown.value for cell, shown in publish(table, policy).cells.items()}


def test_the_76_men_counselled_are_published_with_36_in_old_and_40_in_new_areas() -> None:
    assert values(by_area(36, 40), CASES) == {("old",): 36, ("new",): 40, (TOTAL,): 76}


@pytest.mark.parametrize(("numerator", "denominator"), [(50, 76), (25, 50), (25, 76)])
def test_the_published_ratios_of_the_mens_programme_show_both_numbers(numerator: int, denominator: int) -> None:
    published = publish(RatioTable(one(numerator), one(denominator)), CASES)
    assert published.total == PublishedRatio(numerator, denominator)


def test_contacts_are_not_persons_and_are_published_as_they_are() -> None:
    contacts = DisclosurePolicy(unit="contact", fixed_period=True)
    assert values(by_area(3524, 2798), contacts) == {("old",): 3524, ("new",): 2798, (TOTAL,): 6322}
    assert values(by_area(1, 2), contacts) == {("old",): 1, ("new",): 2, (TOTAL,): 3}


def test_unknown_is_neither_nought_nor_suppressed() -> None:
    assert publish(CountTable((), {(): None}), PEOPLE).total == PublishedCell(None)
    assert publish(one(0), PEOPLE).total == PublishedCell(0)


def test_a_hidden_cell_never_says_whether_it_was_small_or_hidden_for_another() -> None:
    published = publish(by_area(3, 30), PEOPLE)
    assert published[("old",)] == published[("new",)] == PROTECTED
    assert published.total == PublishedCell(33)


def test_cases_are_small_below_ten_and_people_below_five() -> None:
    assert publish(one(9), CASES).total == PROTECTED
    assert publish(one(9), PEOPLE).total == PublishedCell(9)


def test_people_of_another_gender_term_are_small_below_ten() -> None:
    gender = Dimension("gender", ("woman", "man", "another_term"))
    table = CountTable.of((gender,), {("woman",): 40, ("man",): 7, ("another_term",): 8})
    published = publish(table, PEOPLE)
    assert published[("another_term",)] == PROTECTED
    assert sum(cell.suppressed for cell in published.cells.values()) == 2


def test_nothing_is_published_for_a_period_of_ones_own_choosing() -> None:
    free = dataclasses.replace(PEOPLE, fixed_period=False)
    assert publish(one(76), free).total == PublishedCell(None, suppressed=True, reason="period")
    assert publish(RatioTable(one(50), one(76)), free).total.reason == "period"


def test_counselling_by_commune_shows_the_programme_only() -> None:
    commune = Dimension("commune", ("040301", "140203"))
    table = CountTable.of((commune,), {("040301",): 36, ("140203",): 40})
    published = publish(table, CASES)
    refused = PublishedCell(None, suppressed=True, reason="place")
    assert published.cells == {("040301",): refused, ("140203",): refused, (TOTAL,): PublishedCell(76)}


def test_a_thin_crossing_of_counselling_is_refused_whole() -> None:
    table = CountTable.of(
        (Dimension("province", ("04", "14")), AREA),
        {("04", "old"): 20, ("04", "new"): 16, ("14", "old"): 20, ("14", "new"): 20},
    )
    inner = [cell for cell in table.cells() if TOTAL not in cell]
    published = publish(table, CASES, communes=dict.fromkeys(inner, 3) | {("04", "new"): 2})
    assert {published[cell].reason for cell in inner} == {"place"}
    assert {cell.reason for key, cell in published.cells.items() if TOTAL in key} == {None}
    assert publish(table, CASES, communes=dict.fromkeys(inner, 3)).cells == {
        cell: PublishedCell(count) for cell, count in table.counts.items()
    }


def test_below_programme_level_sensitive_ratios_hide_nought_and_a_hundred_per_cent() -> None:
    table = RatioTable(by_area(0, 20), by_area(36, 40))
    assert {cell.suppressed for key, cell in publish(table, CASES).cells.items() if key != (TOTAL,)} == {True}
    assert publish(table, PEOPLE)[("old",)] == PublishedRatio(0, 36)
    assert publish(RatioTable(one(0), one(76)), CASES).total == PublishedRatio(0, 76)
    within = dataclasses.replace(CASES, filters=(("province", "04"),))
    assert publish(RatioTable(one(0), one(76)), within).total.suppressed is True


def test_a_small_correction_leaves_the_whole_table_as_it_was_published() -> None:
    earlier = publish(by_area(36, 40), PEOPLE)
    # One cell alone left old would give its correction away: 76 + 20 is not what the parts add up to.
    corrected = publish(by_area(38, 60), PEOPLE, earlier=earlier)
    assert corrected.cells == earlier.cells
    assert corrected.waiting is True


def test_the_next_release_and_a_large_correction_show_the_new_counts() -> None:
    earlier = publish(by_area(36, 40), PEOPLE)
    assert publish(by_area(38, 60), PEOPLE, earlier=earlier, new_release=True)[("old",)].value == 38
    large = publish(by_area(46, 60), PEOPLE, earlier=earlier)
    assert (large[("old",)].value, large.waiting) == (46, False)


def test_what_was_hidden_stays_hidden_when_a_correction_makes_it_large() -> None:
    earlier = publish(by_area(3, 40), PEOPLE)
    corrected = publish(by_area(13, 40), PEOPLE, earlier=earlier)
    assert corrected[("old",)] == PROTECTED
    assert corrected.total == PublishedCell(53)


def test_a_cell_that_is_new_while_a_correction_waits_is_not_shown() -> None:
    earlier = publish(one(76), PEOPLE)
    table = CountTable.of((AREA,), {("old",): 38, ("new",): 40})
    before = dataclasses.replace(earlier, dimensions=(AREA,), cells={(TOTAL,): earlier.total})
    published = publish(table, PEOPLE, earlier=before)
    assert published[("old",)] == PublishedCell(None, suppressed=True, reason="correction")
    assert published.total == PublishedCell(76)
    due = publish(table, PEOPLE, earlier=published, new_release=True)
    assert {cell: shown.value for cell, shown in due.cells.items()} == {("old",): 38, ("new",): 40, (TOTAL,): 78}


@pytest.mark.parametrize(("numerator", "denominator"), [(52, 76), (50, 79), (60, 88)])
def test_a_ratio_waits_when_either_number_or_what_is_left_changes_a_little(numerator: int, denominator: int) -> None:
    earlier = publish(RatioTable(one(50), one(76)), PEOPLE)
    published = publish(RatioTable(one(numerator), one(denominator)), PEOPLE, earlier=earlier)
    assert published.cells == earlier.cells
    assert published.waiting is True


def test_a_small_unknown_is_hidden_and_its_ratio_shown() -> None:
    published = publish(RatioTable(one(30), one(60), one(3)), PEOPLE)
    assert published.total == PublishedRatio(30, 60, None, unknown_suppressed=True)
