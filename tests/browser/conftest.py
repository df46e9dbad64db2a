"""The example site as a process of its own, and a browser to look at it: `make test-browser`."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

AXE = (Path(__file__).parent / "axe.min.js").read_text(encoding="utf-8")
SAMAKI = [sys.executable, "-c", "import sys; from samaki.interfaces.cli.main import main; sys.exit(main())"]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
LANGUAGES = ("en", "km")
WIDTHS = (360, 1280)
HEIGHTS = {320: 640, 360: 740, 1280: 900}

SignedIn = Callable[..., Page]
Complaints = Callable[[Page], list[str]]


def _environment(folder: Path) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("SAMAKI_", "DJANGO_"))}
    return {**ours, "SAMAKI_DATA": str(folder)}


@pytest.fixture(scope="session")
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example, loaded once for all workers; each has a copy of its own to write in."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    made = shared / "example"
    with (shared / "example.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (made / "loaded").exists():
            subprocess.run([*SAMAKI, "demo"], check=True, env=_environment(made), stdout=subprocess.DEVNULL)
            (made / "loaded").touch()
    return Path(shutil.copytree(made, tmp_path_factory.mktemp("site") / "data"))


@pytest.fixture(scope="session")
def base_url(data_folder: Path) -> Iterator[str]:
    """Address of the running example site; pages may be asked for by path alone."""
    serving = subprocess.Popen(
        [*SAMAKI, "serve", "--port", "0", "--workers", "1"],
        stdout=subprocess.PIPE,
        text=True,
        env=_environment(data_folder),
    )
    try:
        said = serving.stdout.readline() if serving.stdout else ""
        address = re.search(r"http://[\d.:]+", said)
        assert address, f"the site did not start: {said}"
        yield address[0]
    finally:
        serving.terminate()
        serving.wait(60)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium; its sandbox needs another user than root."""
    path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {**browser_type_launch_args, "executable_path": path, "args": sandbox}


@pytest.fixture
def opened(browser: Browser, base_url: str) -> Iterator[SignedIn]:
    """opened(path, user=None, language="en", width=1280): a page on its own screen, signed in as an example user."""
    contexts = []

    def run(path: str, *, user: str | None = None, language: str = "en", width: int = 1280) -> Page:
        context = browser.new_context(
            base_url=base_url, viewport={"width": width, "height": HEIGHTS[width]}, locale=language
        )
        contexts.append(context)
        context.add_cookies([{"name": "django_language", "value": language, "url": base_url}])
        page = context.new_page()
        if user:
            page.goto("/accounts/login/")
            page.locator(f"form[action='/sign-in/example/{user}/'] button").click()
        page.goto(path)
        assert page.evaluate("document.documentElement.lang") == language
        return page

    yield run
    for context in contexts:
        context.close()


@pytest.fixture
def complaints() -> Complaints:
    """What axe finds serious or critical on the page as it is, one line each."""

    def run(page: Page) -> list[str]:
        page.evaluate(AXE)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{violation['id']}: {violation['help']} at {node['target']}"
            for violation in found["violations"]
            if violation["impact"] in {"serious", "critical"}
            for node in violation["nodes"]
        ]

    return run


def scrolls_sideways(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


TAPPED = "a, button, summary, select, input:not([type=hidden])"
EXEMPT = ".skip, .file input, p:not(.crumbs, .actions) *, li:not(.tasks > li) *, dd *, td *, th *, [aria-hidden=true] *"
ROWS = ".tasks > li, .choice label, .choices label"  # the whole of these is hit


def small_targets(page: Page) -> list[str]:
    """What is too small for a thumb, under 44 px high. Links in running text and in cells are exempt."""
    found = page.evaluate(
        """([tapped, exempt, rows]) => [...document.querySelectorAll(tapped)]
            .filter((one) => !one.matches(exempt))
            .map((one) => [one, (one.closest(rows) || one).getBoundingClientRect().height])
            .filter(([, height]) => height > 0 && height < 43.5)
            .map(([one, height]) => `${one.tagName} ${Math.round(height)} ${one.textContent.trim()}`)""",
        [TAPPED, EXEMPT, ROWS],
    )
    return list(found)


@pytest.fixture(scope="session")
def field_site(base_url: str, data_folder: Path) -> str:
    """The running site with an activity to record today, people of it, and months that are owed."""
    program = [sys.executable, "-m", "tests.browser.field_world"]
    subprocess.run(program, check=True, env=_environment(data_folder), cwd=Path(__file__).parents[2])
    return base_url
