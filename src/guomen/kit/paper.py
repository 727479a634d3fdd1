"""Paper: PDF from a Typst template and plain data. The same data and moment give the same bytes."""

import json
from collections.abc import Mapping
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
    code = segno.make_qr(text, error=error, boost_error=False)
    return str(code.svg_inline(border=border, omitsize=True))
