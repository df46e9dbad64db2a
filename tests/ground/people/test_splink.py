"""Candidates by Splink where it is installed, and what is said where it is not."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from django.conf import LazySettings

from samaki.ground.people import operations, probabilistic
from samaki.ground.people.models import MatchCandidate
from samaki.ground.people.operations import NewPerson, match_with_splink
from samaki.ground.people.operations.probabilistic import model_of
from samaki.kernel.audit.models import AuditEntry
from samaki.kernel.errors import Conflict, Invalid, Refused
from tests.bench.matching_bench import invented
from tests.factories.people import SETUP, a_facilitator, an_me_officer, an_organisation, named

pytestmark = pytest.mark.django_db
LISTED = 600


@pytest.fixture(autouse=True)
def folder(settings: LazySettings, tmp_path: Path) -> Path:
    settings.DATA = tmp_path
    return tmp_path


def a_list(number: int = LISTED) -> set[tuple[int, int]]:
    """An invented list in which one in twenty stands twice; the pairs that are one person."""
    rows = invented(number, seed=3)
    people = operations.add_people(
        [NewPerson(named(latin=name, phone=phone), gender="woman", birth_year=year) for name, year, phone, _ in rows],
        organisation_id=an_organisation().pk,
        by=SETUP,
    )
    MatchCandidate.objects.all().delete()
    told = {(phone, year): at for at, (_name, year, phone, _place) in reversed(list(enumerate(rows))) if phone}
    return {
        (people[first].pk, people[at].pk)
        for at, (_name, year, phone, _place) in enumerate(rows)
        if phone and (first := told[phone, year]) != at
    }


@pytest.mark.skipif(not probabilistic.installed(), reason="the extra is not installed")
class TestInstalled:
    def test_those_entered_twice_are_proposed_and_hardly_any_others(self) -> None:
        true = a_list()
        new = match_with_splink(an_organisation().pk, by=an_me_officer(an_organisation()))
        proposed = set(MatchCandidate.objects.values_list("first_id", "second_id"))
        assert (new, len(true) > 5) == (len(proposed), True)
        assert len(true & proposed) / len(true) >= 0.9

    def test_the_model_is_kept_without_names_and_used_again(self) -> None:
        a_list()
        match_with_splink(an_organisation().pk, by=SETUP)
        model = model_of(an_organisation().pk)
        kept = model.read_text()
        assert "comparisons" in json.loads(kept)
        assert not any(name.split()[0] + '"' in kept for name, *_rest in invented(LISTED, seed=3))
        written = model.stat().st_mtime_ns
        assert match_with_splink(an_organisation().pk, by=SETUP) == 0
        assert model.stat().st_mtime_ns == written
        match_with_splink(an_organisation().pk, by=SETUP, train=True)
        assert model.stat().st_mtime_ns > written

    def test_what_was_decided_is_not_proposed_again(self) -> None:
        a_list()
        match_with_splink(an_organisation().pk, by=SETUP)
        pair = MatchCandidate.objects.order_by("pk")[0]
        operations.reject(pair.pk, by=SETUP)
        assert match_with_splink(an_organisation().pk, by=SETUP) == 0
        assert MatchCandidate.objects.get(pk=pair.pk).state == "different"

    def test_few_people_are_too_few_to_learn_from(self) -> None:
        a_list(50)
        with pytest.raises(Invalid) as raised:
            match_with_splink(an_organisation().pk, by=SETUP)
        assert raised.value.code == "too_few_to_learn_from"

    def test_the_act_is_in_the_trail_without_a_name(self) -> None:
        a_list()
        new = match_with_splink(an_organisation().pk, by=SETUP)
        entry = AuditEntry.objects.get(action="people.match_with_splink")
        assert entry.details == {"people": LISTED, "new": new, "trained": False}


def test_without_the_extra_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "splink", None)
    with pytest.raises(Conflict) as raised:
        match_with_splink(an_organisation().pk, by=SETUP)
    assert raised.value.code == "not_installed"
    assert "samaki[matching]" in str(raised.value)


@pytest.mark.parametrize("who", [a_facilitator, lambda _ours: an_me_officer(an_organisation("theirs"))])
def test_nobody_but_the_organisations_own_staff_asks_for_it(who: object) -> None:
    with pytest.raises(Refused):
        match_with_splink(an_organisation().pk, by=who(an_organisation()))  # type: ignore[operator]  # makes an actor
