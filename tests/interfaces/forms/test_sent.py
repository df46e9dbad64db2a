"""What was sent to a form: seen, corrected, deleted and taken out by its own organisation alone."""

from __future__ import annotations

import csv
import io
import zipfile

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from samaki.engines.fieldforms import exports
from samaki.engines.fieldforms.models import Form, Submission
from samaki.kernel.audit.models import AuditEntry
from tests.factories.forms import a_form, asking
from tests.interfaces.forms.conftest import ANSWERS, Site
from tests.interfaces.pages import queries_of

pytestmark = pytest.mark.django_db


def _files(client: Client, form: Form) -> dict[str, list[list[str]]]:
    answer = client.get(f"/forms/{form.pk}/data.zip")
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:  # type: ignore[attr-defined]  # of a stream
        texts = {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}
    return {name: list(csv.reader(io.StringIO(text))) for name, text in texts.items()}


def test_the_table_shows_answers_and_each_repeated_part(site: Site) -> None:
    form = site.published()
    sent = site.submit(form)
    page = site.me.get(f"/forms/{form.pk}/data/").content.decode()
    assert ("5 March 2024" in page, f"/submissions/{sent.pk}/" in page) == (True, True)
    people = site.me.get(f"/forms/{form.pk}/data/?part=people").content.decode()
    assert ("A-1" in people, "A-2" in people) == (True, True)
    assert AuditEntry.objects.filter(action="read_form_data").count() == 2


def test_the_whole_form_comes_out_with_its_repeats_as_their_own_files(site: Site) -> None:
    form = site.published()
    numbers = [site.submit(form).pk for _each in range(3)]
    files = _files(site.me, form)
    assert files["people.csv"] == [
        ["number", "#", "who", "wants"],
        *(row for number in numbers for row in ([str(number), "1", "A-1", "meeting"], [str(number), "2", "A-2", ""])),
    ]
    assert files["form.csv"][0][-4:] == ["held_on", "kind", "women", "other"]
    assert [(row[0], *row[-4:]) for row in files["form.csv"][1:]] == [
        (str(number), "2024-03-05", "training", "12", "") for number in numbers
    ]
    assert AuditEntry.objects.get(action="export_form").details == {"kind": "csv", "copy": "T3"}


def test_cells_that_a_spreadsheet_would_run_are_defused_and_numbers_stay(site: Site) -> None:
    form = site.published()
    for value in ("=HYPERLINK(1)", "+855", "@SUM(1)", "-1+1", "-12.5"):
        people = f"<people><who>{value}</who></people>"
        site.submit(form, f"<kind>{value}</kind>{people}")
    files = _files(site.me, form)
    wanted = ["'=HYPERLINK(1)", "'+855", "'@SUM(1)", "'-1+1", "-12.5"]
    assert [row[-3] for row in files["form.csv"][1:]] == wanted
    assert [row[2] for row in files["people.csv"][1:]] == wanted


def test_the_workbook_has_a_sheet_for_each_repeated_part(site: Site) -> None:
    form = site.published()
    number = site.submit(form).pk
    book = CalamineWorkbook.from_filelike(io.BytesIO(site.me.get(f"/forms/{form.pk}/data.xlsx").content))
    assert book.sheet_names == ["form", "people"]
    rows = book.get_sheet_by_name("people").to_python()
    assert rows[1] == [str(number), "1", "A-1", "meeting"]


def test_a_sheet_too_small_points_to_the_files_and_nothing_is_cut(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    form = site.published()
    site.submit(form)
    monkeypatch.setattr(exports, "MOST_ROWS", 1)
    answer = site.me.get(f"/forms/{form.pk}/data.xlsx")
    assert (answer.status_code, "CSV" in answer.content.decode()) == (422, True)


def test_an_answer_longer_than_a_cell_is_named_on_a_sheet_of_its_own(site: Site) -> None:
    form = site.published()
    fits, longer = "x" * exports.LONGEST_CELL, "y" * (exports.LONGEST_CELL + 5)
    site.submit(form, f"<kind>{longer}</kind><people><who>{fits}</who></people><people><who>{longer}</who></people>")
    book = CalamineWorkbook.from_filelike(io.BytesIO(site.me.get(f"/forms/{form.pk}/data.xlsx").content))
    assert book.sheet_names == ["form", "people", "cut"]
    told = book.get_sheet_by_name("cut").to_python()
    assert told[2:] == [
        ["sheet", "cell", "characters"],
        ["form", "I2", float(len(longer))],
        ["people", "C3", float(len(longer))],
    ]
    assert [row[2] for row in book.get_sheet_by_name("people").to_python()[1:]] == [fits, longer[: len(fits)]]


def test_a_part_that_gathers_too_much_gets_a_pass_of_its_own_and_says_the_same(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = site.published()
    for _each in range(4):
        site.submit(form)
    whole = _files(site.me, form)
    monkeypatch.setattr(exports, "MOST_HELD", 0)
    monkeypatch.setattr(exports, "BLOCK", 10)
    assert _files(site.me, form) == whole


@pytest.mark.parametrize("value", ["a,b", 'say "no"', "two\nlines", "កូនឈ្មោះ, ភូមិ", "plain"])
def test_a_cell_with_any_sign_comes_back_as_it_was(site: Site, value: str) -> None:
    form = site.published()
    site.submit(form, f"<people><who>{value}</who></people><people><who>next</who></people>")
    assert [row[2] for row in _files(site.me, form)["people.csv"][1:]] == [value, "next"]


@pytest.mark.parametrize("who", ["other", "officer", "donor"])
def test_nobody_else_reads_an_answer(site: Site, who: str) -> None:
    form = site.published()
    sent = site.submit(form)
    client: Client = getattr(site, who)
    asked = [f"/submissions/{sent.pk}/", f"/forms/{form.pk}/data/", f"/forms/{form.pk}/data.zip"]
    asked += [f"/forms/{form.pk}/data.xlsx", "/submissions/to-mend/"]
    answers = [client.get(one) for one in asked]
    assert {answer.status_code for answer in answers[:4]} <= {403, 404}
    assert not any("A-1" in answer.content.decode() for answer in answers)
    for step in ("again", "take-as", "correct", "delete"):
        assert client.post(f"/submissions/{sent.pk}/{step}/").status_code in {403, 404}
    assert Submission.objects.get().state == "kept"


def test_another_partners_answers_to_the_programmes_form_stay_its_own(site: Site) -> None:
    form = site.published()
    site.submit(form)
    Form.objects.filter(pk=form.pk).update(organisation=None)
    assert len(_files(site.me, form)["form.csv"]) == 2
    assert len(_files(site.other, form)["form.csv"]) == 1
    assert "2024-03-05" not in site.other.get(f"/forms/{form.pk}/data/").content.decode()


def test_one_submission_shows_its_answers_in_words(site: Site) -> None:
    sent = site.submit(site.published())
    page = site.me.get(f"/submissions/{sent.pk}/").content.decode()
    for words in ("Kind of meeting", "Training", "A-2", "Kept as data", "sender"):
        assert words in page, words


def test_an_answer_is_corrected_with_a_reason_and_its_history_stays(site: Site) -> None:
    form = site.published()
    sent = site.submit(form)
    for place, value in ((":women", "13"), ("2:people/wants", "training")):
        now = Submission.objects.get(is_current=True)
        refused = site.me.post(f"/submissions/{now.pk}/correct/", {"question": ":women", "value": "9"})
        assert refused.status_code == 422
        if place.startswith("2"):
            place = "2:people/who"
        answer = site.me.post(
            f"/submissions/{now.pk}/correct/", {"question": place, "value": value, "reason": "misread"}
        )
        assert answer.status_code == 302, answer.content.decode()
    rows = _files(site.me, form)
    newest = Submission.objects.get(is_current=True)
    assert [row[-2] for row in rows["form.csv"][1:]] == ["13"]
    assert [row[2] for row in rows["people.csv"][1:]] == ["A-1", "training"]
    assert (newest.root_id, Submission.objects.count()) == (sent.pk, 3)
    page = site.me.get(f"/submissions/{newest.pk}/").content.decode()
    assert f"/submissions/{sent.pk}/" in page
    assert AuditEntry.objects.filter(action="correct_submission", reason="misread").count() == 2


def test_a_deleted_submission_is_gone_from_every_page(site: Site) -> None:
    form = site.published()
    sent = site.submit(form)
    assert site.me.post(f"/submissions/{sent.pk}/delete/", {"delete-reason": ""}).status_code == 422
    assert site.me.post(f"/submissions/{sent.pk}/delete/", {"delete-reason": "a test"}).status_code == 302
    assert site.me.get(f"/submissions/{sent.pk}/").status_code == 404
    assert len(_files(site.me, form)["form.csv"]) == 1


def test_an_unknown_version_waits_for_a_person_and_loses_no_answer(site: Site) -> None:
    form = site.published()
    sent = site.submit(form, f"{ANSWERS}<new>more</new>", version="77")
    assert sent.state == "review"
    assert f"/submissions/{sent.pk}/" in site.me.get("/submissions/to-mend/").content.decode()
    assert '"new":"more"' in _files(site.me, form)["form.csv"][1][-1]
    version = form.versions.get()
    site.me.post(f"/submissions/{sent.pk}/take-as/", {"version": version.pk})
    sent.refresh_from_db()
    assert (sent.state, sent.form_version_id) == ("kept", version.pk)
    assert f"/submissions/{sent.pk}/" not in site.me.get("/submissions/to-mend/").content.decode()


def test_the_table_pages_by_number_and_asks_as_often_for_three_as_for_one(site: Site) -> None:
    form = site.published()
    site.submit(form)
    before = [queries_of(site.me, f"/forms/{form.pk}/data/"), queries_of(site.me, "/forms/")]
    for _each in range(30):
        site.submit(form)
    after = [queries_of(site.me, f"/forms/{form.pk}/data/"), queries_of(site.me, "/forms/")]
    assert after == before
    numbers = list(Submission.objects.order_by("pk").values_list("pk", flat=True))
    page = site.me.get(f"/forms/{form.pk}/data/?after={numbers[24]}").content.decode()
    assert [f"/submissions/{number}/" in page for number in numbers] == [False] * 25 + [True] * 6


@pytest.mark.parametrize(
    "asked", ["?after=x", "?after=-1", "?part=nothing", "?rows=99999999999999999999999", "?after=%00"]
)
def test_odd_addresses_get_a_page(site: Site, asked: str) -> None:
    form = site.published()
    assert site.me.get(f"/forms/{form.pk}/data/{asked}").status_code == 200


def test_who_corrects_a_number_is_told_that_a_sum_does_not_follow(site: Site) -> None:
    rows = (("integer", "women", "ស្ត្រី", "Women"), ("calculate", "total", "", "", "", "${women} + 1"))
    form = site.published(asking(*rows))
    sent = site.submit(form, "<women>3</women><total>4</total>")
    page = site.me.get(f"/submissions/{sent.pk}/").content.decode()
    told = "does not follow a correction. Please correct it too."
    assert (told in page, page.count("worked out by the phone")) == (True, 1)
    without = site.submit(site.published(a_form(settings=(("form_id", "version"), ("plain", "1")))))
    assert told not in site.me.get(f"/submissions/{without.pk}/").content.decode()


def test_the_table_says_choices_and_days_in_words(site: Site) -> None:
    form = site.published()
    site.submit(form)
    page = site.me.get(f"/forms/{form.pk}/data/").content.decode()
    assert ("5 March 2024" in page, "2024-03-05" in page, ">Training<" in " ".join(page.split())) == (True, False, True)
