"""The page of the cascade: figures by generation, the tree, who sees what, and how often it asks the database."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from samaki.engines.results.operations import load_catalogue
from samaki.engines.results.queries import figure
from samaki.ground.activities.models import Session
from samaki.ground.groups.models import Group, Membership
from samaki.ground.people.models import Person
from samaki.ground.people.operations import withdraw
from samaki.kernel.actors import Role, System
from samaki.kernel.figures import FigureQuery
from samaki.strands.learning.models import Lead
from samaki.strands.learning.queries.cascade import tree
from tests.factories.programmes import Setting, a_setting
from tests.interfaces.pages import queries_of, somebody

pytestmark = pytest.mark.django_db
DAY = dt.date(2024, 3, 1)


@pytest.fixture(autouse=True)
def definitions(db: None) -> None:
    load_catalogue(by=System("tests"))


def taught(setting: Setting, leader: Person, people: list[Person], on: dt.date) -> Session:
    session = setting.session(*people, on=on)
    Lead.objects.create(session=session, person=leader)
    return session


def a_cascade(setting: Setting, branches: int = 1) -> Person:
    """A member of the working group teaches six; of these, so many teach six each."""
    member = setting.person()
    group = Group.objects.create(
        key=f"wg-{setting.programme.pk}",
        programme=setting.programme,
        organisation=setting.ours,
        kind=Group.Kind.WORKING_GROUP,
        name_km="ក",
        name_latin="g",
    )
    Membership.objects.create(group=group, person=member, since=dt.date(2016, 1, 1))
    trainers = setting.people(6)
    taught(setting, member, trainers, DAY)
    for trainer in trainers[:branches]:
        taught(setting, trainer, setting.people(6, "man"), DAY + dt.timedelta(days=30))
    return member


def _cells(setting: Setting, indicator: str) -> dict[str, object]:
    found = figure(setting.partner(), FigureQuery(setting.programme.key, indicator, by=("generation",)))
    return {cell.dimensions["generation"]: cell.value for cell in found.by}


def test_figures_by_generation_count_persons_once() -> None:
    setting = a_setting()
    a_cascade(setting, 2)
    assert _cells(setting, "cascade_reach") == {"1": 6, "2": 12}
    assert _cells(setting, "cascade_new") == {"1": 6, "2": 12}
    assert _cells(setting, "cascade_facilitators") == {"0": 1, "1": 2}


def test_whom_a_facilitator_taught_keep_their_generation_when_she_withdraws() -> None:
    setting = a_setting()
    a_cascade(setting)
    trainer = Lead.objects.order_by("-pk")[0].person
    withdraw(trainer.pk, by=System("tests"))
    assert _cells(setting, "cascade_reach") == {"1": 5, "2": 6}
    assert _cells(setting, "cascade_facilitators") == {"0": 1}
    assert _cells(setting, "cascade_tallied") == {"1": 1}  # beside, where she was


def test_the_tree_hangs_each_facilitator_under_who_taught_her() -> None:
    setting = a_setting()
    member = a_cascade(setting, 2)
    [root] = tree(setting.partner(), setting.programme).roots
    assert (root.person_id, root.generation, root.taught) == (member.pk, "0", 6)
    assert [(one.generation, one.taught, one.below) for one in root.below] == [("1", 6, []), ("1", 6, [])]
    assert [(one.reached, one.new) for one in root.sessions] == [(6, 6)]


def test_who_does_not_see_their_people_gets_counts_alone() -> None:
    setting = a_setting()
    a_cascade(setting, 2)
    found = tree(setting.officer(), setting.programme)
    assert (found.roots, found.others, found.left_out) == ([], {"0": 1, "1": 2}, 0)


def _page(setting: Setting, role: Role, **address: str) -> tuple[int, str]:
    answer = somebody(setting, role).get(reverse("cascade", args=[setting.programme.key]), address)
    return answer.status_code, answer.content.decode()


def test_the_page_says_reach_multiplier_and_dose() -> None:
    setting = a_setting()
    a_cascade(setting, 2)
    status, text = _page(setting, Role.PARTNER_ME)
    assert status == 200
    assert "6.0: 12 new persons of generation 2 for 2 facilitators of generation 1 who led." in text
    tree_ = text[text.index('<ul class="branches">') :]
    assert tree_.count("<summary>") == 3  # the member, and inside hers those of two trainers: opened by keyboard


def test_a_stranger_and_the_public_are_kept_out() -> None:
    setting = a_setting()
    a_cascade(setting)
    stranger = somebody(a_setting(), Role.PROGRAMME_OFFICER)
    assert stranger.get(reverse("cascade", args=[setting.programme.key])).status_code == 403
    assert Client().get(reverse("cascade", args=[setting.programme.key])).status_code in {302, 401, 403}


def test_a_period_that_is_none_is_told_at_its_field() -> None:
    setting = a_setting()
    a_cascade(setting)
    assert _page(setting, Role.PARTNER_ME, period="sometime")[0] == 422
    assert _page(setting, Role.PARTNER_ME, gender="man", period="2024")[0] == 200


def test_it_asks_as_often_for_three_branches_as_for_one() -> None:
    counts = []
    for branches in (1, 3):
        setting = a_setting()
        a_cascade(setting, branches)
        client = somebody(setting, Role.PARTNER_ME)
        counts.append(queries_of(client, reverse("cascade", args=[setting.programme.key])))
    assert counts[0] == counts[1]
