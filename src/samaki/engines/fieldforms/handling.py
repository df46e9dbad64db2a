"""Filled forms become records: read by the form's mapping, taken by the strand's handler, the faulty ones set apart.

What cannot be taken stays as it was sent, with the reason in words; mended, it is tried again.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.db import DatabaseError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.engines.fieldforms.mapping import Plan, plan_of
from samaki.engines.fieldforms.models import Form
from samaki.engines.fieldforms.xforms import Answers
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.errors import DomainError, Invalid, Refused, RowsInvalid
from samaki.kernel.form_handlers import Entry, FormHandler, Handling, form_handlers

logger = logging.getLogger("samaki.fieldforms")


@dataclass(frozen=True)
class Sent:
    """A submission on its way to a record."""

    origin: str
    answers: Answers
    by: AnyActor
    received_at: dt.datetime


@dataclass(frozen=True)
class Bound:
    """A form and the handler it is bound to, as far as records are made of it. `mapping` is JSON, as kept with it."""

    id: int
    programme_id: int
    handler: str
    mapping: str

    @classmethod
    def of(cls, form: Form) -> Bound:
        return cls(form.pk, form.programme_id, form.handler, json.dumps(form.mapping))


Faults = Mapping[int, Sequence[DomainError]]


def handle(form: Bound, sent: Sequence[Sent], *, organisation_id: int, at: dt.datetime) -> Faults:
    """Makes records of what was sent to a form that has a handler; all that can be taken is. Returns what cannot, by
    index into `sent`, with why. Call in a transaction."""
    handler = form_handlers[form.handler]
    faults: dict[int, Sequence[DomainError]] = {}
    entries: dict[int, Entry] = {}
    try:
        plan = _plan(form.handler, form.mapping, timezone.localdate(at))
    except DomainError as error:
        return {index: [error] for index in range(len(sent))}
    for index, one in enumerate(sent):
        values, repeats, unread = plan.read(one.answers)
        if unread:
            faults[index] = unread
        else:
            entries[index] = Entry(one.origin, values, repeats, one.by, one.received_at)
    handling = Handling(form.programme_id, organisation_id, at)
    refused = _take(handler, entries, handling)
    for index, reasons in refused.items():
        _keep_refusals(handler, form, sent[index], reasons, handling)
    return faults | refused


def would_fail(form: Form, sent: Sequence[Sent], *, organisation_id: int, at: dt.datetime) -> Faults:
    """What `handle` would refuse, with nothing kept: for trying a mapping on what was sent before."""
    with transaction.atomic():
        faults = handle(Bound.of(form), sent, organisation_id=organisation_id, at=at)
        transaction.set_rollback(True)
    return faults


def _take(handler: FormHandler, entries: Mapping[int, Entry], handling: Handling) -> dict[int, Sequence[DomainError]]:
    """Takes all, or, where some are faulty, the others. Where the handler breaks each is taken alone: one form must not
    cost its neighbours their records."""
    faults: dict[int, Sequence[DomainError]] = {}
    left = dict(entries)
    while left:
        order = list(left)
        try:
            with transaction.atomic():
                handler.take([left[index] for index in order], handling)
        except RowsInvalid as error:
            named = {order[place]: fault for place, fault in reversed(error.faults)}
            if not named:
                raise
            faults |= {index: [fault] for index, fault in named.items()}
            left = {index: entry for index, entry in left.items() if index not in named}
        except DatabaseError:
            raise  # the database's trouble, not the form's
        except Exception as error:
            if len(left) > 1:
                return faults | _each(lambda one: _take(handler, one, handling), left)
            logger.exception("the handler %s broke", handler.key)
            return faults | {index: [_broken(error)] for index in left}
        else:
            break
    return faults


def _keep_refusals(
    handler: FormHandler, form: Bound, one: Sent, reasons: Sequence[DomainError], handling: Handling
) -> None:
    """A record refused is in the trail, though what was sent is kept."""
    for reason in reasons:
        if isinstance(reason, Refused) and not reason.recorded:
            record(
                one.by,
                handler.action.value,
                ("fieldforms.form", form.id),
                organisation_id=handling.organisation_id,
                programme_id=handling.programme_id,
                details={"code": reason.code, "origin": one.origin},
                refused=True,
            )
            reason.recorded = True


def _each(
    take: Callable[[Mapping[int, Entry]], dict[int, Sequence[DomainError]]], entries: Mapping[int, Entry]
) -> dict[int, Sequence[DomainError]]:
    faults: dict[int, Sequence[DomainError]] = {}
    for index, entry in entries.items():
        faults |= take({index: entry})
    return faults


def _broken(error: Exception) -> DomainError:
    if isinstance(error, DomainError):
        return error
    return Invalid("handler_broke", _("The system could not make a record of this. What was sent is kept."))


@lru_cache(maxsize=1_000)
def _plan(handler: str, mapping: str, today: dt.date) -> Plan:
    """Kept by the words of the mapping: reading it anew for each phone costs more than its answers."""
    return plan_of(form_handlers[handler], json.loads(mapping), today=today)
