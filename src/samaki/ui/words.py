"""Numbers, dates, periods and money in words, the same on pages, in files and on the command line (khmer.md)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from samaki.kernel.figures import Cell, Figure

Number = int | float | Decimal


APART = {"dropouts": gettext_lazy("Men lost, within these"), "pending": gettext_lazy("Not due yet, within these")}


def number(value: Number | None, digits: int | None = None) -> str:
    """6,322 and 3.5 in both languages; None is the word for unknown, never 0 and never blank."""
    if value is None:
        return _("Unknown")
    if digits is not None:
        return f"{value:,.{digits}f}"
    if value == int(value):
        return f"{int(value):,}"
    return f"{value:,.1f}" if isinstance(value, float) else f"{value:,}"


def ratio(numerator: int | None, denominator: int | None) -> str:
    """Both numbers, then the percentage: 50/76 (65.8%). Without a denominator there is no percentage to print."""
    if numerator is None or denominator is None:
        return _("Unknown")
    if denominator == 0:
        return f"{numerator:,}/0"
    return f"{numerator:,}/{denominator:,} ({percent(numerator, denominator)})"


def percent(numerator: int, denominator: int) -> str:
    """One decimal, rounded half up, from whole numbers so that no float decides a digit. Raises ZeroDivisionError."""
    tenths = (2000 * numerator + denominator) // (2 * denominator)
    return f"{tenths // 10}.{tenths % 10}%"


def mean(value: Number | None, of: int | None) -> str:
    """Two decimals and of how many: 7.71 (n = 40)."""
    return _("Unknown") if value is None or of is None else f"{value:,.2f} (n = {of:,})"


def span(low: Number, high: Number) -> str:
    """A range with its two ends: 36–76."""
    return number(low) if low == high else f"{number(low)}–{number(high)}"


def hidden(reason: str | None) -> str:
    """That a number is not shown: where no other reason stands beside it, because it is too small."""
    too_small = _("Not shown (number too small)")
    return too_small if reason in (None, "", too_small) else _("Not shown")


def figure(figure: Figure | Cell) -> str:
    """The number as it may be shown: hidden and unknown are words, a ratio has both numbers, a range both ends."""
    if figure.suppressed:
        return hidden(figure.reason)
    if figure.scale is not None:
        return mean(figure.value, figure.denominator)
    if figure.denominator is not None:
        return ratio(figure.numerator, figure.denominator)
    if figure.low is not None and figure.high is not None and figure.low != figure.high:
        return span(figure.low, figure.high)
    return number(figure.value)


def counted(value: Number | None, unit: str) -> str:
    """A number with the word for what is counted; contacts are times, so that nobody reads them as persons."""
    if value is None:
        return _("Unknown")
    shown = number(value)
    match unit:
        case "person":
            return pgettext("counted", "%(n)s people") % {"n": shown}
        case "contact":
            return pgettext("counted", "%(n)s contacts") % {"n": shown}
        case "case":
            return pgettext("counted", "%(n)s cases") % {"n": shown}
        case "activity":
            return pgettext("counted", "%(n)s activities") % {"n": shown}
        case "attendance":
            return pgettext("counted", "%(n)s attendances") % {"n": shown}
        case "submission":
            return pgettext("counted", "%(n)s records") % {"n": shown}
        case _other:
            return shown


def day(value: dt.date | dt.datetime | None, *, long: bool = False) -> str:
    """5 March 2024; `long` is the running-text form, which in Khmer names day, month and year."""
    if value is None:
        return _("Unknown")
    if isinstance(value, dt.datetime):
        value = timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    if long and get_language() == "km":
        return f"ថ្ងៃទី {value.day} ខែ{MONTHS[value.month]} ឆ្នាំ {value.year}"
    return f"{value.day} {MONTHS[value.month]} {value.year}"


def moment(value: dt.datetime | None) -> str:
    """5 March 2024, 14:30, in the site's time."""
    if value is None:
        return _("Unknown")
    local = timezone.localtime(value)
    return f"{day(local)} {local:%H:%M}"


def days(first: dt.date | None, last: dt.date | None) -> str:
    """One date, or both ends of a span."""
    if first is None or last is None or first == last:
        return day(first if first is not None else last)
    return f"{day(first)} – {day(last)}"


def period(code: str | None) -> str:
    """2008-03 → March 2008; 2008-Q1 → Quarter 1 2008; None → all time; other codes come back as they are."""
    if not code:
        return _("All time")
    year, _dash, part = code.partition("-")
    if not year.isdigit() or len(year) != 4:
        return code
    if not part:
        return year
    if part[0] == "Q" and part[1:].isdigit():
        return _("Quarter %(n)s %(year)s") % {"n": part[1:], "year": year}
    if part.isdigit() and 1 <= int(part) <= 12:
        return f"{MONTHS[int(part)]} {year}"
    return code


def money(amount: Decimal | None, currency: str) -> str:
    """120,000 ៛ and $30.00: always with the currency."""
    if amount is None:
        return _("Unknown")
    if currency == "KHR":
        return f"{amount:,.0f} ៛"
    if currency == "USD":
        return f"${amount:,.2f}"
    return f"{amount:,.2f} {currency}"


def in_language(texts: Mapping[str, str | Promise]) -> str:
    """The text of the language in use from {"km": …, "en": …}; the other one where it is empty."""
    chosen = get_language() or "km"
    return str(texts.get(chosen) or next((text for text in texts.values() if text), ""))
