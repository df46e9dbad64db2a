"""The one door of field records: raw first, whole and sealed, in one commit with the record made of it.

Requests of one process that come at once share a commit: whoever gets the turn takes all that wait. A phone is answered
only after the commit, so what it was told is there.
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
from collections import deque
from collections.abc import Sequence

from django.db import DatabaseError, transaction

from samaki.engines.fieldforms.operations.batch import Item, take_batch
from samaki.engines.fieldforms.operations.parcels import Parcel, Receipt
from samaki.engines.fieldforms.xforms import read_submission
from samaki.kernel.audit.operations import record
from samaki.kernel.errors import DomainError, Refused

AT_ONCE = 64
logger = logging.getLogger("samaki.fieldforms")
_waiting: deque[Item] = deque()
_turn = threading.Lock()


def receive(parcel: Parcel, *, at: dt.datetime) -> Receipt:
    """Takes a submission of `parcel.actor`; the same again changes nothing.

    Raises DomainError, whose `status` says how a phone is answered: Invalid for what is no submission (400 to a phone),
    401 nonce spent, 403 no right, 404 unknown form or submission, 409 closed, deleted, superseded, verified, or other
    content under the same id.
    """
    item = Item(parcel, read_submission(parcel.xml), at)
    _waiting.append(item)
    with _turn:
        while not item.is_done:
            _take([_waiting.popleft() for _ in range(min(len(_waiting), AT_ONCE))])
    if isinstance(item.outcome, Receipt):
        return item.outcome
    assert item.outcome is not None
    raise item.outcome


def _take(items: Sequence[Item]) -> None:
    """In one commit; where that fails each alone, and where even that fails without making a record of it."""
    try:
        with transaction.atomic():
            take_batch(items)
    except Exception as error:
        if len(items) > 1:
            for item in items:
                _take([item])
            return
        _without_record(items[0], error)
    for item in items:
        item.is_done = True
        if isinstance(item.outcome, Refused):
            _keep_refusal(item)


def _without_record(item: Item, error: Exception) -> None:
    if not isinstance(error, DatabaseError):
        logger.exception("a submission could not be handled", exc_info=error)
    try:
        with transaction.atomic():
            take_batch([item], handling=False)
    except Exception as worse:
        logger.exception("a submission could not be stored")
        item.outcome = worse


def _keep_refusal(item: Item) -> None:
    refusal = item.outcome
    assert isinstance(refusal, DomainError)
    with transaction.atomic():
        record(
            item.parcel.actor,
            "submit_form",
            ("fieldforms.form", item.filled.form_id[:64]),
            organisation_id=item.parcel.organisation_id,
            programme_id=item.parcel.programme_id,
            details={"code": refusal.code},
            refused=True,
        )
    refusal.recorded = True
