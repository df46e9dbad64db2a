"""A form's way: a workbook becomes a draft, a draft is published, a version is withdrawn. Published bytes never change,
and what is filled with an older version is still taken."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from lxml import etree

from samaki.engines.fieldforms.models import Form, FormMedia, FormVersion
from samaki.engines.fieldforms.xforms import Definition, read_definition
from samaki.engines.fieldforms.xforms.reading import name_of, read_xml
from samaki.engines.fieldforms.xlsforms.checks import checked
from samaki.engines.fieldforms.xlsforms.conversion import Converted, convert
from samaki.engines.fieldforms.xlsforms.faults import Fault, Level, faults_of
from samaki.engines.fieldforms.xlsforms.validator import is_here, validated
from samaki.ground.organisations.models import Organisation
from samaki.ground.programmes.models import Programme
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.audit.permits import acting, keeping_refusals
from samaki.kernel.errors import Conflict, DomainError, Invalid
from samaki.kernel.policy import Action, require
from samaki.kernel.records import Scope, expect_revision

State = FormVersion.State
ITEMSETS = "itemsets.csv"
LONGEST = 200  # characters of a form's id, version and title


@dataclass(frozen=True)
class Taken:
    """`version` is None where an error among the faults stands in the way."""

    version: FormVersion | None
    faults: tuple[Fault, ...]


def take_workbook(
    *,
    programme: Programme,
    organisation: Organisation | None,
    content: bytes,
    file_name: str,
    is_sensitive: bool = False,
    by: AnyActor,
    at: dt.datetime,
) -> Taken:
    """A draft from a workbook; `organisation` None offers it to every organisation of the programme. The same version
    again replaces its draft. Raises Refused; what is wrong with the workbook stands in the faults."""
    scope = Scope(organisation_id=organisation.pk if organisation else None, programme_id=programme.pk)
    with keeping_refusals(by, Action.EDIT_FORMS, ("fieldforms.form", ""), **scope):
        require(by, Action.EDIT_FORMS, **scope)
    converted = convert(content, file_name)  # takes its time, and so stands outside of the transaction
    if converted.xform is None:
        return Taken(None, converted.faults)
    try:
        root = read_xml(converted.xform.encode())
        definition = read_definition(converted.xform)
    except DomainError as error:
        return Taken(None, (Fault("form_refused", Level.ERROR, detail=error.code), *converted.faults))
    faults = (*converted.faults, *checked(root, definition, converted.rows))
    if any(fault.level is Level.ERROR for fault in faults):
        return Taken(None, faults)
    with acting(by, Action.EDIT_FORMS, ("fieldforms.form", definition.form_id[:64]), **scope):
        form, wrong = _form(definition, programme, organisation, is_sensitive=is_sensitive)
        if form is None:
            return Taken(None, (*wrong, *faults))
        taken = _draft(form, definition, converted, root, faults, content, file_name, by, at)
        if taken.version is not None:
            details = {"version": taken.version.version, "sensitive": form.is_sensitive}
            record(by, "draft_form", taken.version, **scope_of(form), details=details)
    return taken


def publish(*, version: FormVersion, answers: Mapping[int, str], by: AnyActor, at: dt.datetime) -> FormVersion:
    """Offers a draft. `answers` gives, by place in the notices, why a question that seems to ask what is never stored
    may stand. Raises Conflict("not_a_draft"), Invalid: asks_unanswered, media_missing."""
    form = version.form
    with acting(by, Action.EDIT_FORMS, version, **scope_of(form)):
        version = _locked(version, State.DRAFT)
        faults = [
            fault.answered(answers[at_].strip()[:300], by.name)
            if answers.get(at_, "").strip() and fault.open
            else fault
            for at_, fault in enumerate(faults_of(version.notices))
        ]
        if any(fault.open for fault in faults):
            raise Invalid("asks_unanswered", _("Please say of each marked question why it may be asked."))
        if missing := missing_media(version):
            raise Invalid("media_missing", _("These files are still missing: %(names)s"), names=", ".join(missing))
        version.notices = [fault.as_json() for fault in faults]
        version.state, version.published_at = State.PUBLISHED, at
        version.save()
        reasons = "; ".join(dict.fromkeys(fault.answer for fault in faults if fault.answer))
        details = {"version": version.version, "md5": version.md5, "answered": sum(bool(f.answer) for f in faults)}
        record(by, "publish_form", version, **scope_of(form), reason=reasons[:300], details=details)
    return version


def withdraw(*, version: FormVersion, by: AnyActor, at: dt.datetime) -> FormVersion:
    """Offers it no more; what phones filled with it is still taken. Raises Conflict("not_published")."""
    with acting(by, Action.EDIT_FORMS, version, **scope_of(version.form)):
        version = _locked(version, State.PUBLISHED)
        version.state, version.withdrawn_at = State.WITHDRAWN, at
        version.save(update_fields=["state", "withdrawn_at"])
        record(by, "withdraw_form", version, **scope_of(version.form), details={"version": version.version})
    return version


def discard_draft(*, version: FormVersion, by: AnyActor, at: dt.datetime) -> None:
    """A draft that nobody wants; its form too, where it has no other version. Raises Conflict("not_a_draft")."""
    form = version.form
    with acting(by, Action.EDIT_FORMS, version, **scope_of(form)):
        version = _locked(version, State.DRAFT)
        record(by, "discard_form_draft", version, **scope_of(form), details={"version": version.version})
        version.delete()
        if not form.versions.exists() and not form.submissions.exists():
            form.delete()


def validate(*, version: FormVersion, by: AnyActor, at: dt.datetime) -> tuple[Fault, ...]:
    """What ODK Validate says of it; kept with the draft. Raises Conflict where the machine has no Java."""
    with keeping_refusals(by, Action.EDIT_FORMS, version, **scope_of(version.form)):
        require(by, Action.EDIT_FORMS, **scope_of(version.form))
    if not is_here():
        raise Conflict("no_validator", _("ODK Validate needs Java, which this machine does not have."))
    said = validated(version.xform)
    with transaction.atomic():
        record(by, "validate_form", version, **scope_of(version.form), details={"remarks": len(said)})
    return said


def open_or_close(*, form: Form, is_open: bool, by: AnyActor, at: dt.datetime) -> Form:
    """A closed form is offered to no phone and takes nothing new."""
    with acting(by, Action.EDIT_FORMS, form, **scope_of(form)):
        form.is_open = is_open
        form.revision += 1
        form.save(update_fields=["is_open", "revision", "updated_at"])
        record(by, "open_form" if is_open else "close_form", form, **scope_of(form))
    return form


def describe(
    *, form: Form, title_km: str, title_en: str, is_sensitive: bool, revision: int, by: AnyActor, at: dt.datetime
) -> Form:
    """Its titles, and whether it asks what only named staff may read. Raises Conflict("changed_meanwhile")."""
    with acting(by, Action.EDIT_FORMS, form, **scope_of(form)):
        form = Form.objects.select_for_update(of=("self",), no_key=True).get(pk=form.pk)
        expect_revision(form, revision, {"title_km": title_km, "title_en": title_en, "is_sensitive": is_sensitive})
        form.title_km, form.title_en, form.is_sensitive = title_km, title_en, is_sensitive
        form.revision += 1
        form.save()
        record(by, "describe_form", form, **scope_of(form), details={"sensitive": is_sensitive})
    return form


def missing_media(version: FormVersion) -> list[str]:
    """Names of files that the version wants beside it and does not have."""
    here = set(version.media.values_list("name", flat=True))
    return sorted(read_definition(version.xform).media - here)


def scope_of(form: Form) -> Scope:
    """Whose form it is; organisation None: the programme's."""
    return Scope(organisation_id=form.organisation_id, programme_id=form.programme_id)


def _form(
    definition: Definition, programme: Programme, organisation: Organisation | None, *, is_sensitive: bool
) -> tuple[Form | None, tuple[Fault, ...]]:
    key = definition.form_id
    if len(key) > LONGEST or not key.isprintable() or len(definition.version) > LONGEST:
        return None, (Fault("form_id_too_long", Level.ERROR, "settings", 2, "form_id", key[:80]),)
    form = Form.objects.select_for_update(of=("self",), no_key=True).filter(programme=programme, key=key).first()
    if form is not None and (form.is_built_in or form.organisation_id != (organisation.pk if organisation else None)):
        return None, (Fault("form_id_taken", Level.ERROR, "settings", 2, "form_id", key),)
    if form is None:
        title = (definition.title or key)[:LONGEST]
        form = Form.objects.create(
            programme=programme,
            organisation=organisation,
            key=key,
            title_km=title,
            title_en=title,
            is_sensitive=is_sensitive,
            is_example=programme.is_example,
        )
    elif is_sensitive and not form.is_sensitive:
        form.is_sensitive = True
        form.save(update_fields=["is_sensitive", "updated_at"])
    return form, ()


def _draft(
    form: Form,
    definition: Definition,
    converted: Converted,
    root: etree._Element,
    faults: tuple[Fault, ...],
    content: bytes,
    file_name: str,
    by: AnyActor,
    at: dt.datetime,
) -> Taken:
    assert converted.xform is not None
    xform = converted.xform
    if not definition.version:
        made = _next_version(form, timezone.localdate(at))
        xform = _with_version(root, made)
        definition = replace(definition, version=made)
        faults = (*faults, Fault("form_version_made", Level.NOTE, "settings", 2, "version", made))
    known = form.versions.filter(version=definition.version).first()
    if known is not None and known.state != State.DRAFT:
        if known.xform == xform:
            return Taken(known, faults)
        fault = Fault("form_version_taken", Level.ERROR, "settings", 2, "version", definition.version)
        return Taken(None, (fault, *faults))
    before = list(known.media.all()) if known else _latest_media(form)
    if known is not None:
        known.delete()
    version = FormVersion.objects.create(
        form=form,
        version=definition.version,
        xform=xform,
        md5=hashlib.md5(xform.encode(), usedforsecurity=False).hexdigest(),
        questions=[question.as_json() for question in definition.questions],
        repeats=sorted(definition.repeats),
        source=content,
        source_name=file_name[-LONGEST:].replace("\0", ""),
        notices=[fault.as_json() for fault in faults],
        made_by=by.name,
    )
    _carry_media(version, definition, before, converted.itemsets)
    return Taken(version, faults)


def _latest_media(form: Form) -> list[FormMedia]:
    latest = form.versions.order_by("-pk").first()
    return list(latest.media.all()) if latest else []


def _carry_media(version: FormVersion, definition: Definition, before: list[FormMedia], itemsets: str | None) -> None:
    """Files of the version before stay where this one names them too; the table of choices is made anew."""
    kept = [one for one in before if one.name in definition.media and one.name != ITEMSETS]
    for one in kept:
        one.pk, one.version = None, version
    if itemsets is not None:
        content = itemsets.encode()
        digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
        kept.append(FormMedia(version=version, name=ITEMSETS, md5=digest, content_type="text/csv", content=content))
    FormMedia.objects.bulk_create(kept)


def _next_version(form: Form, today: dt.date) -> str:
    """yyyymmddnn, as the XForms specification advises: it grows with each version of a day."""
    day = f"{today:%Y%m%d}"
    said = form.versions.filter(version__startswith=day).values_list("version", flat=True)
    used = [int(one[8:]) for one in said if re.fullmatch(rf"{day}\d{{2,4}}", one)]
    return f"{day}{max(used, default=0) + 1:02}"


def _with_version(root: etree._Element, version: str) -> str:
    primary = next(element[0] for element in root.iter() if name_of(element) == "instance" and len(element))
    primary.set("version", version)
    return '<?xml version="1.0"?>\n' + str(etree.tostring(root, encoding="unicode"))


def _locked(version: FormVersion, wanted: FormVersion.State) -> FormVersion:
    found = FormVersion.objects.select_for_update(of=("self",), no_key=True).select_related("form").get(pk=version.pk)
    if found.state != wanted:
        if wanted == State.DRAFT:
            raise Conflict("not_a_draft", _("This version is published; it does not change any more."))
        raise Conflict("not_published", _("This version is not published."))
    return found
