"""Counting across organisations: first who must not see, then masks, decisions, and what takes a link away."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from django.utils import timezone, translation

from samaki.ground.activities.models import Attendance
from samaki.ground.organisations.models import Organisation
from samaki.ground.people import operations
from samaki.ground.people.across import masks, queries
from samaki.ground.people.across import operations as across
from samaki.ground.people.models import AcrossPair, ComparedAcross, Consent, MatchCandidate, Person
from samaki.ground.people.operations import GivenConsent, Identity, NewPerson
from samaki.kernel.actors import PUBLIC, Actor, Grant, Role
from samaki.kernel.audit.models import AuditEntry
from samaki.kernel.errors import Conflict, DomainError, NotFound, Refused
from tests.factories.people import NAMES, SETUP, an_me_officer, named
from tests.factories.programmes import Setting, a_place, a_setting

pytestmark = pytest.mark.django_db

GIVEN = GivenConsent(Consent.Purpose.BE_COUNTED_ACROSS, "1", "km", Consent.How.SPOKEN, dt.date(2024, 1, 10))


def a_steward(setting: Setting, **changed: object) -> Actor:
    grant = Grant(Role.STEWARD, setting.ours.pk, setting.programme.pk)
    return replace(Actor(77, "steward", (grant,), second_factor=True), **changed)


@dataclass
class World:
    setting: Setting
    ours: Person
    theirs: Person
    steward: Actor

    @property
    def programme(self) -> int:
        return self.setting.programme.pk

    def pair(self) -> AcrossPair:
        return AcrossPair.objects.get()


def somebody(
    setting: Setting,
    organisation: Organisation,
    identity: Identity = NAMES,
    *,
    birth_year: int | None = 1990,
    gender: str = "woman",
    agreed: bool = True,
    takes_part: bool = True,
    place_id: int | None = None,
) -> Person:
    new = NewPerson(
        identity, gender=gender, birth_year=birth_year, place_id=place_id, consents=(GIVEN,) if agreed else ()
    )
    person = operations.add_person(new, organisation_id=organisation.pk, by=SETUP)
    if takes_part:
        Attendance.objects.create(session=setting.session(organisation=organisation), person=person)
    return person


@pytest.fixture
def world() -> World:
    setting = a_setting()
    ours, theirs = (somebody(setting, organisation) for organisation in (setting.ours, setting.theirs))
    return World(setting, ours, theirs, a_steward(setting))


@pytest.fixture
def paired(world: World) -> World:
    assert across.compare(world.programme, by=world.steward) == 1
    return world


Act = Callable[[World, Actor], object]
ACTS: dict[str, Act] = {
    "pairs": lambda w, who: queries.pairs(who, w.programme),
    "decided": lambda w, who: queries.pairs(who, w.programme, decided=True),
    "progress": lambda w, who: queries.progress(who, w.programme),
    "compare": lambda w, who: across.compare(w.programme, by=who),
    "same": lambda w, who: across.say_same(w.pair().pk, w.programme, by=who),
    "different": lambda w, who: across.say_different(w.pair().pk, w.programme, by=who),
    "unsure": lambda w, who: across.say_unsure(w.pair().pk, w.programme, by=who),
    "take_back": lambda w, who: across.take_back(w.pair().pk, w.programme, by=who),
}


def state() -> list[object]:
    return [list(model.objects.order_by("pk").values()) for model in (AcrossPair, ComparedAcross, Person)]


class TestWhoMustNotSee:
    @pytest.mark.parametrize("role", [None, *(role for role in Role if role is not Role.STEWARD)])
    @pytest.mark.parametrize("name", ACTS)
    def test_no_other_role_sees_or_decides_and_the_refusal_is_kept(
        self, paired: World, name: str, role: Role | None
    ) -> None:
        grants = () if role is None else (Grant(role, paired.setting.ours.pk, paired.programme),)
        who = replace(PUBLIC, grants=grants, second_factor=True)
        before = state()
        with pytest.raises(Refused):
            ACTS[name](paired, who)
        assert state() == before
        assert AuditEntry.objects.filter(refused=True, action="link_across").count() == 1

    @pytest.mark.parametrize("name", ACTS)
    def test_a_steward_without_her_second_step_is_asked_for_it(self, paired: World, name: str) -> None:
        with pytest.raises(Refused) as refused:
            ACTS[name](paired, replace(paired.steward, second_factor=False))
        assert refused.value.code == "second_factor_wanted"

    @pytest.mark.parametrize("name", ACTS)
    def test_a_steward_of_another_programme_or_of_no_named_one_is_refused(self, paired: World, name: str) -> None:
        for programme in (a_setting().programme.pk, None):
            grant = Grant(Role.STEWARD, paired.setting.ours.pk, programme)
            with pytest.raises(Refused):
                ACTS[name](paired, replace(paired.steward, grants=(grant,)))

    @pytest.mark.parametrize("role", [Role.PARTNER_ME, Role.FACILITATOR])
    def test_who_knows_people_of_one_side_decides_about_none_of_hers(self, paired: World, role: Role) -> None:
        both = (*paired.steward.grants, Grant(role, paired.setting.theirs.pk, None))
        who = replace(paired.steward, grants=both)
        assert queries.pairs(who, paired.programme) == []
        assert (queries.progress(who, paired.programme).undecided, queries.progress(who, paired.programme).own) == (
            0,
            1,
        )
        with pytest.raises(NotFound):
            across.say_same(paired.pair().pk, paired.programme, by=who)

    def test_a_steward_sees_no_person_of_any_organisation(self, paired: World) -> None:
        from tests.ground.people.test_who_must_not_see import ACTS as OWN_ACTS
        from tests.ground.people.test_who_must_not_see import World as OwnWorld

        twin = somebody(paired.setting, paired.setting.ours)
        own = OwnWorld(
            paired.setting.ours,
            paired.setting.theirs,
            paired.ours,
            twin,
            MatchCandidate.objects.get(),
            Consent.objects.filter(person=paired.ours).get(),
        )
        for act in OWN_ACTS.values():
            with pytest.raises(DomainError) as refused:
                act(own, paired.steward)
            assert refused.value.code == "refused"

    def test_an_organisation_learns_nothing_of_the_other_from_a_link(self, paired: World) -> None:
        from samaki.ground.people import queries as people

        officer = an_me_officer(paired.setting.ours)
        today = timezone.localdate()
        before = people.person(officer, paired.ours.pk, on=today), people.people(officer, on=today)
        across.say_same(paired.pair().pk, paired.programme, by=paired.steward)
        assert (people.person(officer, paired.ours.pk, on=today), people.people(officer, on=today)) == before
        with pytest.raises(NotFound):
            people.person(officer, paired.theirs.pk, on=today)
        with pytest.raises(NotFound):
            queries.code_of(officer, paired.theirs.pk)

    def test_the_trail_of_a_link_names_neither_record_nor_organisation(self, paired: World) -> None:
        across.say_same(paired.pair().pk, paired.programme, by=paired.steward)
        entry = AuditEntry.objects.get(action="people.link_across")
        assert (entry.object_id, entry.organisation_id, entry.details) == (str(paired.pair().pk), None, {})
        compared = AuditEntry.objects.get(action="people.compare_across")
        assert (compared.organisation_id, compared.details) == (None, {"compared": 2, "new": 1})


class TestMasks:
    def test_a_pair_says_where_the_two_agree_and_names_nothing(self, world: World) -> None:
        Person.objects.filter(pk=world.theirs.pk).update(birth_year=1991, place=a_place("04010101"))
        Person.objects.filter(pk=world.ours.pk).update(place=a_place("04010101"))
        across.compare(world.programme, by=world.steward)
        (pair,) = queries.pairs(world.steward, world.programme)
        assert dict(pair.agreement) == {
            "name_km": "same",
            "name_latin": "same",
            "name_sound": "unknown",
            "birth_year": "near",
            "gender": "same",
            "phone": "same",
            "place": "same",
        }
        assert [side.code for side in pair.sides] == [masks.code(world.ours.pk), masks.code(world.theirs.pk)]
        shown = repr(pair)
        for secret in (*vars(NAMES).values(), "1990", "1991", "04010101"):
            assert not secret or str(secret) not in shown

    def test_nothing_stored_of_a_pair_is_a_name_a_phone_a_year_or_a_place(self, paired: World) -> None:
        pair = paired.pair()
        assert set(pair.agreement) == set(masks.TRAITS)
        assert set(pair.agreement.values()) <= {mask.value for mask in masks.Mask}

    @pytest.mark.parametrize(
        "other, trait, mask",
        [
            (named("រស្មីពេជ្រ ទេព", "Raksmeypich Tep"), "name_km", "swapped"),
            (named("", "Tep Raksmeypich"), "name_km", "unknown"),
            (named("ទេព រស្មីពេជ្រ"), "name_latin", "unknown"),
            (named("", "Tep Reaksmeypich"), "name_latin", "alike"),
            (named("ទេព រស្មីពេជ្រ", "Tep Raksmeypich", "012 345 679"), "phone", "different"),
        ],
    )  # fmt: skip
    def test_names_written_otherwise_say_how(self, other: Identity, trait: str, mask: str) -> None:
        setting = a_setting()
        somebody(setting, setting.ours)
        somebody(setting, setting.theirs, other)
        assert across.compare(setting.programme.pk, by=SETUP) == 1
        assert AcrossPair.objects.get().agreement[trait] == mask

    def test_her_own_organisation_finds_her_by_the_code_while_she_agrees(self, world: World) -> None:
        officer = an_me_officer(world.setting.ours)
        assert queries.code_of(officer, world.ours.pk) == masks.code(world.ours.pk)
        alone = somebody(world.setting, world.setting.ours, named("ឈុំ មុនី"), agreed=False)
        assert queries.code_of(officer, alone.pk) is None


class TestWhoIsCompared:
    @pytest.mark.parametrize("missing", ["agreed", "takes_part"])
    def test_who_did_not_agree_or_takes_no_part_is_never_compared(self, missing: str) -> None:
        setting = a_setting()
        somebody(setting, setting.ours)
        somebody(setting, setting.theirs, **{missing: False})
        assert across.compare(setting.programme.pk, by=SETUP) == 0
        assert (AcrossPair.objects.count(), ComparedAcross.objects.count()) == (0, 1)

    def test_people_of_one_organisation_are_not_proposed_to_a_steward(self) -> None:
        setting = a_setting()
        somebody(setting, setting.ours)
        somebody(setting, setting.ours)
        assert across.compare(setting.programme.pk, by=SETUP) == 0

    def test_a_consent_of_tomorrow_does_not_stand_today(self, world: World) -> None:
        Consent.objects.filter(person=world.theirs).update(given_on=timezone.localdate() + dt.timedelta(days=1))
        assert across.compare(world.programme, by=world.steward) == 0

    def test_a_minor_needs_her_guardian_too(self) -> None:
        setting = a_setting()
        year = timezone.localdate().year - 15
        young = somebody(setting, setting.ours, birth_year=year)
        somebody(setting, setting.theirs, birth_year=year)
        assert across.compare(setting.programme.pk, by=SETUP) == 0
        for person in (young, Person.objects.exclude(pk=young.pk).get()):
            operations.give_consent(person.pk, replace(GIVEN, given_by=Consent.GivenBy.GUARDIAN), by=SETUP)
        assert across.compare(setting.programme.pk, by=SETUP) == 1

    def test_comparing_again_proposes_only_with_who_came_since(self, paired: World) -> None:
        across.say_different(paired.pair().pk, paired.programme, by=paired.steward)
        assert across.compare(paired.programme, by=paired.steward) == 0
        assert paired.pair().state == "different"
        somebody(paired.setting, paired.setting.theirs, named("ទេព រស្មីពេជ្រ"))
        assert queries.progress(paired.steward, paired.programme).waiting == 1
        assert across.compare(paired.programme, by=paired.steward) == 1
        assert queries.progress(paired.steward, paired.programme).waiting == 0

    def test_a_corrected_record_waits_to_be_compared_again(self, paired: World) -> None:
        changed = NewPerson(named("ឈុំ មុនី", "Chhum Mony"), gender="woman", birth_year=1950)
        operations.correct_person(paired.theirs.pk, changed, revision=1, by=SETUP)
        assert AcrossPair.objects.count() == 0
        assert queries.progress(paired.steward, paired.programme).waiting == 1


class TestDecisions:
    def linked(self, world: World) -> dict[int, int | None]:
        return dict(Person.objects.order_by("pk").values_list("pk", "linked_into_id"))

    def test_a_link_stands_as_the_earlier_record_and_can_be_taken_back(self, paired: World) -> None:
        before = state()[2]
        across.say_same(paired.pair().pk, paired.programme, by=paired.steward)
        assert self.linked(paired) == {paired.ours.pk: None, paired.theirs.pk: paired.ours.pk}
        across.take_back(paired.pair().pk, paired.programme, by=paired.steward)
        assert state()[2] == before
        assert (paired.pair().state, paired.pair().decided_by, paired.pair().decided_at) == ("open", "", None)

    def test_the_second_to_decide_hears_what_the_first_said(self, paired: World) -> None:
        across.say_same(paired.pair().pk, paired.programme, by=paired.steward)
        second = replace(paired.steward, name="another steward")
        for act in (across.say_same, across.say_different, across.say_unsure):
            with pytest.raises(Conflict) as conflict:
                act(paired.pair().pk, paired.programme, by=second)
            assert conflict.value.code == "already_decided"
            with translation.override("en"):
                assert str(conflict.value) == "steward has said of these two already: the same person."

    def test_unsure_stays_undecided_and_comes_last(self, paired: World) -> None:
        other = named("ឈុំ មុនី", "Chhum Mony")
        somebody(paired.setting, paired.setting.ours, other, birth_year=1980)
        somebody(paired.setting, paired.setting.theirs, other, birth_year=1982)
        across.compare(paired.programme, by=paired.steward)
        first, second = queries.pairs(paired.steward, paired.programme)
        across.say_unsure(first.id, paired.programme, by=paired.steward)
        listed = queries.pairs(paired.steward, paired.programme)
        assert [(one.id, one.state) for one in listed] == [(second.id, "open"), (first.id, "unsure")]
        told = queries.progress(paired.steward, paired.programme)
        assert (told.undecided, told.unsure) == (2, 1)
        across.say_same(first.id, paired.programme, by=paired.steward)
        assert queries.progress(paired.steward, paired.programme).same == 1

    def test_two_people_of_one_organisation_are_not_made_one_by_a_third(self, paired: World) -> None:
        somebody(paired.setting, paired.setting.ours, birth_year=1991)
        across.compare(paired.programme, by=paired.steward)
        first, second = AcrossPair.objects.order_by("pk")
        across.say_same(first.pk, paired.programme, by=paired.steward)
        with pytest.raises(Conflict) as conflict:
            across.say_same(second.pk, paired.programme, by=paired.steward)
        assert conflict.value.code == "joins_two_of_one"
        assert AcrossPair.objects.get(pk=second.pk).state == "open"

    def test_a_merge_inside_an_organisation_keeps_the_link_and_its_undo_restores_it(self, paired: World) -> None:
        across.say_same(paired.pair().pk, paired.programme, by=paired.steward)
        again = somebody(paired.setting, paired.setting.theirs, agreed=False)
        before = state()[2]
        candidate = MatchCandidate.objects.get()
        operations.confirm_same(candidate.pk, by=SETUP)
        assert self.linked(paired) == {
            paired.ours.pk: None, paired.theirs.pk: paired.ours.pk, again.pk: paired.ours.pk
        }  # fmt: skip
        operations.undo_merge(candidate.pk, by=SETUP)
        assert state()[2] == before


class TestWhatTakesALinkAway:
    @pytest.fixture
    def linked(self, paired: World) -> World:
        across.say_same(paired.pair().pk, paired.programme, by=paired.steward)
        assert Person.objects.filter(linked_into__isnull=False, compared_across=True).count() == 1
        return paired

    def nothing_left(self) -> bool:
        gone = not AcrossPair.objects.exists() and not Person.objects.filter(linked_into__isnull=False).exists()
        return gone and Person.objects.filter(compared_across=True).count() == 1

    @pytest.mark.parametrize("side", ["ours", "theirs"])
    def test_a_consent_taken_back(self, linked: World, side: str) -> None:
        consent = Consent.objects.get(person=getattr(linked, side))
        operations.withdraw_consent(consent.pk, on=timezone.localdate(), by=SETUP)
        assert self.nothing_left()
        assert across.compare(linked.programme, by=linked.steward) == 0

    def test_a_consent_taken_back_from_a_later_day_counts_at_once(self, linked: World) -> None:
        consent = Consent.objects.get(person=linked.theirs)
        operations.withdraw_consent(consent.pk, on=timezone.localdate() + dt.timedelta(days=30), by=SETUP)
        assert self.nothing_left()

    @pytest.mark.parametrize("side", ["ours", "theirs"])
    def test_a_person_who_withdraws(self, linked: World, side: str) -> None:
        operations.withdraw(getattr(linked, side).pk, by=SETUP)
        assert self.nothing_left()

    def test_another_consent_taken_back_changes_nothing(self, linked: World) -> None:
        other = operations.give_consent(linked.ours.pk, replace(GIVEN, purpose=Consent.Purpose.PHOTO), by=SETUP)
        operations.withdraw_consent(other.pk, on=timezone.localdate(), by=SETUP)
        assert Person.objects.filter(linked_into__isnull=False).count() == 1
