"""Every act that the code writes into the audit trail has words for its readers."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import samaki
from samaki.interfaces.web.acts import ACTS
from samaki.kernel.policy import Action

ROOT = Path(samaki.__file__).parent
WRITERS = {"record": 1, "Act": 1, "_act": 1, "note_opening": 2}  # where each of them is given the act


def written() -> Iterator[str]:
    """Acts told by a plain text, wherever one is written."""
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and (at := WRITERS.get(_name(node.func))) is not None:
                for given in node.args[at : at + 1]:
                    yield from _acts(given)


def _name(called: ast.expr) -> str:
    return getattr(called, "id", getattr(called, "attr", ""))


def _acts(given: ast.expr) -> Iterator[str]:
    if isinstance(given, ast.Constant) and isinstance(given.value, str):
        yield given.value
    elif isinstance(given, ast.IfExp):
        yield from _acts(given.body)
        yield from _acts(given.orelse)


def test_every_act_and_everything_the_policy_refuses_has_words() -> None:
    found = {*written(), *Action}
    assert len(found) > 100
    assert sorted(found - set(ACTS)) == []
