"""States that move only as a table of transitions allows, held by the database itself on both vendors.

The operations ask first and say why; the triggers are for whatever goes round them: a console, a script, a defect.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db import connection, models, transaction

from samaki.kernel.registry import Registry

FORBIDDEN = "samaki: this change of state is not allowed"


@dataclass(frozen=True)
class HeldState:
    """Rows of the model begin in a state of `first`, and change it as `allowed` says: from each state to those."""

    model: type[models.Model]
    column: str
    allowed: Mapping[str, frozenset[str]]
    first: frozenset[str]

    @property
    def key(self) -> str:
        return f"{self.model._meta.db_table}_{self.column}"


held_states: Registry[HeldState] = Registry("held state")


def install() -> None:
    """Lays the triggers of every registered state anew; again and again without harm. SQLite loses a table's triggers
    whenever a migration remakes it, so this follows every migration."""
    there = set(connection.introspection.table_names())
    with transaction.atomic(), connection.cursor() as cursor:
        for held in held_states:
            if held.model._meta.db_table in there:
                for statement in _statements(held):
                    cursor.execute(statement)


def _statements(held: HeldState) -> Iterator[str]:
    table, column, name = held.model._meta.db_table, held.column, held.key
    moves = [
        f'(OLD."{column}" = {_quoted(old)} AND NEW."{column}" IN ({_list(new)}))'
        for old, new in sorted(held.allowed.items())
        if new
    ]
    events = (
        ("insert", "INSERT", f'NOT (NEW."{column}" IN ({_list(held.first)}))'),
        (
            "update",
            f'UPDATE OF "{column}"',
            f'(NEW."{column}" <> OLD."{column}") AND NOT ({" OR ".join(moves)})',
        ),
    )
    if connection.vendor == "postgresql":
        yield (
            f'CREATE OR REPLACE FUNCTION "{name}_held"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN '
            f"RAISE EXCEPTION '{FORBIDDEN}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
    for event, words, when in events:
        if connection.vendor == "postgresql":
            yield (
                f'CREATE OR REPLACE TRIGGER "{name}_{event}" BEFORE {words} ON "{table}" '
                f'FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION "{name}_held"()'
            )
        else:
            yield f'DROP TRIGGER IF EXISTS "{name}_{event}"'
            yield (
                f'CREATE TRIGGER "{name}_{event}" BEFORE {words} ON "{table}" WHEN {when} '
                f"BEGIN SELECT RAISE(ABORT, '{FORBIDDEN}'); END"
            )


def _list(states: frozenset[str]) -> str:
    return ", ".join(_quoted(state) for state in sorted(states))


def _quoted(state: str) -> str:
    if not state.replace("_", "").isalnum():
        raise ValueError(f"{state!r} is no name of a state")
    return f"'{state}'"
