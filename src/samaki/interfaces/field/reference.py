"""What a phone needs to record without a network, for one organisation and programme, and nothing its user may not see.

The phone keeps it sealed under her PIN.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils import timezone

from samaki.engines.fieldforms.models import Submission
from samaki.engines.fieldforms.opening import opened
from samaki.engines.fieldforms.verification import own_submissions, reasons_of
from samaki.ground.accounts.devices import Sender
from samaki.ground.activities.models import Activity, Session
from samaki.ground.activities.own_rosters import Rosters, keeps_names, names_of_rosters, own_rosters
from samaki.ground.activities.queries import activities
from samaki.ground.groups.queries import groups
from samaki.ground.organisations.models import Organisation
from samaki.ground.people.identities import Identity
from samaki.ground.places.gazetteer import KnownPlace
from samaki.ground.places.models import Level
from samaki.ground.places.queries import below, paths
from samaki.ground.programmes.models import Programme
from samaki.ground.programmes.queries import working_places
from samaki.interfaces.field.forms import built_in_versions
from samaki.interfaces.field.jobs import described, handlers
from samaki.interfaces.field.words import named
from samaki.kernel.actors import Actor
from samaki.kernel.form_handlers import FormHandler, form_handlers
from samaki.kernel.policy import reach
from samaki.kernel.sealed import SealBroken

BACK, AHEAD = dt.timedelta(days=45), dt.timedelta(days=7)
MOST_ACTIVITIES, MOST_PLACES, MOST_RECORDS = 40, 400, 20


@dataclass(frozen=True)
class Here:
    """One phone's reach: its user, where and on which day."""

    actor: Actor
    programme: Programme
    organisation: Organisation
    on: dt.date

    @property
    def scope(self) -> dict[str, int]:
        return {"programme_id": self.programme.pk, "organisation_id": self.organisation.pk}


def narrowed(sender: Sender) -> Actor:
    """The sender with what she holds at the phone's organisation and in its programme, and nothing more."""
    held = [
        replace(grant, programme_id=sender.programme_id)
        for grant in sender.actor.grants
        if grant.organisation_id == sender.organisation_id and grant.programme_id in (None, sender.programme_id)
    ]
    return replace(sender.actor, grants=tuple(dict.fromkeys(held)))


@dataclass(frozen=True)
class Reference:
    """`body` without names; `tag` changes when anything in it changes, a name included."""

    body: dict[str, object]
    tag: str
    here: Here
    activities: Sequence[Activity]
    rosters: Rosters

    def with_names(self) -> dict[str, object]:
        """Opens the names, each opening written to the audit trail."""
        names = names_of_rosters(self.here.actor, self.activities, self.rosters)
        people = [{"id": pk, "km": _khmer(one), "en": _latin(one)} for pk, one in sorted(names.items())]
        return {**self.body, "people": people, "now": timezone.now().isoformat()}


def reference(here: Here) -> Reference:
    listed = _activities(here)
    rosters = own_rosters(here.actor, listed, on=here.on)
    body: dict[str, object] = {
        "programme": {"key": here.programme.key, "km": here.programme.name_km, "en": here.programme.name_en},
        "organisation": {"id": here.organisation.pk},
        "jobs": _jobs(here),
        "groups": [
            {
                "key": group.key,
                "label": {"km": group.name_km, "en": group.name_latin},
                "names": group.keeps_names,
                "fills": {"place": group.place.code} if group.place else {},
            }
            for group in groups(here.actor, here.programme)
            if group.ended_on is None or group.ended_on >= here.on - BACK
        ],
        "places": _places(here),
        "activities": [_activity(one, rosters, here.on) for one in listed],
        "due": _due(here),
        "records": _records(here),
    }
    people = {person.pk: person.revision for people in rosters.values() for person in people}
    digest = hashlib.sha256(json.dumps([body, people], sort_keys=True).encode())
    return Reference(body, digest.hexdigest()[:32], here, listed, rosters)


def _may(here: Here, handler: FormHandler) -> bool:
    """For any group of the organisation in the programme: which one a record is of, its handler asks."""
    span = reach(here.actor, handler.action)
    fits = handler.fits is None or handler.fits(here.programme.pk)
    return fits and any(
        extent.organisation_id in (None, here.organisation.pk) and extent.programme_id in (None, here.programme.pk)
        for extent in span.extents
    )


def _jobs(here: Here) -> list[dict[str, object]]:
    versions = built_in_versions(here.programme)
    return [
        described(handler, versions[handler.key], here.programme.pk)
        for handler in handlers()
        if handler.key in versions and _may(here, handler)
    ]


def _activities(here: Here) -> list[Activity]:
    found = activities(here.actor, here.programme, first=here.on - BACK, last=here.on + AHEAD)
    own = found.filter(organisation=here.organisation).exclude(state=Activity.State.CANCELLED)
    return list(own.prefetch_related("sessions")[:MOST_ACTIVITIES])


def _activity(activity: Activity, rosters: Rosters, on: dt.date) -> dict[str, object]:
    sessions = sorted(activity.sessions.all(), key=lambda session: session.number)
    missing = [
        session.held_on
        for session in sessions
        if session.attendance == Session.Attendance.NOT_RECORDED and session.held_on <= on
    ]
    fills = {
        "kind": activity.kind,
        "place": activity.place.code if activity.place else "",
        "group": activity.group.key if activity.group else "",
    }
    if missing:
        fills["held_on"] = missing[0].isoformat()
    return {
        "key": activity.key,
        "label": {"km": activity.title_km, "en": activity.title_en},
        "date": (missing[0] if missing else activity.starts_on).isoformat(),
        "names": keeps_names(activity),
        "fills": fills,
        "people": [person.pk for person in rosters.get(activity.pk, ())],
    }


def _places(here: Here) -> list[dict[str, object]]:
    """Where the programme works, and what lies in it as far as a phone can hold it."""
    working = {line.place.code: line.place_id for line in working_places(here.actor, here.programme)}
    ids = set(below(working))
    if len(ids) > MOST_PLACES:
        ids = set(working.values())
    here_first = set(working.values())
    found = sorted(paths(ids).values(), key=lambda path: (path[0].id not in here_first, path[0].code))
    return [
        {
            "key": path[0].code,
            "label": {"km": path[0].name_km, "en": path[0].name_latin},
            "more": _within(path),
        }
        for path in found
    ]


def _within(path: Sequence[KnownPlace]) -> dict[str, str]:
    """What kind of place it is and what it lies in: a commune and a village of it often have one name."""
    level = named(Level(path[0].level).label)
    if len(path) == 1:
        return level
    return {"km": f"{level['km']}, {path[1].name_km}", "en": f"{level['en']}, {path[1].name_latin}"}


def _due(here: Here) -> list[dict[str, object]]:
    found = [
        (owed, handler)
        for handler in handlers()
        if handler.owed is not None and _may(here, handler)
        for owed in handler.owed(here.actor, here.programme.pk, here.on)
    ]
    return [
        {
            "job": handler.key,
            "values": dict(owed.values),
            "label": {"km": owed.label_km, "en": owed.label_en},
            "due": owed.due_on.isoformat(),
            "late": owed.is_late,
        }
        for owed, handler in sorted(found, key=lambda pair: (pair[0].due_on, pair[0].label_en))
    ]


def _records(here: Here) -> list[dict[str, object]]:
    jobs = [handler.key for handler in handlers()]
    own = own_submissions(here.actor, **here.scope).filter(form__is_built_in=True, form__handler__in=jobs)
    found = list(own[:MOST_RECORDS])
    returned = [one.pk for one in found if one.review == Submission.Review.RETURNED]
    reasons = reasons_of(here.actor, returned)
    return [_record(one, reasons.get(one.pk, "")) for one in found]


def _record(submission: Submission, reason: str) -> dict[str, object]:
    key = submission.form.handler
    label = named(form_handlers[key].label) if key in form_handlers else _titles(submission)
    values, repeats, editable = _answers(submission)
    return {
        "number": submission.pk,
        "job": key,
        "label": label,
        "instance": submission.instance_id,
        "at": submission.received_at.isoformat(),
        "state": submission.state,
        "review": submission.review,
        "reason": reason,
        "faults": submission.faults,
        "values": values,
        "repeats": repeats,
        "editable": editable and submission.review != Submission.Review.VERIFIED,
    }


def _titles(submission: Submission) -> dict[str, str]:
    return {"km": submission.form.title_km, "en": submission.form.title_en}


def _answers(submission: Submission) -> tuple[dict[str, str], dict[str, list[dict[str, str]]], bool]:
    """What she filled in, as the phone's form names it; nothing where a withdrawal destroyed the key."""
    try:
        answers = opened(submission).answers
    except SealBroken:
        return {}, {}, False
    values = {path: text for path, text in answers.values.items() if "/" not in path}
    repeats = {
        part: [
            {path.removeprefix(f"{part}/"): text for path, text in row.items() if path.startswith(f"{part}/")}
            for row in rows
        ]
        for part, rows in answers.repeats.items()
    }
    return values, repeats, True


def _khmer(identity: Identity) -> str:
    return f"{identity.family_km} {identity.given_km}".strip() or _latin(identity)


def _latin(identity: Identity) -> str:
    latin = f"{identity.family_latin} {identity.given_latin}".strip()
    return latin or f"{identity.family_km} {identity.given_km}".strip()
