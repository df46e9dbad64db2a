"""The certificate on paper: A4 across, in Khmer or English, with a code that tells only whether it stands."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from samaki.ui.papers import code_svg, typeset

_KHMER_DIGITS = str.maketrans("0123456789", "០១២៣៤៥៦៧៨៩")
_PAPER = """
#let d = json(bytes(sys.inputs.data))
#set page(paper: "a4", flipped: true, margin: 18mm, background: rect(width: 100% - 16mm, height: 100% - 16mm,
  stroke: 1.6pt + rgb("#0B5D5B"), inset: 0pt,
  rect(width: 100% - 5mm, height: 100% - 5mm, stroke: 0.6pt + rgb("#B45309"))))
#set text(font: ("Noto Sans Khmer", "Libertinus Serif"), size: 13pt, lang: d.lang, fill: rgb("#1F2328"))
#set align(center)
#v(1fr)
#text(size: 15pt, fill: rgb("#0B5D5B"), d.organisation)
#v(5mm)
#text(size: 34pt, weight: "bold", fill: rgb("#0B5D5B"), d.heading)
#v(7mm)
#d.given_to
#v(3mm)
#text(size: 27pt, weight: "bold", d.name)
#v(3mm)
#d.because
#v(3mm)
#text(size: 18pt, weight: "bold", d.title)
#if d.curriculum != "" [ #v(1mm) #text(size: 12pt, d.curriculum) ]
#v(1mm)
#text(size: 12pt, d.held)
#v(1fr)
#grid(columns: (1fr, 1fr, auto), column-gutter: 14mm, align: (center + bottom, center + bottom, right + bottom),
  [#text(size: 12pt, d.on) #v(1mm)],
  [#line(length: 62mm, stroke: 0.6pt) #v(1mm) #text(size: 11pt, d.signature)],
  [#image(bytes(d.code_image), format: "svg", width: 27mm) ])
#v(2mm)
#align(right, text(size: 8.5pt, d.check + " " + d.code))
"""


@dataclass(frozen=True)
class Certificate:
    """`held` and `certified_on` are days in words; `address` is what the code opens."""

    language: str
    name: str
    title: str
    curriculum: str
    held: str
    certified_on: str
    organisation: str
    renewed: bool
    code: str
    address: str


def pdf(certificate: Certificate) -> bytes:
    """One page, in the language in use."""
    language = certificate.language
    return typeset(
        _PAPER,
        {
            "lang": language,
            "organisation": certificate.organisation,
            "heading": _("Certificate renewed") if certificate.renewed else _("Certificate"),
            "given_to": _("This certifies that"),
            "name": certificate.name,
            "because": _("completed the training and passed its assessment, and may lead community sessions")
            if not certificate.renewed
            else _("completed the refresher, and may go on leading community sessions"),
            "title": _running(certificate.title, language),
            "curriculum": _running(certificate.curriculum, language),
            "held": _running(certificate.held, language),
            "on": _running(certificate.certified_on, language),
            "signature": _("Signature and stamp"),
            "check": _("Scan to see whether it stands. Code:"),
            "code": in_pieces(certificate.code),
            "code_image": code_svg(certificate.address),
        },
    )


def in_pieces(code: str) -> str:
    """In fours, so that it can be copied by eye; the page that checks it takes it so."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def _running(text: str, language: str) -> str:
    """Numbers in running text of a printed Khmer certificate stand in Khmer digits; the code never does."""
    return text.translate(_KHMER_DIGITS) if language == "km" else text
