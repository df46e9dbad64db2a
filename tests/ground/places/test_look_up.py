from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from samaki.ground.places import queries
from samaki.ground.places.models import Level, Place
from samaki.ground.places.operations import load_gazetteer
from samaki.ground.places.queries import Asked, Path
from samaki.kernel.errors import Invalid, NotFound
from tests.factories.places import LOADER, load_few_places

pytestmark = pytest.mark.django_db


@pytest.fixture
def few() -> None:
    load_few_places()


@pytest.fixture
def whole() -> None:
    load_gazetteer(by=LOADER)


def codes(places: tuple[queries.KnownPlace, ...]) -> list[str]:
    return [place.code for place in places]


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize(
    "text, code",
    [
        ("Kg. Chhnang", "04"), ("K. Chhnang", "04"), ("Kompong Chhnang", "04"), ("កំពង់ឆ្នាំង", "04"), ("4", "04"),
        ("Rattanakiri", "16"), ("Rattanaki", "16"), ("Ratanakiri", "16"), ("Ratanak Kiri", "16"), ("រតនគិរី", "16"),
        ("ខេត្តព្រៃវែង", "14"), ("Prey Veng province", "14"), ("PREY VENG", "14"), ("Siem Reap", "17"), ("Pousat", "15"),
        ("ភ្នំពេញ", "12"), ("Phnom Penh", "12"), ("Preah Sihanouk", "18"), ("ឧត្តរមានជ័យ", "22"), ("Kratié", "10"),
    ],
)  # fmt: skip
def test_the_spellings_in_use_find_the_province(text: str, code: str) -> None:
    found = queries.find(text, Level.PROVINCE)
    assert (codes(found.places), found.suggestions) == ([code], ())


@pytest.mark.usefixtures("few")
def test_a_misspelt_name_is_asked_about_and_never_guessed() -> None:
    found = queries.find("Prey Vengand", Level.PROVINCE)
    assert (found.places, codes(found.suggestions)) == ((), ["14"])
    assert codes(queries.find("Prey Vengand").suggestions)[0] == "14"
    with pytest.raises(Invalid) as raised:
        queries.the_one("Prey Vengand", Level.PROVINCE, field="province")
    assert (raised.value.code, raised.value.field) == ("place_unknown", "province")
    assert raised.value.params["suggestions"] == found.suggestions


@pytest.mark.usefixtures("few")
def test_nothing_like_it_suggests_nothing() -> None:
    assert queries.find("Xqzw") == queries.NOTHING
    assert queries.find("") == queries.NOTHING
    assert queries.find(" . ") == queries.NOTHING


@pytest.mark.usefixtures("few")
def test_a_name_of_two_places_gives_both() -> None:
    assert codes(queries.find("Prey Veng").places) == ["14", "1410"]
    with pytest.raises(Invalid) as raised:
        queries.the_one("Prey Veng")
    assert raised.value.code == "place_ambiguous"
    assert queries.the_one("Prey Veng", Level.DISTRICT).code == "1410"


@pytest.mark.usefixtures("whole")
def test_many_villages_are_called_thmei_so_the_commune_is_asked_first() -> None:
    with pytest.raises(Invalid) as raised:
        queries.the_one("Thmei", Level.VILLAGE)
    assert raised.value.code == "commune_wanted"
    assert len(queries.find("Thmei", Level.VILLAGE).places) == Place.objects.filter(level=4, name_latin="Thmei").count()
    assert queries.the_one("Thmei", Level.VILLAGE, within="040604").code == "04060404"
    assert queries.the_one("ថ្មី", Level.VILLAGE, within="040604").code == "04060404"


@pytest.mark.usefixtures("whole")
def test_every_place_is_found_by_its_path_of_names_or_told_why_not() -> None:
    communes = [
        place for place in queries.places(Place.objects.values_list("pk", flat=True)).values() if place.level == 3
    ]
    paths = []
    for commune in communes:
        province, district = queries.ancestors(commune.id)
        paths.append(Path(province.name_km, district.name_latin, commune.name_km))
    answers = queries.find_paths(paths)
    wrong = [commune.code for commune, answer in zip(communes, answers, strict=True) if answer.place != commune]
    unclear = [commune.code for commune, answer in zip(communes, answers, strict=True) if answer.problem is not None]
    assert wrong == unclear  # never another commune than the one meant


@pytest.mark.usefixtures("few")
def test_a_path_says_at_which_level_it_goes_wrong() -> None:
    answer = queries.find_path(Path("Kg. Chhnang", "Rolea Bier", "Nowhere"))
    assert (answer.place, answer.level) == (None, Level.COMMUNE)
    assert answer.problem is not None
    assert (answer.problem.code, answer.problem.field) == ("place_unknown", "commune")
    assert queries.find_path(Path()) == queries.PathFound(None)


@pytest.mark.usefixtures("few")
def test_a_blank_level_of_a_path_is_passed_over() -> None:
    answer = queries.find_path(Path("Kampong Chhnang", "", "Andoung Snay"))
    assert (answer.place.code if answer.place else None) == "040601"


@pytest.mark.usefixtures("few")
def test_a_name_outside_the_area_is_not_found_in_it() -> None:
    assert queries.find("Andoung Snay", Level.COMMUNE, within="14").places == ()
    assert codes(queries.find("Andoung Snay", Level.COMMUNE, within="04").places) == ["040601"]
    assert queries.find("Andoung Snay", within="99") == queries.NOTHING


@pytest.mark.usefixtures("few")
def test_many_questions_are_answered_in_order_with_a_constant_number_of_reads() -> None:
    queries.find("04")  # this process holds the names
    asked = [
        Asked("Kg. Chhnang", Level.PROVINCE),
        Asked("Prey Vengand", Level.PROVINCE),
        Asked("Kg. Chhnang", Level.PROVINCE),
    ]
    with CaptureQueriesContext(connection) as one:
        queries.find_many(asked[:1])
    with CaptureQueriesContext(connection) as many:
        answers = queries.find_many(asked * 50)
    assert (len(one), len(many)) == (1, 1)
    assert [codes(answer.places) for answer in answers[:3]] == [["04"], [], ["04"]]


@pytest.mark.usefixtures("few")
def test_a_page_of_places_goes_on_where_the_last_ended() -> None:
    first = queries.page(limit=20)
    second = queries.page(after=first.next_after or "", limit=20)
    assert (first.place, first.total, len(first.inside), len(second.inside), second.next_after) == (
        None,
        25,
        20,
        5,
        None,
    )
    inside = queries.page("0406", limit=3)
    assert [place.code for place in inside.above] == ["04"]
    assert [place.code for place in inside.inside] == ["040601", "040602", "040603"]
    with pytest.raises(NotFound):
        queries.page("0499")


@pytest.mark.usefixtures("few")
def test_what_lies_below_follows_the_parent_and_not_the_digits_of_the_code() -> None:
    strays = Place.objects.filter(code="14110405").get()  # the source puts this village in commune 141107
    assert strays.pk in queries.below(["141107"])
    assert strays.pk not in queries.below(["141104"])
    assert queries.below(["99"]) == frozenset()


@pytest.mark.usefixtures("few")
def test_ancestors_come_province_first() -> None:
    village = queries.the_one("Thmei", Level.VILLAGE, within="040604")
    assert [place.code for place in queries.ancestors(village.id)] == ["04", "0406", "040604"]
    with pytest.raises(NotFound):
        queries.ancestors(0)
    assert [place.name("km") for place in queries.places([village.id]).values()] == ["ថ្មី"]
    assert village.name("en") == "Thmei"
