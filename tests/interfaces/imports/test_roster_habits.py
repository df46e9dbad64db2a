"""Rosters as people keep them: merged cells, Khmer digits, three habits of dates, one person twice, and long lists."""

from __future__ import annotations

import datetime as dt
import io

import pytest
import xlsxwriter

from samaki.ground.activities.models import Activity, Attendance, Session
from samaki.ground.groups.models import Group, Membership
from samaki.ground.people.models import MatchCandidate, Person
from tests.interfaces.imports.conftest import World, codes, separated, workbook

HEAD = ("នាមត្រកូល", "នាមខ្លួន", "Gender", "Birth year", "Phone", "Group", "Joined on")
ATTENDED = (*HEAD[:5], "Activity", "Session date", "Consent", "Consent given on")
HELD = dt.date(2024, 2, 20)


@pytest.fixture(autouse=True)
def learning_groups(world: World) -> None:
    """Groups that anybody may join: a men's group takes only whom vetting has cleared."""
    Group.objects.update(kind=Group.Kind.LEARNING_GROUP)


def member(given: str = "រតនៈ", joined: object = dt.date(2024, 1, 10), **more: object) -> tuple[object, ...]:
    row = dict(zip(HEAD, ("សុខ", given, "ស្រី", 1990, "012 345 678", "old-group", joined), strict=True))
    return tuple((row | more).values())


@pytest.mark.parametrize(
    "written, meant",
    [
        ("31/12/2023", dt.date(2023, 12, 31)),
        ("12-31-23", dt.date(2023, 12, 31)),
        ("31-12-23", dt.date(2023, 12, 31)),
        ("៣១/១២/២០២៣", dt.date(2023, 12, 31)),
        ("ថ្ងៃទី៣១ ខែធ្នូ ឆ្នាំ២០២៣", dt.date(2023, 12, 31)),
        ("៣១ ធ្នូ ២០២៣", dt.date(2023, 12, 31)),
        ("31 Dec 2023", dt.date(2023, 12, 31)),
        ("2023-12-31", dt.date(2023, 12, 31)),
    ],
)
def test_a_date_in_any_of_the_habits_is_that_day(world: World, written: str, meant: dt.date) -> None:
    taken = world.take("roster", separated([HEAD, member(joined=written)]))
    assert (taken.saved, Membership.objects.get().since) == (True, meant)


@pytest.mark.parametrize("written", ["3/4/24", "03-04-2024", "10-11-12"])
def test_a_date_that_reads_two_ways_is_asked(world: World, written: str) -> None:
    taken = world.take("roster", separated([HEAD, member(joined=written)]))
    assert (taken.saved, codes(taken)) == (False, [(2, "joined_on", "date_in_two_ways")])
    assert Person.objects.count() == 0


@pytest.mark.parametrize("written", ["31/2/2023", "32-13-23", "ខែអ្វី ២០២៣", "soon"])
def test_what_is_no_date_is_told_by_its_row(world: World, written: str) -> None:
    taken = world.take("roster", separated([HEAD, member(joined=written)]))
    assert (taken.saved, codes(taken)) == (False, [(2, "joined_on", "not_a_date")])


def test_khmer_digits_are_a_year_and_a_phone(world: World) -> None:
    row = member(**{"Birth year": "១៩៩០", "Phone": "០១២ ៣៤៥ ៦៧៨"})
    assert world.take("roster", workbook([HEAD, row])).saved
    assert Person.objects.get().birth_year == 1990
    assert world.take("roster", workbook([HEAD, member()])).written.unchanged == 1
    assert Person.objects.count() == 1


class TestOnePersonTwice:
    def test_the_very_same_row_twice_is_one_person_and_one_membership(self, world: World) -> None:
        assert world.take("roster", workbook([HEAD, member(), member()])).saved
        assert (Person.objects.count(), Membership.objects.count(), MatchCandidate.objects.count()) == (1, 1, 0)

    def test_the_same_person_written_two_ways_is_one_person(self, world: World) -> None:
        rows = [HEAD, member(), member(joined=dt.date(2024, 2, 1), Phone="+855 12 345 678")]
        assert world.take("roster", workbook(rows)).written.created >= 1
        assert Person.objects.count() == 1

    def test_who_is_perhaps_the_same_is_proposed_before_anybody_counts_her_twice(self, world: World) -> None:
        rows = [HEAD, member(), member("រតន:", **{"Birth year": 1991, "Phone": None})]
        assert world.take("roster", workbook(rows)).saved
        assert (Person.objects.count(), MatchCandidate.objects.filter(state="open").count()) == (2, 1)


class TestMergedCells:
    @pytest.fixture
    def session(self, world: World) -> Session:
        activity = Activity.objects.create(
            key="training", programme=world.programme, organisation=world.ours, kind=Activity.Kind.TRAINING,
            title_km="វគ្គ", title_en="Training", starts_on=HELD, ends_on=HELD,
        )  # fmt: skip
        return Session.objects.create(activity=activity, held_on=HELD)

    def book(self, *, merged: bool) -> bytes:
        """Three people at one session, which the sheet says once in a cell over three rows."""
        target = io.BytesIO()
        book = xlsxwriter.Workbook(target, {"in_memory": True})
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, ATTENDED)
        for line, given in enumerate(("រតនៈ", "វិសាល", "មុនី"), 1):
            sheet.write_row(line, 0, ("សុខ", given, "ស្រី", 1990 + line, f"012 345 67{line}"))
            sheet.write_string(line, 7, "Signature")
            sheet.write_datetime(line, 8, dt.datetime(2024, 2, 20), day)
            if not merged:
                sheet.write_string(line, 5, "training")
                sheet.write_datetime(line, 6, dt.datetime(2024, 2, 20), day)
        if merged:
            sheet.merge_range(1, 5, 3, 5, "training")
            sheet.merge_range(1, 6, 3, 6, "")
            sheet.write_datetime(1, 6, dt.datetime(2024, 2, 20), day)
        book.close()
        return target.getvalue()

    def test_a_cell_over_three_rows_stands_for_all_three(self, world: World, session: Session) -> None:
        assert world.take("roster", self.book(merged=True)).saved
        assert Attendance.objects.filter(session=session).count() == 3

    def test_and_the_same_list_without_merged_cells_is_the_same_list(self, world: World, session: Session) -> None:
        world.take("roster", self.book(merged=True))
        again = world.take("roster", self.book(merged=False))
        assert (again.saved, Person.objects.count(), Attendance.objects.count()) == (True, 3, 3)


def test_a_sheet_of_fifty_thousand_rows_is_checked_whole_and_each_fault_has_its_row(world: World) -> None:
    """A dry run: what is wrong far down is told by its row, and nothing is kept."""
    rows = [(f"F{n % 97}", f"G{n}", "ស្រី", 1950 + n % 50, "", "old-group", "2024-01-10") for n in range(50_000)]
    rows[49_998] = (*rows[49_998][:6], "soon")
    taken = world.take("roster", separated([HEAD, *rows]), dry_run=True)
    assert (taken.rows, codes(taken)) == (50_000, [(50_000, "joined_on", "not_a_date")])
    assert Person.objects.count() == 0
