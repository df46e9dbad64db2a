"""A woman's way to a service: her consent for this recipient, purpose and fields, until a day; and what came of it."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.ground.services.models import Service
from samaki.kernel.actors import AnyActor
from samaki.kernel.errors import Conflict, Invalid
from samaki.strands.survivors.access import keep, writing
from samaki.strands.survivors.models import Referral, ServiceFile
from samaki.strands.survivors.operations.files import expect_past, open_to_work
from samaki.strands.survivors.rules import (
    ALWAYS,
    LONGEST_CONSENT,
    ConfirmedBy,
    ConsentHow,
    Field,
    Purpose,
    State,
    is_open_to_recipient,
    may_move,
)
from samaki.strands.survivors.sealing import closed_fields, link_digest, of_file, of_referral, opened_fields


@dataclass(frozen=True)
class Wish:
    """What she consents to. `fields` are those beside code and service wanted, which every referral carries."""

    purpose: Purpose
    fields: Collection[Field]
    consented_on: dt.date
    consent_how: ConsentHow
    expires_on: dt.date


def draft(*, file: ServiceFile, service: Service, wish: Wish, by: AnyActor, at: dt.datetime) -> Referral:
    """What she consented to and nothing else is sealed in it. Raises Invalid: other_programme, service_closed,
    date_in_future, consent_too_long, consent_over; Conflict("file_closed")."""
    with writing(by, file, organisation_id=file.organisation_id, programme_id=file.programme_id):
        file = open_to_work(file)
        _expect_right(wish, at)
        if service.programme_id != file.programme_id or service.is_closed:
            raise Invalid("no_such_service", _("Please choose a service of the directory."), field="service")
        fields = sorted(ALWAYS | set(wish.fields))
        referral = Referral.objects.create(
            file=file,
            service=service,
            purpose=wish.purpose.value,
            fields=[field.value for field in fields],
            consented_on=wish.consented_on,
            consent_how=wish.consent_how.value,
            expires_on=wish.expires_on,
            sealed=closed_fields(_carried(file, service, fields), file.key.salt, of_referral(file.pk, service.pk)),
            is_example=file.is_example,
            origin="page",
        )
        keep(by, "draft_referral", referral, organisation_id=file.organisation_id)
    return referral


def send(*, referral: Referral, by: AnyActor, at: dt.datetime) -> tuple[Referral, str]:
    """Opens it to the recipient, and returns the token of its link: told this once, kept nowhere. Raises Conflict
    ("referral_state", "consent_over")."""
    with writing(by, referral, **_sender(referral)):
        referral = _locked(referral)
        if timezone.localdate(at) > referral.expires_on:
            raise Conflict("consent_over", _("Her consent has run out. Please ask her again."))
        token = secrets.token_urlsafe(24)
        referral.link, referral.sent_at = link_digest(token), at
        _move(referral, State.SENT)
        keep(by, "send_referral", referral, organisation_id=referral.file.organisation_id)
    return referral, token


def answer(*, referral: Referral, accepts: bool, by: AnyActor, at: dt.datetime) -> Referral:
    """The recipient takes it on or says that it cannot. Raises Conflict: referral_state, consent_over."""
    with writing(by, referral, **_recipient(referral)):
        referral = _locked(referral)
        _expect_open(referral, at)
        _move(referral, State.ACCEPTED if accepts else State.DECLINED)
        keep(by, "answer_referral", referral, organisation_id=referral.service.organisation_id)
    return referral


def confirm(
    *, referral: Referral, obtained: bool, confirmed_by: ConfirmedBy, on: dt.date, by: AnyActor, at: dt.datetime
) -> Referral:
    """Done: the service says so itself, or her own worker writes down what she says. Raises Conflict
    ("referral_state"), Invalid("date_in_future")."""
    whose = _recipient(referral) if confirmed_by is ConfirmedBy.SERVICE else _sender(referral)
    with writing(by, referral, **whose):
        referral = _locked(referral)
        if confirmed_by is ConfirmedBy.SERVICE:
            _expect_open(referral, at)
        expect_past(on, at, "on")
        referral.confirmed_on, referral.confirmed_by = on, confirmed_by.value
        _move(referral, State.CONFIRMED if obtained else State.NOT_OBTAINED)
        keep(by, "confirm_referral", referral, organisation_id=whose["organisation_id"])
    return referral


def revoke(*, referral: Referral, by: AnyActor, at: dt.datetime) -> Referral:
    """She takes her consent back: the recipient reads nothing from this moment, and what it could read is destroyed.
    Raises Conflict("referral_state")."""
    with writing(by, referral, **_sender(referral)):
        referral = _locked(referral)
        referral.revoked_at, referral.link, referral.sealed = at, "", b""
        _move(referral, State.REVOKED)
        keep(by, "revoke_referral", referral, organisation_id=referral.file.organisation_id)
    return referral


def _carried(file: ServiceFile, service: Service, fields: Collection[Field]) -> dict[str, Any]:
    said = opened_fields(file.sealed, file.key.salt, of_file(file.organisation_id, file.code))
    held = {**said, Field.CODE: file.code, Field.SERVICE_WANTED: service.kind}
    return {field.value: held[field] for field in fields}


def _expect_right(wish: Wish, at: dt.datetime) -> None:
    expect_past(wish.consented_on, at, "consented_on")
    if wish.expires_on <= wish.consented_on or wish.expires_on < timezone.localdate(at):
        raise Invalid("consent_over", _("Her consent must end on a day that has not passed."), field="expires_on")
    if wish.expires_on - wish.consented_on > LONGEST_CONSENT:
        raise Invalid(
            "consent_too_long",
            _("A consent lasts %(days)s days at most."),
            field="expires_on",
            days=LONGEST_CONSENT.days,
        )


def _expect_open(referral: Referral, at: dt.datetime) -> None:
    if not is_open_to_recipient(referral.state, referral.expires_on, timezone.localdate(at)):
        raise Conflict("consent_over", _("This is closed: her consent has ended."))


def _locked(referral: Referral) -> Referral:
    found = Referral.objects.select_for_update(of=("self",)).select_related("file__key", "service__organisation")
    return found.get(pk=referral.pk)


def _move(referral: Referral, new: State) -> None:
    if not may_move(referral.state, new):
        raise Conflict("referral_state", _("This step does not follow on where the referral stands."))
    referral.state = new.value
    referral.revision += 1
    referral.save()


def _sender(referral: Referral) -> dict[str, int]:
    return {"organisation_id": referral.file.organisation_id, "programme_id": referral.file.programme_id}


def _recipient(referral: Referral) -> dict[str, int]:
    return {"organisation_id": referral.service.organisation_id, "programme_id": referral.service.programme_id}
