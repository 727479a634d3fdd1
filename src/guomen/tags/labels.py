"""Labels: sheets to print and lists for printers."""

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from guomen.catalogue.queries import product
from guomen.kit import paper
from guomen.tags.models import Range
from guomen.tags.scheme import address, grouped, scheme

TEMPLATES = {"A4-40": (4, 10)}
"""Labels across and down a page."""
MAX_SHEET = 2000
_TYPST = Path(__file__).parent / "labels.typ"
_CHUNK = 1000


def serials(one: Range, indices: Sequence[int]) -> list[str]:
    """The serials of a range at ``indices``: computed, never stored."""
    issue = scheme().issue
    return [issue(one.gtin, one.number, index) for index in indices]


def sheet(one: Range, indices: Sequence[int], template: str) -> bytes:
    """PDF with one label for each index. The moment of the order is its date, so that it prints the same again."""
    across, down = TEMPLATES[template]
    known = product(one.gtin)
    names = (known.name_zh, known.name_en) if known else ("", f"GTIN {one.gtin}")
    data = {
        "across": across,
        "down": down,
        "zh": names[0],
        "en": names[1],
        "batch": one.batch,
        "range": one.code,
        "labels": [
            {"qr": paper.qr_svg(address(one.gtin, one.batch, s)), "serial": grouped(s)} for s in serials(one, indices)
        ],
    }
    return paper.pdf(_TYPST, data, one.ordered_at, archival=False)


def csv_lines(one: Range) -> Iterator[str]:
    """Header and one line for each label, a thousand at a time: memory does not grow with the range."""
    yield "number,serial,address\r\n"
    for start in range(0, one.count, _CHUNK):
        indices = range(start, min(start + _CHUNK, one.count))
        out = io.StringIO()
        writer = csv.writer(out)
        for index, serial in zip(indices, serials(one, indices), strict=True):
            writer.writerow([index + 1, serial, address(one.gtin, one.batch, serial)])
        yield out.getvalue()
