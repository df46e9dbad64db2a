"""A programme of one organisation with two men's groups, another organisation beside it, and files to send."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import pytest
import xlsxwriter
from django.utils import translation

from samaki.ground.groups.models import Group
from samaki.ground.organisations.models import Organisation
from samaki.ground.places import rules
from samaki.ground.places.operations import load_table
from samaki.ground.places.queries import place
from samaki.ground.places.tables import cambodia
from samaki.ground.programmes.models import Programme, ProgrammeRole
from samaki.interfaces.imports.operations import run
from samaki.interfaces.imports.outcome import Outcome
from samaki.kernel.actors import Actor, Grant, Role, System

AT = dt.datetime(2024, 6, 30, 3, tzinfo=dt.UTC)
# Rolea B'ier and Prey Veng town, and two communes that are both called Pou.
DISTRICTS = ("0406", "1410")
POU = ("040405", "130704")
Cells = Sequence[object]


@dataclass
class World:
    programme: Programme
    ours: Organisation
    theirs: Organisation
    group: Group
    late_group: Group
    supervisor: Actor
    me: Actor
    stranger: Actor
    actors: dict[str, Actor] = field(default_factory=dict)

    def take(self, kind: str, content: bytes, **options: object) -> Outcome:
        """As the command line would, by whoever of our organisation may."""
        actor = options.pop("actor", self.actors[kind])
        with translation.override("en"):
            return run(kind, content, actor, at=AT, **options)  # type: ignore[arg-type]  # passed on


@lru_cache(maxsize=1)
def _few_places() -> tuple[rules.PlaceRow, ...]:
    wanted = {*DISTRICTS, *(code[:4] for code in POU)}
    return tuple(
        row
        for row in cambodia.rows()
        if row.level == rules.PROVINCE
        or (row.level == rules.DISTRICT and row.code in wanted)
        or (row.level == rules.COMMUNE and (row.code[:4] in DISTRICTS or row.code in POU))
    )


@pytest.fixture
def world(db: None) -> World:
    load_table(_few_places(), country="kh", source="tests", digits=rules.NCDD_DIGITS, by=System("tests"))
    programme = Programme.objects.create(key="mens", name_km="កម្មវិធី", name_en="Programme")
    ours, theirs = (
        Organisation.objects.create(key=key, name_latin=key.title(), kind=Organisation.Kind.LOCAL_NGO)
        for key in ("ours", "theirs")
    )
    for organisation in (ours, theirs):
        ProgrammeRole.objects.create(programme=programme, organisation=organisation, part=ProgrammeRole.Part.PARTNER)
    home = place("040601").id

    def a_group(key: str, name: str, formed_on: dt.date) -> Group:
        return Group.objects.create(
            key=key, programme=programme, organisation=ours, kind=Group.Kind.MENS_GROUP, name_latin=name,
            name_km=f"ក្រុម {key}", place_id=home, formed_on=formed_on,
        )  # fmt: skip

    def an_actor(role: Role, organisation: Organisation, number: int) -> Actor:
        grant = Grant(role, organisation.pk, programme.pk)
        return Actor(user_id=None, name=f"{role}-{number}", grants=(grant,), second_factor=True)

    supervisor = an_actor(Role.CASE_SUPERVISOR, ours, 1)
    me = an_actor(Role.PARTNER_ME, ours, 2)
    return World(
        programme,
        ours,
        theirs,
        a_group("old-group", "Men’s group of Andoung Snay", dt.date(2006, 1, 1)),
        a_group("late-group", "Men’s group of Chrey Bak", dt.date(2024, 3, 15)),
        supervisor,
        me,
        an_actor(Role.PARTNER_ME, theirs, 3),
        {"cases": supervisor, "tallies": me, "group-reports": me, "roster": me},
    )


def workbook(*sheets: Sequence[Cells] | tuple[str, Sequence[Cells]]) -> bytes:
    """An .xlsx of sheets of rows; a sheet may be given as (name, rows). Texts that begin with "=" are formulas."""
    rows: Sequence[Cells]
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "nan_inf_to_errors": True})
    book.set_properties({"created": dt.datetime(2024, 1, 1)})  # the same bytes every time
    day = book.add_format({"num_format": "d/m/yyyy"})
    for given in sheets:
        name, rows = given if isinstance(given[0], str) else (None, given)  # type: ignore[assignment]  # told above
        sheet = book.add_worksheet(name)
        for line, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, dt.date):
                    sheet.write_datetime(line, column, cell, day)
                elif cell is not None:
                    sheet.write(line, column, cell)
    book.close()
    return target.getvalue()


def separated(rows: Sequence[Cells], *, delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    target = io.StringIO()
    csv.writer(target, delimiter=delimiter).writerows(rows)
    return target.getvalue().encode(encoding)


TALLY_HEAD = ("Commune", "From", "Until", "Contacts")
CASE_HEAD = ("Case code", "Group", "Commune", "Number of sessions")
REPORT_HEAD = ("Group", "Month", "Received on", "Sessions held", "Men counselled", "Success", "Stopped")
SPAN = (dt.date(2024, 1, 1), dt.date(2024, 1, 31))


def tally(commune: object = "040601", since: object = SPAN[0], until: object = SPAN[1], contacts: object = 12) -> Cells:
    return (commune, since, until, contacts)


def report(group: object = "old-group", month: object = "2024-01", *counts: object) -> Cells:
    return (group, month, dt.date(2024, 2, 5), *(counts or (2, 5, 3, 1)))


def codes(outcome: Outcome) -> list[tuple[int | None, str, str]]:
    """Row, column and reason of each fault, in the order of the file."""
    return [(fault.row, fault.column, fault.code) for fault in outcome.faults()]


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield
