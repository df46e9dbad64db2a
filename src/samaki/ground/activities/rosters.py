"""Taking a roster: people recognised or added, joined to their groups, and noted at sessions, all or nothing."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.ground.activities.consents import ConsentsToBeNamed
from samaki.ground.activities.models import Activity, Attendance, Session
from samaki.ground.activities.rules import not_born
from samaki.ground.groups.gate import not_cleared, uncleared
from samaki.ground.groups.models import Group, Membership
from samaki.ground.organisations.models import Organisation
from samaki.ground.people.access import require_over
from samaki.ground.people.identities import Keys
from samaki.ground.people.models import Consent
from samaki.ground.people.operations.recording import GivenConsent, NewPerson, enter_people, keep_consents
from samaki.ground.people.recognition import recognise
from samaki.ground.people.rules import Forms
from samaki.ground.periods.locks import lock_over, locked_periods
from samaki.ground.periods.rules import Period
from samaki.ground.programmes.models import Programme
from samaki.kernel import policy
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.audit.permits import keeping_refusals
from samaki.kernel.database.bulk import among, insert_columns
from samaki.kernel.errors import Conflict, DomainError, Invalid, RowsInvalid
from samaki.kernel.policy import Action
from samaki.kernel.records import Scope, Written

_BATCH = 500


class RosterRow(NamedTuple):
    """A person as the roster writes her, the group she belongs to since `joined_on`, and the session she was at."""

    person: NewPerson
    group: Group | None = None
    role: str = "member"
    joined_on: dt.date | None = None
    session: Session | None = None


@dataclass
class _Taken:
    """What each row did, by index of the row."""

    added: set[int]
    joined: set[int]
    attended: set[int]
    consented: set[int]


def take_roster(
    rows: Sequence[RosterRow],
    *,
    programme: Programme,
    organisation: Organisation,
    by: AnyActor,
    at: dt.datetime,
    origin: str = "",
) -> Written:
    """Takes people with their groups and sessions; the same roster again changes nothing, and nobody is taken out.

    A recognised person stays as she is stored. Raises RowsInvalid naming each faulty row; Refused, audited, unless the
    actor may edit the organisation's people and, where groups or sessions are named, record activities.
    """
    scope = Scope(organisation_id=organisation.pk, programme_id=programme.pk)
    with keeping_refusals(by, Action.EDIT_PEOPLE, ("people.person", ""), **scope):
        require_over(by, Action.EDIT_PEOPLE, organisation.pk)
        if any(row.group or row.session for row in rows):
            policy.require(by, Action.RECORD_ACTIVITY, **scope)
            policy.require(by, Action.SEE_PEOPLE, **scope)
        Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)  # two rosters take turns
        locks = locked_periods(programme)
        if found := list(_faults(rows)):
            raise RowsInvalid(found)
        people = [row.person for row in rows]
        ids, taken = _people(people, organisation, by, at, origin)
        _consent(people, ids, taken, by, organisation)
        _join(rows, ids, taken, organisation, origin, locks, timezone.localdate(at))
        _attend(rows, ids, taken, locks)
        created = taken.added | taken.joined | taken.attended
        changed = taken.consented - created
        written = Written(len(created), len(changed), len(rows) - len(created) - len(changed))
        if written.created or written.changed:
            counts = {"added": len(taken.added), "joined": len(taken.joined), "attended": len(taken.attended)}
            details = {**counts, "origin": origin}
            record(by, "take_roster", ("people.person", ""), **scope, details=details)
    return written


def _faults(rows: Sequence[RosterRow]) -> Iterator[tuple[int, DomainError]]:
    """Of each row; rows are many, groups, days and sessions are few."""
    known: dict[tuple[object, ...], list[DomainError]] = {}
    for index, (_person, group, _role, joined_on, session) in enumerate(rows):
        key = (id(group), joined_on, id(session))
        if key not in known:
            known[key] = [*_faults_of_group(group, joined_on), *_faults_of_session(session)]
        for why in known[key]:
            yield index, why


def _faults_of_group(group: Group | None, joined_on: dt.date | None) -> Iterator[DomainError]:
    if group is None:
        return
    if not group.keeps_names:
        yield Invalid("names_not_kept", _("This group keeps counts, not names."), field="group")
    if joined_on is not None:
        before, after = group.formed_on or dt.date.min, group.ended_on or dt.date.max
        if not before <= joined_on <= after:
            yield Invalid("group_not_there", _("The group did not exist on that day."), field="since")


def _faults_of_session(session: Session | None) -> Iterator[DomainError]:
    if session is None:
        return
    activity = session.activity
    if activity.is_sensitive or (activity.group is not None and not activity.group.keeps_names):
        yield Invalid("tallies_only", _("Here only counts are kept, no names."), field="activity")
    if activity.state != Activity.State.HELD:
        yield Conflict("not_held", _("This activity has not taken place."), field="activity")


def take_people(
    entries: Sequence[NewPerson], *, organisation: Organisation, by: AnyActor, at: dt.datetime, origin: str = ""
) -> list[int]:
    """The person of each entry, recognised or added, with the consents told of her, as a roster takes them.

    Raises RowsInvalid naming each faulty entry; Refused, audited, unless the actor may edit the organisation's people.
    Call in a transaction that is undone by what is raised.
    """
    require_over(by, Action.EDIT_PEOPLE, organisation.pk)
    ids, taken = _people(entries, organisation, by, at, origin)
    _consent(entries, ids, taken, by, organisation)
    return ids


def _people(
    entries: Sequence[NewPerson], organisation: Organisation, by: AnyActor, at: dt.datetime, origin: str
) -> tuple[list[int], _Taken]:
    """The person of each entry, added where nobody is recognised."""
    forms, keys = Forms(), Keys()
    found = recognise(organisation.pk, entries, forms, keys)
    if found.unclear:
        raise RowsInvalid(
            [
                (
                    index,
                    Invalid(
                        "person_unclear",
                        _("Several people of your list may be meant. Please write the birth year or the phone number."),
                        field="person",
                    ),
                )
                for index in sorted(found.unclear)
            ]
        )
    first_row: dict[int, int] = {}
    for index, number in enumerate(found.new):
        if number is not None:
            first_row.setdefault(number, index)
    try:
        people = enter_people(
            found.added,
            organisation_id=organisation.pk,
            by=by,
            at=at,
            origin=origin,
            is_example=organisation.is_example,
            forms=forms,
            keys=keys,
        )
    except RowsInvalid as error:
        raise RowsInvalid([(first_row[number], why) for number, why in error.faults]) from None
    known = sum(person_id is not None for person_id in found.known)
    if known:
        record(by, "people.recognise", ("people.person", ""), organisation_id=organisation.pk, details={"rows": known})
    ids = [
        person_id if person_id is not None else people[number or 0]
        for person_id, number in zip(found.known, found.new, strict=True)
    ]
    return ids, _Taken(set(first_row.values()), set(), set(), set())


def _consent(
    entries: Sequence[NewPerson], ids: Sequence[int], taken: _Taken, by: AnyActor, organisation: Organisation
) -> None:
    """Consents told of people who were known before, unless they are kept already."""
    told: dict[tuple[int, str, str, dt.date], tuple[int, GivenConsent]] = {}
    seen: set[tuple[int, int]] = set()
    for index, (entry, person_id) in enumerate(zip(entries, ids, strict=True)):
        if (once := (person_id, id(entry.consents))) not in seen:
            seen.add(once)
            for given in entry.consents:
                told[person_id, given.given_by, given.how, given.given_on] = (index, given)
    kept: set[tuple[object, ...]] = set()
    if people := {person_id for person_id, *_rest in told}:
        found = Consent.objects.filter(among("person_id", people), purpose=Consent.Purpose.TAKE_PART)
        kept.update(found.values_list("person_id", "given_by", "how", "given_on"))
    missing = {key: value for key, value in told.items() if key not in kept}
    told_now = [(key[0], given) for key, (_index, given) in missing.items()]
    keep_consents(told_now, by, is_example=organisation.is_example)
    taken.consented.update(index for index, _given in missing.values())


def _join(
    rows: Sequence[RosterRow],
    ids: Sequence[int],
    taken: _Taken,
    organisation: Organisation,
    origin: str,
    locks: Sequence[Period],
    today: dt.date,
) -> None:
    """Memberships that are not there yet. Who belongs to the group already keeps the date and role that are stored."""
    groups = {row.group.pk: row.group for row in rows if row.group is not None}
    if not groups:
        return
    spans: defaultdict[tuple[int, int], list[tuple[dt.date, dt.date]]] = defaultdict(list)
    stored = Membership.objects.filter(group__in=groups).values_list("group_id", "person_id", "since", "until")
    for group_id, person_id, begun, until in stored:
        spans[group_id, person_id].append((begun, until or dt.date.max))
    shut = {group.pk: uncleared(group, ids, on=today) for group in groups.values()}
    new: list[Membership] = []
    faults: list[tuple[int, DomainError]] = []
    for index, (row, person_id) in enumerate(zip(rows, ids, strict=True)):
        if row.group is None:
            continue
        held = spans[row.group.pk, person_id]
        since = row.joined_on
        if any(last == dt.date.max if since is None else last > since for _first, last in held):
            continue
        if since is None:
            faults.append((index, _joined_on_wanted()))
            continue
        if person_id in shut[row.group.pk]:
            faults.append((index, not_cleared()))
            continue
        if (conflict := lock_over(locks, since, dt.date.max)) is not None:
            faults.append((index, conflict))
            continue
        held.append((since, dt.date.max))
        taken.joined.add(index)
        new.append(
            Membership(
                group=row.group,
                person_id=person_id,
                role=row.role,
                since=since,
                is_example=organisation.is_example,
                origin=origin,
            )
        )
    if faults:
        raise RowsInvalid(faults)
    Membership.objects.bulk_create(new, batch_size=_BATCH)


def _joined_on_wanted() -> Invalid:
    words = _("It is not said since when this person belongs to the group. Please write the date of joining.")
    return Invalid("joined_on_wanted", words, field="since")


def _attend(rows: Sequence[RosterRow], ids: Sequence[int], taken: _Taken, locks: Sequence[Period]) -> None:
    """Adds who is not noted at her session yet; who was noted before stays."""
    sessions = {row.session.pk: row.session for row in rows if row.session is not None}
    wanted: dict[int, dict[int, int]] = defaultdict(dict)
    for index, (row, person_id) in enumerate(zip(rows, ids, strict=True)):
        if row.session is not None:
            wanted[row.session.pk].setdefault(person_id, index)
    faults: list[tuple[int, DomainError]] = []
    pairs: list[tuple[int, int]] = []
    noted = _noted(sessions)
    may_be_named = ConsentsToBeNamed({person_id for people in wanted.values() for person_id in people})
    for session_id, people in wanted.items():
        session = sessions[session_id]
        fresh = {person_id: index for person_id, index in people.items() if person_id not in noted[session_id]}
        if not fresh:
            continue
        if (conflict := lock_over(locks, session.held_on)) is not None:
            faults += [(index, conflict) for index in fresh.values()]
            continue
        unborn = [(index, pk) for pk, index in fresh.items() if not may_be_named.born(pk, session.held_on)]
        faults += [(index, not_born([pk])) for index, pk in unborn]
        lacking = [index for person_id, index in fresh.items() if not may_be_named.on(person_id, session.held_on)]
        faults += [(index, _consent_wanted()) for index in lacking]
        pairs += [(session_id, person_id) for person_id in sorted(fresh)]
        taken.attended.update(fresh.values())
    if faults:
        raise RowsInvalid(sorted(faults, key=lambda fault: fault[0]))
    if pairs:
        insert_columns(
            Attendance, {"session_id": [pair[0] for pair in pairs], "person_id": [pair[1] for pair in pairs]}
        )
        touched = Session.objects.filter(among("pk", {session_id for session_id, _person in pairs}))
        touched.update(attendance=Session.Attendance.NAMED, revision=F("revision") + 1, updated_at=timezone.now())


def _noted(session_ids: Collection[int]) -> defaultdict[int, set[int]]:
    """People noted before, by session."""
    found: defaultdict[int, set[int]] = defaultdict(set)
    attendances = Attendance.objects.filter(among("session_id", session_ids))
    for session_id, person_id in attendances.values_list("session_id", "person_id"):
        found[session_id].add(person_id)
    return found


def _consent_wanted() -> Invalid:
    words = _("Consent to be named is missing. Please ask for it and write how and when, or count without names.")
    return Invalid("consent_wanted", words, field="people")
