"""Paper set by typst as PDF: its Khmer is shaped right, and nothing typed in becomes markup. Codes to scan as SVG."""

from __future__ import annotations

import json
from collections.abc import Mapping

import fontpkg_noto_sans_khmer
import qrcode
import typst

QUIET = 4  # modules of white around a code, by its standard


def typeset(source: str, data: Mapping[str, object]) -> bytes:
    """The PDF of a typst source that reads its `data` by json(bytes(sys.inputs.data)). Fonts are our own."""
    fonts = [str(fontpkg_noto_sans_khmer.ROOT / "files")]
    return bytes(
        typst.compile(  # type: ignore[misc]  # its stub wants paths of fonts in the type of the source
            source.encode(), font_paths=fonts, ignore_system_fonts=True, sys_inputs={"data": json.dumps(dict(data))}
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
