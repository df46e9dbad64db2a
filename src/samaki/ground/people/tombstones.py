"""Who withdrew is not brought back unasked by a list that still holds her name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from samaki.ground.people.models import Tombstone
from samaki.ground.people.rules import Traits
from samaki.kernel.sealed import keyed_digest


def digests(organisation_id: int, person: Traits) -> frozenset[bytes]:
    """One for each script the name is written in, whichever part comes first."""
    return frozenset(
        keyed_digest(f"{' '.join(sorted(parts))} {person.birth_year}", purpose=f"withdrawn:{organisation_id}")
        for parts in (person.km, person.latin)
        if any(parts)
    )


def bury(organisation_id: int, people: Iterable[Traits], at: dt.datetime) -> None:
    marks = {digest for person in people for digest in digests(organisation_id, person)}
    Tombstone.objects.bulk_create(
        Tombstone(organisation_id=organisation_id, digest=digest, withdrawn_at=at) for digest in sorted(marks)
    )


def buried(organisation_id: int) -> frozenset[bytes]:
    """The marks of all who withdrew from this organisation; they are few."""
    marks = Tombstone.objects.filter(organisation_id=organisation_id).values_list("digest", flat=True)
    return frozenset(bytes(mark) for mark in marks)
