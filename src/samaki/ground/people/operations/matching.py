"""Who may be entered twice: candidates are proposed, and the organisation's own staff decide.

Confirmed pairs are the truth; `Person.merged_into` follows from them: every record of a set joined by confirmed pairs
points at the one with the lowest id, never at a merged one. So taking a decision back restores exactly what the other
decisions say, in whatever order they came.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.ground.organisations.models import Organisation
from samaki.ground.people.access import not_found, organisations_within, require_over
from samaki.ground.people.identities import opened, traits_of
from samaki.ground.people.likeness import PROPOSED_FROM, likeness, years_ask
from samaki.ground.people.models import BlockingKey, MatchCandidate, Person
from samaki.ground.people.rules import Forms, Traits
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.errors import Conflict, DomainError
from samaki.kernel.policy import Action

_CHUNK = 900  # SQLite takes 999 parameters
_BATCH = 2_000
_State = MatchCandidate.State
_Pair = tuple[int, int]


def propose_matches(organisation_id: int, person_ids: Iterable[int], *, by: AnyActor) -> int:
    """Writes candidates for who may be one person with one of these; returns how many are new. What staff have decided
    stays decided. Adding and correcting people does this by itself."""
    require_over(by, Action.EDIT_PEOPLE, organisation_id)
    ids = [
        person_id
        for chunk in _chunks(sorted(set(person_ids)))
        for person_id in Person.objects.filter(organisation_id=organisation_id, pk__in=chunk).values_list(
            "pk", flat=True
        )
    ]
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
    known: Mapping[int, Person] = MappingProxyType({}),
    known_traits: Mapping[int, Traits] = MappingProxyType({}),
) -> int:
    """New candidates between these and anyone of the organisation; whose traits are not known yet is opened. For
    operations of this package."""
    pairs = _sharing_a_key(organisation_id, person_ids)
    ids = sorted({person_id for pair in pairs for person_id in pair})
    people = dict(known)
    for chunk in _chunks([person_id for person_id in ids if person_id not in known]):
        people.update(Person.objects.filter(withdrawn_at__isnull=True).in_bulk(chunk))
    forms = Forms()
    others = opened(pk for pk in people if pk not in known_traits)
    traits = {**known_traits, **{pk: traits_of(people[pk], name, forms) for pk, name in others.items()}}
    written = {
        pair
        for chunk in _chunks(ids)
        for pair in MatchCandidate.objects.filter(first_id__in=chunk).values_list("first_id", "second_id")
    }
    new = []
    for first, second in sorted(pairs - written):
        if first not in people or second not in people or _standing(people[first]) == _standing(people[second]):
            continue
        score = likeness(traits[first], traits[second])
        if score >= PROPOSED_FROM:
            new.append(
                MatchCandidate(first_id=first, second_id=second, organisation_id=organisation_id, likeness=score)
            )
    MatchCandidate.objects.bulk_create(new, batch_size=_BATCH)
    return len(new)


def _standing(person: Person) -> int:
    return person.merged_into_id or person.pk


def _sharing_a_key(organisation_id: int, person_ids: Sequence[int]) -> set[_Pair]:
    wanted = set(person_ids)
    keys = {
        key
        for chunk in _chunks(sorted(wanted))
        for key in BlockingKey.objects.filter(person_id__in=chunk).values_list("key", flat=True)
    }
    block: dict[int, list[int]] = defaultdict(list)
    of_organisation = BlockingKey.objects.filter(organisation_id=organisation_id)
    for chunk in _chunks(sorted(keys)):
        for key, person_id in of_organisation.filter(key__in=chunk).values_list("key", "person_id"):
            block[key].append(person_id)
    pairs: set[_Pair] = set()
    for members in block.values():
        ours = [member for member in members if member in wanted]
        for one in ours:
            pairs.update((min(one, other), max(one, other)) for other in members if other != one)
    return pairs


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


def _chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), _CHUNK):
        yield ids[start : start + _CHUNK]
