"""Submissions acknowledged and handled into records: how many a second, how long each waits, what each costs.

    python -m tests.bench.openrosa_bench [--databases sqlite,postgresql] [--submissions 3000] [--clients 8]
        [--people 20000] [--stored 0] [--derive] [--out FILE]

The real server, as `samaki serve` starts it, on loopback; every phone proves itself by Digest; every submission is a
session of 20 people that figures count at once. In the same run the floor: parse and insert without any framework,
one commit each. `--stored N` fills N submissions first, to show that cost stays flat; `--derive` makes all records
again. Durability is on (SQLite FULL, PostgreSQL fsync). Prints a JSON line per database; quote ratios.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import psutil

from tests.bench import openrosa_load, openrosa_world, reference_form

DURABLE = ("fsync=on", "synchronous_commit=on", "full_page_writes=on", "max_connections=60", "shared_buffers=256MB")


def _floor(folder: Path, submissions: Sequence[bytes]) -> float:
    """Submissions a second: ElementTree, a raw row, a session, 20 attendances and an audit row, a commit each."""
    database = sqlite3.connect(folder / "floor.sqlite3", isolation_level=None)
    database.executescript(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
        "CREATE TABLE raw (id INTEGER PRIMARY KEY, instance TEXT UNIQUE, xml BLOB);"
        "CREATE TABLE held (id INTEGER PRIMARY KEY, raw INTEGER UNIQUE, day TEXT, place TEXT);"
        "CREATE TABLE attended (id INTEGER PRIMARY KEY, held INTEGER, person TEXT);"
        "CREATE INDEX attended_held ON attended (held); CREATE INDEX attended_person ON attended (person);"
        "CREATE TABLE audit (id INTEGER PRIMARY KEY, act TEXT, target INTEGER)"
    )
    begun = time.perf_counter()
    for xml in submissions:
        root = ElementTree.fromstring(xml)
        database.execute("BEGIN IMMEDIATE")
        raw = database.execute(
            "INSERT INTO raw (instance, xml) VALUES (?, ?)", (root.findtext("meta/instanceID"), xml)
        ).lastrowid
        held = database.execute(
            "INSERT INTO held (raw, day, place) VALUES (?, ?, ?)",
            (raw, root.findtext("today"), root.findtext("district")),
        ).lastrowid
        people = [(held, one.findtext("pid")) for one in root.iterfind("participants")]
        database.executemany("INSERT INTO attended (held, person) VALUES (?, ?)", people)
        database.execute("INSERT INTO audit (act, target) VALUES ('submit', ?)", (raw,))
        database.execute("COMMIT")
    seconds = time.perf_counter() - begun
    database.close()
    return len(submissions) / seconds


def _serve(port: int) -> subprocess.Popen[bytes]:
    command = [Path(sys.executable).with_name("samaki"), "serve", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return process
    raise SystemExit("the server did not start")


def _cpu(process: psutil.Process, database: str) -> float:
    """Seconds of the server and all it started, and of PostgreSQL's processes."""
    everyone = [process, *process.children(recursive=True)]
    if database == "postgresql":
        everyone += [one for one in psutil.process_iter() if one.name() == "postgres"]
    total = 0.0
    for one in everyone:
        try:
            times = one.cpu_times()
        except psutil.Error:
            continue
        total += times.user + times.system
    return total


def _measure(database: str, options: argparse.Namespace) -> dict[str, Any]:
    """In a process of its own, since Django's settings are read once."""
    folder = Path(os.environ["SAMAKI_DATA"])
    openrosa_world.ready()
    world = openrosa_world.make(people=options.people, phones=options.clients)
    found: dict[str, Any] = {"database": database, "clients": options.clients, "stored": options.stored}
    for start in range(0, options.stored, 2_000):
        some = openrosa_world.parcels(
            world, min(2_000, options.stored - start), people=options.people, salt=f"s{start}"
        )
        openrosa_world.receive_all(some, threads=16)
    filled = [reference_form.submission(f"load:{n}", people=options.people) for n in range(options.submissions)]
    warm = [reference_form.submission(f"warm:{n}", people=options.people) for n in range(200)]
    found["floor_per_s"] = round(_floor(folder, filled), 1)
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port = trial.getsockname()[1]
    server = _serve(port)
    try:
        address = ("127.0.0.1", port, "/or/bench/submission", world.phones)
        openrosa_load.load(*address, warm)
        watched = psutil.Process(server.pid)
        before = _cpu(watched, database)
        seconds, waits = openrosa_load.load(*address, filled)
        cpu = _cpu(watched, database) - before
    finally:
        server.terminate()
        server.wait(30)
    waits.sort()
    found |= {
        "per_s": round(len(filled) / seconds, 1),
        "of_floor": round(len(filled) / seconds / found["floor_per_s"], 2),
        "p50_ms": round(1e3 * waits[len(waits) // 2], 1),
        "p95_ms": round(1e3 * waits[int(len(waits) * 0.95)], 1),
        "p99_ms": round(1e3 * waits[int(len(waits) * 0.99)], 1),
        "cpu_ms_each": round(1e3 * cpu / len(filled), 2),
    }
    _check(options.stored + len(filled) + len(warm))
    if options.derive:
        found |= _derive(world)
    return found


def _check(expected: int) -> None:
    from samaki.engines.fieldforms.models import Submission
    from samaki.ground.activities.models import Attendance, Session

    counted = (Submission.objects.filter(state="handled").count(), Session.objects.count(), Attendance.objects.count())
    if counted != (expected, expected, expected * 20):
        raise SystemExit(f"acknowledged but not recorded: {counted}, expected {expected}")


def _derive(world: openrosa_world.World) -> dict[str, Any]:
    from django.utils import timezone

    from samaki.engines.fieldforms.models import Form
    from samaki.engines.fieldforms.operations.deriving import derive_again
    from samaki.kernel.actors import System

    begun, cpu = time.perf_counter(), time.process_time()
    derived = derive_again(form=Form.objects.get(pk=world.form_id), by=System("bench"), at=timezone.now())
    return {
        "derived_again": derived.handled,
        "derived_failed": derived.failed,
        "derive_s": round(time.perf_counter() - begun, 1),
        "derive_cpu_s": round(time.process_time() - cpu, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--databases", default="sqlite")
    parser.add_argument("--submissions", type=int, default=500)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--people", type=int, default=5_000)
    parser.add_argument("--stored", type=int, default=0)
    parser.add_argument("--derive", action="store_true")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--one", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(_measure(options.one, options)), flush=True)
        return
    for database in options.databases.split(","):
        folder = tempfile.mkdtemp(prefix="samaki-bench-")
        environment = {**os.environ, "SAMAKI_DATA": folder}
        server = None
        try:
            if database == "postgresql":
                from tests.postgres import start

                server = start(DURABLE)
                environment["SAMAKI_DATABASE"] = server.url
            command = [sys.executable, "-m", "tests.bench.openrosa_bench", *sys.argv[1:], "--one", database]
            told = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True)
            print(told.stdout, end="", flush=True)
            if told.returncode:
                raise SystemExit(told.returncode)
            if options.out:
                with options.out.open("a") as out:
                    out.write(told.stdout)
        finally:
            if server:
                server.stop()
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
