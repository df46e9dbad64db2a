"""The rows behind a figure: refused with the reason and the trail, and exactly as many as the figure counts."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from samaki.engines.results.operations import load_catalogue
from samaki.engines.results.queries import figure
from samaki.engines.results.rows import records
from samaki.kernel.actors import PUBLIC, Actor, Role, System
from samaki.kernel.audit.models import AuditEntry
from samaki.kernel.errors import Refused
from samaki.kernel.figures import FigureQuery, RecordPage
from tests.factories.programmes import Setting, a_setting

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def definitions(db: None) -> None:
    load_catalogue(by=System("tests"))


def open_rows(setting: Setting, actor: Actor, indicator: str, **values: object) -> RecordPage:
    limit = int(str(values.pop("limit", 50)))
    after = values.pop("after", None)
    query = FigureQuery(setting.programme.key, indicator, **values)  # type: ignore[arg-type]  # those of FigureQuery
    return records(actor, query, None if after is None else int(str(after)), limit)


def supervisor(setting: Setting, reason: str = "monthly check") -> Actor:
    return setting.actor(Role.CASE_SUPERVISOR, setting.ours, reason=reason)


def every(setting: Setting, actor: Actor, indicator: str, *, limit: int) -> list[object]:
    found: list[object] = []
    page = open_rows(setting, actor, indicator, limit=limit)
    while True:
        found += [row["id"] for row in page.rows]
        if page.next_after is None:
            return found
        page = open_rows(setting, actor, indicator, limit=limit, after=page.next_after)


class TestWhoMustNotOpen:
    @pytest.mark.parametrize(
        "indicator", ["perpetrators_counselled", "reported_success", "participants", "attendances"]
    )
    def test_named_and_sensitive_rows_are_refused_with_the_reason_and_the_counts_stay(self, indicator: str) -> None:
        setting = a_setting()
        setting.cases(3, setting.mens_group())
        setting.session(*setting.people(3))
        readers = [
            setting.officer(),
            PUBLIC,
            setting.actor(Role.DONOR),
            setting.actor(Role.ADMINISTRATOR, setting.ours),
            setting.stranger(),
        ]
        for reader in readers:
            with pytest.raises(Refused) as refused:
                open_rows(setting, reader, indicator)
            assert refused.value.code == "rows_refused"
            with translation.override("en"):
                assert "counts stay" in refused.value.message
        entries = AuditEntry.objects.filter(refused=True, action="open_records")
        assert [entry.details["code"] for entry in entries] == ["rows_refused"] * len(readers)
        assert figure(setting.officer(), FigureQuery(setting.programme.key, indicator)).audience == "inside"

    def test_cases_want_a_reason_and_a_second_factor(self) -> None:
        setting = a_setting()
        setting.cases(3, setting.mens_group())
        without = setting.actor(Role.CASE_SUPERVISOR, setting.ours, second_factor=False, reason="check")
        for reader, code in ((supervisor(setting, " "), "reason_wanted"), (without, "second_factor_wanted")):
            with pytest.raises(Refused) as refused:
                open_rows(setting, reader, "perpetrators_counselled")
            assert refused.value.code == code

    def test_another_organisations_rows_are_not_among_them(self) -> None:
        setting = a_setting()
        own = setting.cases(2, setting.mens_group())
        setting.cases(5, setting.mens_group("140101", organisation=setting.theirs))
        page = open_rows(setting, supervisor(setting), "perpetrators_counselled")
        assert [row["code"] for row in page.rows] == [case.code for case in own]
        with pytest.raises(Refused):
            open_rows(setting, supervisor(setting), "perpetrators_counselled", organisation=setting.theirs.key)

    def test_a_coordinator_opens_the_cases_of_her_own_group_only(self) -> None:
        setting = a_setting()
        group = setting.mens_group()
        own = setting.cases(2, group)
        setting.cases(5, setting.mens_group("040102"))
        coordinator = setting.actor(Role.GROUP_COORDINATOR, setting.ours, group=group, reason="follow-up")
        page = open_rows(setting, coordinator, "perpetrators_counselled")
        assert ([row["code"] for row in page.rows], page.total) == ([case.code for case in own], 2)

    def test_no_row_holds_a_name_or_a_phone(self) -> None:
        setting = a_setting()
        setting.session(*setting.people(1))
        (row,) = open_rows(setting, setting.partner(), "participants").rows
        assert set(row) == {"id", "person", "gender", "age_band", "date", "activity", "place", "organisation", "origin"}


class TestRowsAndFigureAgree:
    def test_reading_cases_is_written_down_with_its_reason(self) -> None:
        setting = a_setting()
        setting.cases(3, setting.mens_group())
        open_rows(setting, supervisor(setting), "perpetrators_counselled", period="2008")
        entry = AuditEntry.objects.get(action="see_cases")
        assert (entry.reason, entry.refused, entry.programme_id) == ("monthly check", False, setting.programme.pk)
        assert entry.details == {"period": "2008", "place": None, "rows": 3, "total": 3}

    def test_a_ratio_says_of_each_row_whether_it_is_in_the_numerator(self) -> None:
        setting = a_setting()
        group = setting.mens_group()
        setting.cases(2, group, judged="improved", physical="unchanged")
        setting.cases(3, group, judged="worse", physical="worse")
        page = open_rows(setting, supervisor(setting), "reported_success")
        assert (page.total, page.groups) == (5, {"numerator": 2, "denominator": 5})
        assert [row["in_numerator"] for row in page.rows] == [True, True, False, False, False]

    def test_persons_and_their_attendances_are_both_told(self) -> None:
        setting = a_setting()
        people = setting.people(3)
        setting.session(*people)
        setting.session(*people[:2])
        page = open_rows(setting, setting.partner(), "participants")
        assert (page.total, page.groups) == (5, {"rows": 5, "persons": 3})
        assert len({row["person"] for row in page.rows}) == 3

    def test_tallies_add_up_to_the_contacts(self) -> None:
        setting = a_setting()
        for count in (3_524, 2_798):
            setting.contacts(count, "040101" if count > 3_000 else "140101")
        page = open_rows(setting, setting.officer(), "outreach_contacts", period="2008")
        assert (page.total, page.groups) == (2, {"rows": 2, "contacts": 6_322})
        assert sum(int(str(row["contacts"])) for row in page.rows) == 6_322

    def test_reports_follow_the_cases_and_pages_lose_none(self) -> None:
        setting = a_setting()
        silent, busy = setting.mens_group(), setting.mens_group("040102")
        setting.cases(4, busy, on=dt.date(2008, 4, 4))
        for month in (1, 2, 3):
            setting.report(silent, dt.date(2008, month, 1), dt.date(2008, 6, 1), men_counselled=2)
        reader = supervisor(setting)
        whole = open_rows(setting, reader, "perpetrators_counselled")
        assert (whole.total, whole.groups) == (7, {"cases": 4, "reports": 3, "reported": 6})
        ids = [row["id"] for row in whole.rows]
        for limit in (1, 2, 3, 4, 5, 7):
            assert every(setting, reader, "perpetrators_counselled", limit=limit) == ids

    def test_owed_months_are_rows_of_their_own(self) -> None:
        setting = a_setting()
        group = setting.mens_group()
        setting.report(group, dt.date(2008, 1, 1), dt.date(2008, 2, 9))
        page = open_rows(setting, setting.officer(), "group_report_timeliness", period="2008-Q1")
        assert (page.total, page.groups) == (3, {"numerator": 1, "denominator": 3})
        assert [(row["month"], row["received_on"], row["in_numerator"]) for row in page.rows] == [
            ("2008-01", dt.date(2008, 2, 9), True),
            ("2008-02", None, False),
            ("2008-03", None, False),
        ]


@pytest.mark.parametrize(
    "indicator", ["perpetrators_counselled", "reported_success", "participants", "outreach_contacts"]
)
def test_three_rows_cost_as_many_queries_as_one(indicator: str) -> None:
    spent = []
    for number in (1, 3):
        setting = a_setting()
        group = setting.mens_group()
        setting.cases(number, group, judged="improved", physical="stopped")
        setting.session(*setting.people(number))
        for place in ("040101", "040102", "140101")[:number]:
            setting.contacts(5, place)
        reader = supervisor(setting) if "r" in indicator[:2] or "perp" in indicator else setting.partner()
        open_rows(setting, reader, indicator)
        with CaptureQueriesContext(connection) as captured:
            assert len(open_rows(setting, reader, indicator).rows) == number
        spent.append(len(captured))
    assert spent[0] == spent[1]
