"""Instruments: read by a programme's own people, written in versions by those who may, printed to be filled by hand."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from samaki.ground.programmes.models import Programme
from samaki.ground.programmes.queries import programmes_for
from samaki.kernel.actors import AnyActor
from samaki.kernel.errors import Conflict, NotFound
from samaki.kernel.policy import Action, reach, refusal
from samaki.strands.learning.models import Instrument
from samaki.strands.learning.operations import instruments as operations
from samaki.strands.learning.queries import instruments as queries
from samaki.strands.learning.web.instrument_forms import Begin, items_of, words_of
from samaki.strands.learning.web.instrument_paper import pdf
from samaki.ui.requests import ActorRequest, page, told_in

LANGUAGES = ("km", "en")


@require_GET
def listed(request: ActorRequest) -> HttpResponse:
    if not reach(request.actor, Action.SEE_PROGRAMME):
        raise refusal(request.actor, Action.SEE_PROGRAMME)
    may_begin = programmes_for(request.actor, Action.EDIT_CURRICULUM).exists()
    context = {"listed": queries.listed(request.actor), "may_begin": may_begin}
    return page(request, "learning/instruments.html", context)


@require_http_methods(["GET", "POST"])
def begin(request: ActorRequest) -> HttpResponse:
    """A scale of agreement from nothing: its draft, to be read over and published."""
    programmes = list(programmes_for(request.actor, Action.EDIT_CURRICULUM))
    if not programmes:
        raise refusal(request.actor, Action.EDIT_CURRICULUM)
    form = Begin(request.POST or None, programmes)
    if request.method == "POST" and form.is_valid():
        programme = next(one for one in programmes if one.key == form.cleaned_data["programme"])
        with told_in(form):
            made = operations.begin_scale(
                definition=form.definition(), programme=programme, by=request.actor, at=timezone.now()
            )
            messages.success(request, _("Drafted. Please read it over, then publish it."))
            return redirect("instrument", made.instrument.key, made.number)
    return page(request, "learning/instrument_new.html", {"form": form}, status=422 if form.errors else 200)


@require_GET
def version(request: ActorRequest, key: str, number: int) -> HttpResponse:
    """A version as it is asked, with what may be done with it."""
    found = queries.version(request.actor, key, number)
    one = found.instrument
    every = queries.versions(one)
    context = {
        "version": found,
        "instrument": one,
        "versions": every,
        "may_edit": one.programme_id is not None and operations.may_edit(request.actor, one.programme_id),
        "draft_for": _draft_for(request.actor, one),
        "drafting": any(not other.is_published for other in every),
    }
    return page(request, "learning/instrument.html", context)


@require_POST
def step(request: ActorRequest, key: str, number: int) -> HttpResponse:
    """The next draft, or this one published."""
    found = queries.version(request.actor, key, number)
    by, at = request.actor, timezone.now()
    try:
        if "publish" in request.POST:
            operations.publish_instrument(found, by=by, at=at)
            messages.success(request, _("Published. From now on its words stay as they are."))
        else:
            asked = request.POST.get("draft", "")
            programme = next((one for one in _draft_for(by, found.instrument) if one.key == asked), None)
            if programme is None:
                raise refusal(by, Action.EDIT_CURRICULUM)
            made = operations.draft_instrument(of=found, programme=programme, by=by, at=at)
            return redirect("instrument_edit", made.instrument.key, made.number)
    except Conflict as conflict:
        messages.warning(request, conflict.message)
    return redirect("instrument", key, number)


@require_http_methods(["GET", "POST"])
def edit(request: ActorRequest, key: str, number: int) -> HttpResponse:
    """The words of a draft; a question left without words is taken out."""
    found = queries.version(request.actor, key, number)
    programme = found.instrument.programme
    if programme is None or not operations.may_edit(request.actor, programme.pk):
        raise refusal(request.actor, Action.EDIT_CURRICULUM)
    if found.is_published:
        return redirect("instrument", key, number)
    definition, sent = queries.definition_of(found), request.POST or None
    form, items = words_of(definition, found.revision, sent), items_of(definition, sent)
    checked = [form.is_valid(), *(item.is_valid() for item in items)]
    if request.method == "POST" and all(checked):
        said = {name: value for name, value in form.cleaned_data.items() if name != "revision"}
        questions = tuple(question for item in items if (question := item.question()) is not None)
        with told_in(form):
            operations.edit_instrument(
                found,
                replace(definition, **said, questions=questions),
                revision=form.cleaned_data["revision"],
                by=request.actor,
                at=timezone.now(),
            )
            messages.success(request, _("Saved."))
            return redirect("instrument", key, number)
    wrong = request.method == "POST"
    context = {"version": found, "instrument": found.instrument, "form": form, "items": items}
    return page(request, "learning/instrument_edit.html", context, status=422 if wrong else 200)


@require_GET
def paper(request: ActorRequest, key: str, number: int, language: str) -> HttpResponse:
    """The sheet to print. It never says which answer is right."""
    found = queries.version(request.actor, key, number)
    if language not in LANGUAGES:
        raise NotFound("no_such_instrument", _("There is no such instrument."))
    with translation.override(language):
        content = pdf(found, language)
    headers = {"Content-Disposition": f'inline; filename="{key}-{number}-{language}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _draft_for(actor: AnyActor, one: Instrument) -> list[Programme]:
    """The programmes for which the actor may write a version with these words."""
    within = programmes_for(actor, Action.EDIT_CURRICULUM)
    return list(within if one.programme_id is None else within.filter(pk=one.programme_id))
