"""An instrument on paper: A4, a box before each answer and its number beside it, for who keys the sheet."""

from __future__ import annotations

from django.utils.translation import gettext as _

from samaki.strands.learning.models import InstrumentVersion, Response
from samaki.ui.papers import typeset

_SHEET = """
#let d = json(bytes(sys.inputs.data))
#set page(paper: "a4", margin: (x: 16mm, y: 15mm), footer: context [
  #set text(size: 8pt)
  #d.footer #h(1fr) #counter(page).display("1 / 1", both: true)])
#set text(font: ("Noto Sans Khmer", "Libertinus Serif"), size: 11pt, lang: d.lang)
#let tick = box(width: 3.6mm, height: 3.6mm, baseline: 0.5mm, stroke: 0.7pt)
#text(size: 15pt, weight: "bold", d.title)
#v(1mm)
#grid(columns: (1fr, 1fr), row-gutter: 5mm, column-gutter: 8mm,
  ..d.blanks.map(b => grid(columns: (auto, 1fr), column-gutter: 2mm, align: bottom, b,
    line(length: 100%, stroke: 0.5pt))))
#v(1mm)
#d.moments.map(m => [#tick #m]).join(h(8mm))
#v(2mm)
#for (number, item) in d.items.enumerate(start: 1) [
  #block(breakable: false, below: 4.5mm)[
    #strong[#str(number).] #item.text
    #v(-1mm)
    #pad(left: 7mm, item.choices.map(c => box[#tick #text(size: 9pt, c.value) #c.words]).join(h(6mm)))
  ]
]
"""


def pdf(version: InstrumentVersion, language: str) -> bytes:
    """In the language in use."""
    return typeset(_SHEET, sheet(version, language))


def sheet(version: InstrumentVersion, language: str) -> dict[str, object]:
    """What stands on the paper. It asks for the person's number, never her name, and no answer is marked as right."""
    one = version.instrument
    wording = version.get_wording_km_display() if language == "km" else version.get_wording_en_display()
    return {
        "lang": language,
        "title": one.title_km if language == "km" else one.title_en,
        "blanks": [_("Number of the person"), _("Date"), _("Training"), _("Organisation")],
        "moments": [str(label) for label in Response.Moment.labels],
        "items": [
            {
                "text": item.text_km if language == "km" else item.text_en,
                "choices": [{"value": str(choice["value"]), "words": choice[language]} for choice in item.choices],
            }
            for item in sorted(version.items.all(), key=lambda item: item.number)
        ],
        "footer": f"{one.key} {version.number} · {wording}",
    }
