"""Many submissions in one transaction, set by set: spent nonces, what was here before, the raw rows, their files, their
records, the audit trail."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from django.db import connection

from samaki.engines.fieldforms.handling import Sent, handle
from samaki.engines.fieldforms.models import Submission
from samaki.engines.fieldforms.opening import redacted_digest
from samaki.engines.fieldforms.operations import attaching, parcels
from samaki.engines.fieldforms.operations.forms_of import KnownForm, forms_of
from samaki.engines.fieldforms.operations.parcels import Parcel, Receipt
from samaki.engines.fieldforms.operations.writing import NewRow, claim_rows, mark_received, spend
from samaki.engines.fieldforms.rules import stored_fault
from samaki.engines.fieldforms.xforms import Answers, Filled
from samaki.kernel import policy
from samaki.kernel.database.bulk import among_sql
from samaki.kernel.errors import DomainError
from samaki.kernel.form_handlers import form_handlers
from samaki.kernel.policy import Action

State = Submission.State
Key = tuple[int, str]  # form, instance id
# What a verifier has not let through yet.
CORRECTABLE = frozenset({Submission.Review.WAITING.value, Submission.Review.RETURNED.value})


@dataclass
class Item:
    """One submission on its way; `outcome` is what its sender is told."""

    parcel: Parcel
    filled: Filled
    at: dt.datetime
    outcome: Receipt | Exception | None = None
    is_done: bool = False
    form: KnownForm | None = field(default=None, repr=False)
    answers: Answers = field(default_factory=Answers, repr=False)
    before: Before | None = field(default=None, repr=False)  # what this one corrects

    @property
    def key(self) -> Key:
        assert self.form is not None
        return self.form.id, self.filled.instance_id


class Before(NamedTuple):
    """A submission that was here already."""

    id: int
    form_id: int
    instance_id: str
    digest: bytes
    state: str
    review: str
    root_id: int | None
    is_current: bool
    user_id: int | None
    organisation_id: int

    @property
    def origin(self) -> str:
        return f"submission:{self.root_id or self.id}"


def take_batch(items: Sequence[Item], *, handling: bool = True) -> None:
    """Sets the outcome of each. Call in a transaction; raises only what undoes all. With `handling=False` the raw is
    kept and its record is left to be made later."""
    for item in items:
        item.outcome = None
    _spend_nonces(items)
    _find_forms(_open(items))
    _find_again([item for item in _open(items) if item.filled.deprecated_id or not (item.form and item.form.is_open)])
    _check_new(_open(items))
    _link_corrections([item for item in _open(items) if item.filled.deprecated_id])
    _write(_open(items), handling=handling)


def _open(items: Iterable[Item]) -> list[Item]:
    return [item for item in items if item.outcome is None]


def _spend_nonces(items: Sequence[Item]) -> None:
    """The same request twice, in this batch or before it, is a replay."""
    asked = [item for item in items if item.parcel.nonce is not None]
    nonces = [item.parcel.nonce for item in asked if item.parcel.nonce is not None]
    fresh = spend(nonces)
    for item, nonce in zip(asked, nonces, strict=True):
        if (nonce.nonce, nonce.count) in fresh:
            fresh.remove((nonce.nonce, nonce.count))
        else:
            item.outcome = parcels.nonce_spent()


def _find_forms(items: Sequence[Item]) -> None:
    known = forms_of((item.parcel.programme_id, item.filled.form_id, item.filled.version) for item in items)
    for item in items:
        form = known.get((item.parcel.programme_id, item.filled.form_id))
        if form is None or form.organisation_id not in {None, item.parcel.organisation_id}:
            item.outcome = parcels.no_such_form()
        elif not _may(item, action := _action(form.bound.handler)):
            item.outcome = policy.refusal(item.parcel.actor, action)
        else:
            item.form = form
            item.answers = item.filled.answers(form.repeats(item.filled.version))


def _action(handler: str) -> Action:
    return form_handlers[handler].action if handler in form_handlers else Action.RECORD_ACTIVITY


def _may(item: Item, action: Action) -> bool:
    """Leave of the organisation; which group a record is of, its handler asks for."""
    reached = policy.reach(item.parcel.actor, action)
    return reached.everything or any(
        replace(extent, group_id=None).covers(item.parcel.organisation_id, item.parcel.programme_id, None)
        for extent in reached.extents
    )


def _find_again(items: Sequence[Item]) -> None:
    """Those known already of which a new one would be refused. Of all others writing them tells: nearly all are new."""
    before = _stored({item.key for item in items})
    for item in items:
        if (same := before.get(item.key)) is not None:
            _again(item, same)


def _stored(keys: set[Key], *, locked: bool = False) -> dict[Key, Before]:
    if not keys:
        return {}
    form, forms = among_sql("form_id", {form for form, _ in keys})
    instance, instances = among_sql("instance_id", {name for _, name in keys})
    statement = (
        f"SELECT {', '.join(Before._fields)} FROM {Submission._meta.db_table} "  # noqa: S608  # names of models
        f"WHERE {form} AND {instance}"
    )
    if locked and connection.vendor == "postgresql":
        statement += " FOR NO KEY UPDATE"
    with connection.cursor() as cursor:
        cursor.execute(statement, [forms, instances])
        known = map(Before._make, cursor.fetchall())
    return {key: one for one in known if (key := (one.form_id, one.instance_id)) in keys}


def _again(item: Item, before: Before) -> None:
    """Under an id that is known: the same content, or a conflict; files that were missing are taken."""
    if before.organisation_id != item.parcel.organisation_id:
        item.outcome = parcels.other_content()  # says nothing of whose it is
    elif before.state == State.DELETED:
        item.outcome = parcels.deleted()
    elif bytes(before.digest) == redacted_digest(item.filled.digest):  # received, and not taken again
        item.outcome = Receipt(before.id, before.instance_id, before.state, is_new=False, kept=frozenset())
    elif bytes(before.digest) != item.filled.digest:
        item.outcome = parcels.other_content()
    else:
        try:
            kept = attaching.attach(before.id, item.parcel.files, item.filled)
        except DomainError as error:
            item.outcome = error
        else:
            item.outcome = Receipt(before.id, before.instance_id, before.state, is_new=False, kept=kept)


def _check_new(items: Sequence[Item]) -> None:
    for item in items:
        assert item.form is not None
        if not item.form.is_open:
            item.outcome = parcels.form_closed()


def _link_corrections(items: Sequence[Item]) -> None:
    """A correction stands in for the newest of its chain, which its sender or her organisation's data staff may do."""
    if not items:
        return
    wanted = {(item.key[0], item.filled.deprecated_id) for item in items}
    stored = _stored(wanted, locked=True)
    taken: set[int] = set()
    for item in items:
        before = stored.get((item.key[0], item.filled.deprecated_id))
        if before is None or not _may_correct(item, before):
            item.outcome = parcels.no_such_submission()
        elif before.state == State.DELETED:
            item.outcome = parcels.deleted()
        elif not before.is_current or before.id in taken:
            item.outcome = parcels.superseded()
        elif before.review not in CORRECTABLE:
            item.outcome = parcels.verified()
        else:
            taken.add(before.id)
            item.before = before
    Submission.objects.filter(pk__in=taken).update(is_current=False)


def _may_correct(item: Item, before: Before) -> bool:
    actor, parcel = item.parcel.actor, item.parcel
    if before.organisation_id != parcel.organisation_id:
        return False
    scope = {"organisation_id": parcel.organisation_id, "programme_id": parcel.programme_id}
    return before.user_id == actor.user_id or policy.may(actor, Action.SEE_PEOPLE, **scope)


def _write(items: Sequence[Item], *, handling: bool) -> None:
    numbers = claim_rows([_row(item, handling=handling) for item in items])
    new: list[tuple[Item, int]] = []
    for item in items:
        # Within the batch the first of one id is the one inserted; another process may have been faster.
        number = numbers.pop(item.key, None)
        if number is not None:
            new.append((item, number))
    beaten = [item for item in items if all(item is not one for one, _ in new)]
    if beaten:
        now_here = _stored({item.key for item in beaten})
        for item in beaten:
            _again(item, now_here[item.key])
    for item, number in new:
        assert item.form is not None
        item.outcome = Receipt(number, item.filled.instance_id, _state(item, handling=handling), is_new=True)
    for item, number in new:
        kept = attaching.expect_and_attach(
            number,
            item.parcel.files,
            item.filled,
            item.answers,
            item.form.binaries(item.filled.version) if item.form else frozenset(),
            carried_from=item.before.id if item.before else None,
        )
        if kept and isinstance(item.outcome, Receipt):
            item.outcome = replace(item.outcome, kept=kept)
    if handling:
        _make_records([(item, number) for item, number in new if _state(item, handling=True) == State.HANDLED])
    mark_received([(item.parcel, number) for item, number in new], [item.at for item, _ in new])


def _state(item: Item, *, handling: bool) -> str:
    assert item.form is not None
    if item.form.version_id(item.filled.version) is None:
        return State.REVIEW.value
    if item.form.bound.handler not in form_handlers or item.filled.is_encrypted:
        return State.KEPT.value
    return State.HANDLED.value if handling else State.FAILED.value


def _row(item: Item, *, handling: bool) -> NewRow:
    assert item.form is not None
    before = item.before
    return NewRow(
        form_id=item.form.id,
        form_version_id=item.form.version_id(item.filled.version),
        version=item.filled.version,
        programme_id=item.parcel.programme_id,
        organisation_id=item.parcel.organisation_id,
        user_id=item.parcel.actor.user_id,
        device_id=item.parcel.device_id,
        instance_id=item.filled.instance_id,
        root_id=(before.root_id or before.id) if before else None,
        digest=item.filled.digest,
        xml=item.parcel.xml,
        answers=item.answers.as_json(),
        is_encrypted=item.filled.is_encrypted,
        state=_state(item, handling=handling),
        received_at=item.at,
    )


def _make_records(new: Sequence[tuple[Item, int]]) -> None:
    """Of each form and organisation together; what cannot be made is marked with its reasons."""
    together: dict[tuple[int, int], list[tuple[Item, int]]] = defaultdict(list)
    for item, number in new:
        together[item.key[0], item.parcel.organisation_id].append((item, number))
    for (_form, organisation_id), some in together.items():
        known = some[0][0].form
        assert known is not None
        sent = [
            Sent(
                item.before.origin if item.before else f"submission:{number}",
                item.answers,
                item.parcel.actor,
                item.at,
            )
            for item, number in some
        ]
        faults = handle(known.bound, sent, organisation_id=organisation_id, at=some[0][0].at)
        for index, reasons in faults.items():
            item, number = some[index]
            said = [stored_fault(reason) for reason in reasons]
            Submission.objects.filter(pk=number).update(state=State.FAILED, faults=said)
            if isinstance(item.outcome, Receipt):
                item.outcome = replace(item.outcome, state=State.FAILED.value)
