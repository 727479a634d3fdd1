"""Labels: sheets to print and lists for printers."""

import csv
import io
from collections.abc import Iterator
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


def serials(one: Range, start: int, count: int) -> list[str]:
    """``count`` serials of a range from index ``start``: computed, never stored."""
    return scheme(one.key_version).issue_run(one.gtin, one.number, start, count)


def sheet(one: Range, start: int, count: int, template: str) -> bytes:
    """PDF of ``count`` labels from index ``start``; dated by the order, so that it prints the same again."""
    across, down = TEMPLATES[template]
    known = product(one.gtin)
    names = (known.name_zh, known.name_en) if known else ("", f"GTIN {one.gtin}")
    made = serials(one, start, count)
    codes = paper.qr_svgs([address(one.gtin, one.batch, s) for s in made])
    data = {
        "across": across,
        "down": down,
        "zh": _short(names[0], 22),
        "en": _short(names[1], 40),
        "batch": one.batch,
        "range": one.code,
        "labels": [{"qr": code, "serial": _lines(s)} for code, s in zip(codes, made, strict=True)],
    }
    return paper.pdf(_TYPST, data, one.ordered_at, archival=False)


def _short(name: str, length: int) -> str:
    return name if len(name) <= length else name[: length - 1].rstrip() + "…"


def _lines(serial: str) -> list[str]:
    return [grouped(serial[:12]), grouped(serial[12:])]


def csv_lines(one: Range) -> Iterator[str]:
    """Header and one line for each label, a thousand at a time: memory does not grow with the range."""
    yield "number,serial,url\r\n"
    for start in range(0, one.count, _CHUNK):
        made = serials(one, start, min(_CHUNK, one.count - start))
        out = io.StringIO()
        writer = csv.writer(out)
        for number, serial in enumerate(made, start + 1):
            writer.writerow([number, serial, address(one.gtin, one.batch, serial)])
        yield out.getvalue()
