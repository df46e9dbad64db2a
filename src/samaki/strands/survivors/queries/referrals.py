"""Referrals as the sender keeps them, and as the recipient reads them: the consented fields, while consent stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.ground.services.models import Service
from samaki.kernel.actors import PUBLIC, AnyActor
from samaki.kernel.errors import NotFound
from samaki.kernel.policy import Reach
from samaki.strands.survivors.access import keep, keep_read, reading
from samaki.strands.survivors.models import Referral
from samaki.strands.survivors.rules import READ_WHILE, Field, is_open_to_recipient
from samaki.strands.survivors.sealing import link_digest, of_referral, opened_fields

KIND = "survivors.referral"
MOST = 200


@dataclass(frozen=True)
class Received:
    """What the recipient reads: `told` holds the consented fields alone."""

    referral: Referral
    told: Mapping[Field, str | bool]


def services(actor: AnyActor, programme_id: int) -> QuerySet[Service]:
    """Services of the programme that somebody may be referred to, those whose place is kept quiet too. Raises Refused
    as any read of this side."""
    with reading(actor, "services.service") as within:
        programmes = within.programmes()
        if programmes is not None and programme_id not in programmes:
            return Service.objects.none()
        found = Service.objects.filter(programme_id=programme_id, is_closed=False)
        return found.select_related("organisation", "place").order_by("kind", "name_en", "pk")


def referral(actor: AnyActor, referral_id: int) -> Referral:
    """One that the actor's service sent. Raises Refused, NotFound."""
    with reading(actor, KIND) as within:
        scope = within.q(organisation="file__organisation_id", programme="file__programme_id")
        found = Referral.objects.filter(scope, pk=referral_id)
        one = found.select_related("file__key", "service__organisation").first()
        if one is None:
            raise _none()
        keep(actor, "read_referral", one, organisation_id=one.file.organisation_id)
        return one


def received(actor: AnyActor, *, at: dt.datetime) -> list[Referral]:
    """Referrals to the actor's service that are open to it; nothing that is sealed. Raises Refused, audited."""
    with reading(actor, KIND) as within:
        rows = list(_open_to(within, at).order_by("sent_at", "pk")[:MOST])
        keep_read(actor, "read_received_referrals", KIND, within)
    return rows


def received_one(actor: AnyActor, referral_id: int, *, at: dt.datetime) -> Received:
    """Raises Refused; NotFound, which says the same of one that never was, has run out or was revoked."""
    with reading(actor, KIND) as within:
        one = _open_to(within, at).filter(pk=referral_id).first()
        if one is None:
            raise _none()
        keep(actor, "read_received_referral", one, organisation_id=one.service.organisation_id)
        return _opened(one)


def by_link(token: str, *, at: dt.datetime) -> Received:
    """What the link opens, for whoever holds it. Raises NotFound as `received_one`."""
    one = Referral.objects.filter(link=link_digest(token)).select_related("file__key", "service__organisation").first()
    if one is None or not is_open_to_recipient(one.state, one.expires_on, timezone.localdate(at)):
        raise _none()
    keep(PUBLIC, "read_referral_by_link", one, organisation_id=one.file.organisation_id)
    return _opened(one)


def _open_to(within: Reach, at: dt.datetime) -> QuerySet[Referral]:
    scope = within.q(organisation="service__organisation_id", programme="service__programme_id")
    while_open = Q(state__in=READ_WHILE, expires_on__gte=timezone.localdate(at))
    return Referral.objects.filter(scope, while_open).select_related("file__key", "service__organisation")


def _opened(one: Referral) -> Received:
    held = opened_fields(one.sealed, one.file.key.salt, of_referral(one.file_id, one.service_id))
    consented = set(one.fields)
    return Received(one, {Field(key): value for key, value in held.items() if key in consented})


def _none() -> NotFound:
    return NotFound("no_such_referral", _("This is not there, or no longer open."))
