"""domain.md §5, scope and rule 1."""

from __future__ import annotations

import itertools

import pytest

from samaki.kernel.disclosure import TOTAL, CountTable, Dimension, DisclosurePolicy, in_scope, is_small, threshold

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("unit", "passes_the_rules"),
    [
        ("person", True),
        ("case", True),
        ("household", True),
        ("attendance", True),  # a unit nobody has named open is protected
        ("contact", False),
        ("organisation", False),
        ("office", False),
        ("seat", False),
        ("commitment", False),
        ("money", False),
        ("office_holder", False),
        ("activity", False),
        ("group_month", False),
        ("need", False),
    ],
)
def test_people_cases_and_households_pass_the_rules_and_public_things_do_not(unit: str, passes_the_rules: bool) -> None:
    assert in_scope(unit) is passes_the_rules


@pytest.mark.parametrize(("count", "small"), [(0, False), (1, True), (4, True), (5, False), (None, False)])
def test_one_to_four_is_small_but_nought_and_unknown_are_not(count: int | None, small: bool) -> None:
    assert is_small(count, 5) is small


GENDER = Dimension("gender", ("woman", "man", "another_term"))


def table_by(*dimensions: Dimension) -> CountTable:
    return CountTable.of(dimensions, dict.fromkeys(itertools.product(*(d.categories for d in dimensions)), 20))


@pytest.mark.parametrize(
    ("cell", "k"),
    [(("woman", "old"), 5), (("another_term", "old"), 10), (("another_term", TOTAL), 10), ((TOTAL, "old"), 5)],
)
def test_another_term_is_small_below_ten_while_women_and_totals_stay_at_five(cell: tuple[str, ...], k: int) -> None:
    table = table_by(GENDER, Dimension("area", ("old", "new")))
    assert threshold(table, cell, sensitive_subject=False) == k


@pytest.mark.parametrize("key", ["disability", "idpoor", "ethnicity", "rightsholder_group"])
def test_a_sensitive_dimension_is_small_below_ten_and_its_margin_is_not(key: str) -> None:
    table = table_by(Dimension(key, ("one", "other")))
    assert threshold(table, ("one",), sensitive_subject=False) == 10
    assert threshold(table, (TOTAL,), sensitive_subject=False) == 5


@pytest.mark.parametrize(
    ("policy", "sensitive"),
    [
        (DisclosurePolicy(unit="person", fixed_period=True), False),
        (DisclosurePolicy(unit="case", fixed_period=True), True),
        (DisclosurePolicy(unit="person", fixed_period=True, subjects=frozenset({"idpoor"})), True),
        (DisclosurePolicy(unit="person", fixed_period=True, filters=(("disability", "yes"),)), True),
        (DisclosurePolicy(unit="person", fixed_period=True, filters=(("gender", "another_term"),)), True),
        (DisclosurePolicy(unit="person", fixed_period=True, filters=(("gender", "woman"),)), False),
    ],
)
def test_the_subject_is_sensitive_by_unit_by_subject_or_by_what_the_question_is_limited_to(
    policy: DisclosurePolicy, sensitive: bool
) -> None:
    assert policy.is_sensitive is sensitive
