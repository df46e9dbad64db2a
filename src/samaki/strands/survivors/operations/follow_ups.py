"""What she (A) or her worker (B) says at a window after his last session: sealed, and shown nowhere on his side."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from samaki.kernel.actors import AnyActor
from samaki.kernel.errors import Conflict, Invalid
from samaki.kernel.records import expect_revision
from samaki.strands.survivors.access import keep, writing
from samaki.strands.survivors.models import HerFollowUp, ServiceFile
from samaki.strands.survivors.operations.files import expect_past, open_to_work
from samaki.strands.survivors.rules import WINDOWS, Told
from samaki.strands.survivors.sealing import closed_fields, of_follow_up

Informant = HerFollowUp.Informant


def record_follow_up(
    *,
    file: ServiceFile,
    window: int,
    informant: HerFollowUp.Informant,
    asked_on: dt.date,
    told: Told,
    by: AnyActor,
    at: dt.datetime,
) -> HerFollowUp:
    """Raises Invalid: no_such_window, date_in_future, consent_wanted (A without it), nothing_told; Conflict:
    file_closed, told_already for the same window, informant and day."""
    with writing(by, file, organisation_id=file.organisation_id, programme_id=file.programme_id):
        file = open_to_work(file)
        if window not in WINDOWS:
            raise Invalid("no_such_window", _("Please choose 1, 3, 6 or 12 months."), field="window")
        expect_past(asked_on, at, "asked_on")
        if file.follow_ups.filter(window=window, informant=informant, asked_on=asked_on).exists():
            raise Conflict(
                "told_already", _("This is written down already. Please correct it there."), field="asked_on"
            )
        made = HerFollowUp.objects.create(
            file=file,
            window=window,
            informant=informant,
            asked_on=asked_on,
            recorded_by=by.name,
            sealed=closed_fields(
                _checked(told, informant), file.key.salt, of_follow_up(file.pk, window, informant, asked_on)
            ),
            is_example=file.is_example,
            origin="page",
        )
        keep(by, "record_her_follow_up", made, organisation_id=file.organisation_id)
    return made


def correct_follow_up(*, follow_up: HerFollowUp, revision: int, told: Told, by: AnyActor) -> HerFollowUp:
    """What was written down wrongly. Raises as `record_follow_up`, Conflict("changed_meanwhile")."""
    file = follow_up.file
    with writing(by, follow_up, organisation_id=file.organisation_id, programme_id=file.programme_id):
        file = open_to_work(file)
        found = HerFollowUp.objects.select_for_update().get(pk=follow_up.pk)
        expect_revision(found, revision, {})
        informant = Informant(found.informant)
        context = of_follow_up(file.pk, found.window, informant, found.asked_on)
        found.sealed = closed_fields(_checked(told, informant), file.key.salt, context)
        found.revision += 1
        found.save()
        keep(by, "correct_her_follow_up", found, organisation_id=file.organisation_id)
    return found


def _checked(told: Told, informant: HerFollowUp.Informant) -> dict[str, Any]:
    if informant == Informant.SURVIVOR and not told.consented:
        raise Invalid("consent_wanted", _("What she says is written down only with her consent."), field="consented")
    if not told.values and told.violent_90_days is None:
        raise Invalid("nothing_told", _("Please choose at least one answer."), field="violent_90_days")
    return {
        "values": {kind.value: value.value for kind, value in told.values.items()},
        "violent_90_days": told.violent_90_days,
        "consented": told.consented,
    }
