"""The three jobs on a cheap phone: filled in Khmer without a network, the tab killed, opened again, sent once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.passing import passing_to
from tests.browser.phone import Phone, a_phone, submissions

Fill = Callable[[Phone], None]


def session_to_its_counts(phone: Phone) -> None:
    phone.tap("a.button.big")  # Record
    phone.tap(".option")  # the session
    phone.tap_words("វគ្គក្រុមរៀនសូត្រ")
    expect(phone.page.locator("#all")).to_be_visible()


def session_with_counts(phone: Phone) -> None:
    phone.page.locator("#all").fill("១២")
    phone.page.locator("#women").fill("7")
    phone.page.locator("#men").fill("5")
    phone.tap("form button.big")  # Next
    phone.tap("button.big")  # Send


def tally_to_its_counts(phone: Phone, channel: int = 2) -> None:
    """By default house visits: each test its own channel, for the same contacts cannot count twice."""
    phone.tap("a.button.big")
    phone.tap(".option", 1)  # the outreach tally
    phone.tap(".option", channel)
    phone.tap(".option")  # the first place
    expect(phone.page.locator("#since")).to_be_visible()


def tally(phone: Phone) -> None:
    phone.tap("form button.big")  # the date is today
    phone.page.locator("#contacts").fill("24")
    phone.tap("form button.big")
    phone.tap("button.big")


def report_to_its_counts(phone: Phone) -> None:
    phone.tap(".tasks button")  # the month that is due
    expect(phone.page.locator("#sessions_held")).to_be_visible()


def report(phone: Phone) -> None:
    phone.page.locator("#sessions_held").fill("4")
    phone.page.locator("#men_counselled").fill("3")
    phone.tap("form button.big")  # Send


JOBS: dict[str, tuple[str, Fill, Fill, int]] = {
    "session": ("facilitator", session_to_its_counts, session_with_counts, 8),
    "outreach_tally": ("facilitator", tally_to_its_counts, tally, 8),
    "group_month": ("coordinator", report_to_its_counts, report, 2),
}


@pytest.mark.parametrize("job", JOBS)
def test_filled_offline_in_khmer_killed_and_reopened_it_arrives_once(
    browser: Browser, field_site: str, data_folder: Path, job: str
) -> None:
    user, begin, finish, most_taps = JOBS[job]
    before = submissions(data_folder)
    with a_phone(browser, field_site) as phone:
        phone.join(user)
        phone.offline()
        phone.killed()
        phone.open()  # offline, from the phone alone
        phone.taps = 0
        begin(phone)
        address = phone.page.url
        phone.killed()  # in the middle of it
        phone.page.goto(address)
        phone.unlock()
        finish(phone)
        expect(phone.page.locator("h1")).to_have_text("បានរក្សាទុកក្នុងទូរស័ព្ទនេះ")
        print(f"{job}: {phone.taps} taps plus numbers")
        assert phone.taps <= most_taps
        phone.killed()
        phone.open()
        assert "1" in phone.unsent()
        assert submissions(data_folder) == before
        phone.online()
        expect(phone.page.locator("#unsent .status.good")).to_be_visible(timeout=30_000)
        phone.page.goto("/field/#/records")
        arrived = submissions(data_folder)[len(before) :]
        assert [state for _number, _id, state in arrived] == ["handled"]
        expect(phone.page.locator(".card h3").first).to_contain_text(str(arrived[0][0]))


def test_names_of_ones_own_activity_are_ticked_offline(browser: Browser, field_site: str, data_folder: Path) -> None:
    before = submissions(data_folder)
    with a_phone(browser, field_site) as phone:
        phone.join("facilitator")
        phone.offline()
        phone.tap("a.button.big")
        phone.tap(".option")
        phone.tap_words("វគ្គដែលកត់ឈ្មោះ")
        phone.tap("form button.secondary")  # also record names
        phone.tap("form button.big")
        assert phone.page.locator(".ticks label").all_inner_texts() == ["ទេព មុនី", "សុខ រដ្ឋា", "ចាន់ បុប្ផា"]
        phone.tap(".ticks input", 0)
        phone.tap(".ticks input", 2)
        phone.tap("button.big")
        phone.tap("button.big")
        phone.online()
        phone.received()
    assert len(submissions(data_folder)) == len(before) + 1


def test_counts_that_do_not_add_up_are_told_without_a_network_and_nothing_waits_to_be_sent(
    browser: Browser, field_site: str
) -> None:
    with a_phone(browser, field_site) as phone:
        phone.join("facilitator")
        phone.offline()
        phone.tap("a.button.big")
        phone.tap(".option")
        phone.tap_words("ការជួបជុំស្ងៀមស្ងាត់")  # one that no other test records
        expect(phone.page.locator("#all")).to_be_visible()
        phone.page.locator("#all").fill("12")
        phone.page.locator("#women").fill("៧")
        phone.page.locator("#men").fill("4")
        phone.tap("form button.big")
        told = phone.page.locator(".error-summary li")
        assert told.all_inner_texts() == ["ចំនួនបូកគ្នាបាន 11 តែចំនួនសរុបគឺ 12។ សូមពិនិត្យម្តងទៀត។"]
        phone.page.locator("#men").fill("5")
        phone.tap("form button.big")
        expect(phone.page.locator("#all")).to_have_count(0)
        expect(phone.page.locator("#unsent .status.good")).to_be_visible()


def test_a_record_that_was_begun_and_left_untouched_does_not_pile_up(browser: Browser, field_site: str) -> None:
    with a_phone(browser, field_site) as phone:
        phone.join("facilitator")
        phone.tap("a.button.big")
        phone.tap(".option", 1)  # begun, and nothing answered
        phone.page.goto("/field/#/")
        expect(phone.page.locator("a[href='#/jobs']")).to_be_visible()
        expect(phone.page.locator("a[href^='#/fill/']")).to_have_count(0)
        tally_to_its_counts(phone)
        phone.page.goto("/field/#/")
        expect(phone.page.locator("a[href^='#/fill/']")).to_have_count(1)


def test_a_sensitive_activity_offers_counts_and_no_names(browser: Browser, field_site: str) -> None:
    with a_phone(browser, field_site) as phone:
        phone.join("facilitator")
        phone.tap("a.button.big")
        phone.tap(".option")
        phone.tap_words("ការជួបជុំស្ងៀមស្ងាត់")
        expect(phone.page.locator("#all")).to_be_visible()
        assert phone.page.locator("form button.secondary").count() == 0


def test_an_answer_that_was_lost_on_the_way_costs_nothing(browser: Browser, field_site: str, data_folder: Path) -> None:
    before = submissions(data_folder)
    with passing_to(field_site) as passing, a_phone(browser, passing.url) as phone:
        phone.join("facilitator")
        passing.lose_answers = 2
        tally_to_its_counts(phone, 3)
        tally(phone)
        assert phone.received() == submissions(data_folder)[-1][0]
        assert passing.sent == 3
    assert len(submissions(data_folder)) == len(before) + 1


def test_two_quick_taps_on_send_make_one_record(browser: Browser, field_site: str, data_folder: Path) -> None:
    before = submissions(data_folder)
    with a_phone(browser, field_site) as phone:
        phone.join("facilitator")
        tally_to_its_counts(phone, 1)
        phone.tap("form button.big")
        phone.page.locator("#contacts").fill("31")
        phone.tap("form button.big")
        phone.page.get_by_role("button", name="ផ្ញើ", exact=True).wait_for()  # the screen of all answers
        phone.page.evaluate(
            "() => { const send = document.querySelector('#main button.big'); send.click(); send.click(); }"
        )
        phone.received()
    assert len(submissions(data_folder)) == len(before) + 1
