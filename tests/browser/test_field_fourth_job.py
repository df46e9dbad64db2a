"""A handler that a strand registers is a job on the phone, offline too, and nothing of the frame changes for it."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import _environment
from tests.browser.phone import a_phone, submissions

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def fourth_site(base_url: str, data_folder: Path, tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The web alone, over a copy of the example; its static files were collected for `base_url`."""
    folder = Path(shutil.copytree(data_folder, tmp_path / "data"))
    environment = {
        **_environment(folder),
        "DJANGO_SETTINGS_MODULE": "tests.browser.fourth_job.settings",
        "PYTHONPATH": str(REPOSITORY),
    }
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = [sys.executable, "-m", "gunicorn", "samaki.project.wsgi:application", f"--bind=127.0.0.1:{port}"]
    serving = subprocess.Popen([*program, "--threads=8", "--log-level=warning"], env=environment, cwd=REPOSITORY)
    try:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.2)
        yield f"http://127.0.0.1:{port}", folder
    finally:
        serving.terminate()
        serving.wait(60)


def test_a_fourth_job_is_filled_offline_and_arrives(browser: Browser, fourth_site: tuple[str, Path]) -> None:
    site, folder = fourth_site
    before = submissions(folder)
    with a_phone(browser, site) as phone:
        phone.join("facilitator")
        phone.offline()
        phone.tap("a.button.big")
        phone.tap_words("Commitment")
        phone.page.locator("#office").fill("សាលាឃុំ")
        phone.tap("form button.big")
        phone.page.locator("#promise").fill("នឹងជួសជុលអណ្តូង")
        phone.tap("form button.big")
        phone.tap(".option")  # aloud
        phone.tap("#main button.secondary")  # somebody heard it
        phone.page.locator("#witness").fill("អ្នកជិតខាង")
        phone.tap("form button.big")
        phone.tap("#main button.big")
        expect(phone.page.locator(".answers")).to_contain_text("Aloud")
        phone.tap("#main button.big")
        phone.online()
        number = phone.received()
    assert [(one[0], one[2]) for one in submissions(folder)[len(before) :]] == [(number, "handled")]
