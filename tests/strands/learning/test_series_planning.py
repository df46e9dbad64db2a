"""A series begun from nothing on its own page, its words mended, and an empty one removed."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from samaki.ground.accounts.models import User
from samaki.ground.activities.models import Activity, Session
from samaki.kernel.actors import Role
from samaki.kernel.audit.models import AuditEntry
from samaki.strands.learning.models import Series
from samaki.strands.learning.operations.planning import plan_training
from samaki.strands.learning.operations.series import create_series
from tests.factories.field import NOW, Field, a_field
from tests.factories.series import FIRST, a_series, people
from tests.interfaces.pages import somebody

pytestmark = pytest.mark.django_db


def _client(field: Field, role: Role = Role.PARTNER_ME, organisation: object = None) -> Client:
    return somebody(field, role, organisation or field.ours)  # type: ignore[arg-type]  # as it asks for


def _series(field: Field, starts_on: dt.date = FIRST) -> Series:
    return create_series(
        programme=field.programme,
        organisation=field.ours,
        kind=Series.Kind.COMMUNITY,
        title_km="ស៊េរី",
        title_en="Series",
        starts_on=starts_on,
        key="begun",
        by=field.me,
        at=NOW,
    )


def _day(name: str, on: dt.date) -> dict[str, str]:
    return {f"{name}_day": str(on.day), f"{name}_month": str(on.month), f"{name}_year": str(on.year)}


def _edited(series: Series, **changed: str) -> dict[str, str]:
    series.refresh_from_db()
    said = {"kind": series.kind, "title_km": series.title_km, "title_en": series.title_en, "version": ""}
    return said | _day("starts_on", series.starts_on) | {"revision": str(series.revision)} | changed


def test_nobody_else_plans_edits_or_removes() -> None:
    field = a_field()
    series = _series(field)
    others = {
        403: [_client(field, Role.PROGRAMME_OFFICER), _client(field, Role.AUDITOR)],
        404: [_client(field, Role.PARTNER_ME, field.theirs), _client(field, Role.DONOR)],
    }
    for status, clients in others.items():
        for client in clients:
            for name in ("series_plan", "series_edit"):
                address = reverse(name, args=["begun"])
                sent = _day("first_on", FIRST) | {"days": "2", "place": ""} | _edited(series, title_en="Ours")
                assert (client.get(address).status_code, client.post(address, sent).status_code) == (status, status)
            gone = client.post(reverse("series_step", args=["begun"]), {"remove": "1", "revision": "1"})
            assert gone.status_code == status
    assert (Series.objects.get().title_en, Activity.objects.count()) == ("Series", 0)


def test_days_gone_by_are_recorded_as_held_and_the_facilitator_of_them_is_who_wrote_them_down() -> None:
    field = a_field()
    _series(field)
    client = _client(field, Role.FACILITATOR)
    sent = _day("first_on", FIRST) | {"days": "៣", "place": field.place.code}
    assert client.post(reverse("series_plan", args=["begun"]), sent).status_code == 302
    activity = Activity.objects.get()
    assert (activity.state, activity.place, activity.facilitator, activity.in_series.series.key) == (
        "held",
        field.place,
        User.objects.latest("pk"),
        "begun",
    )
    assert list(Session.objects.order_by("number").values_list("held_on", flat=True)) == [
        FIRST + dt.timedelta(days=number) for number in range(3)
    ]


def test_days_ahead_are_planned_and_held_by_one_tap_once_they_are_over() -> None:
    field = a_field()
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    series = _series(field)
    client, step = _client(field), reverse("series_step", args=["begun"])
    client.post(reverse("series_plan", args=["begun"]), _day("first_on", tomorrow) | {"days": "1", "place": ""})
    activity = Activity.objects.get()
    assert (activity.state, activity.facilitator) == ("planned", None)
    early = client.post(step, {"held": activity.pk}, follow=True).content.decode()
    assert "This date has not come yet." in early
    Activity.objects.update(starts_on=FIRST, ends_on=FIRST)
    Session.objects.update(held_on=FIRST)
    assert "It was held" in client.get(reverse("series", args=[series.key])).content.decode()
    client.post(step, {"held": activity.pk})
    activity.refresh_from_db()
    assert activity.state == "held"


@pytest.mark.parametrize(
    ("days", "first_on", "where"),
    [("0", FIRST, "days"), ("31", FIRST, "days"), ("2", FIRST - dt.timedelta(days=1), "first_on")],
)
def test_a_plan_that_cannot_be_is_told_and_leaves_nothing_behind(days: str, first_on: dt.date, where: str) -> None:
    field = a_field()
    _series(field)
    sent = _day("first_on", first_on) | {"days": days, "place": ""}
    answer = _client(field).post(reverse("series_plan", args=["begun"]), sent)
    told = answer.context["form"].errors
    assert (answer.status_code, bool(told.get(where))) == (422, True)
    assert Activity.objects.count() == 0


def test_a_series_is_renamed_and_its_first_day_moved_but_not_behind_its_first_activity() -> None:
    field = a_field()
    series = _series(field)
    plan_training(series=series, first_on=FIRST, days=1, place=None, by=field.me, at=NOW)
    client, address = _client(field), reverse("series_edit", args=["begun"])
    earlier = FIRST - dt.timedelta(days=30)
    assert client.post(address, _edited(series, title_en="Renamed") | _day("starts_on", earlier)).status_code == 302
    series.refresh_from_db()
    assert (series.title_en, series.starts_on) == ("Renamed", earlier)
    late = client.post(address, _edited(series) | _day("starts_on", FIRST + dt.timedelta(days=1)))
    assert (late.status_code, list(late.context["form"].errors)) == (422, ["starts_on"])


def test_an_ended_series_keeps_its_kind_and_days_and_may_be_renamed() -> None:
    field = a_field()
    (person,) = people(field, 1)
    series = a_series(field, [[person]])
    client, address = _client(field), reverse("series_edit", args=[series.key])
    assert client.post(address, _edited(series, kind="refresher")).status_code == 422
    assert client.post(address, _edited(series, title_km="ថ្មី")).status_code == 302
    series.refresh_from_db()
    assert (series.kind, series.title_km) == ("training_of_trainers", "ថ្មី")


def test_the_second_of_two_who_edit_a_series_is_told_of_the_first() -> None:
    field = a_field()
    series = _series(field)
    stale = _edited(series, title_en="Mine")
    client, address = _client(field), reverse("series_edit", args=["begun"])
    client.post(address, _edited(series, title_en="Theirs"))
    answer = client.post(address, stale)
    series.refresh_from_db()
    assert (answer.status_code, series.title_en) == (422, "Theirs")


def test_an_empty_series_is_removed_and_one_with_an_activity_stays() -> None:
    field = a_field()
    series = _series(field)
    client, step = _client(field), reverse("series_step", args=["begun"])
    plan_training(series=series, first_on=FIRST, days=1, place=None, by=field.me, at=NOW)
    series.refresh_from_db()
    kept = client.post(step, {"remove": "1", "revision": series.revision}, follow=True).content.decode()
    assert ("Something belongs to this series already" in kept, Series.objects.count()) == (True, 1)
    client.post(step, {"take_out": Activity.objects.get().pk})
    series.refresh_from_db()
    gone = client.post(step, {"remove": "1", "revision": series.revision})
    assert (gone.headers["Location"], Series.objects.count()) == (reverse("series_list"), 0)
    assert AuditEntry.objects.filter(action="remove_series").count() == 1
