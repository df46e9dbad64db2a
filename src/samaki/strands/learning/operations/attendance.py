"""Taking attendance one name at a time: each tap is saved, and two people at one list are told of each other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.utils.translation import gettext_lazy as _

from samaki.ground.activities.models import Session
from samaki.ground.activities.operations import record_attendance
from samaki.kernel.actors import AnyActor
from samaki.kernel.errors import Conflict, Invalid
from samaki.strands.learning.models import Lead
from samaki.strands.learning.queries.naming import expect_own


def add_to_list(
    *, session: Session, revision: int, listed: Collection[int], person_id: int, by: AnyActor, at: dt.datetime
) -> Session:
    """`listed` is the list as its taker saw it, at `revision`. Raises what `save_list` does, and
    Conflict("already_attends")."""
    if person_id in listed:
        raise Conflict("already_attends", _("This person is on the list already."), field="person")
    return save_list(session=session, revision=revision, listed=[*listed, person_id], by=by, at=at)


def take_off_list(
    *, session: Session, revision: int, listed: Collection[int], person_id: int, by: AnyActor, at: dt.datetime
) -> Session:
    rest = [pk for pk in listed if pk != person_id]
    return save_list(session=session, revision=revision, listed=rest, by=by, at=at)


def save_list(*, session: Session, revision: int, listed: Collection[int], by: AnyActor, at: dt.datetime) -> Session:
    """The whole list. Raises Conflict("changed_meanwhile") with `theirs` and `yours`; Invalid: leads (who led the
    session is not taught in it), not_yet_born, no_such_person, consent_wanted, tallies_only; Refused, audited."""
    expect_own(by, session, listed)
    if Lead.objects.filter(session=session, person__in=list(listed)).exists():
        raise Invalid("leads", _("Somebody on this list led the session. Who leads is not taught."), field="person")
    return record_attendance(session=session, revision=revision, person_ids=listed, by=by, at=at)
