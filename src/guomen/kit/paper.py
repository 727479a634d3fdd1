"""Paper: PDF from a Typst template and plain data. The same data and moment give the same bytes."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import noto_cjk_sans_otc
import segno
import typst


@cache
def _fonts() -> typst.Fonts:
    # Only the packaged font: a document must not look different on another machine.
    folder = Path(noto_cjk_sans_otc.__file__).parent
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)])


def pdf(template: Path, data: Mapping[str, Any], at: datetime, *, archival: bool = True) -> bytes:
    """Render ``template`` (a .typ file that reads ``json(bytes(sys.inputs.data))``) as it stands at ``at``.

    ``archival`` asks for PDF/A-2u (ISO 19005-2): text can be searched and copied in both languages.
    """
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    compiler = typst.Compiler(template.read_bytes(), font_paths=_fonts(), sys_inputs=inputs)
    standards: Any = ["a-2u"] if archival else None
    return bytes(compiler.compile(format="pdf", pdf_standards=standards, timestamp=int(at.timestamp())))


def qr_svg(text: str, *, error: str = "m", border: int = 4) -> str:
    """A QR code (ISO/IEC 18004) as SVG markup, with its quiet zone of ``border`` modules."""
    return qr_svgs([text], error=error, border=border)[0]


def qr_svgs(texts: Sequence[str], *, error: str = "m", border: int = 4) -> list[str]:
    """QR codes of texts that differ little, such as the labels of one sheet: all have the first one's mask.

    A reader takes the mask from the code itself, so any will do. Weighing all eight for every code (ISO/IEC 18004,
    7.8.3) takes five times as long as everything else about it.
    """
    made: list[str] = []
    mask: int | None = None
    for text in texts:
        code = segno.make_qr(text, error=error, mask=mask, boost_error=False)
        mask = code.mask
        made.append(str(code.svg_inline(border=border, omitsize=True)))
    return made
