"""The directory of services: what everyone reads without signing in, what stays unsaid, and who keeps it."""

from __future__ import annotations

import datetime as dt
import gzip
from pathlib import Path

import pytest
import time_machine
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse

from samaki.ground.services.models import Service
from samaki.ground.services.operations import add_service, edit_service
from samaki.ground.services.rules import Entry, is_stale
from samaki.kernel.actors import Role
from samaki.kernel.errors import Conflict, Invalid, Refused
from tests.factories.programmes import Setting, a_setting
from tests.interfaces.pages import somebody

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("gazetteer")]
TODAY = dt.datetime(2024, 6, 15, 5, tzinfo=dt.UTC)
LEGAL = Entry("legal", "ជំនួយច្បាប់", "Legal aid house", ("km", "cham"), hours_en="Every day", is_public=True)
SHELTER = Entry("shelter", "ផ្ទះសុវត្ថិភាព", "Quiet house", telephone="099 000 111")


@pytest.fixture
def setting() -> Setting:
    return a_setting()


def listed(setting: Setting, entry: Entry = LEGAL) -> Service:
    return add_service(
        programme=setting.programme,
        organisation=setting.ours,
        entry=entry,
        place=None,
        by=setting.actor(Role.CASE_SUPERVISOR, setting.ours),
        at=TODAY,
    )


def test_everyone_reads_the_public_ones_and_nobody_the_quiet_ones(setting: Setting) -> None:
    listed(setting)
    listed(setting, SHELTER)
    answer = Client().get(reverse("services"), headers={"accept-language": "en"})
    said = answer.content.decode()
    assert answer.status_code == 200
    assert (LEGAL.name_km in said, SHELTER.name_km in said, "099 000 111" in said) == (True, False, False)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "data-quick-exit" in said
    inside = somebody(setting, Role.PARTNER_ME).get(reverse("services")).content.decode()
    assert "Quiet house" not in inside
    keeper = somebody(setting, Role.WOMENS_SERVICE_WORKER).get(reverse("services")).content.decode()
    assert "Quiet house" in keeper


def test_the_public_page_weighs_at_most_50_kb_as_it_is_sent(setting: Setting) -> None:
    for number in range(30):
        listed(setting, Entry("legal", f"ជំនួយច្បាប់ {number}", f"Legal {number}", ("km",), "ក" * 200, is_public=True))
    sent = len(gzip.compress(Client().get(reverse("services")).content))
    for asset in ("samaki/samaki.css", "samaki/samaki.js", "samaki/vendor/htmx.min.js", "samaki/icon.svg"):
        found = finders.find(asset)
        assert isinstance(found, str)
        sent += len(gzip.compress(Path(found).read_bytes()))
    assert sent <= 50 * 1024


@time_machine.travel(TODAY, tick=False)
def test_the_page_says_how_old_its_word_is(setting: Setting) -> None:
    listed(setting, Entry("legal", "ក", "Fresh", verified_on=dt.date(2024, 6, 5), is_public=True))
    listed(setting, Entry("medical", "ខ", "Old", verified_on=dt.date(2023, 6, 16), is_public=True))
    said = somebody(setting, Role.PARTNER_ME).get(reverse("services")).content.decode()
    assert ("(10 days ago)" in said, "(365 days ago)" in said) == (True, True)
    assert said.count("Please call before you go.") == 1
    assert [is_stale(None, TODAY.date()), is_stale(dt.date(2023, 12, 18), TODAY.date())] == [True, False]


def test_the_list_narrows_by_kind_province_and_language(setting: Setting) -> None:
    one = listed(setting)
    other = listed(setting, Entry("medical", "ពេទ្យ", "Clinic", ("km",), is_public=True))
    Service.objects.filter(pk=one.pk).update(place=setting.place("040102"))
    Service.objects.filter(pk=other.pk).update(place=setting.place("15"))
    client = somebody(setting, Role.PARTNER_ME)

    def names(**asked: str) -> set[str]:
        said = client.get(reverse("services"), asked).content.decode()
        return {name for name in ("Legal aid house", "Clinic") if f"<h2>{name}</h2>" in said}

    both = {"Legal aid house", "Clinic"}
    assert names() == both
    assert names(kind="legal") == {"Legal aid house"}
    assert names(province="15") == {"Clinic"}
    assert names(province="04") == {"Legal aid house"}
    assert names(language="cham") == {"Legal aid house"}


def test_a_keeper_adds_and_edits_and_of_two_the_second_is_told(setting: Setting) -> None:
    client = somebody(setting, Role.WOMENS_SERVICE_WORKER)
    sent = {"kind": "legal", "name_km": "ក", "name_en": "House", "languages": ["km", "sign"], "is_public": "on"}
    assert client.post(reverse("service_add"), sent).status_code == 302
    made = Service.objects.get()
    assert (made.organisation_id, made.languages, made.is_public) == (setting.ours.pk, ["km", "sign"], True)
    address = reverse("service_edit", args=[made.pk])
    assert client.post(address, {**sent, "name_en": "New", "revision": "1"}).status_code == 302
    assert client.post(address, {**sent, "name_en": "Stale", "revision": "1"}).status_code == 422
    assert Service.objects.get().name_en == "New"


def test_nobody_else_keeps_it(setting: Setting) -> None:
    service = listed(setting)
    for role in set(Role) - {Role.WOMENS_SERVICE_WORKER, Role.CASE_SUPERVISOR, Role.PROGRAMME_OFFICER}:
        with pytest.raises(Refused):
            edit_service(
                service=service,
                revision=1,
                entry=LEGAL,
                place=None,
                by=setting.actor(role, setting.ours),
                at=TODAY,
            )
    stranger = somebody(setting, Role.WOMENS_SERVICE_WORKER, setting.theirs)
    assert stranger.get(reverse("service_edit", args=[service.pk])).status_code == 404


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        (Entry("legal", "", "House"), "name_wanted"),
        (Entry("mediation", "ក", "House"), "no_such_kind"),
        (Entry("legal", "ក", "House", ("xx",)), "no_such_language"),
        (Entry("legal", "ក", "House", verified_on=dt.date(2024, 6, 16)), "date_in_future"),
    ],
)
def test_an_entry_that_cannot_be_right_is_not_taken(setting: Setting, entry: Entry, code: str) -> None:
    with pytest.raises(Invalid) as error:
        listed(setting, entry)
    assert error.value.code == code


def test_a_stale_revision_is_a_conflict_that_shows_both(setting: Setting) -> None:
    service, keeper = listed(setting), setting.actor(Role.CASE_SUPERVISOR, setting.ours)
    edit_service(service=service, revision=1, entry=LEGAL, place=None, by=keeper, at=TODAY)
    with pytest.raises(Conflict) as error:
        edit_service(service=service, revision=1, entry=SHELTER, place=None, by=keeper, at=TODAY)
    assert (error.value.params["theirs"]["name_en"], error.value.params["yours"]["name_en"]) == (  # type: ignore[index]
        LEGAL.name_en,
        SHELTER.name_en,
    )
