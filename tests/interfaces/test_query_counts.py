"""A page asks the database as often for three rows as for one: each list, every row standing beside records of its own.

The lists that the example fills have their tests beside the pages; here each row brings a place, a group and an
organisation that no other row has, so that a look-up for each would show.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Callable

import pytest
from django.urls import reverse
from django.utils import timezone

from samaki.engines.results.operations import load_catalogue
from samaki.ground.accounts.models import RoleGrant
from samaki.ground.activities.models import Session, Tally
from samaki.ground.groups.models import Group
from samaki.ground.organisations.models import Organisation
from samaki.ground.periods.models import PeriodLock, PeriodReport
from samaki.ground.periods.rules import State
from samaki.ground.programmes.models import Programme, ProgrammePlace, ProgrammeRole, Risk
from samaki.interfaces.imports.models import ImportRun
from samaki.kernel.actors import Role, System
from samaki.strands.outreach.models import Campaign
from tests.factories.programmes import Setting, a_setting
from tests.interfaces.pages import queries_of, somebody

pytestmark = pytest.mark.django_db

Add = Callable[[Setting, int], object]
CODES = ("040101", "140201", "150301", "160401")
_numbers = itertools.count(1)


@pytest.fixture(autouse=True)
def definitions(db: None) -> None:
    load_catalogue(by=System("tests"))


def an_organisation(setting: Setting) -> Organisation:
    """Another partner of the programme."""
    made = Organisation.objects.create(key=f"more-{next(_numbers)}", name_latin="More", kind="local_ngo")
    ProgrammeRole.objects.create(programme=setting.programme, organisation=made, part=ProgrammeRole.Part.PARTNER)
    return made


def a_group(setting: Setting, at: int, organisation: Organisation | None = None) -> Group:
    return setting.mens_group(CODES[at], organisation=organisation)


def a_case(setting: Setting, at: int) -> None:
    setting.case(a_group(setting, at), judged="stopped", physical="stopped")


def contacts(setting: Setting, at: int) -> None:
    tally = setting.contacts(5, CODES[at], organisation=an_organisation(setting))
    tally.group = a_group(setting, at)
    tally.campaign = Campaign.objects.create(
        programme=setting.programme,
        organisation=setting.ours,
        key=f"campaign-{next(_numbers)}",
        title_km="យុទ្ធនាការ",
        title_en="Campaign",
    )
    tally.save()


def a_report(setting: Setting, at: int) -> None:
    setting.report(a_group(setting, at, an_organisation(setting)), dt.date(2008, 2, 1), dt.date(2008, 3, 1))


def an_attendance(setting: Setting, at: int) -> None:
    setting.session(setting.person(), code=CODES[at])


def an_activity(setting: Setting, at: int) -> None:
    setting.session(setting.person(), code=CODES[at], organisation=an_organisation(setting))


def a_membership(setting: Setting, at: int) -> None:
    group = Group.objects.create(
        key=f"group-of-work-{next(_numbers)}",
        programme=setting.programme,
        organisation=setting.ours,
        kind=Group.Kind.WORKING_GROUP,
        name_km="ក្រុម",
        name_latin="Group",
    )
    setting.member(group, "woman", dt.date(2008, 1, 1))


RECORDS: tuple[tuple[str, Role, Add, bool], ...] = (
    ("perpetrators_counselled", Role.CASE_SUPERVISOR, a_case, True),
    ("reported_stop_of_success", Role.CASE_SUPERVISOR, a_case, True),
    ("outreach_contacts", Role.PROGRAMME_OFFICER, contacts, False),
    ("group_report_timeliness", Role.PROGRAMME_OFFICER, a_report, False),
    ("participants", Role.PARTNER_ME, an_attendance, False),
    ("attendances", Role.PARTNER_ME, an_attendance, False),
    ("activities_held", Role.PROGRAMME_OFFICER, an_activity, False),
    ("working_group_composition", Role.PARTNER_ME, a_membership, False),
)


@pytest.mark.parametrize(("indicator", "role", "add", "with_reason"), RECORDS)
def test_the_records_behind_a_figure_take_as_many_queries_for_three_rows_as_for_one(
    indicator: str, role: Role, add: Add, with_reason: bool
) -> None:
    setting = a_setting()
    client = somebody(setting, role)
    address = f"{reverse('figure_records', args=[setting.programme.key, indicator])}?period=2008"
    sent = {"reason": "monthly check"} if with_reason else None
    counts, rows = [], []
    for at in range(3):
        add(setting, at)
        counts.append(queries_of(client, address, sent))
        text = (client.post(address, sent) if sent else client.get(address)).content.decode()
        rows.append(len(re.findall(r"<tr", text.partition("<tbody>")[2].partition("</tbody>")[0])))
    assert rows[0] > 0 and rows[2] == 3 * rows[0]
    assert counts[2] == counts[0]


def a_run(setting: Setting, at: int) -> None:
    ImportRun.objects.create(
        kind="tallies",
        programme=setting.programme,
        organisation=setting.ours,
        actor_name="sokha",
        state=ImportRun.State.SAVED,
        begun_at=timezone.now(),
    )


def a_late_month(setting: Setting, at: int) -> None:
    """One partner more, who owes the month before last."""
    if not at:
        ProgrammeRole.objects.all().delete()
        since = timezone.localdate().replace(day=1) - dt.timedelta(days=40)
        Programme.objects.update(starts_on=since.replace(day=1), ends_on=since)
    an_organisation(setting)


def a_past_report(setting: Setting, at: int) -> None:
    PeriodReport.objects.create(
        programme=setting.programme,
        organisation=setting.ours,
        period=f"2008-0{at + 1}",
        state=State.VERIFIED,
        submitted_at=timezone.now(),
    )


def something_this_week(setting: Setting, at: int) -> None:
    setting.session(on=timezone.localdate() + dt.timedelta(days=at), code=CODES[at])
    setting.session(on=timezone.localdate() - dt.timedelta(days=at + 1), code=CODES[at], recorded=False)


def a_part_of_the_programme(setting: Setting, at: int) -> None:
    an_organisation(setting)
    setting.place(CODES[at], "old")
    Risk.objects.create(programme=setting.programme, text_km="ហានិភ័យ", text_en="Risk")
    PeriodLock.objects.create(
        programme=setting.programme,
        period=f"200{at}",
        first=dt.date(2000 + at, 1, 1),
        last=dt.date(2000 + at, 12, 31),
        version=1,
        locked_at=timezone.now(),
        locked_by="sokha",
    )


def a_programme_at_work(setting: Setting, at: int) -> None:
    other = Programme.objects.create(key=f"another-{next(_numbers)}", name_km="កម្មវិធី", name_en="Another")
    ProgrammePlace.objects.create(programme=other, place=setting.place(f"0401{at + 1:02}"))


def a_sheet(setting: Setting, at: int) -> None:
    first = Session.objects.order_by("pk").first() or setting.session(setting.person())
    held = Session.objects.create(
        activity=first.activity, number=at + 2, held_on=first.held_on, attendance=Session.Attendance.TALLY
    )
    Tally.objects.create(session=held, dimension="gender", value="woman", count=at + 1)


LISTS: tuple[tuple[str, Role, Add], ...] = (
    ("imports", Role.PARTNER_ME, a_run),
    ("home", Role.PROGRAMME_OFFICER, a_late_month),
    ("reports", Role.PROGRAMME_OFFICER, a_late_month),
    ("reports", Role.PARTNER_ME, a_past_report),
    ("home", Role.PARTNER_ME, something_this_week),
    ("home", Role.FACILITATOR, something_this_week),
    ("programme", Role.PROGRAMME_OFFICER, a_part_of_the_programme),
    ("place", Role.PROGRAMME_OFFICER, a_programme_at_work),
    ("activity", Role.PARTNER_ME, a_sheet),
)


@pytest.mark.parametrize(("name", "role", "add"), LISTS)
def test_a_list_takes_as_many_queries_for_three_rows_as_for_one(name: str, role: Role, add: Add) -> None:
    setting = a_setting()
    setting.place(CODES[3])
    client = somebody(setting, role)
    counts, lengths = [], []
    for at in range(3):
        add(setting, at)
        address = address_of(name, setting)
        counts.append(queries_of(client, address))
        lengths.append(len(client.get(address).content))
    assert lengths[0] < lengths[2]  # more is shown, so an equal count means something
    assert counts[2] == counts[0]


def address_of(name: str, setting: Setting) -> str:
    if name == "programme":
        return reverse(name, args=[setting.programme.key])
    if name == "place":
        return reverse(name, args=["04"])
    if name == "activity":
        return reverse(name, args=[Session.objects.order_by("pk")[0].activity.key])
    return reverse(name)


@pytest.mark.parametrize("name", ["programmes", "results"])
def test_a_choice_of_programmes_takes_as_many_queries_for_three_as_for_one(name: str) -> None:
    """Asked by somebody who works in none of them, and so is offered all."""
    client = somebody(a_setting(), Role.DONOR)
    RoleGrant.objects.all().delete()
    counts = []
    for _at in range(3):
        counts.append(queries_of(client, reverse(name)))
        Programme.objects.create(key=f"another-{next(_numbers)}", name_km="កម្មវិធី", name_en="Another")
    assert counts[2] == counts[0]
