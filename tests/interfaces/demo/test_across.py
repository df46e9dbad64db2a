"""The example's steward has a pair to judge, and what she says narrows the figure to one number."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from samaki.engines.results.queries import figure
from samaki.ground.people.across import operations as across
from samaki.ground.people.across.programmes import pairs_of
from samaki.ground.people.models import AcrossPair, Consent, MatchCandidate, Person
from samaki.ground.people.operations import GivenConsent, give_consent
from samaki.ground.programmes.models import Programme
from samaki.kernel.actors import System
from samaki.kernel.figures import FigureQuery
from tests.interfaces.pages import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("example")]
WHO = System("tests")
Told = tuple[int | None, object, object, int]


def told() -> Told:
    found = figure(WHO, FigureQuery("fia", "participants"))
    assert found.value is None or isinstance(found.value, int)
    return found.value, found.low, found.high, found.candidates_open


def test_one_pair_waits_for_the_steward_of_two_people_of_two_organisations() -> None:
    pair = AcrossPair.objects.select_related("first__organisation", "second__organisation").get()
    assert (pair.state, {pair.first.organisation.key, pair.second.organisation.key}) == (
        "open",
        {"banteay-srei", "fia-partner-2"},
    )
    page = signed_in("steward").get(reverse("across_review", args=["fia"])).content.decode()
    assert "No pair waits for a decision." not in page
    assert Consent.objects.filter(purpose="be_counted_across").count() == 2


def test_the_pair_adds_no_candidate_within_an_organisation() -> None:
    open_in_fia = MatchCandidate.objects.filter(first__organisation__key="fia-partner-2", state="open")
    assert open_in_fia.count() == 2


def test_saying_that_the_two_are_one_lowers_the_sum_by_one() -> None:
    value, low, high, pairs = told()
    assert isinstance(high, int)
    pair = AcrossPair.objects.get()
    signed_in("steward").post(reverse("decide_across", args=["fia", pair.pk]), {"same": "1"})
    assert (value, told()) == (None, (None, low, high - 1, pairs - 1))


def test_when_everybody_agreed_and_every_pair_is_judged_the_range_is_one_number() -> None:
    fia = Programme.objects.get(key="fia")
    _value, _low, high, within = told()
    assert isinstance(high, int)
    purpose, today = Consent.Purpose.BE_COUNTED_ACROSS, timezone.localdate()
    given = GivenConsent(purpose, "tests", "km", Consent.How.SPOKEN, today)
    agreed = Consent.objects.filter(purpose=purpose).values("person")
    here = Person.objects.filter(attendances__session__activity__programme=fia, merged_into=None)
    for person_id in here.exclude(pk__in=agreed).values_list("pk", flat=True).distinct():
        give_consent(person_id, given, by=WHO)
    across.compare(fia.pk, by=WHO)
    mine = AcrossPair.objects.order_by("pk")[0]
    others = pairs_of(fia.pk).filter(state="open").exclude(pk=mine.pk)
    for pair_id in list(others.values_list("pk", flat=True)):
        across.say_different(pair_id, fia.pk, by=WHO)
    across.say_same(mine.pk, fia.pk, by=WHO)
    assert told() == (high - 1, None, None, within - 1)
