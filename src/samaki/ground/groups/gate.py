"""Who may belong to a group: to a men's group only whom vetting has cleared. Every way in passes here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from samaki.ground.clearances.standing import cleared
from samaki.ground.groups.models import Group
from samaki.kernel.errors import Invalid


def uncleared(group: Group, person_ids: Iterable[int], *, on: dt.date) -> frozenset[int]:
    """Those of the people who may not join the group that day; nobody where the group asks for no clearance."""
    if group.kind != Group.Kind.MENS_GROUP:
        return frozenset()
    asked = frozenset(person_ids)
    return asked - cleared(asked, programme_id=group.programme_id, on=on)


def not_cleared() -> Invalid:
    text = _("This person cannot belong to a men’s group yet. Please wait until vetting is finished.")
    return Invalid("not_cleared", text, field="person")
