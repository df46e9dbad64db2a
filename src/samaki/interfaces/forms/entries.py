"""The entries of these pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from samaki.engines.fieldforms.models import Form, FormVersion
from samaki.engines.fieldforms.xlsforms.faults import Fault
from samaki.ground.organisations.models import Organisation
from samaki.ground.programmes.models import Programme
from samaki.ui.templatetags.words import named

Where = tuple[Programme, Organisation | None]


class SendForm(forms.Form):
    where = forms.ChoiceField(label=_("Who fills it in"))
    file = forms.FileField(
        label=_("Workbook of the form"),
        help_text=_("An XLSForm: .xlsx, .xls or .csv. Nothing is offered to phones before you publish it."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xlsm,.xls,.csv"}),
        allow_empty_file=True,
    )
    is_sensitive = forms.BooleanField(
        label=_("It asks what only named staff may read (cases, testimony, vetting)"),
        help_text=_("Phone apps keep answers unlocked, so such a form is never offered to them."),
        required=False,
    )

    def __init__(self, *args: object, places: Sequence[Where], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passes on what it was given
        choices = [(_key(where), _label(where)) for where in places]
        field = self.fields["where"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices if len(choices) == 1 else [("", _("Please choose")), *choices]
        if len(choices) == 1:
            field.widget = forms.HiddenInput()
            field.initial = choices[0][0]


def _key(where: Where) -> str:
    return f"{where[0].key}/{where[1].key if where[1] else ''}"


def _label(where: Where) -> str:
    return f"{named(where[0])} – {named(where[1]) if where[1] else _('all of its organisations')}"


class DescribeForm(forms.Form):
    title_km = forms.CharField(label=_("Title in Khmer"), max_length=200)
    title_en = forms.CharField(label=_("Title in English"), max_length=200)
    is_sensitive = forms.BooleanField(
        label=_("It asks what only named staff may read (cases, testimony, vetting)"), required=False
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)

    @classmethod
    def of(cls, form: Form, data: QueryDict | None = None) -> DescribeForm:
        initial = {name: getattr(form, name) for name in ("title_km", "title_en", "is_sensitive", "revision")}
        return cls(data, initial=initial)


class PublishForm(forms.Form):
    """One reason for each question that seems to ask what is never stored; fields are named by place."""

    def __init__(self, data: QueryDict | None, faults: Iterable[Fault]) -> None:
        super().__init__(data)
        self.asked = [(place, fault) for place, fault in enumerate(faults) if fault.open]
        for place, fault in self.asked:
            self.fields[f"why_{place}"] = forms.CharField(
                label=_("Why it does not ask that"),
                help_text=f"{fault.what}",
                max_length=300,
            )

    def answers(self) -> dict[int, str]:
        return {place: self.cleaned_data[f"why_{place}"] for place, _fault in self.asked}


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class MediaForm(forms.Form):
    files = forms.FileField(  # type: ignore[assignment]  # an entry named as what it takes
        label=_("Files that go with the form"),
        help_text=_("Pictures, sound and CSV tables, named as the form names them; at most 10 MB each."),
        widget=ManyFiles(attrs={"multiple": True}),
        required=False,
    )


class WhyForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=300)


class CorrectForm(forms.Form):
    question = forms.ChoiceField(label=_("Answer to correct"))
    value = forms.CharField(label=_("What it should say"), max_length=10_000, required=False)
    reason = forms.CharField(label=_("Reason"), max_length=300)

    def __init__(self, data: QueryDict | None, choices: Sequence[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["question"].choices = [("", _("Please choose")), *choices]  # type: ignore[attr-defined]  # of a ChoiceField


class TakeAsForm(forms.Form):
    version = forms.ChoiceField(label=_("Read it as this version"))

    def __init__(self, data: QueryDict | None, versions: Iterable[FormVersion]) -> None:
        super().__init__(data)
        self.fields["version"].choices = [(str(one.pk), one.version) for one in versions]  # type: ignore[attr-defined]  # of a ChoiceField
