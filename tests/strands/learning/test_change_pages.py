"""Before and after, as numbers of the group: in plain sentences, never of a person, and nobody else's."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from samaki.ground.accounts.models import User
from samaki.ground.activities.models import Activity
from samaki.ground.people.models import Person
from samaki.ground.people.operations import withdraw
from samaki.kernel.actors import PUBLIC, Role
from samaki.kernel.errors import NotFound
from samaki.strands.learning.models import InstrumentVersion
from samaki.strands.learning.queries.changes import asked_at, change, health, trainings
from samaki.strands.learning.web.changes import signed
from tests.factories.field import HELD, TODAY, Field, a_field, an_activity
from tests.factories.instruments import (
    AFTER,
    GEM,
    HEALTH,
    LATER,
    LAW,
    an_instrument,
    right_answers,
    same_answers,
    take,
    told,
)
from tests.factories.people import SETUP
from tests.factories.series import a_series, people
from tests.interfaces.pages import queries_of, somebody

pytestmark = pytest.mark.django_db


def _client(field: Field, role: Role = Role.PARTNER_ME) -> Client:
    return somebody(field, role)  # type: ignore[arg-type]  # it has the organisation and the programme asked for


def _pairs(field: Field, version: InstrumentVersion, scores: list[tuple[int, int]], activity: str = "meeting") -> None:
    """So many right before and after, a person each."""
    for person, (before, after) in zip(people(field, len(scores)), scores, strict=True):
        take(
            field,
            told(field, person, version, right_answers(version, before), "pre", HELD, activity=activity),
            told(field, person, version, right_answers(version, after), "post", AFTER, activity=activity),
        )


def _address(activity: Activity, version: InstrumentVersion) -> str:
    return reverse("learning_change", args=["activity", activity.pk, version.pk])


LAW_SCORES = [(2, 6), (3, 7), (4, 4), (5, 8), (6, 5), (1, 6)]  # means 3.5 and 6.0; 4 of 6 improved


def test_a_change_is_told_in_plain_sentences_of_what_was_computed() -> None:
    field = a_field()
    activity, version = an_activity(field), an_instrument(LAW)
    _pairs(field, version, LAW_SCORES)
    sentences = _client(field).get(_address(activity, version)).context["sentences"]
    assert sentences[0] == "The law: from 3.5 to 6.0 of 10 right; 4 of 6 people improved."
    # scipy 1.x: mean 2.5, t(5) 2.5706 × s/√6 with s = 2.4290 gives ±2.549.
    assert sentences[1] == "Mean change +2.5 points; 95% interval 0.0 to +5.0."
    assert sentences[-1] == "This is a small group: one person more or less could change these numbers much."


def test_the_same_sentences_stand_in_khmer() -> None:
    field = a_field()
    activity, version = an_activity(field), an_instrument(LAW)
    _pairs(field, version, LAW_SCORES)
    client = _client(field)
    User.objects.update(language="km")
    page = client.get(_address(activity, version))
    with translation.override("km"):
        wanted = translation.gettext(
            "The law: from %(before)s to %(after)s of %(most)s right; %(improved)s of %(n)s people improved."
        ) % {"before": "3.5", "after": "6.0", "most": 10, "improved": 4, "n": 6}
    assert page.context["sentences"][0] == wanted
    assert [said for said in page.context["sentences"] if not re.search("[\u1780-\u17b3]", said)] == []


def test_fewer_than_five_pairs_tell_nothing_but_how_many_there_are() -> None:
    field = a_field()
    activity, version = an_activity(field), an_instrument(LAW)
    _pairs(field, version, LAW_SCORES[:4])
    page = _client(field).get(_address(activity, version))
    assert page.context["sentences"] == ["Fewer than 5 pairs: nothing is worked out, because it would tell of persons."]
    assert (page.context["chart"], page.context["told"].pairs) == (None, 4)


def test_those_without_a_pair_are_counted_by_why() -> None:
    field = a_field()
    activity, version = an_activity(field), an_instrument(LAW)
    _pairs(field, version, LAW_SCORES)
    only_before, only_after, turned = people(field, 3)
    take(field, told(field, only_before, version, right_answers(version, 5), "pre", HELD))
    take(field, told(field, only_after, version, right_answers(version, 5), "post", AFTER))
    take(field, told(field, turned, version, right_answers(version, 5), "pre", AFTER))
    take(field, told(field, turned, version, right_answers(version, 5), "post", HELD))
    found = change(field.me, asked_at(field.me, "activity", activity.pk, version.pk), on=TODAY)
    assert (found.pairs, sum(found.alone.values())) == (6, 3)
    page = _client(field).get(_address(activity, version)).content.decode()
    assert "Answered before, not after" in page
    assert "Answered after, not before" in page


def test_who_withdrew_is_in_no_mean() -> None:
    field = a_field()
    activity, version = an_activity(field), an_instrument(LAW)
    _pairs(field, version, LAW_SCORES)
    withdraw(Person.objects.order_by("pk")[0].pk, by=SETUP)
    assert change(field.me, asked_at(field.me, "activity", activity.pk, version.pk), on=TODAY).pairs == 5


def test_the_gem_scale_tells_of_attitudes_and_counts_people_by_band() -> None:
    field = a_field()
    activity, version = an_activity(field), an_instrument(GEM)
    items = {item.number: item.is_reversed for item in version.items.all()}
    low = {number: 3 if turned else 1 for number, turned in items.items()}
    high = {number: 1 if turned else 3 for number, turned in items.items()}
    for person in people(field, 5):
        take(field, told(field, person, version, low), told(field, person, version, high, "post", AFTER))
    found = change(field.me, asked_at(field.me, "activity", activity.pk, version.pk), on=TODAY)
    assert (found.least, found.most, found.before, found.after, found.gain) == (24, 72, (5, 0, 0), (0, 0, 5), None)
    page = _client(field).get(_address(activity, version))
    assert page.context["sentences"][0] == "Attitudes moved from 24.0 to 72.0; 5 of 5 people improved."


def _asked_health(field: Field, difficulties: list[int]) -> tuple[Activity, InstrumentVersion]:
    activity, version = an_activity(field), an_instrument(HEALTH)
    for person, value in zip(people(field, len(difficulties)), difficulties, strict=True):
        take(field, told(field, person, version, same_answers(version, value)))
    return activity, version


def test_a_share_with_disability_is_told_where_it_is_large_enough() -> None:
    field = a_field()
    activity, version = _asked_health(field, [4] * 12 + [1] * 28)
    found = health(field.me, asked_at(field.me, "activity", activity.pk, version.pk), on=TODAY)
    assert found.ratio is not None
    assert (found.ratio.numerator, found.ratio.denominator, found.ratio.suppressed) == (12, 40, False)
    assert (
        "12 of 40 people asked have a disability." in _client(field).get(_address(activity, version)).content.decode()
    )


@pytest.mark.parametrize("difficulties", [[4] * 3 + [1] * 30, [4] * 30 + [1] * 3, [4] * 9], ids=str)
def test_a_small_share_or_a_small_rest_is_hidden(difficulties: list[int]) -> None:
    field = a_field()
    activity, version = _asked_health(field, difficulties)
    page = _client(field).get(_address(activity, version))
    text = page.content.decode()
    assert "Not shown (number too small)" in text
    assert re.findall(r"(\d+) of (\d+) people", text) == []


def test_no_share_is_told_before_the_training_is_over() -> None:
    field = a_field()
    activity, version = _asked_health(field, [4] * 12 + [1] * 28)
    asked = asked_at(field.me, "activity", activity.pk, version.pk)
    assert health(field.me, asked, on=HELD).ratio is None


def test_the_list_counts_no_answers_to_the_washington_groups_questions() -> None:
    field = a_field()
    _asked_health(field, [4] * 3)
    page = _client(field).get(reverse("learning_changes")).content.decode()
    assert "Washington Group Short Set" in page
    assert "Before (test)" not in page


def test_nobody_else_finds_a_training_or_its_change() -> None:
    field = a_field()
    activity, version = an_activity(field), an_instrument(LAW)
    _pairs(field, version, LAW_SCORES)
    assert [one.training.id for one in trainings(field.me)] == [activity.pk]
    assert [one.training.id for one in trainings(field.officer)] == [activity.pk]
    for name, actor in field.strangers().items():
        assert trainings(actor) == [], name
        with pytest.raises(NotFound):
            asked_at(actor, "activity", activity.pk, version.pk)
    assert trainings(PUBLIC) == []
    them = somebody(field, Role.PARTNER_ME, field.theirs)  # type: ignore[arg-type]  # as above
    assert them.get(_address(activity, version)).status_code == 404
    assert _client(field, Role.DONOR).get(reverse("learning_changes")).status_code == 403


def test_a_change_names_nobody() -> None:
    field = a_field()
    activity, version = an_activity(field), an_instrument(LAW)
    _pairs(field, version, LAW_SCORES)
    text = _client(field).get(_address(activity, version)).content.decode()
    assert [word for word in ("Raksmeypich", "រស្មីពេជ្រ", "P000") if word in text] == []


def test_what_was_left_months_later_is_told_of_those_asked_again() -> None:
    field = a_field()
    activity, version = an_activity(field), an_instrument(LAW)
    _pairs(field, version, LAW_SCORES)
    late = LATER.replace(day=15)
    rows = [
        told(field, person, version, right_answers(version, 5), "follow_up", LATER)
        for person in Person.objects.order_by("pk")
    ]
    take(field, *rows, at=dt.datetime(2024, 12, 1, tzinfo=dt.UTC))
    found = change(field.me, asked_at(field.me, "activity", activity.pk, version.pk), on=late.replace(month=12))
    assert (found.retained_pairs, found.retained and found.retained.n) == (6, 6)


def test_changes_ask_as_often_for_three_trainings_and_people_as_for_one() -> None:
    field = a_field()
    client, version = _client(field), an_instrument(LAW)
    one = an_activity(field, "first")
    _pairs(field, version, [(3, 6)], "first")
    costs = [queries_of(client, address) for address in (reverse("learning_changes"), _address(one, version))]
    _pairs(field, version, [(3, 6)] * 2, "first")
    for key in ("second", "third"):
        an_activity(field, key)
        _pairs(field, version, [(3, 6)], key)
    addresses = (reverse("learning_changes"), _address(one, version))
    assert [queries_of(client, address) for address in addresses] == costs


def test_the_pages_of_an_activity_and_its_series_lead_to_the_sheet_and_to_the_change() -> None:
    field = a_field()
    series = a_series(field, [people(field, 2)])
    activity, version = Activity.objects.get(key="series-activity"), an_instrument(LAW)
    _asked_on(field, activity, version)
    health = an_instrument(HEALTH)
    (one,) = people(field, 1)
    take(field, told(field, one, health, same_answers(health, 1), on=activity.starts_on, activity=activity.key))
    key = f'href="{reverse("keying", args=[activity.pk])}"'
    change_ = f'href="{reverse("learning_change", args=["series", series.pk, version.pk])}"'
    sealed = f'href="{reverse("learning_change", args=["series", series.pk, health.pk])}"'
    counts = "Before 1 · After 0 · Follow-up 0"
    for role, keys in ((Role.PARTNER_ME, True), (Role.PROGRAMME_OFFICER, False)):
        for address in (reverse("activity", args=[activity.key]), reverse("series", args=[series.key])):
            text = _client(field, role).get(address).content.decode()
            assert (key in text, change_ in text, sealed in text, text.count(counts)) == (keys, True, True, 1)


def test_those_pages_ask_as_often_for_three_instruments_as_for_one() -> None:
    field = a_field()
    series = a_series(field, [people(field, 2)])
    activity = Activity.objects.get(key="series-activity")
    client = _client(field)
    addresses = (reverse("activity", args=[activity.key]), reverse("series", args=[series.key]))
    _asked_on(field, activity, an_instrument(LAW))
    costs = [queries_of(client, address) for address in addresses]
    for key in (GEM, HEALTH):
        _asked_on(field, activity, an_instrument(key))
    assert [queries_of(client, address) for address in addresses] == costs


def _asked_on(field: Field, activity: Activity, version: InstrumentVersion) -> None:
    (person,) = people(field, 1)
    answers = same_answers(version, 1)
    take(field, told(field, person, version, answers, on=activity.starts_on, activity=activity.key))


@pytest.mark.parametrize(("change", "shown"), [(-0.04, "0.0"), (0.04, "0.0"), (-0.06, "-0.1"), (1.25, "+1.2")])
def test_a_change_that_rounds_to_nothing_has_no_sign(change: float, shown: str) -> None:
    assert signed(change) == shown
