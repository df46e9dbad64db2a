"""Joining a form to the handler that makes records of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.engines.fieldforms.mapping import plan_of
from samaki.engines.fieldforms.models import Form, FormVersion
from samaki.engines.fieldforms.operations.publishing import scope_of
from samaki.engines.fieldforms.suggesting import key_of
from samaki.engines.fieldforms.xforms import Question
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.audit.permits import acting
from samaki.kernel.errors import Conflict, Invalid, NotFound
from samaki.kernel.form_handlers import FormHandler, form_handlers
from samaki.kernel.policy import Action
from samaki.kernel.records import expect_revision


def match(
    *, form: Form, handler: str, mapping: Mapping[str, Any], revision: int, by: AnyActor, at: dt.datetime
) -> Form:
    """Sets what becomes of the form; handler "" keeps what is sent as data. What was sent before stays as it is until
    it is tried again. Raises Conflict: changed_meanwhile, built_in; NotFound("no_such_handler"); Invalid with `field`:
    field_unmatched, question_unknown, choice_unknown, constant_unreadable."""
    with acting(by, Action.EDIT_FORMS, form, **scope_of(form)):
        form = Form.objects.select_for_update(of=("self",), no_key=True).get(pk=form.pk)
        if form.is_built_in:
            raise Conflict("built_in", _("This form belongs to the system; its fields are matched already."))
        expect_revision(form, revision, {"handler": handler})
        if handler:
            version = form.versions.exclude(state=FormVersion.State.WITHDRAWN).order_by("-pk").first()
            expect_good(handler_named(handler), mapping, version, today=timezone.localdate(at))
        form.handler, form.mapping = handler, dict(mapping) if handler else {}
        form.revision += 1
        form.save()
        record(by, "match_form", form, **scope_of(form), details={"handler": handler})
    return form


def handler_named(key: str) -> FormHandler:
    """Raises NotFound."""
    if key not in form_handlers:
        raise NotFound("no_such_handler", _("Nothing is recorded from forms under this name."))
    return form_handlers[key]


def expect_good(
    handler: FormHandler, mapping: Mapping[str, Any], version: FormVersion | None, *, today: dt.date
) -> None:
    """Raises Invalid as `match`; `field` is "part.field"."""
    _expect_needed(handler, mapping)
    questions = {one.path: one for one in questions_of(version)}
    fields: Mapping[str, str] = mapping.get("fields", {})
    parts: Mapping[str, str] = mapping.get("repeats", {})
    for field in handler.fields:
        key = key_of(field)
        path = fields.get(key, "")
        if not path:
            continue
        wanted = parts.get(field.repeat, "?") if field.repeat else ""
        if path not in questions or questions[path].repeat != wanted:
            words = _("The form does not ask this there: please choose a question of the same part.")
            raise Invalid("question_unknown", words, field=key)
        allowed = {choice.key for choice in field.choices}
        if set(mapping.get("values", {}).get(key, {}).values()) - allowed:
            raise Invalid("choice_unknown", _("Please choose one of the answers offered."), field=key)
    plan_of(handler, mapping, today=today)


def _expect_needed(handler: FormHandler, mapping: Mapping[str, Any]) -> None:
    """Of what every record needs, nothing may be unmatched; all that is missing is named at once."""
    known = {*mapping.get("fields", {}), *mapping.get("constants", {})}
    parts = mapping.get("repeats", {})
    needed = [(key_of(one),) for one in handler.fields if one.required and (not one.repeat or one.repeat in parts)]
    missing = [keys for keys in (*needed, *handler.one_of) if not known.intersection(keys)]
    if not missing:
        return
    labels = {key_of(one): str(one.label) for one in handler.fields}
    names = ", ".join(_(" or ").join(labels[key] for key in keys) for keys in missing)
    words = _("This must be known of every record: %(names)s. Please choose the question that asks it.")
    raise Invalid("field_unmatched", words, field=missing[0][0], names=names)


def questions_of(version: FormVersion | None) -> Sequence[Question]:
    return [Question.from_json(stored) for stored in version.questions] if version else []
