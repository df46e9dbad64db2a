"""Adding and correcting people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.ground.people import rules
from samaki.ground.people.access import not_found, person_within, require_over
from samaki.ground.people.identities import (
    Identity,
    Keys,
    opened,
    seal,
    stripped,
    traits_of,
    write_blocking_keys,
)
from samaki.ground.people.models import AgeBand, BlockingKey, Consent, Gender, Person, PersonIdentity, PersonKey
from samaki.ground.people.operations.candidates import write_candidates
from samaki.ground.people.operations.matching import propose_anew
from samaki.ground.people.rules import Forms, Traits
from samaki.ground.people.tombstones import buried, digests
from samaki.kernel import sealed
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.database.bulk import among, insert_columns, reserve_ids
from samaki.kernel.errors import Conflict, DomainError, Invalid, RowsInvalid
from samaki.kernel.policy import Action

_FEWEST_PHONE_DIGITS = 6
_GENDERS, _BANDS = frozenset(Gender.values), frozenset(AgeBand.values)  # an enum makes the list anew each time


@dataclass(frozen=True)
class GivenConsent:
    """A consent as it was given; see models.Consent."""

    purpose: str
    text_version: str
    language: str
    how: str
    given_on: dt.date
    given_by: str = Consent.GivenBy.OWN
    guardian_not_asked: bool = False


@dataclass(frozen=True)
class NewPerson:
    """A person as entered. `age_band` (with the date it was told) only where no birth year is known. `asked_anew` where
    somebody of this name and birth year withdrew: this is another person, or she has agreed anew."""

    identity: Identity
    gender: str = Gender.NOT_RECORDED
    birth_year: int | None = None
    age_band: str = AgeBand.NOT_RECORDED
    age_band_on: dt.date | None = None
    place_id: int | None = None
    consents: Sequence[GivenConsent] = field(default=())
    origin: str = ""
    asked_anew: bool = False


def add_person(
    new: NewPerson, *, organisation_id: int, by: AnyActor, at: dt.datetime | None = None, is_example: bool = False
) -> Person:
    """One person. Raises Refused or Invalid (with the field to mend)."""
    try:
        people = add_people([new], organisation_id=organisation_id, by=by, at=at, is_example=is_example)
    except RowsInvalid as invalid:
        raise invalid.faults[0][1] from invalid
    return people[0]


def add_people(
    rows: Iterable[NewPerson],
    *,
    organisation_id: int,
    by: AnyActor,
    at: dt.datetime | None = None,
    origin: str = "",
    is_example: bool = False,
) -> list[Person]:
    """People in the order of `rows`; otherwise as `enter_people`."""
    ids = enter_people(rows, organisation_id=organisation_id, by=by, at=at, origin=origin, is_example=is_example)
    people = {person.pk: person for person in Person.objects.filter(among("pk", ids))} if ids else {}
    return [people[person_id] for person_id in ids]


def enter_people(
    rows: Iterable[NewPerson],
    *,
    organisation_id: int,
    by: AnyActor,
    at: dt.datetime | None = None,
    origin: str = "",
    is_example: bool = False,
    forms: Forms | None = None,
    keys: Keys | None = None,
) -> list[int]:
    """Adds people, all or none, with candidates for who may be in the list already; returns their keys in the order of
    `rows`. `origin` stands where a row has none of its own; `forms` and `keys` may be shared with their recognition.
    Raises Refused, or RowsInvalid naming each faulty row."""
    require_over(by, Action.EDIT_PEOPLE, organisation_id)
    moment = at or timezone.now()
    entered = list(rows)
    forms, today = forms or Forms(), moment.date()
    faults = [
        (at_row, fault) for at_row, row in enumerate(entered) if (fault := _fault(row, today, forms.phone)) is not None
    ]
    if faults:
        raise RowsInvalid(faults)
    if not entered:
        return []
    identities = [stripped(row.identity) for row in entered]
    traits = [traits_of(row, identity, forms) for row, identity in zip(entered, identities, strict=True)]
    with transaction.atomic():
        if faults := _perhaps_withdrawn(organisation_id, entered, traits):
            raise RowsInvalid(faults)
        ids = reserve_ids(Person, len(entered))
        insert_columns(Person, _columns(ids, entered, moment, organisation_id, origin, is_example))
        salts = sealed.new_salts(len(ids))
        insert_columns(PersonKey, {"person_id": ids, "salt": salts})
        seals = [seal(*each) for each in zip(ids, identities, salts, strict=True)]
        insert_columns(PersonIdentity, {"person_id": ids, "sealed": seals})
        known = dict(zip(ids, traits, strict=True))
        write_blocking_keys(organisation_id, known, keys or Keys())
        told = [(person_id, given) for person_id, row in zip(ids, entered, strict=True) for given in row.consents]
        keep_consents(told, by, is_example=is_example)
        write_candidates(organisation_id, ids, known, forms)
        if len(ids) == 1:
            record(by, "people.add", ("people.person", ids[0]), organisation_id=organisation_id)
        else:
            details = {"count": len(ids), "first": ids[0], "last": ids[-1], "origin": origin}
            record(by, "people.add_many", ("people.person", ""), organisation_id=organisation_id, details=details)
    return ids


def _columns(
    ids: Sequence[int],
    rows: Sequence[NewPerson],
    moment: dt.datetime,
    organisation_id: int,
    origin: str,
    is_example: bool,
) -> dict[str, Sequence[object]]:
    size, now = len(ids), timezone.now()
    bands, band_dates = zip(*(_band(row, moment) for row in rows), strict=True)
    return {
        "id": ids,
        "organisation_id": [organisation_id] * size,
        "gender": [str(row.gender) for row in rows],
        "birth_year": [row.birth_year for row in rows],
        "age_band": bands,
        "age_band_on": band_dates,
        "place_id": [row.place_id for row in rows],
        "is_example": [is_example] * size,
        "origin": [row.origin or origin for row in rows],
        "revision": [1] * size,
        "created_at": [now] * size,
        "updated_at": [now] * size,
    }


def correct_person(
    person_id: int, changed: NewPerson, *, revision: int, by: AnyActor, at: dt.datetime | None = None
) -> Person:
    """The person as she should stand; consents are not touched. Raises NotFound, Invalid, or Conflict
    ("changed_meanwhile", with `theirs` and `yours` by field) where somebody saved her after `revision` was read."""
    person_within(by, Action.EDIT_PEOPLE, person_id)
    moment = at or timezone.now()
    fault = _fault(changed, moment.date())
    if fault is not None:
        raise fault
    with transaction.atomic():
        person = Person.objects.select_for_update().get(pk=person_id)
        before = opened([person_id]).get(person_id)
        if before is None:
            raise not_found(by, Action.EDIT_PEOPLE, ("people.person", person_id))
        identity = stripped(changed.identity)
        yours: dict[str, object] = {
            "identity": identity,
            "gender": changed.gender,
            "birth_year": changed.birth_year,
            "age_band": changed.age_band,
            "place_id": changed.place_id,
        }
        theirs: dict[str, object] = {"identity": before} | {
            name: getattr(person, name) for name in yours if name != "identity"
        }
        if person.revision != revision:
            raise Conflict(
                "changed_meanwhile",
                _("Somebody else saved this meanwhile. Please look at both and save again."),
                theirs=theirs,
                yours=yours,
                revision=person.revision,
            )
        _filled(person, changed, moment)
        person.revision += 1
        person.save()
        salt = bytes(PersonKey.objects.get(pk=person_id).salt)
        PersonIdentity.objects.filter(pk=person_id).update(sealed=seal(person_id, identity, salt))
        BlockingKey.objects.filter(person_id=person_id).delete()
        write_blocking_keys(person.organisation_id, {person_id: traits_of(person, identity, Forms())}, Keys())
        propose_anew(person)
        fields = sorted(name for name in yours if yours[name] != theirs[name])
        record(by, "people.correct", person, organisation_id=person.organisation_id, details={"fields": fields})
    return person


def _filled(person: Person, row: NewPerson, moment: dt.datetime) -> Person:
    person.gender = row.gender
    person.birth_year = row.birth_year
    person.age_band, person.age_band_on = _band(row, moment)
    person.place_id = row.place_id
    return person


def _band(row: NewPerson, moment: dt.datetime) -> tuple[str, dt.date | None]:
    """The age band that is kept, and when it was told: none where the birth year is known."""
    if row.birth_year is None and row.age_band != AgeBand.NOT_RECORDED:
        return str(row.age_band), row.age_band_on or moment.date()
    return AgeBand.NOT_RECORDED.value, None


def _perhaps_withdrawn(
    organisation_id: int, entered: Sequence[NewPerson], traits: Sequence[Traits]
) -> list[tuple[int, DomainError]]:
    gone = buried(organisation_id)
    if not gone:
        return []
    return [
        (
            at_row,
            Conflict(
                "perhaps_withdrawn",
                _("Somebody of this name withdrew. Is this another person, or has she agreed anew?"),
                field="asked_anew",
            ),
        )
        for at_row, (row, names) in enumerate(zip(entered, traits, strict=True))
        if not row.asked_anew and gone & digests(organisation_id, names)
    ]


def consent_of(person_id: int, given: GivenConsent, by: AnyActor, *, is_example: bool) -> Consent:
    return Consent(
        person_id=person_id,
        purpose=given.purpose,
        text_version=given.text_version,
        language=given.language,
        how=given.how,
        given_on=given.given_on,
        given_by=given.given_by,
        guardian_not_asked=given.guardian_not_asked,
        recorded_by=by.name,
        is_example=is_example,
    )


def keep_consents(given: Sequence[tuple[int, GivenConsent]], by: AnyActor, *, is_example: bool) -> None:
    """Consents of many people, each with the person's key. For operations that have asked leave."""
    if not given:
        return
    now, size = timezone.now(), len(given)
    people, consents = zip(*given, strict=True)
    insert_columns(
        Consent,
        {
            "person_id": people,
            "purpose": [str(consent.purpose) for consent in consents],
            "text_version": [consent.text_version for consent in consents],
            "language": [consent.language for consent in consents],
            "how": [str(consent.how) for consent in consents],
            "given_on": [consent.given_on for consent in consents],
            "given_by": [str(consent.given_by) for consent in consents],
            "guardian_not_asked": [consent.guardian_not_asked for consent in consents],
            "recorded_by": [by.name] * size,
            "is_example": [is_example] * size,
            "origin": [""] * size,
            "revision": [1] * size,
            "created_at": [now] * size,
            "updated_at": [now] * size,
        },
    )


def _fault(row: NewPerson, today: dt.date, phone: Callable[[str], str] = rules.phone_digits) -> DomainError | None:
    identity = row.identity
    if not identity.full_km and not identity.full_latin:
        return Invalid("name_wanted", _("Please enter a name, in Khmer or Latin letters."), field="family_km")
    if row.gender not in _GENDERS:
        return Invalid("gender_unknown", _("Please choose one of the five answers."), field="gender")
    if identity.gender_term.strip() and row.gender != Gender.ANOTHER_TERM:
        return Invalid(
            "term_without_choice", _("A person’s own term goes with the answer “Another term”."), field="gender_term"
        )
    if row.birth_year is not None and not rules.EARLIEST_BIRTH_YEAR <= row.birth_year <= today.year:
        return Invalid(
            "birth_year_implausible",
            _("The birth year must be between %(first)s and %(last)s."),
            field="birth_year",
            first=rules.EARLIEST_BIRTH_YEAR,
            last=today.year,
        )
    if row.age_band not in _BANDS:
        return Invalid("age_band_unknown", _("Please choose an age group from the list."), field="age_band")
    if identity.phone.strip() and len(phone(identity.phone)) < _FEWEST_PHONE_DIGITS:
        return Invalid("phone_too_short", _("This phone number is too short. Please check again."), field="phone")
    return None
