"""First who must not see: each query and operation, asked by each who has no business with these people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from samaki.ground.organisations.models import Organisation
from samaki.ground.people import operations, queries
from samaki.ground.people.across import queries as across
from samaki.ground.people.models import Consent, MatchCandidate, Person
from samaki.ground.people.operations import GivenConsent, NewPerson
from samaki.kernel.actors import PUBLIC, Actor, Grant, Role
from samaki.kernel.audit.models import AuditEntry
from samaki.kernel.errors import DomainError, NotFound, Refused
from tests.factories.people import NAMES, SETUP, a_facilitator, a_person, an_actor, an_me_officer, an_organisation

pytestmark = pytest.mark.django_db

TODAY = dt.date(2024, 6, 1)
GIVEN = GivenConsent(Consent.Purpose.TAKE_PART, "1", "km", Consent.How.SPOKEN, TODAY)


@dataclass
class World:
    ours: Organisation
    theirs: Organisation
    person: Person
    twin: Person
    candidate: MatchCandidate
    consent: Consent


@pytest.fixture
def world() -> World:
    ours, theirs = an_organisation("ours"), an_organisation("theirs")
    person, twin = a_person(ours), a_person(ours)
    consent = operations.give_consent(person.pk, GIVEN, by=SETUP)
    return World(ours, theirs, person, twin, MatchCandidate.objects.get(), consent)


Act = Callable[[World, Actor], object]
ACTS: dict[str, Act] = {
    "people": lambda w, who: queries.people(who, on=TODAY, organisation_id=w.ours.pk).rows,
    "person": lambda w, who: queries.person(who, w.person.pk, on=TODAY),
    "reveal": lambda w, who: queries.reveal(who, w.person.pk, "because"),
    "reveal_many": lambda w, who: queries.reveal_many(who, [w.person.pk, w.twin.pk], "because"),
    "search": lambda w, who: queries.search(who, NAMES.full_latin, organisation_id=w.ours.pk),
    "lacking": lambda w, who: queries.lacking_to_be_named(who, [w.person.pk, w.twin.pk], on=TODAY),
    "open_candidates": lambda w, who: queries.open_candidates(who, organisation_id=w.ours.pk).rows,
    "add_person": lambda w, who: operations.add_person(NewPerson(NAMES), organisation_id=w.ours.pk, by=who),
    "add_people": lambda w, who: operations.add_people([NewPerson(NAMES)], organisation_id=w.ours.pk, by=who),
    "correct_person": lambda w, who: operations.correct_person(w.person.pk, NewPerson(NAMES), revision=1, by=who),
    "give_consent": lambda w, who: operations.give_consent(w.person.pk, GIVEN, by=who),
    "withdraw_consent": lambda w, who: operations.withdraw_consent(w.consent.pk, on=TODAY, by=who),
    "withdraw": lambda w, who: operations.withdraw(w.person.pk, by=who),
    "propose_matches": lambda w, who: operations.propose_matches(w.ours.pk, [w.person.pk], by=who),
    "confirm_same": lambda w, who: operations.confirm_same(w.candidate.pk, by=who),
    "undo_merge": lambda w, who: operations.undo_merge(w.candidate.pk, by=who),
    "reject": lambda w, who: operations.reject(w.candidate.pk, by=who),
    "put_off": lambda w, who: operations.put_off(w.candidate.pk, by=who),
    "take_back": lambda w, who: operations.take_back(w.candidate.pk, by=who),
    "decided_lately": lambda w, who: queries.decided_lately(who),
    "code_of": lambda w, who: across.code_of(who, w.person.pk),
    "standing_consents": lambda w, who: across.standing_consents(who, w.person.pk),
}
EMPTY_FOR_OTHERS: dict[str, object] = {"people": (), "lacking": {}, "open_candidates": (), "decided_lately": []}


def state() -> list[object]:
    return [
        list(Person.objects.order_by("pk").values()),
        list(MatchCandidate.objects.order_by("pk").values()),
        list(Consent.objects.order_by("pk").values()),
    ]


def refusals() -> int:
    return AuditEntry.objects.filter(refused=True).count()


def attempt(act: Act, world: World, who: Actor) -> DomainError:
    before, refused = state(), refusals()
    with pytest.raises(DomainError) as raised:
        act(world, who)
    assert state() == before
    assert refusals() == refused + 1
    assert NAMES.given_latin not in str(raised.value)
    return raised.value


@pytest.mark.parametrize("name", ACTS)
def test_another_organisation_sees_nothing_and_changes_nothing(world: World, name: str) -> None:
    stranger = an_me_officer(world.theirs)
    if name in EMPTY_FOR_OTHERS:
        assert ACTS[name](world, stranger) == EMPTY_FOR_OTHERS[name]
        return
    error = attempt(ACTS[name], world, stranger)
    assert isinstance(error, NotFound | Refused)


@pytest.mark.parametrize("role", [Role.DONOR, Role.ADMINISTRATOR, Role.AUTHORITY, Role.PROGRAMME_OFFICER, Role.AUDITOR])
@pytest.mark.parametrize("name", ACTS)
def test_donor_administrator_authority_officer_and_auditor_are_refused(world: World, name: str, role: Role) -> None:
    for organisation in (world.ours, None):
        assert attempt(ACTS[name], world, an_actor(role, organisation)).code == "refused"


@pytest.mark.parametrize("name", ACTS)
def test_an_officer_without_her_second_factor_is_told_to_set_it_up(world: World, name: str) -> None:
    error = attempt(ACTS[name], world, an_me_officer(world.ours, second_factor=False))
    assert isinstance(error, Refused)
    assert error.code == "second_factor_wanted"


@pytest.mark.parametrize("name", ACTS)
def test_the_public_is_refused(world: World, name: str) -> None:
    assert attempt(ACTS[name], world, PUBLIC).code == "refused"


@pytest.mark.parametrize("name", ACTS)
def test_a_grant_for_one_group_does_not_reach_the_organisations_people(world: World, name: str) -> None:
    grant = Grant(Role.PARTNER_ME, world.ours.pk, None, group_id=3)
    assert attempt(ACTS[name], world, Actor(5, "of one group", (grant,), second_factor=True)).code == "refused"


@pytest.mark.parametrize("name", [name for name in ACTS if name not in {"undo_merge", "take_back"}])
def test_the_organisations_own_officer_may(world: World, name: str) -> None:
    ACTS[name](world, an_me_officer(world.ours))


def test_a_grant_in_one_programme_reaches_the_organisations_people(world: World) -> None:
    actor = Actor(5, "in a programme", (Grant(Role.PARTNER_ME, world.ours.pk, 4),), second_factor=True)
    assert [row.id for row in queries.people(actor, on=TODAY).rows] == [world.person.pk, world.twin.pk]
    assert (
        operations.add_person(NewPerson(NAMES), organisation_id=world.ours.pk, by=actor).organisation_id
        == world.ours.pk
    )


def test_what_is_not_there_is_answered_in_the_words_for_what_is_anothers(world: World) -> None:
    stranger = an_me_officer(world.theirs)
    theirs = attempt(ACTS["reveal"], world, stranger)
    with pytest.raises(NotFound) as nobody:
        queries.reveal(stranger, 10**9, "because")
    assert (str(theirs), theirs.code) == (str(nobody.value), nobody.value.code)


def test_one_name_out_of_reach_refuses_the_whole_list(world: World) -> None:
    mine = a_person(world.theirs)
    with pytest.raises(NotFound):
        queries.reveal_many(an_me_officer(world.theirs), [mine.pk, world.person.pk], "because")


@pytest.mark.parametrize("name", ACTS)
def test_a_facilitator_reaches_nobody_but_through_her_own_activity(world: World, name: str) -> None:
    assert attempt(ACTS[name], world, a_facilitator(world.ours)).code == "refused"


def test_nobody_sees_a_name_without_a_reason(world: World) -> None:
    officer = an_me_officer(world.ours)
    with pytest.raises(DomainError) as raised:
        queries.reveal(officer, world.person.pk, "  ")
    assert (raised.value.code, raised.value.field) == ("reason_wanted", "reason")
    assert queries.reveal(officer, world.person.pk, "phone call about Friday") == NAMES


def test_each_opening_of_a_name_is_in_the_trail_with_its_reason_and_without_the_name(world: World) -> None:
    officer = an_me_officer(world.ours)
    queries.reveal(officer, world.person.pk, "phone call")
    queries.reveal_many(officer, [world.person.pk, world.twin.pk], "sign-in sheet")
    queries.search(officer, NAMES.full_latin)
    entries = AuditEntry.objects.filter(actor_id=officer.user_id).order_by("pk")
    assert list(entries.values_list("action", "organisation_id", "reason", "details")) == [
        ("people.reveal", world.ours.pk, "phone call", {"people": [world.person.pk]}),
        ("people.reveal", world.ours.pk, "sign-in sheet", {"people": [world.person.pk, world.twin.pk]}),
        ("people.search", world.ours.pk, "", {"people": [world.person.pk, world.twin.pk]}),
    ]


def test_search_never_mixes_organisations(world: World) -> None:
    mine = a_person(world.theirs)
    assert [hit.person_id for hit in queries.search(an_me_officer(world.theirs), NAMES.full_km)] == [mine.pk]
    ours = [hit.person_id for hit in queries.search(an_me_officer(world.ours), NAMES.full_km)]
    assert ours == [world.person.pk, world.twin.pk]


def test_nobody_matches_across_organisations(world: World) -> None:
    before = MatchCandidate.objects.count()
    mine = a_person(world.theirs)
    operations.propose_matches(world.theirs.pk, [mine.pk, world.person.pk], by=an_me_officer(world.theirs))
    assert MatchCandidate.objects.count() == before
    assert queries.count_open([world.ours.pk, world.theirs.pk]) == {world.ours.pk: 1, world.theirs.pk: 0}
