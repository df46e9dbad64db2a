"""Connecting a phone: the code is scanned from the screen, so it must be seen whole, and the page must fit."""

from __future__ import annotations

import pytest

from tests.browser.conftest import LANGUAGES, Complaints, SignedIn, scrolls_sideways, small_targets


@pytest.mark.parametrize("width", [320, 360, 1280])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_phone_is_connected_and_its_code_fits_the_screen(
    opened: SignedIn, complaints: Complaints, language: str, width: int
) -> None:
    page = opened("/devices/", user="facilitator", language=language, width=width)
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text) if "Content Security Policy" in said.text else None)
    seen = []
    for step in ("list", "form", "code", "list again"):
        if step == "form":
            page.locator("a[href='/devices/add/']").click()
        elif step == "code":
            page.locator("select[name=where]").select_option(index=1)
            page.locator("input[name=label]").fill("សាមសុងចាស់")
            page.locator("main form button[type=submit]").click()
            box = page.locator("svg.qr").bounding_box()
            assert box is not None
            assert (box["width"] >= 240, box["x"] >= 0, box["x"] + box["width"] <= width) == (True, True, True)
        elif step == "list again":
            page.goto("/devices/")
        seen.append((step, complaints(page), scrolls_sideways(page), small_targets(page) if width == 360 else []))
    assert seen == [(step, [], False, []) for step in ("list", "form", "code", "list again")]
    assert refused == []
    assert page.locator("main form[action$='/close/'] button").count() >= 1
