from __future__ import annotations

from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from tests.interfaces.cli.conftest import Samaki

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("example")]


def test_a_report_is_a_page_and_a_workbook(samaki: Samaki, tmp_path: Path) -> None:
    page, book = tmp_path / "report.html", tmp_path / "report.xlsx"
    assert samaki("report", "mpp", "--period", "2008", "--format", "html", "-o", str(page)).out == f"{page}\n"
    assert samaki("report", "mpp", "--period", "2008", "--format", "xlsx", "-o", str(book)).out == f"{book}\n"
    assert page.read_text(encoding="utf-8").count("6,322") > 0
    cells = [
        value
        for name in CalamineWorkbook.from_path(book).sheet_names
        for row in CalamineWorkbook.from_path(book).get_sheet_by_name(name).to_python()
        for value in row
    ]
    assert cells.count(6322) + cells.count("6,322") > 0


def test_a_user_of_another_organisation_gets_the_report_anyone_gets(samaki: Samaki, tmp_path: Path) -> None:
    public, stranger = tmp_path / "public.html", tmp_path / "stranger.html"
    words = ("report", "mpp", "--period", "2008", "--format", "html", "-o")
    assert samaki(*words, str(public)).code == 0
    assert samaki(*words, str(stranger), "--as", "partner-me-2").code == 0
    assert stranger.read_bytes() == public.read_bytes()
