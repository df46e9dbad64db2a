"""Done when 2 of the first issue: the published figures come from workbooks in an empty database too."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.interfaces.cli.conftest import Samaki

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("example_without_records")]

WHO = {"cases": "supervisor", "tallies": "partner-me", "group-reports": "partner-me"}


@pytest.fixture
def workbook(samaki: Samaki, tmp_path: Path) -> dict[str, str]:
    """Kind → path of its example workbook."""
    paths = {kind: str(tmp_path / f"{kind}.xlsx") for kind in WHO}
    for kind, path in paths.items():
        assert samaki("example-workbook", kind, "-o", path).code == 0
    return paths


def _import(samaki: Samaki, kind: str, path: str, *words: str) -> tuple[int, str]:
    said = samaki("import", kind, path, "--as", WHO[kind], "--programme", "mpp", *words)
    return said.code, said.out + said.err


def test_the_published_figures_come_from_workbooks_and_open_into_their_rows(
    samaki: Samaki, workbook: dict[str, str]
) -> None:
    for kind, path in workbook.items():
        assert _import(samaki, kind, path)[0] == 0
    found = {
        indicator: samaki("figure", "mpp", indicator, "--format", "json").json()
        for indicator in (
            "perpetrators_counselled",
            "reported_success",
            "reported_stop_of_success",
            "reported_stop_of_counselled",
        )
    }
    assert {key: (figure["numerator"], figure["denominator"], figure["value"]) for key, figure in found.items()} == {
        "perpetrators_counselled": (None, None, 76),
        "reported_success": (50, 76, 65.8),
        "reported_stop_of_success": (25, 50, 50.0),
        "reported_stop_of_counselled": (25, 76, 32.9),
    }
    by_area = samaki("figure", "mpp", "perpetrators_counselled", "--by", "area", "--format", "json").json()
    assert {cell["area"]: cell["value"] for cell in by_area["by"]} == {"old": 36, "new": 40}
    words = ("figure", "mpp", "outreach_contacts", "--period", "2008", "--by", "area", "--format", "json")
    contacts = samaki(*words).json()
    assert contacts["value"] == 6322
    assert {cell["area"]: cell["value"] for cell in contacts["by"]} == {"old": 3524, "new": 2798}
    rows = samaki(
        "records", "mpp", "perpetrators_counselled", "--as", "supervisor", "--reason", "check", "--format", "json"
    )
    assert len(rows.json()["records"]) == 76


def test_the_same_workbook_twice_changes_nothing(samaki: Samaki, workbook: dict[str, str]) -> None:
    assert _import(samaki, "tallies", workbook["tallies"])[0] == 0
    code, said = _import(samaki, "tallies", workbook["tallies"])
    assert (code, "0 new, 0 changed" in said) == (0, True)


def test_a_dry_run_saves_nothing(samaki: Samaki, workbook: dict[str, str]) -> None:
    code, said = _import(samaki, "tallies", workbook["tallies"], "--dry-run")
    assert (code, said.endswith("Nothing was saved.\n")) == (0, True)
    figure = samaki("figure", "mpp", "outreach_contacts", "--period", "2008", "--format", "json").json()
    assert figure["value"] != 6322


@pytest.mark.parametrize("user", ["donor", "authority", "auditor"])
def test_who_may_record_nothing_is_refused(samaki: Samaki, workbook: dict[str, str], user: str) -> None:
    said = samaki("import", "tallies", workbook["tallies"], "--as", user)
    assert (said.code, said.out) == (1, "")


def test_a_user_of_another_organisation_takes_nothing_in_for_this_one(samaki: Samaki, workbook: dict[str, str]) -> None:
    said = samaki("import", "tallies", workbook["tallies"], "--as", "partner-me-2", "--programme", "mpp")
    assert (said.code, said.out) == (2, "")


def test_a_file_that_is_no_table_is_told_in_one_line(samaki: Samaki, tmp_path: Path) -> None:
    path = tmp_path / "photo.xlsx"
    path.write_bytes(b"\x89PNG\r\n\x1a\n not a workbook")
    code, said = _import(samaki, "tallies", str(path))
    assert (code, "Traceback" in said) == (1, False)


def test_faults_are_told_with_their_place_and_nothing_is_saved(samaki: Samaki, tmp_path: Path) -> None:
    path = tmp_path / "contacts.csv"
    path.write_text(
        "province,district,commune,since,until,contacts,channel\n"
        "Prey Vengand,,,2008-01-01,2008-01-31,12,\n"
        "Pursat,,,2008-01-01,2008-01-31,minus,\n",
        encoding="utf-8",
    )
    mending = tmp_path / "to-mend.xlsx"
    code, said = _import(samaki, "tallies", str(path), "--wrong-rows", str(mending))
    assert (code, mending.stat().st_size > 0) == (1, True)
    assert [line for line in said.splitlines() if "Prey Veng" in line and "row 2" in line] != []
    assert said.splitlines()[-1].endswith("nothing was saved")
