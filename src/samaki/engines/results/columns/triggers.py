# ruff: noqa: S608  # names of tables come from models, never from a reader
"""Database triggers that write each change of a counted table into the change log."""

from __future__ import annotations

from django.db import connection, transaction

from samaki.kernel.measures import Table, tables

LOG = "results_change"
_MANY = 20_000  # rows of one statement above which the whole table is asked for again

_FUNCTION = f"""
CREATE OR REPLACE FUNCTION results_note_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE xid bigint := pg_current_xact_id()::text::bigint;
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        INSERT INTO {LOG} (table_name, row_id, mark) VALUES (TG_TABLE_NAME, NULL, xid);
    ELSIF (SELECT count(*) > {_MANY} FROM (SELECT 1 FROM changed LIMIT {_MANY + 1}) AS many) THEN
        INSERT INTO {LOG} (table_name, row_id, mark) VALUES (TG_TABLE_NAME, NULL, xid);
    ELSE
        INSERT INTO {LOG} (table_name, row_id, mark) SELECT TG_TABLE_NAME, id, xid FROM changed;
    END IF;
    RETURN NULL;
END $$
"""


def install() -> None:
    """Lays the triggers on every registered table that exists, again and again without harm, and asks every process
    to read everything anew: rows may have changed while no trigger stood."""
    there = set(connection.introspection.table_names())
    specs = [spec for spec in tables if isinstance(spec, Table) and spec.key in there]
    if LOG not in there:
        return
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_FUNCTION)
        else:  # there the log is read by its ids alone, and every counted row inserted would pay for the index
            cursor.execute(f"DROP INDEX IF EXISTS {LOG}_mark")
        for spec in specs:
            for statement in _statements(spec):
                cursor.execute(statement)
        mark = "pg_current_xact_id()::text::bigint" if connection.vendor == "postgresql" else "random()"
        cursor.execute(f"INSERT INTO {LOG} (table_name, row_id, mark) VALUES ('', NULL, {mark})")


def _statements(spec: Table) -> list[str]:
    table = spec.key
    statements: list[str] = []
    for event, row in (("insert", "NEW"), ("update", "NEW"), ("delete", "OLD")):
        name = f"{LOG}_{table}_{event}" if connection.vendor == "sqlite" else f"{LOG}_{event}"
        if connection.vendor == "sqlite":
            key = spec.model._meta.pk.column
            statements += [
                f'DROP TRIGGER IF EXISTS "{name}"',
                f'CREATE TRIGGER "{name}" AFTER {event.upper()} ON "{table}" BEGIN '
                f"INSERT INTO {LOG} (table_name, row_id, mark) VALUES ('{table}', {row}.\"{key}\", random()); END",
            ]
        else:
            statements.append(
                f'CREATE OR REPLACE TRIGGER {name} AFTER {event.upper()} ON "{table}" '
                f"REFERENCING {row} TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION results_note_change()"
            )
    if connection.vendor == "postgresql":
        statements.append(
            f'CREATE OR REPLACE TRIGGER {LOG}_truncate AFTER TRUNCATE ON "{table}" '
            "FOR EACH STATEMENT EXECUTE FUNCTION results_note_change()"
        )
    return statements
