"""A sheet of 200,000 rows is read in bounded memory, measured in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

from samaki.kernel.tables.content import MOST_ROWS
from tests.interfaces.imports.conftest import TALLY_HEAD, tally, workbook

MOST_MEGABYTES = 450  # 400 are aimed at for half as many rows; compiling the modules anew takes some ten of these
READ = """
import datetime as dt, re, sys
from pathlib import Path
import django
django.setup()
from samaki.interfaces.imports.reading.rows import read
from samaki.kernel.tables import Reading, table_kinds
table = read(Path(sys.argv[1]).read_bytes(), table_kinds["tallies"], Reading(dt.date(2024, 6, 30)))
print(len(table), table.fault_count, [fault.reason for fault in table.faults[:1]])
# getrusage would tell of the process that started this one, if that was larger
print(int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024)
"""


def _a_long_workbook(path: Path, rows: int) -> None:
    """Eight columns, the texts in the cells themselves; written as text, because a writer would take a minute."""
    template = workbook([TALLY_HEAD, tally()])
    path.write_bytes(template)
    heads = "".join(
        f'<c r="{letter}1" t="inlineStr"><is><t>{head}</t></is></c>'
        for letter, head in zip(
            "ABCDEFGH", ("Commune", "From", "Until", "Contacts", "Channel", "X", "Y", "Z"), strict=True
        )
    )
    with zipfile.ZipFile(path) as before:
        parts = {name: before.read(name) for name in before.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as after:
        for name, content in parts.items():
            if name != "xl/worksheets/sheet1.xml":
                after.writestr(name, content)
        with after.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(
                b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
                + heads.encode()
                + b"</row>"
            )
            for line in range(2, rows + 2):
                day = f"2024-{1 + line % 5:02}-{1 + line % 28:02}"
                texts = ("040601", day, day, "House visit", f"a remark of row {line}", "another remark", "a third one")
                cells = [f'<c r="{letter}{line}" t="inlineStr"><is><t>{text}</t></is></c>'
                         for letter, text in zip("ABCEFGH", texts, strict=True)]  # fmt: skip
                cells.insert(3, f'<c r="D{line}"><v>{line}</v></c>')
                sheet.write(f'<row r="{line}">{"".join(cells)}</row>'.encode())
            sheet.write(b"</sheetData></worksheet>")


def test_two_hundred_thousand_rows_are_read_within_the_memory_and_one_more_is_refused(tmp_path: Path) -> None:
    for rows, said in ((MOST_ROWS, f"{MOST_ROWS} 0 []"), (MOST_ROWS + 1_500, "0 1 ['too_many_rows']")):
        path = tmp_path / f"{rows}.xlsx"
        _a_long_workbook(path, rows)
        done = subprocess.run(
            [sys.executable, "-c", READ, str(path)],
            capture_output=True,
            text=True,
            check=True,
            env={
                **{name: value for name, value in os.environ.items() if not name.startswith("SAMAKI_")},
                "SAMAKI_DATA": str(tmp_path / "data"),
                "DJANGO_SETTINGS_MODULE": "samaki.project.settings",
            },
        )
        told, megabytes = done.stdout.splitlines()
        assert told == said
        assert int(megabytes) <= MOST_MEGABYTES
