"""Every act that the code writes into the audit trail has words for its readers."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps

import samaki
from samaki.interfaces.web.acts import ACTS, OBJECTS
from samaki.kernel.policy import Action
from samaki.kernel.records import Record

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


def test_every_record_an_act_may_be_about_has_a_word() -> None:
    records = {model._meta.label_lower for model in apps.get_models() if issubclass(model, Record)}
    assert sorted(records - set(OBJECTS)) == []
