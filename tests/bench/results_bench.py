"""Figures of a large programme, on both databases, beside DuckDB over a star of the same rows in the same run.

    python -m tests.bench.results_bench --people 100000 --attendances 1000000 [--databases sqlite,postgresql]
        [--rounds 40] [--keep FOLDER] [--out FILE]

Prints a JSON line per database, then a table of them. Cold: a new process that has nothing, from the first question
to the last of the five, beside DuckDB answering the same five from its file; the two must agree. Warm: one register
of 20 people is saved, then a figure asked. The machine may do other work: read the ratios, and `cpu` beside `p50`.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
BAND = (
    "CASE WHEN 2026 - birth_year < 18 THEN 'under_18' WHEN 2026 - birth_year < 25 THEN '18_24'"
    " WHEN 2026 - birth_year < 35 THEN '25_34' WHEN 2026 - birth_year < 50 THEN '35_49'"
    " WHEN 2026 - birth_year < 65 THEN '50_64' ELSE '65_up' END"
)
STAR = (
    "(SELECT t.person_id, p.gender, p.birth_year, s.held_on, a.kind, a.province FROM attendance t"
    " JOIN session s ON s.id = t.session_id JOIN activity a ON a.id = s.activity_id"
    " JOIN person p ON p.id = t.person_id)"
)
# The five, as the catalogue asks them and as SQL over the star.
FIVE: tuple[tuple[dict[str, Any], str], ...] = (
    (
        {"aggregate": "unique", "by": ("province", "gender", "age_band")},
        f"SELECT province, gender, {BAND}, count(DISTINCT person_id) FROM {STAR} GROUP BY ALL",
    ),
    (
        {"aggregate": "rows", "by": ("kind", "gender", "month")},
        f"SELECT kind, gender, strftime(held_on, '%Y-%m'), count(*) FROM {STAR} GROUP BY ALL",
    ),
    (
        {"aggregate": "unique", "by": ("province", "gender"), "where": (("age_band", ("18_24", "25_34")),)},
        f"SELECT province, gender, count(DISTINCT person_id) FROM {STAR}"
        f" WHERE {BAND} IN ('18_24', '25_34') GROUP BY ALL",
    ),
    (
        {"aggregate": "unique", "by": ("kind", "gender", "month")},
        f"SELECT kind, gender, strftime(held_on, '%Y-%m'), count(DISTINCT person_id) FROM {STAR} GROUP BY ALL",
    ),
    (
        {"aggregate": "unique", "by": ("kind",)},
        f"SELECT kind, count(DISTINCT person_id) FROM {STAR} GROUP BY ALL",
    ),
)
CROSSES = (
    "gender",
    "age_band",
    "kind",
    "month",
    "quarter",
    "year",
    "province",
    "district",
    "commune",
    "area",
    "organisation",
)


Times = list[tuple[float, float]]


def told(times: Times) -> dict[str, float]:
    """Milliseconds: medians of wall clock and of the process's own work, and the wall clock's 95th percentile."""
    wall, work = sorted(one for one, _ in times), [one for _, one in times]
    return {
        "p50": round(1e3 * statistics.median(wall), 2),
        "p95": round(1e3 * wall[max(0, round(len(wall) * 0.95) - 1)], 2),
        "cpu": round(1e3 * statistics.median(work), 2),
        "cpu_p95": round(1e3 * sorted(work)[max(0, round(len(work) * 0.95) - 1)], 2),
    }


def timed(work: Callable[[], Any]) -> tuple[tuple[float, float], Any]:
    """Seconds of wall clock and of the process's own work, and what came of it."""
    start, own = time.perf_counter(), time.process_time()
    found = work()
    return (time.perf_counter() - start, time.process_time() - own), found


def start_django() -> None:
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "samaki.project.settings"
    django.setup()


def cold(programme_id: int) -> dict[str, Any]:
    """In a process of its own: the five with nothing kept."""
    start_django()
    import datetime as dt

    from django.db import connection

    from samaki.engines.results.columns import Question, answer

    connection.ensure_connection()
    questions = [
        Question("attendance", programme_id=programme_id, as_of=dt.date(2026, 12, 31), **words) for words, _ in FIVE
    ]
    seconds, found = timed(lambda: answer(questions))
    return {
        "seconds": seconds[0],
        "cells": [sorted([*cell, count] for cell, count in one.cells.items()) for one in found],
    }


def measured(people: int, attendances: int, rounds: int) -> dict[str, Any]:
    """In a process of its own: fills the database, then everything that is asked of one that runs."""
    start_django()
    import datetime as dt

    from django.core.management import call_command
    from django.db import transaction

    from samaki.engines.results.columns import Question, answer, row_ids
    from samaki.ground.activities.models import Activity, Attendance, Session
    from samaki.ground.places.models import Place
    from tests.bench.fill import fill

    call_command("migrate", verbosity=0)
    filling, filled = timed(lambda: fill(people, attendances))
    chance = random.Random(3)
    programme = filled.programme_id
    activity = Activity.objects.filter(programme_id=programme)[0]
    person_ids = list(Attendance.objects.values_list("person_id", flat=True)[:20_000])
    person_ids = sorted(set(person_ids))
    number = iter(range(1_000, 30_000))

    def save_a_register() -> None:
        with transaction.atomic():
            session = Session.objects.create(
                activity=activity, number=next(number), held_on=dt.date(2026, 6, 1), attendance="named"
            )
            came = chance.sample(person_ids, 20)
            Attendance.objects.bulk_create([Attendance(session=session, person_id=who) for who in came])

    default = {
        "participants": Question("attendance", "unique", programme, by=("province", "gender", "age_band")),
        "attendances": Question("attendance", "rows", programme, by=("month",)),
        "activities_held": Question("activity", "rows", programme, by=("kind",)),
        "perpetrators_counselled": Question("case", "unique", programme, by=("area",)),
        "reported_success": Question(
            "case", "unique", programme, where=(("judged", ("improved", "stopped")),), by=("area",)
        ),
        "outreach_contacts": Question("contact", "sum", programme, by=("area",)),
        "group_report_timeliness": Question("group_month", "rows", programme, by=("timeliness",)),
    }
    answer(list(default.values()))
    save_a_register()
    answer(list(default.values()))  # what is made at the first change is made
    together: Times = []
    for _ in range(rounds):
        save_a_register()
        together.append(timed(lambda: answer(list(default.values())))[0])
    warm: dict[str, Times] = {key: [] for key in default}
    writes: Times = []
    for key, question in default.items():
        answer([question])
        for _ in range(rounds):
            writes.append(timed(save_a_register)[0])
            warm[key].append(timed(lambda question=question: answer([question]))[0])
    provinces = list(Place.objects.filter(level=1).values_list("code", flat=True))
    crosses = []
    for _ in range(rounds):
        question = Question(
            "attendance",
            chance.choice(["unique", "rows"]),
            programme,
            first=dt.date(2025, chance.randint(1, 12), 1),
            last=chance.choice([None, dt.date(2026, chance.randint(1, 12), 28)]),
            place_codes=tuple(chance.sample(provinces, chance.choice([1, 3, 10, 25]))),
            by=tuple(chance.sample(CROSSES, 3)),
        )
        crosses.append(timed(lambda question=question: answer([question]))[0])
    wide = Question("attendance", "rows", programme)
    row_ids(wide)
    pages = []
    for _ in range(rounds):
        save_a_register()
        pages.append(timed(lambda: row_ids(wide))[0])
    return {
        "programme_id": programme,
        "fill_s": round(filling[0], 1),
        "warm_after_a_write_ms": {key: told(times) for key, times in warm.items()},
        "all_seven_after_a_write_ms": told(together),
        "cross_of_three_ms": told(crosses),
        "first_page_ms": told(pages),
        "save_a_register_ms": told(writes),
    }


def duckdb_five(folder: Path) -> tuple[float, list[list[list[Any]]]]:
    """The same five over a star of the SQLite database's rows: seconds with the file just opened, and the cells."""
    import sqlite3

    import duckdb
    import pandas

    star = {
        "attendance": "SELECT session_id, person_id FROM activities_attendance",
        "session": "SELECT id, activity_id, held_on FROM activities_session",
        "activity": "SELECT a.id, a.kind, substr(p.code, 1, 2) AS province FROM activities_activity a"
        " JOIN places_place p ON p.id = a.place_id",
        "person": "SELECT id, gender, birth_year FROM people_person",
    }
    path = folder / "star.duckdb"
    path.unlink(missing_ok=True)
    with sqlite3.connect(folder / "samaki.sqlite3") as source, duckdb.connect(str(path)) as database:
        for name, sql in star.items():
            frame = pandas.read_sql_query(sql, source)
            if name == "session":
                frame["held_on"] = pandas.to_datetime(frame["held_on"])
            database.register("frame", frame)
            database.execute(f"CREATE TABLE {name} AS SELECT * FROM frame")
            database.unregister("frame")
    seconds = []
    for _ in range(5):
        with duckdb.connect(str(path), read_only=True) as database:
            taken, cells = timed(lambda: [database.execute(sql).fetchall() for _, sql in FIVE])
        seconds.append(taken[0])
    return statistics.median(seconds), [sorted([list(row) for row in rows]) for rows in cells]


def subprocessed(module: str) -> Callable[..., Any]:
    """Runs a part of that module in a process of its own, on the database at `url` (empty: SQLite in the folder)."""

    def child(part: str, folder: Path, url: str, *arguments: object) -> Any:
        environment = {
            **os.environ,
            "SAMAKI_DATA": str(folder),
            "SAMAKI_DATABASE": url,
            "SAMAKI_SYNCHRONOUS": "NORMAL",
        }
        done = subprocess.run(
            [sys.executable, "-m", module, "--part", part, *map(str, arguments)],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            check=True,
            text=True,
        )
        return json.loads(done.stdout.splitlines()[-1])

    return child


child = subprocessed("tests.bench.results_bench")


def table(lines: list[dict[str, Any]]) -> None:
    """What was aimed at, by database; times are wall clock / own work."""
    print("\n" + f"{'figures':42}" + "".join(f"{line['database']:>18}" for line in lines))

    def row(words: str, cells: list[str]) -> None:
        print(f"{words:42}" + "".join(f"{cell:>18}" for cell in cells))

    row("the five, cold: times DuckDB in this run", [str(line.get("cold_to_duckdb", "–")) for line in lines])
    for key in lines[0]["warm_after_a_write_ms"]:
        times = [line["warm_after_a_write_ms"][key] for line in lines]
        row(f"{key}, ms", [f"{one['p50']} / {one['cpu']}" for one in times])
    crosses = [line["cross_of_three_ms"] for line in lines]
    row("any cross of three, p95 ms", [f"{one['p95']} / {one['cpu_p95']}" for one in crosses])
    pages = [line["first_page_ms"] for line in lines]
    row("first page of the rows behind, ms", [f"{one['p50']} / {one['cpu']}" for one in pages])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--attendances", type=int, default=100_000)
    parser.add_argument("--databases", default="sqlite")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--keep", type=Path, help="a folder to fill and leave")
    parser.add_argument("--out", type=Path, help="JSON lines are added to this file too")
    parser.add_argument("--part", choices=["cold", "measured"], help=argparse.SUPPRESS)
    parser.add_argument("arguments", nargs="*", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.part:
        print(json.dumps(cold(*asked.arguments) if asked.part == "cold" else measured(*asked.arguments)))
        return

    lines: list[dict[str, Any]] = []

    def tell(line: dict[str, Any]) -> None:
        lines.append(line)
        print(json.dumps(line), flush=True)
        if asked.out:
            with asked.out.open("a") as file:
                file.write(json.dumps(line) + "\n")

    folder = asked.keep or Path(tempfile.mkdtemp(prefix="samaki-bench-"))
    folder.mkdir(exist_ok=True)
    peer: tuple[float, list[list[list[Any]]]] | None = None
    try:
        for database in asked.databases.split(","):
            url = ""
            if database == "postgresql":
                from tests.postgres import start

                url = start().url
            own = folder / database
            own.mkdir(exist_ok=True)
            found = child("measured", own, url, asked.people, asked.attendances, asked.rounds)
            if database == "sqlite":
                peer = duckdb_five(own)
            colds = [child("cold", own, url, found["programme_id"]) for _ in range(5)]
            if peer and database == "sqlite" and colds[0]["cells"] != peer[1]:
                raise SystemExit("DuckDB counts otherwise than the columns")
            seconds = statistics.median(run["seconds"] for run in colds)
            line = {
                "database": database,
                "people": asked.people,
                "attendances": asked.attendances,
                **found,
                "cold_five_s": round(seconds, 3),
            }
            if peer:  # the rows that both databases hold, in SQLite's folder
                again = duckdb_five(folder / "sqlite")[0]
                line |= {"duckdb_five_s": round(again, 3), "cold_to_duckdb": round(seconds / again, 2)}
            tell(line)
    finally:
        if not asked.keep:
            shutil.rmtree(folder, ignore_errors=True)
    table(lines)


if __name__ == "__main__":
    main()
