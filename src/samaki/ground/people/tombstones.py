"""Who withdrew is not brought back unasked by a list that still holds her name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from samaki.ground.people.models import Tombstone
from samaki.ground.people.rules import Traits
from samaki.kernel.keyrings import erasures
from samaki.kernel.sealed import keyed_digest

WORD = "tombstone"  # in the journal of erasures: organisation, digest, when


def digests(organisation_id: int, person: Traits) -> frozenset[bytes]:
    """One for each script the name is written in, whichever part comes first."""
    return frozenset(
        keyed_digest(f"{' '.join(sorted(parts))} {person.birth_year}", purpose=f"withdrawn:{organisation_id}")
        for parts in (person.km, person.latin)
        if any(parts)
    )


def bury(organisation_id: int, people: Iterable[Traits], at: dt.datetime) -> None:
    """Here and in the journal, for a database that is put back."""
    marks = {digest for person in people for digest in digests(organisation_id, person)}
    erasures.write_down((WORD, str(organisation_id), digest.hex()) for digest in sorted(marks))
    Tombstone.objects.bulk_create(
        Tombstone(organisation_id=organisation_id, digest=digest, withdrawn_at=at) for digest in sorted(marks)
    )


def buried(organisation_id: int) -> frozenset[bytes]:
    """The marks of all who withdrew from this organisation; they are few."""
    marks = Tombstone.objects.filter(organisation_id=organisation_id).values_list("digest", flat=True)
    return frozenset(bytes(mark) for mark in marks)


def bury_again(lines: erasures.Lines) -> int:
    """Tombstones of the journal that this database lacks; returns how many."""
    there = {
        (organisation_id, bytes(digest))
        for organisation_id, digest in Tombstone.objects.values_list("organisation_id", "digest")
    }
    lacking = {
        place: dt.datetime.fromisoformat(at)
        for organisation_id, digest, at in lines
        if (place := (int(organisation_id), bytes.fromhex(digest))) not in there
    }
    Tombstone.objects.bulk_create(
        Tombstone(organisation_id=organisation_id, digest=digest, withdrawn_at=at)
        for (organisation_id, digest), at in lacking.items()
    )
    return len(lacking)
