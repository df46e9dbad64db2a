"""Bad input of the first issue, as far as it comes in files: each test says what happens."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import pytest

from samaki.ground.periods.operations import lock_period
from samaki.interfaces.imports.examples import example_workbook
from samaki.kernel.actors import System
from samaki.kernel.tables import content
from samaki.strands.counselling.models import Case, GroupMonth
from samaki.strands.outreach.models import OutreachTally
from tests.interfaces.imports.conftest import (
    AT,
    CASE_HEAD,
    REPORT_HEAD,
    SPAN,
    TALLY_HEAD,
    World,
    codes,
    report,
    separated,
    tally,
    workbook,
)


def test_an_unknown_commune_brings_suggestions_and_nothing_is_saved(world: World) -> None:
    taken = world.take("tallies", workbook([TALLY_HEAD, tally("Prey Vengand"), tally("040602")]))
    fault = next(taken.faults())
    assert (fault.row, fault.letter, fault.heading, fault.value) == (2, "A", "Commune", "Prey Vengand")
    assert (fault.code, "Prey Veng (14)" in fault.remedy) == ("place_near", True)
    assert (taken.saved, OutreachTally.objects.count()) == (False, 0)


def test_a_province_that_is_not_quite_spelt_brings_suggestions(world: World) -> None:
    head = ("Province", *TALLY_HEAD)
    taken = world.take("tallies", workbook([head, ("Prey Vengand", *tally("Baray"))]))
    assert codes(taken) == [(2, "province", "place_near")]


def test_two_communes_with_one_name_are_asked_about_and_a_district_or_code_answers(world: World) -> None:
    head = ("District", *TALLY_HEAD)
    asked = world.take("tallies", workbook([head, (None, *tally("Pou"))]))
    assert codes(asked) == [(2, "commune", "place_twice")]
    assert ["040405" in fault.what and "130704" in fault.what for fault in asked.faults()] == [True]
    told = world.take("tallies", workbook([head, ("0404", *tally("Pou")), (None, *tally("130704"))]))
    assert (told.saved, sorted(OutreachTally.objects.values_list("place__code", flat=True))) == (
        True,
        ["040405", "130704"],
    )


def test_a_commune_code_that_lost_its_leading_zero_is_still_that_commune(world: World) -> None:
    assert world.take("tallies", workbook([TALLY_HEAD, tally(40601)])).saved
    assert OutreachTally.objects.get().place.code == "040601"


def test_dates_of_the_future_are_refused_row_by_row(world: World) -> None:
    rows = [(*CASE_HEAD, "First session"), ("M-1", "old-group", "040601", 1, dt.date(2024, 7, 1))]
    assert codes(world.take("cases", workbook(rows))) == [(2, "first_session", "date_in_future")]
    assert codes(world.take("tallies", workbook([TALLY_HEAD, tally(until=dt.date(2024, 7, 1))]))) == [
        (2, "until", "date_in_future")
    ]
    assert codes(world.take("group-reports", workbook([REPORT_HEAD, report(month="2024-08")]))) == [
        (2, "month", "date_in_future")
    ]


def test_negative_and_broken_counts_and_words_are_refused_each_with_its_reason(world: World) -> None:
    rows = [tally("040601", contacts=-3), tally("040602", contacts=2.5), tally("040603", contacts="many"),
            tally("040604", contacts="925.000"), tally("040605", contacts=None)]  # fmt: skip
    assert [code for _row, _column, code in codes(world.take("tallies", workbook([TALLY_HEAD, *rows])))] == [
        "negative",
        "not_whole",
        "not_a_count",
        "number_in_two_ways",
        "value_missing",
    ]


def test_khmer_digits_and_grouped_thousands_are_read_as_numbers(world: World) -> None:
    rows = [tally("040601", contacts="១២"), tally("040602", contacts="6,322"), tally("040603", contacts="0")]
    assert world.take("tallies", workbook([TALLY_HEAD, *rows])).saved
    assert list(OutreachTally.objects.order_by("place__code").values_list("contacts", flat=True)) == [12, 6322, 0]


def test_a_numerator_above_its_denominator_is_refused(world: World) -> None:
    taken = world.take("group-reports", workbook([REPORT_HEAD, report("old-group", "2024-01", 2, 5, 6, 1)]))
    assert codes(taken) == [(2, "men_success", "part_above_whole")]


def test_a_month_reported_twice_in_the_file_names_the_row_that_says_it_first(world: World) -> None:
    rows = [REPORT_HEAD, report(), report("Men’s group of Andoung Snay", "January 2024", 9, 9, 9, 9)]
    taken = world.take("group-reports", workbook(rows))
    assert codes(taken) == [(3, "month", "row_twice")]
    assert "row 2" in next(taken.faults()).what


def test_a_month_received_with_other_counts_is_refused_unless_marked_as_a_correction(world: World) -> None:
    assert world.take("group-reports", workbook([REPORT_HEAD, report()])).saved
    other = report("old-group", "2024-01", 4, 5, 3, 1)
    refused = world.take("group-reports", workbook([REPORT_HEAD, other]))
    assert codes(refused) == [(2, "month", "already_received")]
    assert GroupMonth.objects.get().sessions_held == 2
    marked = world.take("group-reports", workbook([(*REPORT_HEAD, "Correction"), (*other, "មាន")]))
    assert (marked.saved, marked.written.changed) == (True, 1)
    kept = GroupMonth.objects.order_by("version").values_list("version", "is_current", "sessions_held")
    assert list(kept) == [(1, False, 2), (2, True, 4)]


def test_a_group_that_did_not_exist_that_month_is_refused(world: World) -> None:
    taken = world.take("group-reports", workbook([REPORT_HEAD, report("late-group", "2024-02")]))
    assert codes(taken) == [(2, "month", "group_not_there")]


def test_rows_of_a_locked_month_are_refused_while_the_same_rows_again_are_no_change(world: World) -> None:
    first = workbook([TALLY_HEAD, tally()])
    assert world.take("tallies", first).saved
    lock_period(
        programme=world.programme,
        period="2024-01",
        reason="nobody reports here",
        although_missing=True,
        by=System("tests"),
        at=AT,
    )
    assert world.take("tallies", first).written.unchanged == 1
    refused = world.take("tallies", workbook([TALLY_HEAD, tally("040602")]))
    assert [code for _row, _column, code in codes(refused)] == ["period_locked"]


def test_the_same_row_twice_in_a_file_is_refused(world: World) -> None:
    assert codes(world.take("tallies", workbook([TALLY_HEAD, tally(), tally()]))) == [(3, "contacts", "row_twice")]
    cases = [CASE_HEAD, ("M-1", "old-group", "040601", 1), ("m-1", "old-group", "040601", 2)]
    assert codes(world.take("cases", workbook(cases))) == [(3, "code", "row_twice")]


def test_one_wrong_row_keeps_all_others_from_being_saved(world: World) -> None:
    rows = [("M-1", "old-group", "040601", 1), ("M-2", "xyz", "040601", 1)]
    taken = world.take("cases", workbook([CASE_HEAD, *rows]))
    assert (codes(taken), Case.objects.count()) == ([(3, "group", "group_unknown")], 0)


def test_a_date_that_reads_two_ways_is_asked_and_the_answer_settles_it(world: World) -> None:
    rows = [TALLY_HEAD, tally(since="5/3/2024", until="25/3/2024")]
    assert codes(world.take("tallies", separated(rows))) == [(2, "since", "date_in_two_ways")]
    assert world.take("tallies", separated(rows), day_first=True).saved
    assert OutreachTally.objects.get().since == dt.date(2024, 3, 5)


def test_a_year_of_the_buddhist_era_is_asked_about(world: World) -> None:
    rows = [TALLY_HEAD, tally(since="1/1/2567", until="31/1/2567")]
    assert [code for _row, _column, code in codes(world.take("tallies", separated(rows)))] == ["another_era"] * 2


def test_a_number_where_a_date_belongs_is_no_date(world: World) -> None:
    taken = world.take("tallies", workbook([TALLY_HEAD, tally(since=45292)]))
    assert codes(taken) == [(2, "since", "date_is_a_number")]
    assert "2024-01-01" in next(taken.faults()).remedy


def test_formulas_are_read_by_their_values_and_never_run(world: World) -> None:
    assert world.take("tallies", workbook([TALLY_HEAD, tally(contacts="=6*2")])).fault_count == 0
    assert OutreachTally.objects.get().contacts == 0  # what the workbook keeps as the formula's value
    taken = world.take("tallies", separated([TALLY_HEAD, tally("=cmd|' /C calc'!A0")]))
    assert codes(taken) == [(2, "commune", "place_unknown")]


@pytest.mark.parametrize(
    ("formula", "value", "reason"), [("=1/0", "#DIV/0!", "cell_broken"), ("=A9", "", "cell_broken")]
)
def test_a_formula_without_a_value_is_a_fault_and_not_an_empty_cell(
    world: World, formula: str, value: str, reason: str
) -> None:
    target = io.BytesIO()
    import xlsxwriter

    book = xlsxwriter.Workbook(target, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, (*TALLY_HEAD, "Channel"))
    sheet.write_row(1, 0, ("040601", "2024-01-01", "2024-01-31", 5))
    sheet.write_formula(1, 4, formula, None, value)
    book.close()
    taken = world.take("tallies", target.getvalue())
    assert codes(taken) == [(2, "channel", reason)]


def test_a_row_of_totals_is_named_as_such(world: World) -> None:
    taken = world.take("tallies", workbook([TALLY_HEAD, tally(), ("សរុប", None, None, 12)]))
    assert codes(taken) == [(3, "", "looks_like_total")]


def test_an_encrypted_workbook_is_named_as_such(world: World) -> None:
    protected = content.OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600
    assert codes(world.take("tallies", protected)) == [(None, "", "file_protected")]


def test_an_old_workbook_is_named_as_such(world: World) -> None:
    assert codes(world.take("tallies", content.OLE + b"\0" * 2000)) == [(None, "", "file_old_workbook")]


@pytest.mark.parametrize("kept", [100, 1_500, 3_000, -30])
def test_a_truncated_workbook_is_damaged(world: World, kept: int) -> None:
    whole = workbook([TALLY_HEAD, tally()])
    assert codes(world.take("tallies", whole[:kept])) == [(None, "", "file_damaged")]


def test_a_workbook_under_another_name_is_read_by_what_it_is(world: World) -> None:
    assert world.take("tallies", workbook([TALLY_HEAD, tally()]), name="contacts.csv").saved


@pytest.mark.parametrize(
    "begin", [b"\x89PNG\r\n\x1a\n....", b"%PDF-1.4 ....", b"<html><body>", b"\xff\xd8\xff\xe0...."]
)
def test_a_picture_or_document_renamed_to_xlsx_is_no_table(world: World, begin: bytes) -> None:
    assert codes(world.take("tallies", begin, name="contacts.xlsx")) == [(None, "", "file_not_a_table")]


@pytest.mark.parametrize("nothing", [b"", b"   \n\n", b"\xef\xbb\xbf", b"\xff\xfe"])
def test_an_empty_file_is_empty(world: World, nothing: bytes) -> None:
    assert codes(world.take("tallies", nothing)) == [(None, "", "file_empty")]


def test_a_file_without_headings_says_which_are_expected(world: World) -> None:
    taken = world.take("tallies", workbook([tally(), tally("040602")]))
    assert codes(taken) == [(None, "", "no_heading")]
    assert "Contacts" in next(taken.faults()).what


def test_headings_below_merged_titles_are_found(world: World) -> None:
    rows = [
        ("Outreach 2024",),
        ("Organisation: ours", None, "Year: 2024"),
        (),
        TALLY_HEAD,
        tally(),
        (),
        tally("040602"),
    ]
    taken = world.take("tallies", workbook(rows))
    assert (taken.saved, taken.rows) == (True, 2)


def test_a_missing_column_is_named_and_a_near_heading_offered_but_not_taken(world: World) -> None:
    taken = world.take("tallies", workbook([("Comune", "From", "Until", "Contacts"), tally()]))
    assert codes(taken) == [(None, "commune", "column_missing_near")]
    assert "Comune" in next(taken.faults()).what


def test_two_columns_of_one_meaning_are_asked_about(world: World) -> None:
    taken = world.take("tallies", workbook([(*TALLY_HEAD, "Contacts"), (*tally(), 5)]))
    assert codes(taken) == [(None, "contacts", "column_twice")]


def test_every_sheet_with_the_headings_is_read_and_notes_are_left_alone(world: World) -> None:
    first, second = [TALLY_HEAD, tally()], [TALLY_HEAD, tally("040602"), tally("Nowhere at all")]
    taken = world.take("tallies", workbook(("January", first), ("Notes", [("Dear all",)]), ("February", second)))
    assert taken.sheets == [("January", 1), ("February", 2)]
    assert [(fault.sheet, fault.row) for fault in taken.faults()] == [("February", 3)]


def test_a_sheet_without_headings_is_named_and_keeps_nothing_out(world: World) -> None:
    rows, other = [TALLY_HEAD, tally()], [("Where", "Remarks"), ("040605", "lost?")]
    taken = world.take("tallies", workbook(("January", rows), ("February", other), ("Empty", [])))
    told = [f"{notice.what} {notice.remedy}" for notice in taken.notices()]
    assert (taken.saved, told) == (
        True,
        [
            "The sheet “February” was not read: it has no row of headings. If it holds rows to take in, please write "
            "the headings above them and send the file again."
        ],
    )


def test_nothing_is_said_of_the_notes_in_our_own_workbook(world: World) -> None:
    target = io.BytesIO()
    example_workbook("tallies", target)
    taken = world.take("tallies", target.getvalue(), dry_run=True)
    assert ([sheet for sheet, _rows in taken.sheets], list(taken.notices())) == (["ទិន្នន័យ Data"], [])


@pytest.mark.parametrize(
    ("delimiter", "encoding"),
    [(",", "utf-8"), (";", "utf-8-sig"), ("\t", "utf-16"), ("\t", "utf-16-le"), (";", "utf-8")],
)
def test_separated_values_are_read_whatever_the_separator_and_the_encoding(
    world: World, delimiter: str, encoding: str
) -> None:
    rows = [
        ("ឃុំ/សង្កាត់", "ពីថ្ងៃទី", "ដល់ថ្ងៃទី", "ចំនួនដងដែលបានជួប"),
        ("អណ្តូងស្នាយ", "ថ្ងៃទី 1 ខែមករា ឆ្នាំ 2024", "31 មករា 2024", "១២"),
    ]
    taken = world.take("tallies", separated(rows, delimiter=delimiter, encoding=encoding))
    assert (codes(taken), taken.saved) == ([], True)
    assert OutreachTally.objects.values_list("since", "until", "contacts").get() == (*SPAN, 12)


def test_letters_of_an_older_encoding_are_refused(world: World) -> None:
    assert codes(world.take("tallies", "Commune,Contacts\nCaf\u00e9,3\n".encode("latin-1"))) == [
        (None, "", "file_encoding")
    ]


def _remade(whole: bytes, part: str, text: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as before, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as after:
        for info in before.infolist():
            after.writestr(info.filename, text if info.filename == part else before.read(info))
    return target.getvalue()


def test_a_workbook_that_unpacks_without_end_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("samaki.kernel.tables.guard.MOST_UNPACKED", 2_000_000)
    bomb = _remade(workbook([TALLY_HEAD, tally()]), "xl/styles.xml", b"<a>" + b" " * 5_000_000 + b"</a>")
    assert len(bomb) < 20_000
    assert codes(world.take("tallies", bomb)) == [(None, "", "file_unpacks_too_large")]


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"])
def test_entities_in_a_workbook_are_refused_and_never_opened(world: World, part: str) -> None:
    evil = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]><x>&y;</x>'
    crafted = _remade(workbook([TALLY_HEAD, tally()]), part, evil)
    assert codes(world.take("tallies", crafted)) == [(None, "", "file_with_entities")]


@pytest.mark.parametrize(("place", "reason"), [("XFD1", "sheet_too_wide"), ("A1048576", "too_many_rows")])
def test_one_cell_in_the_far_corner_takes_no_memory(world: World, place: str, reason: str) -> None:
    row = int("".join(sign for sign in place if sign.isdigit()))
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="A1"><v>1</v></c></row>'
        + f'<row r="{row}"><c r="{place}"><v>1</v></c></row>'.encode()
        + b"</sheetData></worksheet>"
    )
    crafted = _remade(workbook([TALLY_HEAD, tally()]), "xl/worksheets/sheet1.xml", sheet)
    assert codes(world.take("tallies", crafted)) == [(None, "", reason)]


def test_more_rows_than_the_limit_are_refused_in_plain_words(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("samaki.interfaces.imports.reading.rows.MOST_ROWS", 3)
    taken = world.take("tallies", workbook([TALLY_HEAD, *(tally(contacts=n) for n in range(4))]))
    assert codes(taken) == [(None, "", "too_many_rows")]
    assert "at most 3" in next(taken.faults()).what
