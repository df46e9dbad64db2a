"""The forms that each programme has from the start: one for each job of the field, made from its handler's fields."""

from __future__ import annotations

import datetime as dt
import hashlib

from django.db import transaction
from django.utils import translation

from samaki.engines.fieldforms.mapping import identity
from samaki.engines.fieldforms.models import Form, FormVersion
from samaki.engines.fieldforms.xforms import read_definition
from samaki.engines.fieldforms.xforms.made import written
from samaki.ground.programmes.models import Programme
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.form_handlers import FormHandler, Tier, form_handlers
from samaki.kernel.records import Scope

PREFIX = "samaki-"
_State = FormVersion.State


def ensure_built_in(programme: Programme, *, by: AnyActor, at: dt.datetime) -> list[Form]:
    """The programme's built-in forms, each with one published version of what its handler asks today.

    Where fields, words or places changed there is a next version, and the one before is withdrawn (what phones filled
    with it is still taken); otherwise nothing is written. A form whose handler fits no more stays as it is. Asks
    nobody's leave: it follows from the programme being there.
    """
    wanted = [handler for handler in form_handlers if _is_wanted(handler, programme)]
    with transaction.atomic():
        Programme.objects.select_for_update(no_key=True).get(pk=programme.pk)
        return [_ensure(handler, programme, by, at) for handler in wanted]


def ensure_all_built_in(*, by: AnyActor, at: dt.datetime) -> None:
    """`ensure_built_in` for every programme: a new version of Samaki may ask more."""
    for programme in Programme.objects.order_by("pk"):
        ensure_built_in(programme, by=by, at=at)


def _is_wanted(handler: FormHandler, programme: Programme) -> bool:
    if handler.job is None or handler.tier is Tier.T4:
        return False
    return handler.fits is None or handler.fits(programme.pk)


def _ensure(handler: FormHandler, programme: Programme, by: AnyActor, at: dt.datetime) -> Form:
    key = f"{PREFIX}{handler.key}"
    form = Form.objects.filter(programme=programme, key=key).first()
    if form is None:
        form = Form.objects.create(
            programme=programme,
            key=key,
            title_km=_title(handler, "km"),
            title_en=_title(handler, "en"),
            handler=handler.key,
            mapping=identity(handler),
            is_built_in=True,
            is_example=programme.is_example,
            origin=programme.origin,
        )
    _keep_up(form, handler)
    last = form.versions.order_by("-pk").first()
    if last is None or last.xform != written(handler, form_id=key, version=last.version, programme_id=programme.pk):
        _publish(form, handler, str(form.versions.count() + 1), by, at)
    return form


def _keep_up(form: Form, handler: FormHandler) -> None:
    """Titles and mapping follow the handler."""
    now = {"title_km": _title(handler, "km"), "title_en": _title(handler, "en"), "mapping": identity(handler)}
    if any(getattr(form, name) != value for name, value in now.items()):
        for name, value in now.items():
            setattr(form, name, value)
        form.revision += 1
        form.save()


def _publish(form: Form, handler: FormHandler, number: str, by: AnyActor, at: dt.datetime) -> None:
    xform = written(handler, form_id=form.key, version=number, programme_id=form.programme_id)
    definition = read_definition(xform)
    form.versions.filter(state=_State.PUBLISHED).update(state=_State.WITHDRAWN, withdrawn_at=at)
    version = FormVersion.objects.create(
        form=form,
        version=number,
        state=_State.PUBLISHED,
        xform=xform,
        md5=hashlib.md5(xform.encode(), usedforsecurity=False).hexdigest(),
        questions=[question.as_json() for question in definition.questions],
        repeats=sorted(definition.repeats),
        made_by=by.name,
        published_at=at,
    )
    scope = Scope(organisation_id=None, programme_id=form.programme_id)
    record(by, "publish_form", version, **scope, details={"version": number, "md5": version.md5, "built_in": True})


def _title(handler: FormHandler, language: str) -> str:
    with translation.override(language):
        return str(handler.label)
