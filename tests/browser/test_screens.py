"""Every page, in both languages, on phone and desk: it fits, a thumb can hit what is to be tapped, axe finds nothing
serious, nothing fails to load."""

from __future__ import annotations

import pytest

from tests.browser.conftest import LANGUAGES, Complaints, SignedIn, scrolls_sideways, small_targets

WIDTHS = (320, 360, 1280)
SCREENS = {
    "officer": (
        "/more/",
        "/programmes/",
        "/programmes/mpp/",
        "/programmes/mpp/results/",
        "/programmes/fia/results/?period=2023",
        "/programmes/fia/indicators/participants/?period=2023&by_1=gender&by_2=age_band",
        "/programmes/mpp/indicators/outreach_contacts/records/?period=2008",
        "/activities/",
        "/groups/",
        "/groups/twg-working-group/",
        "/places/",
        "/places/?q=Prey+Vengand",
        "/places/04/",
        "/reports/",
        "/programmes/fia/periods/",
        "/accounts/2fa/",
    ),
    "partner-me-3": (
        "/people/",
        "/people/duplicates/",
        "/imports/",
        "/imports/send/tallies/",
        "/activities/fia-banteay-srei-202301-1/",
        "/programmes/fia/indicators/participants/records/?period=2023",
        "/reports/fia/banteay-srei/2024-06/",
        "/needs/",
        "/needs/raise/",
        "/groups/fia-banteay-srei-network/members/",
    ),
    "partner-me-4": (
        "/learning/series/",
        "/learning/series/new/",
        "/learning/series/twg-tot-2024-04/",
        "/learning/due/",
        "/learning/cascade/twg/",
        "/learning/curricula/",
        "/learning/curricula/twg-transformative-masculinities/",
        "/learning/curricula/twg-transformative-masculinities/2/",
        "/learning/themes/twg/",
        "/learning/changes/",
        "/learning/keying/",
        "/groups/twg-working-group/members/",
    ),
    "steward": ("/counted-across/", "/counted-across/fia/"),
    "supervisor": (
        "/programmes/mpp/indicators/perpetrators_counselled/records/",
        "/desk/authority/",
        "/desk/authority/new/",
    ),
    "safeguarding": (
        "/circle/",
        "/circle/?show=members",
        "/circle/1/",
        "/circle/1/allegation/",
        "/circle/new/",
        "/circle/due/",
        "/circle/promise/",
        "/circle/members/",
    ),
    "donor": ("/programmes/fia/results/", "/programmes/fia/indicators/participants/records/"),
}


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("user", SCREENS)
def test_every_screen_fits_and_axe_finds_nothing_serious(
    opened: SignedIn, complaints: Complaints, user: str, language: str, width: int
) -> None:
    page = opened("/", user=user, language=language, width=width)
    failed: list[str] = []
    page.on("response", lambda answer: failed.append(f"{answer.status} {answer.url}") if answer.status >= 500 else None)
    page.on("console", lambda said: failed.append(said.text) if "Content Security Policy" in said.text else None)
    found = {}
    small = {}
    for screen in SCREENS[user]:
        page.goto(screen)
        found[screen] = (complaints(page), scrolls_sideways(page))
        small[screen] = small_targets(page) if width == 360 else []
    assert small == {screen: [] for screen in SCREENS[user]}
    assert (found, failed) == (dict.fromkeys(SCREENS[user], ([], False)), [])
