"""Curricula, their versions and the talk about them: read by a programme's own people, edited by those who may."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from samaki.ground.organisations.models import Organisation
from samaki.ground.organisations.queries import organisations, organisations_for
from samaki.ground.programmes.models import Programme
from samaki.ground.programmes.queries import partners, programmes_for
from samaki.kernel.actors import AnyActor
from samaki.kernel.errors import NotFound
from samaki.kernel.policy import Action, may, reach, refusal
from samaki.strands.learning.models import CurriculumVersion, Theme
from samaki.strands.learning.operations import curricula as operations
from samaki.strands.learning.operations import reviews
from samaki.strands.learning.queries import curricula as queries
from samaki.strands.learning.web.curricula_forms import AgreeOn, Reply, Summary, ThemeForm, Titles, Word
from samaki.ui.requests import ActorRequest, page, told_in


@require_GET
def curricula(request: ActorRequest) -> HttpResponse:
    listed = list(queries.curricula(request.actor).prefetch_related("themes", "versions"))
    context = {
        "listed": [(one, max(one.versions.all(), key=lambda version: version.number)) for one in listed],
        "edits": bool(_places(request.actor)),
        "programmes": list(programmes_for(request.actor, Action.SEE_PROGRAMME)),
    }
    return page(request, "learning/curricula.html", context)


@require_http_methods(["GET", "POST"])
def create(request: ActorRequest) -> HttpResponse:
    """A new curriculum for an organisation of a programme; which one, the address says."""
    places = _places(request.actor)
    if not places:
        raise refusal(request.actor, Action.EDIT_CURRICULUM)
    programme, organisation = places.get(request.GET.get("for", "")) or next(iter(places.values()))
    themes = queries.themes(request.actor, programme, only_current=True)
    form = Titles(request.POST or None, themes)
    if request.method == "POST" and form.is_valid():
        with told_in(form):
            made = operations.create_curriculum(
                programme=programme,
                organisation=organisation,
                title_km=form.cleaned_data["title_km"],
                title_en=form.cleaned_data["title_en"],
                themes=form.chosen(),
                by=request.actor,
                at=timezone.now(),
            )
            return redirect("curriculum", made.key)
    others = [(key, *pair) for key, pair in places.items() if pair != (programme, organisation)]
    context = {"form": form, "programme": programme, "organisation": organisation, "others": others}
    return page(request, "learning/curriculum_new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def curriculum(request: ActorRequest, key: str) -> HttpResponse:
    """A curriculum with its versions; by POST its titles and themes."""
    found = queries.curriculum(request.actor, key)
    themes = queries.themes(request.actor, found.programme, only_current=True)
    form = Titles.of(found, request.POST or None, themes)
    if request.method == "POST" and form.is_valid():
        with told_in(form):
            operations.edit_curriculum(
                curriculum=found,
                revision=form.cleaned_data["revision"] or 0,
                title_km=form.cleaned_data["title_km"],
                title_en=form.cleaned_data["title_en"],
                themes=form.chosen(),
                by=request.actor,
                at=timezone.now(),
            )
            messages.success(request, _("Saved."))
            return redirect("curriculum", key)
    listed = list(queries.versions(request.actor, found))
    uses = queries.counts_of_use(request.actor, listed)
    context = {
        "curriculum": found,
        "form": form,
        "versions": [(one, uses.get(one.pk, 0)) for one in listed],
        "may_edit": queries.may_edit(request.actor, found),
        "drafting": any(one.state == CurriculumVersion.State.DRAFT for one in listed),
    }
    return page(request, "learning/curriculum.html", context, status=422 if form.errors else 200)


@require_POST
def draft(request: ActorRequest, key: str) -> HttpResponse:
    """The next version, a copy of the last."""
    found = queries.curriculum(request.actor, key)
    made = operations.draft_version(curriculum=found, by=request.actor, at=timezone.now())
    messages.success(request, _("Copied from the last version. Change what should change, then agree it."))
    return redirect("curriculum_version", key, made.number)


@require_http_methods(["GET", "POST"])
def version(request: ActorRequest, key: str, number: int) -> HttpResponse:
    """A version: its modules, the talk about it, where it was used; by POST a change proposed, or its summary."""
    one = queries.version(request.actor, queries.curriculum(request.actor, key), number)
    known, today = organisations(request.actor), timezone.localdate()
    word = Word(request.POST if "propose" in request.POST else None, known, initial={"on": today})
    summary = Summary.of(one, request.POST if "summary" in request.POST else None)
    if word.is_bound and word.is_valid():
        with told_in(word):
            reviews.propose_change(version=one, **word.said(), by=request.actor, at=timezone.now())
            return redirect("curriculum_version", key, number)
    if summary.is_bound and summary.is_valid():
        with told_in(summary):
            operations.summarise(version=one, **summary.cleaned_data, by=request.actor, at=timezone.now())
            return redirect("curriculum_version", key, number)
    return _version(request, one, word=word, summary=summary)


@require_http_methods(["GET", "POST"])
def proposal(request: ActorRequest, key: str, number: int, proposal_id: int) -> HttpResponse:
    """One proposal with what was said of it; by POST an answer, or the last word taken back."""
    one = queries.version(request.actor, queries.curriculum(request.actor, key), number)
    found = next((each for each in queries.proposals(request.actor, one) if each.review.pk == proposal_id), None)
    if found is None:
        raise NotFound("no_such_proposal", _("There is no such proposal."))
    found.review.version = one
    form = Reply(
        request.POST if "answer" in request.POST else None,
        organisations(request.actor),
        initial={"on": timezone.localdate()},
    )
    if form.is_bound and form.is_valid():
        with told_in(form):
            reviews.answer_proposal(
                proposal=found.review,
                step=form.cleaned_data["step"],
                **form.said(),
                by=request.actor,
                at=timezone.now(),
            )
            return redirect("curriculum_proposal", key, number, proposal_id)
    elif "unsay" in request.POST:
        last = found.answers[-1] if found.answers else found.review
        reviews.take_back_word(review=last, by=request.actor, at=timezone.now())
        messages.success(request, _("Taken back."))
        if last.pk == found.review.pk:
            return redirect("curriculum_version", key, number)
        return redirect("curriculum_proposal", key, number, proposal_id)
    context = {
        "version": one,
        "curriculum": one.curriculum,
        "proposal": found,
        "form": form,
        "may_edit": queries.may_edit(request.actor, one.curriculum) and one.state == CurriculumVersion.State.DRAFT,
    }
    return page(request, "learning/proposal.html", context, status=422 if form.errors else 200)


DONE: Mapping[str, Promise] = {
    "take-back": gettext_lazy("It is a draft again, because nothing has used it yet."),
    "retire": gettext_lazy("No longer offered to new trainings. What used it stays as it was; it can be used again."),
    "use-again": gettext_lazy("Offered to new trainings again."),
    "discard": gettext_lazy("The draft is gone. The version before it stays."),
}


@require_POST
def step(request: ActorRequest, key: str, number: int, step: str) -> HttpResponse:
    """Agree a version, take that back, retire it or use it again, or discard a draft."""
    one = queries.version(request.actor, queries.curriculum(request.actor, key), number)
    about: dict[str, Any] = {"version": one, "by": request.actor, "at": timezone.now()}
    agreeing = AgreeOn(request.POST if step == "agree" else None, initial={"on": timezone.localdate()})
    if step == "agree":
        if agreeing.is_valid():
            with told_in(agreeing):
                reviews.agree_version(**about, on=agreeing.cleaned_data["on"])
        if agreeing.errors:
            return _version(request, one, agreeing=agreeing)
        return redirect("curriculum_version", key, number)
    deeds = {
        "take-back": operations.take_back_agreement,
        "retire": operations.retire_version,
        "use-again": operations.use_again,
        "discard": operations.discard_draft,
    }
    deeds[step](**about)
    messages.success(request, str(DONE[step]))
    return redirect("curriculum", key) if step == "discard" else redirect("curriculum_version", key, number)


@require_http_methods(["GET", "POST"])
def themes(request: ActorRequest, key: str) -> HttpResponse:
    """The programme's list of themes; by POST one new or changed."""
    programme = programmes_for(request.actor, Action.SEE_PROGRAMME).filter(key=key).first()
    if programme is None:
        raise NotFound("no_such_programme", _("There is no such programme."))
    listed = list(queries.themes(request.actor, programme))
    form = ThemeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        with told_in(form):
            operations.keep_theme(
                programme=programme,
                theme=_theme(listed, said["theme"]),
                name_km=said["name_km"],
                name_en=said["name_en"],
                is_current=said["is_current"],
                by=request.actor,
                at=timezone.now(),
            )
            messages.success(request, _("Saved."))
            return redirect("themes", key)
    context = {
        "programme": programme,
        "form": form if form.is_bound and not form.data.get("theme") else ThemeForm(),
        "wrong": form if form.errors else None,
        "listed": [(one, _as_form(one)) for one in listed],
        "may_edit": may(request.actor, Action.EDIT_CURRICULUM, organisation_id=None, programme_id=programme.pk),
    }
    return page(request, "learning/themes.html", context, status=422 if form.errors else 200)


def _version(
    request: ActorRequest,
    one: CurriculumVersion,
    *,
    word: Word | None = None,
    summary: Summary | None = None,
    agreeing: AgreeOn | None = None,
) -> HttpResponse:
    before = queries.version_before(request.actor, one)
    may_edit = queries.may_edit(request.actor, one.curriculum)
    today = timezone.localdate()
    shown = [form for form in (word, summary, agreeing) if form is not None and form.errors]
    context = {
        "curriculum": one.curriculum,
        "version": one,
        "modules": list(one.modules.all()),
        "minutes": _minutes(one),
        "before": before,
        "compared": [row for row in queries.compared(before, one) if row[0].change != "same"] if before else [],
        "proposals": queries.proposals(request.actor, one),
        "uses": queries.uses(request.actor, one)[:50],
        "may_edit": may_edit,
        "drafting": may_edit and one.state == CurriculumVersion.State.DRAFT,
        "word": word or Word(None, organisations(request.actor), initial={"on": today}),
        "summary": summary or Summary.of(one, None),
        "agreeing": agreeing or AgreeOn(initial={"on": today}),
        "wrong": shown[0] if shown else None,
    }
    return page(request, "learning/version.html", context, status=422 if shown else 200)


def _minutes(version: CurriculumVersion) -> int | None:
    """The length of all modules; None while one of them is not known."""
    known = [one.minutes for one in version.modules.all()]
    return sum(one for one in known if one is not None) if known and None not in known else None


def _theme(listed: list[Theme], theme_id: int | None) -> Theme | None:
    if theme_id is None:
        return None
    found = next((one for one in listed if one.pk == theme_id), None)
    if found is None:
        raise NotFound("no_such_theme", _("There is no such theme."))
    return found


def _as_form(theme: Theme) -> ThemeForm:
    initial = {name: getattr(theme, name) for name in ("name_km", "name_en", "is_current")} | {"theme": theme.pk}
    return ThemeForm(initial=initial, auto_id=f"id_{theme.key}_%s")


def _places(actor: AnyActor) -> dict[str, tuple[Programme, Organisation]]:
    """For which organisation of which programme the actor may make a curriculum."""
    within = reach(actor, Action.EDIT_CURRICULUM)
    return {
        f"{programme.key}/{one.key}": (programme, one)
        for programme in programmes_for(actor, Action.EDIT_CURRICULUM)
        for one in organisations_for(actor, Action.EDIT_CURRICULUM).filter(
            pk__in=partners(actor, programme).values("pk")
        )
        if within.covers(organisation_id=one.pk, programme_id=programme.pk)
    }
