"""Comparing people of several organisations in memory: keyed hashes bring them together, names are opened, compared and
let go. What is written tells of a pair where it agrees and where it differs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from samaki.ground.people.across.masks import agreement
from samaki.ground.people.alike import Alike
from samaki.ground.people.identities import opened, traits_of
from samaki.ground.people.likeness import PROPOSED_FROM, Bounds, Indexes
from samaki.ground.people.models import BlockingKey, Person
from samaki.ground.people.rules import Forms, Traits
from samaki.kernel.database.bulk import among


@dataclass(frozen=True)
class Found:
    """Two people of two organisations who may be one; the lower id first."""

    first_id: int
    second_id: int
    likeness: int
    agreement: Mapping[str, str]


def compare(organisation_of: Mapping[int, int], fresh: Collection[int]) -> list[Found]:
    """Pairs alike among these people (the record that stands for each → her organisation), of which at least one is
    `fresh`. Opens all their names: the caller has seen to their consent, and keeps the act in the trail."""
    records = Person.objects.filter(among("pk", organisation_of.keys()), withdrawn_at__isnull=True)
    merged = Person.objects.filter(among("merged_into_id", organisation_of.keys()), withdrawn_at__isnull=True)
    facts = {one.pk: one for one in (*records, *merged)}
    forms = Forms()
    traits = {pk: traits_of(facts[pk], name, forms) for pk, name in opened(facts).items()}
    stands = {pk: facts[pk].merged_into_id or pk for pk in traits}
    ids = np.array(sorted(traits), dtype=np.int64)
    alike = Alike([traits[pk] for pk in ids.tolist()])
    best: dict[tuple[int, int], Found] = {}
    for ones, others in _near(ids, traits, stands, organisation_of, frozenset(fresh)):
        likenesses = alike.likeness(ones, others)
        for at in np.flatnonzero(likenesses).tolist():
            low, high = sorted((int(ids[ones[at]]), int(ids[others[at]])), key=stands.__getitem__)
            pair, score = (stands[low], stands[high]), int(likenesses[at])
            if pair not in best or best[pair].likeness < score:
                best[pair] = Found(*pair, score, agreement(traits[low], traits[high]))
    return [best[pair] for pair in sorted(best)]


def _near(
    ids: Indexes,
    traits: Mapping[int, Traits],
    stands: Mapping[int, int],
    organisation_of: Mapping[int, int],
    fresh: frozenset[int],
) -> Iterator[tuple[Indexes, Indexes]]:
    """Records of two organisations that share a key and that nothing but a name could tell apart, by their places
    among `ids`."""
    if not len(ids):
        return
    keyed = BlockingKey.objects.filter(among("person_id", ids.tolist())).order_by("key", "person_id")
    rows = np.array(list(keyed.values_list("key", "person_id")), dtype=np.int64).reshape(-1, 2)
    at = np.searchsorted(ids, rows[:, 1])
    owners = np.array([organisation_of[stands[pk]] for pk in ids.tolist()], dtype=np.int64)
    is_fresh = np.array([stands[pk] in fresh for pk in ids.tolist()], dtype=bool)
    numbers = {phone: n for n, phone in enumerate(sorted({one.phone for one in traits.values()}))}
    phones = np.array([numbers[traits[pk].phone] if traits[pk].phone else -1 - pk for pk in ids.tolist()], np.int64)
    bounds = Bounds([traits[pk] for pk in ids.tolist()])
    seen = np.empty(0, dtype=np.int64)
    for ones, others in _together(rows[:, 0], at):
        kept = (owners[ones] != owners[others]) & (is_fresh[ones] | is_fresh[others])
        ones, others = ones[kept], others[kept]
        kept = bounds.of(ones, others, phones[ones] == phones[others]) >= PROPOSED_FROM
        codes = np.minimum(ones, others)[kept] * len(ids) + np.maximum(ones, others)[kept]
        new = np.setdiff1d(codes, seen)
        if len(new):
            seen = np.union1d(seen, new)
            yield new // len(ids), new % len(ids)


def _together(keys: Indexes, at: Indexes) -> Iterator[tuple[Indexes, Indexes]]:
    """Each two that share a key, from keys in order: neighbours first, then those two apart, and so on."""
    left = np.arange(len(keys))
    apart = 1
    while True:
        left = left[left + apart < len(keys)]
        left = left[keys[left] == keys[left + apart]]
        if not len(left):
            return
        yield at[left], at[left + apart]
        apart += 1
