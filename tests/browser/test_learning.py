"""Learning by thumb and by keyboard: a list of thirty taken by search, and the cascade read without a mouse."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LANGUAGES, WIDTHS, SignedIn

TRAINER = "partner-me-4"
WANTED = 30
MOST_TAPS = 3  # for each person; letters typed are no taps
PIECES = (
    "sok",
    "chea",
    "keo",
    "kim",
    "heng",
    "seng",
    "chan",
    "sam",
    "prak",
    "meas",
    "long",
    "ros",
    "touch",
    "vong",
    "mao",
)


def lists_to_take(page: Page) -> Iterator[str]:
    """Addresses of the attendance of sessions of the trainer's organisation, the newest first: by then all agreed."""
    for number in range(500, 0, -1):
        address = f"/learning/sessions/{number}/attendance/"
        if page.request.get(address).ok:
            yield address


def listed(page: Page) -> int:
    return page.locator("#kept ol.tasks > li").count()


def search(page: Page, piece: str) -> None:
    page.locator("#text").fill("")
    with page.expect_response(lambda answer: f"text={piece}" in (answer.request.post_data or "")):
        page.locator("#text").fill(piece)
    expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)


@pytest.mark.parametrize("language", LANGUAGES)
def test_thirty_people_are_taken_by_search_in_at_most_three_taps_each(opened: SignedIn, language: str) -> None:
    page = opened("/", user=TRAINER, language=language, width=360)
    page.goto(next(lists_to_take(page)))
    while page.locator("#kept button[name=take_off]").count():  # begins with an empty list
        before = listed(page)
        page.locator("#kept button[name=take_off]").first.click()
        expect(page.locator("#kept ol.tasks > li")).to_have_count(before - 1)
    taps = taken = 0
    for piece in PIECES:
        while taken < WANTED:
            if not page.evaluate("document.activeElement.id === 'text'"):
                page.locator("#text").click()
                taps += 1
            search(page, piece)
            offered = page.locator("#found button[name=add]")
            if not offered.count():
                break
            offered.first.click()
            taps += 1
            taken += 1
            expect(page.locator("#kept ol.tasks > li")).to_have_count(taken)
    print(f"{taken} people in {taps} taps, {language}")
    assert taken == WANTED
    assert taps <= MOST_TAPS * taken


def test_two_people_who_take_one_list_are_told_of_each_other(opened: SignedIn) -> None:
    first = opened("/", user=TRAINER, width=360)
    _emptied, address = islice(lists_to_take(first), 2)
    first.goto(address)
    second = opened(address, user=TRAINER, width=1280)
    before = listed(first)
    first.locator("#kept button[name=take_off]").first.click()
    expect(first.locator("#kept ol.tasks > li")).to_have_count(before - 1)
    second.locator("#kept button[name=take_off]").last.click()
    expect(second.locator("[role=alert]")).to_be_visible()
    expect(second.locator("section.card")).to_have_count(2)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_cascade_is_read_by_keyboard_alone(opened: SignedIn, language: str, width: int) -> None:
    page = opened("/learning/cascade/twg/", user=TRAINER, language=language, width=width)
    branch = page.locator(".branches > li > details").first
    summary = branch.locator("summary").first
    assert summary.inner_text().strip()
    for _press in range(80):
        if summary.evaluate("(one) => one === document.activeElement"):
            break
        page.keyboard.press("Tab")
    assert summary.evaluate("(one) => one === document.activeElement"), "Tab does not reach the tree"
    assert summary.evaluate("(one) => getComputedStyle(one).outlineStyle !== 'none'"), "the focus is not seen"
    assert not branch.evaluate("(one) => one.open")
    page.keyboard.press("Enter")
    assert branch.evaluate("(one) => one.open")
    expect(branch.locator("ul li").first).to_be_visible()
    page.keyboard.press("Tab")
    assert branch.evaluate("(one) => one.contains(document.activeElement)"), "what opened is not next"
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    assert not branch.evaluate("(one) => one.open")
