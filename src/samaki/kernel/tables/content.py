"""What a file is, told by its content and never by its name, and the limits it must keep."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from samaki.kernel.errors import Invalid
from samaki.kernel.tables.reasons import reason, reasons

MOST_BYTES = 32 * 1024 * 1024
MOST_UNPACKED = 400 * 1024 * 1024
MOST_ROWS = 200_000
MOST_LINES = MOST_ROWS + 1_000  # rows and what stands above them or is left empty between
MOST_COLUMNS = 200
MOST_CELLS = 8_000_000
MOST_BROKEN = 20_000
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_SAVE_AS = _("Please open it in Excel or LibreOffice and save it as an Excel workbook (.xlsx) or as CSV UTF-8.")
reason("file_empty", _("The file is empty."), _("Please choose the file that holds the rows."))
reason("file_too_big", _("The file is larger than %(most)s MB."), _("Please split it into several files."))
reason(
    "file_unpacks_too_large",
    _("The workbook unpacks to more than %(most)s MB."),
    _("Please split it into several files."),
)
reason("file_not_a_table", _("This is neither an Excel workbook (.xlsx) nor CSV."), _SAVE_AS)
reason("file_old_workbook", _("This is a workbook of an old kind (.xls)."), _SAVE_AS)
reason("file_other_workbook", _("This is a workbook of another kind, not .xlsx."), _SAVE_AS)
reason(
    "file_protected",
    _("The workbook is protected by a password."),
    _("Please open it, take the password off (File, Info, Protect Workbook) and save it again."),
)
reason(
    "file_damaged",
    _("The file is damaged or was not copied whole."),
    _("Please copy it again, or open and save it again."),
)
reason(
    "file_with_entities",
    _("The workbook holds references that a workbook does not have."),
    _("Please open it in Excel or LibreOffice, save it under another name, and send that."),
)
reason("file_encoding", _("The letters of this file cannot be read."), _("Please save it as CSV UTF-8 or as .xlsx."))
reason(
    "too_many_rows",
    _("There are more than %(most)s rows. One file may hold at most %(most)s."),
    _("Please split the file. Nothing was saved."),
)
reason(
    "sheet_too_wide",
    _("The sheet reaches to column %(column)s."),
    _("Please delete the empty columns at its right and save it again."),
)
reason(
    "sheet_too_large",
    _("The sheet has too many cells (%(rows)s rows of %(columns)s columns)."),
    _("Please delete the rows and columns that are not needed, or split the file."),
)
reason("too_many_broken_cells", _("More than %(most)s cells hold formulas without a value."), _SAVE_AS)


class Unusable(Exception):
    """The file as a whole cannot be read; `reason` is a registered reason."""

    def __init__(self, reason: str, *, value: str = "", **params: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.value = value
        self.params = params


def as_invalid(unusable: Unusable) -> Invalid:
    """The same as a rule's no."""
    why = Invalid(unusable.reason, reasons[unusable.reason].what)
    why.params = dict(unusable.params)
    return why


@dataclass
class RawSheet:
    """A sheet's rows from its first line on; the first cell of each stands in column `first_column` (from 0)."""

    name: str
    first_column: int
    rows: Iterator[list[object]]


def kind_of(content: bytes) -> str:
    """ "workbook" or "delimited". Raises Unusable for everything else."""
    if not content.strip(b"\x00\xff\xfe\xef\xbb\xbf \t\r\n;,"):
        raise Unusable("file_empty")
    if len(content) > MOST_BYTES:
        raise Unusable("file_too_big", most=MOST_BYTES // 1024 // 1024)
    if content.startswith(OLE):
        protected = "EncryptedPackage".encode("utf-16-le") in content
        raise Unusable("file_protected" if protected else "file_old_workbook")
    if content.startswith(ZIP):
        return "workbook"
    if content.startswith((b"PK\x05\x06", b"PK\x07\x08")):
        raise Unusable("file_damaged")
    if content.startswith(
        (
            b"%PDF",
            b"\x89PNG",
            b"\xff\xd8\xff",
            b"GIF8",
            b"Rar!",
            b"7z\xbc\xaf",
            b"\x1f\x8b",
            b"<!DOCTYPE",
            b"<html",
            b"<?xml",
            b"{\\rtf",
        )
    ):
        raise Unusable("file_not_a_table")
    return "delimited"
