from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from samaki.interfaces.cli.main import main


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


Samaki = Callable[..., Said]


@pytest.fixture
def samaki(capsys: pytest.CaptureFixture[str]) -> Samaki:
    """Runs one command in this process: its exit code and what it said."""

    def run(*words: str) -> Said:
        capsys.readouterr()
        try:
            code = main(words)
        except SystemExit as end:  # argparse ends the process by itself
            code = int(str(end.code))
        said = capsys.readouterr()
        return Said(int(code), said.out, said.err)

    return run
