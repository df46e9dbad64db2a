"""What the field pages say, in both languages at once: the page carries them, for it has no network to ask."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.utils import translation
from django.utils.dates import MONTHS
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WORDS: Mapping[str, str | Promise] = {
    "title": _("Notes (name of the app on a phone)"),
    "other_language": _("Switch to the other language"),
    # Coming in
    "hello": _("Hello {name}"),
    "pin": _("PIN"),
    "open": _("Open (button of the PIN)"),
    "pin_wrong": _("This PIN does not open. Please try again."),
    "pin_wait": _("Too many tries. Please wait {n} seconds, then try again."),
    "pin_forgotten": _("I forgot my PIN"),
    "others": _("Others on this phone"),
    "add_user": _("Add another user"),
    "begin": _("Begin on this phone"),
    "begin_offline": _("To begin, the phone needs the internet once. Please try again where there is a signal."),
    "begin_signed_out": _(
        "Sign in once with your name and password. After that a PIN is enough, also without internet."
    ),
    "sign_in": _("Sign in"),
    "records_nothing": _("With your account nothing is recorded in the field. Please ask who administers it."),
    "pin_choose": _("Choose a PIN, {name}"),
    "pin_why": _(
        "6 to 12 digits. The PIN locks what is on this phone. It is kept nowhere: without it nobody can open what has"
        " not been sent."
    ),
    "pin_new": _("New PIN"),
    "pin_again": _("The same PIN again"),
    "pin_keep": _("Set the PIN"),
    "pin_easy": _("Please choose 6 to 12 digits that are not all alike and not in a row."),
    "pin_differs": _("The two PINs are not the same."),
    "forgotten_why": _(
        "The PIN is kept nowhere and nobody can give it back. What has not been sent cannot be opened without it."
    ),
    "forgotten_unsent": _("{n} records on this phone have not been sent."),
    "forgotten_try": _("Try the PIN again"),
    "forgotten_keep": _("Keep them locked and begin with a new PIN"),
    "forgotten_wipe": _("Delete everything of this user on this phone"),
    "wipe_unsent": _("{n} records that have not been sent will be gone for ever. Delete them?"),
    "wipe_sure": _("Everything of this user on this phone will be deleted."),
    "connected": _("This phone sends for: {names}."),
    "not_secure": _("This page needs a secure address (https). Please ask who runs the site."),
    # First screen
    "work": _("Home"),
    "record": _("Record (button on home)"),
    "record_what": _("What do you want to record?"),
    "due": _("What is due"),
    "due_on": _("Due {day}"),
    "late_since": _("Late, was due {day}"),
    "drafts": _("Begun and not sent"),
    "begun": _("Begun {age}"),
    "records": _("My records"),
    "records_mine": _("My records"),
    "returned_n": _("{n} records came back to be corrected"),
    "no_data": _("The lists of your programme are not on this phone yet. They come when there is internet."),
    "update_ready": _("A new version of this app is ready. What you have written stays."),
    "update": _("Take the new version"),
    # What waits
    "unsent": _("{n} not sent yet, the oldest {age}"),
    "all_sent": _("Everything is sent"),
    "sending": _("Sending…"),
    "send_now": _("Send now"),
    "age_now": _("just now"),
    "age_minutes": _("{n} minutes ago"),
    "age_hours": _("{n} hours ago"),
    "age_days": _("{n} days ago"),
    "clock_wrong": _("The clock of this phone is not right. Please check the date of each record before you send it."),
    "revoked": _("The server no longer lets this phone send. Your records stay on the phone. Please connect again."),
    "connect": _("Connect again"),
    "phone_full": _(
        "The phone’s storage is full. What you see was not saved. Please leave this page open, delete something else"
        " on the phone, then change an entry to save again."
    ),
    "phone_trouble": _("The phone could not do this just now. What was saved before is still there. Please try again."),
    # Filling in
    "next": _("Next"),
    "back": _("Back"),
    "done": _("Done"),
    "skip": _("Skip"),
    "send": _("Send"),
    "check": _("Check your answers"),
    "change": _("Change"),
    "change_of": _("Change: {field}"),
    "please_check": _("Please check"),
    "not_said": _("Not said"),
    "find": _("Search"),
    "yes": _("Yes"),
    "no": _("No"),
    "day": _("Day"),
    "month": _("Month"),
    "year": _("Year"),
    "names": _("Names"),
    "names_also": _("Also record names"),
    "names_also_off": _("Counts only, no names"),
    "can_add": _("You can also tell"),
    "people_n": _("{n} people"),
    "add_one": _("Add somebody"),
    "no_activity": _("Not in this list"),
    "delete_draft": _("Delete this draft"),
    "delete_draft_sure": _("What you wrote here will be gone. Delete it?"),
    "delete": _("Delete"),
    "cancel": _("Cancel"),
    "correct_n": _("Correct no. {n}"),
    "fault_wanted": _("Please fill in: {field}"),
    "fault_count": _("Please write a whole number, 0 or more: {field}"),
    "fault_sum": _("The counts add up to {sum} but the total is {total}. Please check again."),
    "fault_year": _("Please write a year such as 1990: {field}"),
    "fault_date": _("Please choose a date: {field}"),
    "fault_future": _("This date has not come yet. Please choose today or an earlier day."),
    "fault_long": _("Please write less: {field}"),
    # What became of it
    "received_n": _("Received, no. {n}"),
    "received_faults": _("The system has it, but something needs correction:"),
    "on_phone": _("Saved on this phone"),
    "on_phone_sending": _(
        "The system has not received it yet. Please do not clear the phone’s data until you see the word “Received”."
    ),
    "on_phone_why": _("No internet. This work is on the phone and will be sent when there is internet again."),
    "not_taken": _("The system did not take this record. It is still on the phone."),
    "work_back": _("Back to home"),
    "to_send": _("Waiting on this phone"),
    "received": _("Received (heading)"),
    "none_received": _("Nothing has been received from you yet."),
    "fetch": _("Look for news"),
    "number": _("No. {n}"),
    "correct": _("Correct (a returned or locked figure)"),
    "unreadable": _("This record cannot be opened. It stays on the phone."),
    "send_again": _("Send again"),
    "delete_unsent": _("The system has not received this record. Delete it from the phone?"),
    "state_unsent": _("Not sent yet"),
    "state_waiting": _("Waiting for verification"),
    "state_returned": _("Returned for correction"),
    "state_verified": _("Verified"),
    "state_failed": _("To be mended"),
    "state_review": _("To be looked at"),
    "state_deleted": _("Deleted (submission)"),
    # Going
    "lock": _("Lock"),
    "sign_out": _("Sign out"),
    "sign_out_unsent": _(
        "{n} records have not been sent. They stay locked on this phone until you open it with your PIN again."
    ),
}


def both() -> dict[str, dict[str, object]]:
    """Language → key → words, with the names of the months."""
    found: dict[str, dict[str, object]] = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found[language] = {key: str(words) for key, words in WORDS.items()}
            found[language]["months"] = [str(MONTHS[month]) for month in range(1, 13)]
    return found


def named(words: str | Promise, km: str = "") -> dict[str, str]:
    """A label in both languages; `km` is the Khmer of what is a name and not to be translated."""
    found = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found[language] = km if km and language == "km" else str(words)
    return found
