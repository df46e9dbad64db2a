"""What was reported to authorities, and what they did: a list, a report, an answer."""

from __future__ import annotations

import datetime as dt

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from samaki.ground.groups.models import Group
from samaki.ground.groups.queries import groups_for
from samaki.ground.organisations.models import Organisation
from samaki.kernel.actors import Actor
from samaki.kernel.policy import Action
from samaki.strands.counselling.models import AuthorityResponse
from samaki.strands.counselling.operations import authority as operations
from samaki.strands.counselling.queries import authority as queries
from samaki.ui.entries import DayField
from samaki.ui.requests import ActorRequest, page, told_in
from samaki.ui.templatetags.words import named

Act = AuthorityResponse.Act


class _Moment(forms.Form):
    """A day and a time of day, as people here say it."""

    def moment(self, day: str, time: str) -> dt.datetime:
        naive = dt.datetime.combine(self.cleaned_data[day], self.cleaned_data[time])
        return timezone.make_aware(naive)


def _time(label: object) -> forms.TimeField:
    widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    return forms.TimeField(label=label, widget=widget)  # type: ignore[arg-type]  # lazy words


class ReportForm(_Moment):
    group = forms.ChoiceField(label=gettext_lazy("Men’s group"))
    office = forms.ChoiceField(
        label=gettext_lazy("Office"),
        help_text=gettext_lazy(
            "Village chief, commune council, police … Who is missing here is added by the programme."
        ),
    )
    reported_on = DayField(label=gettext_lazy("Reported on"))
    reported_time = _time(gettext_lazy("At what time?"))

    def __init__(self, data: QueryDict | None, actor: Actor, now: dt.datetime) -> None:
        local = timezone.localtime(now)
        super().__init__(data, initial={"reported_on": local.date(), "reported_time": local.time()})
        found = groups_for(actor, Action.RECORD_AUTHORITY).filter(kind=Group.Kind.MENS_GROUP, ended_on__isnull=True)
        self.groups = {one.key: one for one in found.select_related("programme", "organisation", "place")}
        offices = Organisation.objects.filter(kind=Organisation.Kind.GOVERNMENT_OFFICE).order_by("name_latin", "pk")
        self.offices = {one.key: one for one in offices}
        self.fields["group"].choices = [(key, named(one)) for key, one in self.groups.items()]  # type: ignore[attr-defined]  # of a choice
        self.fields["office"].choices = [("", ""), *((key, named(one)) for key, one in self.offices.items())]  # type: ignore[attr-defined]  # of a choice


class AnswerForm(_Moment):
    acted_on = DayField(label=gettext_lazy("Acted on"))
    acted_time = _time(gettext_lazy("At what time?"))
    action = forms.ChoiceField(
        label=gettext_lazy("What did they do?"),
        choices=Act.choices,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Mediation can put a woman in danger. It is written down as theirs, with a warning."),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)


@require_GET
def responses(request: ActorRequest) -> HttpResponse:
    mark = request.GET.get("after", "")
    after = int(mark) if mark.isascii() and mark.isdecimal() and len(mark) < 18 else 0
    found = queries.authority_responses(request.actor, after=after)
    now = timezone.now()
    waiting = [(one, int((now - one.reported_at).total_seconds() // 3600)) for one in found.waiting]
    answered = [(one, (one.minutes or 0) // 60, (one.minutes or 0) % 60) for one in found.answered]
    context = {"waiting": waiting, "answered": answered, "next_after": found.next_after}
    return page(request, "counselling/authority.html", context)


@require_http_methods(["GET", "POST"])
def report(request: ActorRequest) -> HttpResponse:
    queries.authority_responses(request.actor)
    now = timezone.now()
    form = ReportForm(request.POST if request.method == "POST" else None, request.actor, now)
    if request.method == "POST" and form.is_valid():
        with told_in(form):
            operations.report_to_authority(
                group=form.groups[form.cleaned_data["group"]],
                office=form.offices[form.cleaned_data["office"]],
                reported_at=form.moment("reported_on", "reported_time"),
                by=request.actor,
                at=now,
            )
            messages.success(request, _("It is written down."))
            return redirect("authority_responses")
    return _entry(request, form, _("Reported to an authority"))


@require_http_methods(["GET", "POST"])
def answer(request: ActorRequest, response_id: int) -> HttpResponse:
    """What the office did; a report made by a slip is taken back here while nothing was answered."""
    now = timezone.now()
    one = queries.authority_response(request.actor, response_id)
    if request.method == "POST" and "take_back" in request.POST:
        sent = request.POST.get("revision", "")
        revision = int(sent) if sent.isdecimal() and len(sent) < 10 else 0
        operations.take_back_report(response=one, revision=revision, by=request.actor, at=now)
        messages.success(request, _("The report is taken back."))
        return redirect("authority_responses")
    local = timezone.localtime(one.acted_at or now)
    initial = {"acted_on": local.date(), "acted_time": local.time(), "action": one.action, "revision": one.revision}
    form = AnswerForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with told_in(form):
            operations.record_answer(
                response=one,
                revision=form.cleaned_data["revision"],
                acted_at=form.moment("acted_on", "acted_time"),
                action=Act(form.cleaned_data["action"]),
                by=request.actor,
                at=now,
            )
            messages.success(request, _("It is written down."))
            return redirect("authority_responses")
    return _entry(request, form, _("What did they do?"), one)


def _entry(request: ActorRequest, form: forms.Form, heading: str, one: AuthorityResponse | None = None) -> HttpResponse:
    context = {"form": form, "heading": heading, "one": one}
    return page(request, "counselling/authority_entry.html", context, status=422 if form.errors else 200)
