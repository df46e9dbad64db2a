"""Writes of organisations."""

from __future__ import annotations

import datetime as dt
import re

from django.utils.translation import gettext_lazy as _

from samaki.ground.organisations.models import Organisation
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.audit.permits import acting
from samaki.kernel.errors import Conflict, Invalid
from samaki.kernel.policy import Action


def create_organisation(
    *, key: str, name_latin: str, name_km: str = "", kind: Organisation.Kind, by: AnyActor, at: dt.datetime
) -> Organisation:
    """An organisation known to the site from now on. Leave: whoever may edit every programme. Raises
    Conflict("key_in_use"), Invalid for a key that is not lower-case words joined by hyphens, or no name."""
    with acting(by, Action.EDIT_PROGRAMME, ("organisations.organisation", key), organisation_id=None):
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", key) or len(key) > 60:
            raise Invalid("key_wanted", _("A key is lower-case letters and digits, joined by hyphens."), field="key")
        if not name_latin.strip():
            raise Invalid("name_wanted", _("Please enter a name."), field="name_latin")
        if Organisation.objects.filter(key=key).exists():
            raise Conflict("key_in_use", _("This key is in use already."), field="key")
        made = Organisation.objects.create(key=key, name_latin=name_latin.strip(), name_km=name_km.strip(), kind=kind)
        record(by, "create_organisation", made, organisation_id=made.pk)
    return made
