"""What the pages of curricula ask."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from samaki.ground.organisations.models import Organisation
from samaki.strands.learning.models import Curriculum, CurriculumVersion, Material, Module, Review, Theme
from samaki.strands.learning.operations.curricula import LONGEST
from samaki.ui.entries import CountField, DayField
from samaki.ui.templatetags.words import named


class WithThemes(forms.Form):
    themes = forms.MultipleChoiceField(label=_("Themes"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, data: Any, themes: Iterable[Theme], **options: Any) -> None:
        super().__init__(data, **options)
        self.by_key = {theme.key: theme for theme in themes}
        choices = [(key, named(theme)) for key, theme in self.by_key.items()]
        self.fields["themes"].choices = choices  # type: ignore[attr-defined]  # of a ChoiceField
        if not choices:
            del self.fields["themes"]

    def chosen(self) -> list[Theme]:
        return [self.by_key[key] for key in self.cleaned_data.get("themes", ())]


class Titles(WithThemes):
    title_km = forms.CharField(label=_("Title in Khmer"), max_length=200, required=False)
    title_en = forms.CharField(label=_("Title in English"), max_length=200, required=False)
    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)
    field_order = ("title_km", "title_en", "themes", "revision")

    @classmethod
    def of(cls, curriculum: Curriculum, data: Any, themes: Iterable[Theme]) -> Titles:
        held = list(curriculum.themes.all())
        initial = {
            "title_km": curriculum.title_km,
            "title_en": curriculum.title_en,
            "themes": [theme.key for theme in held],
            "revision": curriculum.revision,
        }
        return cls(data, _offered(themes, held), initial=initial)


class ThemeForm(forms.Form):
    theme = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name_km = forms.CharField(label=_("Name in Khmer"), max_length=120, required=False)
    name_en = forms.CharField(label=_("Name in English"), max_length=120, required=False)
    is_current = forms.BooleanField(label=_("Offered for new modules"), required=False, initial=True)


class ModuleForm(WithThemes):
    title_km = forms.CharField(label=_("Title in Khmer"), max_length=200, required=False)
    title_en = forms.CharField(label=_("Title in English"), max_length=200, required=False)
    number = CountField(label=_("Place among the modules"), required=False, min_value=1, max_value=999)
    minutes = CountField(label=_("Length in minutes"), required=False, min_value=1, max_value=10_000)
    aims_km = forms.CharField(
        label=_("Aims in Khmer"), widget=forms.Textarea(attrs={"rows": 3}), max_length=LONGEST, required=False
    )
    aims_en = forms.CharField(
        label=_("Aims in English"), widget=forms.Textarea(attrs={"rows": 3}), max_length=LONGEST, required=False
    )
    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)
    field_order = ("title_km", "title_en", "number", "minutes", "aims_km", "aims_en", "themes", "revision")

    @classmethod
    def of(cls, module: Module | None, data: Any, themes: Iterable[Theme]) -> ModuleForm:
        if module is None:
            return cls(data, themes)
        held = list(module.themes.all())
        parts = ("title_km", "title_en", "number", "minutes", "aims_km", "aims_en", "revision")
        initial = {name: getattr(module, name) for name in parts} | {"themes": [theme.key for theme in held]}
        return cls(data, _offered(themes, held), initial=initial)

    def kept(self) -> dict[str, Any]:
        said = self.cleaned_data
        names = ("title_km", "title_en", "number", "minutes", "aims_km", "aims_en")
        return {name: said[name] for name in names} | {"revision": said["revision"] or 0, "themes": self.chosen()}


class MaterialForm(forms.Form):
    language = forms.ChoiceField(label=_("Language"), choices=Material.Language.choices)
    title = forms.CharField(label=_("Title"), max_length=200, required=False)
    file = forms.FileField(
        label=_("File"), help_text=_("PDF, Word, PowerPoint, Excel, pictures or sound; at most 10 MB.")
    )


class Summary(forms.Form):
    summary_km = forms.CharField(
        label=_("In Khmer"), widget=forms.Textarea(attrs={"rows": 2}), max_length=LONGEST, required=False
    )
    summary_en = forms.CharField(
        label=_("In English"), widget=forms.Textarea(attrs={"rows": 2}), max_length=LONGEST, required=False
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)

    @classmethod
    def of(cls, version: CurriculumVersion, data: Any) -> Summary:
        parts = ("summary_km", "summary_en", "revision")
        return cls(data, initial={name: getattr(version, name) for name in parts})


class Word(forms.Form):
    """What was said, by which office or staff, when."""

    text = forms.CharField(label=_("What was said"), widget=forms.Textarea(attrs={"rows": 3}), max_length=LONGEST)
    said_by = forms.CharField(
        label=_("Said by"),
        max_length=150,
        help_text=_("An office, an organisation or a group of staff. Never the name of a participant."),
    )
    organisation = forms.ChoiceField(label=_("Organisation"), required=False)
    on = DayField(label=_("Date"))

    def __init__(self, data: Any, organisations: Iterable[Organisation], **options: Any) -> None:
        super().__init__(data, **options)
        self.by_key = {one.key: one for one in organisations}
        choices = [("", _("None")), *((key, named(one)) for key, one in self.by_key.items())]
        self.fields["organisation"].choices = choices  # type: ignore[attr-defined]  # of a ChoiceField

    def said(self) -> dict[str, Any]:
        kept = self.cleaned_data
        return {
            "text": kept["text"],
            "said_by": kept["said_by"],
            "on": kept["on"],
            "organisation": self.by_key.get(kept["organisation"]),
        }


class Reply(Word):
    step = forms.ChoiceField(
        label=_("What came of it"),
        choices=[one for one in Review.Step.choices if one[0] != Review.Step.PROPOSED],
        widget=forms.RadioSelect,
    )
    field_order = ("step", "text", "said_by", "organisation", "on")


class AgreeOn(forms.Form):
    on = DayField(label=_("Agreed on"))


class Taught(forms.Form):
    """Which modules of one version each session taught."""

    def __init__(
        self, data: Any, sessions: Iterable[tuple[int, str]], modules: Iterable[Module], **options: Any
    ) -> None:
        super().__init__(data, **options)
        choices = [(str(one.pk), f"{one.number}. {named(one)}") for one in modules]
        self.sessions = [pk for pk, _label in sessions]
        for pk, label in sessions:
            self.fields[f"session_{pk}"] = forms.MultipleChoiceField(
                label=label,
                required=False,
                choices=[*choices, ("0", _("The version; which module is not known"))],
                widget=forms.CheckboxSelectMultiple,
            )

    def taught(self) -> dict[int, list[int]]:
        return {pk: [int(one) for one in self.cleaned_data[f"session_{pk}"]] for pk in self.sessions}


def _offered(themes: Iterable[Theme], held: Iterable[Theme]) -> list[Theme]:
    """The themes in use, and those already marked though no longer in use."""
    return list({theme.pk: theme for theme in (*themes, *held)}.values())
