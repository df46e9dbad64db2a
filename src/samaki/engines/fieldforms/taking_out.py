"""Taking somebody's names out of what phones sent: the row about her goes, everybody else's stays.

What is left is sealed under a new key and the old one destroyed, so an older copy of the database opens none of it; the
records that were made stand as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from functools import partial

from django.db import transaction
from lxml import etree

from samaki.engines.fieldforms.attachments import destroy as destroy_file
from samaki.engines.fieldforms.attachments import salt_of
from samaki.engines.fieldforms.models import Attachment, Submission
from samaki.engines.fieldforms.opening import context_of, opened, redacted_digest
from samaki.engines.fieldforms.xforms import read_submission
from samaki.engines.fieldforms.xforms.reading import name_of, read_xml
from samaki.ground.people.mentions import Mentions, read, read_whole
from samaki.kernel.keyrings import erasures
from samaki.kernel.sealed import new_salts, opens, seal, seal_bytes, slot_of
from samaki.kernel.vault import Slot

AT_ONCE = 500


def take_out(organisation_id: int, who: Sequence[Mentions], *, programme_id: int | None = None) -> list[str]:
    """From everything that was ever sent for the organisation (or in one programme of it), corrected and deleted too;
    returns the origins of what was changed. Files that came with it go whole: a photographed list cannot lose one line.
    Call in a transaction."""
    changed = []
    for submission in _all_of(organisation_id, programme_id):
        if submission.is_encrypted or not opens(submission.salt):
            continue
        root = read_xml(opened(submission).xml)
        whole = read_whole(str(text) for text in root.itertext())
        perhaps = [one for one in who if one.perhaps_in(whole)]
        if perhaps and _take_out(root, _repeats(submission), perhaps):
            _keep(submission, bytes(etree.tostring(root, encoding="utf-8", xml_declaration=True)), perhaps)
            changed.append(submission.origin)
    return sorted(set(changed))


def lose(slots: Set[Slot]) -> int:
    """In a database that was put back: what was sent and opens no more is taken as deleted, and stays out of what is
    made anew; records made of it stay. Returns how many."""
    rows = Submission.objects.exclude(state=Submission.State.DELETED).values_list("pk", "salt")
    lost = [pk for pk, salt in rows.iterator() if slot_of(salt) in slots]
    for submission in Submission.objects.filter(pk__in=lost):
        _drop_files(submission)
    return Submission.objects.filter(pk__in=lost).update(state=Submission.State.DELETED, faults=[])


def _all_of(organisation_id: int, programme_id: int | None) -> Iterator[Submission]:
    last = 0
    found = Submission.objects.filter(organisation=organisation_id).select_related("form_version").order_by("pk")
    if programme_id is not None:
        found = found.filter(programme=programme_id)
    while batch := list(found.filter(pk__gt=last)[:AT_ONCE]):
        yield from batch
        last = batch[-1].pk


def _repeats(submission: Submission) -> frozenset[str]:
    return frozenset(submission.form_version.repeats) if submission.form_version else frozenset()


def _take_out(root: etree._Element, repeats: Set[str], who: Sequence[Mentions]) -> bool:
    """Rows about her leave; outside of rows the answers that name her are emptied."""
    rows, changed = list(_rows(root, "", repeats)), False
    for row in rows:
        parent, said = row.getparent(), read(leaf.text for leaf in _leaves(row) if leaf.text)
        if parent is not None and any(one.in_row(said) for one in who):
            parent.remove(row)
            changed = True
    around = [leaf for leaf in _leaves(root) if leaf.text and not _is_meta(leaf) and not _within(leaf, rows)]
    said = read(str(leaf.text) for leaf in around)
    together = [one for one in who if one.in_row(said)]
    for leaf, plain in zip(around, said.plain, strict=True):
        alone = read([str(leaf.text)])
        if any(one.in_any(alone) for one in who) or any(one.is_part(plain) for one in together):
            leaf.text = None
            changed = True
    return changed


def _rows(parent: etree._Element, path: str, repeats: Set[str]) -> Iterator[etree._Element]:
    """The innermost rows: a household's row is not about one of its people."""
    same: dict[str, int] = {}
    for child in parent:
        same[name_of(child)] = same.get(name_of(child), 0) + 1
    for child in parent:
        name = name_of(child)
        below = f"{path}/{name}" if path else name
        if name == "meta":
            continue
        inner = list(_rows(child, below, repeats))
        # Of an unknown version: what stands twice side by side is a row.
        if inner:
            yield from inner
        elif below in repeats or (len(child) and same[name] > 1):
            yield child


def _leaves(element: etree._Element) -> list[etree._Element]:
    return [one for one in element.iter() if not len(one)]


def _is_meta(leaf: etree._Element) -> bool:
    return any(name_of(one) == "meta" for one in leaf.iterancestors())


def _within(leaf: etree._Element, rows: Sequence[etree._Element]) -> bool:
    above = set(leaf.iterancestors())
    return any(row in above or row is leaf for row in rows)


def _keep(submission: Submission, xml: bytes, who: Sequence[Mentions]) -> None:
    erasures.destroy([submission.salt])
    context, (salt,) = context_of(submission.form_id, submission.instance_id), new_salts(1)
    version = submission.form_version
    answers = read_submission(xml).answers(frozenset(version.repeats) if version else None)
    submission.salt = salt
    submission.xml = seal_bytes(xml, salt=salt, context=context)
    submission.answers = seal(answers.as_json(), salt=salt, context=context)
    if not submission.is_redacted:
        submission.digest = redacted_digest(bytes(submission.digest))
        submission.is_redacted = True
    told = [(fault, read(str(said) for said in fault.values())) for fault in submission.faults]
    submission.faults = [fault for fault, said in told if not any(one.in_any(said) for one in who)]
    submission.revision += 1
    submission.save()
    _drop_files(submission)


def _drop_files(submission: Submission) -> None:
    """Files that no other submission claims; their keys go for copies of the folder too."""
    stored = [one.stored for one in submission.attachments.exclude(stored="")]
    submission.attachments.all().delete()
    for one in stored:
        if not Attachment.objects.filter(stored=one).exists():
            erasures.destroy([salt_of(one)])
            transaction.on_commit(partial(destroy_file, one))  # what is left over is swept: nothing claims it
