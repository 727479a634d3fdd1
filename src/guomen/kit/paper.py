"""Paper: PDF from a Typst template and plain data. The same data and moment give the same bytes."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import noto_cjk_sans_otc
import typst
import zxingcpp


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


def png(template: Path, data: Mapping[str, Any], *, dpi: int) -> bytes:
    """The first page of ``template`` as a picture, for printers that take dots only."""
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    compiler = typst.Compiler(template.read_bytes(), font_paths=_fonts(), sys_inputs=inputs)
    made = compiler.compile(format="png", ppi=float(dpi))
    return bytes(made[0] if isinstance(made, list) else made)


def qr_rows(text: str, *, error: str = "M") -> list[bytes]:
    """The rows of a QR code (ISO/IEC 18004) without quiet zone: one byte for each module, 0 is dark."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level=error)
    pixels = memoryview(zxingcpp.write_barcode_to_image(code, add_quiet_zones=False))  # type: ignore[arg-type]
    flat, side = pixels.tobytes(), pixels.shape[0]
    return [flat[at : at + side] for at in range(0, len(flat), side)]


def qr_path(rows: Sequence[bytes]) -> str:
    """The dark modules as SVG path data, one unit for each module, from (0, 0)."""
    steps = []
    for y, row in enumerate(rows):
        steps += [f"M{run.start()} {y}h{run.end() - run.start()}v1h-{run.end() - run.start()}z" for run in _dark(row)]
    return "".join(steps)


_dark = re.compile(rb"\0+").finditer


def qr_svg(text: str, *, error: str = "M", border: int = 4) -> str:
    """A QR code as SVG markup, with its quiet zone of ``border`` modules."""
    rows = qr_rows(text, error=error)
    side = len(rows) + 2 * border
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{-border} {-border} {side} {side}">'
        f'<path d="{qr_path(rows)}"/></svg>'
    )
