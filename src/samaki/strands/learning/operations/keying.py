"""A sheet of answers keyed from paper. Two people may have the same sheet in hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from samaki.ground.activities.models import Activity
from samaki.ground.organisations.models import Organisation
from samaki.kernel.errors import Conflict, RowsInvalid
from samaki.kernel.records import Written
from samaki.strands.learning.models import InstrumentVersion
from samaki.strands.learning.operations.responses import Told, take_responses
from samaki.strands.learning.queries.keying import keyed


def key_answers(
    told: Sequence[Told],
    *,
    activity: Activity,
    version: InstrumentVersion,
    moment: str,
    seen: Mapping[int, int],
    at: dt.datetime,
) -> Written:
    """Keeps the rows of a sheet, in place of what stood; all or none. `seen` says by person how far her answers stood
    when the sheet was shown (see `queries.keying.keyed`).

    Raises RowsInvalid as `take_responses`, and with Conflict("changed_meanwhile") where another person keyed a row
    since: what was keyed twice is for people to compare.
    """
    with transaction.atomic():
        Organisation.objects.select_for_update(no_key=True).get(pk=activity.organisation_id)
        now = keyed(activity, version, moment, [one.person for one in told])
        words = _("Someone else entered answers for this person meanwhile. Save again to put yours in their place.")
        stale = [
            (index, Conflict("changed_meanwhile", words, field="person"))
            for index, one in enumerate(told)
            if now.get(one.person, 0) != seen.get(one.person, 0)
        ]
        if stale:
            raise RowsInvalid(stale)
        return take_responses(
            told,
            programme_id=activity.programme_id,
            organisation_id=activity.organisation_id,
            at=at,
            corrections=True,
        )
