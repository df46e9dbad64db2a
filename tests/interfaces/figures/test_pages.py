"""Results, one indicator and the rows behind it, as pages and as a file."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from samaki.engines.reports import queries
from samaki.engines.results import queries as results
from samaki.engines.results.rows import records
from samaki.kernel.actors import PUBLIC, Actor, Grant, Role
from samaki.kernel.audit.models import AuditEntry
from samaki.kernel.figures import FigureQuery
from samaki.strands.counselling.models import Case
from tests.interfaces.pages import queries_of, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("example")]


def page(client: Client, name: str, *arguments: str, **asked: str) -> str:
    answer = client.get(reverse(name, args=arguments), asked)
    assert answer.status_code == 200
    return answer.content.decode()


def rows_in_table(text: str) -> int:
    body = re.search(r"<tbody>(.*?)</tbody>", text, re.S)
    assert body
    return len(re.findall(r"<tr", body[1]))


def test_the_results_of_the_project_print_both_numbers_of_each_ratio() -> None:
    text = page(signed_in("officer"), "programme_results", "mpp")
    for figure in ("50/76 (65.8%)", "25/50 (50.0%)", "25/76 (32.9%)", ">76<", "6,322"):
        assert figure in text
    assert "about half of them stopped" in text


@pytest.mark.parametrize(
    ("language", "named"),
    [
        ("en", ["Published description of the Men’s Perspective Project"] * 2),
        ("km", ["ឯកសារពិពណ៌នាអំពីគម្រោងទស្សនៈបុរស ដែលបានចេញផ្សាយ"] * 2),
    ],
)
def test_a_source_is_named_in_the_language_of_the_page(language: str, named: list[str]) -> None:
    text = page(signed_in("officer", language), "programme_results", "mpp")
    assert re.findall(r"(?:Published description|ឯកសារពិពណ៌នា)[^\n]*", text) == named


def test_every_number_of_a_breakdown_leads_to_exactly_its_rows() -> None:
    client = signed_in("officer")
    text = page(client, "indicator", "mpp", "outreach_contacts", period="2008", by_1="area")
    table = next(found for found in re.findall(r"<table>.*?</table>", text, re.S) if "<tfoot>" in found)
    links = [link.replace("&amp;", "&") for link in re.findall(r'href="([^"]*records/[^"]*)"', table)]
    assert len(links) == 3  # old, new and the total
    shown = [client.get(link).content.decode() for link in links]
    contacts = [int(re.search(r"persons\)\s*<strong>([\d,]+)", one)[1].replace(",", "")) for one in shown]  # type: ignore[index]  # there or the test fails
    assert sorted(contacts) == [2798, 3524, 6322]
    assert sorted(map(rows_in_table, shown)) == [4, 5, 9]


def test_a_page_of_rows_and_the_figure_agree_for_each_area() -> None:
    case = Case.objects.select_related("organisation", "programme").order_by("pk")[0]
    actor = Actor(1, "s", (Grant(Role.CASE_SUPERVISOR, case.organisation_id, case.programme_id),), True, "test")
    for area, men in (("old", 36), ("new", 40)):
        query = FigureQuery("mpp", "perpetrators_counselled", only=(("area", area),))
        assert results.figure(actor, query).value == men
        assert records(actor, query, limit=500).total == men


def test_the_file_holds_what_may_be_published_whoever_takes_it() -> None:
    answer = signed_in("officer").get(reverse("figure_csv", args=["mpp", "perpetrators_counselled"]), {"by_1": "area"})
    lines = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(line["area"], line["value"]) for line in lines] == [("", "76"), ("new", "40"), ("old", "36")]
    villages = signed_in("officer").get(
        reverse("figure_csv", args=["mpp", "perpetrators_counselled"]), {"by_1": "commune"}
    )
    assert villages.status_code == 403


def test_an_unknown_attendance_is_a_word_and_not_zero() -> None:
    text = page(signed_in("officer"), "indicator", "cop-women", "participants")
    assert "Unknown" in text
    assert not re.search(r'figure-value">\s*(<a[^>]*>)?0<', text)


@pytest.mark.parametrize(
    "asked",
    [
        {"period": "2008-13"},
        {"period": "soon"},
        {"place": "Prey Vengand"},
        {"by_1": "shoe_size"},
        {"as_of": "yesterday"},
        {"source": "guess"},
        {"organisation": "nobody"},
        {"period": "2008' OR 1=1 --"},
        {"by_1": "area", "by_2": "area"},
        {"only_gender": "woman"},
        {"period": "\x00"},
    ],
)
def test_a_question_that_is_none_is_told_and_never_breaks_the_page(asked: dict[str, str]) -> None:
    client = signed_in("officer")
    for name in ("indicator", "figure_records", "figure_csv"):
        answer = client.get(reverse(name, args=["mpp", "outreach_contacts"]), asked)
        assert answer.status_code in {200, 403, 404, 422}, (name, asked)


@pytest.mark.parametrize("asked", [{"as_of": "garbage"}, {"by_1": "nope"}, {"period": "2023-000000001"}])
def test_a_file_of_a_question_not_understood_is_refused_and_never_the_whole_figure(asked: dict[str, str]) -> None:
    client = signed_in("donor")
    assert client.get(reverse("figure_csv", args=["fia", "participants"]), asked).status_code == 422


@pytest.mark.parametrize(
    "asked",
    [
        {"as_of": "2023-06-30", "by_1": "gender"},
        {"period": "2023-Q1", "by_1": "gender"},
        {"period": "2023-03", "by_1": "gender"},
    ],
)
def test_no_outsider_gets_parts_that_a_neighbouring_period_would_give_away(asked: dict[str, str]) -> None:
    client = signed_in("donor")
    assert client.get(reverse("figure_csv", args=["fia", "participants"]), asked).status_code == 403


@pytest.mark.parametrize("after", ["--1", "²", "9" * 40, "1e3", "-"])
def test_a_mark_that_is_none_begins_at_the_first_row(after: str) -> None:
    client = signed_in("officer")
    answer = client.get(reverse("figure_records", args=["mpp", "outreach_contacts"]), {"after": after})
    assert answer.status_code == 200


@pytest.mark.parametrize(("day", "status"), [("2200-12-31", 200), ("2201-01-01", 422), ("9999-12-31", 422)])
def test_a_day_far_off_is_a_day_or_told_and_breaks_nothing(day: str, status: int) -> None:
    answer = signed_in("donor").get(reverse("figure_csv", args=["twg", "working_group_composition"]), {"as_of": day})
    assert answer.status_code == status


def test_an_indicator_or_programme_nobody_knows_is_not_found() -> None:
    client = signed_in("officer")
    assert client.get(reverse("indicator", args=["mpp", "no_such"])).status_code == 404
    assert client.get(reverse("indicator", args=["nowhere", "participants"])).status_code == 404


def test_the_results_page_asks_as_often_for_six_indicators_as_for_three() -> None:
    client = signed_in("officer")
    six = queries_of(client, reverse("programme_results", args=["mpp"]))
    three = queries_of(client, reverse("programme_results", args=["fia"]))
    assert six <= three


def test_an_indicator_takes_as_many_queries_for_many_parts_as_for_few() -> None:
    client, address = signed_in("officer"), reverse("indicator", args=["fia", "attendances"])
    assert queries_of(client, f"{address}?by_1=month") <= queries_of(client, f"{address}?by_1=gender")


@pytest.mark.parametrize(
    ("reader", "indicator", "opens"),
    [
        ("donor", "participants", False),
        ("donor", "activities_held", False),
        ("officer", "participants", False),
        ("officer", "activities_held", True),
        ("partner-me-3", "participants", True),
    ],
)
def test_records_are_offered_only_to_whom_they_open(reader: str, indicator: str, opens: bool) -> None:
    client = signed_in(reader)
    text = page(client, "indicator", "fia", indicator, by_1="gender" if indicator == "participants" else "kind")
    rows = reverse("figure_records", args=["fia", indicator])
    answer = client.get(rows)
    assert (rows in text, "See the records" in text, "The counts stay as shown." in text) == (opens, opens, not opens)
    assert answer.status_code == (200 if opens else 403)
    listed = page(client, "programme_results", "fia")
    assert f'"{rows}"' not in listed or opens


def test_all_time_says_in_which_periods_targets_stand() -> None:
    client = signed_in("donor")
    text = page(client, "programme_results", "mpp")
    assert "Targets are set for a period, not for all time." in text
    assert re.search(r'<a href="\?period=2008">\s*2008\s*</a>', text.partition("not for all time")[2])
    assert "Targets are set for a period" not in page(client, "programme_results", "mpp", period="2008")


@pytest.mark.parametrize("reader", ["officer", "donor", "partner-me"])
def test_the_report_is_taken_from_the_results_page_as_it_may_be_published_and_written_down(reader: str) -> None:
    client = signed_in(reader)
    text = page(client, "programme_results", "mpp", period="2008")
    for form, kind in queries.FORMATS.items():
        address = reverse("programme_report", args=["mpp", "2008", form])
        assert address in text
        answer = client.get(address)
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, kind)
        assert answer.headers["Content-Disposition"] == f'attachment; filename="mpp-2008.{form}"'
    with translation.override("en"):
        published = queries.period_report(PUBLIC, "mpp", "2008", "html").content.decode()
    taken = client.get(reverse("programme_report", args=["mpp", "2008", "html"])).content.decode()
    assert re.findall(r'class="value">([^<]*)<', taken) == re.findall(r'class="value">([^<]*)<', published)
    acts = AuditEntry.objects.filter(action="report.export", actor_name=reader).order_by("pk")
    assert [one.details for one in acts] == [{"period": "2008", "format": one} for one in ("html", "xlsx", "html")]


@pytest.mark.parametrize(("period", "form"), [("2008", "pdf"), ("2008-13", "html"), ("x", "xlsx")])
def test_a_report_of_no_period_or_format_is_told(period: str, form: str) -> None:
    assert signed_in("donor").get(reverse("programme_report", args=["mpp", period, form])).status_code == 422


def test_the_rows_of_cases_ask_again_who_is_there_and_other_rows_do_not() -> None:
    cases, contacts = (
        f"/programmes/mpp/indicators/{key}/records/" for key in ("perpetrators_counselled", "outreach_contacts")
    )
    supervisor, officer = signed_in("supervisor"), signed_in("officer")
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=15), tick=False):
        asked = supervisor.get(cases)
        posted = supervisor.post(cases, {"reason": "the register"})
        other = officer.get(contacts)
    assert (asked.status_code, asked.headers["Location"]) == (302, f"/unlock/?next={cases}")
    assert (posted.status_code, other.status_code) == (401, 200)
