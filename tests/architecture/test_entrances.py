"""Every read begins with who reads, every write says by whom: a query or operation without an actor is a hole."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.architecture.source import modules, parsed

# Dotted name → why it has no actor.
WITHOUT_ACTOR = {
    "samaki.engines.results.queries.programme_named": "that a programme exists is public",
    "samaki.ground.places.queries.*": "the gazetteer is public",
    "samaki.ground.people.queries.count_open": "a number of pairs tells of nobody; it stands beside every unique count",
    "samaki.ground.periods.queries.locks": "that a period is locked is no secret (T1)",
    "samaki.ground.periods.queries.standing_locks": "that a period is locked is no secret (T1)",
    "samaki.ground.periods.queries.month_of": "reads the text of a period, no record",
    "samaki.ground.accounts.queries.actor_of": "makes the actor",
    "samaki.ground.accounts.queries.actor_named": "makes the actor",
    "samaki.journeys.cessation.queries.latest": "what was released is public (T1), the same to everyone",
    "samaki.strands.survivors.queries.by_link": "whoever holds the link is the public, and is written down as such",
    "samaki.strands.survivors.operations.warn": "the event it answers says by whom",
    "samaki.ground.accounts.queries.is_example_site": "asked before anyone has signed in; tells of no record",
    "samaki.ground.accounts.queries.working_as": "for rules: where a role is held; each caller asks leave",
}


def _functions(kind: str) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Public functions of every queries or operations module; of a package, what its __init__ offers."""
    for name, path in modules():
        if name.split(".")[-1] != kind or name.split(".")[1] not in {"ground", "strands", "engines", "journeys"}:
            continue
        offered = [*parsed(path).body]
        for node in parsed(path).body:
            if path.name == "__init__.py" and isinstance(node, ast.ImportFrom) and (node.module or "").startswith(name):
                wanted = {alias.name for alias in node.names}
                source = path.parent / f"{(node.module or '').removeprefix(name).strip('.').replace('.', '/')}.py"
                offered += [each for each in parsed(source).body if getattr(each, "name", "") in wanted]
        for node in offered:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                yield f"{name}.{node.name}", node


def _begins_with_actor(function: ast.FunctionDef) -> bool:
    arguments = [*function.args.posonlyargs, *function.args.args]
    return bool(arguments) and arguments[0].arg == "actor"


def _says_by_whom(function: ast.FunctionDef) -> bool:
    return "by" in {argument.arg for argument in function.args.kwonlyargs} or _begins_with_actor(function)


def _excepted(name: str) -> bool:
    return name in WITHOUT_ACTOR or f"{name.rpartition('.')[0]}.*" in WITHOUT_ACTOR


def test_every_query_begins_with_an_actor() -> None:
    missing = [name for name, function in _functions("queries") if not _begins_with_actor(function)]
    assert [name for name in missing if not _excepted(name)] == []


def test_every_operation_says_by_whom() -> None:
    missing = [name for name, function in _functions("operations") if not _says_by_whom(function)]
    assert [name for name in missing if not _excepted(name)] == []


def test_the_exceptions_still_stand() -> None:
    known = {name for kind in ("queries", "operations") for name, _ in _functions(kind)}
    known |= {f"{name.rpartition('.')[0]}.*" for name in known}
    assert set(WITHOUT_ACTOR) - known == set()
