"""A woman's file at a women's service, by the service's own code; and her risk as that service assesses it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import asdict, replace

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.ground.organisations.models import Organisation
from samaki.ground.programmes.models import Programme
from samaki.kernel import sealed
from samaki.kernel.actors import AnyActor
from samaki.kernel.errors import Conflict, Invalid
from samaki.kernel.records import expect_revision
from samaki.strands.survivors.access import keep, writing
from samaki.strands.survivors.models import FileKey, HerRisk, ServiceFile
from samaki.strands.survivors.rules import LONGEST_TEXT, Level, Marker, Said, clean_code, level_of
from samaki.strands.survivors.sealing import closed_fields, of_file, of_risk

KIND = "survivors.servicefile"


def open_file(
    *,
    programme: Programme,
    organisation: Organisation,
    code: str,
    opened_on: dt.date,
    said: Said,
    by: AnyActor,
    at: dt.datetime,
) -> ServiceFile:
    """A new file. Raises Invalid: code_not_a_code, date_in_future, contact_wanted, text_too_long; Conflict
    ("code_in_use"); Refused."""
    with writing(by, (KIND, ""), organisation_id=organisation.pk, programme_id=programme.pk):
        kept = clean_code(code)
        if kept is None:
            raise _no_code("code")
        if not any(letter.isdigit() for letter in kept):
            raise Invalid(
                "code_without_digit",
                _("A code has at least one digit, such as 012. Please write no name."),
                field="code",
            )
        expect_past(opened_on, at, "opened_on")
        Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)  # two who open one code take turns
        if ServiceFile.objects.filter(programme=programme, organisation=organisation, code=kept).exists():
            raise Conflict("code_in_use", _("This code is in use already."), field="code")
        (salt,) = sealed.new_salts(1)
        file = ServiceFile.objects.create(
            programme=programme,
            organisation=organisation,
            code=kept,
            opened_on=opened_on,
            sealed=closed_fields(asdict(_checked(said)), salt, of_file(organisation.pk, kept)),
            is_example=organisation.is_example,
            origin="page",
        )
        FileKey.objects.create(file=file, salt=salt)
        keep(by, "open_service_file", file, organisation_id=organisation.pk)
    return file


def correct_file(*, file: ServiceFile, revision: int, said: Said, by: AnyActor, at: dt.datetime) -> ServiceFile:
    """What the file holds, anew. Raises Invalid as `open_file`, Conflict("changed_meanwhile")."""
    with writing(by, file, organisation_id=file.organisation_id, programme_id=file.programme_id):
        file = locked(file)
        expect_revision(file, revision, {})
        context = of_file(file.organisation_id, file.code)
        file.sealed = closed_fields(asdict(_checked(said)), file.key.salt, context)
        _save(file)
        keep(by, "correct_service_file", file, organisation_id=file.organisation_id)
    return file


def close_file(*, file: ServiceFile, on: dt.date, by: AnyActor, at: dt.datetime) -> ServiceFile:
    """Raises Conflict("file_closed"), Invalid: date_in_future, closed_before_opened."""
    with writing(by, file, organisation_id=file.organisation_id, programme_id=file.programme_id):
        file = open_to_work(file)
        expect_past(on, at, "on")
        if on < file.opened_on:
            raise Invalid("closed_before_opened", _("This day is before the file was opened."), field="on")
        file.closed_on = on
        _save(file)
        keep(by, "close_service_file", file, organisation_id=file.organisation_id)
    return file


def reopen_file(*, file: ServiceFile, by: AnyActor) -> ServiceFile:
    with writing(by, file, organisation_id=file.organisation_id, programme_id=file.programme_id):
        file = locked(file)
        file.closed_on = None
        _save(file)
        keep(by, "reopen_service_file", file, organisation_id=file.organisation_id)
    return file


def assess(
    *,
    file: ServiceFile,
    on: dt.date,
    judged: Level,
    markers: Collection[Marker],
    note: str = "",
    by: AnyActor,
    at: dt.datetime,
) -> HerRisk:
    """Her risk on a day, one row more: of two people who assess at once both are kept and the higher holds. Any marker
    makes it high. Raises Conflict("file_closed"), Invalid."""
    with writing(by, file, organisation_id=file.organisation_id, programme_id=file.programme_id):
        file = open_to_work(file)
        expect_past(on, at, "on")
        held = {
            "level": level_of(markers, judged).value,
            "markers": sorted(marker.value for marker in markers),
            "note": short(note, "note"),
        }
        risk = HerRisk.objects.create(
            file=file,
            assessed_on=on,
            assessed_by=by.name,
            sealed=closed_fields(held, file.key.salt, of_risk(file.pk, on)),
            is_example=file.is_example,
            origin="page",
        )
        keep(by, "assess_her_risk", risk, organisation_id=file.organisation_id)
    return risk


def locked(file: ServiceFile) -> ServiceFile:
    """As it stands now, held until the transaction ends."""
    found = ServiceFile.objects.select_for_update(of=("self",)).select_related("key", "organisation", "programme")
    return found.get(pk=file.pk)


def open_to_work(file: ServiceFile) -> ServiceFile:
    """The file, locked. Raises Conflict("file_closed")."""
    file = locked(file)
    if file.closed_on is not None:
        raise Conflict("file_closed", _("This file is closed. Please open it again first."))
    return file


def expect_past(day: dt.date, at: dt.datetime, field: str) -> None:
    if day > timezone.localdate(at):
        raise Invalid(
            "date_in_future", _("This date has not come yet. Please choose today or an earlier day."), field=field
        )


def short(text: str, field: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise Invalid("text_too_long", _("Please write less: %(n)s letters at most."), field=field, n=LONGEST_TEXT)
    return text.strip()


def _checked(said: Said) -> Said:
    if not said.how.strip():
        raise Invalid(
            "contact_wanted", _("Please say how she may safely be reached, or that she may not."), field="how"
        )
    case_code = clean_code(said.case_code) if said.case_code.strip() else ""
    if case_code is None:
        raise _no_code("case_code")
    return replace(
        said,
        how=short(said.how, "how"),
        when=short(said.when, "when"),
        note=short(said.note, "note"),
        case_code=case_code,
    )


def _no_code(field: str) -> Invalid:
    return Invalid(
        "code_not_a_code",
        _("A code has Latin letters, digits and - / . _ only, at most 30. Please write no name."),
        field=field,
    )


def _save(file: ServiceFile) -> None:
    file.revision += 1
    file.save()
