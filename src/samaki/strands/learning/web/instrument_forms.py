"""What the pages of instruments ask: the words of a draft, question by question."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from samaki.ground.programmes.models import Programme
from samaki.strands.learning.models import InstrumentVersion
from samaki.strands.learning.rules.instruments import MOST_ITEMS, TESTS, Band, Choice, Definition, Question
from samaki.ui.entries import CountField, latin_digits
from samaki.ui.templatetags.words import named

BLANK = 2  # questions that can be added at once
SCALES = ("gem", "likert")
AGREEMENT = (
    Choice(1, "មិនយល់ស្របទាល់តែសោះ", "Strongly disagree"),
    Choice(2, "មិនយល់ស្រប", "Disagree"),
    Choice(3, "មិនប្រាកដ", "Not sure"),
    Choice(4, "យល់ស្រប", "Agree"),
    Choice(5, "យល់ស្របទាំងស្រុង", "Strongly agree"),
)


class Words(forms.Form):
    """Titles, and how far each language's wording can be relied on."""

    title_km = forms.CharField(label=gettext_lazy("Title in Khmer"), max_length=200)
    title_en = forms.CharField(label=gettext_lazy("Title in English"), max_length=200)
    wording_km = forms.ChoiceField(
        label=gettext_lazy("Wording in Khmer"), choices=InstrumentVersion.Wording.choices, widget=forms.RadioSelect
    )
    wording_en = forms.ChoiceField(
        label=gettext_lazy("Wording in English"), choices=InstrumentVersion.Wording.choices, widget=forms.RadioSelect
    )
    source = forms.CharField(label=gettext_lazy("Source"), max_length=300, required=False)
    revision = forms.IntegerField(widget=forms.HiddenInput)


class ChoicesField(forms.CharField):
    """Answers to choose from, one a line: number | Khmer | English."""

    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("Answers"),
            help_text=gettext_lazy("One a line: number | Khmer | English"),
            widget=forms.Textarea(attrs={"rows": 4}),
            required=False,
            max_length=4_000,
        )

    def clean(self, value: Any) -> list[Choice]:
        return [_choice(line) for line in str(super().clean(value) or "").splitlines() if line.strip()]


def _choice(line: str) -> Choice:
    number, *words = (part.strip() for part in line.split("|"))
    digits = latin_digits(number)
    if len(words) != 2 or not digits.isdecimal() or len(digits) > 3:
        raise ValidationError(_("Please write each answer as: number | Khmer | English"), code="answers")
    return Choice(int(digits), *words)


class SentencesField(forms.CharField):
    """Sentences, one a line: Khmer | English."""

    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("Sentences"),
            help_text=gettext_lazy("One a line: Khmer | English"),
            widget=forms.Textarea(attrs={"rows": 8}),
            max_length=40_000,
        )

    def clean(self, value: Any) -> list[tuple[str, str]]:
        return [_sentence(line) for line in str(super().clean(value) or "").splitlines() if line.strip()]


def _sentence(line: str) -> tuple[str, str]:
    words = tuple(part.strip() for part in line.split("|"))
    if len(words) != 2 or not all(words):
        raise ValidationError(_("Please write each sentence as: Khmer | English"), code="sentences")
    return words[0], words[1]


class NumbersField(forms.CharField):
    """Numbers from 1, with anything that is no digit between them."""

    def clean(self, value: Any) -> frozenset[int]:
        found = re.findall(r"[0-9]{1,3}", latin_digits(str(super().clean(value) or "")))
        return frozenset(int(number) for number in found)


class BandsField(forms.CharField):
    """Bands, one a line: the points each begins at | Khmer | English."""

    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("Bands of the sum"),
            help_text=gettext_lazy(
                "One a line, lowest first: points it begins at | Khmer | English. Without bands, fifths of the range."
            ),
            widget=forms.Textarea(attrs={"rows": 3}),
            required=False,
            max_length=2_000,
        )

    def clean(self, value: Any) -> tuple[Band, ...]:
        choices = [_choice(line) for line in str(super().clean(value) or "").splitlines() if line.strip()]
        return tuple(Band(one.value, one.km, one.en) for one in choices)


class Item(forms.Form):
    """One question. Left without words in both languages it is taken out."""

    km = forms.CharField(
        label=gettext_lazy("In Khmer"), widget=forms.Textarea(attrs={"rows": 2}), max_length=1_000, required=False
    )
    en = forms.CharField(
        label=gettext_lazy("In English"), widget=forms.Textarea(attrs={"rows": 2}), max_length=1_000, required=False
    )
    choices = ChoicesField()
    right = CountField(label=gettext_lazy("Number of the right answer"), required=False, max_value=999)
    is_reversed = forms.BooleanField(label=gettext_lazy("Reversed: agreeing counts low"), required=False)

    def __init__(self, data: Any, scoring: str, number: int, **options: Any) -> None:
        super().__init__(data, prefix=f"q{number}", **options)
        self.number = number
        if scoring not in TESTS:
            del self.fields["right"]
        if scoring not in SCALES:
            del self.fields["is_reversed"]

    def question(self) -> Question | None:
        said = self.cleaned_data
        if not said["km"] and not said["en"]:
            return None
        return Question(
            said["km"], said["en"], tuple(said["choices"]), said.get("is_reversed", False), said.get("right")
        )


class Begin(forms.Form):
    """A scale of agreement from nothing: all its sentences have the same answers."""

    programme = forms.ChoiceField(label=gettext_lazy("Programme"))
    title_km = forms.CharField(label=gettext_lazy("Title in Khmer"), max_length=200)
    title_en = forms.CharField(label=gettext_lazy("Title in English"), max_length=200)
    choices = ChoicesField()
    sentences = SentencesField()
    reversed_ones = NumbersField(
        label=gettext_lazy("Numbers of the reversed sentences"),
        help_text=gettext_lazy("Where agreeing counts low, such as 2, 5."),
        required=False,
        max_length=200,
    )
    bands = BandsField()
    source = forms.CharField(label=gettext_lazy("Source"), max_length=300, required=False)

    def __init__(self, data: Any, programmes: Sequence[Programme]) -> None:
        super().__init__(data, initial={"choices": _lines(AGREEMENT)})
        self.fields["programme"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            (one.key, named(one)) for one in programmes
        ]
        self.fields["choices"].required = True
        if len(programmes) == 1:
            self.fields["programme"].initial = programmes[0].key
            self.fields["programme"].widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        number, reversed_ones = len(said.get("sentences", ())), said.get("reversed_ones", frozenset())
        if number and any(not 1 <= one <= number for one in reversed_ones):
            self.add_error("reversed_ones", _("There is no sentence with this number."))
        return said

    def definition(self) -> Definition:
        said = self.cleaned_data
        return Definition(
            "",
            "likert",
            said["title_km"].strip(),
            said["title_en"].strip(),
            "own_wording",
            "own_wording",
            said["source"].strip(),
            tuple(
                Question(km, en, tuple(said["choices"]), number in said["reversed_ones"])
                for number, (km, en) in enumerate(said["sentences"], start=1)
            ),
            said["bands"],
        )


class ScaleWords(Words):
    """Of a scale of agreement, its bands too."""

    bands = BandsField()


def words_of(definition: Definition, revision: int, data: Any) -> Words:
    names = ("title_km", "title_en", "wording_km", "wording_en", "source")
    initial = {name: getattr(definition, name) for name in names} | {"revision": revision}
    if definition.scoring != "likert":
        return Words(data, initial=initial)
    bands = [Choice(band.least, band.km, band.en) for band in definition.bands]
    return ScaleWords(data, initial=initial | {"bands": _lines(bands)})


def items_of(definition: Definition, data: Any) -> list[Item]:
    """A form for each question, and a few more for new ones, which begin with the answers of the last."""
    found = [_item(data, definition.scoring, at, one) for at, one in enumerate(definition.questions, start=1)]
    last = definition.questions[-1].choices if definition.questions else ()
    there = len(found)
    for number in range(there + 1, min(there + BLANK, MOST_ITEMS) + 1):
        found.append(Item(data, definition.scoring, number, initial={"choices": _lines(last)}))
    return found


def _item(data: Any, scoring: str, number: int, one: Question) -> Item:
    initial = {
        "km": one.km,
        "en": one.en,
        "choices": _lines(one.choices),
        "right": one.right,
        "is_reversed": one.is_reversed,
    }
    return Item(data, scoring, number, initial=initial)


def _lines(choices: Sequence[Choice]) -> str:
    return "\n".join(f"{one.value} | {one.km} | {one.en}" for one in choices)
