"""Kinds of table that can be read from a workbook: the strands say what, `interfaces.imports` does the reading."""

from samaki.kernel.tables.kinds import (
    Broken,
    Checked,
    Column,
    Fault,
    Reading,
    Setting,
    Sheet,
    Table,
    TableKind,
    table_kinds,
)
from samaki.kernel.tables.reasons import Reason, Unreadable, reasons

__all__ = [
    "Broken",
    "Checked",
    "Column",
    "Fault",
    "Reading",
    "Reason",
    "Setting",
    "Sheet",
    "Table",
    "TableKind",
    "Unreadable",
    "reasons",
    "table_kinds",
]
