"""Sending a form, looking at it, publishing and withdrawing its versions."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from samaki.engines.fieldforms import queries
from samaki.engines.fieldforms.models import Form, FormVersion
from samaki.engines.fieldforms.operations import media as media_operations
from samaki.engines.fieldforms.operations import publishing
from samaki.engines.fieldforms.sensitive import is_t4
from samaki.engines.fieldforms.xlsforms.conversion import MOST_BYTES
from samaki.engines.fieldforms.xlsforms.faults import Fault, Level, faults_of
from samaki.engines.fieldforms.xlsforms.outline import outline
from samaki.engines.fieldforms.xlsforms.validator import is_here
from samaki.ground.organisations.queries import organisations_for
from samaki.ground.programmes.queries import partners, programmes_for
from samaki.interfaces.forms.entries import DescribeForm, MediaForm, PublishForm, SendForm, Where
from samaki.interfaces.web.requests import ActorRequest, page, told_in
from samaki.interfaces.web.uploads import kept_in_memory
from samaki.kernel.actors import Actor
from samaki.kernel.form_handlers import form_handlers
from samaki.kernel.policy import Action, may, reach, refusal, wants_second_factor
from samaki.ui.tables import Column, Entry, Table

PER_PAGE = 50


@require_GET
def forms(request: ActorRequest) -> HttpResponse:
    """The forms that the actor makes, or that her organisation fills in."""
    if not reach(request.actor, Action.EDIT_FORMS):
        raise refusal(request.actor, Action.EDIT_FORMS)
    found = queries.forms(request.actor)
    after = request.GET.get("after", "")
    at = int(after) if after.isdecimal() else 0
    listed = list(found[at : at + PER_PAGE + 1])
    counts = queries.counts(request.actor, found)
    states = queries.states(request.actor, [one.pk for one in listed])
    shown = [(one, states.get(one.pk, ""), counts.get(one.pk, 0)) for one in listed[:PER_PAGE]]
    following = at + PER_PAGE if len(listed) > PER_PAGE else None
    context = {"forms": shown, "next_after": following, "total": found.count()}
    return page(request, "forms/forms.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@kept_in_memory(MOST_BYTES)
def send(request: ActorRequest) -> HttpResponse:
    """Send a workbook: it becomes a draft, or says what to mend in it."""
    places = places_to_send(request.actor)
    if not places:
        raise refusal(request.actor, Action.EDIT_FORMS)
    form = SendForm(_posted(request), request.FILES or None, places=places)
    faults: Sequence[Fault] = ()
    if request.method == "POST" and form.is_valid():
        programme, organisation = next(where for where in places if _key(where) == form.cleaned_data["where"])
        file = form.cleaned_data["file"]
        with told_in(form):
            taken = publishing.take_workbook(
                programme=programme,
                organisation=organisation,
                content=file.read(),
                file_name=file.name,
                is_sensitive=form.cleaned_data["is_sensitive"],
                by=request.actor,
                at=timezone.now(),
            )
            if taken.version is not None:
                return redirect("form_version", taken.version.form_id, taken.version.pk)
            faults = taken.faults
            form.add_error("file", _("The form needs correction; see below."))
    context = {"form": form, "faults": faults_table(faults) if faults else None, "details": _details(faults)}
    return page(request, "forms/send.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def form(request: ActorRequest, form_id: int) -> HttpResponse:
    """A form: its versions, what becomes of it, its titles."""
    found = queries.form(request.actor, form_id)
    may_edit = queries.may_edit(request.actor, found)
    described = DescribeForm.of(found, _posted(request))
    if request.method == "POST" and described.is_valid():
        with told_in(described):
            publishing.describe(form=found, **described.cleaned_data, by=request.actor, at=timezone.now())
            messages.success(request, _("Saved."))
            return redirect("form", form_id)
    context = {
        "form": found,
        "entries": described,
        "may_edit": may_edit,
        "reads": _reads(request.actor, found),
        "wants_step": wants_second_factor(request.actor, Action.SEE_PEOPLE),
        "versions": queries.versions(request.actor, found)[:PER_PAGE],
        "handler": next((one for one in form_handlers if one.key == found.handler), None),
        "is_t4": is_t4(found),
        "count": queries.counts(request.actor, Form.objects.filter(pk=found.pk)).get(found.pk, 0),
    }
    return page(request, "forms/form.html", context, status=422 if described.errors else 200)


@require_POST
def open_or_close(request: ActorRequest, form_id: int, step: str) -> HttpResponse:
    found = queries.form(request.actor, form_id)
    publishing.open_or_close(form=found, is_open=step == "open", by=request.actor, at=timezone.now())
    return redirect("form", form_id)


@require_http_methods(["GET", "HEAD", "POST"])
def version(request: ActorRequest, form_id: int, version_id: int) -> HttpResponse:
    """A version as it will be asked; by POST it is published."""
    found = queries.form(request.actor, form_id)
    one = queries.version(request.actor, found, version_id)
    faults = faults_of(one.notices)
    entries = PublishForm(_posted(request), faults)
    if request.method == "POST" and entries.is_valid():
        with told_in(entries):
            publishing.publish(version=one, answers=entries.answers(), by=request.actor, at=timezone.now())
            messages.success(request, _("Published. Phones are offered it from now on."))
            return redirect("form", form_id)
    return _version_page(request, found, one, entries, status=422 if entries.errors else 200)


def _version_page(
    request: ActorRequest,
    found: Form,
    one: FormVersion,
    entries: PublishForm,
    *,
    remarks: Sequence[Fault] = (),
    validated: bool = False,
    files: MediaForm | None = None,
    status: int = 200,
) -> HttpResponse:
    faults = [fault for fault in faults_of(one.notices) if fault.code != "form_media_wanted"]
    context = {
        "form": found,
        "version": one,
        "entries": entries,
        "faults": faults_table(faults) if faults else None,
        "details": _details(faults),
        "remarks": remarks,
        "validated": validated,
        "has_validator": is_here(),
        "may_edit": queries.may_edit(request.actor, found),
        "is_t4": is_t4(found),
        "parts": outline(one.xform, get_language() or "km"),
        "media": one.media.order_by("name").values("name", "content_type"),
        "missing": publishing.missing_media(one),
        "files": files or MediaForm(),
    }
    return page(request, "forms/version.html", context, status=status)


@require_POST
def step(request: ActorRequest, form_id: int, version_id: int, step: str) -> HttpResponse:
    """Withdraw a published version, discard a draft, or have it looked at by ODK Validate."""
    found = queries.form(request.actor, form_id)
    one = queries.version(request.actor, found, version_id)
    if step == "check":
        remarks = publishing.validate(version=one, by=request.actor, at=timezone.now())
        entries = PublishForm(None, faults_of(one.notices))
        return _version_page(request, found, one, entries, remarks=remarks, validated=True)
    deed = {"withdraw": publishing.withdraw, "discard": publishing.discard_draft}[step]
    deed(version=one, by=request.actor, at=timezone.now())
    gone = step == "discard" and not Form.objects.filter(pk=form_id).exists()
    return redirect("forms") if gone else redirect("form", form_id)


@require_POST
@kept_in_memory(media_operations.MOST_BYTES, media_operations.MOST_BYTES_TOGETHER)
def media(request: ActorRequest, form_id: int, version_id: int) -> HttpResponse:
    found = queries.form(request.actor, form_id)
    one = queries.version(request.actor, found, version_id)
    entries = MediaForm(request.POST, request.FILES)
    sent = request.FILES.getlist("files")
    if not sent:
        entries.add_error("files", _("Please choose the files."))
    else:
        with told_in(entries):
            files = {str(file.name): file.read() for file in sent}
            media_operations.attach_media(version=one, files=files, by=request.actor, at=timezone.now())
            return redirect("form_version", form_id, version_id)
    publish = PublishForm(None, faults_of(one.notices))
    return _version_page(request, found, one, publish, files=entries, status=422)


@require_POST
def remove_media(request: ActorRequest, form_id: int, version_id: int) -> HttpResponse:
    found = queries.form(request.actor, form_id)
    one = queries.version(request.actor, found, version_id)
    name = request.POST.get("name", "")
    media_operations.remove_media(version=one, name=name, by=request.actor, at=timezone.now())
    return redirect("form_version", form_id, version_id)


def places_to_send(actor: Actor) -> list[Where]:
    """For whom the actor may make a form: a programme's organisations, or, where she may, all of them at once."""
    within = reach(actor, Action.EDIT_FORMS)
    found: list[Where] = []
    for programme in programmes_for(actor, Action.EDIT_FORMS):
        if within.covers(organisation_id=None, programme_id=programme.pk):
            found.append((programme, None))
        working = partners(actor, programme)
        found += [
            (programme, one)
            for one in organisations_for(actor, Action.EDIT_FORMS).filter(pk__in=working.values("pk"))
            if within.covers(organisation_id=one.pk, programme_id=programme.pk)
        ]
    return found


def _key(where: Where) -> str:
    return f"{where[0].key}/{where[1].key if where[1] else ''}"


def _reads(actor: Actor, form: Form) -> bool:
    within = reach(actor, Action.SEE_PEOPLE)
    if is_t4(form):
        return False
    if form.organisation_id is not None:
        return may(actor, Action.SEE_PEOPLE, organisation_id=form.organisation_id, programme_id=form.programme_id)
    programmes = within.programmes()
    return bool(within) and (programmes is None or form.programme_id in programmes)


def faults_table(faults: Sequence[Fault]) -> Table:
    """By place in the workbook; errors first, as they come."""
    kinds = {Level.ERROR: _("To mend"), Level.NOTE: _("To know"), Level.ASK: _("To answer")}
    rows = [
        [
            Entry(kinds[fault.level] if not fault.answer else _("Answered")),
            Entry(f"{fault.sheet} {fault.row or ''}".strip()),
            Entry(fault.column),
            Entry(f"{fault.what} {fault.remedy if not fault.answer else fault.answer}"),
        ]
        for fault in faults
    ]
    columns = [Column(_("Kind")), Column(_("Sheet and row")), Column(_("Column")), Column(_("What to mend or to know"))]
    return Table(_("What was found in the workbook"), columns, rows, caption_seen=False)


def _details(faults: Sequence[Fault]) -> list[str]:
    return list(dict.fromkeys(fault.detail for fault in faults if fault.detail))


def _posted(request: ActorRequest) -> QueryDict | None:
    """What was sent, an empty form too."""
    return request.POST if request.method == "POST" else None
