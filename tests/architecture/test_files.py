from __future__ import annotations

import re
from pathlib import Path

from tests.architecture.source import PACKAGE, REPOSITORY, imported, modules

LONGEST = 400
SPARED_FOLDERS = {"migrations", "locale", "vendor", "fonts", "__pycache__"}
TEXT = {"", ".py", ".html", ".txt", ".css", ".js", ".toml", ".svg"}  # "": the scripts of the shell
MEANINGLESS = {"utils", "util", "helpers", "helper", "manager", "managers", "common", "misc"}
WEB = re.compile(r"\.(web|api|adapter|interfaces|project)(\.|$)")
HTTP = {"django.http", "django.shortcuts", "django.views", "django.urls", "django_htmx"}


def _files(folder: Path) -> list[Path]:
    return [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix in TEXT and not SPARED_FOLDERS & set(path.parts) and ".min." not in path.name
    ]


def _of_ours() -> list[Path]:
    return [path for folder in (PACKAGE, REPOSITORY / "tests", REPOSITORY / "scripts") for path in _files(folder)]


def test_no_file_is_longer_than_400_lines() -> None:
    lengths = {
        str(path.relative_to(REPOSITORY)): len(path.read_text(encoding="utf-8").splitlines()) for path in _of_ours()
    }
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST} == {}


def test_names_are_the_fields_own_words() -> None:
    parts = {part for path in _of_ours() for part in path.relative_to(REPOSITORY).with_suffix("").parts}
    assert parts & MEANINGLESS == set()


def test_nothing_below_the_web_knows_http() -> None:
    """A view translates in and out; ground, engines and strands are called by spreadsheets and the command line too."""
    found = [
        (name, module)
        for name, path in modules()
        if not WEB.search(name) and not name.startswith("samaki.ui")
        for module in sorted(imported(path))
        if any(module == http or module.startswith(f"{http}.") for http in HTTP)
    ]
    assert found == []


def test_locks_hold_hashes_and_no_registry() -> None:
    for lock in sorted((REPOSITORY / "requirements").glob("*.lock")):
        text = lock.read_text(encoding="utf-8")
        assert re.findall(r"https?://\S+|^--.*", text, re.M) == [], lock.name
        blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.M)[1:]
        assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == [], lock.name
        assert len(blocks) > 20, lock.name
