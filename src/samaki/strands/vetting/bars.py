"""Bars hold in the whole coalition and answer yes or no. They are known by keyed hashes of name and birth year, so no
organisation sees another's people; the reason stays with who barred."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import chain

from django.db.models import Q
from django.db.models.functions import Coalesce

from samaki.ground.people.identities import opened, traits_of
from samaki.ground.people.models import Person
from samaki.ground.people.rules import Forms, Traits
from samaki.kernel.database.bulk import among
from samaki.kernel.sealed import keyed_digest
from samaki.strands.vetting.models import Bar, BarDigest, Exemption, Question


def digests(traits: Traits) -> frozenset[bytes]:
    """One for each script the name is written in, whichever part comes first, and one for the phone."""
    named = {
        keyed_digest(f"{' '.join(sorted(parts))} {traits.birth_year}", purpose="barred")
        for parts in (traits.km, traits.latin)
        if any(parts)
    }
    return frozenset(named | ({keyed_digest(f"phone {traits.phone}", purpose="barred")} if traits.phone else set()))


def digests_of(person_ids: Iterable[int]) -> dict[int, frozenset[bytes]]:
    """By record; none where the person withdrew: her identity is gone."""
    ids = frozenset(person_ids)
    identities, forms = opened(ids), Forms()
    people = Person.objects.filter(among("pk", ids))
    return {
        one.pk: digests(traits_of(one, identities[one.pk], forms)) if one.pk in identities else frozenset()
        for one in people
    }


@dataclass(frozen=True)
class Hold:
    """The standing bars that hold a person: `himself` those made on one of his own records, `alike` those of his name
    and birth year, each with what is alike, as (hash of the bar, record of his)."""

    himself: frozenset[int]
    alike: Mapping[int, frozenset[tuple[int, int]]]


def is_barred(person: Person) -> bool:
    """Whether this person, or one of her name and birth year anywhere in the coalition, is barred. Asks nobody's leave:
    the answer is yes or no, and whoever asks is deciding on her."""
    return bool(barred([person.pk]))


def barred(person_ids: Collection[int]) -> frozenset[int]:
    """Those records whose person a bar of the coalition holds. As `is_barred`."""
    return frozenset(holds(person_ids))


def holds(person_ids: Collection[int]) -> dict[int, Hold]:
    """What holds the person of each record asked about, by any record that is hers; none where nothing does. What two
    deciders found to be another person holds no longer, but for who is that very person. For operations: it names bars.
    """
    standing = dict(Bar.objects.exclude(appeal=Bar.Appeal.LIFTED).values_list("pk", "person_id"))
    if not standing:
        return {}
    records = _records(person_ids)
    every = frozenset(chain.from_iterable(records.values()))
    known: defaultdict[bytes, set[tuple[int, int]]] = defaultdict(set)
    hashes = BarDigest.objects.filter(among("bar_id", frozenset(standing)))
    for key, bar_id, digest in hashes.values_list("pk", "bar_id", "digest"):
        known[bytes(digest)].add((key, bar_id))
    own_digests = digests_of(every) if known else {}
    exempt = set(
        Exemption.objects.filter(among("person_id", every), question__state=Question.State.ANOTHER).values_list(
            "digest_id", "person_id"
        )
    )
    found = {}
    for asked, own in records.items():
        himself = frozenset(bar_id for bar_id, person_id in standing.items() if person_id in own)
        alike: defaultdict[int, set[tuple[int, int]]] = defaultdict(set)
        for record in own:
            for key, bar_id in chain.from_iterable(known[one] for one in own_digests.get(record, ()) if one in known):
                if bar_id not in himself and (key, record) not in exempt:
                    alike[bar_id].add((key, record))
        if himself or alike:
            found[asked] = Hold(himself, {bar_id: frozenset(marks) for bar_id, marks in alike.items()})
    return found


def _records(person_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """Every record of the person of each record asked about."""
    whose = Coalesce("merged_into_id", "pk")
    stands = dict(Person.objects.filter(among("pk", frozenset(person_ids))).values_list("pk", whose))
    together: defaultdict[int, set[int]] = defaultdict(set)
    ones = frozenset(stands.values())
    for record, one in Person.objects.filter(Q(among("pk", ones)) | Q(among("merged_into_id", ones))).values_list(
        "pk", whose
    ):
        together[one].add(record)
    return {asked: frozenset(together[one]) for asked, one in stands.items()}
