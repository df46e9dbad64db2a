"""Who may be entered twice: candidates are proposed, and the organisation's own staff decide.

Confirmed pairs are the truth; `Person.merged_into` follows from them: every record of a set joined by confirmed pairs
points at the one with the lowest id, never at a merged one. So taking a decision back restores exactly what the other
decisions say, in whatever order they came.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.ground.organisations.models import Organisation
from samaki.ground.people.access import not_found, organisations_within, require_over
from samaki.ground.people.identities import opened, traits_of
from samaki.ground.people.likeness import PROPOSED_FROM, Bounds, Indexes, likeness, years_ask
from samaki.ground.people.models import BlockingKey, MatchCandidate, Person
from samaki.ground.people.rules import Forms, Traits
from samaki.kernel import sealed
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.database.bulk import among, among_sql, insert_columns
from samaki.kernel.errors import Conflict, DomainError
from samaki.kernel.policy import Action

AT_ONCE = 1_000  # people whose pairs are held at one time: a large list has millions
_State = MatchCandidate.State
_Pair = tuple[int, int]


def propose_matches(organisation_id: int, person_ids: Iterable[int], *, by: AnyActor) -> int:
    """Writes candidates for who may be one person with one of these; returns how many are new. What staff have decided
    stays decided. Adding and correcting people does this by itself."""
    require_over(by, Action.EDIT_PEOPLE, organisation_id)
    people = Person.objects.filter(among("pk", frozenset(person_ids)), organisation=organisation_id)
    ids = sorted(people.values_list("pk", flat=True))
    with transaction.atomic():
        written = write_candidates(organisation_id, ids)
        record(
            by,
            "people.propose_matches",
            ("people.person", ""),
            organisation_id=organisation_id,
            details={"new": written},
        )
    return written


def confirm_same(
    candidate_id: int, *, by: AnyActor, at: dt.datetime | None = None, although_years_differ: bool = False
) -> Person:
    """The two are one person; returns the record that stands for her. Raises NotFound; Conflict: "birth_years_differ"
    unless told that they may, "already_decided", "person_withdrawn", or "decided_different" where it would join two
    records that staff said are different people."""
    organisation_id = _organisation_of(candidate_id, by)
    with transaction.atomic():
        candidate = _locked(candidate_id, organisation_id, _State.OPEN)
        first, second = candidate.first, candidate.second
        if first.withdrawn_at or second.withdrawn_at:
            raise Conflict("person_withdrawn", _("This person withdrew. Her record cannot be joined to another."))
        if years_ask(first.birth_year, second.birth_year) and not although_years_differ:
            raise Conflict(
                "birth_years_differ",
                _("The birth years are %(first)s and %(second)s. Are they really the same person?"),
                first=first.birth_year,
                second=second.birth_year,
            )
        members = _joined(organisation_id, {candidate.first_id, candidate.second_id})
        if _pairs(organisation_id, members, _State.DIFFERENT):
            raise Conflict(
                "decided_different",
                _("Two of these records were found to be different people. Please look at that decision first."),
            )
        _decide(candidate, _State.SAME, by, at)
        _stand(organisation_id, members)
        record(
            by, "people.confirm_same", candidate, organisation_id=organisation_id, details={"people": sorted(members)}
        )
    return Person.objects.get(pk=min(members))


def undo_merge(candidate_id: int, *, by: AnyActor, at: dt.datetime | None = None) -> None:
    """Takes "the same person" back; the pair is open again. Raises NotFound, or Conflict("not_merged")."""
    organisation_id = _organisation_of(candidate_id, by)
    with transaction.atomic():
        candidate = _locked(candidate_id, organisation_id, _State.SAME)
        members = _joined(organisation_id, {candidate.first_id, candidate.second_id})
        _decide(candidate, _State.OPEN, by, at)
        _stand(organisation_id, members)
        record(by, "people.undo_merge", candidate, organisation_id=organisation_id, details={"people": sorted(members)})


def reject(candidate_id: int, *, by: AnyActor, at: dt.datetime | None = None) -> None:
    """The two are different people. Raises NotFound; Conflict: "already_decided", or "joined_otherwise" where other
    decisions make them one person."""
    organisation_id = _organisation_of(candidate_id, by)
    with transaction.atomic():
        candidate = _locked(candidate_id, organisation_id, _State.OPEN)
        if candidate.second_id in _joined(organisation_id, {candidate.first_id}):
            raise Conflict(
                "joined_otherwise",
                _("Other decisions make these two the same person. Please take one of those back first."),
            )
        _decide(candidate, _State.DIFFERENT, by, at)
        record(by, "people.reject_match", candidate, organisation_id=organisation_id)


def propose_anew(person: Person) -> None:
    """After a correction: open candidates of the person are judged again. For operations of this package."""
    MatchCandidate.objects.filter(Q(first=person) | Q(second=person), state=_State.OPEN).delete()
    write_candidates(person.organisation_id, [person.pk])


def write_candidates(
    organisation_id: int,
    person_ids: Sequence[int],
    known: Mapping[int, Traits] = MappingProxyType({}),
    forms: Forms | None = None,
) -> int:
    """New candidates between these and anyone of the organisation; whose traits are not known yet is opened, unless
    birth year, gender and place tell her apart whatever her name is. For operations of this package."""
    forms = forms or Forms()
    traits = dict(known)
    facts = {pk: _Facts(one.birth_year, one.gender, one.place_id, pk) for pk, one in known.items()}
    unknown = _facts(organisation_id, frozenset(person_ids) - traits.keys())
    _open(traits, unknown, forms)
    facts |= unknown
    phones = {pk: sealed.blocking_key(traits[pk].phone, purpose="phone") for pk in person_ids if pk in traits}
    asked = np.array(sorted(set(person_ids)), dtype=np.int64)
    written = 0
    for start in range(0, len(asked), AT_ONCE):
        sharing = _sharing_a_key(organisation_id, asked[start : start + AT_ONCE].tolist())
        # Two who are both asked about meet twice: once is enough.
        sharing = sharing[(sharing[:, 0] < sharing[:, 1]) | ~np.isin(sharing[:, 1], asked)]
        facts |= _facts(organisation_id, set(sharing[:, 1].tolist()) - facts.keys())
        possible = _possible(sharing, facts, phones)
        _open(traits, {pk: facts[pk] for pair in possible for pk in pair if pk not in traits}, forms)
        written += _write_alike(organisation_id, possible, traits)
    return written


def _write_alike(organisation_id: int, possible: set[_Pair], traits: Mapping[int, Traits]) -> int:
    """Candidates of those pairs that are alike by name too, unless they were proposed before."""
    if not possible:
        return 0
    first_ids = {first for first, _second in possible}
    before = set(MatchCandidate.objects.filter(among("first_id", first_ids)).values_list("first_id", "second_id"))
    new = []
    for first, second in sorted(possible - before):
        if first in traits and second in traits:
            score = likeness(traits[first], traits[second])
            if score >= PROPOSED_FROM:
                new.append((first, second, score))
    if new:
        firsts, seconds, scores = zip(*new, strict=True)
        size = len(new)
        columns = {"first_id": firsts, "second_id": seconds, "likeness": scores, "decided_at": [None] * size}
        columns |= {"organisation_id": [organisation_id] * size, "state": [str(_State.OPEN)] * size}
        insert_columns(MatchCandidate, columns | {"decided_by": [""] * size})
    return len(new)


class _Facts(NamedTuple):
    """A person without her name, and the record that stands for her."""

    birth_year: int | None
    gender: str
    place_id: int | None
    stands: int


def _facts(organisation_id: int, person_ids: Collection[int]) -> dict[int, _Facts]:
    if not person_ids:
        return {}
    people = Person.objects.filter(among("pk", person_ids), organisation=organisation_id, withdrawn_at__isnull=True)
    rows = people.values_list("pk", "birth_year", "gender", "place_id", Coalesce("merged_into_id", "pk"))
    return {pk: _Facts(*row) for pk, *row in rows}


def _open(traits: dict[int, Traits], people: Mapping[int, _Facts], forms: Forms) -> None:
    traits.update({pk: traits_of(people[pk], name, forms) for pk, name in opened(people).items()})


def _possible(sharing: Indexes, facts: Mapping[int, _Facts], phones: Mapping[int, int]) -> set[_Pair]:
    """Pairs that may be one person, whatever the names are. Whose phone is the same shares its key."""
    ids = np.array([pk for pk in np.unique(sharing[:, :2]).tolist() if pk in facts], dtype=np.int64)
    sharing = sharing[np.isin(sharing[:, 0], ids) & np.isin(sharing[:, 1], ids)]
    if not len(sharing):
        return set()
    people = [facts[int(person_id)] for person_id in ids]
    stands = np.array([one.stands for one in people], dtype=np.int64)
    own_phone = np.array([phones.get(int(person_id), -1) for person_id in ids], dtype=np.int64)
    ones, others = np.searchsorted(ids, sharing[:, 0]), np.searchsorted(ids, sharing[:, 1])
    bound = Bounds(people).of(ones, others, own_phone[ones] == sharing[:, 2])
    pairs = sharing[(bound >= PROPOSED_FROM) & (stands[ones] != stands[others])][:, :2]
    return set(map(tuple, np.sort(pairs, axis=1).tolist()))


def _sharing_a_key(organisation_id: int, person_ids: Sequence[int]) -> Indexes:
    """Each of these with each other person of the organisation who has the same blocking key, and that key: a row of
    three for each."""
    table = BlockingKey._meta.db_table
    these, parameter = among_sql("one.person_id", person_ids)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT one.person_id, other.person_id, one.key FROM {table} one JOIN {table} other "  # noqa: S608  # names of models
            "ON other.organisation_id = one.organisation_id AND other.key = one.key "
            f"AND other.person_id <> one.person_id WHERE one.organisation_id = %s AND {these}",
            [organisation_id, parameter],
        )
        found = cursor.fetchall()
    return np.fromiter(chain.from_iterable(found), dtype=np.int64, count=3 * len(found)).reshape(-1, 3)


def _organisation_of(candidate_id: int, by: AnyActor) -> int:
    """The organisation whose candidate it is, if `by` may decide there; else NotFound or Refused, audited."""
    within = organisations_within(by, Action.EDIT_PEOPLE)
    found = MatchCandidate.objects.filter(pk=candidate_id).values_list("organisation_id", flat=True).first()
    if found is None or (within is not None and found not in within):
        raise not_found(by, Action.EDIT_PEOPLE, ("people.matchcandidate", candidate_id))
    return found


def _locked(candidate_id: int, organisation_id: int, state: str) -> MatchCandidate:
    """The candidate, with decisions of its organisation taking turns."""
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)
    candidate = MatchCandidate.objects.select_related("first", "second").filter(pk=candidate_id).first()
    if candidate is None or candidate.state != state:
        raise _wrong_state(state)
    return candidate


def _wrong_state(wanted: str) -> DomainError:
    if wanted == _State.SAME:
        return Conflict("not_merged", _("These two are not marked as the same person."))
    return Conflict("already_decided", _("Somebody has decided about these two already."))


def _decide(candidate: MatchCandidate, state: str, by: AnyActor, at: dt.datetime | None) -> None:
    is_open = state == _State.OPEN
    candidate.state = state
    candidate.decided_by = "" if is_open else by.name
    candidate.decided_at = None if is_open else (at or timezone.now())
    candidate.save(update_fields=["state", "decided_by", "decided_at"])


def _pairs(organisation_id: int, members: Iterable[int], state: str) -> list[_Pair]:
    ids = list(members)
    return list(
        MatchCandidate.objects.filter(
            organisation_id=organisation_id, state=state, first_id__in=ids, second_id__in=ids
        ).values_list("first_id", "second_id")
    )


def _joined(organisation_id: int, start: set[int]) -> set[int]:
    """All records that confirmed pairs join to those of `start`."""
    found, edge = set(start), set(start)
    same = MatchCandidate.objects.filter(organisation_id=organisation_id, state=_State.SAME)
    while edge:
        ids = list(edge)
        pairs = same.filter(Q(first_id__in=ids) | Q(second_id__in=ids)).values_list("first_id", "second_id")
        edge = {person_id for pair in pairs for person_id in pair} - found
        found |= edge
    return found


def _stand(organisation_id: int, members: set[int]) -> None:
    """Points each of `members` at the lowest id of the set it now belongs to."""
    left = set(members)
    while left:
        together = _joined(organisation_id, {min(left)})
        left -= together
        stands = min(together)
        Person.objects.filter(pk=stands).update(merged_into_id=None)
        Person.objects.filter(pk__in=together - {stands}).update(merged_into_id=stands)
