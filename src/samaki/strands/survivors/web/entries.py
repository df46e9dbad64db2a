"""What is typed on the pages of this side."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.ground.services.models import Service
from samaki.strands.survivors.models import HerFollowUp
from samaki.strands.survivors.operations import Wish
from samaki.strands.survivors.rules import (
    ALWAYS,
    LONGEST_TEXT,
    WINDOWS,
    ConsentHow,
    Field,
    Level,
    Marker,
    Purpose,
    Said,
    Told,
    Value,
    Violence,
)
from samaki.ui.entries import DayField
from samaki.ui.templatetags.words import named

LEVELS = {Level.STANDARD: _("Standard (risk)"), Level.HIGH: _("High (risk)")}
MARKERS = {
    Marker.STRANGULATION: _("He strangled or choked her"),
    Marker.THREAT_TO_KILL: _("He threatened to kill"),
    Marker.WEAPON: _("He has or used a weapon"),
    Marker.SEPARATION: _("They separate, or she wants to"),
    Marker.PREGNANCY: _("She is pregnant"),
    Marker.ESCALATION: _("It happens more often, or gets worse"),
}
VIOLENCE = {
    Violence.PHYSICAL: _("Physical violence"),
    Violence.SEXUAL: _("Sexual violence"),
    Violence.PSYCHOLOGICAL: _("Psychological violence"),
    Violence.ECONOMIC: _("Economic violence"),
}
VALUES = {
    Value.WORSE: _("Worse"),
    Value.UNCHANGED: _("Unchanged"),
    Value.IMPROVED: _("Improved"),
    Value.STOPPED: _("Stopped (violence)"),
}
FIELDS = {
    Field.CODE: _("Code"),
    Field.SERVICE_WANTED: _("Service wanted"),
    Field.HOW: _("How she may safely be reached"),
    Field.WHEN: _("When she may be reached"),
    Field.DO_NOT_CALL: _("Do not call"),
}
PURPOSES = {
    Purpose.SAFETY: _("Safety"),
    Purpose.HEALTH: _("Health"),
    Purpose.LAW: _("Law and rights"),
    Purpose.LIVELIHOOD: _("Work and income"),
    Purpose.CHILDREN: _("Her children"),
}
CONSENTS = {
    ConsentHow.SPOKEN: _("Spoken"),
    ConsentHow.SIGNED: _("Signed"),
    ConsentHow.THUMBPRINT: _("Thumbprint with a witness"),
}
VIOLENT = {"": _("Not known"), "no": _("No"), "yes": _("Yes")}
_TEXT = {"rows": 2, "autocomplete": "off"}


class About(forms.Form):
    """How and when she may safely be reached; the code of his case where it is known."""

    how = forms.CharField(
        label=FIELDS[Field.HOW],
        widget=forms.Textarea(attrs=_TEXT),
        max_length=LONGEST_TEXT,
        help_text=_("For example through whom, or that she comes by herself."),
    )
    when = forms.CharField(
        label=FIELDS[Field.WHEN], required=False, max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    do_not_call = forms.BooleanField(label=FIELDS[Field.DO_NOT_CALL], required=False)
    case_code = forms.CharField(
        label=_("Code of his case, where you know it"),
        required=False,
        max_length=40,
        help_text=_("Kept sealed here, and nowhere else."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=LONGEST_TEXT, widget=forms.Textarea(attrs=_TEXT))
    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def said(self) -> Said:
        names = ("how", "when", "do_not_call", "case_code", "note")
        return Said(**{name: self.cleaned_data[name] for name in names})


class NewFile(About):
    """`where` is asked only of somebody who works for several services or programmes."""

    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        help_text=_("The code of your service. Please write no name."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    opened_on = DayField(label=_("Opened on"))
    where = forms.ChoiceField(label=_("Service and programme"), required=False)
    field_order = ("where", "code", "opened_on")

    def __init__(self, data: Any, places: Iterable[tuple[str, str]]) -> None:
        super().__init__(data, initial={"opened_on": timezone.localdate()})
        listed = list(places)
        self.fields["where"].choices = listed  # type: ignore[attr-defined]  # of a ChoiceField
        if len(listed) == 1:
            del self.fields["where"]


class Assess(forms.Form):
    on = DayField(label=_("Assessed on"))
    markers = forms.MultipleChoiceField(
        label=_("What is so now"),
        required=False,
        choices=[(key.value, word) for key, word in MARKERS.items()],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Any one of these makes the risk high."),
    )
    level = forms.ChoiceField(
        label=_("Your own judgement"), choices=[(key.value, word) for key, word in LEVELS.items()]
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=LONGEST_TEXT, widget=forms.Textarea(attrs=_TEXT))


class FollowUp(forms.Form):
    window = forms.TypedChoiceField(
        label=_("Months after his last session"), coerce=int, choices=[(str(one), str(one)) for one in WINDOWS]
    )
    informant = forms.ChoiceField(label=_("Who says it"), choices=HerFollowUp.Informant.choices)
    consented = forms.BooleanField(label=_("She agrees that this is written down"), required=False)
    asked_on = DayField(label=_("Asked on"))
    violent_90_days = forms.ChoiceField(
        label=_("Physical or sexual violence in the last 90 days"), required=False, choices=list(VIOLENT.items())
    )

    def __init__(self, data: Any, **options: Any) -> None:
        super().__init__(data, **options)
        for kind, word in VIOLENCE.items():
            values = [("", _("Not asked")), *((value.value, said) for value, said in VALUES.items())]
            self.fields[kind.value] = forms.ChoiceField(label=word, required=False, choices=values)

    def told(self) -> Told:
        said = self.cleaned_data
        values = {kind: Value(said[kind.value]) for kind in Violence if said[kind.value]}
        return Told(values, {"yes": True, "no": False}.get(said["violent_90_days"]), said["consented"])


class Refer(forms.Form):
    """Her consent: to whom, what for, what may be told, until when."""

    service = forms.TypedChoiceField(label=_("Service"), coerce=int)
    purpose = forms.ChoiceField(label=_("What for"), choices=[(key.value, word) for key, word in PURPOSES.items()])
    fields_told = forms.MultipleChoiceField(
        label=_("What she agrees to tell them"),
        required=False,
        choices=[(key.value, word) for key, word in FIELDS.items() if key not in ALWAYS],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("The code and the service wanted are always told; nothing else of the file ever is."),
    )
    consented_on = DayField(label=_("She agreed on"))
    consent_how = forms.ChoiceField(
        label=_("How she agreed"), choices=[(key.value, word) for key, word in CONSENTS.items()]
    )
    expires_on = DayField(label=_("They may read it until"))

    def __init__(self, data: Any, services: Iterable[Service]) -> None:
        today = timezone.localdate()
        super().__init__(data, initial={"consented_on": today, "expires_on": today + dt.timedelta(days=30)})
        self.services = {one.pk: one for one in services}
        choices = [(key, f"{named(one)} · {one.get_kind_display()}") for key, one in self.services.items()]
        self.fields["service"].choices = choices  # type: ignore[attr-defined]  # of a ChoiceField

    def wish(self) -> Wish:
        said = self.cleaned_data
        return Wish(
            Purpose(said["purpose"]),
            [Field(key) for key in said["fields_told"]],
            said["consented_on"],
            ConsentHow(said["consent_how"]),
            said["expires_on"],
        )


class Outcome(forms.Form):
    """What came of a referral, as the service or she says."""

    obtained = forms.ChoiceField(
        label=_("What came of it"), choices=[("yes", _("She obtained it")), ("no", _("She did not obtain it"))]
    )
    on = DayField(label=_("Day"))

    def __init__(self, data: Any, **options: Any) -> None:
        super().__init__(data, initial={"on": timezone.localdate()}, **options)
