"""Reading dates and months as people write them. 5/3/2024 is asked, never guessed, unless the file's order is known."""

from __future__ import annotations

import datetime as dt
import re

from samaki.kernel.tables.cells import as_text, folded, western
from samaki.kernel.tables.kinds import Broken, Reading
from samaki.kernel.tables.reasons import Unreadable

EARLIEST = dt.date(1970, 1, 1)
EARLIEST_YEAR = 1900  # somebody's year of birth
BUDDHIST = 543  # years the Buddhist era is ahead, for most of the year
EXCEL_ZERO = dt.date(1899, 12, 30)
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ][\d:.]+Z?)?")
_SHORT = re.compile(r"(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{4})")
_SHORTER = re.compile(r"(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{2})")
_WORDED = re.compile(r"(?:ថ្ងៃទី)?\s*(\d{1,2})\s*(?:ខែ)?\s*[- ]?([^\W\d_][^\d]*?)\s*(?:ឆ្នាំ)?\s*[-, ]?\s*(\d{4})")
_WORDED_SHORT = re.compile(r"(\d{1,2})\s*[- ]\s*([^\W\d_][^\d]*?)\s*[- ,]\s*(\d{2})")
_WORDED_US = re.compile(r"([A-Za-z]+)\.?\s+(\d{1,2}),?\s+(\d{4})")
_MONTH = re.compile(r"(\d{4})[-/.](\d{1,2})|(\d{1,2})[-/.](\d{4})")
_MONTH_WORDED = re.compile(r"(?:ខែ)?\s*([^\W\d_][^\d]*?)\s*(?:ឆ្នាំ)?\s*[-, ]?\s*(\d{4})")

_MONTHS_EN = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_MONTHS_KM = ["មករា", "កុម្ភៈ", "មីនា", "មេសា", "ឧសភា", "មិថុនា", "កក្កដា", "សីហា", "កញ្ញា", "តុលា", "វិច្ឆិកា", "ធ្នូ"]
MONTHS = {
    **{folded(name): number for number, name in enumerate(_MONTHS_EN, 1)},
    **{folded(name[:3]): number for number, name in enumerate(_MONTHS_EN, 1)},
    **{folded(name): number for number, name in enumerate(_MONTHS_KM, 1)},
    "sept": 9,
    folded("កុម្ភះ"): 2,
    folded("មិនា"): 3,
}


def _date(year: int, month: int, day: int, reading: Reading) -> dt.date:
    if reading.today.year + 100 < year <= reading.today.year + BUDDHIST + 1:
        raise Unreadable("another_era", year=year, meant=year - BUDDHIST)
    try:
        found = dt.date(year, month, day)
    except ValueError:
        raise Unreadable("not_a_date") from None
    if found < EARLIEST:
        raise Unreadable("date_too_early")
    return found


def day(raw: object, reading: Reading) -> dt.date:
    """A date, of the future too: a plan may lie ahead."""
    if isinstance(raw, dt.datetime):
        return _date(raw.year, raw.month, raw.day, reading)
    if isinstance(raw, dt.date):
        return _date(raw.year, raw.month, raw.day, reading)
    if isinstance(raw, Broken):
        raise Unreadable("cell_broken")
    if isinstance(raw, (int, float)) and not isinstance(raw, bool):
        return _numbered(raw)
    if not isinstance(raw, str):
        raise Unreadable("not_a_date")
    written = western(as_text(raw))
    if found := _ISO.fullmatch(written):
        return _date(int(found[1]), int(found[2]), int(found[3]), reading)
    if found := _SHORT.fullmatch(written):
        return _short(int(found[1]), int(found[2]), int(found[3]), reading)
    if found := _SHORTER.fullmatch(written):
        return _shorter(int(found[1]), int(found[2]), int(found[3]), reading)
    if (found := _WORDED.fullmatch(written)) and (month := MONTHS.get(folded(found[2]))):
        return _date(int(found[3]), month, int(found[1]), reading)
    if (found := _WORDED_SHORT.fullmatch(written)) and (month := MONTHS.get(folded(found[2]))):
        return _date(_full_year(int(found[3]), reading), month, int(found[1]), reading)
    if (found := _WORDED_US.fullmatch(written)) and (month := MONTHS.get(folded(found[1]))):
        return _date(int(found[3]), month, int(found[2]), reading)
    raise Unreadable("not_a_date")


def _numbered(number: float) -> dt.date:
    """A bare number is never taken for a date; where Excel would show it as one, that date is offered."""
    if 25_569 <= number <= 73_050 and number == int(number):  # 1970 to 2099
        raise Unreadable("date_is_a_number", day=(EXCEL_ZERO + dt.timedelta(days=int(number))).isoformat())
    raise Unreadable("not_a_date")


def _short(first: int, second: int, year: int, reading: Reading) -> dt.date:
    if first > 12 or first == second:
        return _date(year, second, first, reading)
    if second > 12:
        return _date(year, first, second, reading)
    if reading.day_first is None:
        by_day, by_month = _date(year, second, first, reading), _date(year, first, second, reading)
        raise Unreadable("date_in_two_ways", first=by_day.isoformat(), second=by_month.isoformat())
    return _date(year, second, first, reading) if reading.day_first else _date(year, first, second, reading)


def _shorter(first: int, second: int, last: int, reading: Reading) -> dt.date:
    """12-31-23 can only be read one way; what can be read two ways, a leading year among them, is asked."""
    orders = {(last, second, first): True, (last, first, second): False, (first, second, last): None}
    found = []
    for (year, month, day), day_first in orders.items():
        try:
            date = _date(_full_year(year, reading), month, day, reading)
        except Unreadable:
            continue
        if reading.day_first in (None, day_first) and date not in found:
            found.append(date)
    if not found:
        raise Unreadable("not_a_date")
    if len(found) > 1:
        raise Unreadable("date_in_two_ways", first=found[0].isoformat(), second=found[1].isoformat())
    return found[0]


def _full_year(two_digits: int, reading: Reading) -> int:
    """The latest year so written that is not to come."""
    return two_digits + (2000 if 2000 + two_digits <= reading.today.year else 1900)


def past_day(raw: object, reading: Reading) -> dt.date:
    """A date that has come."""
    found = day(raw, reading)
    if found > reading.today:
        raise Unreadable("date_in_future")
    return found


def month(raw: object, reading: Reading) -> dt.date:
    """The first day of a month that has begun: 2024-03, 3/2024, March 2024, ខែមីនា ឆ្នាំ 2024, or any date within it."""
    found = _month(raw, reading)
    if found > reading.today:
        raise Unreadable("date_in_future")
    return found.replace(day=1)


def _month(raw: object, reading: Reading) -> dt.date:
    if isinstance(raw, str):
        written = western(as_text(raw))
        if found := _MONTH.fullmatch(written):
            return _checked_month(int(found[1] or found[4]), int(found[2] or found[3]), reading)
        if (found := _MONTH_WORDED.fullmatch(written)) and (number := MONTHS.get(folded(found[1]))):
            return _checked_month(int(found[2]), number, reading)
    try:
        return day(raw, reading)
    except Unreadable as unreadable:
        if unreadable.key == "not_a_date":
            raise Unreadable("not_a_month") from None
        raise


def _checked_month(year: int, number: int, reading: Reading) -> dt.date:
    if not 1 <= number <= 12:
        raise Unreadable("not_a_month")
    return _date(year, number, 1, reading)


def year(raw: object, reading: Reading) -> int:
    """A calendar year that has begun."""
    written = western(as_text(raw)).removeprefix("ឆ្នាំ").strip()
    if not re.fullmatch(r"\d{4}", written):
        raise Unreadable("not_a_year")
    found = int(written)
    if found > reading.today.year:
        _date(found, 1, 1, reading)  # says so where the year may be of another era
        raise Unreadable("date_in_future")
    if found < EARLIEST_YEAR:
        raise Unreadable("not_a_year")
    return found
