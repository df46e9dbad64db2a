from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest

from samaki.ground.places import queries, rules
from samaki.ground.places.models import Level, Place, PlaceFault, PlaceName
from samaki.ground.places.operations import load_gazetteer, load_table
from samaki.ground.places.rules import PlaceRow
from samaki.ground.places.tables import cambodia
from samaki.kernel.actors import Actor, Role
from samaki.kernel.audit.models import AuditEntry
from samaki.kernel.errors import Refused
from tests.factories.people import an_actor, an_organisation
from tests.factories.places import LOADER, load_few_places

pytestmark = pytest.mark.django_db

OTHERS = [role for role in Role if role is not Role.ADMINISTRATOR]


@pytest.mark.parametrize("role", OTHERS)
def test_nobody_but_an_administrator_loads_places(role: Role) -> None:
    with pytest.raises(Refused):
        load_gazetteer(by=an_actor(role, an_organisation()))
    assert Place.objects.count() == 0
    refusals = AuditEntry.objects.filter(object_type="places.gazetteer").values_list("action", "refused")
    assert list(refusals) == [("load_places", True)]


def test_an_administrator_loads_places() -> None:
    row = PlaceRow("LA-VT", Level.PROVINCE, "province", "វៀងចន្ទន៍", "Vientiane")
    loaded = load_table([row], country="la", source="a table", by=an_actor(Role.ADMINISTRATOR, an_organisation()))
    assert (loaded.added, loaded.changed, loaded.unchanged, loaded.faults) == (1, 0, 0, ())
    assert [place.name_latin for place in queries.provinces(country="la")] == ["Vientiane"]
    assert queries.provinces() == []


def test_the_whole_gazetteer_comes_in_once_with_its_faults_told() -> None:
    first = load_gazetteer(by=LOADER)
    rows = list(cambodia.rows())
    assert Counter(Place.objects.values_list("level", flat=True)) == {1: 25, 2: 210, 3: 1661, 4: first.added - 1896}
    left_out = [fault for fault in first.faults if fault.kind != rules.PARENT_MISMATCH]
    assert first.added + len(left_out) == len(rows)
    assert Counter(PlaceFault.objects.values_list("kind", flat=True)) == Counter(fault.kind for fault in first.faults)
    assert {fault.kind for fault in first.faults} == set(PlaceFault.Kind.values)
    orphaned = {fault.code[:6] for fault in first.faults if fault.kind == rules.ORPHAN}
    assert orphaned == {"120913"}  # villages of a commune that the table does not have
    names = PlaceName.objects.count()
    again = load_gazetteer(by=LOADER)
    assert (again.added, again.changed, again.unchanged) == (0, 0, first.added)
    assert (PlaceName.objects.count(), PlaceFault.objects.count()) == (names, len(first.faults))


def test_kinds_are_those_of_the_law_on_administration() -> None:
    load_few_places()
    kinds = {code: Place.objects.get(code=code).kind for code in ("04", "12", "0403", "0406", "040301", "040601")}
    assert kinds == {
        "04": "province", "12": "capital", "0403": "krong", "0406": "district", "040301": "sangkat", "040601": "commune"
    }  # fmt: skip


def test_every_town_of_the_list_is_in_the_table() -> None:
    towns = [row.name_latin for row in cambodia.rows() if row.kind == "krong"]
    assert len(towns) == 33
    assert {"Siem Reab", "Battambang", "Kampong Chhnang", "Prey Veng", "Pousat"} - set(towns) == set()


def test_a_changed_name_replaces_the_old_one_and_is_found_at_once() -> None:
    def table(name: str) -> list[PlaceRow]:
        return [PlaceRow("01", Level.PROVINCE, "province", "ក", name)]

    load_table(table("First"), country="kh", source="one", by=LOADER)
    before = queries.find("First").place
    assert before is not None
    changed = load_table(table("Second"), country="kh", source="two", by=LOADER)
    assert (changed.added, changed.changed) == (0, 1)
    assert queries.find("First").places == ()
    after = queries.find("Second").place
    assert after is not None
    assert after.id == before.id


def test_a_place_left_out_of_a_later_table_stays() -> None:
    load_few_places()
    before = Place.objects.count()
    load_table([PlaceRow("04", 1, "province", "កំពង់ឆ្នាំង", "Kampong Chhnang")], country="kh", source="short", by=LOADER)
    assert Place.objects.count() == before


def test_a_place_is_what_it_was_at_the_date() -> None:
    split = dt.date(2014, 1, 1)
    rows = [
        PlaceRow("03", 1, "province", "កំពង់ចាម", "Kampong Cham"),
        PlaceRow("25", 1, "province", "ត្បូងឃ្មុំ", "Tboung Khmum", valid_from=split),
        PlaceRow("0317", 2, "district", "សួង", "Suong", "03", valid_until=split),
        PlaceRow("2506", 2, "krong", "សួង", "Suong", "25", valid_from=split),
    ]
    load_table(rows, country="kh", source="history", digits=rules.NCDD_DIGITS, by=LOADER)

    def codes(on: dt.date | None) -> list[str]:
        return [place.code for place in queries.find("Suong", on=on).places]

    assert codes(dt.date(2013, 12, 31)) == ["0317"]
    assert codes(split) == ["2506"]
    assert codes(None) == ["2506"]
    assert [place.code for place in queries.provinces(on=dt.date(2013, 12, 31))] == ["03"]
    assert [place.code for place in queries.provinces()] == ["03", "25"]


def test_loading_says_who_did_it() -> None:
    load_few_places()
    entry = AuditEntry.objects.get(object_type="places.gazetteer")
    assert (entry.action, entry.actor_name, entry.reason) == ("places.load_table", "system", "tests load places")


def test_the_public_may_not_load() -> None:
    with pytest.raises(Refused):
        load_gazetteer(by=Actor(user_id=None, name="public"))
