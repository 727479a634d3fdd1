"""Labels as PDF: pages of sheets, or one label after another for rolls."""

from collections.abc import Sequence
from pathlib import Path

from guomen.kit import paper
from guomen.tags.labels.face import Face, Label, hint, shared_lines, text_size
from guomen.tags.labels.sizes import Size

TEMPLATE = Path(__file__).parent / "label.typ"


def make(face: Face, size: Size | None, labels: Sequence[Label], _dpi: int, _first: bool) -> bytes:
    assert size is not None
    data = {
        "title": f"Labels {face.code}",
        "page": size.page,
        "across": size.across,
        "per_page": size.per_page,
        "left": size.left,
        "top": size.top,
        "gap": size.gap,
        "width": size.width,
        "height": size.height,
        "code": size.code_side,
        "em": text_size(size),
        "cut": not size.is_roll,
        "lines": [{"kind": line.kind, "text": line.text} for line in shared_lines(face, size)],
        "hint": hint(size).text,
        "labels": [{"qr": paper.qr_svg(x.url), "serial": x.halves} for x in labels],
    }
    return paper.pdf(TEMPLATE, data, face.at, archival=False)
