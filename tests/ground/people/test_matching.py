from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import replace

import numpy as np
import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from samaki.ground.people import operations, queries, rules
from samaki.ground.people.alike import Alike
from samaki.ground.people.likeness import PROPOSED_FROM, Bounds, likeness, years_ask
from samaki.ground.people.models import BlockingKey, MatchCandidate, Person
from samaki.ground.people.operations import NewPerson, candidates
from samaki.ground.people.romanisation import of_khmer, of_latin
from samaki.ground.people.rules import Forms, Traits
from samaki.kernel.audit.models import AuditEntry
from samaki.kernel.errors import Conflict, NotFound
from tests.factories.people import SETUP, a_person, an_me_officer, an_organisation, named
from tests.ground.people.names import ENTRIES, TRUE_PAIRS, Entry

NOW = dt.datetime(2024, 6, 1, 9, tzinfo=dt.UTC)
TODAY = NOW.date()


def traits(entry: Entry) -> Traits:
    name = named(entry.khmer, entry.latin, entry.phone)
    return rules.traits(
        Forms(),
        family_km=name.family_km,
        given_km=name.given_km,
        family_latin=name.family_latin,
        given_latin=name.given_latin,
        phone=name.phone,
        birth_year=entry.birth_year,
        gender=entry.gender,
    )


@pytest.mark.django_db
def test_people_entered_twice_are_proposed_and_few_others() -> None:
    """The set is invented and the weights were tuned on it: a floor against regress, not a promise about real lists."""
    rows = [
        NewPerson(named(entry.khmer, entry.latin, entry.phone), gender=entry.gender, birth_year=entry.birth_year)
        for entry in ENTRIES
    ]
    people = operations.add_people(rows, organisation_id=an_organisation().pk, by=SETUP)
    who = {person.pk: entry.who for person, entry in zip(people, ENTRIES, strict=True)}
    proposed = list(MatchCandidate.objects.values_list("first_id", "second_id"))
    right = sum(who[first] == who[second] for first, second in proposed)
    assert right / TRUE_PAIRS >= 0.95  # recall
    assert right / len(proposed) >= 0.85  # precision


@pytest.mark.once
@pytest.mark.parametrize(
    "khmer, latin",
    [
        ("សុភា", "Sophea"), ("សម្បត្តិ", "Sambath"), ("វណ្ណា", "Vanna"), ("បុប្ផា", "Bopha"), ("ពិសិដ្ឋ", "Piseth"),
        ("សុវណ្ណារី", "Sovannary"), ("ចន្ធូ", "Chanthou"), ("លីដា", "Lyda"), ("ស្វាយ", "Svay"), ("ជា", "Chea"),
    ],
)  # fmt: skip
def test_a_name_and_its_romanisation_sound_alike(khmer: str, latin: str) -> None:
    assert of_khmer(khmer) == of_latin(latin)


@pytest.mark.once
def test_the_way_round_of_a_pair_does_not_matter() -> None:
    everyone = [traits(entry) for entry in ENTRIES[:40]]
    for one, other in itertools.combinations(everyone, 2):
        assert likeness(one, other) == likeness(other, one)


@pytest.mark.once
@given(st.text(), st.text())
def test_any_text_has_a_sound_and_a_likeness(one: str, other: str) -> None:
    of_khmer(one)
    of_latin(one)
    first, second = traits(Entry(0, one, other, 1990)), traits(Entry(1, other, one, None))
    assert 0 <= likeness(first, second) <= 100


@pytest.mark.once
def test_birth_years_far_apart_phones_and_gender_weigh() -> None:
    base = traits(Entry(0, "សុខ សុភា", "", 1990, "012345678"))

    def against(year: int | None, phone: str = "", gender: str = "woman") -> int:
        return likeness(base, traits(Entry(0, "សុខ សុភា", "", year, phone, gender)))

    assert 100 == against(1990) > against(1991) > against(1992) > against(1994) >= PROPOSED_FROM > against(2010)
    assert against(1990) > against(None) > against(1992)
    assert against(1994, "012 345 678") > against(1994)
    assert against(1994, gender="man") < against(1994)
    assert against(1994, gender="prefers_not_to_say") == against(1994)


@pytest.mark.once
@pytest.mark.parametrize("one, other, asks", [(1990, 1992, False), (1990, 1993, True), (1990, None, False)])
def test_more_than_two_years_apart_ask(one: int, other: int | None, asks: bool) -> None:
    assert years_ask(one, other) is asks


@pytest.mark.once
@pytest.mark.parametrize("one, other", [("012 345 678", "+855 12 345 678"), ("០១២៣៤៥៦៧៨", "00855-12-345678")])
def test_one_phone_written_two_ways_is_one(one: str, other: str) -> None:
    assert rules.phone_digits(one) == rules.phone_digits(other) == "12345678"


@pytest.mark.django_db
class TestDecisions:
    def three(self) -> tuple[list[Person], dict[tuple[int, int], MatchCandidate]]:
        people = [a_person() for _each in range(3)]
        pairs = {
            (ids.index(c.first_id), ids.index(c.second_id)): c
            for ids in [[person.pk for person in people]]
            for c in MatchCandidate.objects.all()
        }
        assert set(pairs) == {(0, 1), (0, 2), (1, 2)}
        return people, pairs

    def standing(self, people: list[Person]) -> list[int | None]:
        ids = [person.pk for person in people]
        merged = dict(Person.objects.values_list("pk", "merged_into_id"))
        return [ids.index(into) if (into := merged[pk]) is not None else None for pk in ids]

    def test_a_confirmed_pair_stands_as_the_earlier_record(self) -> None:
        people, pairs = self.three()
        officer = an_me_officer(an_organisation())
        stands = operations.confirm_same(pairs[0, 1].pk, by=officer, at=NOW)
        assert (stands.pk, self.standing(people)) == (people[0].pk, [None, 0, None])
        decided = MatchCandidate.objects.get(pk=pairs[0, 1].pk)
        assert (decided.state, decided.decided_by, decided.decided_at) == ("same", officer.name, NOW)
        assert AuditEntry.objects.get(action="people.confirm_same").details == {"people": [people[0].pk, people[1].pk]}

    @pytest.mark.parametrize("order", list(itertools.permutations([(0, 1), (1, 2), (0, 2)], 2)))
    def test_merges_are_flat_whatever_their_order(self, order: tuple[tuple[int, int], ...]) -> None:
        people, pairs = self.three()
        for pair in order:
            operations.confirm_same(pairs[pair].pk, by=SETUP)
        assert self.standing(people) == [None, 0, 0]

    @pytest.mark.parametrize("first, second", list(itertools.permutations([(0, 1), (1, 2), (0, 2)], 2)))
    def test_undoing_restores_what_the_other_decisions_say(
        self, first: tuple[int, int], second: tuple[int, int]
    ) -> None:
        people, pairs = self.three()
        operations.confirm_same(pairs[first].pk, by=SETUP)
        alone = self.standing(people)
        operations.confirm_same(pairs[second].pk, by=SETUP)
        operations.undo_merge(pairs[second].pk, by=SETUP)
        assert self.standing(people) == alone
        operations.undo_merge(pairs[first].pk, by=SETUP)
        assert self.standing(people) == [None, None, None]
        assert set(MatchCandidate.objects.values_list("state", "decided_by", "decided_at")) == {("open", "", None)}

    def test_a_decided_pair_is_not_decided_again(self) -> None:
        _people, pairs = self.three()
        operations.confirm_same(pairs[0, 1].pk, by=SETUP)
        for act in (operations.confirm_same, operations.reject):
            with pytest.raises(Conflict) as raised:
                act(pairs[0, 1].pk, by=SETUP)
            assert raised.value.code == "already_decided"
        with pytest.raises(Conflict) as raised:
            operations.undo_merge(pairs[0, 2].pk, by=SETUP)
        assert raised.value.code == "not_merged"

    @pytest.mark.parametrize("act, said", [("confirm_same", "the same person"), ("reject", "different people")])
    def test_who_comes_second_hears_who_was_first_and_what_she_said(self, act: str, said: str) -> None:
        _people, pairs = self.three()
        getattr(operations, act)(pairs[0, 1].pk, by=an_me_officer(an_organisation()))
        for second in (operations.confirm_same, operations.reject, operations.put_off):
            with pytest.raises(Conflict) as raised:
                second(pairs[0, 1].pk, by=SETUP)
            with translation.override("en"):
                assert str(raised.value) == f"partner_me-7 has said of these two already: {said}."

    def test_unsure_is_kept_counts_as_undecided_and_comes_last(self) -> None:
        _people, _pairs = self.three()
        first = queries.open_candidates(SETUP).rows[0]
        operations.put_off(first.id, by=an_me_officer(an_organisation()), at=NOW)
        page = queries.open_candidates(SETUP)
        assert (page.total, page.rows[-1].id, page.rows[-1].unsure_by) == (3, first.id, "partner_me-7")
        assert list(queries.count_open([an_organisation().pk]).values()) == [3]
        operations.confirm_same(first.id, by=SETUP)
        assert MatchCandidate.objects.get(pk=first.id).state == "same"

    def test_different_taken_back_is_open_again_and_only_that(self) -> None:
        _people, pairs = self.three()
        operations.reject(pairs[0, 1].pk, by=SETUP)
        operations.take_back(pairs[0, 1].pk, by=SETUP)
        assert MatchCandidate.objects.get(pk=pairs[0, 1].pk).state == "open"
        with pytest.raises(Conflict) as raised:
            operations.take_back(pairs[0, 1].pk, by=SETUP)
        assert raised.value.code == "not_rejected"

    def test_a_pair_that_a_correction_took_away_says_so(self) -> None:
        people, pairs = self.three()
        gone = pairs[0, 2].pk
        changed = NewPerson(named("ឈុំ មុនី", "Chhum Mony"), gender="woman", birth_year=1950)
        operations.correct_person(people[2].pk, changed, revision=1, by=SETUP)
        with pytest.raises(NotFound):
            operations.confirm_same(gone, by=SETUP)

    def test_decisions_may_not_contradict_each_other(self) -> None:
        people, pairs = self.three()
        operations.reject(pairs[0, 2].pk, by=SETUP)
        operations.confirm_same(pairs[0, 1].pk, by=SETUP)
        with pytest.raises(Conflict) as raised:
            operations.confirm_same(pairs[1, 2].pk, by=SETUP)
        assert raised.value.code == "decided_different"
        assert self.standing(people) == [None, 0, None]

    def test_two_joined_by_other_decisions_cannot_be_called_different(self) -> None:
        _people, pairs = self.three()
        operations.confirm_same(pairs[0, 1].pk, by=SETUP)
        operations.confirm_same(pairs[1, 2].pk, by=SETUP)
        with pytest.raises(Conflict) as raised:
            operations.reject(pairs[0, 2].pk, by=SETUP)
        assert raised.value.code == "joined_otherwise"

    def test_birth_years_more_than_two_apart_are_asked_about(self) -> None:
        first, second = a_person(birth_year=1990), a_person(birth_year=1994)
        candidate = MatchCandidate.objects.get()
        listed = queries.open_candidates(SETUP).rows
        assert [(row.first_id, row.second_id, row.years_differ) for row in listed] == [(first.pk, second.pk, True)]
        with pytest.raises(Conflict) as raised:
            operations.confirm_same(candidate.pk, by=SETUP)
        assert raised.value.code == "birth_years_differ"
        assert operations.confirm_same(candidate.pk, by=SETUP, although_years_differ=True).pk == first.pk

    def test_the_rejected_are_not_proposed_again(self) -> None:
        people, pairs = self.three()
        operations.reject(pairs[0, 1].pk, by=SETUP)
        ids = [person.pk for person in people]
        assert operations.propose_matches(people[0].organisation_id, ids, by=SETUP) == 0
        assert queries.count_open([people[0].organisation_id]) == {people[0].organisation_id: 2}

    def test_a_merged_person_is_listed_and_found_once(self) -> None:
        people, pairs = self.three()
        officer = an_me_officer(an_organisation())
        operations.confirm_same(pairs[0, 1].pk, by=officer)
        assert [row.id for row in queries.people(officer, on=TODAY).rows] == [people[0].pk, people[2].pk]
        merged = queries.people(officer, on=TODAY, with_merged=True).rows
        assert [row.merged_into for row in merged] == [None, people[0].pk, None]
        assert [hit.person_id for hit in queries.search(officer, "Raksmeypich Tep")] == [people[0].pk, people[2].pk]

    def test_a_corrected_name_is_judged_anew(self) -> None:
        people, _pairs = self.three()
        before = BlockingKey.objects.filter(person=people[2]).count()
        changed = NewPerson(named("ឈុំ មុនី", "Chhum Mony"), gender="woman", birth_year=1950)
        operations.correct_person(people[2].pk, changed, revision=1, by=SETUP)
        assert list(MatchCandidate.objects.values_list("first_id", "second_id")) == [(people[0].pk, people[1].pk)]
        assert BlockingKey.objects.filter(person=people[2]).count() <= before
        again = NewPerson(named("ទេព រស្មីពេជ្រ"), gender="woman", birth_year=1990)
        operations.correct_person(people[2].pk, again, revision=2, by=SETUP)
        assert MatchCandidate.objects.count() == 3

    def test_the_likeliest_come_first_and_the_total_is_told(self) -> None:
        self.three()
        a_person(identity=named("ទេព រស្មីពេជ្រ"), birth_year=1992)
        page = queries.open_candidates(SETUP, limit=2)
        everything = queries.open_candidates(SETUP, limit=50)
        likenesses = [row.likeness for row in everything.rows]
        assert (page.total, page.rows) == (6, everything.rows[:2])
        assert likenesses == sorted(likenesses, reverse=True)
        assert len(set(likenesses)) == 2


@pytest.mark.once
@given(
    st.sampled_from(ENTRIES),
    st.sampled_from(ENTRIES),
    st.integers(1950, 1962) | st.none(),
    st.integers(1950, 1962) | st.none(),
    st.sampled_from(["woman", "man", "not_recorded"]),
    st.booleans(),
)
def test_nobody_is_told_apart_without_her_name_who_would_be_proposed_with_it(
    one: Entry, other: Entry, year: int | None, other_year: int | None, gender: str, same_phone: bool
) -> None:
    first = replace(traits(one), birth_year=year, phone="12345678")
    second = replace(traits(other), birth_year=other_year, gender=gender, phone="12345678" if same_phone else "")
    bound = Bounds([first, second]).of(np.array([0]), np.array([1]), np.array([same_phone]))
    assert likeness(first, second) <= bound[0]


@pytest.mark.django_db
@pytest.mark.parametrize("at_once", [7, 1_000])
def test_a_second_list_is_proposed_exactly_who_shares_a_key_and_is_alike(
    at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(candidates, "AT_ONCE", at_once)
    organisation = an_organisation()
    people: dict[int, Traits] = {}
    for entries in (ENTRIES[::2], ENTRIES[1::2]):
        rows = [
            NewPerson(named(entry.khmer, entry.latin, entry.phone), gender=entry.gender, birth_year=entry.birth_year)
            for entry in entries
        ]
        added = operations.add_people(rows, organisation_id=organisation.pk, by=SETUP)
        people |= {person.pk: traits(entry) for person, entry in zip(added, entries, strict=True)}
    alike = {
        (one, other)
        for one, other in itertools.combinations(sorted(people), 2)
        if rules.blocks(people[one]) & rules.blocks(people[other])
        and likeness(people[one], people[other]) >= PROPOSED_FROM
    }
    assert set(MatchCandidate.objects.values_list("first_id", "second_id")) == alike


_PARTS = st.sampled_from(["", "សុខ", "សុខា", "សុភា", "សុភាព", "ចាន់", "ចន្ទ", "ដារ៉ា", "តារា"])
_LATIN_PARTS = st.sampled_from(["", "Sok", "Sokha", "Sophea", "Sopheap", "Chan", "Chann", "Dara", "Tara"])
_ANYBODY = st.builds(
    lambda family_km, given_km, family_latin, given_latin, phone, birth_year, gender, place_id: rules.traits(
        Forms(),
        family_km=family_km,
        given_km=given_km,
        family_latin=family_latin,
        given_latin=given_latin,
        phone=phone,
        birth_year=birth_year,
        gender=gender,
        place_id=place_id,
    ),
    _PARTS,
    _PARTS,
    _LATIN_PARTS,
    _LATIN_PARTS,
    st.sampled_from(["", "012345678", "098765432"]),
    st.sampled_from([None, 1990, 1991, 1993, 1980]),
    st.sampled_from(["woman", "man", "not_recorded"]),
    st.sampled_from([None, 1, 2]),
)


@pytest.mark.once
@given(st.lists(_ANYBODY, min_size=2, max_size=12))
def test_many_pairs_at_once_are_as_alike_as_each_by_itself(people: list[Traits]) -> None:
    pairs = list(itertools.product(range(len(people)), repeat=2))
    ones, others = np.array(pairs, dtype=np.int64).T
    each = [likeness(people[one], people[other]) for one, other in pairs]
    assert Alike(people).likeness(ones, others).tolist() == [score if score >= PROPOSED_FROM else 0 for score in each]


@pytest.mark.once
def test_a_list_of_people_is_as_alike_in_columns_as_pair_by_pair() -> None:
    people = [traits(entry) for entry in ENTRIES]
    ones, others = np.triu_indices(len(people), 1)
    each = [likeness(people[one], people[other]) for one, other in zip(ones, others, strict=True)]
    wanted = [score if score >= PROPOSED_FROM else 0 for score in each]
    assert Alike(people).likeness(ones, others).tolist() == wanted
    assert any(wanted)
