"""Who stands for whom across organisations: worked out from merges, confirmed links, comparisons and consents, and from
nothing else, so that taking any of them back restores what the others say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from django.db import connection
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from samaki.ground.people.across.consenting import agreed
from samaki.ground.people.models import AcrossPair, ComparedAcross, MatchCandidate, Person
from samaki.kernel.database.bulk import among

ONE_TURN = (
    0x5341_4143  # PostgreSQL's advisory lock of whoever works out links: taken last, so that nobody waits in a ring
)


def take_turn() -> None:
    """One at a time works out links; SQLite has one writer anyway. Call in the transaction that writes."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_TURN])


def restand(person_ids: Collection[int]) -> None:
    """Brings `linked_into` and `compared_across` of these records, and of all that merges and links join to them, up to
    what the decisions and consents say now."""
    start = _with_merged(person_ids)
    if not _concerned(start):
        return
    take_turn()
    records, links = _around(start)
    rows = Person.objects.filter(among("pk", records)).values_list(
        "pk", "merged_into_id", "organisation_id", "linked_into_id", "compared_across"
    )
    now = {pk: (linked_into, compared) for pk, _merged, _organisation, linked_into, compared in rows}
    stands = {pk: merged_into or pk for pk, merged_into, *_rest in rows}
    organisation = {pk: organisation_id for pk, _merged, organisation_id, *_rest in rows}
    willing = agreed(timezone.localdate(), person_ids=frozenset(stands.values()))
    done = ComparedAcross.objects.filter(among("person_id", records)).values_list("person_id", flat=True)
    compared = {stands[pk] for pk in done} & willing.keys()
    first_of: dict[int, int] = {}
    for members in _sets(stands.values(), ((stands[one], stands[other]) for one, other in links)):
        # Two people of one organisation whom a third would make one: nobody may say so but that organisation.
        if len({organisation[pk] for pk in members}) < len(members):
            compared -= members
        elif len(members) > 1:
            first_of |= dict.fromkeys(members, min(members))
    wanted = {
        pk: (first if (first := first_of.get(stand)) != pk else None, stand in compared) for pk, stand in stands.items()
    }
    changed: defaultdict[tuple[int | None, bool], list[int]] = defaultdict(list)
    for pk, state in wanted.items():
        if state != now[pk]:
            changed[state].append(pk)
    for (linked_into, is_compared), ids in changed.items():
        Person.objects.filter(among("pk", ids)).update(linked_into_id=linked_into, compared_across=is_compared)


def forget(person_ids: Collection[int]) -> None:
    """Nothing that was compared or decided across of these records stays: a consent was taken back, or she left."""
    touched = AcrossPair.objects.filter(Q(first_id__in=person_ids) | Q(second_id__in=person_ids))
    others = {pk for pair in touched.values_list("first_id", "second_id") for pk in pair}
    touched.delete()
    ComparedAcross.objects.filter(person_id__in=person_ids).delete()
    restand(others | set(person_ids))


def stale(person_id: int) -> None:
    """Her record was corrected: what was compared was another. What a steward has decided stays decided."""
    pairs = AcrossPair.objects.filter(Q(first_id=person_id) | Q(second_id=person_id))
    pairs.filter(state__in=(MatchCandidate.State.OPEN, MatchCandidate.State.UNSURE)).delete()
    gone, _by_model = ComparedAcross.objects.filter(person_id=person_id).delete()
    if gone:
        restand([person_id])


def _with_merged(person_ids: Collection[int]) -> frozenset[int]:
    ids = frozenset(person_ids)
    merged = Person.objects.filter(Q(among("pk", ids), merged_into__isnull=False) | Q(among("merged_into_id", ids)))
    return ids | {pk for pair in merged.values_list("pk", "merged_into_id") for pk in pair if pk is not None}


def _concerned(person_ids: Collection[int]) -> bool:
    """Most people were never compared, and nothing follows from them."""
    standing = Person.objects.filter(among("pk", person_ids)).filter(
        Q(linked_into__isnull=False) | Q(compared_across=True)
    )
    return standing.exists() or ComparedAcross.objects.filter(among("person_id", person_ids)).exists()


def _around(start: Collection[int]) -> tuple[frozenset[int], set[tuple[int, int]]]:
    """All records that merges and confirmed links join to these, and the links."""
    found, edge, links = set(start), set(start), set()
    same = AcrossPair.objects.filter(state=MatchCandidate.State.SAME)
    while edge:
        near = {
            pk
            for pair in Person.objects.filter(Q(among("pk", edge)) | Q(among("merged_into_id", edge))).values_list(
                "pk", "merged_into_id"
            )
            for pk in pair
            if pk is not None
        }
        pairs = set(
            same.filter(Q(among("first_id", edge)) | Q(among("second_id", edge))).values_list("first_id", "second_id")
        )
        links |= pairs
        edge = (near | {pk for pair in pairs for pk in pair}) - found
        found |= edge
    return frozenset(found), links


def _sets(nodes: Iterable[int], links: Iterable[tuple[int, int]]) -> list[set[int]]:
    joined: defaultdict[int, set[int]] = defaultdict(set)
    for one, other in links:
        joined[one].add(other)
        joined[other].add(one)
    found, left = [], set(nodes)
    while left:
        together, edge = set(), {left.pop()}
        while edge:
            together |= edge
            edge = {other for one in edge for other in joined[one]} - together
        left -= together
        found.append(together)
    return found


def is_linked(one: int, other: int) -> bool:
    """Whether the two records count as one person across organisations."""
    found = dict(
        Person.objects.filter(pk__in=(one, other))
        .annotate(stands=Coalesce("linked_into_id", "merged_into_id", "pk"))
        .values_list("pk", "stands")
    )
    return len(found) == 2 and found[one] == found[other]
