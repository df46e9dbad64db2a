"""The forms of these pages."""

from __future__ import annotations

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from samaki.ground.programmes.models import ProgrammePlace, ProgrammeRole
from samaki.kernel.actors import AnyActor
from samaki.kernel.policy import Action, reach
from samaki.strands.learning.models import Assessment, CurriculumVersion, FollowUp, Series
from samaki.ui.entries import CountField, DayField
from samaki.ui.templatetags.words import named


def holders(actor: AnyActor, action: Action = Action.RUN_SERIES) -> list[ProgrammeRole]:
    """Organisation and programme in which the actor may do the action, by their names."""
    within = reach(actor, action)
    found = ProgrammeRole.objects.filter(within.q()).select_related("programme", "organisation")
    once = {(one.programme_id, one.organisation_id): one for one in found.order_by("-pk")}
    return sorted(once.values(), key=lambda one: (named(one.programme), named(one.organisation)))


class NewSeries(forms.Form):
    holder = forms.ChoiceField(label=_("Programme and organisation"))
    kind = forms.ChoiceField(label=_("Kind of series"), choices=Series.Kind.choices)
    title_km = forms.CharField(label=_("Title in Khmer"), max_length=200)
    title_en = forms.CharField(label=_("Title in English"), max_length=200, required=False)
    version = forms.ChoiceField(label=_("Curriculum"), required=False)
    starts_on = DayField(label=_("First day"))

    def __init__(self, data: QueryDict | None, actor: AnyActor) -> None:
        super().__init__(data)
        self.within = {f"{one.programme_id}/{one.organisation_id}": one for one in holders(actor)}
        held = [(key, f"{named(one.programme)} · {named(one.organisation)}") for key, one in self.within.items()]
        self.fields["holder"].choices = held  # type: ignore[attr-defined]  # of a ChoiceField
        found = CurriculumVersion.objects.exclude(state=CurriculumVersion.State.DRAFT).filter(
            curriculum__programme__in=[one.programme_id for one in self.within.values()]
        )
        self.versions = {
            str(one.pk): one for one in found.select_related("curriculum").order_by("curriculum", "number")
        }
        offered = [(key, f"{named(one.curriculum)} {one.number}") for key, one in self.versions.items()]
        self.fields["version"].choices = [("", _("Not said")), *offered]  # type: ignore[attr-defined]  # of a ChoiceField


class EditSeries(forms.Form):
    """The words and days of a series as they stand."""

    kind = forms.ChoiceField(label=_("Kind of series"), choices=Series.Kind.choices)
    title_km = forms.CharField(label=_("Title in Khmer"), max_length=200)
    title_en = forms.CharField(label=_("Title in English"), max_length=200, required=False)
    version = forms.ChoiceField(label=_("Curriculum"), required=False)
    starts_on = DayField(label=_("First day"))
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None, series: Series) -> None:
        names = ("kind", "title_km", "title_en", "starts_on", "revision")
        initial = {name: getattr(series, name) for name in names} | {"version": str(series.version_id or "")}
        super().__init__(data, initial=initial)
        found = CurriculumVersion.objects.filter(curriculum__programme=series.programme_id)
        usable = found.exclude(state=CurriculumVersion.State.DRAFT) | found.filter(pk=series.version_id or 0)
        self.versions = {
            str(one.pk): one for one in usable.select_related("curriculum").order_by("curriculum", "number")
        }
        offered = [(key, f"{named(one.curriculum)} {one.number}") for key, one in self.versions.items()]
        self.fields["version"].choices = [("", _("Not said")), *offered]  # type: ignore[attr-defined]  # of a ChoiceField


class Plan(forms.Form):
    """The days of a training of a series."""

    first_on = DayField(label=_("First day"))
    days = CountField(
        label=_("Number of days"),
        min_value=1,
        max_value=30,
        help_text=_("One session each day, on days running. Days with a break between are two trainings."),
    )
    place = forms.ChoiceField(label=_("Place"), required=False)

    def __init__(self, data: QueryDict | None, series: Series) -> None:
        super().__init__(data, initial={"first_on": series.starts_on, "days": 1})
        lines = ProgrammePlace.objects.filter(programme=series.programme_id).select_related("place")
        self.places = {line.place.code: line.place for line in lines.order_by("place__code")}
        named_places = [(code, named(one)) for code, one in self.places.items()]
        self.fields["place"].choices = [("", _("Not said")), *named_places]  # type: ignore[attr-defined]  # of a ChoiceField


class OnDay(forms.Form):
    on = DayField(label=_("Date"))


class Reason(forms.Form):
    reason = forms.CharField(label=_("Why do you need to see these names?"), max_length=300)


class Judged(forms.Form):
    """The trainers' judgement of one person."""

    result = forms.ChoiceField(label=_("Assessment"), choices=Assessment.Result.choices)
    assessed_on = DayField(label=_("Date of the assessment"))


class Certify(forms.Form):
    certified_on = DayField(label=_("Date of the certificate"))


class Withdraw(forms.Form):
    on = DayField(label=_("From (date)"))
    because = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("Stays in your organisation. It is not shown to who checks the code."),
    )


class Visit(forms.Form):
    holder = forms.ChoiceField(label=_("Programme"))
    visited_on = DayField(label=_("Date of the visit"))
    notes = forms.CharField(
        label=_("What was seen and agreed"), widget=forms.Textarea(attrs={"rows": 5}), required=False, max_length=4000
    )


class Followed(forms.Form):
    activity = forms.ChoiceField(label=_("Training"))
    followed_up_on = DayField(label=_("Date of the follow-up"))
    applied = forms.ChoiceField(
        label=_("Does the person apply what was learned?"), choices=FollowUp.Applied.choices, widget=forms.RadioSelect
    )
    evidence = forms.CharField(
        label=_("What shows it"),
        help_text=_("What was seen or told."),
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
        max_length=4000,
    )
