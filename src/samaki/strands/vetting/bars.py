"""Bars hold in the whole coalition and answer yes or no. They are known by keyed hashes of name and birth year, so no
organisation sees another's people; the reason stays with who barred."""

from __future__ import annotations

from samaki.ground.people.identities import opened, traits_of
from samaki.ground.people.models import Person
from samaki.ground.people.rules import Forms, Traits
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


def digests_of(person: Person) -> frozenset[bytes]:
    """None where the person withdrew: her identity is gone."""
    identity = opened([person.pk]).get(person.pk)
    return digests(traits_of(person, identity, Forms())) if identity is not None else frozenset()


def is_barred(person: Person) -> bool:
    """Whether this person, or one of her name and birth year anywhere in the coalition, is barred. Asks nobody's leave:
    the answer is yes or no, and whoever asks is deciding on her."""
    standing = Bar.objects.exclude(appeal=Bar.Appeal.LIFTED)
    if standing.filter(person=person).exists():
        return True
    return BarDigest.objects.filter(bar__in=standing, digest__in=digests_of(person)).exists()
