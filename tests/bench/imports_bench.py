"""Ten workbooks, 100,000 rows: checked, matched and saved; then sent again; beside calamine reading them alone.

    python -m tests.bench.imports_bench [tallies roster people cases] [--rows 10000] [--database sqlite|postgresql]

`roster`: each workbook has 2,000 people of its own, each at five sessions, so 20,000 people and 100,000 attendances.
`people`: each row is a new person, so 100,000 people. `cases`: each case has one to five sessions and two judgements.
Each kind has a process and an empty database of its own. Times are of this run: quote ratios.
"""

from __future__ import annotations

import argparse
import datetime as dt
import io
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

WORKBOOKS = 10
DURABLE = ("shared_buffers=256MB",)  # as installed: what is told saved is on the disk
DAY_ONE = dt.date(2020, 1, 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kinds", nargs="*", default=list(_ROWS), help="of " + ", ".join(_ROWS))
    parser.add_argument("--rows", type=int, default=1_000, help="of each workbook")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    for kind in asked.kinds:
        if asked.here:
            measure(kind, asked.rows)
        else:
            _in_its_own_process(kind, asked.rows, asked.database)


def _in_its_own_process(kind: str, rows: int, database: str) -> None:
    from tests.postgres import start

    folder = tempfile.mkdtemp(prefix="samaki-bench-")
    server = start(DURABLE) if database == "postgresql" else None
    environment = {**os.environ, "SAMAKI_DATA": folder, "SAMAKI_DATABASE": server.url if server else ""}
    environment["DJANGO_SETTINGS_MODULE"] = "samaki.project.settings"
    command = [sys.executable, "-m", "tests.bench.imports_bench", kind, "--rows", str(rows), "--here"]
    try:
        subprocess.run(command, env=environment, check=True)
    finally:
        if server:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def measure(kind: str, rows: int) -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    _a_site()
    paths = [Path(settings.DATA) / f"{number}.xlsx" for number in range(WORKBOOKS)]
    for number, path in enumerate(paths):
        _write(path, kind, number, rows)
    print(f"{kind}: {WORKBOOKS} workbooks of {rows:,} rows on {connection.vendor}, load {os.getloadavg()[0]:.1f}")
    contents = [path.read_bytes() for path in paths]
    before = _peak()
    floor = _timed(lambda: [_floor(content) for content in contents])
    print(f"calamine reading alone       {floor[0]:6.2f} s, of which at work {floor[1]:6.2f} s")
    for words in ("checked, matched and saved", "the same again"):
        seconds, own = _timed(lambda: _take(TABLE_KINDS.get(kind, kind), contents))
        print(f"{words:28} {seconds:6.2f} s, of which at work {own:6.2f} s: {own / floor[1]:.1f} × reading", flush=True)
    print(f"memory at its peak           {_peak():6.0f} MB ({before:.0f} MB before)", flush=True)


def _take(kind: str, contents: Sequence[bytes]) -> None:
    from django.utils import timezone

    from samaki.interfaces.imports.operations import run
    from samaki.kernel.actors import System

    for content in contents:
        taken = run(kind, content, System("bench"), programme="bench", organisation="bench", at=timezone.now())
        if not taken.saved:
            raise SystemExit(f"not saved: {list(taken.faults())[:3]}")


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds on the clock, and of this process alone: the machine may be shared."""
    begun, own = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - begun, time.process_time() - own


def _floor(content: bytes) -> int:
    from python_calamine import CalamineWorkbook

    return sum(1 for _row in CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).iter_rows())


def _a_site() -> None:
    from samaki.ground.activities.models import Activity, Session
    from samaki.ground.groups.models import Group
    from samaki.ground.organisations.models import Organisation
    from samaki.ground.places.operations import load_gazetteer
    from samaki.ground.programmes.models import Programme, ProgrammeRole
    from samaki.kernel.actors import System

    load_gazetteer(by=System("bench"))
    programme = Programme.objects.create(key="bench", name_km="bench", name_en="bench")
    organisation = Organisation.objects.create(key="bench", name_latin="Bench", kind=Organisation.Kind.LOCAL_NGO)
    ProgrammeRole.objects.create(programme=programme, organisation=organisation, part=ProgrammeRole.Part.PARTNER)
    for number in range(20):
        Group.objects.create(
            key=f"group-{number}",
            programme=programme,
            organisation=organisation,
            kind=Group.Kind.MENS_GROUP,
            name_km=f"ក្រុម {number}",
            name_latin=f"Group {number}",
        )
    for number in range(200):
        held_on = DAY_ONE + dt.timedelta(days=number)
        activity = Activity.objects.create(
            key=f"activity-{number}",
            programme=programme,
            organisation=organisation,
            kind=Activity.Kind.TRAINING,
            title_km=f"វគ្គ {number}",
            title_en=f"Training {number}",
            starts_on=held_on,
            ends_on=held_on,
        )
        Session.objects.create(activity=activity, held_on=held_on)


def _write(path: Path, kind: str, number: int, rows: int) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path))
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("Data")
    head, body = _ROWS[kind](random.Random(number), number, rows)  # the same rows every time
    sheet.write_row(0, 0, head)
    for line, row in enumerate(body, start=1):
        for column, cell in enumerate(row):
            if isinstance(cell, dt.date):
                sheet.write_datetime(line, column, cell, day)
            else:
                sheet.write(line, column, cell)
    book.close()


Rows = tuple[Sequence[str], Iterator[Sequence[object]]]


def _communes() -> list[tuple[str, str, str]]:
    from samaki.ground.places.models import Level, Place

    above = ("parent__parent__name_latin", "parent__name_latin", "name_latin")
    named = list(Place.objects.filter(level=Level.COMMUNE).order_by("code").values_list(*above)[:400])
    return [one for one in named if named.count(one) == 1][:300]  # as many as a large partner has


def _tallies(random: random.Random, number: int, rows: int) -> Rows:
    communes = _communes()
    channels = ("Campaign", "ខិត្តប័ណ្ណ", "House visit", "Social media", "materials")

    def body() -> Iterator[Sequence[object]]:
        for row in range(rows):
            at = number * rows + row
            since = DAY_ONE + dt.timedelta(days=7 * (at // (len(communes) * len(channels))))
            where = communes[at % len(communes)]
            channel = channels[at // len(communes) % len(channels)]
            yield (*where, channel, since, since + dt.timedelta(days=6), random.randrange(400), "a note of the partner")

    return ("Province", "District", "Commune", "Channel", "From", "Until", "Contacts", "Remarks"), body()


def _cases(random: random.Random, number: int, rows: int) -> Rows:
    communes = _communes()
    scale = ("Worse", "Unchanged", "បានប្រសើរឡើង", "Stopped")

    def body() -> Iterator[Sequence[object]]:
        for row in range(rows):
            opened = DAY_ONE + dt.timedelta(days=random.randrange(1000))
            last = opened + dt.timedelta(days=90)
            ended = opened if row % 5 == 0 else last
            judged = (random.choice(scale), random.choice(scale))
            where = (f"Group {row % 20}", *random.choice(communes))
            yield (f"B{number}-{row:05}", *where, opened, 1 + row % 5, opened, ended, *judged, last)

    head = ("Case code", "Group", "Province", "District", "Commune", "Opened on", "Number of sessions",
            "First session", "Last session", "Group’s judgement: any violence", "Group’s judgement: physical violence",
            "Judged on")  # fmt: skip
    return head, body()


FAMILY = [chr(0x1780 + a) + chr(0x17B6 + b) + chr(0x1780 + c) for a in range(20) for b in range(5) for c in range(6)]
GIVEN = [
    chr(0x1780 + a) + chr(0x1780 + b) + chr(0x17B8) + chr(0x1780 + c)
    for a in range(15)
    for b in range(12)
    for c in range(9)
]
WHO_HEAD = ("នាមត្រកូល", "នាមខ្លួន", "Gender", "Birth year", "Province", "District", "Commune", "Phone", "Consent",
            "Consent given on")  # fmt: skip


def _somebody(random: random.Random, communes: Sequence[tuple[str, str, str]]) -> tuple[object, ...]:
    """Invented: letters put together, in as many family and given names as a province may have."""
    name = (random.choice(FAMILY), random.choice(GIVEN), random.choice(("ស្រី", "ប្រុស")), random.randrange(1950, 1999))
    where, phone = random.choice(communes), f"0{random.randrange(10_000_000, 99_999_999)}"
    return (*name, *where, phone, "Signature", DAY_ONE)


def _roster(random: random.Random, number: int, rows: int) -> Rows:
    communes = _communes()

    def body() -> Iterator[Sequence[object]]:
        for at in range(rows // 5):
            who = _somebody(random, communes)
            for sitting in range(5):
                training = (number * 5 + at // 40 * 5 + sitting) % 200
                yield (*who, f"Training {training}", DAY_ONE + dt.timedelta(days=training))

    return (*WHO_HEAD, "Activity", "Session date"), body()


def _people(random: random.Random, number: int, rows: int) -> Rows:
    communes = _communes()
    return WHO_HEAD, (_somebody(random, communes) for _row in range(rows))


_ROWS = {"tallies": _tallies, "roster": _roster, "people": _people, "cases": _cases}
TABLE_KINDS = {"people": "roster"}

if __name__ == "__main__":
    main()
