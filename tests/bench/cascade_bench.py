"""The cascade of a large programme beside DuckDB's plain recursive query over the same rows, in the same run.

    python -m tests.bench.cascade_bench [--attendances 1000000] [--databases sqlite,postgresql] [--rounds 40]

Eight generations under a working group of 12; 20 people a session; refreshers led by deeper generations among them. The
two must agree on every generation before a time is told. Times are this process’s own work (CPU of all threads),
so a busy machine flatters neither. Settling and DuckDB's query both start from tables in memory; `cold` starts from the
database and from DuckDB's file. Warm: a session of 20 with its leader is saved, then reach by generation asked.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.bench.cascade_query import RECURSIVE, TABLES
from tests.bench.results_bench import Times, start_django, subprocessed, timed, told

DEPTH, GROUP, SEATS = 8, 12, 20
SHARES = (0.002, 0.008, 0.03, 0.08, 0.16, 0.24, 0.24, 0.24)  # of the sessions, by generation


def fill(attendances: int) -> int:
    """The rows; returns the programme."""
    import numpy as np
    from django.db import connection, transaction

    from samaki.ground.activities.models import Activity, Attendance, Session
    from samaki.ground.groups.models import Group, Membership
    from samaki.ground.organisations.models import Organisation
    from samaki.ground.people.models import Person
    from samaki.ground.programmes.models import Programme
    from samaki.strands.learning.models import Lead
    from tests.bench.fill import _insert

    random = np.random.default_rng(11)
    sessions = attendances // SEATS
    programme = Programme.objects.create(key="cascade", name_km="ក", name_en="Cascade")
    organisation = Organisation.objects.create(key="cascade", name_latin="o", kind="local_ngo")
    group = Group.objects.create(
        key="cascade", programme=programme, organisation=organisation, kind="working_group", name_km="ក", name_latin="g"
    )
    counts = [max(2, round(share * sessions)) for share in SHARES]
    generation = np.repeat(np.arange(DEPTH), counts)
    day = np.sort(random.integers(0, 360, len(generation))) + 360 * generation
    dates = (np.datetime64("2017-01-02") + np.arange(360 * DEPTH + 1)).astype(str)
    reached = GROUP + np.concatenate([[0], np.cumsum(np.array(counts) * SEATS // 4)])
    seats, leaders = [], []
    for at, count in enumerate(counts):
        first, last = reached[at], reached[at + 1]
        new = np.resize(random.permutation(np.arange(first, last)), (count, SEATS // 4))
        again = random.integers(GROUP, max(last, GROUP + 1), (count, SEATS - SEATS // 4))
        seats.append(np.concatenate([new, again], axis=1))
        low, high = (0, GROUP) if at == 0 else (reached[at - 1], first)
        one = random.integers(low, high, count)
        deeper = random.integers(GROUP, max(last, GROUP + 1), count)
        leaders.append(np.where(random.random(count) < 0.05, deeper, one))
    with transaction.atomic():
        _insert(
            Person,
            ["id", "organisation_id", "gender"],
            ((1 + n, organisation.pk, "woman") for n in range(int(reached[-1]))),
        )
        members = ((group.pk, 1 + n, "member", "2016-01-01", None) for n in range(GROUP))
        _insert(Membership, ["group_id", "person_id", "role", "since", "until"], members)
        activity = ((1 + n, programme.pk, organisation.pk, f"c{n}") for n in range(len(day)))
        usual = {
            "kind": "training",
            "title_km": "ក",
            "title_en": "c",
            "starts_on": "2017-01-02",
            "ends_on": "2025-12-31",
            "state": "held",
            "time_of_day": "",
        }
        names = ["id", "programme_id", "organisation_id", "key", *usual]
        _insert(Activity, names, ((*row, *usual.values()) for row in activity))
        held = ((1 + n, 1 + n, 1, dates[on], "named", "", "") for n, on in enumerate(day.tolist()))
        _insert(Session, ["id", "activity_id", "number", "held_on", "attendance", "title_km", "title_en"], held)
        led = enumerate(np.concatenate(leaders).tolist())
        _insert(Lead, ["session_id", "person_id"], ((1 + n, 1 + who) for n, who in led))
        for start in range(0, len(day), 5_000):
            rows = np.concatenate(seats)[start : start + 5_000]
            pairs = ((1 + start + n, 1 + who) for n, row in enumerate(rows.tolist()) for who in set(row))
            _insert(Attendance, ["session_id", "person_id"], pairs)
        with connection.cursor() as cursor:
            for table in ("people_person", "activities_activity", "activities_session"):
                if connection.vendor == "postgresql":
                    cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), MAX(id)) FROM {table}")
            cursor.execute("ANALYZE")
    return programme.pk


def question(programme_id: int) -> Any:
    from samaki.engines.results.columns import Question

    return Question("cascade", "unique", programme_id, by=("generation",))


def cold(programme_id: int) -> dict[str, Any]:
    """In a process of its own: from nothing to reach by generation, and settling alone."""
    start_django()
    from django.db import connection

    from samaki.engines.results.columns import answer
    from samaki.engines.results.columns.store import Store
    from samaki.kernel.measures import settlements

    connection.ensure_connection()
    whole, [found] = timed(lambda: answer([question(programme_id)]))
    store = Store.loaded()
    settlement = settlements["learning.cascade"]
    settling = [timed(lambda: settlement.make().follow(store, None))[0][1] for _ in range(5)]
    return {"cold": whole[1], "settling": statistics.median(settling), "cells": cells_of(found.cells)}


def cells_of(cells: Any) -> dict[str, int]:
    return {key[0]: count for key, count in sorted(cells.items())}


def measured(attendances: int, rounds: int) -> dict[str, Any]:
    """In a process of its own: fills the database and asks again and again while sessions are saved."""
    start_django()
    import datetime as dt
    from random import Random

    from django.core.management import call_command
    from django.db import transaction

    from samaki.engines.results.columns import Question, answer
    from samaki.ground.activities.models import Activity, Attendance, Session
    from samaki.strands.learning.models import Lead

    call_command("migrate", verbosity=0)
    programme_id = fill(attendances)
    chance = Random(5)
    people = attendances // 8
    numbers = iter(range(1_000, 30_000))
    held_by = Activity.objects.filter(programme_id=programme_id)[0]

    def save_a_session(on: dt.date) -> None:
        with transaction.atomic():
            session = Session.objects.create(activity=held_by, number=next(numbers), held_on=on, attendance="named")
            Lead.objects.create(session=session, person_id=chance.randint(GROUP + 1, people))
            came = chance.sample(range(GROUP + 1, people), SEATS)
            Attendance.objects.bulk_create([Attendance(session=session, person_id=who) for who in came])

    # On the last day, and in the middle of the third year, from where it reaches those taught later.
    days = {"a session now": dt.date(2025, 11, 30), "a session entered years late": dt.date(2019, 7, 1)}
    asked: Question = question(programme_id)
    answer([asked])
    warm: dict[str, Times] = {key: [] for key in days}
    for key, on in days.items():
        for one in range(rounds + 3):
            save_a_session(on)
            taken = timed(lambda: answer([asked]))[0]
            if one >= 3:  # orders that the first changes make are made
                warm[key].append(taken)
    return {"programme_id": programme_id, "after_a_write_ms": {key: told(times) for key, times in warm.items()}}


def duckdb_reach(folder: Path, rounds: int = 5) -> dict[str, Any]:
    """Reach by generation by one recursive query over the same rows: CPU seconds from memory and from a file."""
    import sqlite3

    import duckdb
    import pandas

    path = folder / "cascade.duckdb"
    with sqlite3.connect(folder / "samaki.sqlite3") as source, duckdb.connect(str(path)) as database:
        for name, sql in TABLES.items():
            frame = pandas.read_sql_query(sql, source, dtype_backend="numpy_nullable")
            database.register("frame", frame)
            database.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM frame")
            database.unregister("frame")
    cold = []
    for _ in range(rounds):
        with duckdb.connect(str(path), read_only=True) as database:
            cold.append(timed(lambda database=database: database.execute(RECURSIVE).fetchall())[0][1])
    with duckdb.connect() as memory:
        memory.execute(f"ATTACH '{path}' AS file (READ_ONLY)")
        for name in TABLES:
            memory.execute(f"CREATE TABLE {name} AS SELECT * FROM file.{name}")
        runs = [timed(lambda: memory.execute(RECURSIVE).fetchall()) for _ in range(rounds)]
    cells = dict(runs[0][1])
    return {
        "memory": statistics.median(taken[1] for taken, _ in runs),
        "file": statistics.median(cold),
        "cells": cells,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--attendances", type=int, default=100_000)
    parser.add_argument("--databases", default="sqlite")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--part", choices=["cold", "measured"], help=argparse.SUPPRESS)
    parser.add_argument("arguments", nargs="*", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.part:
        print(json.dumps(cold(*asked.arguments) if asked.part == "cold" else measured(*asked.arguments)))
        return
    run: Callable[..., Any] = subprocessed("tests.bench.cascade_bench")
    folder = Path(tempfile.mkdtemp(prefix="samaki-cascade-"))
    try:
        for database in asked.databases.split(","):
            url = ""
            if database == "postgresql":
                from tests.postgres import start

                url = start().url
            own = folder / database
            own.mkdir()
            found = run("measured", own, url, asked.attendances, asked.rounds)
            colds = [run("cold", own, url, found["programme_id"]) for _ in range(3)]
            line = {
                "database": database,
                "attendances": asked.attendances,
                "settling_cpu_s": round(statistics.median(one["settling"] for one in colds), 3),
                "cold_cpu_s": round(statistics.median(one["cold"] for one in colds), 3),
                "after_a_write_ms": found["after_a_write_ms"],
                "reach": colds[0]["cells"],
            }
            if database == "sqlite":
                peer = duckdb_reach(own)
                if peer["cells"] != colds[0]["cells"]:
                    raise SystemExit(f"DuckDB counts otherwise: {peer['cells']} beside {colds[0]['cells']}")
                line |= {
                    "duckdb_memory_cpu_s": round(peer["memory"], 3),
                    "duckdb_file_cpu_s": round(peer["file"], 3),
                    "settling_to_duckdb": round(line["settling_cpu_s"] / peer["memory"], 2),
                    "cold_to_duckdb_file": round(line["cold_cpu_s"] / peer["file"], 2),
                }
            print(json.dumps(line), flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
