"""The pages of who vets and decides: the list, a candidate entered, one candidate, and each act on him."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from samaki.ground.people.models import Person
from samaki.kernel.errors import Invalid, NotFound
from samaki.kernel.policy import Action, reach, refusal
from samaki.strands.vetting import operations, queries
from samaki.strands.vetting.models import Bar, Step
from samaki.strands.vetting.queries import File, Show
from samaki.strands.vetting.rules import OVER, REFERENCES_WANTED, STEPS, Awaited, State, StepKind, Verdict
from samaki.strands.vetting.web.entries import (
    AllegationForm,
    AppealForm,
    BarForm,
    DecideForm,
    NewCandidate,
    ReasonForm,
    SettleForm,
    SignForm,
    StepForm,
    SureForm,
    UserForm,
)
from samaki.ui.requests import ActorRequest, page, told_in

Words = str | Promise
Make = Callable[[object, File, dt.date], forms.Form]
Run = Callable[[ActorRequest, File, forms.Form, dt.datetime], Words | None]

AWAITED: dict[Awaited, Words] = {
    Awaited.SELF_DECLARATION: gettext_lazy("Self-declaration"),
    Awaited.REFERENCE: gettext_lazy("Reference (vetting)"),
    Awaited.COMMUNITY_CHECK: gettext_lazy("Community check, women heard"),
    Awaited.INTERVIEW: gettext_lazy("Interview"),
    Awaited.SIGNATURE: gettext_lazy("Signing the code of conduct"),
    Awaited.PROBATION: gettext_lazy("Probation"),
    Awaited.DECISION: gettext_lazy("Decision by two"),
    Awaited.INQUIRY: gettext_lazy("Allegation to be settled"),
    Awaited.ASKED_AGAIN: gettext_lazy("Steps asked again"),
    Awaited.NOTHING: gettext_lazy("Nothing"),
}
SHOWN: dict[Show, Words] = {
    Show.OPEN: gettext_lazy("On the way or suspended"),
    Show.MEMBERS: gettext_lazy("Active members"),
    Show.OVER: gettext_lazy("No longer"),
}
CAME_TO: dict[Verdict, Words] = {
    Verdict.WAITING: gettext_lazy("Your word is kept. A second decider is awaited."),
    Verdict.WOMAN_WANTED: gettext_lazy("Your word is kept. A woman decides with you."),
    Verdict.DIVIDED: gettext_lazy("The two do not agree. A new round begins."),
    Verdict.APPROVED: gettext_lazy("Approved by two: he is cleared from today."),
    Verdict.REJECTED: gettext_lazy("Refused by two: he is not a member."),
}
_SAVED = gettext_lazy("It is written down.")


@dataclass(frozen=True)
class Deed:
    """`warns` is said before: what cannot be taken back, and what follows at once."""

    heading: Words
    make: Make
    run: Run
    warns: Words = ""
    kind: str = "secondary"


@require_GET
def listed(request: ActorRequest) -> HttpResponse:
    """By number, with the step and what is awaited."""
    wanted, mark = request.GET.get("show", ""), request.GET.get("after", "")
    show = Show(wanted) if wanted in set(Show) else Show.OPEN
    after = int(mark) if mark.isascii() and mark.isdecimal() and len(mark) < 18 else 0
    now = timezone.now()
    found = queries.candidates(request.actor, show=show, after=after, at=now)
    parts = [(one.value, SHOWN[one], found.counts[one], one is show) for one in Show]
    context = {
        "found": found,
        "lines": [(line, AWAITED[line.awaited]) for line in found.lines],
        "parts": parts,
        "questions": queries.questions(request.actor, at=now),
        "may_vet": bool(reach(request.actor, Action.VET)),
    }
    return page(request, "vetting/list.html", context)


@require_http_methods(["GET", "POST"])
def new(request: ActorRequest) -> HttpResponse:
    """Somebody applies to a men's group."""
    if not reach(request.actor, Action.VET):
        raise refusal(request.actor, Action.VET)
    now = timezone.now()
    form = NewCandidate(request.POST if request.method == "POST" else None, request.actor, timezone.localdate(now))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        group = form.groups[given["group"]]
        with told_in(form):
            person = Person.objects.filter(pk=given["person"], organisation=group.organisation_id).first()
            if person is None:
                raise Invalid("no_such_person", _("Please choose people of your organisation’s list."), field="person")
            made = operations.apply(
                person=person,
                group=group,
                recruited_by_id=form.recruiter_id(),
                applied_on=given["applied_on"],
                duty_to_report=given["duty_to_report"],
                by=request.actor,
                at=now,
            )
            return redirect("candidate", made.pk)
    context = {"form": form, "heading": _("New candidate")}
    return page(request, "vetting/entry.html", context, status=422 if form.errors else 200)


@require_GET
def one(request: ActorRequest, candidacy_id: int) -> HttpResponse:
    """The steps in their order, what is next, and what may be done."""
    return _page(request, queries.candidate(request.actor, candidacy_id, at=timezone.now()), ReasonForm(None))


@require_POST
def read(request: ActorRequest, candidacy_id: int) -> HttpResponse:
    """What was said, or the name: with a reason, on a page of its own that no history brings back."""
    now = timezone.now()
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, queries.candidate(request.actor, candidacy_id, at=now), form, status=422)
    reason = form.cleaned_data["reason"]
    if request.POST.get("what") == "name":
        candidacy, identity = queries.name(request.actor, candidacy_id, reason=reason, at=now)
        context: dict[str, object] = {"candidacy": candidacy, "name": identity.name(request.LANGUAGE_CODE or "km")}
    else:
        candidacy, said = queries.words(request.actor, candidacy_id, reason=reason, at=now)
        context = {"candidacy": candidacy, "said": said}
    return page(request, "vetting/read.html", context)


@require_http_methods(["GET", "POST"])
def act(request: ActorRequest, candidacy_id: int, deed: str) -> HttpResponse:
    """One act on a candidate."""
    now = timezone.now()
    file = queries.candidate(request.actor, candidacy_id, at=now)
    if deed not in DEEDS:
        raise NotFound("not_found", _("This is not in your list."))
    chosen = DEEDS[deed]
    form = chosen.make(request.POST if request.method == "POST" else None, file, timezone.localdate(now))
    if request.method == "POST" and form.is_valid():
        with told_in(form):
            told = chosen.run(request, file, form, now)
            messages.success(request, str(told or _SAVED))
            return redirect("candidate", candidacy_id)
    context = {"form": form, "heading": chosen.heading, "warns": chosen.warns, "candidacy": file.candidacy}
    return page(request, "vetting/entry.html", context, status=422 if form.errors else 200)


def _page(request: ActorRequest, file: File, form: ReasonForm, *, status: int = 200) -> HttpResponse:
    offered = _offered(file, request.actor.user_id)
    context = {
        "file": file,
        "candidacy": file.candidacy,
        "awaited": AWAITED[file.line.awaited],
        "lacking": [Step.Kind(kind).label for kind in StepKind if kind in file.line.lacking],
        "way": _way(file),
        "next": [(key, DEEDS[key].heading) for key in offered if DEEDS[key].kind == "primary"],
        "others": [(key, DEEDS[key].heading) for key in offered if DEEDS[key].kind == "secondary"],
        "asks": [(key, DEEDS[key].heading) for key in offered if DEEDS[key].kind == "of_a_bar"],
        "form": form,
    }
    return page(request, "vetting/candidate.html", context, status=status)


def _way(file: File) -> list[tuple[Words, str, list[Step]]]:
    """Each step in its order: done, next or to come, with what was written down of it."""
    order = [before for before, _after in STEPS.values()]
    state = State(file.candidacy.state)
    reached = order.index(state) if state in order else len(order)
    found: list[tuple[Words, str, list[Step]]] = []
    for at, kind in enumerate(STEPS):
        taken = [step for step in file.steps if step.kind == kind]
        passed = any(step.result == Step.Result.PASSED for step in taken)
        stand = "done" if passed and at < reached else "" if state in OVER else "next" if at == reached else "to_come"
        found.append((Step.Kind(kind).label, stand, taken))
    return found


def _offered(file: File, user_id: int | None) -> list[str]:
    """What may be done next, the likeliest first. The operations ask again."""
    state, keys = State(file.candidacy.state), []
    if file.may_vet:
        keys += [kind.value.replace("_", "-") for kind, (before, _after) in STEPS.items() if before == state]
        keys += [kind.value.replace("_", "-") for kind in StepKind if kind in file.line.lacking]
        if any(one.settled_on is None for one in file.allegations):
            keys.append("settle")
        if state is State.ACTIVE and file.code_to_sign is not None and "signature" not in keys:
            keys.append("sign")
    if file.may_decide and state not in OVER and not _has_spoken(file, user_id):
        ripe = file.line.awaited is Awaited.DECISION
        if ripe or state is not State.ACTIVE:
            keys.append("decide" if ripe else "refuse")
    if file.may_ask:
        keys.append("ask")
    if file.may_vet:
        if not file.has_user and state is State.ACTIVE:
            keys.append("user")
        if state not in OVER:
            keys.append("allegation")
        if state is not State.BARRED:
            keys.append("bar")
        elif any(one.appeal == Bar.Appeal.NONE for one in file.bars):
            keys.append("appeal")
    if file.may_decide and any(one.appeal == Bar.Appeal.OPEN and one.barred_by_id != user_id for one in file.bars):
        keys.append("answer")
    return keys


def _has_spoken(file: File, user_id: int | None) -> bool:
    return user_id == file.candidacy.recruited_by_id or any(one.by_id == user_id for one in file.deciders)


def _step(kind: StepKind) -> Deed:
    def run(request: ActorRequest, file: File, form: forms.Form, now: dt.datetime) -> Words | None:
        given = form.cleaned_data
        step = operations.take_step(
            candidacy=file.candidacy,
            kind=kind,
            result=Step.Result(given["result"]),
            taken_on=given["taken_on"],
            women_heard=given.get("women_heard"),
            words=given["words"],
            by=request.actor,
            at=now,
        )
        if step.result != Step.Result.PASSED:
            return gettext_lazy("It is written down. The step is still open.")
        if kind is StepKind.REFERENCE and file.line.references + 1 < REFERENCES_WANTED:
            return gettext_lazy("It is written down. A second reference is wanted.")
        return None

    return Deed(
        Step.Kind(kind).label,
        lambda data, _file, on: StepForm(data, kind, on),
        run,
        gettext_lazy("A step that was written down stays: it cannot be taken back."),
        "primary",
    )


def _sign(request: ActorRequest, file: File, form: forms.Form, now: dt.datetime) -> None:
    operations.sign_code(candidacy=file.candidacy, signed_on=form.cleaned_data["signed_on"], by=request.actor, at=now)


def _decide(request: ActorRequest, file: File, form: forms.Form, now: dt.datetime) -> Words:
    approves = form.cleaned_data["word"] == "approve"
    return CAME_TO[operations.decide(candidacy=file.candidacy, approves=approves, by=request.actor, at=now)]


def _refuse(request: ActorRequest, file: File, _form: forms.Form, now: dt.datetime) -> Words:
    return CAME_TO[operations.decide(candidacy=file.candidacy, approves=False, by=request.actor, at=now)]


def _allege(request: ActorRequest, file: File, form: forms.Form, now: dt.datetime) -> Words | None:
    given = form.cleaned_data
    operations.allege(
        candidacy=file.candidacy,
        received_on=given["received_on"],
        is_credible=given["is_credible"] == "yes",
        words=given["words"],
        by=request.actor,
        at=now,
    )
    suspends = given["is_credible"] == "yes" and file.candidacy.state == State.ACTIVE
    return gettext_lazy("He is suspended. His cases are with the supervisor.") if suspends else None


def _settle(request: ActorRequest, file: File, form: forms.Form, now: dt.datetime) -> None:
    given = form.cleaned_data
    allegation = form.open[given["allegation"]]  # type: ignore[attr-defined]  # made by this deed
    operations.settle(allegation=allegation, upheld=given["upheld"] == "yes", by=request.actor, at=now)


def _bar(request: ActorRequest, file: File, form: forms.Form, now: dt.datetime) -> Words:
    operations.bar(candidacy=file.candidacy, reason=form.cleaned_data["reason"], by=request.actor, at=now)
    return gettext_lazy("He is barred in the whole coalition.")


def _appeal(request: ActorRequest, file: File, _form: forms.Form, now: dt.datetime) -> None:
    operations.appeal(barred=_bar_of(file, Bar.Appeal.NONE), by=request.actor, at=now)


def _answer(request: ActorRequest, file: File, form: forms.Form, now: dt.datetime) -> None:
    lifts = form.cleaned_data["answer"] == "lifted"
    operations.answer_appeal(barred=_bar_of(file, Bar.Appeal.OPEN), lifts=lifts, by=request.actor, at=now)


def _ask(request: ActorRequest, file: File, _form: forms.Form, now: dt.datetime) -> Words:
    operations.ask(candidacy=file.candidacy, by=request.actor, at=now)
    return gettext_lazy("It was asked. The answer is awaited.")


def _bar_of(file: File, appeal: Bar.Appeal) -> Bar:
    for one in file.bars:
        if one.appeal == appeal:
            return one
    raise NotFound("not_found", _("This is not in your list."))


def _name_user(request: ActorRequest, file: File, form: forms.Form, now: dt.datetime) -> None:
    user = form.users[form.cleaned_data["user"]]  # type: ignore[attr-defined]  # made by this deed
    operations.name_user(candidacy=file.candidacy, user=user, by=request.actor, at=now)


def _plain(form: type[forms.Form]) -> Make:
    return lambda data, _file, _on: form(data)  # type: ignore[arg-type]  # a QueryDict


def _dated(form: type[forms.Form], name: str) -> Make:
    return lambda data, _file, on: form(data, initial={name: on})  # type: ignore[arg-type]  # a QueryDict


_FOR_EVER = gettext_lazy("This cannot be taken back. Please read it again before you save.")
_OF_A_BAR = gettext_lazy(
    "He may then be taken on nowhere in the coalition, and who bears his name and birth year is suspended. "
    "He can appeal; somebody else answers."
)
_OF_AN_APPEAL = gettext_lazy("An appeal is made once. The bar holds until it is answered.")
_OF_ASKING = gettext_lazy(
    "Whoever barred learns that your organisation asks, and the number of this candidate; his name is not sent. They "
    "will telephone. The bar holds until two of them say that he is another person."
)
DEEDS: dict[str, Deed] = {
    **{kind.value.replace("_", "-"): _step(kind) for kind in StepKind},
    "sign": Deed(gettext_lazy("Signs the new code of conduct"), _dated(SignForm, "signed_on"), _sign, kind="primary"),
    "decide": Deed(gettext_lazy("Give your word"), _plain(DecideForm), _decide, _FOR_EVER, "primary"),
    "refuse": Deed(gettext_lazy("Refuse already now"), _plain(SureForm), _refuse, _FOR_EVER),
    "allegation": Deed(
        gettext_lazy("Something was told against him"), _dated(AllegationForm, "received_on"), _allege, _FOR_EVER
    ),
    "settle": Deed(
        gettext_lazy("Settle the allegation"),
        lambda data, file, _on: SettleForm(data, file),
        _settle,
        _FOR_EVER,
        "primary",
    ),
    "bar": Deed(gettext_lazy("Bar him in the coalition"), _plain(BarForm), _bar, _OF_A_BAR),
    "appeal": Deed(gettext_lazy("He appeals"), _plain(SureForm), _appeal, _OF_AN_APPEAL),
    "answer": Deed(gettext_lazy("Answer the appeal"), _plain(AppealForm), _answer, _FOR_EVER, "primary"),
    "ask": Deed(gettext_lazy("Ask whether he is another person"), _plain(SureForm), _ask, _OF_ASKING, "of_a_bar"),
    "user": Deed(
        gettext_lazy("Say who he signs in as"), lambda data, file, _on: UserForm(data, file), _name_user, _FOR_EVER
    ),
}
