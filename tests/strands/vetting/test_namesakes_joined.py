"""A namesake who was found to be another person, and what becomes alike or is joined to him after."""

from __future__ import annotations

import pytest

from samaki.ground.accounts.models import User
from samaki.ground.people.models import MatchCandidate, Person
from samaki.ground.people.operations import NewPerson, confirm_same, correct_person, undo_merge
from samaki.kernel.errors import Conflict, DomainError
from samaki.strands.vetting.bars import is_barred
from samaki.strands.vetting.models import Candidacy, Exemption, Question
from samaki.strands.vetting.rules import State
from tests.factories.people import SETUP, a_person, named
from tests.strands.vetting.coalition import Coalition
from tests.strands.vetting.test_operations import AT

pytestmark = pytest.mark.django_db


def code(error: pytest.ExceptionInfo[DomainError]) -> str:
    return error.value.code


def join(one: Person, other: Person) -> MatchCandidate:
    first, second = sorted((one, other), key=lambda each: each.pk)
    pair, _new = MatchCandidate.objects.get_or_create(
        first=first, second=second, defaults={"organisation": first.organisation, "likeness": 99}
    )
    confirm_same(pair.pk, by=SETUP, at=AT)
    return pair


def twin(its: Coalition) -> Person:
    """The same man entered twice."""
    return a_person(its.setting.ours, named(latin="Sok Dara"), gender="man", birth_year=1980)


def test_he_is_free_under_all_records_that_were_joined_when_it_was_asked() -> None:
    its = Coalition()
    its.barred()
    other = twin(its)
    join(its.person, other)
    its.freed()
    assert (is_barred(its.person), is_barred(other)) == (False, False)


def test_a_record_of_that_name_joined_later_was_not_asked_about_and_holds_until_it_is() -> None:
    its = Coalition()
    its.barred()
    candidacy = its.freed()
    its.decide(candidacy, its.focal)
    its.decide(candidacy, its.supervisor)
    pair = join(its.person, twin(its))
    assert is_barred(its.person)
    assert Candidacy.objects.get(pk=candidacy.pk).state == State.SUSPENDED
    undo_merge(pair.pk, by=SETUP, at=AT)
    assert not is_barred(its.person)


def test_joined_to_the_barred_person_himself_he_is_barred_for_good() -> None:
    its = Coalition()
    made = its.barred(its.setting.ours, its.supervisor_as_focal())
    other_woman = its.of(its.setting.ours, "other-woman", User.Gender.WOMAN)
    candidacy = its.ripe()
    its.ask(candidacy)
    for decider in (its.other_man, other_woman):
        its.answer(decider, is_another=True)
    its.decide(candidacy, its.focal)
    its.decide(candidacy, its.supervisor)
    assert its.is_cleared()
    assert made.person is not None
    pair = join(its.person, made.person)
    assert (is_barred(its.person), its.is_cleared()) == (True, False)
    assert Candidacy.objects.get(pk=candidacy.pk).state == State.SUSPENDED
    with pytest.raises(Conflict) as error:
        its.ask(candidacy)
    assert code(error) == "asked_again_wanted"
    undo_merge(pair.pk, by=SETUP, at=AT)
    assert (is_barred(its.person), Exemption.objects.count()) == (True, 0)


def test_of_one_barred_here_himself_nothing_is_asked() -> None:
    its = Coalition()
    made = its.barred(its.setting.ours, its.supervisor_as_focal())
    assert made.person is not None
    join(its.person, made.person)
    its.person.refresh_from_db()
    candidacy = its.applied_again()
    with pytest.raises(Conflict) as error:
        its.ask(candidacy)
    assert (code(error), Question.objects.count()) == ("barred_himself", 0)


def test_joining_to_the_barred_person_ends_an_open_question() -> None:
    its = Coalition()
    made = its.barred(its.setting.ours, its.supervisor_as_focal())
    its.ask(its.ripe())
    assert made.person is not None
    join(its.person, made.person)
    assert Question.objects.get().state == "lapsed"
    with pytest.raises(Conflict):
        its.answer(its.other_man, is_another=True)


def test_what_becomes_alike_after_the_asking_holds_him_until_it_is_asked_about() -> None:
    its = Coalition()
    its.barred(phone="012 777 888")
    its.freed()
    assert not is_barred(its.person)
    own = Person.objects.get(pk=its.person.pk)
    same_phone = NewPerson(named(latin="Sok Dara", phone="012 777 888"), gender="man", birth_year=1980, place_id=None)
    correct_person(own.pk, same_phone, revision=own.revision, by=SETUP, at=AT)
    assert is_barred(own)
