"""What stands in SAMAKI_DATA is read by its owner alone, whoever made the folder and whatever it is made with."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from samaki.project.environment import data_folder


def _mode(path: Path) -> str:
    return oct(path.stat().st_mode & 0o7777)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = tmp_path / "data"
    made.mkdir()
    made.chmod(0o755)
    monkeypatch.setenv("SAMAKI_DATA", str(made))
    return made


def test_a_folder_that_stood_open_is_closed(folder: Path) -> None:
    assert (data_folder(), _mode(folder)) == (folder, "0o700")


def test_a_folder_that_all_share_is_left_as_it_is(folder: Path) -> None:
    folder.chmod(0o1777)
    assert (data_folder(), _mode(folder)) == (folder, "0o1777")


def test_the_database_and_its_log_are_read_by_their_owner_alone(folder: Path) -> None:
    program = (
        "import os; os.umask(0o022); import django; django.setup(); from django.db import connection; "
        "connection.cursor().execute('CREATE TABLE t (a)'); from django.conf import settings; "
        "(settings.DATA / 'report').write_text(''); print(sorted(os.listdir(settings.DATA))); "
        "print({oct(os.stat(settings.DATA / n).st_mode & 0o077) for n in os.listdir(settings.DATA)})"
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SAMAKI_")}
    environment |= {"SAMAKI_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "samaki.project.settings"}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [
        "['keys', 'report', 'samaki.sqlite3', 'samaki.sqlite3-shm', 'samaki.sqlite3-wal']",
        "{'0o0'}",
    ]
