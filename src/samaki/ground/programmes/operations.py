"""Writes of programmes: what they are, who takes part as what, where they work."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from contextlib import AbstractContextManager

from django.utils.translation import gettext_lazy as _

from samaki.ground.accounts.operations import administer_own_programme
from samaki.ground.organisations.models import Organisation
from samaki.ground.places.models import Place
from samaki.ground.programmes.models import Programme, ProgrammePlace, ProgrammeRole
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.audit.permits import acting
from samaki.kernel.errors import Conflict, Invalid, Refused
from samaki.kernel.keys import expect_key
from samaki.kernel.policy import Action
from samaki.kernel.records import Scope, expect_revision

EDITABLE = frozenset(
    {
        "name_km",
        "name_en",
        "summary_km",
        "summary_en",
        "starts_on",
        "ends_on",
        "reports_due_on_day",
        "gender_marker",
        "sdg_targets",
        "themes",
        "iati_identifier",
    }
)
ORGANISATION_EDITABLE = frozenset({"name_km", "name_latin", "kind", "women_led", "place"})


def create_programme(
    *,
    key: str,
    name_km: str,
    name_en: str,
    lead: Organisation,
    starts_on: dt.date | None,
    ends_on: dt.date | None,
    fiscal_year_starts_in: int = 1,
    gender_marker: int | None = None,
    by: AnyActor,
    at: dt.datetime,
) -> Programme:
    """A programme with its lead. Leave: whoever may set up every programme of the lead; an administrator administers
    from then on what she has set up. Raises Conflict("key_in_use"), Invalid for a key, a month or a gender marker that
    is none, and for dates out of order."""
    with acting(by, Action.SET_UP, ("programmes.programme", key), organisation_id=lead.pk):
        expect_key(key, 40)
        if Programme.objects.filter(key=key).exists():
            raise Conflict("key_in_use", _("This key is in use already."), field="key")
        if not 1 <= fiscal_year_starts_in <= 12:
            raise Invalid("not_a_month", _("A month is 1 to 12."), field="fiscal_year_starts_in")
        _in_order(starts_on, ends_on, "ends_on")
        _a_gender_marker(gender_marker)
        programme = Programme.objects.create(
            key=key,
            name_km=name_km,
            name_en=name_en,
            starts_on=starts_on,
            ends_on=ends_on,
            fiscal_year_starts_in=fiscal_year_starts_in,
            gender_marker=gender_marker,
            is_example=lead.is_example,
        )
        ProgrammeRole.objects.create(programme=programme, organisation=lead, part=ProgrammeRole.Part.LEAD)
        record(by, "create_programme", programme, organisation_id=lead.pk, programme_id=programme.pk)
        administer_own_programme(organisation=lead, programme_id=programme.pk, by=by, at=at)
    return programme


def edit_programme(
    *, programme: Programme, revision: int, changes: Mapping[str, object], by: AnyActor, at: dt.datetime
) -> Programme:
    """Changes fields of EDITABLE; the calendar stays, since periods already locked stand on it. Raises Conflict where
    somebody saved it after `revision`, with theirs and yours."""
    with _editing(programme, by):
        programme = Programme.objects.select_for_update(no_key=True).get(pk=programme.pk)
        expect_revision(programme, revision, changes)
        _only(changes, EDITABLE)
        for name, value in changes.items():
            setattr(programme, name, value)
        _in_order(programme.starts_on, programme.ends_on, "ends_on")
        _a_gender_marker(programme.gender_marker)
        if not 1 <= programme.reports_due_on_day <= 28:
            raise Invalid("not_a_due_day", _("The due day is 1 to 28."), field="reports_due_on_day")
        programme.revision += 1
        programme.save()
        record(by, "edit_programme", programme, programme_id=programme.pk, details={"fields": sorted(changes)})
    return programme


def add_organisation(
    *,
    programme: Programme,
    part: ProgrammeRole.Part,
    key: str,
    name_latin: str,
    name_km: str,
    kind: Organisation.Kind,
    women_led: bool | None = None,
    place: Place | None = None,
    by: AnyActor,
    at: dt.datetime,
) -> Organisation:
    """A new organisation, entering through a programme. Raises Conflict("key_in_use"): give a known one a role."""
    with _setting_up(programme, by):
        if Organisation.objects.filter(key=key).exists():
            raise Conflict("key_in_use", _("This key is in use already."), field="key")
        organisation = Organisation.objects.create(
            key=key,
            name_latin=name_latin,
            name_km=name_km,
            kind=kind,
            women_led=women_led,
            place=place,
            is_example=programme.is_example,
        )
        record(by, "add_organisation", organisation, organisation_id=organisation.pk, programme_id=programme.pk)
        give_part(programme=programme, organisation=organisation, part=part, since=None, by=by, at=at)
    return organisation


def edit_organisation(
    *,
    organisation: Organisation,
    programme: Programme,
    revision: int,
    changes: Mapping[str, object],
    by: AnyActor,
    at: dt.datetime,
) -> Organisation:
    """Changes fields of ORGANISATION_EDITABLE, by who may edit a programme in which it has a part."""
    with _editing(programme, by):
        if not ProgrammeRole.objects.filter(programme=programme, organisation=organisation).exists():
            raise Refused("not_in_programme", _("This organisation has no part in the programme."))
        organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
        expect_revision(organisation, revision, changes)
        _only(changes, ORGANISATION_EDITABLE)
        for name, value in changes.items():
            setattr(organisation, name, value)
        organisation.revision += 1
        organisation.save()
        details = {"fields": sorted(changes)}
        record(
            by,
            "edit_organisation",
            organisation,
            organisation_id=organisation.pk,
            programme_id=programme.pk,
            details=details,
        )
    return organisation


def give_part(
    *,
    programme: Programme,
    organisation: Organisation,
    part: ProgrammeRole.Part,
    since: dt.date | None,
    by: AnyActor,
    at: dt.datetime,
) -> ProgrammeRole:
    """One organisation may have many parts. Raises Conflict where it has this one already."""
    with _setting_up(programme, by):
        Programme.objects.select_for_update(no_key=True).get(pk=programme.pk)
        same = ProgrammeRole.objects.filter(programme=programme, organisation=organisation, part=part)
        if same.filter(until__isnull=True).exists() or same.filter(since=since).exists():
            raise Conflict("part_held", _("This organisation has this part already."), field="part")
        role = ProgrammeRole.objects.create(programme=programme, organisation=organisation, part=part, since=since)
        details = {"part": str(part)}
        record(by, "give_part", role, organisation_id=organisation.pk, programme_id=programme.pk, details=details)
    return role


def end_part(*, role: ProgrammeRole, until: dt.date, by: AnyActor, at: dt.datetime) -> ProgrammeRole:
    """`until` is the last day of the part. Raises Invalid where that is before its first."""
    with _setting_up(role.programme, by):
        role = ProgrammeRole.objects.select_for_update(of=("self",)).get(pk=role.pk)
        _in_order(role.since, until, "until")
        role.until = until
        role.save(update_fields=["until"])
        scope = Scope(organisation_id=role.organisation_id, programme_id=role.programme_id)
        record(by, "end_part", role, **scope, details={"part": role.part})
    return role


def add_place(
    *,
    programme: Programme,
    place: Place,
    area: ProgrammePlace.Area,
    since: dt.date | None,
    by: AnyActor,
    at: dt.datetime,
) -> ProgrammePlace:
    """Where the programme works, as an old or new area from `since` (None: from the start). A later line for the same
    place takes over from its date. Raises Conflict where that date has a line already."""
    with _setting_up(programme, by):
        Programme.objects.select_for_update(no_key=True).get(pk=programme.pk)
        if ProgrammePlace.objects.filter(programme=programme, place=place, since=since).exists():
            raise Conflict("place_twice", _("This place is on the list from this date already."), field="place")
        line = ProgrammePlace.objects.create(programme=programme, place=place, area=area, since=since)
        record(by, "add_place", line, programme_id=programme.pk, details={"place": place.code, "area": str(area)})
    return line


def _editing(programme: Programme, by: AnyActor) -> AbstractContextManager[None]:
    return acting(by, Action.EDIT_PROGRAMME, programme, organisation_id=None, programme_id=programme.pk)


def _setting_up(programme: Programme, by: AnyActor) -> AbstractContextManager[None]:
    return acting(by, Action.SET_UP, programme, organisation_id=None, programme_id=programme.pk)


def _a_gender_marker(score: int | None) -> None:
    if score not in {None, 0, 1, 2}:
        raise Invalid("gender_marker", _("The gender marker is 0, 1 or 2."), field="gender_marker")


def _only(changes: Mapping[str, object], editable: frozenset[str]) -> None:
    if unknown := sorted(set(changes) - editable):
        raise Invalid("not_editable", _("This cannot be changed: %(fields)s."), fields=", ".join(unknown))


def _in_order(first: dt.date | None, last: dt.date | None, field: str) -> None:
    if first is not None and last is not None and last < first:
        raise Invalid("dates_out_of_order", _("The last day is before the first."), field=field)
