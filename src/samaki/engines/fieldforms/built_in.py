"""The forms that each programme has from the start: one for each job of the field, made from its handler's fields, and
those that a handler has ready."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

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


@dataclass(frozen=True)
class _Wanted:
    """`asks` is the handler, with the fields and words of this form."""

    key: str
    title_km: str
    title_en: str
    asks: FormHandler
    mapping: dict[str, object]


def is_job(form: Form) -> bool:
    """Whether the form asks what its handler does, in the handler's own words."""
    return form.is_built_in and form.key == f"{PREFIX}{form.handler}"


def ensure_built_in(programme: Programme, *, by: AnyActor, at: dt.datetime) -> list[Form]:
    """The programme's built-in forms, each with one published version of what its handler asks today. Call it again
    where what a handler has ready may have changed.

    Where fields, words or places changed there is a next version, and the one before is withdrawn (what phones filled
    with it is still taken); otherwise nothing is written. A form whose handler fits no more stays as it is. Asks
    nobody's leave: it follows from the programme being there.
    """
    with transaction.atomic():
        Programme.objects.select_for_update(no_key=True).get(pk=programme.pk)
        return [_ensure(wanted, programme, by, at) for wanted in _wanted(programme)]


def ensure_all_built_in(*, by: AnyActor, at: dt.datetime) -> None:
    """`ensure_built_in` for every programme: a new version of Samaki may ask more."""
    for programme in Programme.objects.order_by("pk"):
        ensure_built_in(programme, by=by, at=at)


def _wanted(programme: Programme) -> Iterator[_Wanted]:
    for handler in form_handlers:
        if handler.tier is Tier.T4:
            continue
        if handler.job is not None and (handler.fits is None or handler.fits(programme.pk)):
            key = f"{PREFIX}{handler.key}"
            yield _Wanted(key, _title(handler, "km"), _title(handler, "en"), handler, identity(handler))
        for one in handler.ready(programme.pk) if handler.ready else ():
            asks = replace(handler, label=one.title_km, fields=one.fields, steps=())
            mapping = identity(asks) | {"constants": dict(one.constants)}
            yield _Wanted(f"{PREFIX}{one.key}", one.title_km, one.title_en, asks, mapping)


def _ensure(wanted: _Wanted, programme: Programme, by: AnyActor, at: dt.datetime) -> Form:
    key = wanted.key
    form = Form.objects.filter(programme=programme, key=key).first()
    if form is None:
        form = Form.objects.create(
            programme=programme,
            key=key,
            title_km=wanted.title_km,
            title_en=wanted.title_en,
            handler=wanted.asks.key,
            mapping=wanted.mapping,
            is_built_in=True,
            is_example=programme.is_example,
            origin=programme.origin,
        )
    _keep_up(form, wanted)
    last = form.versions.order_by("-pk").first()
    if last is None or last.xform != written(wanted.asks, form_id=key, version=last.version, programme_id=programme.pk):
        _publish(form, wanted.asks, str(form.versions.count() + 1), by, at)
    return form


def _keep_up(form: Form, wanted: _Wanted) -> None:
    """Titles and mapping follow the handler."""
    now = {"title_km": wanted.title_km, "title_en": wanted.title_en, "mapping": wanted.mapping}
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
