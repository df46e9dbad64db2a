"""Correcting one answer of a submission at the desk: a new submission in its chain, as a phone would send it."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from lxml import etree

from samaki.engines.fieldforms.models import Submission
from samaki.engines.fieldforms.opening import opened
from samaki.engines.fieldforms.operations.parcels import Parcel, Receipt
from samaki.engines.fieldforms.operations.receiving import receive
from samaki.engines.fieldforms.xforms.reading import name_of, read_xml
from samaki.kernel.actors import Actor
from samaki.kernel.audit.operations import record
from samaki.kernel.audit.permits import acting
from samaki.kernel.errors import Conflict, Invalid
from samaki.kernel.policy import Action
from samaki.kernel.records import Scope

LONGEST = 10_000  # characters of an answer


def correct_answer(
    *, submission: Submission, path: str, position: str, value: str, reason: str, by: Actor, at: dt.datetime
) -> Receipt:
    """Writes `value` at `path`; `position` is that of its row ("2", "1/2"), "" outside of repeats. Raises Refused,
    Invalid: reason_wanted, no_such_question, too_long; Conflict: encrypted, and those of `receive`."""
    scope = Scope(organisation_id=submission.organisation_id, programme_id=submission.programme_id)
    with acting(by, Action.SEE_PEOPLE, submission, **scope):
        if not reason.strip():
            raise Invalid("reason_wanted", _("Please say why it is corrected; it is kept."), field="reason")
        if len(value) > LONGEST:
            raise Invalid("too_long", _("This is longer than %(most)s characters."), field="value", most=LONGEST)
        if submission.is_encrypted:
            raise Conflict("encrypted", _("This record is encrypted; it can be corrected on the phone alone."))
        xml = _corrected(submission, path, position, value)
    receipt = receive(Parcel(submission.programme_id, submission.organisation_id, by, xml), at=at)
    with transaction.atomic():
        kept = ("fieldforms.submission", receipt.number)
        record(by, "correct_submission", kept, **scope, reason=reason.strip()[:300], details={"path": path[:200]})
    return receipt


def _corrected(submission: Submission, path: str, position: str, value: str) -> bytes:
    root = read_xml(opened(submission).xml)
    version = submission.form_version
    repeats = frozenset(version.repeats) if version else frozenset()
    element = _found(root, path, position, repeats)
    if element is None or len(element):
        raise Invalid("no_such_question", _("This record has no such answer."), field="path")
    try:
        element.text = value
    except ValueError:
        raise Invalid("malformed_text", _("This text holds signs that cannot be kept."), field="value") from None
    meta = next((child for child in root if name_of(child) == "meta"), None)
    if meta is None:
        meta = etree.SubElement(root, "meta")
    namespace = etree.QName(meta).namespace
    for name, text in (("deprecatedID", submission.instance_id), ("instanceID", f"uuid:{uuid.uuid4()}")):
        entry = next((child for child in meta if name_of(child) == name), None)
        if entry is None:
            entry = etree.SubElement(meta, f"{{{namespace}}}{name}" if namespace else name)
        entry.text = text
    return bytes(etree.tostring(root, encoding="utf-8", xml_declaration=True))


def _found(root: etree._Element, path: str, position: str, repeats: frozenset[str]) -> etree._Element | None:
    """The node; made where a phone left it out, if the part that it belongs to is there."""
    element, below = root, ""
    wanted = [int(one) for one in position.split("/")] if position.replace("/", "").isdecimal() else []
    for step in path.split("/"):
        below = f"{below}/{step}" if below else step
        same = [child for child in element if name_of(child) == step]
        place = (wanted.pop(0) - 1 if wanted else -1) if below in repeats else 0
        if 0 <= place < len(same):
            element = same[place]
        elif below == path and below not in repeats:
            namespace = etree.QName(element).namespace
            element = etree.SubElement(element, f"{{{namespace}}}{step}" if namespace else step)
        else:
            return None
    return element
