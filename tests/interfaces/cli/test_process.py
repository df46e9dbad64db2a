"""The command as a process of its own, over a data folder of its own."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

Run = Callable[..., subprocess.CompletedProcess[str]]
COMMAND = [sys.executable, "-c", "import sys; from samaki.interfaces.cli.main import main; sys.exit(main())"]


def _environment(folder: Path, **more: str) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("SAMAKI_", "DJANGO_"))}
    return {**ours, "SAMAKI_DATA": str(folder), **more}


def _run(folder: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *words], capture_output=True, text=True, env=_environment(folder, **more), timeout=240
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder as two first commands at once leave it."""
    folder = tmp_path_factory.mktemp("made")
    both = [
        subprocess.Popen([*COMMAND, "audit", "verify"], env=_environment(folder), stdout=subprocess.DEVNULL)
        for _ in range(2)
    ]
    assert [process.wait(240) for process in both] == [0, 0]
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "data"))


def test_a_database_of_a_newer_version_is_refused(folder: Path) -> None:
    with sqlite3.connect(folder / "samaki.sqlite3") as database:
        database.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('places', '0999_of_tomorrow', '2090-01-01')"
        )
    said = _run(folder, "audit", "verify")
    assert (said.returncode, said.stdout) == (1, "")
    assert said.stderr.count("\n") == 1
    assert said.stderr.count("places.0999_of_tomorrow") == 1


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"SAMAKI_DATABASE": "mysql://localhost/samaki"}, 2),
        ({"SAMAKI_DATABASE": "postgresql://nobody@127.0.0.1:1/samaki"}, 1),
        ({"SAMAKI_DATA": "/dev/null/nowhere"}, 1),
        ({"SAMAKI_LANGUAGE": "fr"}, 2),
    ],
)
def test_a_setting_that_cannot_be_is_told_in_one_line(tmp_path: Path, more: dict[str, str], code: int) -> None:
    said = _run(tmp_path, "audit", "verify", **more)
    assert (said.returncode, said.stdout, "Traceback" in said.stderr) == (code, "", False)
    assert said.stderr.startswith("samaki: ")


def test_a_reader_that_goes_away_is_no_error(folder: Path) -> None:
    ours, theirs = os.pipe()
    os.close(ours)
    with os.fdopen(theirs, "w") as out:
        said = subprocess.run(
            [*COMMAND, "audit", "verify"], stdout=out, stderr=subprocess.PIPE, env=_environment(folder), timeout=60
        )
    assert (said.returncode, said.stderr) == (0, b"")


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_serve_answers_and_ends_clean_with_all_its_children(folder: Path, end: signal.Signals) -> None:
    serving = subprocess.Popen(
        [*COMMAND, "serve", "--port", "0", "--workers", "1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=_environment(folder),
    )
    assert serving.stdout is not None
    try:
        address = re.search(r"http://[\d.:]+", serving.stdout.readline())
        assert address is not None
        with urllib.request.urlopen(f"{address[0]}/accounts/login/", timeout=30) as page:
            assert page.status == 200
        children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(serving.pid)], capture_output=True, text=True)
        pids = [int(pid) for pid in children.stdout.split()]
        assert len(pids) == 2
        taken = _run(folder, "serve", "--port", address[0].rsplit(":", 1)[1])
        assert (taken.returncode, taken.stdout) == (2, "")
    finally:
        serving.send_signal(end)
        _, errors = serving.communicate(timeout=60)
    assert (serving.returncode, "Traceback" in errors) == (0, False)
    time.sleep(0.2)
    assert [pid for pid in pids if Path(f"/proc/{pid}").exists()] == []
