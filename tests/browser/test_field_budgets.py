"""Weight and speed of the field pages at 400 kbps, 400 ms and a quarter of the processor; all figures are printed."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from tests.browser.passing import passing_to
from tests.browser.phone import PIN, SLOW, Phone, a_phone

COLD, WARM = 60 * 1024, 15 * 1024  # bytes
USABLE, OFFLINE = 3_000, 1_000  # ms
SEEN = """new MutationObserver((_changes, watching) => {
  if (!document.querySelector("#main h1")) return;
  window.usableAt = performance.now();
  watching.disconnect();
}).observe(document, { childList: true, subtree: true });"""


def slow(phone: Phone, *, network: bool = True) -> None:
    client = phone.context.new_cdp_session(phone.page)
    client.send("Network.enable")
    if network:
        client.send("Network.emulateNetworkConditions", SLOW)
    client.send("Emulation.setCPUThrottlingRate", {"rate": 4})


def usable(phone: Phone) -> float:
    """Milliseconds from asking for the page to its first screen."""
    expect(phone.page.locator("#main h1")).to_be_visible(timeout=20_000)
    return float(phone.page.evaluate("window.usableAt"))


def opened_again(phone: Phone) -> float:
    phone.page.goto("about:blank")
    phone.page.goto("/field/")
    return usable(phone)


def test_the_first_visit_is_light_and_soon_usable(browser: Browser, field_site: str) -> None:
    with passing_to(field_site) as passing, a_phone(browser, passing.url) as phone:
        phone.page.add_init_script(SEEN)
        phone.sign_in("facilitator")
        phone.page.wait_for_load_state("networkidle")
        phone.context.new_cdp_session(phone.page).send("Network.clearBrowserCache")
        slow(phone)
        passing.bytes = 0
        phone.page.goto("/field/")
        took = usable(phone)
        phone.until("navigator.serviceWorker.controller")
        phone.page.wait_for_load_state("networkidle")
        print(f"cold: {passing.bytes / 1024:.1f} KB with what the worker keeps, usable after {took:.0f} ms")
        assert (passing.bytes <= COLD, took <= USABLE) == (True, True)


def test_the_next_visit_costs_next_to_nothing_and_opens_without_a_network(browser: Browser, field_site: str) -> None:
    with passing_to(field_site) as passing, a_phone(browser, passing.url) as phone:
        phone.page.add_init_script(SEEN)
        phone.join("facilitator")
        phone.page.wait_for_load_state("networkidle")
        slow(phone)
        passing.bytes = 0
        phone.page.goto("/")
        phone.page.goto("about:blank")
        passing.bytes = 0
        phone.page.goto("/field/")
        took = usable(phone)
        phone.unlock(PIN)
        phone.page.wait_for_load_state("networkidle")
        print(f"warm: {passing.bytes / 1024:.1f} KB, usable after {took:.0f} ms")
        assert (passing.bytes <= WARM, took <= USABLE) == (True, True)
        phone.offline()
        took = min(opened_again(phone) for _time in range(3))  # what else the machine does only adds
        print(f"offline: open after {took:.0f} ms, the best of three")
        assert took <= OFFLINE
