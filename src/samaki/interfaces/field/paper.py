"""The sign-in sheet as a PDF, set by typst: its Khmer is shaped right, and nothing typed in becomes markup."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from samaki.ui.papers import code_svg, typeset

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
    return typeset(_SHEET, data)
