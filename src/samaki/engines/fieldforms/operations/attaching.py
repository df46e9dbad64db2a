"""Files of submissions: which are expected, which have come, and never another under the same name."""

from __future__ import annotations

from collections.abc import Mapping, Set

from samaki.engines.fieldforms.models import Attachment
from samaki.engines.fieldforms.operations.parcels import Received, other_file
from samaki.engines.fieldforms.xforms import Answers, Filled


def attach(submission_id: int, files: Mapping[str, Received], filled: Filled) -> frozenset[str]:
    """Takes the files that the submission names and does not have yet; returns their names. A file it does not name is
    not wanted. Raises Conflict("other_file") where another stands under a name."""
    wanted = {name: file for name, file in files.items() if _is_named(filled, name)}
    if not wanted:
        return frozenset()
    here = {row.name: row for row in Attachment.objects.filter(submission=submission_id, name__in=wanted)}
    for name, file in wanted.items():
        if (row := here.get(name)) is not None and row.digest is not None and bytes(row.digest) != file.digest:
            raise other_file(name)
    kept = set()
    for name, file in wanted.items():
        row = here.get(name)
        if row is not None and row.digest is not None:
            continue
        _store(row or Attachment(submission_id=submission_id, name=name), file)
        kept.add(name)
    return frozenset(kept)


def expect_and_attach(
    submission_id: int,
    files: Mapping[str, Received],
    filled: Filled,
    answers: Answers,
    binaries: Set[str],
    *,
    carried_from: int | None,
) -> frozenset[str]:
    """Of a new submission: notes the files it names, takes those that came with it, and carries on what the one that it
    corrects had. Returns the names taken."""
    expected = set(filled.encrypted_names()) if filled.is_encrypted else _answered(answers, binaries)
    wanted = {name: file for name, file in files.items() if name in expected or _is_named(filled, name)}
    if not expected and not wanted and carried_from is None:
        return frozenset()
    rows = [
        Attachment(submission_id=submission_id, name=name) if name not in wanted else _with(submission_id, name, wanted)
        for name in sorted(expected | set(wanted))
    ]
    if carried_from is not None:
        before = {row.name: row for row in Attachment.objects.filter(submission=carried_from, digest__isnull=False)}
        rows += [
            Attachment(submission_id=submission_id, name=name)
            for name in before
            if name not in {row.name for row in rows} and _is_named(filled, name)
        ]
        for row in rows:
            if row.digest is None and (old := before.get(row.name)) is not None:
                row.content_type, row.size, row.digest, row.stored = old.content_type, old.size, old.digest, old.stored
    Attachment.objects.bulk_create(rows)
    return frozenset(wanted)


def _answered(answers: Answers, binaries: Set[str]) -> set[str]:
    if not binaries:
        return set()
    rows = [answers.values, *(row for rows in answers.repeats.values() for row in rows)]
    return {text for row in rows for path, text in row.items() if path in binaries}


def _is_named(filled: Filled, name: str) -> bool:
    return any(element.text and element.text.strip() == name for element in filled.root.iter())


def _with(submission_id: int, name: str, files: Mapping[str, Received]) -> Attachment:
    return _filled_in(Attachment(submission_id=submission_id, name=name), files[name])


def _store(row: Attachment, file: Received) -> None:
    _filled_in(row, file).save()


def _filled_in(row: Attachment, file: Received) -> Attachment:
    row.content_type, row.size, row.digest, row.stored = file.content_type, file.size, file.digest, file.stored
    return row
