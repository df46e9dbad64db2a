"""Adding and correcting people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.ground.people import rules
from samaki.ground.people.access import not_found, person_within, require_over
from samaki.ground.people.identities import (
    Identity,
    opened,
    seal,
    stripped,
    traits_of,
    write_blocking_keys,
)
from samaki.ground.people.models import AgeBand, BlockingKey, Consent, Gender, Person, PersonIdentity, PersonKey
from samaki.ground.people.operations.matching import propose_anew, write_candidates
from samaki.ground.people.rules import Forms, Traits
from samaki.ground.people.tombstones import buried, digests
from samaki.kernel import sealed
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.database.bulk import insert_columns
from samaki.kernel.errors import Conflict, DomainError, Invalid, RowsInvalid
from samaki.kernel.policy import Action

_BATCH = 2_000
_FEWEST_PHONE_DIGITS = 6


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
    """People in the order of `rows`, all or none, with candidates for who may be in the list already. `origin` stands
    where a row has none of its own. Raises Refused, or RowsInvalid naming each faulty row."""
    require_over(by, Action.EDIT_PEOPLE, organisation_id)
    moment = at or timezone.now()
    entered = list(rows)
    faults = [
        (at_row, fault) for at_row, row in enumerate(entered) if (fault := _fault(row, moment.date())) is not None
    ]
    if faults:
        raise RowsInvalid(faults)
    if not entered:
        return []
    with transaction.atomic():
        people = Person.objects.bulk_create(
            (
                _filled(
                    Person(organisation_id=organisation_id, is_example=is_example, origin=row.origin or origin),
                    row,
                    moment,
                )
                for row in entered
            ),
            batch_size=_BATCH,
        )
        traits = _write_identities(people, [stripped(row.identity) for row in entered])
        if faults := _perhaps_withdrawn(organisation_id, entered, [traits[person.pk] for person in people]):
            raise RowsInvalid(faults)
        Consent.objects.bulk_create(
            consent_of(person.pk, consent, by, is_example=is_example)
            for person, row in zip(people, entered, strict=True)
            for consent in row.consents
        )
        write_candidates(organisation_id, [person.pk for person in people], {p.pk: p for p in people}, traits)
        if len(people) == 1:
            record(by, "people.add", people[0], organisation_id=organisation_id)
        else:
            details = {"count": len(people), "first": people[0].pk, "last": people[-1].pk, "origin": origin}
            record(by, "people.add_many", ("people.person", ""), organisation_id=organisation_id, details=details)
    return people


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
        write_blocking_keys([person], {person_id: traits_of(person, identity, Forms())})
        propose_anew(person)
        fields = sorted(name for name in yours if yours[name] != theirs[name])
        record(by, "people.correct", person, organisation_id=person.organisation_id, details={"fields": fields})
    return person


def _filled(person: Person, row: NewPerson, moment: dt.datetime) -> Person:
    person.gender = row.gender
    person.birth_year = row.birth_year
    told = row.birth_year is None and row.age_band != AgeBand.NOT_RECORDED
    person.age_band = row.age_band if told else AgeBand.NOT_RECORDED
    person.age_band_on = (row.age_band_on or moment.date()) if told else None
    person.place_id = row.place_id
    return person


def _write_identities(people: Sequence[Person], identities: Sequence[Identity]) -> dict[int, Traits]:
    ids = [person.pk for person in people]
    salts = [sealed.new_salt() for _person in people]
    insert_columns(PersonKey, {"person_id": ids, "salt": salts})
    seals = [seal(*each) for each in zip(ids, identities, salts, strict=True)]
    insert_columns(PersonIdentity, {"person_id": ids, "sealed": seals})
    forms = Forms()
    traits = {
        person.pk: traits_of(person, identity, forms) for person, identity in zip(people, identities, strict=True)
    }
    write_blocking_keys(people, traits)
    return traits


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


def _fault(row: NewPerson, today: dt.date) -> DomainError | None:
    identity = row.identity
    if not identity.full_km and not identity.full_latin:
        return Invalid("name_wanted", _("Please enter a name, in Khmer or Latin letters."), field="family_km")
    if row.gender not in Gender.values:
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
    if row.age_band not in AgeBand.values:
        return Invalid("age_band_unknown", _("Please choose an age group from the list."), field="age_band")
    if identity.phone.strip() and len(rules.phone_digits(identity.phone)) < _FEWEST_PHONE_DIGITS:
        return Invalid("phone_too_short", _("This phone number is too short. Please check again."), field="phone")
    return None
