"""Consent given and taken back, and the withdrawal of a person."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.ground.organisations.models import Organisation
from samaki.ground.people.access import not_found, organisations_within, person_within
from samaki.ground.people.across.standing import forget, restand
from samaki.ground.people.events import ConsentWithdrawn, PersonLeaves, PersonWithdrawn
from samaki.ground.people.identities import opened, traits_of
from samaki.ground.people.models import (
    UNDECIDED,
    AgeBand,
    BlockingKey,
    Consent,
    Gender,
    MatchCandidate,
    Person,
    PersonIdentity,
    PersonKey,
)
from samaki.ground.people.operations.recording import GivenConsent, consent_of
from samaki.ground.people.rules import Forms
from samaki.ground.people.tombstones import bury
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.errors import Conflict, Invalid
from samaki.kernel.policy import Action
from samaki.kernel.registry import reactions
from samaki.kernel.sealed import SALT_BYTES


def give_consent(person_id: int, given: GivenConsent, *, by: AnyActor) -> Consent:
    """Records a consent. Raises NotFound, or Conflict("person_withdrawn")."""
    person = person_within(by, Action.EDIT_PEOPLE, person_id)
    if person.withdrawn_at is not None:
        raise Conflict("person_withdrawn", _("This person withdrew. Please ask anew and add the person again."))
    with transaction.atomic():
        consent = consent_of(person.pk, given, by, is_example=person.is_example)
        consent.save()
        if consent.purpose == Consent.Purpose.BE_COUNTED_ACROSS:
            restand([person.pk])
        details = {"purpose": given.purpose, "given_by": given.given_by}
        record(by, "people.give_consent", person, organisation_id=person.organisation_id, details=details)
    return consent


def withdraw_consent(consent_id: int, *, on: dt.date, by: AnyActor) -> None:
    """Takes one consent back from a date. Raises NotFound; Invalid("before_it_was_given");
    Conflict("already_withdrawn")."""
    within = organisations_within(by, Action.EDIT_PEOPLE)
    found = Consent.objects.filter(pk=consent_id).select_related("person").first()
    if found is None or (within is not None and found.person.organisation_id not in within):
        raise not_found(by, Action.EDIT_PEOPLE, ("people.consent", consent_id))
    with transaction.atomic():
        consent = Consent.objects.select_for_update().get(pk=consent_id)
        if consent.withdrawn_on is not None:
            raise Conflict("already_withdrawn", _("This consent was taken back already."))
        if on < consent.given_on:
            raise Invalid("before_it_was_given", _("This date is before the consent was given."), field="on")
        consent.withdrawn_on = on
        consent.revision += 1
        consent.save()
        if consent.purpose == Consent.Purpose.BE_COUNTED_ACROSS:
            forget(_records_of(found.person))
        event = ConsentWithdrawn(found.person.organisation_id, consent.person_id, consent.purpose, on)
        record(
            by,
            "people.withdraw_consent",
            found.person,
            organisation_id=event.organisation_id,
            details={"purpose": consent.purpose},
        )
        reactions.raise_event(event)


def withdraw(person_id: int, *, by: AnyActor, at: dt.datetime | None = None) -> None:
    """The person leaves the system: the keys of all records of hers are destroyed, so her name is gone from histories
    and backups too; what she attended is for the reactions to PersonWithdrawn. The nameless row stays as a tombstone
    with `withdrawn_at`. Raises NotFound, or Conflict("person_withdrawn")."""
    moment = at or timezone.now()
    organisation_id = person_within(by, Action.EDIT_PEOPLE, person_id).organisation_id
    with transaction.atomic():
        Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)
        person = Person.objects.get(pk=person_id)
        if person.withdrawn_at is not None:
            raise Conflict("person_withdrawn", _("This person withdrew already."))
        stands = person.merged_into or person
        ids = _records_of(person)
        reactions.raise_event(PersonLeaves(tuple(ids)))
        forms = Forms()
        records = Person.objects.in_bulk(ids)
        bury(
            organisation_id,
            (traits_of(records[pk], name, forms) for pk, name in opened(ids).items()),
            moment,
        )
        # SQLite leaves a deleted row's bytes in the file until they are needed: write over them first.
        PersonKey.objects.filter(pk__in=ids).update(salt=bytes(SALT_BYTES))
        PersonKey.objects.filter(pk__in=ids).delete()
        PersonIdentity.objects.filter(pk__in=ids).delete()
        BlockingKey.objects.filter(person_id__in=ids).delete()
        MatchCandidate.objects.filter(Q(first_id__in=ids) | Q(second_id__in=ids), state__in=UNDECIDED).delete()
        Consent.objects.filter(person_id__in=ids, withdrawn_on__isnull=True, given_on__lte=moment.date()).update(
            withdrawn_on=moment.date()
        )
        Person.objects.filter(pk__in=ids).update(withdrawn_at=moment)
        forget(ids)
        record(by, "people.withdraw", stands, organisation_id=organisation_id, details={"people": list(ids)})
        reactions.raise_event(
            PersonWithdrawn(
                organisation_id=organisation_id,
                person_ids=ids,
                at=moment,
                gender=stands.gender,
                birth_year=stands.birth_year,
                age_band=stands.age_band,
                place_id=stands.place_id,
            )
        )
        Person.objects.filter(pk__in=ids).update(
            gender=Gender.NOT_RECORDED,
            birth_year=None,
            age_band=AgeBand.NOT_RECORDED,
            age_band_on=None,
            place=None,
        )


def _records_of(person: Person) -> tuple[int, ...]:
    """All records of hers, the one that stands for the others first."""
    stands = person.merged_into_id or person.pk
    return stands, *Person.objects.filter(merged_into=stands).order_by("pk").values_list("pk", flat=True)
