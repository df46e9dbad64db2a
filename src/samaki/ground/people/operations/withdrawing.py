"""A person leaves: she asks, may think again for a week, and then all that names her is erased."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from samaki.ground.organisations.models import Organisation
from samaki.ground.people.access import person_within
from samaki.ground.people.across.standing import forget, restand
from samaki.ground.people.erasing import NamesGo
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
    Withdrawal,
)
from samaki.ground.people.operations.consents import records_of
from samaki.ground.people.rules import Forms, erase_on
from samaki.ground.people.tombstones import bury
from samaki.ground.places.models import Level, Place
from samaki.kernel.actors import AnyActor
from samaki.kernel.audit.operations import record
from samaki.kernel.errors import Conflict
from samaki.kernel.keyrings import erasures
from samaki.kernel.policy import Action
from samaki.kernel.registry import reactions
from samaki.kernel.sealed import SALT_BYTES

UNNAMED = "unnamed"  # in the journal of erasures: slot, digest, when


def ask_to_leave(person_id: int, *, by: AnyActor, at: dt.datetime | None = None) -> Withdrawal:
    """All her consents are taken back at once, so nobody names her anew; her name is erased on `erase_on`. Raises
    NotFound; Conflict: person_withdrawn, leaving_already."""
    today = timezone.localdate(at or timezone.now())
    organisation_id = person_within(by, Action.EDIT_PEOPLE, person_id).organisation_id
    with transaction.atomic():
        person = _standing(person_id, organisation_id)
        ids = records_of(person)
        if waiting(ids) is not None:
            raise Conflict("leaving_already", _("That this person leaves is noted already."))
        consents = Consent.objects.filter(person_id__in=ids, withdrawn_on__isnull=True, given_on__lte=today)
        taken = list(consents.order_by("pk"))
        consents.update(withdrawn_on=today)
        forget(ids)
        leaving = Withdrawal.objects.create(
            person_id=ids[0],
            asked_on=today,
            erase_on=erase_on(today),
            consents=[consent.pk for consent in taken],
            recorded_by=by.name,
            is_example=person.is_example,
        )
        details = {"erase_on": leaving.erase_on.isoformat(), "consents": len(taken)}
        record(by, "people.ask_to_leave", leaving.person, organisation_id=organisation_id, details=details)
        for consent in taken:
            reactions.raise_event(ConsentWithdrawn(organisation_id, consent.person_id, consent.purpose, today))
    return leaving


def stay(person_id: int, *, by: AnyActor, at: dt.datetime | None = None) -> None:
    """She thought again before the day: the consents that went with her word stand as before. Raises NotFound;
    Conflict: person_withdrawn, not_leaving."""
    organisation_id = person_within(by, Action.EDIT_PEOPLE, person_id).organisation_id
    with transaction.atomic():
        ids = records_of(_standing(person_id, organisation_id))
        leaving = waiting(ids)
        if leaving is None:
            raise Conflict("not_leaving", _("It is not noted that this person leaves."))
        leaving.taken_back_at = at or timezone.now()
        leaving.revision += 1
        leaving.save()
        Consent.objects.filter(pk__in=leaving.consents).update(withdrawn_on=None)
        restand(ids)
        record(by, "people.stay", leaving.person, organisation_id=organisation_id)


def withdraw(person_id: int, *, by: AnyActor, at: dt.datetime | None = None) -> None:
    """The person is gone at once: the keys of all records of hers are destroyed, so her name is gone from histories and
    copies too; what she attended is for the reactions to PersonWithdrawn. The nameless row stays with `withdrawn_at`.
    Raises NotFound, or Conflict("person_withdrawn")."""
    moment = at or timezone.now()
    organisation_id = person_within(by, Action.EDIT_PEOPLE, person_id).organisation_id
    with transaction.atomic():
        ids = records_of(_standing(person_id, organisation_id))
        reactions.raise_event(NamesGo(organisation_id, (ids,), moment))
        forms = Forms()
        records = Person.objects.in_bulk(ids)
        names = opened(ids)
        bury(organisation_id, (traits_of(records[pk], name, forms) for pk, name in names.items()), moment)
        leave(ids, by=by, at=moment)


def leave(ids: Collection[int], *, by: AnyActor, at: dt.datetime) -> None:
    """What is left to do once her names have been looked at, or cannot be any more. `ids` are all records of hers, the
    one that stands first. Asks nobody's leave; call in a transaction."""
    stands = Person.objects.get(pk=next(iter(ids)))
    reactions.raise_event(PersonLeaves(tuple(ids)))
    erase_names(ids)
    MatchCandidate.objects.filter(Q(first_id__in=ids) | Q(second_id__in=ids), state__in=UNDECIDED).delete()
    on = timezone.localdate(at)
    Consent.objects.filter(person_id__in=ids, withdrawn_on__isnull=True, given_on__lte=on).update(withdrawn_on=on)
    Withdrawal.objects.filter(person_id__in=ids, taken_back_at__isnull=True, erased_at__isnull=True).update(
        erased_at=at
    )
    Person.objects.filter(pk__in=ids).update(withdrawn_at=at)
    forget(ids)
    record(by, "people.withdraw", stands, organisation_id=stands.organisation_id, details={"people": list(ids)})
    reactions.raise_event(
        PersonWithdrawn(
            organisation_id=stands.organisation_id,
            person_ids=tuple(ids),
            at=at,
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


def erase_names(ids: Collection[int]) -> int:
    """Keys, names and the hashes made of them, of records whose people are not asked for by name any more. Returns how
    many names went. Call in a transaction."""
    keys = PersonKey.objects.filter(pk__in=ids)
    erasures.destroy(keys.values_list("salt", flat=True))
    # SQLite leaves a deleted row's bytes in the file until they are needed: write over them first.
    keys.update(salt=bytes(SALT_BYTES))
    keys.delete()
    names = PersonIdentity.objects.filter(pk__in=ids)
    erased = names.update(sealed=b"")
    names.delete()
    BlockingKey.objects.filter(person_id__in=ids).delete()
    return erased


def unname(person: Person, ids: Collection[int]) -> int:
    """Nobody asked, but her time is over: names go, and the nameless rows stay counted as of her commune. Told in the
    journal, so that an older database put back does not take her for one who withdrew. Returns how many names went.
    Call in a transaction."""
    erasures.note(UNNAMED, PersonKey.objects.filter(pk__in=ids).values_list("salt", flat=True))
    gone = erase_names(ids)
    Person.objects.filter(pk__in=ids).update(place=commune_of(person))
    return gone


def commune_of(person: Person) -> Place | None:
    place = person.place
    while place is not None and place.level > Level.COMMUNE:
        place = place.parent
    return place


def waiting(ids: Collection[int]) -> Withdrawal | None:
    """That one of these records' person asked to leave and is not erased yet, held until the transaction ends."""
    found = Withdrawal.objects.select_for_update(of=("self",)).select_related("person")
    return found.filter(person_id__in=ids, taken_back_at__isnull=True, erased_at__isnull=True).first()


def _standing(person_id: int, organisation_id: int) -> Person:
    """The person, while nobody else writes the organisation's people. Raises Conflict("person_withdrawn")."""
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)
    person = Person.objects.get(pk=person_id)
    if person.withdrawn_at is not None:
        raise Conflict("person_withdrawn", _("This person withdrew already."))
    return person
