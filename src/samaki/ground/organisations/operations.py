"""Writes of organisations."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from samaki.ground.organisations.models import Organisation
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.audit.permits import keeping_refusals
from samaki.kernel.errors import Conflict, Invalid
from samaki.kernel.keys import expect_key
from samaki.kernel.policy import Action, reach, refusal


def create_organisation(
    *,
    key: str,
    name_latin: str,
    name_km: str = "",
    kind: Organisation.Kind,
    women_led: bool | None = None,
    by: AnyActor,
    at: dt.datetime,
) -> Organisation:
    """An organisation known to the site from now on. Leave: whoever sets up anything here, since the list is public
    and being on it opens nothing. Raises Conflict("key_in_use"), Invalid for a key that is none, or no name."""
    with keeping_refusals(by, Action.SET_UP, ("organisations.organisation", key), organisation_id=None):
        if not reach(by, Action.SET_UP):
            raise refusal(by, Action.SET_UP)
        expect_key(key, 60)
        if not name_latin.strip():
            raise Invalid("name_wanted", _("Please enter a name."), field="name_latin")
        if Organisation.objects.filter(key=key).exists():
            raise Conflict("key_in_use", _("This key is in use already."), field="key")
        made = Organisation.objects.create(
            key=key, name_latin=name_latin.strip(), name_km=name_km.strip(), kind=kind, women_led=women_led
        )
        record(by, "create_organisation", made, organisation_id=made.pk)
    return made
