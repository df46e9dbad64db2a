from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator

import pytest
from django.db import IntegrityError, transaction

from samaki.ground.people import operations, queries
from samaki.ground.people.events import ConsentWithdrawn, PersonWithdrawn
from samaki.ground.people.models import BlockingKey, Consent, MatchCandidate, Person, PersonIdentity, PersonKey
from samaki.ground.people.operations import GivenConsent, NewPerson
from samaki.kernel.audit.models import AuditEntry
from samaki.kernel.errors import Conflict, Invalid, NotFound, RowsInvalid
from samaki.kernel.registry import reactions
from tests.factories.people import NAMES, SETUP, a_person, an_me_officer, an_organisation, named
from tests.factories.places import a_commune

pytestmark = pytest.mark.django_db

DAY = dt.date(2024, 3, 1)
AT = dt.datetime(2024, 6, 1, 9, tzinfo=dt.UTC)


def given_by(who: str, *, spared: bool = False, on: dt.date = DAY) -> GivenConsent:
    return GivenConsent(Consent.Purpose.TAKE_PART, "2", "km", Consent.How.THUMBPRINT, on, who, spared)


@pytest.fixture
def heard() -> Iterator[list[object]]:
    """The events of a test, heard by a reaction as a strand would."""
    events: list[object] = []
    listening = [True]

    def hear(event: PersonWithdrawn | ConsentWithdrawn) -> None:
        if listening[0]:
            events.append(event)

    reactions.on(PersonWithdrawn)(hear)
    reactions.on(ConsentWithdrawn)(hear)
    yield events
    listening[0] = False


def test_consent_stands_from_the_day_it_was_given_until_it_is_taken_back() -> None:
    person = a_person()

    def lacks(on: dt.date) -> dict[int, frozenset[str]]:
        return queries.lacking_to_be_named(SETUP, [person.pk], on=on)

    consent = operations.give_consent(person.pk, given_by("own"), by=SETUP)
    missing = {person.pk: frozenset({"own"})}
    assert (lacks(DAY - dt.timedelta(1)), lacks(DAY)) == (missing, {})
    back = dt.date(2024, 5, 1)
    operations.withdraw_consent(consent.pk, on=back, by=SETUP)
    assert (lacks(back - dt.timedelta(1)), lacks(back)) == ({}, missing)


def test_a_young_person_needs_her_own_and_her_guardians() -> None:
    young, spared = a_person(birth_year=2010), a_person(birth_year=2010)
    operations.give_consent(young.pk, given_by("own"), by=SETUP)
    operations.give_consent(spared.pk, given_by("own", spared=True), by=SETUP)
    ids = [young.pk, spared.pk]
    assert queries.lacking_to_be_named(SETUP, ids, on=DAY) == {young.pk: frozenset({"guardian"})}
    operations.give_consent(young.pk, given_by("guardian"), by=SETUP)
    assert queries.lacking_to_be_named(SETUP, ids, on=DAY) == {}


def test_consent_to_a_photo_is_not_consent_to_take_part() -> None:
    person = a_person()
    photo = GivenConsent(Consent.Purpose.PHOTO, "2", "km", Consent.How.SIGNATURE, DAY)
    operations.give_consent(person.pk, photo, by=SETUP)
    assert queries.lacking_to_be_named(SETUP, [person.pk], on=DAY) == {person.pk: frozenset({"own"})}


def test_only_an_own_consent_can_spare_the_guardian() -> None:
    person = a_person()
    with pytest.raises(IntegrityError), transaction.atomic():
        operations.give_consent(person.pk, given_by("guardian", spared=True), by=SETUP)


def test_consents_come_in_with_the_person() -> None:
    new = NewPerson(NAMES, consents=[given_by("own")])
    officer = an_me_officer(an_organisation())
    person = operations.add_person(new, organisation_id=an_organisation().pk, by=officer)
    kept = Consent.objects.get(person=person)
    assert (kept.purpose, kept.given_on, kept.recorded_by) == ("take_part", DAY, officer.name)


def test_taking_back_a_consent_is_told_once(heard: list[object]) -> None:
    person = a_person()
    consent = operations.give_consent(person.pk, given_by("own"), by=SETUP)
    with pytest.raises(Invalid) as early:
        operations.withdraw_consent(consent.pk, on=DAY - dt.timedelta(1), by=SETUP)
    assert early.value.code == "before_it_was_given"
    operations.withdraw_consent(consent.pk, on=DAY, by=SETUP)
    with pytest.raises(Conflict) as again:
        operations.withdraw_consent(consent.pk, on=DAY, by=SETUP)
    assert again.value.code == "already_withdrawn"
    assert heard == [ConsentWithdrawn(person.organisation_id, person.pk, "take_part", DAY)]


def test_a_withdrawal_erases_every_record_of_the_person_and_leaves_a_tombstone(heard: list[object]) -> None:
    commune = a_commune()
    ours = an_organisation()
    first, second, other = (a_person(ours, place_id=commune.id) for _each in range(3))
    pair = MatchCandidate.objects.get(first=first, second=second)
    operations.confirm_same(pair.pk, by=SETUP)
    operations.give_consent(second.pk, given_by("own"), by=SETUP)
    officer = an_me_officer(ours)

    operations.withdraw(second.pk, by=officer, at=AT)

    ids = [first.pk, second.pk]
    for model in (PersonKey, PersonIdentity, BlockingKey):
        assert set(model.objects.values_list("person_id", flat=True)) == {other.pk}
    assert list(MatchCandidate.objects.values_list("pk", flat=True)) == [pair.pk]
    assert list(Consent.objects.values_list("withdrawn_on", flat=True)) == [AT.date()]
    left = Person.objects.filter(pk__in=ids).order_by("pk")
    nothing: tuple[object, ...] = (AT, "not_recorded", None, "not_recorded", None)
    facts = left.values_list("withdrawn_at", "gender", "birth_year", "age_band", "place_id")
    assert [tuple(fact) for fact in facts] == [nothing, nothing]
    assert heard == [PersonWithdrawn(ours.pk, (first.pk, second.pk), AT, "woman", 1990, "not_recorded", commune.id)]
    assert AuditEntry.objects.get(action="people.withdraw").details == {"people": ids}
    with pytest.raises(NotFound) as raised:
        queries.reveal(officer, second.pk, "check")
    assert raised.value.code == "name_erased"
    assert [hit.person_id for hit in queries.search(officer, NAMES.full_latin)] == [other.pk]
    assert [row.id for row in queries.people(officer, on=DAY).rows] == [other.pk]


def test_who_withdrew_cannot_be_brought_back_by_any_operation() -> None:
    gone, other = a_person(), a_person()
    pair = MatchCandidate.objects.get()
    operations.withdraw(gone.pk, by=SETUP, at=AT)
    assert MatchCandidate.objects.filter(pk=pair.pk).count() == 0
    with pytest.raises(NotFound):
        operations.correct_person(gone.pk, NewPerson(NAMES), revision=1, by=SETUP)
    for again in (
        lambda: operations.withdraw(gone.pk, by=SETUP),
        lambda: operations.give_consent(gone.pk, given_by("own"), by=SETUP),
    ):
        with pytest.raises(Conflict) as raised:
            again()
        assert raised.value.code == "person_withdrawn"
    assert operations.propose_matches(gone.organisation_id, [gone.pk, other.pk], by=SETUP) == 0
    assert PersonKey.objects.filter(pk=gone.pk).count() == 0


def test_a_list_sent_again_does_not_bring_back_who_withdrew() -> None:
    ours, theirs = an_organisation(), an_organisation("theirs")
    operations.withdraw(a_person(ours).pk, by=SETUP, at=AT)
    rows = [NewPerson(named(latin="Keo Thida")), NewPerson(NAMES, birth_year=1990)]
    swapped = NewPerson(named("រស្មីពេជ្រ ទេព"), birth_year=1990)
    for again, at_row in ((rows, 1), ([swapped], 0)):
        with pytest.raises(RowsInvalid) as raised:
            operations.add_people(again, organisation_id=ours.pk, by=SETUP)
        assert [(row, fault.code) for row, fault in raised.value.faults] == [(at_row, "perhaps_withdrawn")]
    assert Person.objects.count() == 1
    asked = dataclasses.replace(rows[1], asked_anew=True)
    other_year = NewPerson(NAMES, birth_year=1960)
    assert len(operations.add_people([rows[0], asked, other_year], organisation_id=ours.pk, by=SETUP)) == 3
    assert len(operations.add_people(rows, organisation_id=theirs.pk, by=SETUP)) == 2


def test_a_reaction_that_fails_leaves_the_person_whole() -> None:
    person = a_person()
    armed = [True]

    def fail(event: PersonWithdrawn) -> None:
        if armed[0] and event.person_ids == (person.pk,):
            raise RuntimeError("a strand could not answer")

    reactions.on(PersonWithdrawn)(fail)
    with pytest.raises(RuntimeError):
        operations.withdraw(person.pk, by=SETUP)
    armed[0] = False
    assert queries.reveal(SETUP, person.pk) == NAMES
