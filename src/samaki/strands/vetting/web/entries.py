"""The forms of the vetting pages. What cannot be taken back is said before, and asked to be read again."""

from __future__ import annotations

import datetime as dt

from django import forms
from django.utils.translation import gettext_lazy as _

from samaki.ground.accounts.models import RoleGrant, User
from samaki.ground.groups.models import Group
from samaki.ground.programmes.models import Programme
from samaki.kernel.actors import Actor
from samaki.kernel.policy import Action, reach
from samaki.strands.vetting.models import Step
from samaki.strands.vetting.queries import File
from samaki.strands.vetting.rules import StepKind
from samaki.ui.entries import CountField, DayField
from samaki.ui.templatetags.words import named

LONGEST_TEXT = 4000
YES_NO = (("yes", _("Yes")), ("no", _("No")))


class Sure(forms.BooleanField):
    """Ticked by whoever has read it again; without it nothing happens, with or without scripts."""

    def __init__(self) -> None:
        super().__init__(label=_("I have read it again. It cannot be taken back."))


class NewCandidate(forms.Form):
    person = CountField(
        label=_("Number of the person"),
        help_text=_("As it stands in the list of people; your M&E officer knows it."),
        min_value=1,
    )
    group = forms.ChoiceField(label=_("Men’s group"))
    recruiter = forms.ChoiceField(
        label=_("Who asked him to join?"), help_text=_("Whoever did so does not decide on him.")
    )
    applied_on = DayField(label=_("Applied on"))
    duty_to_report = forms.BooleanField(
        label=_("He is a village chief or a police officer, and has declared his duty to report."), required=False
    )

    def __init__(self, data: object, actor: Actor, on: dt.date) -> None:
        super().__init__(data, initial={"applied_on": on})  # type: ignore[arg-type]  # a QueryDict
        within = reach(actor, Action.VET)
        found = Group.objects.filter(
            within.q(group="pk"), kind=Group.Kind.MENS_GROUP, ended_on__isnull=True, keeps_names=True
        )
        self.groups = {one.key: one for one in found.select_related("programme", "organisation").order_by("key")}
        organisations = {one.organisation_id for one in self.groups.values()}
        staff = User.objects.filter(
            pk__in=RoleGrant.objects.filter(organisation__in=organisations).values("user_id"), is_active=True
        )
        self.staff = {str(one.pk): one for one in staff.order_by("username")}
        self._offer("group", [(key, named(one)) for key, one in self.groups.items()])
        nobody = [("", ""), ("nobody", _("Nobody who works here"))]
        self._offer("recruiter", [*nobody, *((key, one.get_username()) for key, one in self.staff.items())])

    def recruiter_id(self) -> int | None:
        chosen = self.staff.get(self.cleaned_data["recruiter"])
        return chosen.pk if chosen else None

    def _offer(self, name: str, choices: list[tuple[str, object]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]  # of a ChoiceField


class StepForm(forms.Form):
    result = forms.ChoiceField(
        label=_("What came of it?"),
        choices=Step.Result.choices,
        widget=forms.RadioSelect,
        help_text=_("“Not available” is not “passed”: the step is taken again."),
    )
    taken_on = DayField(label=_("Day"))
    women_heard = forms.BooleanField(label=_("Women were heard, through the women’s group."), required=False)
    words = forms.CharField(
        label=_("What was said, and by whom"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}),
        help_text=_("Sealed. It is opened only with a reason, never by the candidate or anyone of his group."),
    )

    def __init__(self, data: object, kind: StepKind, on: dt.date) -> None:
        super().__init__(data, initial={"taken_on": on})  # type: ignore[arg-type]  # a QueryDict
        if kind is not StepKind.COMMUNITY_CHECK:
            del self.fields["women_heard"]


class SignForm(forms.Form):
    signed_on = DayField(label=_("Signed on"))


class DecideForm(forms.Form):
    word = forms.ChoiceField(
        label=_("Your word"),
        choices=(("approve", _("I approve")), ("refuse", _("I refuse"))),
        widget=forms.RadioSelect,
        help_text=_("Two decide, one of them a woman, and not who recruited him. What they agree on holds at once."),
    )
    sure = Sure()


class AllegationForm(forms.Form):
    received_on = DayField(label=_("Told on"))
    is_credible = forms.ChoiceField(
        label=_("Is it credible?"),
        choices=YES_NO,
        widget=forms.RadioSelect,
        help_text=_("If it is, an active member is suspended at once, and his cases go to the supervisor."),
    )
    words = forms.CharField(
        label=_("What was told, and by whom"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}),
        help_text=_("Sealed. It is opened only with a reason, never by the candidate or anyone of his group."),
    )
    sure = Sure()


class SettleForm(forms.Form):
    allegation = forms.ChoiceField(label=_("Allegation"))
    upheld = forms.ChoiceField(
        label=_("Was it found true?"),
        choices=YES_NO,
        widget=forms.RadioSelect,
        help_text=_("Nobody becomes active again by this: two decide on that."),
    )
    sure = Sure()

    def __init__(self, data: object, file: File) -> None:
        super().__init__(data)  # type: ignore[arg-type]  # a QueryDict
        self.open = {str(one.pk): one for one in file.allegations if one.settled_on is None}
        choices = [(key, f"{one.received_on:%d/%m/%Y} · {key}") for key, one in self.open.items()]
        self.fields["allegation"].choices = choices  # type: ignore[attr-defined]  # of a ChoiceField


class BarForm(forms.Form):
    reason = forms.CharField(
        label=_("Why?"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}),
        help_text=_("Kept sealed. No other organisation reads it; they learn only that somebody is barred."),
    )
    sure = Sure()


class SureForm(forms.Form):
    sure = Sure()


class AppealForm(forms.Form):
    answer = forms.ChoiceField(
        label=_("Answer to the appeal"),
        choices=(("stands", _("The bar stands")), ("lifted", _("The bar is lifted"))),
        widget=forms.RadioSelect,
        help_text=_("Where it is lifted he may apply anew; nobody becomes active by it."),
    )
    sure = Sure()


class AnotherForm(forms.Form):
    answer = forms.ChoiceField(
        label=_("Is he the person you barred?"),
        choices=(("another", _("Another person")), ("same", _("The same person"))),
        widget=forms.RadioSelect,
        help_text=_("“Another person” is said by two, one of them a woman. “The same person” is enough from one."),
    )
    sure = Sure()


class UserForm(forms.Form):
    user = forms.ChoiceField(
        label=_("Signs in as"),
        help_text=_("By this the system knows whether he may counsel. It is said once."),
    )
    sure = Sure()

    def __init__(self, data: object, file: File) -> None:
        super().__init__(data)  # type: ignore[arg-type]  # a QueryDict
        grants = RoleGrant.objects.filter(organisation=file.candidacy.organisation_id)
        found = User.objects.filter(pk__in=grants.values("user_id"), person_id__isnull=True, is_active=True)
        self.users = {str(one.pk): one for one in found.order_by("username")}
        choices = [("", ""), *((key, one.get_username()) for key, one in self.users.items())]
        self.fields["user"].choices = choices  # type: ignore[attr-defined]  # of a ChoiceField


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Why do you open this?"), max_length=300, help_text=_("The reason is kept with your name.")
    )


class CodeForm(forms.Form):
    programme = forms.ModelChoiceField(Programme.objects.none(), label=_("Programme"), empty_label=None)
    text_km = forms.CharField(label=_("Text in Khmer"), widget=forms.Textarea(attrs={"rows": 8}))
    text_en = forms.CharField(label=_("Text in English"), widget=forms.Textarea(attrs={"rows": 8}))
    sure = Sure()

    def __init__(self, data: object, programmes: list[int]) -> None:
        super().__init__(data)  # type: ignore[arg-type]  # a QueryDict
        field = self.fields["programme"]
        field.queryset = Programme.objects.filter(pk__in=programmes).order_by("key")  # type: ignore[attr-defined]  # as below
        field.label_from_instance = named  # type: ignore[attr-defined]  # of a ModelChoiceField
