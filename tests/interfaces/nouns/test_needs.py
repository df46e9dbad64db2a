"""Pages of learning needs: the late ones on top, each step and its way back, and who must not."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from samaki.ground.activities.models import Activity
from samaki.ground.groups.models import Group
from samaki.ground.needs.models import LearningNeed
from samaki.kernel.actors import Role
from tests.factories.programmes import Setting, a_setting
from tests.interfaces.nouns.test_members import day
from tests.interfaces.pages import queries_of, somebody

pytestmark = pytest.mark.django_db
TODAY = dt.datetime(2024, 6, 15, 5, tzinfo=dt.UTC)


@pytest.fixture
def setting() -> Setting:
    return a_setting()


def a_need(setting: Setting, text: str, raised_on: dt.date, **values: object) -> LearningNeed:
    return LearningNeed.objects.create(
        programme=setting.programme,
        organisation=setting.ours,
        raised_by="community",
        raised_on=raised_on,
        text=text,
        **values,  # type: ignore[misc]
    )


def step(client: Client, need: LearningNeed, name: str, **sent: str) -> int:
    need.refresh_from_db()
    address = reverse("need_step", args=[need.pk, name])
    return client.post(address, {"revision": str(need.revision), **sent}).status_code


@time_machine.travel(TODAY, tick=False)
def test_the_late_stand_on_top_and_each_says_its_age(setting: Setting) -> None:
    a_need(setting, "Newly asked", dt.date(2024, 6, 5))
    a_need(setting, "Long asked", dt.date(2023, 6, 16))
    page = somebody(setting, Role.PROGRAMME_OFFICER).get(reverse("needs")).content.decode()
    assert page.index("Long asked") < page.index("Newly asked")
    assert ("waits for 365 days" in page, "waits for 10 days" in page, page.count("Overdue")) == (True, True, 1)


def test_a_need_is_raised_put_in_order_answered_and_the_answer_undone(setting: Setting) -> None:
    client = somebody(setting, Role.PARTNER_ME)
    training = setting.session(on=dt.date(2008, 6, 1)).activity
    Activity.objects.filter(pk=training.pk).update(kind="training")
    asked = {"text": "Land rights", "raised_by": "community", **day("raised_on", dt.date(2008, 5, 1))}
    assert client.post(reverse("need_raise"), asked).status_code == 302
    need = LearningNeed.objects.get()
    assert step(client, need, "order", place_in_order="1") == 302
    assert step(client, need, "answer", activity=training.key) == 302
    need.refresh_from_db()
    assert (need.state, need.answered_by, need.closed_on) == ("answered", training, dt.date(2008, 6, 1))
    assert "after 31 days" in client.get(reverse("need", args=[need.pk])).content.decode()
    assert "Land rights" in client.get(reverse("activity", args=[training.key])).content.decode()
    assert step(client, need, "reopen") == 302
    assert (step(client, need, "decline", because=""), step(client, need, "decline", because="No trainer")) == (
        422,
        302,
    )
    assert "No trainer" in client.get(reverse("need", args=[need.pk])).content.decode()


def test_who_reads_a_need_does_not_therefore_answer_it(setting: Setting) -> None:
    need = a_need(setting, "Land rights", dt.date(2024, 1, 1))
    for role, organisation, status, answered in (
        (Role.AUDITOR, None, 200, 403),
        (Role.FACILITATOR, None, 200, 403),
        (Role.PARTNER_ME, setting.theirs, 404, 404),
        (Role.DONOR, None, 404, 404),
        (Role.ADMINISTRATOR, None, 404, 404),
    ):
        who = somebody(setting, role, organisation)
        seen = who.get(reverse("need", args=[need.pk])).status_code
        assert (seen, step(who, need, "decline", because="x")) == (status, answered)
    need.refresh_from_db()
    assert need.state == "raised"


def test_whoever_raises_none_is_not_offered_the_page(setting: Setting) -> None:
    for role, status in ((Role.AUDITOR, 403), (Role.PROGRAMME_OFFICER, 403), (Role.FACILITATOR, 200)):
        assert somebody(setting, role).get(reverse("need_raise")).status_code == status


def test_the_page_of_a_group_and_of_a_place_show_what_was_asked_there(setting: Setting) -> None:
    group = setting.mens_group("040101")
    a_need(setting, "Land rights", dt.date(2024, 1, 1), group=group, place=group.place)
    client = somebody(setting, Role.PARTNER_ME)
    for address in (
        reverse("group", args=[group.key]),
        reverse("place", args=["040101"]),
        reverse("place", args=["04"]),
    ):
        assert "Land rights" in client.get(address).content.decode()
    elsewhere = somebody(setting, Role.PARTNER_ME, setting.theirs).get(reverse("place", args=["04"]))
    assert "Land rights" not in elsewhere.content.decode()


def test_the_pages_take_as_many_queries_for_three_needs_as_for_one(setting: Setting) -> None:
    client, counts = somebody(setting, Role.PARTNER_ME), []
    for number in range(3):
        group = setting.mens_group(f"04010{number + 1}")
        Group.objects.filter(pk=group.pk).update(name_latin=f"Group {number}")
        need = a_need(setting, "Land rights", dt.date(2024, 1, number + 1), group=group, place=group.place)
        training = setting.session(on=dt.date(2024, 2, 1)).activity
        Activity.objects.filter(pk=training.pk).update(kind="training")
        pages = (reverse("needs"), reverse("need", args=[need.pk]), reverse("place", args=["04"]))
        counts.append([queries_of(client, address) for address in pages])
    assert counts[0] == counts[2]
