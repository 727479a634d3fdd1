"""Labels for Zebra printers (ZPL II): a stored format, then a few bytes for each label.

Names and batch go as one graphic, because printers have no Chinese font of their own; serial numbers use font 0. The
code is made by the printer (``^BQ``), or, where its firmware cannot, sent as a graphic.
"""

import io
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from guomen.kit import paper
from guomen.tags.labels.face import Face, Label, hint, shared_lines, text_size
from guomen.tags.labels.sizes import Size

WORDS = Path(__file__).parent / "words.typ"
_PLAIN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 !\"#$%&'()*+,-./:;<=>?@[]{|}`")
_QUIET = 4
_BYTES_AT_M = (14, 26, 42, 62, 84, 106, 122, 152, 180, 213, 251, 287, 331, 362, 412, 450, 504, 560, 624, 666)
"""Bytes that QR versions 1 to 20 hold at error correction level M (ISO/IEC 18004, table 7)."""


def field(text: str) -> str:
    """``text`` for ``^FH^FD``: whatever is not plain ASCII, or means something to the printer, as ``_XX`` of its UTF-8.

    ``^``, ``~`` and ``\\`` begin commands and escapes, ``_`` is the mark of ``^FH`` itself; ``^CI28`` makes it UTF-8.
    """
    return "".join(chr(b) if b in _PLAIN else f"_{b:02X}" for b in text.encode())


def modules_at_most(text: str) -> int:
    """Side of the QR code of ``text`` at level M when all of it is written as bytes: no printer makes a larger one."""
    version = next(n for n, most in enumerate(_BYTES_AT_M, 1) if len(text.encode()) <= most)
    return 17 + 4 * version


class Layout:
    """Positions in dots."""

    def __init__(self, face: Face, size: Size, labels: Sequence[Label], dpi: int) -> None:
        self.dots = dpi / 25.4
        self.width, self.height = round(size.width * self.dots), round(size.height * self.dots)
        side = size.code_side * self.dots
        self.modules = modules_at_most(labels[0].url)
        self.scale = max(1, min(10, int(side / (self.modules + 2 * _QUIET))))
        self.code = (round(_QUIET * self.scale), round((self.height - self.modules * self.scale) / 2))
        lines = shared_lines(face, size)
        em = text_size(size) * self.dots
        step = em * 1.22
        top = (self.height - step * (len(lines) + 3)) / 2
        left = round(side + self.dots)
        self.words = (left, max(0, round(top)))
        self.letters = round(em)
        self.serial = [(left, round(top + step * (len(lines) + n))) for n in range(2)]
        self.lines, self.size, self.dpi = lines, size, dpi


def make(face: Face, size: Size | None, labels: Sequence[Label], dpi: int, _first: bool) -> bytes:
    """The printer makes the codes itself."""
    assert size is not None
    at = Layout(face, size, labels, dpi)
    code = f"^FO{_xy(at.code)}^BQN,2,{at.scale}^FN1^FS"
    # "MA,": level M, and the printer chooses how the characters are written.
    rest = "".join(
        f"^XA^XFR:GUOMEN.ZPL^FN1^FH^FDMA,{field(x.url)}^FS^FN2^FD{x.halves[0]}^FS^FN3^FD{x.halves[1]}^FS^XZ\n"
        for x in labels
    )
    return (_stored(at, code) + rest).encode()


def make_graphic(face: Face, size: Size | None, labels: Sequence[Label], dpi: int, _first: bool) -> bytes:
    """Each code is sent as a picture."""
    assert size is not None
    at = Layout(face, size, labels, dpi)
    place = f"^FO{_xy(at.code)}"
    rest = "".join(
        f"^XA^XFR:GUOMEN.ZPL^FN2^FD{x.halves[0]}^FS^FN3^FD{x.halves[1]}^FS{place}{_picture(x.url, at)}^FS^XZ\n"
        for x in labels
    )
    return (_stored(at, "") + rest).encode()


def _xy(place: tuple[int, int]) -> str:
    return f"{place[0]},{place[1]}"


def _stored(at: Layout, code: str) -> str:
    """What all labels share, kept by the printer until it is switched off: each part brings it again."""
    serial = "".join(f"^FO{_xy(xy)}^A0N,{at.letters}^FN{n}^FS" for n, xy in enumerate(at.serial, 2))
    return (
        _words(at)
        + f"^XA^DFR:GUOMEN.ZPL^FS^CI28^PW{at.width}^LL{at.height}^LH0,0{code}"
        + f"^FO{_xy(at.words)}^XGR:GUOMEN.GRF,1,1^FS{serial}^XZ\n"
    )


def _words(at: Layout) -> str:
    """Names, batch and hint as one picture (``~DG``), black and white."""
    lines = [{"kind": line.kind, "text": line.text, "row": n} for n, line in enumerate(at.lines)]
    lines.append({"kind": "soft", "text": hint(at.size).text, "row": len(at.lines) + 2})
    em = text_size(at.size)
    box = (at.size.text[0], em * 1.22 * (len(at.lines) + 3))
    drawn = paper.png(WORDS, {"lines": lines, "em": em, "box": box}, dpi=at.dpi)
    grey = Image.open(io.BytesIO(drawn)).convert("L")
    black = grey.point(lambda v: 255 if v < 128 else 0).convert("1", dither=Image.Dither.NONE)
    row = (black.width + 7) // 8
    return f"~DGR:GUOMEN.GRF,{row * black.height},{row},{black.tobytes().hex().upper()}\n"


def _picture(text: str, at: Layout) -> str:
    """A QR code as ``^GFA``: one row of modules is one line of dots, repeated (``:``)."""
    rows = paper.qr_rows(text)
    dots = len(rows) * at.scale
    width = (dots + 7) // 8
    pad = width * 8 - dots
    lines = []
    for row in rows:
        bits = int("".join(["1" * at.scale if dark == 0 else "0" * at.scale for dark in row]), 2) << pad
        lines.append(f"{bits:0{2 * width}X}" + ":" * (at.scale - 1))
    return f"^GFA,{width * dots},{width * dots},{width},{''.join(lines)}"
