"""Two people at once on one man's risk, from two real browsers: both are kept, the higher holds, and it is shown."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import SignedIn

CASE = "M-001"


def at_risk(page: Page) -> None:
    """The form of his risk, opened from the case itself."""
    page.get_by_role("link", name=CASE).first.click()
    page.get_by_role("link", name="Assess his risk").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(CASE)


def assessments(page: Page) -> int:
    return page.locator("section", has=page.get_by_role("heading", name="Risk (his)")).locator("li .status").count()


def test_two_browsers_that_assess_one_risk_at_once_keep_both_and_show_it(opened: SignedIn) -> None:
    one, other = opened("/desk/", user="counsellor"), opened("/desk/", user="counsellor")
    one.get_by_role("link", name=CASE).first.click()
    before = assessments(one)
    one.goto("/desk/")
    for page in (one, other):  # both have read the same
        at_risk(page)
    seen = [page.locator("input[name=after]").input_value() for page in (one, other)]
    assert seen[0] == seen[1]
    one.get_by_role("checkbox", name=re.compile("weapon")).check()
    one.get_by_role("button", name="Save").click()
    expect(one.get_by_role("heading", level=1)).to_have_text(CASE)
    other.get_by_role("button", name="Save").click()
    expect(other.get_by_role("heading", level=1)).to_have_text(CASE)
    for page in (one, other):
        page.reload()
        assert assessments(page) == before + 2
        expect(page.locator(".note.bad")).to_contain_text("High risk")
        expect(page.locator(".note.warn")).to_contain_text("Both stand, and the higher holds")
