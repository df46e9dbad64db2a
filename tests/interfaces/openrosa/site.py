"""A site of its own in another process, for tests that talk to a real server.

`python -m tests.interfaces.openrosa.site` fills the site that the environment names and says how its phone comes in.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import re
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.interfaces.openrosa.phone import OverTheWire, Phone

SERVE = "from samaki.interfaces.cli.main import main; main()"


@dataclass
class Site:
    folder: Path
    environment: dict[str, str]
    programme: str
    username: str
    password: str
    address: str = ""
    serving: subprocess.Popen[str] | None = None

    def phone(self) -> Phone:
        base = f"http://{self.address}/or/{self.programme}"
        return Phone(base, self.username, self.password, OverTheWire(self.address))

    def start(self, workers: int = 2) -> None:
        self.serving = subprocess.Popen(
            [sys.executable, "-c", SERVE, "serve", "--port", "0", "--workers", str(workers)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=self.environment,
            start_new_session=True,
        )
        assert self.serving.stdout is not None
        found = re.search(r"http://([\d.:]+)", self.serving.stdout.readline())
        assert found is not None
        self.address = found[1]

    def kill(self) -> None:
        """Every process of the server at once, as a power cut would: the workers first, so that none ends in order."""
        assert self.serving is not None
        for pid in [*self.processes(), self.serving.pid]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.serving.wait(30)

    def processes(self) -> list[int]:
        """Those below the server's own, the lowest first."""
        assert self.serving is not None
        above = {}
        for path in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                above[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
        found, below = [], {self.serving.pid}
        while below := {pid for pid, parent in above.items() if parent in below}:
            found += sorted(below)
        return found[::-1]

    def asked(self, code: str) -> object:
        """What the site's own database answers to a line of Python, as JSON."""
        program = f"import django, json; django.setup(); print(json.dumps({code}))"
        said = subprocess.run([sys.executable, "-c", program], env=self.environment, capture_output=True, text=True)
        assert said.returncode == 0, said.stderr
        return json.loads(said.stdout)


@contextmanager
def a_site(folder: Path) -> Iterator[Site]:
    """On the database of this test run; a fresh one there."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("SAMAKI_")}
    environment = {
        **ours,
        "SAMAKI_DATA": str(folder),
        "DJANGO_SETTINGS_MODULE": "samaki.project.settings",
        "PYTHONPATH": str(Path(__file__).parents[3]),
    }
    with _database() as url:
        if url:
            environment["SAMAKI_DATABASE"] = url
        made = subprocess.run(
            [sys.executable, "-m", "tests.interfaces.openrosa.site"], env=environment, capture_output=True, text=True
        )
        assert made.returncode == 0, made.stderr
        site = Site(folder, environment, **json.loads(made.stdout))
        try:
            yield site
        finally:
            if site.serving is not None and site.serving.poll() is None:
                site.kill()


@contextmanager
def _database() -> Iterator[str]:
    """Its address on the server that this run uses, "" for SQLite."""
    from django.db import connection

    if connection.vendor != "postgresql":
        yield ""
        return
    import psycopg

    host, name = connection.settings_dict["HOST"], f"wire_{secrets.token_hex(4)}"
    with psycopg.connect(host=host, user="postgres", dbname="postgres", autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            yield f"postgresql://postgres@/{name}?host={host}"
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def main() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from tests.factories import programmes
    from tests.interfaces.openrosa.conftest import make_field

    programmes._number = itertools.count(1)
    field = make_field()
    told = {
        "programme": field.setting.programme.key,
        "username": field.issued.device.username,
        "password": field.issued.password,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
