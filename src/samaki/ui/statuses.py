"""Every status a page shows: a word, a shape and a colour, so that none of the three has to be seen."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Tone(StrEnum):
    GOOD = "good"
    WAIT = "wait"
    WARN = "warn"
    BAD = "bad"
    PLAIN = "plain"


@dataclass(frozen=True)
class Status:
    word: str | Promise
    tone: Tone


RING = '<circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="2"/>'

# A filled disc, a half disc, a triangle, a diamond and a ring: told apart without colour and at 12 px.
SHAPES = {
    Tone.GOOD: '<circle cx="8" cy="8" r="7"/>',
    Tone.WAIT: '<path d="M8 1a7 7 0 0 0 0 14z"/>' + RING,
    Tone.WARN: '<path d="M8 1l7.5 14H.5z"/>',
    Tone.BAD: '<path d="M8 0l8 8-8 8-8-8z"/>',
    Tone.PLAIN: RING,
}

STATUSES = {
    "draft": Status(_("Draft"), Tone.PLAIN),
    "open": Status(_("Open (reporting period)"), Tone.PLAIN),
    "submitted": Status(_("Submitted"), Tone.WAIT),
    "returned": Status(_("Returned for correction"), Tone.WARN),
    "verified": Status(_("Verified"), Tone.GOOD),
    "locked": Status(_("Locked"), Tone.GOOD),
    "open_for_correction": Status(_("Open for a correction"), Tone.WARN),
    "superseded": Status(_("Replaced by a later version"), Tone.PLAIN),
    "not_locked": Status(_("Not locked"), Tone.PLAIN),
    "second_step": Status(_("Second step set up"), Tone.GOOD),
    "closed": Status(_("Account closed"), Tone.PLAIN),
    "refused": Status(_("Refused"), Tone.BAD),
    "pending": Status(_("Pending"), Tone.WAIT),
    "in_progress": Status(_("In progress"), Tone.WAIT),
    "completed": Status(_("Completed"), Tone.GOOD),
    "planned": Status(_("Planned"), Tone.PLAIN),
    "held": Status(_("Held"), Tone.GOOD),
    "cancelled": Status(_("Cancelled"), Tone.PLAIN),
    "on_time": Status(_("On time"), Tone.GOOD),
    "late": Status(_("Late"), Tone.WARN),
    "overdue": Status(_("Overdue"), Tone.BAD),
    "missing": Status(_("Not received"), Tone.BAD),
    "active": Status(_("Active"), Tone.GOOD),
    "expired": Status(_("Expired"), Tone.WARN),
    "unknown": Status(_("Unknown"), Tone.PLAIN),
    "not_recorded": Status(_("Not recorded"), Tone.PLAIN),
    "not_started": Status(_("Not started"), Tone.PLAIN),
    "done": Status(_("Done"), Tone.GOOD),
    "published": Status(_("Published"), Tone.GOOD),
    "improved": Status(_("Improved"), Tone.GOOD),
    "stopped": Status(_("Stopped (violence)"), Tone.GOOD),
    "unchanged": Status(_("Unchanged"), Tone.PLAIN),
    "worse": Status(_("Worse"), Tone.BAD),
}
