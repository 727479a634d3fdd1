"""The formats of label files, each with how many labels one part holds: a part takes well under half a second."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from guomen.tags.labels import lists, sheets, vectors, zpl
from guomen.tags.labels.face import Face, Label, shortened
from guomen.tags.labels.sizes import Size

Make = Callable[[Face, Size | None, Sequence[Label], int, bool], bytes]
"""(words, size, labels, dots per inch, whether it is the first part) -> the file."""


@dataclass(frozen=True, slots=True)
class Format:
    """``joined``: parts one after another are one file. ``sizes``: all, rolls, tiny ones only, or none."""

    extension: str
    media_type: str
    make: Make
    most: int
    """Labels in a part."""
    joined: bool
    sizes: str
    inside: bool = False
    """Holds the secret codes for the inside of the packs."""
    short: bool = False
    """Holds the short codes."""

    def per_part(self, size: Size | None) -> int:
        if self.sizes not in {"all", "tiny"} or size is None:
            return self.most
        if self.extension == "svg" and not size.is_roll:
            return size.per_page
        return max(1, self.most // size.per_page) * size.per_page

    def fits(self, size: Size | None) -> bool:
        if size is None:
            return self.sizes == "none"
        if size.is_tiny or self.sizes == "tiny":
            return size.is_tiny and self.sizes == "tiny"
        return self.sizes == "all" or (self.sizes == "rolls" and size.is_roll)


def _shortened(make: Make) -> Make:
    """The same labels with the short codes on them instead of the long ones."""

    def made(face: Face, size: Size | None, labels: Sequence[Label], dpi: int, first: bool) -> bytes:
        return make(face, size, [shortened(one) for one in labels], dpi, first)

    return made


FORMATS = {
    "pdf": Format("pdf", "application/pdf", sheets.make, 100, joined=False, sizes="all"),
    "svg": Format("svg", "image/svg+xml", vectors.make, 200, joined=False, sizes="all"),
    "zpl": Format("zpl", "text/plain; charset=utf-8", zpl.make, 10_000, joined=True, sizes="rolls"),
    "zpl-graphic": Format("zpl", "text/plain; charset=utf-8", zpl.make_graphic, 500, joined=True, sizes="rolls"),
    "tiny-pdf": Format("pdf", "application/pdf", _shortened(sheets.make), 189, joined=False, sizes="tiny", short=True),
    "tiny-svg": Format("svg", "image/svg+xml", _shortened(vectors.make), 200, joined=False, sizes="tiny", short=True),
    "csv": Format("csv", "text/csv; charset=utf-8", lists.make, 20_000, joined=True, sizes="none"),
    "short": Format("csv", "text/csv; charset=utf-8", lists.make_short, 20_000, joined=True, sizes="none", short=True),
    "inner": Format("csv", "text/csv; charset=utf-8", lists.make_inner, 20_000, joined=True, sizes="none", inside=True),
}
