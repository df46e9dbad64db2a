"""A form in the browser from workbook to table, in both languages: each page fits and axe finds nothing serious."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import LANGUAGES, Complaints, SignedIn, scrolls_sideways, small_targets
from tests.factories.forms import asking

Look = Callable[[Page], tuple[list[str], bool, list[str]]]


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_form_is_sent_mended_published_and_matched(
    opened: SignedIn, complaints: Complaints, tmp_path: Path, language: str, width: int
) -> None:
    page = opened("/forms/send/", user="partner-me-3", language=language, width=width)
    found: dict[str, tuple[list[str], bool, list[str]]] = {}

    def look(name: str) -> None:
        found[name] = (complaints(page), scrolls_sideways(page), small_targets(page))

    def send(*rows: tuple[str, ...]) -> None:
        settings = (("form_id", "form_title", "version"), (f"visits-{language}-{width}", "Visits", "1"))
        (tmp_path / "visits.xlsx").write_bytes(asking(*rows, settings=settings))
        page.locator("select[name=where]").select_option(index=1)
        page.locator("input[type=file]").set_input_files(tmp_path / "visits.xlsx")
        page.locator("main form button").first.click()

    look("send")
    send(("txt", "a", "ក", "A"))
    page.locator("td", has_text="txt").first.wait_for()
    look("faults")
    send(
        ("date", "held_on", "ថ្ងៃប្រជុំ", "Day of the meeting"),
        ("select_one kinds", "kind", "ប្រភេទនៃការប្រជុំដែលបានធ្វើ", "Kind of the meeting that was held"),
        ("integer", "women", "ចំនួនស្ត្រី", "Women", "${kind} = 'training'", "", ". >= 0"),
        ("text", "what", "តើបានរៀនអំពីមេរោគអេដស៍ទេ", "Was HIV spoken of?"),
    )
    page.wait_for_url(re.compile(r"/forms/\d+/versions/\d+/"))
    look("version")
    page.locator("input[name^=why_]").fill("It asks about the meeting")
    page.locator("form", has=page.locator("input[name^=why_]")).locator("button").click()
    page.wait_for_url(re.compile(r"/forms/\d+/$"))
    look("form")
    form = re.sub(r"\D", "", page.url.partition("/forms/")[2])
    for name in ("match/", "match/?handler=feedback", "match/?handler=session", "data/"):
        page.goto(f"/forms/{form}/{name}")
        look(name)
    for name in ("/forms/", "/submissions/to-mend/"):
        page.goto(name)
        look(name)
    assert found == dict.fromkeys(found, ([], False, []))
