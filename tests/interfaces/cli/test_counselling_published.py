"""What is published of counselling: by province and by area, never smaller; and nothing of hers but its release."""

from __future__ import annotations

import pytest
from django.urls import reverse

from samaki.engines.results import queries
from samaki.engines.results.operations import load_catalogue
from samaki.kernel.actors import PUBLIC, System
from samaki.kernel.audit.models import AuditEntry
from samaki.kernel.figures import Cell, FigureQuery
from tests.factories.programmes import Setting, a_setting
from tests.interfaces.cli.conftest import Samaki
from tests.interfaces.pages import signed_in

pytestmark = pytest.mark.django_db


@pytest.mark.usefixtures("example")
class TestOnTheExample:
    @pytest.mark.parametrize(
        ("by", "expected"), [("area", {"old": 36, "new": 40}), ("province", {"04": 26, "14": 25, "15": 25})]
    )
    def test_by_area_and_by_province_it_is_told(self, samaki: Samaki, by: str, expected: dict[str, int]) -> None:
        said = samaki("figure", "mpp", "perpetrators_counselled", "--by", by, "--format", "json")
        assert {cell[by]: cell["value"] for cell in said.json()["by"]} == expected

    @pytest.mark.parametrize("by", ["commune", "district", "village"])
    def test_by_a_smaller_place_it_is_refused_with_the_reason(self, samaki: Samaki, by: str) -> None:
        said = samaki("figure", "mpp", "perpetrators_counselled", "--by", by)
        assert said.code != 0
        assert said.out == ""
        if by != "village":  # no dimension of this indicator at all
            assert "not published for so small a place. It is for: province, or the whole programme." in said.err
            last = AuditEntry.objects.order_by("-pk").first()
            assert last is not None
            assert (last.refused, last.details["code"]) == (True, "place_not_published")

    @pytest.mark.parametrize("by", ["group", "organisation"])
    def test_by_group_or_organisation_it_is_refused(self, samaki: Samaki, by: str) -> None:
        said = samaki("figure", "mpp", "perpetrators_counselled", "--by", by)
        assert (said.code != 0, said.out) == (True, "")
        assert f"A breakdown by {by} is not published." in said.err

    def test_a_place_smaller_than_a_province_is_refused(self, samaki: Samaki) -> None:
        assert samaki("figure", "mpp", "perpetrators_counselled", "--place", "040102").code != 0
        found = samaki("figure", "mpp", "perpetrators_counselled", "--place", "04", "--format", "json").json()
        assert found["value"] == 26

    def test_a_crossing_of_fewer_than_three_communes_is_hidden(self, samaki: Samaki) -> None:
        said = samaki("figure", "mpp", "perpetrators_counselled", "--by", "area,province", "--format", "json")
        cells = said.json()["by"]
        assert len(cells) == 6
        assert {(cell["value"], cell["suppressed"]) for cell in cells} == {(None, True)}

    def test_nobody_confirmed_anything_and_that_is_unknown_and_not_zero(self, samaki: Samaki) -> None:
        said = samaki("figure", "mpp", "verified_cessation")
        assert said.out.splitlines()[1] == "unknown; 76 unknown"
        for who in ("", "officer", "supervisor", "counsellor", "womens-service"):
            acting = ("--as", who) if who else ()
            found = samaki("figure", "mpp", "verified_cessation", "--format", "json", *acting).json()
            told = [found[key] for key in ("value", "numerator", "denominator", "unknown", "audience")]
            assert told == [None, None, 76, 76, "public"]
            assert found["apart"] == {"dropouts": 0, "pending": 0}
        by_area = samaki("figure", "mpp", "verified_cessation", "--by", "area", "--format", "json").json()["by"]
        assert {cell["area"]: (cell["numerator"], cell["unknown"]) for cell in by_area} == {
            "old": (None, 36),
            "new": (None, 40),
        }

    @pytest.mark.parametrize("who", ["supervisor", "womens-service", "officer", "counsellor"])
    def test_its_rows_open_to_nobody_and_the_reason_is_said(self, samaki: Samaki, who: str) -> None:
        said = samaki("records", "mpp", "verified_cessation", "--as", who, "--reason", "a look")
        assert (said.code != 0, said.out) == (True, "")
        assert "in the files of the women’s services and opens to nobody" in said.err


def test_a_crossing_of_three_communes_in_each_part_is_told() -> None:
    setting: Setting = a_setting()
    load_catalogue(by=System("test"))
    for province, area in (("04", "old"), ("04", "new"), ("14", "old"), ("14", "new")):
        for number in range(1, 4):
            commune = f"{province}{'01' if area == 'old' else '02'}{number:02}"
            setting.place(commune, area)
            setting.cases(4, setting.mens_group(commune))
    query = FigureQuery(setting.programme.key, "perpetrators_counselled", by=("area", "province"))
    cells: tuple[Cell, ...] = queries.figure(PUBLIC, query).by
    assert {tuple(cell.dimensions.values()): cell.value for cell in cells} == {
        (area, province): 12 for area in ("old", "new") for province in ("04", "14")
    }


@pytest.mark.usefixtures("example")
@pytest.mark.parametrize("who", ["supervisor", "officer", "womens-service"])
def test_its_page_shows_the_counts_and_why_nothing_opens(who: str) -> None:
    client = signed_in(who, "en")
    page = client.get(reverse("indicator", args=["mpp", "verified_cessation"])).content.decode()
    assert "Released once a quarter, the same to everyone" in page
    assert "opens to nobody" in page
    assert "See the records" not in page
    rows = client.get(reverse("figure_records", args=["mpp", "verified_cessation"]))
    assert (rows.status_code, "opens to nobody" in rows.content.decode()) == (403, True)
    results = client.get(reverse("programme_results", args=["mpp"])).content.decode()
    assert "Violence stopped, confirmed by the women’s service (6 months)" in results
