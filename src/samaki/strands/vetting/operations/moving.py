"""How a candidacy changes its state: locked, by the table of rules alone, and said in the trail."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.errors import Conflict, Invalid
from samaki.kernel.records import Scope
from samaki.strands.vetting.models import Candidacy
from samaki.strands.vetting.rules import State, may_move


def locked(candidacy: Candidacy) -> Candidacy:
    """As it stands now, held until the transaction ends: of two who act at once the second sees what the first did."""
    found = Candidacy.objects.select_for_update(of=("self",)).select_related(
        "programme", "organisation", "person", "group"
    )
    return found.get(pk=candidacy.pk)


def move(candidacy: Candidacy, new: State, *, on: dt.date, by: AnyActor) -> None:
    """Raises Conflict("step_out_of_order") where the table does not allow it."""
    old = candidacy.state
    if not may_move(old, new):
        raise out_of_order()
    candidacy.state, candidacy.state_since = new.value, on
    candidacy.revision += 1
    candidacy.save()
    record(by, "move_candidacy", candidacy, **scope_of(candidacy), details={"from": old, "to": new.value})


def scope_of(candidacy: Candidacy) -> Scope:
    return Scope(organisation_id=candidacy.organisation_id, programme_id=candidacy.programme_id)


def out_of_order() -> Conflict:
    return Conflict("step_out_of_order", _("This step is not the next one. No step is skipped."))


def expect_not_to_come(day: dt.date, today: dt.date, field: str) -> None:
    if day > today:
        raise Invalid(
            "date_in_future", _("This date has not come yet. Please choose today or an earlier day."), field=field
        )
