"""Modules of a version with their materials, and which of them a session taught."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from samaki.ground.activities import queries as activities
from samaki.kernel.errors import NotFound
from samaki.kernel.policy import Action, may, refusal
from samaki.strands.learning.models import CurriculumVersion, Module, Theme
from samaki.strands.learning.operations import curricula as operations
from samaki.strands.learning.operations.uses import WHOLE, set_uses
from samaki.strands.learning.queries import curricula as queries
from samaki.strands.learning.rules.curricula import MOST_BYTES
from samaki.strands.learning.web.curricula_forms import MaterialForm, ModuleForm, Taught
from samaki.ui import words
from samaki.ui.requests import ActorRequest, page, told_in
from samaki.ui.uploads import kept_in_memory


@require_http_methods(["GET", "POST"])
def add(request: ActorRequest, key: str, number: int) -> HttpResponse:
    """One more module of a draft."""
    version = queries.version(request.actor, queries.curriculum(request.actor, key), number)
    form = ModuleForm.of(None, request.POST or None, _themes(request, version))
    if request.method == "POST" and form.is_valid():
        with told_in(form):
            made = operations.keep_module(
                version=version, module=None, **form.kept(), by=request.actor, at=timezone.now()
            )
            return redirect("curriculum_module", key, number, made.pk)
    if not queries.may_edit(request.actor, version.curriculum):
        raise refusal(request.actor, Action.EDIT_CURRICULUM)
    context = {"version": version, "curriculum": version.curriculum, "form": form}
    return page(request, "learning/module_new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@kept_in_memory(MOST_BYTES)
def module(request: ActorRequest, key: str, number: int, module_id: int) -> HttpResponse:
    """A module; by POST it is changed, or a material joins it."""
    version = queries.version(request.actor, queries.curriculum(request.actor, key), number)
    found = queries.module(request.actor, version, module_id)
    posted = request.POST
    form = ModuleForm.of(found, posted if "module" in posted else None, _themes(request, version))
    attaching = "attach" in posted
    upload = MaterialForm(posted if attaching else None, request.FILES if attaching else None)
    if form.is_bound and form.is_valid():
        with told_in(form):
            operations.keep_module(version=version, module=found, **form.kept(), by=request.actor, at=timezone.now())
            messages.success(request, _("Saved."))
            return redirect("curriculum_module", key, number, module_id)
    if attaching and upload.is_valid():
        file = upload.cleaned_data["file"]
        with told_in(upload):
            operations.attach_material(
                module=found,
                language=upload.cleaned_data["language"],
                title=upload.cleaned_data["title"],
                name=str(file.name),
                content=file.read(),
                by=request.actor,
                at=timezone.now(),
            )
            return redirect("curriculum_module", key, number, module_id)
    return _module(request, found, form, upload)


@require_POST
def remove(request: ActorRequest, key: str, number: int, module_id: int) -> HttpResponse:
    version = queries.version(request.actor, queries.curriculum(request.actor, key), number)
    found = queries.module(request.actor, version, module_id)
    operations.remove_module(module=found, by=request.actor, at=timezone.now())
    messages.success(request, _("The module is taken out of this draft."))
    return redirect("curriculum_version", key, number)


@require_GET
def material(request: ActorRequest, material_id: int) -> HttpResponse:
    """The file, always as one to keep: whatever is in it, no browser runs it under our address."""
    found = queries.material(request.actor, material_id)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(found.name)}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return HttpResponse(bytes(found.content), content_type=found.content_type, headers=headers)


@require_POST
def remove_material(request: ActorRequest, material_id: int) -> HttpResponse:
    found = queries.material(request.actor, material_id)
    version, module_id = found.module.version, found.module_id
    operations.remove_material(material=found, by=request.actor, at=timezone.now())
    return redirect("curriculum_module", version.curriculum.key, version.number, module_id)


@require_http_methods(["GET", "POST"])
def taught(request: ActorRequest, key: str) -> HttpResponse:
    """Which version, and which of its modules, each session of an activity taught."""
    activity = activities.activity(request.actor, key)
    where = {"organisation_id": activity.organisation_id, "programme_id": activity.programme_id}
    if not may(request.actor, Action.RUN_SERIES, **where, group_id=activity.group_id):
        raise refusal(request.actor, Action.RUN_SERIES)
    offered = queries.usable(request.actor, activity)
    uses = queries.uses_of(request.actor, activity)
    chosen = _chosen(request, offered, [one.version_id for one in uses])
    form = None
    if chosen is not None:
        sessions = [
            (one.pk, _("Session %(number)s, %(day)s") % {"number": one.number, "day": words.day(one.held_on)})
            for one in activity.sessions.all()
        ]
        initial: dict[str, list[str]] = {}
        for use in uses:
            if use.version_id == chosen.pk:
                initial.setdefault(f"session_{use.session_id}", []).append(str(use.module_id or WHOLE))
        form = Taught(request.POST or None, sessions, list(chosen.modules.all()), initial=initial)
        if request.method == "POST" and form.is_valid():
            with told_in(form):
                set_uses(activity=activity, version=chosen, taught=form.taught(), by=request.actor, at=timezone.now())
                messages.success(request, _("Saved."))
                return redirect("activity", key)
    context = {"activity": activity, "offered": offered, "chosen": chosen, "form": form}
    return page(request, "learning/taught.html", context, status=422 if form and form.errors else 200)


def _chosen(request: ActorRequest, offered: Sequence[CurriculumVersion], used: list[int]) -> CurriculumVersion | None:
    """The version the address names, else the one already used, else the first offered."""
    versions = {one.pk: one for one in offered}
    asked = request.GET.get("version", "")
    if asked:
        if not asked.isdecimal() or int(asked) not in versions:
            raise NotFound("no_such_version", _("There is no such version."))
        return versions[int(asked)]
    return next((versions[pk] for pk in used if pk in versions), next(iter(versions.values()), None))


def _themes(request: ActorRequest, version: CurriculumVersion) -> QuerySet[Theme]:
    return queries.themes(request.actor, version.curriculum.programme, only_current=True)


def _module(request: ActorRequest, found: Module, form: ModuleForm, upload: MaterialForm) -> HttpResponse:
    version = found.version
    drafting = version.state == CurriculumVersion.State.DRAFT
    wrong = next((one for one in (form, upload) if one.is_bound and one.errors), None)
    context = {
        "module": found,
        "version": version,
        "curriculum": version.curriculum,
        "form": form,
        "upload": upload,
        "wrong": wrong,
        "may_edit": drafting and queries.may_edit(request.actor, version.curriculum),
    }
    return page(request, "learning/module.html", context, status=422 if wrong is not None else 200)
