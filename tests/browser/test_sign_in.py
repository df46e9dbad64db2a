from __future__ import annotations

import pytest

from tests.browser.conftest import LANGUAGES, WIDTHS, Complaints, SignedIn, scrolls_sideways


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sign_in_page_fits_and_axe_finds_nothing_serious(
    opened: SignedIn, complaints: Complaints, language: str, width: int
) -> None:
    page = opened("/accounts/login/", language=language, width=width)
    assert (complaints(page), scrolls_sideways(page)) == ([], False)


@pytest.mark.parametrize("user", ["officer", "partner-me", "facilitator", "donor"])
def test_an_example_user_comes_home_in_one_tap(opened: SignedIn, user: str) -> None:
    page = opened("/", user=user)
    assert page.locator("h1").count() == 1


def test_the_site_refuses_no_script_and_no_style_of_its_own(opened: SignedIn) -> None:
    page = opened("/accounts/login/")
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.reload(wait_until="networkidle")
    assert said == []
