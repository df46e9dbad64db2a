"""Taking files in: all or nothing, twice the same, dry, by whom, and what is given back to mend."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from samaki.ground.groups.models import Group
from samaki.ground.places.queries import place
from samaki.ground.programmes.models import Programme, ProgrammePlace, ProgrammeRole
from samaki.interfaces.imports.examples import example_workbook
from samaki.interfaces.imports.mending import wrong_rows
from samaki.interfaces.imports.models import ImportMapping, ImportRun
from samaki.kernel.actors import Actor, Grant, Role
from samaki.kernel.audit.models import AuditEntry
from samaki.kernel.errors import Invalid, NotFound, Refused
from samaki.kernel.tables import table_kinds
from samaki.strands.counselling.models import Case, CaseSession, Outcome
from samaki.strands.outreach.models import OutreachTally
from tests.interfaces.imports.conftest import (
    CASE_HEAD,
    REPORT_HEAD,
    TALLY_HEAD,
    World,
    codes,
    report,
    separated,
    tally,
    workbook,
)

WIDE_CASES = (*CASE_HEAD, "First session", "Last session", "Any violence", "Physical violence", "Judged on")


def test_the_same_file_twice_changes_nothing(world: World) -> None:
    files = {
        "tallies": workbook([TALLY_HEAD, tally(), tally("040602")]),
        "group-reports": workbook([REPORT_HEAD, report()]),
        "cases": workbook([WIDE_CASES, ("M-1", "old-group", "040601", 3, None, None, "Improved", "Stopped", None)]),
    }
    for kind, content in files.items():
        first, again = (world.take(kind, content).written for _turn in range(2))
        assert (first.changed, first.unchanged, again.created, again.changed) == (0, 0, 0, 0)
        assert again.unchanged == first.created


def test_a_dry_run_says_what_it_would_do_and_leaves_no_trace(world: World) -> None:
    before = AuditEntry.objects.count()
    taken = world.take("tallies", workbook([TALLY_HEAD, tally(), tally("040602")]), dry_run=True)
    assert (taken.written.created, taken.saved, taken.run_id) == (2, False, None)
    assert (OutreachTally.objects.count(), ImportRun.objects.count(), AuditEntry.objects.count()) == (0, 0, before)


def test_a_saved_file_leaves_a_run_its_records_point_to_and_an_audit_entry(world: World) -> None:
    taken = world.take("tallies", workbook([TALLY_HEAD, tally()]), name="contacts.xlsx")
    kept = ImportRun.objects.get()
    assert (kept.pk, kept.state, kept.created, kept.file_name) == (taken.run_id, "saved", 1, "contacts.xlsx")
    assert OutreachTally.objects.get().origin == f"import:{kept.pk}"
    assert AuditEntry.objects.filter(action="import.save", object_id=str(kept.pk)).count() == 1


def test_undated_cases_stay_undated_and_a_register_that_grows_adds_what_is_new(world: World) -> None:
    row = ("M-1", "Men’s group of Andoung Snay", "Andoung Snay", 2, None, None, None, None, None)
    assert world.take("cases", workbook([WIDE_CASES, row])).saved
    assert list(CaseSession.objects.values_list("number", "held_on")) == [(1, None), (2, None)]
    later = ("M-1", "old-group", "040601", 3, None, dt.date(2024, 6, 1), "Stopped", "Stopped", dt.date(2024, 6, 2))
    assert world.take("cases", workbook([WIDE_CASES, later])).written.changed == 1
    assert CaseSession.objects.get(number=3).held_on == dt.date(2024, 6, 1)
    assert set(Outcome.objects.values_list("informant", "violence", "value")) == {
        ("C", "any", "stopped"),
        ("C", "physical", "stopped"),
    }


def test_sessions_that_contradict_their_dates_are_refused(world: World) -> None:
    rows = [
        ("M-1", "old-group", "040601", 0, dt.date(2024, 6, 1), None, None, None, None),
        ("M-2", "old-group", "040601", 1, dt.date(2024, 6, 1), dt.date(2024, 6, 2), None, None, None),
        ("M-3", "old-group", "040601", 500, None, None, None, None, None),
    ]
    assert [code for _row, _column, code in codes(world.take("cases", workbook([WIDE_CASES, *rows])))] == [
        "sessions_contradict",
        "sessions_contradict",
        "too_many_sessions",
    ]


def test_a_name_is_no_case_code(world: World) -> None:
    taken = world.take("cases", workbook([CASE_HEAD, ("សុខ ដារ៉ា", "old-group", "040601", 1)]))
    assert (codes(taken), Case.objects.count()) == ([(2, "code", "case_code_not_a_code")], 0)


@pytest.mark.parametrize("kind", ["cases", "group-reports", "tallies", "roster"])
def test_who_may_not_take_a_kind_in_is_refused_and_the_refusal_is_kept(world: World, kind: str) -> None:
    donor = Actor(None, "donor", (Grant(Role.DONOR, world.ours.pk, world.programme.pk),), second_factor=True)
    with pytest.raises(Refused):
        world.take(kind, workbook([TALLY_HEAD, tally()]), actor=donor)
    assert AuditEntry.objects.filter(refused=True, actor_name="donor").count() == 1


def test_another_organisation_takes_nothing_in_for_ours(world: World) -> None:
    with pytest.raises(NotFound):
        world.take("tallies", workbook([TALLY_HEAD, tally()]), actor=world.stranger, organisation="ours")
    taken = world.take("tallies", workbook([TALLY_HEAD, tally()]), actor=world.stranger)
    assert taken.organisation == "theirs"
    assert OutreachTally.objects.get().organisation == world.theirs


def test_groups_of_another_organisation_are_not_there(world: World) -> None:
    taken = world.take("group-reports", workbook([REPORT_HEAD, report()]), actor=world.stranger)
    assert codes(taken) == [(2, "group", "group_unknown")]
    assert [world.group.name_latin in fault.remedy for fault in taken.faults()] == [False]


def test_a_coordinator_of_one_group_sends_the_cases_of_that_group_only(world: World) -> None:
    grant = Grant(Role.GROUP_COORDINATOR, world.ours.pk, world.programme.pk, world.group.pk)
    coordinator = Actor(None, "coordinator", (grant,), second_factor=True)
    rows = [CASE_HEAD, ("M-1", "old-group", "040601", 1), ("M-2", "late-group", "040601", 1)]
    taken = world.take("cases", workbook(rows), actor=coordinator)
    assert [(row, column) for row, column, _code in codes(taken)] == [(3, "group")]
    assert world.take("cases", workbook(rows[:2]), actor=coordinator).saved


def test_whoever_works_in_several_programmes_is_asked_which(world: World) -> None:
    other = Programme.objects.create(key="other", name_km="ផ្សេង", name_en="Other")
    ProgrammeRole.objects.create(programme=other, organisation=world.ours, part=ProgrammeRole.Part.PARTNER)
    both = Actor(None, "me", (Grant(Role.PARTNER_ME, world.ours.pk, None),), second_factor=True)
    with pytest.raises(Invalid) as asked:
        world.take("tallies", workbook([TALLY_HEAD, tally()]), actor=both)
    assert (asked.value.code, asked.value.params["choices"]) == ("which_programme", "mens, other")
    assert world.take("tallies", workbook([TALLY_HEAD, tally()]), actor=both, programme="other").programme == "other"


def test_a_file_that_names_places_of_one_of_several_programmes_only_tells_which(world: World) -> None:
    other = Programme.objects.create(key="other", name_km="ផ្សេង", name_en="Other")
    ProgrammeRole.objects.create(programme=other, organisation=world.ours, part=ProgrammeRole.Part.PARTNER)
    for programme, code in ((world.programme, "0406"), (other, "1410")):
        ProgrammePlace.objects.create(programme=programme, place_id=place(code).id)
    both = Actor(None, "me", (Grant(Role.PARTNER_ME, world.ours.pk, None),), second_factor=True)
    taken = [world.take("tallies", workbook([TALLY_HEAD, tally(code)]), actor=both) for code in ("040601", "141001")]
    assert [one.programme for one in taken] == ["mens", "other"]
    with pytest.raises(Invalid):
        world.take("tallies", workbook([TALLY_HEAD, tally("040601"), tally("141001")]), actor=both)


def test_headings_matched_by_hand_are_remembered_for_the_organisation_and_kind_alone(world: World) -> None:
    odd = workbook([("Where", "From", "Until", "Reached"), tally()])
    assert codes(world.take("tallies", odd)) != []
    ImportMapping.objects.create(
        organisation=world.ours, kind="tallies", headings={"where": "commune", "reached": "contacts"}
    )
    assert world.take("tallies", odd).saved
    assert codes(world.take("tallies", odd, actor=world.stranger)) != []


def test_faults_are_told_in_the_readers_language(world: World) -> None:
    taken = world.take("tallies", workbook([TALLY_HEAD, tally(contacts=-3)]))
    told = {}
    for language in ("en", "km"):
        with translation.override(language):
            told[language] = next(taken.faults()).what
    assert told["en"] == "A count cannot be below 0."
    assert told["km"] != told["en"]


def test_the_wrong_rows_come_back_with_what_to_mend_and_mended_they_are_taken(world: World) -> None:
    head = (*TALLY_HEAD, "Remarks")
    rows = [("Title",), head, (*tally(), "ok"), (*tally("Prey Vengand"), "=1+1"), (*tally("040603", contacts=-1), "x")]
    content = workbook(("Contacts", rows))
    taken = world.take("tallies", content)
    target = io.BytesIO()
    assert wrong_rows(content, taken.table, table_kinds["tallies"], target) == 2
    written = CalamineWorkbook.from_filelike(io.BytesIO(target.getvalue())).get_sheet_by_name("Contacts").to_python()
    assert written[0] == [*head, "What to mend"]
    assert [row[0] for row in written[1:]] == ["Prey Vengand", "040603"]
    assert [("Commune: There is no place" in str(row[5]), "below 0" in str(row[5])) for row in written[1:]] == [
        (True, False),
        (False, True),
    ]
    mended = [list(row) for row in written]
    mended[1][0], mended[2][3] = "Baray", 4
    again = world.take("tallies", workbook(("Contacts", mended)))
    assert (codes(again), again.written.created) == ([], 2)


def test_no_formula_survives_into_the_file_of_wrong_rows(world: World) -> None:
    content = separated([(*TALLY_HEAD, "Remarks"), (*tally("=HYPERLINK(1)"), "=cmd|' /C calc'!A0")])
    taken = world.take("tallies", content)
    target = io.BytesIO()
    wrong_rows(content, taken.table, table_kinds["tallies"], target)
    with zipfile.ZipFile(target) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize("kind", ["cases", "tallies", "group-reports", "roster", "responses"])
def test_an_example_workbook_has_every_required_heading_and_the_lists_of_answers(kind: str) -> None:
    target = io.BytesIO()
    assert example_workbook(kind, target) > 0
    book = CalamineWorkbook.from_filelike(io.BytesIO(target.getvalue()))
    assert len(book.sheet_names) == 2
    headings = " ".join(str(cell) for row in book.get_sheet_by_index(0).to_python() for cell in row)
    for column in table_kinds[kind].columns:
        assert (column.label_en in headings) >= column.required
    notes = " ".join(str(cell) for row in book.get_sheet_by_index(1).to_python() for cell in row)
    assert [answer for column in table_kinds[kind].columns for answer in column.allowed if answer not in notes] == []


def test_the_number_of_queries_is_the_same_with_one_row_and_with_three(world: World) -> None:
    world.take("tallies", workbook([TALLY_HEAD, tally("040609")]))
    asked = []
    for codes_of_places in (["040601"], ["040602", "040603", "040604"]):
        with CaptureQueriesContext(connection) as queries:
            assert world.take("tallies", workbook([TALLY_HEAD, *map(tally, codes_of_places)])).saved
        asked.append(len(queries))
    assert asked[0] == asked[1]


CELLS = st.one_of(
    st.none(), st.text(max_size=12), st.integers(-(10**6), 10**6), st.dates(dt.date(1900, 3, 1)), st.booleans(),
    st.sampled_from(["040601", "Pou", "old-group", "សរុប", "Total", "1/2/2024", "=1+1", "12", "yes", "Stopped"]),
)  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.lists(CELLS, min_size=1, max_size=9), min_size=1, max_size=6),
    kind=st.sampled_from(["tallies", "cases", "group-reports"]),
)
def test_whatever_stands_in_the_cells_is_taken_or_told(world: World, rows: list[list[object]], kind: str) -> None:
    heads = {"tallies": TALLY_HEAD, "cases": WIDE_CASES, "group-reports": REPORT_HEAD}
    taken = world.take(kind, workbook([heads[kind], *rows]), dry_run=True)
    assert [fault for fault in taken.faults() if not fault.what] == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_bytes_a_file_holds_are_told_and_bring_nothing_down(world: World, data: st.DataObject) -> None:
    whole = workbook([TALLY_HEAD, tally()])
    content = data.draw(
        st.one_of(
            st.binary(max_size=400),
            st.binary(max_size=60).map(lambda junk: b"PK\x03\x04" + junk),
            st.tuples(st.integers(0, len(whole) - 1), st.binary(min_size=1, max_size=8)).map(
                lambda at: whole[: at[0]] + at[1] + whole[at[0] + len(at[1]) :]
            ),
        )
    )
    taken = world.take("tallies", content, dry_run=True)
    assert taken.clean is (taken.fault_count == 0)


def test_a_group_of_another_organisation_is_spoken_of_as_one_that_is_not_there(world: World) -> None:
    Group.objects.create(
        key="secret-group", programme=world.programme, organisation=world.theirs, kind=Group.Kind.MENS_GROUP,
        name_km="សម្ងាត់", name_latin="Group of them",
    )  # fmt: skip
    taken = world.take("group-reports", workbook([REPORT_HEAD, report("Group of them")]))
    assert [("them" in fault.what + fault.remedy) for fault in taken.faults()] == [False]
