from __future__ import annotations

import datetime as dt

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.utils import translation

from samaki.ui.entries import CountField, DayField

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("typed", "count"), [("12", 12), ("១២", 12), (" 1,500 ", 1500), ("០", 0), ("1\u200b2", 12), ("1,234,567", 1234567)]
)
def test_counts_are_read_in_khmer_and_latin_digits(typed: str, count: int) -> None:
    assert CountField().clean(typed) == count


@pytest.mark.parametrize("typed", ["-1", "1.500", "1,50", "12a", "១.៥", "½"])
def test_what_is_no_count_is_asked_about(typed: str) -> None:
    with pytest.raises(ValidationError):
        CountField().clean(typed)


def test_an_empty_count_is_unknown_and_not_zero() -> None:
    assert CountField(required=False).clean("") is None


class Dated(forms.Form):
    on = DayField()
    until = DayField(required=False)


def dated(**parts: str) -> Dated:
    return Dated({"on_day": "5", "on_month": "3", "on_year": "2024", **parts})


def test_a_day_is_read_from_its_three_parts() -> None:
    form = dated(on_day="៥", on_year="២០២៤")
    assert form.is_valid() is True
    assert form.cleaned_data == {"on": dt.date(2024, 3, 5), "until": None}


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"on_day": "31", "on_month": "2"}, "invalid"),
        ({"on_day": "0"}, "invalid"),
        ({"on_month": ""}, "incomplete"),
        ({"on_day": "", "on_month": "", "on_year": ""}, "required"),
        ({"on_day": "x"}, "invalid"),
        ({"on_month": "March"}, "invalid"),
        ({"on_year": "1300"}, "year"),
        ({"on_year": "២៥៦៩"}, "year"),  # of the Buddhist era
    ],
)
def test_a_day_that_is_none_is_asked_about(parts: dict[str, str], code: str) -> None:
    errors = dated(**parts).errors.as_data()["on"]
    assert [error.code for error in errors] == [code]


def test_a_day_shows_its_month_as_a_word() -> None:
    with translation.override("km"):
        shown = str(Dated(initial={"on": dt.date(2024, 3, 5)})["on"])
    assert '<option value="3" selected>មីនា</option>' in shown


@pytest.mark.parametrize(
    ("address", "day"), [({"on": "2016-12-31"}, dt.date(2016, 12, 31)), ({"on": ""}, None), ({"on": "soon"}, "wrong")]
)
def test_an_address_may_carry_the_day_in_one_piece(address: dict[str, str], day: object) -> None:
    class Asked(forms.Form):
        on = DayField(required=False)

    form = Asked(address)
    assert (form.cleaned_data.get("on") if form.is_valid() else "wrong") == day
