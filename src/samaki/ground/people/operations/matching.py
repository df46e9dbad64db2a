"""Who may be entered twice: candidates are proposed, and the organisation's own staff decide.

Confirmed pairs are the truth; `Person.merged_into` follows from them: every record of a set joined by confirmed pairs
points at the one with the lowest id, never at a merged one. So taking a decision back restores exactly what the other
decisions say, in whatever order they came.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.ground.organisations.models import Organisation
from samaki.ground.people.access import not_found, organisations_within, require_over
from samaki.ground.people.across.standing import restand, stale
from samaki.ground.people.decisions import said_already
from samaki.ground.people.events import PeopleJoined
from samaki.ground.people.likeness import years_ask
from samaki.ground.people.models import UNDECIDED, MatchCandidate, Person, Withdrawal
from samaki.ground.people.operations.candidates import write_candidates
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.database.bulk import among
from samaki.kernel.errors import Conflict
from samaki.kernel.policy import Action
from samaki.kernel.registry import reactions

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
        candidate = _undecided(candidate_id, organisation_id)
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
        restand(members)
        reactions.raise_event(PeopleJoined(tuple(sorted(members)), at or timezone.now(), by))
        record(
            by, "people.confirm_same", candidate, organisation_id=organisation_id, details={"people": sorted(members)}
        )
    return Person.objects.get(pk=min(members))


def undo_merge(candidate_id: int, *, by: AnyActor, at: dt.datetime | None = None) -> None:
    """Takes "the same person" back; the pair is open again. Raises NotFound, or Conflict: not_merged,
    or "leaving_already" where the person they are asked to leave."""
    organisation_id = _organisation_of(candidate_id, by)
    with transaction.atomic():
        candidate = _locked(candidate_id, organisation_id)
        if candidate.state != _State.SAME:
            raise Conflict("not_merged", _("These two are not marked as the same person."))
        members = _joined(organisation_id, {candidate.first_id, candidate.second_id})
        leaving = Withdrawal.objects.filter(person_id__in=members, taken_back_at__isnull=True, erased_at__isnull=True)
        if leaving.exists():  # which of the two asked, nobody could tell any more
            raise Conflict(
                "leaving_already",
                _("This person asked to leave. Please take that back, part the records, and note who of them leaves."),
            )
        _decide(candidate, _State.OPEN, by, at)
        _stand(organisation_id, members)
        restand(members)
        record(by, "people.undo_merge", candidate, organisation_id=organisation_id, details={"people": sorted(members)})


def reject(candidate_id: int, *, by: AnyActor, at: dt.datetime | None = None) -> None:
    """The two are different people. Raises NotFound; Conflict: "already_decided", or "joined_otherwise" where other
    decisions make them one person."""
    organisation_id = _organisation_of(candidate_id, by)
    with transaction.atomic():
        candidate = _undecided(candidate_id, organisation_id)
        if candidate.second_id in _joined(organisation_id, {candidate.first_id}):
            raise Conflict(
                "joined_otherwise",
                _("Other decisions make these two the same person. Please take one of those back first."),
            )
        _decide(candidate, _State.DIFFERENT, by, at)
        record(by, "people.reject_match", candidate, organisation_id=organisation_id)


def put_off(candidate_id: int, *, by: AnyActor, at: dt.datetime | None = None) -> None:
    """Nobody can say yet: the pair stays undecided and comes last. Raises NotFound, or Conflict("already_decided")."""
    organisation_id = _organisation_of(candidate_id, by)
    with transaction.atomic():
        candidate = _undecided(candidate_id, organisation_id)
        _decide(candidate, _State.UNSURE, by, at)
        record(by, "people.put_off_match", candidate, organisation_id=organisation_id)


def take_back(candidate_id: int, *, by: AnyActor, at: dt.datetime | None = None) -> None:
    """Takes "different people" back; the pair is open again. Raises NotFound, or Conflict("not_rejected")."""
    organisation_id = _organisation_of(candidate_id, by)
    with transaction.atomic():
        candidate = _locked(candidate_id, organisation_id)
        if candidate.state != _State.DIFFERENT:
            raise Conflict("not_rejected", _("These two are not marked as different people."))
        _decide(candidate, _State.OPEN, by, at)
        record(by, "people.take_back_match", candidate, organisation_id=organisation_id)


def propose_anew(person: Person) -> None:
    """After a correction: open candidates of the person are judged again. For operations of this package."""
    MatchCandidate.objects.filter(Q(first=person) | Q(second=person), state__in=UNDECIDED).delete()
    stale(person.pk)
    write_candidates(person.organisation_id, [person.pk])


def _organisation_of(candidate_id: int, by: AnyActor) -> int:
    """The organisation whose candidate it is, if `by` may decide there; else NotFound or Refused, audited."""
    within = organisations_within(by, Action.EDIT_PEOPLE)
    found = MatchCandidate.objects.filter(pk=candidate_id).values_list("organisation_id", flat=True).first()
    if found is None or (within is not None and found not in within):
        raise not_found(by, Action.EDIT_PEOPLE, ("people.matchcandidate", candidate_id))
    return found


def _locked(candidate_id: int, organisation_id: int) -> MatchCandidate:
    """The candidate, with decisions of its organisation taking turns."""
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)
    candidate = MatchCandidate.objects.select_related("first", "second").filter(pk=candidate_id).first()
    if candidate is None:  # a correction took it away meanwhile
        raise Conflict("pair_gone", _("These two were corrected meanwhile and are no longer alike."))
    return candidate


def _undecided(candidate_id: int, organisation_id: int) -> MatchCandidate:
    candidate = _locked(candidate_id, organisation_id)
    if candidate.state not in UNDECIDED:
        raise said_already(candidate)
    return candidate


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
