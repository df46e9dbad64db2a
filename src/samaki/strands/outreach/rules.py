"""What a count of outreach may say (domain.md section 2, Outreach). Contacts are times reached, never persons."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from samaki.kernel.errors import DomainError, Invalid

LARGEST_COUNT = 10_000_000


class TallyRow(NamedTuple):
    """Contacts of one channel at one place from `since` through `until`. The four ids may be None but for the place."""

    place_id: int
    channel: str
    since: dt.date
    until: dt.date
    contacts: int
    campaign_id: int | None = None
    group_id: int | None = None

    @property
    def series(self) -> tuple[int | None, int | None, int, str]:
        """Tallies of one series that share a day would count the same contacts twice."""
        return self.campaign_id, self.group_id, self.place_id, self.channel

    def shares_a_day_with(self, since: dt.date, until: dt.date) -> bool:
        return self.since <= until and since <= self.until


def tally_faults(row: TallyRow, channels: frozenset[str], *, on: dt.date) -> Iterator[DomainError]:
    """Everything that keeps the row from being taken on the date `on`, without looking at the other records."""
    if row.channel not in channels:
        yield Invalid("unknown_channel", _("Please choose one of the channels."), field="channel")
    if row.until < row.since:
        yield Invalid("dates_out_of_order", _("The last day is before the first."), field="until")
    if row.until > on:
        yield Invalid(
            "date_in_future", _("This date has not come yet. Please choose today or an earlier day."), field="until"
        )
    if not 0 <= row.contacts <= LARGEST_COUNT:
        yield Invalid("count_out_of_range", _("A count is 0 or more."), field="contacts")


def double_counts(row: TallyRow, others: list[tuple[dt.date, dt.date]]) -> Invalid | None:
    """The fault of a row that shares days with another tally of its series, or None. The same span is no other tally:
    it is this one, said again."""
    for since, until in others:
        if (since, until) != (row.since, row.until) and row.shares_a_day_with(since, until):
            return Invalid(
                "tally_overlaps",
                _("Contacts from %(since)s to %(until)s are counted already. The same days cannot count twice."),
                field="since",
                since=since,
                until=until,
            )
    return None
