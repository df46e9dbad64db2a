"""Every look into a kept file is written down; no name stays behind; a mended file sent again loses no row."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation
from python_calamine import CalamineWorkbook

from samaki.ground.accounts.models import User
from samaki.interfaces.imports import reads, runs
from samaki.interfaces.imports.mending import wrong_rows
from samaki.interfaces.imports.models import ImportMapping, ImportRun
from samaki.kernel.actors import Role
from samaki.kernel.audit.models import AuditEntry
from samaki.kernel.errors import Invalid
from samaki.kernel.tables import table_kinds
from samaki.strands.outreach.models import OutreachTally
from tests.interfaces.imports.conftest import AT, CASE_HEAD, TALLY_HEAD, World, codes, separated, tally, workbook
from tests.interfaces.imports.test_runs import a_client, a_user, acting

CASES = separated([CASE_HEAD, ("CASE-77", "old-group", "040601", -3), ("CASE-78", "old-group", "040601", 2)])
ROSTER = separated([("Name", "Gender", "Phone"), ("សុខ រតនៈ", "??", "012 345 678")])


@pytest.fixture(autouse=True)
def _files_of_this_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "MEDIA_ROOT", tmp_path)


def a_run(by: User, kind: str, content: bytes) -> ImportRun:
    return runs.receive(kind, content, name="a.csv", by=acting(by), at=AT)


def reads_of(taken: ImportRun) -> list[tuple[int | None, str, str, object]]:
    """Who, the reason, the kind and what of each look, oldest first; each belongs to the run's organisation."""
    found = AuditEntry.objects.filter(action="imports.read", object_type="imports.importrun", object_id=str(taken.pk))
    assert {(entry.organisation_id, entry.programme_id) for entry in found} <= {
        (taken.organisation_id, taken.programme_id)
    }
    return [
        (entry.actor_id, entry.reason, entry.details["kind"], entry.details["what"]) for entry in found.order_by("pk")
    ]


def test_each_look_at_a_roster_that_was_sent_is_written_down(world: World) -> None:
    me = a_user(world, "me", Role.PARTNER_ME)
    taken, client = a_run(me, "roster", ROSTER), a_client(me)
    for path in ("", "columns/", "wrong-rows.xlsx"):
        assert client.get(f"/imports/{taken.pk}/{path}").status_code == 200
    assert reads_of(taken) == [(me.pk, "", "roster", what) for what in ("faults", "columns", "wrong_rows")]


def test_the_rows_of_cases_are_downloaded_only_with_a_reason_that_is_kept(world: World) -> None:
    user = a_user(world, "supervisor", Role.CASE_SUPERVISOR)
    taken, client = a_run(user, "cases", CASES), a_client(user)
    address = f"/imports/{taken.pk}/wrong-rows.xlsx"
    asked = client.get(address)
    assert (asked.status_code, asked["Content-Type"].startswith("text/html"), b"CASE-7" in asked.content) == (
        200,
        True,
        False,
    )
    assert (client.post(address, {"reason": " "}).status_code, reads_of(taken)) == (422, [])
    given = client.post(address, {"reason": "mending the register"})
    assert given["Content-Disposition"].startswith("attachment")
    assert reads_of(taken) == [(user.pk, "mending the register", "cases", "wrong_rows")]
    with pytest.raises(Invalid):
        reads.checked_table(taken, by=acting(user), at=AT, reason="")


def test_whoever_did_not_send_the_cases_sees_no_row_of_them_without_a_reason(world: World) -> None:
    sender, other = (a_user(world, name, Role.CASE_SUPERVISOR) for name in ("sender", "other"))
    taken = a_run(sender, "cases", separated([CASE_HEAD, ("CASE-77", "CASE-X", "040601", 2)]))
    shown = {}
    for user in (other, sender):
        pages = [a_client(user).get(f"/imports/{taken.pk}/{path}").content.decode() for path in ("", "columns/")]
        shown[user.username] = ["CASE-" in page for page in pages]
    assert shown == {"other": [False, False], "sender": [True, True]}
    assert reads_of(taken) == [
        (other.pk, "", "cases", "faults"),
        (other.pk, "", "cases", "columns"),
        (sender.pk, "own upload", "cases", "faults"),
        (sender.pk, "own upload", "cases", "columns"),
    ]


def test_going_on_with_another_ones_run_does_not_make_it_ones_own(world: World) -> None:
    sender, other = (a_user(world, name, Role.CASE_SUPERVISOR) for name in ("sender", "other"))
    taken = a_run(sender, "cases", CASES)
    runs.answer(taken, headings={"Case code": "code"}, day_first=None, corrections=False, by=acting(other), at=AT)
    assert reads.faults_seen(taken, by=acting(other)) == []
    assert reads.faults_seen(taken, by=acting(sender)) != []


def mapped(client: Client, taken: ImportRun, *keys: str) -> int:
    answers = {f"heading_{number}": key for number, key in enumerate(keys)}
    return client.post(f"/imports/{taken.pk}/columns/", answers | {"date_order": ""}).status_code


@pytest.mark.parametrize("first", [("សុខ រតនៈ", "ស្រី", "012 345 678"), ("Sok Ratana", "Phone", "Chan Dara")])
def test_no_name_stays_where_the_columns_of_a_file_without_headings_are_matched(
    world: World, first: tuple[str, ...]
) -> None:
    me = a_user(world, "me", Role.PARTNER_ME)
    taken = a_run(me, "roster", separated([first, ("ចាន់ ដារ៉ា", "ប្រុស", "011 222 333")]))
    mapped(a_client(me), taken, "name", "gender", "phone")
    kept = repr(list(ImportMapping.objects.values())).casefold().replace(" ", "")
    assert [cell for cell in ("សុខ", "រតនៈ", "012345678", "sok", "ratana", "dara") if cell in kept] == []


def test_a_roster_without_any_heading_is_told_so_and_nothing_is_remembered(world: World) -> None:
    me = a_user(world, "me", Role.PARTNER_ME)
    taken, client = a_run(me, "roster", separated([("Sok Ratana", "x", "12"), ("Chan Dara", "y", "13")])), a_client(me)
    page = client.get(f"/imports/{taken.pk}/columns/").content.decode()
    assert ("no row of headings" in page, "Ratana" in page) == (True, False)
    assert (mapped(client, taken, "name", "gender"), ImportMapping.objects.count()) == (422, 0)
    with pytest.raises(Invalid):
        runs.answer(taken, headings={"Sok Ratana": "name"}, day_first=None, corrections=False, by=acting(me), at=AT)


def test_the_headings_of_a_roster_are_known_again_by_their_digest(world: World) -> None:
    me = a_user(world, "me", Role.PARTNER_ME)
    odd = separated([("Called", "Phone", "Is a"), ("សុខ រតនៈ", "012 345 678", "??")])
    taken = a_run(me, "roster", odd)
    before = [(one.heading, one.key) for one in reads.headings_seen(taken, by=acting(me))]
    runs.answer(
        taken, headings={"Called": "name", "Phone": "phone", "Is a": "gender"}, day_first=None, corrections=False,
        by=acting(me), at=AT,
    )  # fmt: skip
    again = a_run(me, "roster", odd)
    after = [(one.heading, one.key) for one in reads.headings_seen(again, by=acting(me))]
    assert before == [("Called", ""), ("Phone", "phone"), ("Is a", "")]
    assert after == [("Called", "name"), ("Phone", "phone"), ("Is a", "gender")]


Pages = dict[str, list[list[object]]]


def downloaded(content: bytes) -> Pages:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: [list(row) for row in book.get_sheet_by_name(name).to_python()] for name in book.sheet_names}


def mend(world: World, content: bytes) -> Pages:
    target = io.BytesIO()
    wrong_rows(content, world.take("tallies", content).table, table_kinds["tallies"], target)
    return downloaded(target.getvalue())


def test_the_file_to_mend_sent_again_whole_saves_every_row(world: World) -> None:
    client = a_client(a_user(world, "me", Role.PARTNER_ME))
    rows = [TALLY_HEAD, tally(), tally("Prey Vengand"), tally("040603", contacts=7), tally("040604", contacts=-1)]
    file = io.BytesIO(separated(rows))
    file.name = "contacts.csv"
    sent = client.post("/imports/send/tallies/", {"where": "mens/ours", "file": file})
    pages = downloaded(client.get(f"{sent['Location']}wrong-rows.xlsx").content)
    assert list(pages) == ["Rows to mend", "Right rows"]
    assert [row[0] for row in pages["Rows to mend"]] == ["Commune", "Prey Vengand", "040604"]
    assert pages["Right rows"] == [list(TALLY_HEAD), *([str(cell) for cell in row] for row in (rows[1], rows[3]))]
    pages["Rows to mend"][1][0], pages["Rows to mend"][2][3] = "040602", "9"
    mended = io.BytesIO(workbook(*pages.items()))
    mended.name = "contacts.xlsx"
    sent = client.post("/imports/send/tallies/", {"where": "mens/ours", "file": mended})
    assert client.post(f"{sent['Location']}save/").status_code == 302
    saved = OutreachTally.objects.values_list("place__code", "contacts").order_by("place__code")
    assert list(saved) == [("040601", 12), ("040602", 12), ("040603", 7), ("040604", 9)]


def test_a_file_mended_by_half_comes_back_with_one_column_of_what_to_mend(world: World) -> None:
    for language in ("km", "en"):
        with translation.override(language):
            pages = mend(world, workbook(("March", [TALLY_HEAD, tally(), tally("x"), tally("040603", contacts=-1)])))
        pages["March"][1][0] = "040602"
        again = mend(world, workbook(*pages.items()))
        assert list(again) == ["March", "Right rows", "Right rows 2"]
        assert again["March"][0] == [*TALLY_HEAD, "What to mend"]
        assert [[row[0] for row in again[name][1:]] for name in again] == [["040603"], ["040602"], ["040601"]]
        assert again["Right rows"][0] == [*TALLY_HEAD]


def test_a_wrong_row_among_the_right_ones_is_not_called_right(world: World) -> None:
    pages = mend(world, workbook(("Right rows", [TALLY_HEAD, tally("x"), tally()])))
    assert list(pages) == ["Rows to mend", "Right rows"]


def test_a_sheet_whose_headings_are_not_understood_stays_in_the_file_whole(world: World) -> None:
    other = [("Where", "From", "Until", "Remarks"), ("040605", "2024-01-01", "2024-01-31", "kept")]
    content = workbook(("A", [TALLY_HEAD, tally("040601", contacts="many"), tally("040602")]), ("B", other))
    pages = mend(world, content)
    assert list(pages) == ["A", "Right rows", "Right rows 2"]
    assert pages["Right rows 2"] == [list(row) for row in other]
    assert codes(world.take("tallies", workbook(*pages.items())))[0][2] == codes(world.take("tallies", content))[0][2]


def test_dates_and_figures_keep_their_kind_in_the_right_rows(world: World) -> None:
    pages = mend(world, workbook([TALLY_HEAD, tally(), tally("x")]))
    assert pages["Right rows"][1] == ["040601", dt.date(2024, 1, 1), dt.date(2024, 1, 31), 12]


def test_a_stranger_to_a_run_leaves_no_look_behind(world: World) -> None:
    me, stranger = a_user(world, "me", Role.PARTNER_ME), a_user(world, "other", Role.PARTNER_ME, world.theirs)
    taken = a_run(me, "roster", ROSTER)
    assert a_client(stranger).get(f"/imports/{taken.pk}/wrong-rows.xlsx").status_code == 404
    assert reads_of(taken) == []
