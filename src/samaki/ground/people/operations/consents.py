"""Consent given and taken back."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from samaki.ground.people.access import not_found, organisations_within, person_within
from samaki.ground.people.across.standing import forget, restand
from samaki.ground.people.events import ConsentWithdrawn
from samaki.ground.people.models import Consent, Person
from samaki.ground.people.operations.recording import GivenConsent, consent_of
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.errors import Conflict, Invalid
from samaki.kernel.policy import Action
from samaki.kernel.registry import reactions


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
            forget(records_of(found.person))
        event = ConsentWithdrawn(found.person.organisation_id, consent.person_id, consent.purpose, on)
        record(
            by,
            "people.withdraw_consent",
            found.person,
            organisation_id=event.organisation_id,
            details={"purpose": consent.purpose},
        )
        reactions.raise_event(event)


def records_of(person: Person) -> tuple[int, ...]:
    """All records of hers, the one that stands for the others first."""
    stands = person.merged_into_id or person.pk
    return stands, *Person.objects.filter(merged_into=stands).order_by("pk").values_list("pk", flat=True)
