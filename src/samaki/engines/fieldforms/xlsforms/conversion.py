"""From a workbook to an XForm: the file is looked through, then converted by pyxform in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import BoundedSemaphore
from typing import Any

from samaki.engines.fieldforms.xlsforms.faults import Fault, Level
from samaki.engines.fieldforms.xlsforms.looking import seen_in_rows, with_first
from samaki.engines.fieldforms.xlsforms.sentences import told_by_pyxform
from samaki.kernel.tables.content import OLE, ZIP, Unusable, kind_of
from samaki.kernel.tables.guard import Spots, look_through

MOST_BYTES = 10 * 1024 * 1024
MOST_SECONDS = 60  # on the clock; the child itself stops after 20 of work, and a busy machine takes longer for them
AT_ONCE = 2
_CHILD = Path(__file__).with_name("child.py")
_turns = BoundedSemaphore(AT_ONCE)
_SHEETS = frozenset({"survey", "choices", "settings", "external_choices"})


@dataclass(frozen=True)
class Converted:
    """`xform` is None where there is an error among the faults. `rows` gives the row of "survey" by path and of
    "choices" by list/value; `settings` the first row of the sheet of settings, by heading in small letters."""

    faults: tuple[Fault, ...]
    xform: str | None = None
    itemsets: str | None = None
    rows: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)


def convert(content: bytes, name: str) -> Converted:
    """`name` is the file's, from which a form without an id gets one. Never raises for what is in the file; what is
    there is told in the faults."""
    try:
        kind, spots = _looked_through(content)
    except Unusable as unusable:
        params = {key: str(value) for key, value in unusable.params.items()}
        return Converted((Fault(unusable.reason, Level.ERROR, value=unusable.value, params=params),))
    broken = tuple(_broken(spots))
    answer = _answer_of_child(content, kind, _stem(name))
    error = answer.get("error")
    if error:
        return Converted((*_all_faults(answer, told_by_pyxform(error, Level.ERROR)), *broken))
    noted = tuple(told_by_pyxform(one, Level.NOTE) for one in answer["warnings"])
    return Converted((*noted, *broken), answer["xform"], answer["itemsets"], answer["rows"], answer["settings"])


def _all_faults(answer: Mapping[str, Any], first: Fault) -> tuple[Fault, ...]:
    """The error that the converter stopped at, with what else can be seen in the rows."""
    sheets = answer.get("sheets")
    if not sheets:
        return (first,)
    types = {str(one).lower() for one in answer["types"]}
    twice = str(answer.get("settings", {}).get("allow_choice_duplicates", "")).lower() in {"yes", "true"}
    return with_first(seen_in_rows(sheets["survey"], sheets["choices"], types, twice=twice), first)


def _looked_through(content: bytes) -> tuple[str, dict[str, Spots]]:
    if len(content) > MOST_BYTES:
        raise Unusable("file_too_big", most=MOST_BYTES // 1024 // 1024)
    if content.startswith(OLE) and "EncryptedPackage".encode("utf-16-le") not in content:
        return "xls", {}
    kind_of(content)
    if content.startswith(ZIP):
        return "xlsx", look_through(content)
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        raise Unusable("file_encoding") from None
    if b"\x00" in content:
        raise Unusable("file_not_a_table")
    return "csv", {}


def _broken(spots: Mapping[str, Spots]) -> list[Fault]:
    return [
        Fault("cell_broken", Level.NOTE, sheet, row, value=broken.text)
        for sheet, found in spots.items()
        if sheet.lower() in _SHEETS
        for (row, _column), broken in sorted(found.items())[:20]
    ]


def _stem(name: str) -> str:
    """A form's id from the name of its file: as it is written, without what an address or a folder could choke on."""
    stem = Path(name.replace("\\", "/")).name.rpartition(".")[0] or name
    kept = "".join(letter if letter.isalnum() or letter in "-_." else "_" for letter in stem)
    return kept.strip("._")[:100] or "form"


def _answer_of_child(content: bytes, kind: str, stem: str) -> Mapping[str, Any]:
    if not _turns.acquire(timeout=MOST_SECONDS):
        return {"error": {"code": "form_converter_busy", "text": ""}}
    try:
        with TemporaryDirectory(prefix="samaki-form-") as folder:
            done = subprocess.run(  # noqa: S603  # our own file, with two words as arguments
                [sys.executable, "-I", str(_CHILD), kind, stem],
                input=content,
                capture_output=True,
                timeout=MOST_SECONDS,
                env={"PATH": os.defpath, "LANG": "C.UTF-8", "TMPDIR": folder},  # none of the site's secrets
                cwd=folder,
                check=False,
            )
    except subprocess.TimeoutExpired:
        return {"error": {"code": "form_too_slow", "text": ""}}
    finally:
        _turns.release()
    try:
        answer = json.loads(done.stdout)
    except ValueError:  # it used up its memory or its time
        return {"error": {"code": "form_too_slow" if done.returncode in {-24, -9} else "form_too_large", "text": ""}}
    return answer if isinstance(answer, dict) else {}
