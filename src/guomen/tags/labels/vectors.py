"""Labels as SVG, in millimetres: one page of a sheet, or a strip of a roll for engravers and digital presses."""

from collections.abc import Sequence
from html import escape

from guomen.kit import paper
from guomen.tags.labels.face import Face, Label, Line, hint, shared_lines, text_size
from guomen.tags.labels.sizes import Size

_QUIET = 4
_STYLE = (
    "text{font-family:'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei',sans-serif;fill:#10151a}"
    ".name{font-weight:bold}.soft{fill:#4d5761}.serial{font-family:'Noto Sans Mono CJK SC',monospace}"
)


def make(face: Face, size: Size | None, labels: Sequence[Label], _dpi: int, _first: bool) -> bytes:
    assert size is not None
    shared = shared_lines(face, size)
    if size.is_roll:
        width, height = size.width, size.height * len(labels)
        places = [(0.0, size.height * n) for n in range(len(labels))]
    else:
        width, height = size.page
        grid = [divmod(n, size.across) for n in range(len(labels))]
        places = [(size.left + column * (size.width + size.gap), size.top + row * size.height) for row, column in grid]
    body = [_label(x, shared, size, at) for x, at in zip(labels, places, strict=True)]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}mm" height="{height:g}mm" '
        f'viewBox="0 0 {width:g} {height:g}"><title>{escape(face.code)}</title><style>{_STYLE}</style>'
    )
    return "".join([head, *body, "</svg>"]).encode()


def _label(one: Label, shared: Sequence[Line], size: Size, at: tuple[float, float]) -> str:
    rows = paper.qr_rows(one.url)
    module = size.code_side / (len(rows) + 2 * _QUIET)
    edge = (size.height - size.code_side) / 2 + _QUIET * module
    lines = [*shared, *(Line("serial", half) for half in one.halves), hint(size)]
    em = text_size(size)
    step = em * 1.22
    top = (size.height - step * len(lines)) / 2 + em
    words = "".join(
        f'<text class="{line.kind}" x="{size.code_side + 1:.2f}" y="{top + n * step:.2f}" font-size="{em:.2f}">'
        f"{escape(line.text)}</text>"
        for n, line in enumerate(lines)
    )
    return (
        f'<g id="n{one.number}" transform="translate({at[0]:g} {at[1]:g})">'
        f'<path transform="translate({_QUIET * module:.3f} {edge:.3f}) scale({module:.4f})" d="{paper.qr_path(rows)}"/>'
        f"{words}</g>"
    )
