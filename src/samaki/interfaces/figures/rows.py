"""The rows behind a figure as a table for people: keys in words, each noun a link to its page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.urls import reverse
from django.utils.translation import gettext as _

from samaki.engines.reports import labels
from samaki.ground.activities.models import Activity
from samaki.kernel.figures import RecordPage
from samaki.ui import words
from samaki.ui.tables import Column, Entry, Table, entry

WORDED = frozenset(
    {"gender", "age_band", "organisation", "group", "channel", "campaign", "judged", "physical", "kind", "timeliness"}
)
NEED_NOT_BE = frozenset({"group", "campaign", "origin"})  # a row may well have none
LINKED = {"person": "person", "activity": "activity", "group": "group", "place": "place"}


def table(page: RecordPage, caption: str, measure: str) -> Table:
    """As the page of rows, with its columns in their order. One look-up for each kind of noun, however many rows."""
    known = {key: _in_words(key, page, measure) for key, _label in page.columns}
    numeric = {key for key, _label in page.columns if key not in LINKED and _all_numbers(key, page)}
    return Table(
        caption,
        [Column(label, key in numeric) for key, label in page.columns],
        [[_entry(key, row.get(key), known[key]) for key, _label in page.columns] for row in page.rows],
    )


def _in_words(key: str, page: RecordPage, measure: str) -> Mapping[str, str]:
    found = {str(row[key]) for row in page.rows if row.get(key) not in (None, "")}
    if key == "place":
        return labels.values("village", measure, found)
    if key == "activity":
        titles = Activity.objects.filter(key__in=found).values_list("key", "title_km", "title_en")
        return {one: words.in_language({"km": km, "en": en}) for one, km, en in titles}
    return labels.values(key, measure, found) if key in WORDED else {}


def _entry(key: str, value: object, known: Mapping[str, str]) -> Entry:
    if isinstance(value, bool):
        return Entry(_("Included") if value else _("Not included"))
    if value is None or value == "":
        return Entry("–" if key in NEED_NOT_BE else words.number(None))
    if key == "origin":
        return _came_from(str(value))
    if key == "month":
        return Entry(words.period(str(value)))
    if isinstance(value, dt.date):
        return Entry(words.day(value))
    text = known.get(str(value))
    href = reverse(LINKED[key], args=[value]) if key in LINKED else ""
    return Entry(text if text is not None else entry(value).text, href)


def _came_from(origin: str) -> Entry:
    """What a record was made of: a form that was sent opens; the others are told."""
    way, _colon, number = origin.partition(":")
    if way == "submission":
        return Entry(_("Form no. %(number)s") % {"number": number}, reverse("submission", args=[int(number)]))
    ways = {"import": _("Spreadsheet"), "page": _("Page"), "demo": _("Example data")}
    return Entry(ways.get(way, way))


def _all_numbers(key: str, page: RecordPage) -> bool:
    values = [row.get(key) for row in page.rows]
    return bool(values) and all(isinstance(one, (int, float)) and not isinstance(one, bool) for one in values)
