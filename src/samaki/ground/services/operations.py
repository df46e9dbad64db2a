"""Writing the directory: who keeps services says what they give, and when that was last verified."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.ground.organisations.models import Organisation
from samaki.ground.places.models import Place
from samaki.ground.programmes.models import Programme
from samaki.ground.services.models import Service
from samaki.ground.services.rules import LANGUAGES, Entry
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.audit.permits import acting
from samaki.kernel.errors import Invalid
from samaki.kernel.policy import Action
from samaki.kernel.records import Scope, expect_revision


def add_service(
    *,
    programme: Programme,
    organisation: Organisation,
    entry: Entry,
    place: Place | None,
    by: AnyActor,
    at: dt.datetime,
) -> Service:
    """Raises Refused; Invalid: name_wanted, no_such_kind, no_such_language, date_in_future."""
    scope = Scope(organisation_id=organisation.pk, programme_id=programme.pk)
    with acting(by, Action.EDIT_SERVICES, ("services.service", ""), **scope):
        _check(entry, at)
        service = Service.objects.create(
            programme=programme,
            organisation=organisation,
            place=place,
            is_example=organisation.is_example,
            origin="page",
            **_columns(entry),
        )
        record(by, "service.add", service, **scope)
    return service


def edit_service(
    *, service: Service, revision: int, entry: Entry, place: Place | None, by: AnyActor, at: dt.datetime
) -> Service:
    """Raises as `add_service`, and Conflict where somebody saved it after `revision`."""
    scope = Scope(organisation_id=service.organisation_id, programme_id=service.programme_id)
    with acting(by, Action.EDIT_SERVICES, service, **scope):
        _check(entry, at)
        found = Service.objects.select_for_update(of=("self",)).get(pk=service.pk)
        yours = {**_columns(entry), "place_id": place.pk if place else None}
        expect_revision(found, revision, yours)
        for name, value in yours.items():
            setattr(found, name, value)
        found.revision += 1
        found.save()
        record(by, "service.edit", found, **scope)
    return found


def _check(entry: Entry, at: dt.datetime) -> None:
    for field in ("name_km", "name_en"):
        if not str(getattr(entry, field)).strip():
            raise Invalid("name_wanted", _("Please enter the name in Khmer and in English."), field=field)
    if entry.kind not in Service.Kind.values:
        raise Invalid("no_such_kind", _("Please choose the kind of service."), field="kind")
    if set(entry.languages) - set(LANGUAGES):
        raise Invalid("no_such_language", _("Please choose languages of the list."), field="languages")
    if entry.verified_on is not None and entry.verified_on > timezone.localdate(at):
        raise Invalid(
            "date_in_future",
            _("This date has not come yet. Please choose today or an earlier day."),
            field="verified_on",
        )


def _columns(entry: Entry) -> dict[str, object]:
    return {**asdict(entry), "languages": [one for one in LANGUAGES if one in entry.languages]}
