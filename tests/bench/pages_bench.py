"""The results page of a large programme, read by several people while records arrive, on both databases.

    python -m tests.bench.pages_bench --people 100000 --attendances 1000000 [--databases sqlite,postgresql]
        [--readers 4] [--rate 50] [--seconds 30] [--rest 0.5] [--keep FOLDER] [--out FILE]

`samaki serve` runs as it does in life, all its workers. Each reader, an officer of the programme, opens the results of
the fiscal year with its trend, and again `--rest` seconds after it came; a writer of its own process saves that many
submissions a second by the operations of the ground: an activity with a session, and by turns its twenty people by
name or its counts. Prints a JSON line per database and a table: what the server itself took for a page (the web
server's own measure, from the request to the last byte) and what its workers computed, with submissions arriving and
without, the queries of the page with few records and with all, and how long a worker's first page took, which reads
everything.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.bench.results_bench import ROOT, start_django

SERVE = "from samaki.interfaces.cli.main import main; raise SystemExit(main(['serve', '--port', '0']))"
WARMING = 10  # tries until every worker has been asked, and so has read its columns
SMALL = (300, 3_000)  # people and attendances of a second programme, for the queries of its page


def prepared(people: int, attendances: int) -> dict[str, Any]:
    """In a process of its own: two programmes with their frameworks, one of them small; an officer; the queries of each
    results page."""
    start_django()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from django.contrib.auth import BACKEND_SESSION_KEY as BACKEND_KEY
    from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from samaki.ground.accounts.models import RoleGrant, User
    from samaki.ground.organisations.models import Organisation
    from samaki.ground.programmes.models import Programme
    from samaki.interfaces.cli import static_files
    from samaki.interfaces.web.second_factor import PROVED
    from samaki.interfaces.web.sign_in import BACKEND
    from samaki.kernel.actors import Role
    from tests.bench.fill import fill

    static_files.collect()
    user, _made = User.objects.get_or_create(username="bench-officer", language="en")
    for key, size in (("bench", (people, attendances)), ("small", SMALL)):
        if not Programme.objects.filter(key=key).exists():
            fill(*size, key=key)
        programme = Programme.objects.get(key=key)
        owner = Organisation.objects.filter(key=f"{key}-0").get()
        RoleGrant.objects.get_or_create(
            user=user, role=Role.PROGRAMME_OFFICER, organisation=owner, programme_id=programme.pk
        )
        _frame(programme)
    session = SessionStore()
    session[SESSION_KEY], session[BACKEND_KEY] = str(user.pk), BACKEND
    session[HASH_SESSION_KEY], session[PROVED] = user.get_session_auth_hash(), user.pk
    session.save()
    client = Client()
    client.cookies["sessionid"] = str(session.session_key)
    queries = {}
    for key in ("small", "bench"):
        for _ in range(2):  # the first reads the columns
            with CaptureQueriesContext(connection) as captured:
                answer = client.get(f"/programmes/{key}/results/?period=2026", headers={"host": "localhost"})
            assert answer.status_code == 200, answer.status_code
        queries[key] = len(captured)
    return {"session": session.session_key, "queries": queries, "bytes": len(answer.content)}


def _frame(programme: Any) -> None:
    """Goal, outcomes and outputs that use every indicator of the catalogue, with a target for each."""
    from samaki.engines.results.models import Indicator, Node
    from samaki.engines.results.operations import NodeWritten, set_framework, set_target
    from samaki.kernel.actors import System

    by, keys = System("bench"), list(Indicator.objects.order_by("key").values_list("key", flat=True))
    nodes = [NodeWritten("goal", Node.Level.GOAL, "Goal", "គោលដៅ", indicators=tuple(keys[:1]))]
    for at, key in enumerate(keys[1:]):
        nodes.append(NodeWritten(f"out-{at}", Node.Level.OUTCOME, key, "លទ្ធផល", parent="goal", indicators=(key,)))
    set_framework(programme=programme, title_en="Bench", title_km="សាក", nodes=nodes, by=by)
    for key in keys:
        set_target(programme=programme, indicator=key, period="2026", value=50, by=by)


def write(rate: float, seconds: float, seed: int) -> dict[str, Any]:
    """In a process of its own: submissions at an even pace, as many as come through."""
    start_django()
    import datetime as dt

    from django.utils import timezone

    from samaki.ground.activities.models import Activity
    from samaki.ground.activities.operations import create_activity, record_attendance, record_tallies
    from samaki.ground.activities.rules import SessionPlan
    from samaki.ground.organisations.models import Organisation
    from samaki.ground.people.models import Consent, Person
    from samaki.ground.places.models import Place
    from samaki.ground.programmes.models import Programme, ProgrammeRole
    from samaki.kernel.actors import System

    by, chance = System("bench"), random.Random(seed)
    programme, owner = Programme.objects.get(key="bench"), Organisation.objects.get(key="bench-0")
    ProgrammeRole.objects.get_or_create(programme=programme, organisation=owner, part=ProgrammeRole.Part.PARTNER)
    adults = Person.objects.filter(organisation=owner, birth_year__lt=2000)
    people = list(adults.order_by("pk").values_list("pk", flat=True)[:2_000])
    known = set(Consent.objects.filter(person__in=people).values_list("person_id", flat=True))
    Consent.objects.bulk_create(
        Consent(
            person_id=pk,
            purpose=Consent.Purpose.TAKE_PART,
            text_version="1",
            language="km",
            how=Consent.How.SPOKEN,
            given_on=dt.date(2025, 1, 1),
            recorded_by="bench",
        )
        for pk in people
        if pk not in known
    )
    places = list(Place.objects.filter(level=3)[:300])
    start, own, done = time.monotonic(), time.process_time(), 0
    while (now := time.monotonic()) < start + seconds:
        if now < start + done / rate:
            time.sleep(start + done / rate - now)
        day, at = dt.date(2026, chance.randint(4, 10), chance.randint(1, 28)), timezone.now()
        activity = create_activity(
            programme=programme,
            organisation=owner,
            kind=Activity.Kind.TRAINING,
            title_km="ក",
            title_en="a",
            place=chance.choice(places),
            starts_on=day,
            ends_on=day,
            sessions=[SessionPlan(day)],
            by=by,
            at=at,
        )
        session = activity.sessions.get()
        if done % 2:
            record_tallies(session=session, revision=1, counts={("all", "all"): 20}, by=by, at=at)
        else:
            record_attendance(session=session, revision=1, person_ids=chance.sample(people, 20), by=by, at=at)
        done += 1
    spent = time.monotonic() - start
    return {"rate": round(done / spent, 1), "cpu_ms_each": round(1e3 * (time.process_time() - own) / done, 1)}


class Site:
    """`samaki serve` on a free port, and what its web server says of each request."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.log = folder / "requests.log"
        self.log.write_text("")
        words = f"--access-logfile={self.log} --access-logformat='%(p)s %(s)s %(D)s %(U)s'"
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVE],
            cwd=ROOT,
            env={**environment, "GUNICORN_CMD_ARGS": words},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if "http://" in line:
                self.address = line[line.index("http://") :].split()[0]
                return
        raise RuntimeError("samaki serve did not start")

    def took(self, path: str, since: int) -> list[tuple[str, float]]:
        """Worker and milliseconds of each answer to that path, from a position of the log on."""
        found = []
        for line in self.log.read_text()[since:].splitlines():
            worker, status, microseconds, where = line.split(" ", 3)
            if where == path:
                assert status == "200", line
                found.append((worker, int(microseconds) / 1e3))
        return found

    def end(self) -> None:
        self.process.terminate()
        self.process.wait(60)


def read(address: str, session: str, until: float, rest: float) -> None:
    request = urllib.request.Request(address, headers={"Cookie": f"sessionid={session}"})
    while time.monotonic() < until:
        with urllib.request.urlopen(request) as answer:
            answer.read()
        time.sleep(rest)


def read_together(site: Site, session: str, readers: int, seconds: float, rest: float) -> list[tuple[str, float]]:
    path = "/programmes/bench/results/"
    since = len(site.log.read_text())
    until = time.monotonic() + seconds
    asking = [
        threading.Thread(target=read, args=(f"{site.address}{path}?period=2026", session, until, rest))
        for _ in range(readers)
    ]
    for one in asking:
        one.start()
    for one in asking:
        one.join()
    time.sleep(0.5)
    return site.took(path, since)


def web(site: Site) -> list[str]:
    """The web server's processes, as its log writes them."""
    above = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            above[status.parent.name] = status.read_text().rpartition(")")[2].split()[1]
    found, left = [], [str(site.process.pid)]
    while left:
        one = left.pop()
        left += [pid for pid, parent in above.items() if parent == one]
        with contextlib.suppress(OSError):
            if b"gunicorn" in Path(f"/proc/{one}/cmdline").read_bytes():
                found.append(f"<{one}>")
    return found


def worked(workers: Sequence[str]) -> float:
    """Milliseconds that these processes have computed so far."""
    fields = [Path(f"/proc/{worker.strip('<>')}/stat").read_text().rpartition(")")[2].split() for worker in workers]
    return sum(1e3 * (int(each[11]) + int(each[12])) / os.sysconf("SC_CLK_TCK") for each in fields)


def told(
    site: Site, workers: Sequence[str], session: str, readers: int, seconds: float, rest: float
) -> dict[str, float]:
    before = worked(workers)
    times = sorted(took for _, took in read_together(site, session, readers, seconds, rest))
    return {
        "pages": len(times),
        "p50": round(statistics.median(times), 1),
        "p95": round(times[max(0, round(len(times) * 0.95) - 1)], 1),
        "cpu": round((worked(workers) - before) / len(times), 1),
    }


def child(part: str, environment: dict[str, str], *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.bench.pages_bench", "--part", part, *map(str, arguments)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )


def answered(process: subprocess.Popen[str]) -> Any:
    out, _err = process.communicate()
    if process.returncode:
        raise SystemExit(process.returncode)
    return json.loads(out.splitlines()[-1])


def measured(asked: argparse.Namespace, database: str, folder: Path, url: str) -> dict[str, Any]:
    environment = {**os.environ, "SAMAKI_DATA": str(folder), "SAMAKI_DATABASE": url, "PYTHONUNBUFFERED": "1"}
    made = answered(child("prepared", environment, asked.people, asked.attendances))
    site = Site(folder, environment)
    try:
        colds: dict[str, float] = {}
        for _ in range(WARMING):
            if len(colds) < len(web(site)) - 1:  # the first of them only watches the others
                colds = dict(reversed(read_together(site, made["session"], 16, 1, 0))) | colds
        quiet = told(site, web(site), made["session"], asked.readers, asked.seconds / 2, asked.rest)
        writer = child("write", environment, asked.rate, asked.seconds + 4, 5)
        time.sleep(3)
        busy = told(site, web(site), made["session"], asked.readers, asked.seconds, asked.rest)
        written = answered(writer)
    finally:
        site.end()
    return {
        "database": database,
        "people": asked.people,
        "attendances": asked.attendances,
        "queries": made["queries"],
        "bytes": made["bytes"],
        "workers": len(colds),
        "first_page_of_a_worker_ms": [round(took) for took in colds.values()],
        "readers": asked.readers,
        "quiet_ms": quiet,
        "while_submissions_arrive_ms": busy,
        "submissions": written,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=5_000)
    parser.add_argument("--attendances", type=int, default=50_000)
    parser.add_argument("--databases", default="sqlite")
    parser.add_argument("--readers", type=int, default=4)
    parser.add_argument("--rate", type=float, default=50)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--rest", type=float, default=0.5)
    parser.add_argument("--keep", type=Path, help="a folder to fill and leave")
    parser.add_argument("--out", type=Path, help="JSON lines are added to this file too")
    parser.add_argument("--part", choices=["prepared", "write"], help=argparse.SUPPRESS)
    parser.add_argument("arguments", nargs="*", type=float, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.part:
        given = asked.arguments
        found = prepared(*map(int, given)) if asked.part == "prepared" else write(given[0], given[1], int(given[2]))
        print(json.dumps(found))
        return
    folder = asked.keep or Path(tempfile.mkdtemp(prefix="samaki-bench-"))
    folder.mkdir(exist_ok=True)
    lines = []
    try:
        for database in asked.databases.split(","):
            url = ""
            if database == "postgresql":
                from tests.postgres import start

                url = start().url
            (folder / database).mkdir(exist_ok=True)
            line = measured(asked, database, folder / database, url)
            lines.append(line)
            if asked.out:
                with asked.out.open("a") as file:
                    file.write(json.dumps(line) + "\n")
            print(json.dumps(line), flush=True)
    finally:
        if not asked.keep:
            shutil.rmtree(folder, ignore_errors=True)
    print("\nresults page, ms of server time      p50     p95     cpu    pages  queries")
    for line in lines:
        for words, key in (("alone", "quiet_ms"), ("while records arrive", "while_submissions_arrive_ms")):
            one = line[key]
            queries = "/".join(str(n) for n in line["queries"].values())
            numbers = "".join(f"{one[name]:>8}" for name in ("p50", "p95", "cpu", "pages"))
            print(f"{line['database']:11} {words:22}{numbers} {queries:>8}")


if __name__ == "__main__":
    main()
