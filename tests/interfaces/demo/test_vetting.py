"""The example has a man in every state of vetting, offices that answer and do not, and people who can try the pages."""

from __future__ import annotations

import pytest
from django.urls import reverse

from samaki.engines.results.queries import figure
from samaki.ground.accounts.models import User
from samaki.ground.accounts.queries import actor_named
from samaki.ground.people.models import MatchCandidate
from samaki.interfaces.demo import load
from samaki.kernel.figures import FigureQuery
from samaki.strands.counselling.models import AuthorityResponse
from samaki.strands.vetting.models import Allegation, Bar, Candidacy, CodeOfConduct, Decision, Step
from samaki.strands.vetting.rules import State
from tests.interfaces.pages import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("example")]
PARTS = (Candidacy, Step, Decision, Allegation, Bar, CodeOfConduct, AuthorityResponse)


def test_every_state_is_there_once_at_least_and_all_is_marked_as_example() -> None:
    assert {State(state) for state in Candidacy.objects.values_list("state", flat=True)} == set(State)
    for model in PARTS:
        assert model._default_manager.exclude(is_example=True, origin="demo").count() == 0
    assert Bar.objects.get().appeal == "open"


def test_loading_again_changes_nothing() -> None:
    before = [list(model._default_manager.order_by("pk").values_list("pk", "revision")) for model in PARTS]
    load(progress=lambda part: None)
    assert [list(model._default_manager.order_by("pk").values_list("pk", "revision")) for model in PARTS] == before


def test_invented_candidates_look_like_nobody_already_there() -> None:
    people = Candidacy.objects.values("person")
    assert MatchCandidate.objects.filter(first__in=people).count() == 0
    assert MatchCandidate.objects.filter(second__in=people).count() == 0


def test_the_figures_of_the_example() -> None:
    today = User.objects.get(username="supervisor").date_joined.date()
    actor = actor_named("supervisor", on=today)
    found = {
        key: figure(actor, FigureQuery("mpp", key, as_of=today if key == "members_cleared" else None))
        for key in ("vetting_passed", "members_cleared", "authority_response_24h")
    }
    hours = figure(actor, FigureQuery("mpp", "authority_response_hours"))
    assert (hours.value, hours.denominator) == (12.0, 9)
    assert {key: (one.numerator, one.denominator) for key, one in found.items()} == {
        "vetting_passed": (10, 11),
        "members_cleared": (6, 8),
        "authority_response_24h": (7, 12),
    }


@pytest.mark.parametrize("language", ["km", "en"])
@pytest.mark.parametrize(
    ("reader", "names"),
    [
        ("safeguarding", ("home", "more", "vetting", "vetting_new", "vetting_due", "vetting_code", "cleared_members")),
        ("supervisor", ("home", "more", "vetting", "vetting_due", "cleared_members", "authority_responses")),
        ("coordinator", ("home", "more", "cleared_members", "authority_responses", "authority_report")),
        ("partner-me", ("home", "more", "cleared_members")),
    ],
)
def test_whoever_vets_decides_or_looks_opens_the_pages(reader: str, names: tuple[str, ...], language: str) -> None:
    client = signed_in(reader, language)
    assert [client.get(reverse(name)).status_code for name in names] == [200] * len(names)


def test_the_two_decide_on_the_candidate_who_waits_for_them() -> None:
    waiting = Candidacy.objects.get(state=State.PROBATION)
    address = reverse("candidate_act", args=[waiting.pk, "decide"])
    for reader in ("supervisor", "safeguarding"):
        assert signed_in(reader).post(address, {"word": "approve", "sure": "on"}).status_code == 302
    assert Candidacy.objects.get(pk=waiting.pk).state == State.ACTIVE
