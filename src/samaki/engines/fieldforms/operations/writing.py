"""Rows of submissions without the ORM: a phone waits for them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from samaki.engines.fieldforms.models import Submission
from samaki.engines.fieldforms.opening import context_of
from samaki.engines.fieldforms.operations.parcels import Nonce, Parcel
from samaki.ground.accounts.models import DeviceCredential, SpentNonce
from samaki.kernel.audit.operations import Act, record_all
from samaki.kernel.database.claims import claim
from samaki.kernel.sealed import new_salts, seal, seal_bytes

_seen: dict[int, dt.date] = {}  # device → the day it is known to have been used on


@dataclass(frozen=True)
class NewRow:
    form_id: int
    form_version_id: int | None
    version: str
    programme_id: int
    organisation_id: int
    user_id: int | None
    device_id: int | None
    instance_id: str
    root_id: int | None
    digest: bytes
    xml: bytes
    answers: str
    is_encrypted: bool
    state: str
    received_at: dt.datetime


def claim_rows(rows: Sequence[NewRow]) -> dict[tuple[int, str], int]:
    """Form and instance id → number, of those that were not here before."""
    if not rows:
        return {}
    salts = new_salts(len(rows))
    contexts = [context_of(row.form_id, row.instance_id) for row in rows]
    size = len(rows)
    plain = ("form_id", "form_version_id", "version", "programme_id", "organisation_id", "user_id", "device_id")
    found = claim(
        Submission,
        {
            **{name: [getattr(row, name) for row in rows] for name in plain},
            "instance_id": [row.instance_id for row in rows],
            "root_id": [row.root_id for row in rows],
            "digest": [row.digest for row in rows],
            "salt": salts,
            "xml": [
                seal_bytes(row.xml, salt=salt, context=context)
                for row, salt, context in zip(rows, salts, contexts, strict=True)
            ],
            "answers": [
                seal(row.answers, salt=salt, context=context)
                for row, salt, context in zip(rows, salts, contexts, strict=True)
            ],
            "is_encrypted": [row.is_encrypted for row in rows],
            "is_current": [True] * size,
            "state": [row.state for row in rows],
            "faults": ["[]"] * size,
            "review": [Submission.Review.WAITING.value] * size,
            "received_at": [row.received_at for row in rows],
            "revision": [1] * size,
        },
        returning=("id", "form_id", "instance_id"),
    )
    return {(form_id, instance_id): number for number, form_id, instance_id in found}


def spend(nonces: Sequence[Nonce]) -> set[tuple[str, int]]:
    """Those that were not spent before, now spent. Call in the transaction of what they open."""
    if not nonces:
        return set()
    columns: dict[str, list[object]] = {
        "nonce": [one.nonce for one in nonces],
        "count": [one.count for one in nonces],
        "expires_at": [one.expires_at for one in nonces],
    }
    return {(str(nonce), int(count)) for nonce, count in claim(SpentNonce, columns, returning=("nonce", "count"))}


def mark_received(new: Sequence[tuple[Parcel, int]], times: Sequence[dt.datetime]) -> None:
    """The audit trail of what was received, and that its devices are in use."""
    if not new:
        return
    record_all(
        [
            Act(
                parcel.actor,
                "submit_form",
                ("fieldforms.submission", number),
                organisation_id=parcel.organisation_id,
                programme_id=parcel.programme_id,
            )
            for parcel, number in new
        ]
    )
    today = timezone.localdate(times[0])
    unseen = {device for parcel, _ in new if (device := parcel.device_id) and _seen.get(device) != today}
    if unseen:
        DeviceCredential.objects.filter(pk__in=unseen).exclude(used_on=today).update(used_on=today)
        _seen.update(dict.fromkeys(unseen, today))
