"""The message catalogues: found in the source, kept as PO, compiled to MO.

All in Python, so that a fresh clone needs no gettext. `make messages` brings the PO files up to date
and compiles them; both are in the repository.
"""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2]
LOCALE = PACKAGE / "locale"
GLOSSARY = PACKAGE.parents[1] / "docs" / "reference" / "glossary.csv"


def po_path(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def mo_path(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.mo"
