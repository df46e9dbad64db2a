"""What goes wrong with phones in villages: full, shared, locked, updated midway, with a clock of another year."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.browser.passing import passing_to
from tests.browser.phone import OTHER_PIN, PIN, Phone, a_phone, submissions
from tests.browser.test_field_offline import tally_to_its_counts

ALL = """async () => {
  const got = (asked) => new Promise((done) => { asked.onsuccess = () => done(asked.result); });
  const base = await got(indexedDB.open("samaki-field"));
  const read = (name) => got(base.transaction(name).objectStore(name).getAll());
  const bytes = (_key, one) => (one instanceof Uint8Array ? new TextDecoder().decode(one) : one);
  const found = JSON.stringify(await read("users"), bytes) + JSON.stringify(await read("items"), bytes);
  base.close();
  const kept = [];
  for (const name of await caches.keys()) {
    for (const asked of await (await caches.open(name)).keys()) kept.push(new URL(asked.url).pathname);
  }
  return { found, kept };
}"""
WATCH = """() => {
  const put = IDBObjectStore.prototype.put;
  window.saved = [];
  IDBObjectStore.prototype.put = function (record) {
    this.transaction.addEventListener("complete", () => window.saved.push(performance.now() - window.typed));
    return put.call(this, record);
  };
  document.getElementById("contacts").addEventListener("input", () => { window.typed = performance.now(); }, true);
}"""
# Chromium overrides no quota in a context of its own, so the browser's database says itself that the disk is full.
FULL = """() => {
  window.put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = () => { throw new DOMException("full", "QuotaExceededError"); };
}"""
OLD_CLOCK = """{
  const now = Date.now, Was = Date, ago = 400 * 86400000;
  globalThis.Date = class extends Was {
    constructor(...given) { if (given.length) super(...given); else super(now() - ago); }
    static now() { return now() - ago; }
  };
}"""


def counts(phone: Phone, number: str) -> None:
    phone.tap("form button.big")
    phone.page.locator("#contacts").fill(number)


def test_what_is_typed_is_saved_within_200_ms_and_sealed(browser: Browser, field_site: str) -> None:
    with a_phone(browser, field_site) as phone:
        phone.join("facilitator")
        tally_to_its_counts(phone, 0)
        phone.tap("form button.big")
        phone.page.evaluate(WATCH)
        phone.page.locator("#contacts").press_sequentially("73519", delay=60)
        phone.page.wait_for_timeout(500)
        took = phone.page.evaluate("window.saved")
        print(f"saved after {max(took):.0f} ms at most, {len(took)} times")
        assert len(took) > 0 and max(took) <= 200
        phone.page.reload()
        phone.unlock()
        expect(phone.page.locator("#contacts")).to_have_value("73519")
        held = phone.page.evaluate(ALL)
        for secret in ("73519", PIN, "ទេព", "វគ្គក្រុមរៀនសូត្រ", "phone-", "samaki-outreach_tally"):
            assert secret not in held["found"], secret
        assert [path for path in held["kept"] if re.match("/field/(data|send|me|phone)", path)] == []


def test_a_full_phone_says_so_and_loses_nothing(browser: Browser, field_site: str) -> None:
    with a_phone(browser, field_site) as phone:
        phone.join("facilitator")
        tally_to_its_counts(phone, 0)
        phone.tap("form button.big")
        phone.page.locator("#contacts").fill("4")
        phone.page.evaluate(FULL)
        phone.page.locator("#contacts").fill("45")
        expect(phone.page.locator("#trouble")).to_contain_text("អស់កន្លែងទុក")
        expect(phone.page.locator("#contacts")).to_have_value("45")
        phone.page.evaluate("() => { IDBObjectStore.prototype.put = window.put; }")
        phone.page.locator("#contacts").fill("456")
        expect(phone.page.locator("#trouble")).to_be_hidden()
        phone.page.reload()
        phone.unlock()
        expect(phone.page.locator("#contacts")).to_have_value("456")


def test_signing_out_warns_and_keeps_the_outbox_for_her(browser: Browser, field_site: str, data_folder: Path) -> None:
    before = submissions(data_folder)
    with passing_to(field_site) as passing, a_phone(browser, passing.url) as phone:
        phone.join("facilitator")
        phone.offline()
        tally_to_its_counts(phone, 4)
        counts(phone, "8")
        phone.tap("form button.big")
        phone.tap("button.big")
        expect(phone.page.locator("#unsent .status.warn")).to_be_visible()
        passing.lose_answers = 1000
        phone.online()
        phone.page.goto("/")  # the site's own pages tell of it too, and ask before signing out
        expect(phone.page.locator("[data-unsent]")).to_contain_text("1")
        phone.page.locator("details.menu summary").click()
        phone.page.locator("details.menu button").click()
        expect(phone.page.locator("#ask")).to_contain_text("1")
        phone.page.locator("#ask [data-yes]").click()
        expect(phone.page).to_have_url(re.compile("/accounts/"))
        passing.lose_answers = 0
        phone.open()
        expect(phone.page.locator("#unsent .status.good")).to_be_visible(timeout=30_000)
    assert len(submissions(data_folder)) == len(before) + 1


def test_the_app_asks_before_it_signs_out_with_records_unsent(browser: Browser, field_site: str) -> None:
    with a_phone(browser, field_site) as phone:
        phone.join("facilitator")
        tally_to_its_counts(phone, 0)
        phone.page.locator("#menu button").nth(2).click()
        expect(phone.page.locator("#ask")).to_contain_text("1")
        phone.page.locator("#ask button").first.click()
        expect(phone.page.locator("#pin")).to_be_visible()
        phone.unlock()
        expect(phone.page.locator(".tasks a")).to_have_count(1)  # the draft is where it was


def test_two_users_share_a_phone_and_see_nothing_of_each_other(browser: Browser, field_site: str) -> None:
    with a_phone(browser, field_site) as phone:
        phone.join("facilitator")
        tally_to_its_counts(phone, 0)
        phone.page.locator("#menu button").first.click()  # lock
        phone.page.locator("#pin").wait_for()
        phone.join_another("coordinator", OTHER_PIN)
        assert phone.page.locator("a[href^='#/fill/']").count() == 0
        phone.page.locator("#menu button").first.click()
        phone.page.locator("#pin").fill(PIN)  # the other's PIN opens nothing of hers
        phone.page.locator("button[type=submit]").click()
        expect(phone.page.locator(".error-summary")).to_be_visible()
        phone.page.locator(".tasks button").click()  # the switcher
        expect(phone.page.locator("#main h1")).to_contain_text("facilitator")
        phone.unlock(PIN)
        phone.page.goto("/field/#/")
        assert phone.page.locator("a[href^='#/fill/']").count() == 1


def test_wrong_pins_wait_longer_and_longer_even_after_the_page_is_closed(browser: Browser, field_site: str) -> None:
    with a_phone(browser, field_site) as phone:
        phone.join("facilitator")
        phone.page.locator("#menu button").first.click()
        for _try in range(3):
            phone.page.locator("#pin").fill("111222")
            phone.page.locator("button[type=submit]").click()
            expect(phone.page.locator(".error-summary")).to_be_visible()
            expect(phone.page.locator("#pin")).to_have_value("")
        phone.killed()
        phone.page.goto("/field/")
        phone.page.locator("#pin").fill(PIN)
        phone.page.locator("button[type=submit]").click()
        expect(phone.page.locator(".error-summary")).to_contain_text(re.compile(r"\d+ វិនាទី"))
        expect(phone.page.locator("#bar")).to_be_hidden()


def test_a_forgotten_pin_is_said_plainly_and_wipes_only_when_asked_twice(browser: Browser, field_site: str) -> None:
    with a_phone(browser, field_site) as phone:
        phone.join("facilitator")
        phone.page.locator("#menu button").first.click()
        phone.page.get_by_text("ភ្លេចលេខសម្ងាត់").click()
        expect(phone.page.locator("#main")).to_contain_text("គ្មានអ្នកណាអាចប្រាប់វិញបានទេ")
        phone.page.locator("button.danger").first.click()
        phone.page.locator("#ask button").nth(1).click()  # no
        phone.page.reload()
        expect(phone.page.locator("#pin")).to_be_visible()
        phone.page.get_by_text("ភ្លេចលេខសម្ងាត់").click()
        phone.page.locator("button.danger").first.click()
        phone.page.locator("#ask button").first.click()
        expect(phone.page.locator("#pin-1")).to_be_visible()
        assert phone.page.evaluate(ALL)["found"] == "[][]"


def test_a_new_version_in_the_middle_of_a_draft_waits_and_loses_nothing(browser: Browser, field_site: str) -> None:
    with passing_to(field_site) as passing, a_phone(browser, passing.url) as phone:
        phone.join("facilitator")
        old = phone.page.locator("html").get_attribute("data-version") or ""
        tally_to_its_counts(phone, 0)
        phone.tap("form button.big")
        phone.page.locator("#contacts").fill("91")
        passing.newer = (old.encode(), b"f" * 16)
        phone.page.evaluate("navigator.serviceWorker.getRegistration().then((one) => one.update())")
        phone.until("(await navigator.serviceWorker.getRegistration()).waiting")
        expect(phone.page.locator("#contacts")).to_have_value("91")  # nothing moved
        phone.page.locator("#contacts").fill("912")
        phone.page.goto("/field/#/")
        phone.page.get_by_text("ប្រើកំណែថ្មី").click()
        expect(phone.page.locator("html")).to_have_attribute("data-version", "f" * 16)
        phone.unlock()
        phone.page.locator("a[href^='#/fill/']").click()
        for _screen in range(3):  # the answers of the screens before stand
            if phone.page.locator("#contacts").count():
                break
            phone.page.locator("[aria-pressed=true], form button.big").first.click()
            phone.page.wait_for_timeout(300)
        expect(phone.page.locator("#contacts")).to_have_value("912")


def test_a_clock_of_another_year_is_told_and_the_servers_day_is_offered(browser: Browser, field_site: str) -> None:
    with a_phone(browser, field_site) as phone:
        phone.page.add_init_script(OLD_CLOCK)
        phone.join("facilitator")
        expect(phone.page.locator("#told")).to_contain_text("ម៉ោងរបស់ទូរស័ព្ទនេះ")
        tally_to_its_counts(phone, 0)
        year = phone.page.evaluate("new Date(performance.timeOrigin).getFullYear()")
        expect(phone.page.locator("#since-year")).to_have_value(str(year))


def test_a_phone_that_was_closed_keeps_its_records_and_says_so(
    browser: Browser, field_site: str, data_folder: Path
) -> None:
    before = submissions(data_folder)
    with a_phone(browser, field_site) as phone:
        phone.join("facilitator")
        phone.offline()
        tally_to_its_counts(phone, 0)
        counts(phone, "6")
        phone.tap("form button.big")
        phone.tap("button.big")
        phone.context.route("**/field/send/**", lambda route: route.fulfill(status=401, json={"title": "closed"}))
        phone.online()
        expect(phone.page.locator("#told")).to_be_visible()
        expect(phone.page.locator("#unsent .status.warn")).to_be_visible()
        assert submissions(data_folder) == before
        phone.context.unroute("**/field/send/**")
        phone.page.locator("#told button").click()  # connect again, as the same user who is signed in to the site
        expect(phone.page.locator("#unsent .status.good")).to_be_visible(timeout=30_000)
    assert len(submissions(data_folder)) == len(before) + 1
