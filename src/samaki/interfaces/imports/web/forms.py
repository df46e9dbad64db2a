"""The forms of import: a file and for whom; what its headings mean."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from samaki.ground.organisations.models import Organisation
from samaki.ground.programmes.models import Programme
from samaki.interfaces.imports.reading.rows import SeenHeading
from samaki.kernel.tables import TableKind
from samaki.ui import words

DATE_ORDERS = (
    ("", _("All dates are written so that they read one way")),
    ("day", _("Day first: 5/3/2024 is 5 March")),
    ("month", _("Month first: 5/3/2024 is 3 May")),
)


class UploadForm(forms.Form):
    where = forms.ChoiceField(label=_("Programme and organisation"))
    file = forms.FileField(
        label=_("File"),
        help_text=_("Excel workbook (.xlsx) or CSV. Nothing is saved before you have seen the result."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv,.txt,.tsv"}),
        allow_empty_file=True,
    )

    def __init__(self, *args: object, places: Sequence[tuple[Programme, Organisation]], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passes on what it was given
        choices = [
            (f"{programme.key}/{organisation.key}", f"{_named(programme)} – {_named(organisation)}")
            for programme, organisation in places
        ]
        field = self.fields["where"]
        assert isinstance(field, forms.ChoiceField)
        if len(choices) == 1:
            field.widget = forms.HiddenInput()
            field.initial = choices[0][0]
        field.choices = choices if len(choices) == 1 else [("", _("Please choose")), *choices]


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Why do you open these records?"), max_length=300)


def _named(thing: Programme | Organisation) -> str:
    other = thing.name_en if isinstance(thing, Programme) else thing.name_latin
    return words.in_language({"km": thing.name_km, "en": other})


class ColumnsForm(forms.Form):
    """One choice a heading; `headings` gives the heading of each field."""

    def __init__(
        self, *args: object, kind: TableKind, seen: Sequence[SeenHeading], day_first: bool | None, corrections: bool,
        **kwargs: object,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passes on what it was given
        choices = [("", _("This column is not read"))] + [
            (column.key, f"{column.label} *" if column.required else column.label) for column in kind.columns
        ]
        self.headings: dict[str, str] = {}
        for number, heading in enumerate(seen):
            name = f"heading_{number}"
            self.headings[name] = heading.heading
            shown = ", ".join(heading.samples)
            self.fields[name] = forms.ChoiceField(
                label=heading.heading,
                choices=choices,
                required=False,
                initial=heading.key or heading.suggested,
                help_text=_("Such as: %(samples)s") % {"samples": shown} if shown else "",
            )
        self.fields["date_order"] = forms.ChoiceField(
            label=_("How this file writes dates"),
            choices=DATE_ORDERS,
            required=False,
            initial={True: "day", False: "month", None: ""}[day_first],
            widget=forms.RadioSelect,
        )
        if any(column.key == "correction" for column in kind.columns):
            self.fields["corrections"] = forms.BooleanField(
                label=_("This file corrects counts that were received before"), required=False, initial=corrections
            )

    def chosen(self) -> dict[str, str]:
        """Heading → column key, "" for one that is not read."""
        return {heading: self.cleaned_data[name] for name, heading in self.headings.items()}

    def day_first(self) -> bool | None:
        return {"day": True, "month": False}.get(self.cleaned_data["date_order"])
