"""A cheap phone in a test: 360 px, Khmer, a tab that can be killed, a network that comes and goes."""

from __future__ import annotations

import contextlib
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Error, Page, expect

PIN = "270591"
OTHER_PIN = "860245"
SLOW = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}  # bytes/s: 400 kbps


class Phone:
    """One phone. `taps` counts what a finger would do after `counting()`."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.page: Page = context.new_page()
        self.taps = 0

    def sign_in(self, user: str) -> None:
        self.page.goto("/accounts/login/")
        self.page.locator(f"form[action='/sign-in/example/{user}/'] button").click()

    def join(self, user: str, pin: str = PIN) -> None:
        """Signs in once and sets a PIN; waits until the app is kept on the phone."""
        self.sign_in(user)
        self.page.goto("/field/")
        self.page.locator("#pin-1").fill(pin)
        self.page.locator("#pin-2").fill(pin)
        self.page.locator("button[type=submit]").click()
        self.inside()
        self.page.evaluate("navigator.serviceWorker.ready")
        self.until("navigator.serviceWorker.controller")

    def join_another(self, user: str, pin: str) -> None:
        """A second user of the same phone, who signs in to the site and adds herself."""
        self.page.goto("/accounts/logout/")
        self.page.locator("main form button").click()
        self.sign_in(user)
        self.page.goto("/field/")
        self.page.locator("#main .button.quiet").last.click()
        self.page.locator("#pin-1").fill(pin)
        self.page.locator("#pin-2").fill(pin)
        self.page.locator("button[type=submit]").click()
        self.inside()

    def inside(self) -> None:
        expect(self.page.locator("#bar")).to_be_visible(timeout=20_000)

    def open(self, pin: str = PIN) -> None:
        """The field pages from their icon, and the PIN."""
        self.page.goto("/field/")
        self.unlock(pin)

    def unlock(self, pin: str = PIN) -> None:
        self.page.locator("#pin").fill(pin)
        self.page.locator("button[type=submit]").click()
        self.inside()

    def until(self, expression: str) -> None:
        """Waits for it in the page itself: the site's policy lets nobody evaluate text there."""
        self.page.evaluate(
            "async () => { while (!(" + expression + ")) await new Promise((done) => setTimeout(done, 50)); }"
        )

    def killed(self) -> None:
        """The tab dies without a word, as when the phone wants its memory back; a new one is opened."""
        dead = self.page
        with contextlib.suppress(Error):
            dead.goto("chrome://crash", timeout=5_000)
        self.page = self.context.new_page()
        dead.close()

    def offline(self) -> None:
        self.context.set_offline(True)

    def online(self) -> None:
        self.context.set_offline(False)

    def tap(self, selector: str, nth: int = 0) -> None:
        """An option of a list leads to the next screen: a finger waits for it."""
        heading = self.screen
        self.page.locator(selector).nth(nth).click()
        self.taps += 1
        if selector == ".option":
            expect(self.page.locator("#main h1")).not_to_have_text(heading, timeout=15_000)

    def tap_words(self, words: str | re.Pattern[str]) -> None:
        self.page.locator("#main").get_by_text(words).first.click()
        self.taps += 1

    @property
    def screen(self) -> str:
        return self.page.locator("#main h1").inner_text()

    def received(self) -> int:
        """Waits for the server's number."""
        told = self.page.locator("#main h1", has_text=re.compile(r"(បានទទួលហើយ លេខ|Received, no\.) \d+"))
        expect(told).to_be_visible(timeout=30_000)
        return int(re.sub(r"\D", "", told.inner_text()))

    def unsent(self) -> str:
        return self.page.locator("#unsent").inner_text()


@contextmanager
def a_phone(browser: Browser, base_url: str, *, language: str = "km", width: int = 360) -> Iterator[Phone]:
    context = browser.new_context(base_url=base_url, viewport={"width": width, "height": 740}, locale=language)
    context.add_cookies([{"name": "django_language", "value": language, "url": base_url}])
    try:
        yield Phone(context)
    finally:
        context.close()


def submissions(folder: Path) -> list[tuple[int, str, str]]:
    """What the server holds: number, instance id, state."""
    with contextlib.closing(sqlite3.connect(folder / "samaki.sqlite3", timeout=30)) as base:
        return base.execute("SELECT id, instance_id, state FROM fieldforms_submission ORDER BY id").fetchall()
