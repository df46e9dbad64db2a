"""What an activity, its attendance and its counts may say (domain.md section 1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from samaki.kernel.errors import DomainError, Invalid

ALL = ("all", "all")
LARGEST_COUNT = 1_000_000
# A person has one gender answer and one age band, so their counts add up; she may belong to several groups or none.
ADDING_UP = ("gender", "age_band")
DIMENSIONS = frozenset({"all", "gender", "age_band", "rightsholder_group", "id_poor", "ethnicity", "disability"})
Counts = Mapping[tuple[str, str], int]


@dataclass(frozen=True)
class SessionPlan:
    """One sitting of an activity."""

    held_on: dt.date
    title_km: str = ""
    title_en: str = ""


def date_faults(
    starts_on: dt.date, ends_on: dt.date, sessions: Sequence[SessionPlan], *, is_held: bool, on: dt.date
) -> Iterator[DomainError]:
    """Faults of an activity's dates. One that is only planned may lie ahead."""
    if ends_on < starts_on:
        yield Invalid("dates_out_of_order", _("The last day is before the first."), field="ends_on")
    if is_held and ends_on > on:
        yield date_in_future("ends_on")
    if not sessions:
        yield Invalid("session_wanted", _("An activity has at least one session."), field="sessions")
    if any(not starts_on <= session.held_on <= ends_on for session in sessions):
        yield Invalid("session_outside", _("A session lies outside the days of the activity."), field="sessions")
    if [session.held_on for session in sessions] != sorted(session.held_on for session in sessions):
        yield Invalid(
            "sessions_out_of_order", _("A session is dated before the session ahead of it."), field="sessions"
        )


def date_in_future(field: str) -> Invalid:
    return Invalid(
        "date_in_future", _("This date has not come yet. Please choose today or an earlier day."), field=field
    )


def not_born(people: Sequence[int]) -> Invalid:
    """Of a session dated before these people were born."""
    return Invalid(
        "not_yet_born",
        _("%(count)s people were born after this day. Please check the date and the years of birth."),
        field="people",
        count=len(people),
        people=sorted(people),
    )


def count_faults(counts: Counts, *, named: int = 0) -> Iterator[DomainError]:
    """Faults of one session's anonymous counts, keyed by dimension and value.

    Where `named` people are on the session's list, the total, gender and age count those who are not on it; the other
    dimensions tell of everyone there.
    """
    if not counts:
        yield Invalid("counts_wanted", _("Please enter the number of participants."), field="counts")
    for (dimension, _value), count in counts.items():
        if dimension not in DIMENSIONS:
            yield Invalid("unknown_dimension", _("There is no such count."), field=dimension)
        if not 0 <= count <= LARGEST_COUNT:
            yield Invalid("count_out_of_range", _("A count is 0 or more."), field=dimension)
    total = counts.get(ALL)
    if total is None:
        return
    for dimension in ADDING_UP:
        parts = [count for (name, _value), count in counts.items() if name == dimension]
        if parts and sum(parts) != total:
            yield Invalid(
                "counts_do_not_add_up",
                _("The counts add up to %(sum)s but the total is %(total)s. Please check again."),
                field=dimension,
                sum=sum(parts),
                total=total,
            )
    for (dimension, _value), count in counts.items():
        if dimension not in ADDING_UP and count > total + named:
            yield Invalid(
                "part_above_whole",
                _("%(part)s of %(whole)s: the part is larger than the whole. Please check again."),
                field=dimension,
                part=count,
                whole=total + named,
            )
