"""Bars hold in the whole coalition and answer yes or no. They are known by keyed hashes of name and birth year, so no
organisation sees another's people; the reason stays with who barred."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from samaki.ground.clearances.standing import records_of
from samaki.ground.people.identities import opened, traits_of
from samaki.ground.people.models import Person
from samaki.ground.people.rules import Forms, Traits
from samaki.kernel.database.bulk import among
from samaki.kernel.sealed import keyed_digest
from samaki.strands.vetting.models import Bar, BarDigest


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


def is_barred(person: Person) -> bool:
    """Whether this person, or one of her name and birth year anywhere in the coalition, is barred. Asks nobody's leave:
    the answer is yes or no, and whoever asks is deciding on her."""
    return bool(barred(records_of(person.pk)))


def barred(person_ids: Collection[int]) -> frozenset[int]:
    """Those records which a bar of the coalition holds, by themselves or by name and birth year. As `is_barred`."""
    standing = Bar.objects.exclude(appeal=Bar.Appeal.LIFTED)
    itself = set(standing.filter(among("person_id", frozenset(person_ids))).values_list("person_id", flat=True))
    known = {bytes(one) for one in BarDigest.objects.filter(bar__in=standing).values_list("digest", flat=True)}
    if not known:
        return frozenset(key for key in itself if key is not None)
    by_name = {key for key, own in digests_of(person_ids).items() if own & known}
    return frozenset(by_name | {key for key in itself if key is not None})
