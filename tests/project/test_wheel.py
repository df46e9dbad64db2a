from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.architecture.source import PACKAGE, REPOSITORY

CARRIED = {".html", ".css", ".js", ".svg", ".woff2", ".mo", ".toml", ".csv", ".json", ".txt", ".py"}


@pytest.mark.once
def test_the_wheel_carries_every_template_asset_catalogue_and_definition(tmp_path: Path) -> None:
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
    )
    assert built.returncode == 0, built.stderr
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        carried = {name for name in wheel.namelist() if name.startswith("samaki/")}
    wanted = {
        str(path.relative_to(PACKAGE.parent))
        for path in PACKAGE.rglob("*")
        if path.is_file() and path.suffix in CARRIED and "__pycache__" not in path.parts
    }
    assert wanted - carried == set()
    assert {Path(name).suffix for name in carried} >= {".html", ".css", ".mo", ".toml", ".py"}
