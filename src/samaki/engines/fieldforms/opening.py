"""Opening what is sealed: a submission's XML and answers. Who may is asked by the query or operation that calls."""

from __future__ import annotations

from dataclasses import dataclass

from samaki.engines.fieldforms.models import Submission
from samaki.engines.fieldforms.xforms import Answers
from samaki.kernel.sealed import keyed_digest, unseal, unseal_bytes

Sealed = bytes | memoryview  # as either database hands it over


@dataclass(frozen=True)
class Opened:
    xml: bytes
    answers: Answers


def context_of(form_id: int, instance_id: str) -> str:
    """What a sealed submission is bound to."""
    return f"submission:{form_id}:{instance_id}"


def opened(submission: Submission) -> Opened:
    """Raises SealBroken where it was altered, moved, or its key destroyed."""
    context = context_of(submission.form_id, submission.instance_id)
    return Opened(
        unseal_bytes(bytes(submission.xml), salt=bytes(submission.salt), context=context),
        answers_of(submission.form_id, submission.instance_id, submission.salt, submission.answers),
    )


def answers_of(form_id: int, instance_id: str, salt: Sealed, sealed: Sealed) -> Answers:
    """The answers alone, from the columns of a row."""
    context = context_of(form_id, instance_id)
    return Answers.from_json(unseal(bytes(sealed), salt=bytes(salt), context=context))


def redacted_digest(digest: bytes) -> bytes:
    """By which the same sent again is known, though what is kept is less: a plain digest could be guessed from."""
    return keyed_digest(digest.hex(), purpose="redacted submission")
