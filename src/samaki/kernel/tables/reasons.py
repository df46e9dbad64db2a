"""Why a cell, a row or a file cannot be taken, and what to do: a stable key and two sentences for the reader.

A reason is kept by key and parameters, so the same fault reads in Khmer to one person and in English to another.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from samaki.kernel.registry import Registry


@dataclass(frozen=True)
class Reason:
    """`what` says what stands there, `remedy` what to do; both are %-formatted with the fault's parameters."""

    key: str
    what: Promise
    remedy: Promise


reasons: Registry[Reason] = Registry("reason")


def reason(key: str, what: Promise, remedy: Promise) -> Reason:
    return reasons.register(Reason(key, what, remedy))


class Unreadable(Exception):
    """A cell's content does not read as what its column holds."""

    def __init__(self, key: str, **params: str | int) -> None:
        super().__init__(key)
        self.key = key
        self.params = params


reason("value_missing", _("Nothing is written here."), _("Please write it."))
reason("not_a_count", _("This is not a whole number."), _("Please write a whole number, such as 12."))
reason("not_whole", _("Part of a whole cannot be counted."), _("Please write a whole number, such as 12."))
reason("negative", _("A count cannot be below 0."), _("Please write 0 or more."))
reason("too_large", _("The number is too large to be a count."), _("Please check the number."))
reason(
    "number_in_two_ways",
    _("This can be read as %(first)s or as %(second)s."),
    _("Please write the number without dots or commas."),
)
reason("not_a_date", _("This is not a date."), _("Please write the date as 2024-03-05 (year, month, day)."))
reason(
    "date_in_two_ways",
    _("This date can be read as %(first)s or as %(second)s."),
    _("Please say whether this file writes the day or the month first, or write the date as %(first)s."),
)
reason(
    "date_is_a_number",
    _("This is a number, where a date is expected."),
    _("If the number stands for %(day)s, please write that date."),
)
reason(
    "another_era",
    _("The year %(year)s has not come yet; it may be the Buddhist era."),
    _("Please write the year of the Christian era: %(meant)s."),
)
reason("date_too_early", _("This date is before 1970."), _("Please check the year."))
reason("date_in_future", _("This date has not come yet."), _("Please write today or an earlier day."))
reason("not_a_month", _("This is not a month."), _("Please write the month as 2024-03 (year, month)."))
reason("not_a_year", _("This is not a year."), _("Please write the year with four digits, such as 2024."))
reason("not_an_answer", _("This is not one of the answers."), _("Please write one of: %(allowed)s."))
reason(
    "not_a_number_of_a_person",
    _("This is not the number of a person."),
    _("Please write the number as the list shows it, such as 123."),
)
reason("too_long", _("This is longer than %(most)s characters."), _("Please shorten it."))
reason("cell_broken", _("The formula in this cell has no value."), _("Please write the value itself."))
reason("row_twice", _("The same is written in row %(row)s already."), _("Please keep one of the two rows."))
reason(
    "place_unknown",
    _("There is no place of this name."),
    _("Please check the spelling, or write the code of the place."),
)
reason(
    "place_near",
    _("There is no place of this name."),
    _("Did you mean %(suggestions)s? Please write the name or the code."),
)
reason(
    "place_twice",
    _("Several places have this name: %(suggestions)s."),
    _("Please write the district as well, or the code of the place."),
)
reason("group_unknown", _("Your organisation has no group of this name."), _("Please check the name of the group."))
reason(
    "group_near",
    _("Your organisation has no group of this name."),
    _("Did you mean %(suggestions)s? Please write the name as it stands there."),
)
reason(
    "group_twice",
    _("Several groups have this name: %(suggestions)s."),
    _("Please write the key of the group instead of its name."),
)
