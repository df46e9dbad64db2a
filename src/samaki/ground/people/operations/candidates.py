"""Proposing who may be entered twice: pairs that share a key, told apart in columns before a name is opened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np

from samaki.ground.people.alike import Alike
from samaki.ground.people.identities import opened, traits_of
from samaki.ground.people.likeness import Indexes
from samaki.ground.people.models import MatchCandidate
from samaki.ground.people.rules import Forms, Traits
from samaki.ground.people.sharing import Known, Sharing
from samaki.kernel import sealed
from samaki.kernel.database.bulk import insert_columns, rows_among

AT_ONCE = 500_000  # pairs compared at one time: a large list has millions
_NO_PAIRS = np.empty((2, 0), dtype=np.int64)
_NAMELESS = Traits(("", ""), ("", ""), ("", ""), ("", ""), "")  # whose key is gone is like nobody


def write_candidates(
    organisation_id: int,
    person_ids: Sequence[int],
    known: Mapping[int, Traits] = MappingProxyType({}),
    forms: Forms | None = None,
) -> int:
    """New candidates between these and anyone of the organisation; whose traits are not known yet is opened, unless
    birth year, gender and place tell her apart whatever her name is. For operations of this package."""
    forms, traits = forms or Forms(), dict(known)
    sharing = Sharing(organisation_id, person_ids)
    people = sharing.people
    _open(traits, {pk: people[pk] for pk in person_ids if pk in people and pk not in traits}, forms)
    phones = {pk: sealed.blocking_key(traits[pk].phone, purpose="phone") for pk in person_ids if pk in traits}
    possible = np.concatenate([*sharing.pairs(phones, AT_ONCE), _NO_PAIRS], axis=1)
    met, places = np.unique(possible, return_inverse=True)
    ids = sharing.ids[met]
    _open(traits, {pk: people[pk] for pk in ids.tolist() if pk not in traits}, forms)
    alike = Alike([traits.get(pk, _NAMELESS) for pk in ids.tolist()])
    ones, others = places.reshape(2, -1)
    written = 0
    for start in range(0, len(ones), AT_ONCE):
        some = slice(start, start + AT_ONCE)
        likenesses = alike.likeness(ones[some], others[some])
        found = np.flatnonzero(likenesses)
        written += _write(organisation_id, ids[ones[some][found]], ids[others[some][found]], likenesses[found])
    return written


def _write(organisation_id: int, firsts: Indexes, seconds: Indexes, likenesses: Indexes) -> int:
    """Candidates of these pairs, unless they were proposed before."""
    if not len(firsts):
        return 0
    kept = rows_among(MatchCandidate, ("first_id", "second_id"), "first_id", frozenset(firsts.tolist()))
    before = set(kept)
    pairs = zip(firsts.tolist(), seconds.tolist(), likenesses.tolist(), strict=True)
    new = sorted(pair for pair in pairs if pair[:2] not in before)
    if new:
        first_ids, second_ids, scores = zip(*new, strict=True)
        size = len(new)
        columns = {"first_id": first_ids, "second_id": second_ids, "likeness": scores, "decided_at": [None] * size}
        columns |= {"organisation_id": [organisation_id] * size, "state": [str(MatchCandidate.State.OPEN)] * size}
        insert_columns(MatchCandidate, columns | {"decided_by": [""] * size})
    return len(new)


def _open(traits: dict[int, Traits], people: Mapping[int, Known], forms: Forms) -> None:
    traits.update({pk: traits_of(people[pk], name, forms) for pk, name in opened(people).items()})
