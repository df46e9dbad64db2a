"""Form fields of our own: counts and days as people here write them, in Khmer or Latin digits."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

FIRST_YEAR, LAST_YEAR = 1900, 2200  # a year outside is a slip, or of the Buddhist era
_KHMER_DIGITS = {0x17E0 + digit: str(digit) for digit in range(10)}


def latin_digits(text: str) -> str:
    """Khmer digits as 0–9, invisible signs dropped, blanks at the ends cut."""
    return text.translate(_KHMER_DIGITS).replace("\u200b", "").strip()


class CountField(forms.IntegerField):
    """A whole number from 0 up, typed on a number pad; 1,500 is taken, 1.500 is asked about. Empty is unknown."""

    widget = forms.TextInput

    def __init__(self, **options: Any) -> None:
        options.setdefault("min_value", 0)
        super().__init__(**options)
        self.widget.attrs.update({"inputmode": "numeric", "autocomplete": "off", "class": "count"})

    def to_python(self, value: Any) -> int | None:
        text = latin_digits(str(value)) if value not in self.empty_values else ""
        head, *groups = text.split(",")
        if (
            groups
            and head.lstrip("-").isdigit()
            and len(head) <= 3
            and all(len(g) == 3 and g.isdigit() for g in groups)
        ):
            text = head + "".join(groups)
        if "." in text:
            raise ValidationError(_("Please write the whole number without a point, such as 1500."), code="ambiguous")
        return super().to_python(text)


class DayWidget(forms.MultiWidget):
    """Day, month as a word, year: no calendar to be trapped in, and no 5/3/24."""

    template_name = "ui/day.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        number = {"inputmode": "numeric", "autocomplete": "off"}
        months = [("", "")] + [(str(at), name) for at, name in MONTHS.items()]
        super().__init__(
            {
                "day": forms.TextInput({**number, "size": 2, "maxlength": 2, "class": "count"}),
                "month": forms.Select(choices=months),
                "year": forms.TextInput({**number, "size": 4, "maxlength": 4, "class": "count"}),
            },
            attrs,
        )

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """The three parts; an address may also carry the day in one piece, as 2016-12-31."""
        if name in data:
            parts = [part.lstrip("0") for part in str(data[name]).split("-")[::-1]]
            return parts if len(parts) == 3 else [data[name] or None, None, None]
        return super().value_from_datadict(data, files, name)

    def decompress(self, value: Any) -> list[Any]:
        if isinstance(value, str) and value:
            value = dt.date.fromisoformat(value)
        return [value.day, value.month, value.year] if isinstance(value, dt.date) else [None, None, None]


class DayField(forms.MultiValueField):
    """A date from its three parts. A part that is missing is asked for; with `required` False all three may be."""

    widget = DayWidget

    def __init__(self, **options: Any) -> None:
        parts = (CountField(required=False), forms.CharField(required=False), CountField(required=False))
        super().__init__(fields=parts, require_all_fields=False, **options)

    def compress(self, data_list: list[Any]) -> dt.date | None:
        if not data_list or all(part in self.empty_values for part in data_list):
            return None
        day, month, year = data_list
        if day in self.empty_values or month in self.empty_values or year in self.empty_values:
            raise ValidationError(_("Please give day, month and year."), code="incomplete")
        if not FIRST_YEAR <= int(year) <= LAST_YEAR:
            words = _("The year cannot be %(year)s. Of a year of the Buddhist era, take 543 away.")
            raise ValidationError(words, code="year", params={"year": year})
        try:
            return dt.date(int(year), int(month), int(day))
        except ValueError as error:
            raise ValidationError(
                _("There is no such day. Please check day, month and year."), code="invalid"
            ) from error
