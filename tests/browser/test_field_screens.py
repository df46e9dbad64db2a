"""Every screen of the field pages, in both languages at two widths: it fits, axe finds nothing serious, thumbs hit."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import LANGUAGES, Complaints, SignedIn, scrolls_sideways, small_targets
from tests.browser.phone import PIN, Phone, a_phone
from tests.browser.test_field_offline import tally_to_its_counts


@pytest.mark.parametrize("width", [320, 360])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_screen_of_the_field_fits_and_axe_finds_nothing_serious(
    browser: Browser, field_site: str, complaints: Complaints, language: str, width: int
) -> None:
    found: dict[str, tuple[list[str], bool, list[str]]] = {}
    said: list[str] = []

    def look(phone: Phone, screen: str) -> None:
        expect(phone.page.locator("#main h1")).to_be_visible()
        found[screen] = (complaints(phone.page), scrolls_sideways(phone.page), small_targets(phone.page))

    with a_phone(browser, field_site, language=language, width=width) as phone:
        phone.page.on("console", lambda one: said.append(one.text) if one.type in {"error", "warning"} else None)
        phone.page.on("pageerror", lambda error: said.append(str(error)))
        phone.sign_in("facilitator")
        phone.page.goto("/field/")
        phone.page.locator("#pin-1").wait_for()
        look(phone, "first PIN")
        phone.page.locator("#pin-1").fill("111111")
        phone.page.locator("button[type=submit]").click()
        expect(phone.page.locator(".error-summary")).to_be_focused()
        look(phone, "an easy PIN")
        phone.page.locator("#pin-1").fill(PIN)
        phone.page.locator("#pin-2").fill(PIN)
        phone.page.locator("button[type=submit]").click()
        phone.inside()
        assert phone.page.evaluate("document.documentElement.lang") == language
        look(phone, "first screen")
        phone.tap("a.button.big")
        phone.page.locator(".option").first.wait_for()
        look(phone, "jobs")
        phone.tap(".option")
        phone.page.locator("#main button.secondary").wait_for()
        look(phone, "a list")
        heading = phone.screen
        phone.tap("#main button.secondary")  # not in the list
        expect(phone.page.locator("#main h1")).not_to_have_text(heading)
        phone.tap(".option", 0)  # the kind
        phone.page.locator("#held_on").wait_for()
        look(phone, "a day")
        phone.tap("form button.big")
        phone.page.locator("#find-place").fill("១៤")
        look(phone, "a long list")
        phone.page.locator(".options > li:not([hidden]) .option").first.click()
        phone.page.locator("#all").wait_for()
        phone.page.locator("#all").fill("many")
        phone.tap("form button.big")
        expect(phone.page.locator(".error-summary")).to_be_focused()
        look(phone, "a fault")
        phone.page.locator("#all").fill("5")
        phone.tap("form button.big")
        phone.page.locator(".answers").wait_for()
        look(phone, "check")
        phone.page.goto("/field/#/records")
        phone.page.locator("h2").first.wait_for()
        look(phone, "records")
        phone.page.locator("#menu button").first.click()
        phone.page.locator("#pin").wait_for()
        look(phone, "PIN")
        phone.page.locator("#main .button.quiet").first.click()
        phone.page.locator("button.danger").wait_for()
        look(phone, "forgotten")
    assert (found, said) == ({screen: ([], False, []) for screen in found}, [])


def test_the_queue_and_the_sheet_fit_and_axe_finds_nothing_serious(
    browser: Browser, field_site: str, opened: SignedIn, complaints: Complaints
) -> None:
    with a_phone(browser, field_site) as phone:
        phone.join("facilitator")
        tally_to_its_counts(phone, 5)
        phone.tap("form button.big")
        phone.page.locator("#contacts").fill("17")
        phone.tap("form button.big")
        phone.tap("button.big")
        number = phone.received()
    for language in LANGUAGES:
        page = opened("/verify/", user="officer", language=language, width=360)
        assert (complaints(page), scrolls_sideways(page), small_targets(page)) == ([], False, [])
        page.goto(f"/verify/{number}/")
        assert (complaints(page), scrolls_sideways(page), small_targets(page)) == ([], False, [])
        sheet = opened("/activities/circle-today/", user="facilitator", language=language, width=360)
        sheet.locator("form[action$='/sheet/'] button").click()
        sheet.locator("input[name=person]").first.wait_for()
        assert (complaints(sheet), scrolls_sideways(sheet), small_targets(sheet)) == ([], False, [])
    page.locator("form[action$='/done/'] button").click()  # one tap: verified, and the next or the empty queue is there
    page.wait_for_url(re.compile(rf"/verify/(?!{number}/)"))
