"""A sheet of answers keyed from paper. Two people may have the same sheet in hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from samaki.ground.activities.models import Activity
from samaki.ground.organisations.models import Organisation
from samaki.kernel.errors import Conflict, RowsInvalid
from samaki.kernel.records import Written
from samaki.strands.learning.models import InstrumentVersion
from samaki.strands.learning.operations.responses import Told, take_responses
from samaki.strands.learning.queries.keying import Stands, keyed, standing


def key_answers(
    told: Sequence[Told],
    *,
    activity: Activity,
    version: InstrumentVersion,
    moment: str,
    seen: Mapping[int, int],
    over: Collection[int] = (),
    at: dt.datetime,
) -> Written:
    """Keeps the rows of a sheet; all or none. `seen` says by person how far her answers stood when the sheet was shown
    (see `queries.keying.keyed`), `over` of whom answers may be kept although others stand: those of the same day are
    replaced and kept as earlier ones, those of another day stand beside them.

    Raises RowsInvalid as `take_responses`, and with Conflict: changed_meanwhile where another person keyed a row since,
    stands_already where answers stand that say otherwise: what was keyed twice is for people to compare.
    """
    with transaction.atomic():
        Organisation.objects.select_for_update(no_key=True).get(pk=activity.organisation_id)
        now = keyed(activity, version, moment, [one.person for one in told])
        known = standing(activity, version, moment, [one.person for one in told])
        faults = [
            (index, fault)
            for index, one in enumerate(told)
            if (fault := _fault(one, now.get(one.person, 0) != seen.get(one.person, 0), known, over)) is not None
        ]
        if faults:
            raise RowsInvalid(faults)
        return take_responses(
            told,
            programme_id=activity.programme_id,
            organisation_id=activity.organisation_id,
            at=at,
            corrections=True,
        )


def _fault(one: Told, stale: bool, known: Mapping[int, Sequence[Stands]], over: Collection[int]) -> Conflict | None:
    if stale:
        words = _("Someone else entered answers for this person meanwhile. Please compare.")
        return Conflict("changed_meanwhile", words, field="person")
    there = known.get(one.person, ())
    if not there or one.person in over or any(stands.says(one.answered_on, one.answers) for stands in there):
        return None
    words = _("Answers of this person stand already. Nothing was changed. Please compare.")
    return Conflict("stands_already", words, field="person")
