"""Learning needs: what was asked, how long it has waited, and what became of it. The late ones stand on top."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from samaki.ground.activities.models import Activity
from samaki.ground.activities.queries import activities
from samaki.ground.groups.models import Group
from samaki.ground.groups.queries import groups_for
from samaki.ground.needs import operations, queries, rules
from samaki.ground.needs.models import LearningNeed
from samaki.ground.organisations.models import Organisation
from samaki.ground.organisations.queries import organisations_for
from samaki.ground.places.models import Place
from samaki.ground.programmes.models import Programme
from samaki.ground.programmes.queries import partners, programmes_for, working_places
from samaki.interfaces.nouns.filters import chosen_programme
from samaki.kernel.actors import AnyActor
from samaki.kernel.policy import Action, may, reach, refusal
from samaki.ui import words
from samaki.ui.entries import CountField, DayField
from samaki.ui.requests import ActorRequest, page, told_in
from samaki.ui.templatetags.words import named

MOST_WAITING, CLOSED_PER_PAGE, MOST_TRAININGS = 300, 50, 100
Where = tuple[Programme, Organisation]


@dataclass(frozen=True)
class Line:
    """A need as a line of a list: its age in words, and whether it has waited too long."""

    need: LearningNeed
    age: str
    is_late: bool


def lines(found: Iterable[LearningNeed], today: dt.date) -> list[Line]:
    return [Line(one, age_in_words(one, today), rules.is_late(one.raised_on, one.closed_on, today)) for one in found]


def age_in_words(need: LearningNeed, today: dt.date) -> str:
    days = rules.age(need.raised_on, need.closed_on, today)
    if need.closed_on is None:
        said = ngettext("waits for %(n)s day", "waits for %(n)s days", days)
    else:
        said = ngettext("after %(n)s day", "after %(n)s days", days)
    return said % {"n": words.number(days)}


class Ask(forms.Form):
    """What is asked, by whom, where and when; `where` is left out where there is one only."""

    text = forms.CharField(
        label=gettext_lazy("What do they ask to learn?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=operations.LONGEST,
        help_text=gettext_lazy("No names: others read this."),
    )
    raised_by = forms.ChoiceField(label=gettext_lazy("Asked by"), choices=LearningNeed.RaisedBy.choices)
    raised_on = DayField(label=gettext_lazy("Asked on"))
    group = forms.ChoiceField(label=gettext_lazy("Group"), required=False)
    place = forms.ChoiceField(
        label=gettext_lazy("Place"),
        required=False,
        help_text=gettext_lazy("Leave empty where it is the place of the group."),
    )
    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, actor: AnyActor, where: Where, **options: Any) -> None:
        super().__init__(data, **options)
        programme, organisation = where
        self.groups: dict[str, Group] = {
            one.key: one
            for one in groups_for(actor, Action.RAISE_NEED).filter(programme=programme, organisation=organisation)
        }
        self.places: dict[str, Place] = {one.place.code: one.place for one in working_places(actor, programme)}
        if (kept := options.get("initial", {}).get("place_kept")) is not None:
            self.places.setdefault(kept.code, kept)
        for name, known in (("group", self.groups), ("place", self.places)):
            listed = [("", _("None"))] + [(key, named(one)) for key, one in known.items()]
            self.fields[name].choices = listed  # type: ignore[attr-defined]  # of a ChoiceField

    def asked(self) -> dict[str, Any]:
        said = self.cleaned_data
        return {
            "text": said["text"],
            "raised_by": said["raised_by"],
            "raised_on": said["raised_on"],
            "group": self.groups.get(said["group"]),
            "place": self.places.get(said["place"]),
        }


class Revised(forms.Form):
    revision = forms.IntegerField(widget=forms.HiddenInput)


class PutInOrder(Revised):
    place_in_order = CountField(label=gettext_lazy("Place in the order (1 is first)"), min_value=1, max_value=999)


class Answer(Revised):
    activity = forms.ChoiceField(label=gettext_lazy("The training that answers it"))

    def __init__(self, data: Any, trainings: Mapping[str, Activity], **options: Any) -> None:
        super().__init__(data, **options)
        self.trainings = trainings
        choices = [(key, f"{named(one)}, {words.day(one.starts_on)}") for key, one in trainings.items()]
        self.fields["activity"].choices = choices  # type: ignore[attr-defined]  # of a ChoiceField


class Decline(Revised):
    because = forms.CharField(
        label=gettext_lazy("Why is it declined?"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=operations.LONGEST,
        help_text=gettext_lazy("Those who asked should be able to hear this reason."),
    )


@require_GET
def needs(request: ActorRequest) -> HttpResponse:
    """The late ones first, then those put in order, those that wait, and those answered or declined."""
    programme, form = chosen_programme(request)
    today = timezone.localdate()
    waiting = lines(queries.waiting(request.actor, programme)[:MOST_WAITING], today)
    raised = LearningNeed.State.RAISED
    ordered = [
        one for one in lines(queries.in_order(request.actor, programme)[:MOST_WAITING], today) if not one.is_late
    ]
    closed = Paginator(queries.closed(request.actor, programme), CLOSED_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "late": [one for one in waiting if one.is_late],
        "ordered": [one for one in ordered if not one.is_late],
        "waiting": [one for one in waiting if not one.is_late and one.need.state == raised],
        "closed": lines(closed, today),
        "listed": closed,
        "late_after": rules.LATE_AFTER,
        "raises": bool(reach(request.actor, Action.RAISE_NEED)),
    }
    return page(request, "nouns/needs.html", context)


@require_http_methods(["GET", "POST"])
def raise_need(request: ActorRequest) -> HttpResponse:
    """A need asked. Where the actor records for several organisations or programmes she says for which first."""
    places = _places_to_ask(request.actor)
    if not places:
        raise refusal(request.actor, Action.RAISE_NEED)
    key = request.GET.get("for", "") or next(iter(places))
    where = places.get(key) or next(iter(places.values()))
    initial = {"raised_on": timezone.localdate(), "group": request.GET.get("group", "")}
    form = Ask(request.POST or None, request.actor, where, initial=initial)
    if request.method == "POST" and form.is_valid():
        with told_in(form):
            made = operations.raise_need(
                programme=where[0], organisation=where[1], **form.asked(), by=request.actor, at=timezone.now()
            )
            asked_on = words.day(made.raised_on)
            messages.success(request, _("Kept. It waits for an answer since %(day)s.") % {"day": asked_on})
            return redirect("need", made.pk)
    others = [(one, *pair) for one, pair in places.items() if pair != where]
    context = {"form": form, "programme": where[0], "organisation": where[1], "others": others}
    return page(request, "nouns/need_raise.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def need(request: ActorRequest, need_id: int) -> HttpResponse:
    """One need and what may be done with it; by POST its text is corrected."""
    found = queries.need(request.actor, need_id)
    form = _ask(request, found, request.POST or None)
    if request.method == "POST" and form.is_valid():
        with told_in(form):
            revision = form.cleaned_data["revision"] or 0
            operations.correct_need(need=found, revision=revision, **form.asked(), by=request.actor, at=timezone.now())
            messages.success(request, _("Saved."))
            return redirect("need", need_id)
    return _need(request, found, {"correct": form})


@require_POST
def step(request: ActorRequest, need_id: int, step: str) -> HttpResponse:
    """Put in order, answer by a training, decline with a reason, or open again."""
    found = queries.need(request.actor, need_id)
    asked: dict[str, Any] = {"need": found, "by": request.actor, "at": timezone.now()}
    form = _forms(request.actor, found, request.POST, step)[step]
    if form.is_valid():
        said = form.cleaned_data
        asked["revision"] = said["revision"]
        with told_in(form):
            if isinstance(form, PutInOrder):
                operations.prioritise_need(**asked, place_in_order=said["place_in_order"], on=timezone.localdate())
            elif isinstance(form, Answer):
                operations.answer_need(**asked, activity=form.trainings[said["activity"]])
            elif isinstance(form, Decline):
                operations.decline_need(**asked, because=said["because"], on=timezone.localdate())
            else:
                operations.reopen_need(**asked)
    if form.errors:
        return _need(request, found, {step: form})
    messages.success(request, _("Saved."))
    return redirect("need", need_id)


def _need(request: ActorRequest, found: LearningNeed, sent: Mapping[str, forms.Form]) -> HttpResponse:
    where = {"organisation_id": found.organisation_id, "programme_id": found.programme_id, "group_id": found.group_id}
    today = timezone.localdate()
    (line,) = lines([found], today)
    offered = {"correct": _ask(request, found, None), **_forms(request.actor, found, None)} | dict(sent)
    wrong = next((form for form in sent.values() if form.errors), None)
    context = {
        "need": found,
        "line": line,
        "forms": offered,
        "wrong": wrong,
        "raises": may(request.actor, Action.RAISE_NEED, **where),
        "answers": may(request.actor, Action.ANSWER_NEED, **where),
        "training": activities(request.actor).filter(pk=found.answered_by_id or 0).first(),
        "waits": found.closed_on is None,
    }
    return page(request, "nouns/need.html", context, status=422 if wrong is not None else 200)


def _ask(request: ActorRequest, found: LearningNeed, data: Any) -> Ask:
    initial = {
        "text": found.text,
        "raised_by": found.raised_by,
        "raised_on": found.raised_on,
        "group": found.group.key if found.group else "",
        "place": found.place.code if found.place else "",
        "place_kept": found.place,
        "revision": found.revision,
    }
    return Ask(data, request.actor, (found.programme, found.organisation), initial=initial)


def _forms(actor: AnyActor, found: LearningNeed, data: Any, step: str = "") -> dict[str, forms.Form]:
    """The forms of what may be done; what was sent goes into the one of its step."""

    def sent(name: str) -> Any:
        return data if name == step else None

    initial = {"revision": found.revision, "place_in_order": found.priority}
    trainings = {one.key: one for one in queries.answering(actor, found)[:MOST_TRAININGS]}
    return {
        "order": PutInOrder(sent("order"), initial=initial),
        "answer": Answer(sent("answer"), trainings, initial=initial),
        "decline": Decline(sent("decline"), initial=initial),
        "reopen": Revised(sent("reopen"), initial=initial),
    }


def _places_to_ask(actor: AnyActor) -> dict[str, Where]:
    """For which organisation of which programme the actor may keep a need."""
    within = reach(actor, Action.RAISE_NEED)
    found: dict[str, Where] = {}
    for programme in programmes_for(actor, Action.RAISE_NEED):
        working = partners(actor, programme).values("pk")
        for one in organisations_for(actor, Action.RAISE_NEED).filter(pk__in=working):
            group_ids = {extent.group_id for extent in within.extents} | {None}
            scope = {"organisation_id": one.pk, "programme_id": programme.pk}
            if any(within.covers(**scope, group_id=group_id) for group_id in group_ids):
                found[f"{programme.key}/{one.key}"] = programme, one
    return found
