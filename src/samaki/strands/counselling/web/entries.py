"""The forms of the counsellor's and the supervisor's pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from samaki.ground.groups.models import Group
from samaki.ground.organisations.models import Organisation
from samaki.ground.services.models import Service
from samaki.ground.services.queries import services
from samaki.kernel.actors import Actor
from samaki.kernel.policy import Action, reach
from samaki.strands.counselling.course import Marker, State, may_move
from samaki.strands.counselling.models import Case, CaseRequest, Outcome, Tie
from samaki.strands.counselling.operations.asking import Asked
from samaki.strands.counselling.sight import counsellors, independent_services
from samaki.ui.entries import CountField, DayField
from samaki.ui.templatetags.words import named

Kind = CaseRequest.Kind
MARKERS = {
    Marker.STRANGULATION: _("He strangled or choked"),
    Marker.THREAT_TO_KILL: _("He threatened to kill"),
    Marker.WEAPON: _("A weapon is at hand"),
    Marker.SEPARATION: _("Separation, or talk of it"),
    Marker.PREGNANCY: _("Pregnancy in the household"),
    Marker.ESCALATION: _("It becomes worse or more often"),
}
ENDS = {
    State.FOLLOW_UP: _("Sessions have ended: begin follow-up"),
    State.CLOSED: _("Close the case"),
    State.LOST: _("Close it: he is lost to us"),
}


class NewCase(forms.Form):
    code = forms.CharField(label=_("Code"), max_length=30, help_text=_("A code, never a name."))
    group = forms.ChoiceField(label=_("Men’s group"))
    birth_year = CountField(
        label=_("Year of birth"),
        min_value=1900,
        max_value=2100,
        help_text=_("Asked only because a boy goes to child protection. It is not kept."),
    )
    opened_on = DayField(label=_("Taken in on"))

    def __init__(self, data: QueryDict | None, actor: Actor, on: dt.date) -> None:
        super().__init__(data, initial={"opened_on": on})
        found = Group.objects.filter(
            reach(actor, Action.COUNSEL).q(), kind=Group.Kind.MENS_GROUP, place__isnull=False, ended_on__isnull=True
        )
        self.groups = {one.key: one for one in found.select_related("place", "programme").order_by("key")}
        self.fields["group"].choices = [(key, named(one)) for key, one in self.groups.items()]  # type: ignore[attr-defined]  # of a ChoiceField


class TieForm(forms.Form):
    tie = forms.ChoiceField(label=_("What are you to this man?"), choices=Tie.choices, widget=forms.RadioSelect)


class ServiceForm(forms.Form):
    service = forms.ModelChoiceField(
        Organisation.objects.none(),
        label=_("Independent women’s service"),
        help_text=_("Where a worker of the women’s service reads of threats. If it is missing, ask the administrator."),
    )

    def __init__(self, data: QueryDict | None, case: Case, on: dt.date) -> None:
        super().__init__(data)
        field = self.fields["service"]
        field.queryset = independent_services(case, on=on)  # type: ignore[attr-defined]  # of a ModelChoiceField
        field.label_from_instance = named  # type: ignore[attr-defined]  # as above


class RiskForm(forms.Form):
    markers = forms.MultipleChoiceField(
        label=_("Signs of high risk"),
        choices=[(marker.value, label) for marker, label in MARKERS.items()],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Any one of them makes the risk high. None ticked: you asked, and there is none."),
    )

    def marked(self) -> tuple[Marker, ...]:
        return tuple(Marker(word) for word in self.cleaned_data["markers"])


class SessionForm(RiskForm):
    held_on = DayField(label=_("Date of the session"))
    minutes = CountField(label=_("Minutes"), required=False, max_value=600)
    notes = forms.CharField(
        label=_("Notes"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Sealed. No names."),
    )
    threat = forms.CharField(
        label=_("A threat you heard"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The women’s service is told at once. You will hear nothing of what it does."),
    )
    field_order = ("held_on", "minutes", "markers", "notes", "threat")


class ThreatForm(forms.Form):
    threat = forms.CharField(
        label=_("A threat you heard"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The women’s service is told at once. You will hear nothing of what it does."),
    )


class WordForm(forms.Form):
    informant = forms.ChoiceField(
        label=_("Who says so"),
        choices=[(one.value, one.label) for one in (Outcome.Informant.MENS_GROUP, Outcome.Informant.MAN)],
        widget=forms.RadioSelect,
    )
    judged_on = DayField(label=_("Date"))

    def __init__(self, data: QueryDict | None, on: dt.date) -> None:
        super().__init__(data, initial={"judged_on": on})
        for violence in Outcome.Violence:
            self.fields[violence.value] = forms.ChoiceField(
                label=violence.label, required=False, choices=[("", _("Not said")), *Outcome.Value.choices]
            )

    def values(self) -> dict[Outcome.Violence, Outcome.Value]:
        given = ((one, self.cleaned_data[one.value]) for one in Outcome.Violence)
        return {one: Outcome.Value(value) for one, value in given if value}


class AskForm(forms.Form):
    what = forms.ChoiceField(label=_("What do you ask for?"), widget=forms.RadioSelect)
    counsellor = forms.ChoiceField(label=_("Another counsellor"), required=False)
    service = forms.ChoiceField(label=_("Service"), required=False)

    def __init__(self, data: QueryDict | None, case: Case, on: dt.date) -> None:
        super().__init__(data)
        self.users = {str(one.pk): one for one in counsellors(case, on=on) if one.pk != case.counsellor_id}
        found = Service.objects.filter(programme=case.programme_id, is_closed=False, is_public=True)
        found = found.order_by("kind", "pk")
        self.services = {str(one.pk): one for one in found}
        self._offer("what", self._asks(case))
        self._offer("counsellor", [("", ""), *((key, one.get_username()) for key, one in self.users.items())])
        self._offer("service", [("", ""), *((key, named(one)) for key, one in self.services.items())])
        for name, offered in (("counsellor", self.users), ("service", self.services)):
            if not offered:
                del self.fields[name]

    def asked(self) -> Asked:
        kind, _colon, outcome = self.cleaned_data["what"].partition(":")
        return Asked(
            Kind(kind),
            self.users.get(self.cleaned_data.get("counsellor", "")) if kind == Kind.REASSIGN else None,
            self.services.get(self.cleaned_data.get("service", "")) if kind == Kind.REFER else None,
            State(outcome) if outcome else None,
        )

    def _asks(self, case: Case) -> list[tuple[str, object]]:
        found: list[tuple[str, object]] = []
        if case.state == State.SCREENED:
            found.append((Kind.START.value, Kind.START.label))
        found += [(f"close:{end.value}", label) for end, label in ENDS.items() if may_move(case.state, end)]
        if self.users:
            found.append((Kind.REASSIGN.value, Kind.REASSIGN.label))
        if self.services:
            found.append((Kind.REFER.value, Kind.REFER.label))
        return found

    def _offer(self, name: str, choices: list[tuple[str, object]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]  # of a ChoiceField


def to_call_in(actor: Actor) -> list[Service]:
    """The services of the directory that the actor knows of."""
    return list(services(actor).filter(is_closed=False))


class RouteForm(forms.Form):
    """`known` are read once, however many men are on the page."""

    service = forms.ChoiceField(label=_("Specialist or service"))

    def __init__(self, data: QueryDict | None, case: Case, known: Sequence[Service]) -> None:
        super().__init__(data, auto_id=f"id_{case.pk}_%s")
        self.services = {str(one.pk): one for one in known if one.programme_id == case.programme_id}
        choices = [("", ""), *((key, named(one)) for key, one in self.services.items())]
        self.fields["service"].choices = choices  # type: ignore[attr-defined]  # of a ChoiceField

    def chosen(self) -> Service:
        return self.services[self.cleaned_data["service"]]


# The trail keeps it unsealed: whoever holds a copy of the database reads it.
KEPT_OPEN = _("It is kept as you write it. Please write no name, and nothing of what was said or done.")


class WhyForm(forms.Form):
    reason = forms.CharField(label=_("Why do you open this case?"), max_length=300, help_text=KEPT_OPEN)


class AskEmergency(forms.Form):
    code = forms.CharField(label=_("Code"), max_length=30)
    reason = forms.CharField(label=_("Why must you read it now?"), max_length=300, help_text=KEPT_OPEN)
