"""The report of a period: to each reader what she may see, in both formats and languages."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from django.utils import translation
from python_calamine import CalamineWorkbook

from samaki.engines.reports.queries import period_report
from samaki.engines.results.models import Node
from samaki.engines.results.operations import (
    NodeWritten,
    keep_statement,
    load_catalogue,
    set_framework,
    set_target,
)
from samaki.ground.periods.operations import lock_period
from samaki.kernel.actors import PUBLIC, Actor, AnyActor, System
from samaki.kernel.audit.models import AuditEntry
from samaki.kernel.errors import Invalid, NotFound
from samaki.kernel.report_sections import ReportSection, SectionTable, report_sections
from tests.factories.programmes import Setting, a_setting

pytestmark = pytest.mark.django_db
BY = System("tests")


@pytest.fixture
def setting(db: None) -> Setting:
    """Thirty women and three men took part; fifty of 76 men counselled in 2008 changed."""
    load_catalogue(by=BY)
    setting = a_setting()
    setting.session(*setting.people(30), *setting.people(3, "man"))
    group = setting.mens_group()
    setting.cases(50, group, judged="improved", physical="unchanged")
    setting.cases(26, group, judged="worse", physical="worse")
    nodes = (
        NodeWritten("goal", Node.Level.GOAL, "Peace", "សន្តិភាព"),
        NodeWritten("out", Node.Level.OUTCOME, "Change", "ការផ្លាស់ប្តូរ", "goal", ("reported_success", "participants")),
    )
    set_framework(programme=setting.programme, title_en="F", title_km="ក", nodes=nodes, by=BY)
    set_target(programme=setting.programme, indicator="reported_success", period="2008", value=60, by=BY)
    keep_statement(
        programme=setting.programme,
        indicator="reported_success",
        value="65 per cent",
        text_en="65 per cent changed",
        text_km="65 ភាគរយបានផ្លាស់ប្តូរ",
        approximate=True,
        source="=SUM(A1)",
        period="2008",
        by=BY,
    )
    return setting


def html(setting: Setting, actor: Actor, language: str = "en") -> str:
    with translation.override(language):
        return period_report(actor, setting.programme.key, "2008", "html").content.decode()


def sheets(setting: Setting, actor: Actor) -> dict[str, list[list[object]]]:
    with translation.override("en"):
        file = period_report(actor, setting.programme.key, "2008", "xlsx")
    book = CalamineWorkbook.from_filelike(io.BytesIO(file.content))
    return {name: [list(row) for row in book.get_sheet_by_name(name).to_python()] for name in book.sheet_names}


def rows(sheet: list[list[object]], first: str) -> list[list[object]]:
    return [row for row in sheet if row[0] == first]


LABEL = "Success as reported by the men’s group"
PARTICIPANTS = "Participants (persons counted once)"


def test_an_outsider_reads_no_small_number_in_either_format(setting: Setting) -> None:
    page = html(setting, PUBLIC)
    assert "Small numbers are not shown" in page
    parts = {
        row[2]: row[3] for row in rows(sheets(setting, PUBLIC)["Disaggregation"], PARTICIPANTS) if row[1] == "Gender"
    }
    assert set(parts) == {"Man", "Woman"}
    assert parts["Man"] == "Not shown (number too small)"


def test_the_file_of_an_officer_holds_what_the_file_of_anyone_holds_and_is_written_down(setting: Setting) -> None:
    assert sheets(setting, setting.officer())["Disaggregation"] == sheets(setting, PUBLIC)["Disaggregation"]
    taken = AuditEntry.objects.filter(action="report.export").order_by("pk")
    assert [entry.actor_name for entry in taken] == [setting.officer().name, "public"]


def test_both_numbers_the_target_and_the_statement_stand_with_a_ratio(setting: Setting) -> None:
    page = html(setting, setting.officer())
    for words in ("50/76 (65.8%)", "65 per cent changed", "approximate", "Target: 60%", "not locked"):
        assert words in page
    (row,) = rows(sheets(setting, setting.officer())["Results"], LABEL)
    assert row[1:9] == [65.8, "percent", 50, 76, 0, "", "", 60]


def test_a_locked_period_prints_version_and_hash(setting: Setting) -> None:
    now = dt.datetime(2009, 5, 1, tzinfo=dt.UTC)
    lock_period(
        programme=setting.programme,
        period="2008",
        reason="nobody reports here",
        although_missing=True,
        by=setting.officer(),
        at=now,
    )
    page = html(setting, setting.officer())
    assert "Locked on 1 May 2009, version 1." in page
    found = sheets(setting, setting.officer())
    (row,) = rows(found["Results"], LABEL)
    (defined,) = rows(found["Definitions"], LABEL)
    assert len(str(row[-1])) == 64
    assert (defined[1], defined[2], defined[-1]) == ("reported_success", 1, row[-1])
    assert str(row[-1]) in page


def test_the_report_is_whole_in_khmer(setting: Setting) -> None:
    page = html(setting, setting.officer(), "km")
    assert '<html lang="km">' in page
    for words in ("ការប្រសើរឡើងតាមការរាយការណ៍របស់ក្រុមបុរស", "65 ភាគរយបានផ្លាស់ប្តូរ", "50/76 (65.8%)"):
        assert words in page


def test_the_page_needs_nothing_from_elsewhere(setting: Setting) -> None:
    page = html(setting, setting.officer())
    for outside in ("http://", "https://", "<script", "<link", "url("):
        assert outside not in page


def test_strands_add_tables_and_text_stays_text(setting: Setting, monkeypatch: pytest.MonkeyPatch) -> None:
    def write(actor: AnyActor, programme: str, period: str) -> list[SectionTable]:
        table = SectionTable(f"Promises: {period}/*", ("Office", "Kept"), (("=1+1", 3), ("<b>", None)), "to date")
        return [table, table]

    monkeypatch.setitem(report_sections._entries, "tests", ReportSection("tests", write))
    found = sheets(setting, setting.officer())
    assert list(found)[-2:] == ["Promises 2008", "Promises 2008 2"]
    assert found["Promises 2008"] == [["to date", ""], ["", ""], ["Office", "Kept"], ["=1+1", 3], ["<b>", "Unknown"]]
    assert "&lt;b&gt;" in html(setting, setting.officer())


def test_a_programme_without_framework_prints_what_is_known_of_it() -> None:
    load_catalogue(by=BY)
    setting = a_setting()
    setting.contacts(12)
    found = sheets(setting, setting.officer())["Results"]
    assert [row[0] for row in found if row[2] == "contact"] == ["Contacts (times reached, not persons)"]


def test_unknown_formats_programmes_and_periods_are_told(setting: Setting) -> None:
    with pytest.raises(Invalid):
        period_report(setting.officer(), setting.programme.key, "2008", "pdf")
    with pytest.raises(Invalid):
        period_report(setting.officer(), setting.programme.key, "08", "html")
    with pytest.raises(NotFound):
        period_report(setting.officer(), "nowhere", "2008", "html")


def test_the_file_is_named_after_programme_and_period(setting: Setting) -> None:
    file = period_report(setting.officer(), setting.programme.key, "2008", "xlsx")
    assert file.name == f"{setting.programme.key}-2008.xlsx"
