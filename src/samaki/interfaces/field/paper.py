"""The sign-in sheet as a PDF, set by typst: its Khmer is shaped right, and nothing typed in becomes markup."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import fontpkg_noto_sans_khmer
import qrcode
import typst

QUIET = 4  # modules of white around a code, by its standard
_SHEET = """
#let d = json(bytes(sys.inputs.data))
#set page(paper: "a4", margin: (x: 15mm, y: 14mm), footer: context [
  #set text(size: 8pt)
  #d.footer #h(1fr) #counter(page).display("1 / 1", both: true)])
#set text(font: ("Noto Sans Khmer", "Libertinus Serif"), size: 10.5pt, lang: d.lang)
#grid(columns: (1fr, auto), column-gutter: 8mm,
  [#text(size: 15pt, weight: "bold", d.title) \\
   #v(1mm)
   #for line in d.about [#line \\ ]],
  image(bytes(d.code), format: "svg", width: 28mm))
#v(3mm)
#table(columns: (11mm, 1fr, 24mm, 46mm), align: (right + horizon, left + horizon, left, left), inset: 6pt,
  table.header(..d.headings.map(h => text(weight: "bold", h))),
  ..d.rows.map(r => (table.cell(r.number), box(height: 6mm, align(horizon, r.name)), [], [])).flatten())
"""


@dataclass(frozen=True)
class PaperRow:
    """`name` "" is a blank row."""

    number: str
    name: str


@dataclass(frozen=True)
class Paper:
    """`about` are lines under the title, `headings` those of number, name, gender and signature; `address` goes into
    the code."""

    title: str
    about: Sequence[str]
    headings: Sequence[str]
    rows: Sequence[PaperRow]
    footer: str
    address: str
    lang: str


def pdf(paper: Paper) -> bytes:
    """A4, as many pages as it takes, the headings on each."""
    data = {key: value for key, value in asdict(paper).items() if key != "address"}
    data["code"] = code_svg(paper.address)
    fonts = [str(fontpkg_noto_sans_khmer.ROOT / "files")]
    return bytes(
        typst.compile(  # type: ignore[misc]  # its stub wants paths of fonts in the type of the source
            _SHEET.encode(), font_paths=fonts, ignore_system_fonts=True, sys_inputs={"data": json.dumps(data)}
        )
    )


def code_svg(text: str) -> str:
    drawn = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=QUIET)
    drawn.add_data(text)
    drawn.make(fit=True)
    matrix = drawn.get_matrix()
    path = "".join(f"M{x} {y}h1v1h-1z" for y, line in enumerate(matrix) for x, dark in enumerate(line) if dark)
    size = len(matrix)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}"><path d="{path}"/></svg>'
