"""What the frame does in a browser: components, weight, quick exit, idle lock, the question before an act."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Response, expect

from tests.browser.conftest import Complaints, SignedIn, scrolls_sideways

COLD_BUDGET = 60 * 1024
WARM_BUDGET = 15 * 1024


@pytest.mark.parametrize("language", ["km", "en"])
@pytest.mark.parametrize("width", [320, 360, 1280])
def test_every_component_is_usable_by_everyone(
    opened: SignedIn, complaints: Complaints, language: str, width: int
) -> None:
    page = opened("/ui/", user="officer", language=language, width=width)
    assert complaints(page) == []
    assert scrolls_sideways(page) is False


def test_the_summary_of_errors_takes_the_focus(opened: SignedIn) -> None:
    page = opened("/ui/", user="officer")
    expect(page.locator(".error-summary")).to_be_focused()
    page.locator(".error-summary a").first.click()
    expect(page.locator("#id_number")).to_be_focused()


def _bytes_on_the_wire(page: Page, path: str) -> int:
    """What the server sends for a page and everything on it, as the network panel counts it."""
    client = page.context.new_cdp_session(page)
    client.send("Network.enable")
    sizes: list[float] = []
    client.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(path)
    page.wait_for_load_state("networkidle")
    return int(sum(sizes))


def test_the_field_page_is_within_its_weight_cold_and_warm(opened: SignedIn) -> None:
    page = opened("/accounts/login/", language="km", width=360)
    page.locator("form[action='/sign-in/example/facilitator/'] button").click()
    page.wait_for_load_state("networkidle")
    warm = _bytes_on_the_wire(page, "/")
    assert warm <= WARM_BUDGET
    page.context.new_cdp_session(page).send("Network.clearBrowserCache")
    cold = _bytes_on_the_wire(page, "/")
    assert warm < cold <= COLD_BUDGET


def test_no_page_of_the_frame_breaks_the_policy_of_scripts(opened: SignedIn) -> None:
    page = opened("/", user="officer")
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    for path in ("/", "/more/", "/ui/", "/accounts/2fa/", "/accounts/2fa/webauthn/"):
        page.goto(path)
        page.wait_for_load_state("networkidle")
    assert said == []


def test_the_menu_signs_out(opened: SignedIn) -> None:
    page = opened("/", user="officer", width=360)
    page.locator("details.menu summary").click()
    page.locator("details.menu button").click()
    page.goto("/")
    expect(page).to_have_url(re.compile("/accounts/login/"))


def test_quick_exit_covers_leaves_and_ends_the_session(opened: SignedIn) -> None:
    page = opened("/ui/", user="officer")
    page.route("https://www.google.com/**", lambda route: route.fulfill(body="<title>elsewhere</title>"))
    with page.expect_request("**/leave/") as left:
        page.locator("[data-quick-exit]").click()
    page.wait_for_url("https://www.google.com/**")
    assert left.value.method == "POST"
    for _again in range(20):  # the page did not wait for the answer, and neither may whoever leaves
        page.goto("/")
        if "/accounts/login/" in page.url:
            break
        page.wait_for_timeout(100)
    assert "/accounts/login/" in page.url


def test_a_deed_asks_first_with_its_own_verb(opened: SignedIn) -> None:
    page = opened("/ui/", user="officer")
    page.locator("[data-confirm]").click()
    dialog = page.locator("#ask")
    expect(dialog).to_be_visible()
    assert dialog.locator("button").all_inner_texts() == ["Delete", "Cancel"]
    dialog.get_by_text("Cancel").click()
    expect(dialog).to_be_hidden()
    page.locator("[data-confirm]").click()
    with page.expect_navigation():
        dialog.locator("[data-yes]").click()


def test_the_idle_lock_warns_then_covers_and_keeps_what_was_typed(opened: SignedIn) -> None:
    page = opened("/accounts/login/")
    page.clock.install()
    page.locator("form[action='/sign-in/example/officer/'] button").click()
    page.goto("/ui/")
    page.locator("#id_reason").fill("we met, and talked")
    page.clock.fast_forward(15 * 60 * 1000 + 2000)
    expect(page.locator("#idle")).to_be_visible()
    with page.expect_response("**/lock/") as locked:
        page.clock.fast_forward(5 * 60 * 1000)
    assert locked.value.status == 204
    expect(page.locator("#lock")).to_be_visible()
    expect(page.locator("#id_reason")).to_be_hidden()
    assert page.request.get("/", max_redirects=0).status == 302
    with page.expect_response("**/unlock/") as unlocked:
        page.locator("#lock form").first.locator("button").click()
    assert unlocked.value.status == 204
    expect(page.locator("#id_reason")).to_have_value("we met, and talked")
    expect(page.locator("#id_reason")).to_be_visible()


def test_staying_after_the_warning_keeps_the_page_open(opened: SignedIn) -> None:
    page = opened("/accounts/login/")
    page.clock.install()
    page.locator("form[action='/sign-in/example/officer/'] button").click()
    page.goto("/ui/")
    page.clock.fast_forward(15 * 60 * 1000 + 2000)
    with page.expect_response("**/still-here/") as stayed:
        page.locator("#idle button").click()
    assert stayed.value.status == 204
    page.clock.fast_forward(6 * 60 * 1000)
    expect(page.locator("#lock")).to_be_hidden()


def test_what_was_revealed_masks_itself_after_its_time(opened: SignedIn) -> None:
    page = opened("/places/", user="officer")
    page.clock.install()
    page.evaluate(
        """() => {
          const name = document.createElement("span");
          name.id = "revealed"; name.dataset.maskAfter = "60"; name.textContent = "Somebody";
          document.querySelector("main").append(name);
          htmx.process(name); document.dispatchEvent(new Event("DOMContentLoaded"));
        }"""
    )
    page.clock.fast_forward(59_000)
    assert page.locator("#revealed").inner_text() == "Somebody"
    page.clock.fast_forward(2_000)
    assert page.locator("#revealed").inner_text() == "••••"


def test_fonts_scripts_and_styles_come_from_here_and_are_kept_for_good(opened: SignedIn) -> None:
    page = opened("/accounts/login/", language="km")
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    page.reload()
    page.wait_for_load_state("networkidle")
    here = page.url.split("/accounts")[0]
    assert [answer.url for answer in answers if not answer.url.startswith(here)] == []
    static = [answer for answer in answers if "/static/" in answer.url]
    assert {answer.headers.get("cache-control") for answer in static} == {"max-age=315360000, public, immutable"}
