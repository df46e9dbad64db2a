"""Done when 2 of the first issue, and who must see nothing."""

from __future__ import annotations

import csv
import io

import pytest

from samaki.kernel.audit.models import AuditEntry
from tests.interfaces.cli.conftest import Samaki

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("example")]

STRANGER = "partner-me-2"  # works for another organisation in another programme


def test_men_counselled_are_36_in_the_old_areas_and_40_in_the_new(samaki: Samaki) -> None:
    said = samaki("figure", "mpp", "perpetrators_counselled", "--by", "area", "--format", "json")
    found = said.json()
    assert (said.code, said.err) == (0, "")
    assert (found["value"], found["unit"], found["suppressed"]) == (76, "case", False)
    assert {cell["area"]: cell["value"] for cell in found["by"]} == {"old": 36, "new": 40}


@pytest.mark.parametrize(
    ("indicator", "numerator", "denominator", "percent"),
    [
        ("reported_success", 50, 76, 65.8),
        ("reported_stop_of_success", 25, 50, 50.0),
        ("reported_stop_of_counselled", 25, 76, 32.9),
    ],
)
def test_a_ratio_gives_both_its_numbers(
    samaki: Samaki, indicator: str, numerator: int, denominator: int, percent: float
) -> None:
    found = samaki("figure", "mpp", indicator, "--format", "json").json()
    assert (found["numerator"], found["denominator"], found["value"]) == (numerator, denominator, percent)
    table = samaki("figure", "mpp", indicator)
    assert f"{numerator}/{denominator} ({percent:.1f}%)" in table.out.splitlines()[1]


def test_contacts_of_2008_are_counted_by_area(samaki: Samaki) -> None:
    said = samaki("figure", "mpp", "outreach_contacts", "--period", "2008", "--by", "area", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(said.out)))
    assert [(row["area"], row["value"]) for row in rows] == [("", "6322"), ("new", "2798"), ("old", "3524")]


def test_each_figure_opens_into_exactly_its_rows(samaki: Samaki) -> None:
    said = samaki(
        "records", "mpp", "perpetrators_counselled", "--as", "supervisor", "--reason", "audit", "--format", "json"
    )
    found = said.json()
    assert (said.code, found["total"], len(found["records"])) == (0, 76, 76)
    table = samaki("records", "mpp", "perpetrators_counselled", "--as", "supervisor", "--reason", "audit")
    assert table.out.splitlines()[0] == "76 rows"
    rows = csv.reader(
        io.StringIO(
            samaki(
                "records", "mpp", "perpetrators_counselled", "--as", "supervisor", "--reason", "x", "--format", "csv"
            ).out
        )
    )
    assert len(list(rows)) == 77


def test_records_are_refused_to_nobody_in_particular_and_the_refusal_is_kept(samaki: Samaki) -> None:
    said = samaki("records", "mpp", "perpetrators_counselled")
    assert (said.code, said.out) == (1, "")
    assert said.err == "samaki: You do not have permission to see this\n"
    kept = AuditEntry.objects.filter(refused=True).latest("pk")
    assert (kept.actor_name, kept.action) == ("public", "refused")


@pytest.mark.parametrize("user", [STRANGER, "donor", "authority", "administrator"])
def test_records_are_refused_to_who_may_not_read_cases(samaki: Samaki, user: str) -> None:
    said = samaki("records", "mpp", "perpetrators_counselled", "--as", user, "--reason", "curious")
    assert (said.code, said.out) == (1, "")


def test_a_user_of_another_organisation_gets_the_public_figure_and_no_more(samaki: Samaki) -> None:
    public = samaki("figure", "mpp", "perpetrators_counselled", "--by", "area", "--format", "json")
    stranger = samaki("figure", "mpp", "perpetrators_counselled", "--by", "area", "--format", "json", "--as", STRANGER)
    assert (stranger.code, stranger.out) == (public.code, public.out)
    inside = samaki("figure", "mpp", "perpetrators_counselled", "--by", "group", "--as", STRANGER)
    assert (inside.code, inside.out) == (1, "")


def test_the_working_group_was_of_men_only_before_it_opened(samaki: Samaki) -> None:
    words = ("figure", "twg", "working_group_composition", "--by", "gender", "--as", "officer", "--format", "json")
    early = samaki(*words, "--as-of", "2016-12-31").json()
    late = samaki(*words, "--as-of", "2024-01-31").json()
    assert {cell["gender"] for cell in early["by"] if cell["value"]} == {"man"}
    assert {cell["gender"] for cell in late["by"] if cell["value"]} == {"man", "woman", "another_term"}


def test_unknown_attendance_is_unknown_and_not_zero(samaki: Samaki) -> None:
    said = samaki("figure", "cop-women", "participants", "--as", "officer", "--format", "json")
    assert (said.code, said.json()["value"]) == (0, None)
    assert said.json()["unknown"] > 0
    assert samaki("figure", "cop-women", "participants", "--as", "officer").out.splitlines()[1].startswith("unknown")


@pytest.mark.parametrize(
    "words",
    [
        ("figure", "nowhere", "perpetrators_counselled"),
        ("figure", "mpp", "nothing"),
        ("figure", "mpp", "perpetrators_counselled", "--by", "shoe_size"),
        ("figure", "mpp", "perpetrators_counselled", "--period", "2008-13"),
        ("figure", "mpp", "perpetrators_counselled", "--period", "someday"),
        ("figure", "mpp", "perpetrators_counselled", "--place", "99"),
        ("figure", "mpp", "perpetrators_counselled", "--as-of", "2016-02-30"),
        ("figure", "mpp", "perpetrators_counselled", "--as", "nobody-here"),
        ("figure", "mpp", "perpetrators_counselled", "--source", "rumour"),
        ("figure", "mpp", "perpetrators_counselled", "--format", "xml"),
        ("figure", "mpp"),
        ("lock", "mpp", "2008", "--as", "nobody-here"),
        ("import", "cases", "/nowhere.xlsx", "--as", "supervisor"),
        ("import", "shoes", "/nowhere.xlsx", "--as", "supervisor"),
        ("example-workbook", "shoes"),
        ("report", "nowhere", "--period", "2008", "--format", "html"),
        ("serve", "--port", "70000"),
        ("user", "add", "x", "--role", "queen", "--organisation", "wela"),
        ("dance",),
        (),
    ],
)
def test_bad_arguments_end_with_2_and_say_so_on_stderr(samaki: Samaki, words: tuple[str, ...]) -> None:
    said = samaki(*words)
    assert (said.code, said.out) == (2, "")
    assert said.err.strip() != ""
    assert "Traceback" not in said.err


def test_csv_runs_no_formula() -> None:
    from samaki.interfaces.cli.printing import plain

    assert [plain(text) for text in ("=1+1", "+1", "-1", "@x", "\tx", "safe")] == [
        "'=1+1",
        "'+1",
        "'-1",
        "'@x",
        "'\tx",
        "safe",
    ]
    assert (plain(-1), plain(None), plain(True)) == (-1, "", "true")


def test_the_command_line_speaks_khmer_where_the_site_says_so(samaki: Samaki, monkeypatch: pytest.MonkeyPatch) -> None:
    english = samaki("records", "mpp", "reported_success").err
    monkeypatch.setenv("SAMAKI_LANGUAGE", "km")
    khmer = samaki("records", "mpp", "reported_success").err
    assert english == "samaki: You do not have permission to see this\n"
    assert [letter for letter in khmer if "ក" <= letter <= "៹"] != []


@pytest.mark.parametrize(
    ("indicator", "said"),
    [
        ("perpetrators_counselled", "76 cases"),
        ("outreach_contacts", "6,322 contacts (times reached, not persons)"),
        ("reported_success", "50/76 (65.8%)"),
    ],
)
def test_a_figure_says_in_words_what_it_counts(samaki: Samaki, indicator: str, said: str) -> None:
    line = samaki("figure", "mpp", indicator, "--as", "officer").out.splitlines()[1]
    assert line.partition(";")[0] == said


def test_what_a_named_user_did_not_find_is_in_the_trail_and_what_nobody_asked_for_is_not(samaki: Samaki) -> None:
    assert samaki("figure", "nowhere", "participants", "--as", "donor").code == 2
    assert samaki("figure", "nowhere", "participants").code == 2
    assert samaki("figure", "mpp", "participants", "--as", "nobody").code == 2
    found = AuditEntry.objects.filter(action="not_found")
    assert [(one.actor_name, one.refused, one.object_id) for one in found] == [("donor", True, "figure")]
