"""What stands on the labels of a range: the same words on all, one code and serial number on each."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from guomen.catalogue.queries import product
from guomen.tags.labels.sizes import Size
from guomen.tags.models import Range
from guomen.tags.scheme import address, grouped, scheme, short_address

_CHUNK = 2000


@dataclass(frozen=True, slots=True)
class Face:
    """The words that all labels of a range share."""

    zh: str
    en: str
    batch: str
    expires_on: date | None
    code: str
    at: datetime
    """When the tags were ordered: what the files are dated by, so that they come out the same again."""


@dataclass(frozen=True, slots=True)
class Label:
    """One label. ``number`` is counted from 1, as people do."""

    number: int
    serial: str
    url: str
    inner: str = ""
    """The code for the inside of the pack, where the format asks for it."""
    short: str = ""
    """The 16 characters for packs that are too small for an address, where the format asks for them."""

    @property
    def halves(self) -> tuple[str, str]:
        """The serial as two lines of groups of four."""
        cut = 12 if len(self.serial) > 16 else 8
        return grouped(self.serial[:cut]), grouped(self.serial[cut:])


@dataclass(frozen=True, slots=True)
class Line:
    """A line of words; ``kind`` is name, plain, serial or soft."""

    kind: str
    text: str


def face_of(one: Range) -> Face:
    known = product(one.gtin)
    zh, en = (known.name_zh, known.name_en) if known else ("", f"GTIN {one.gtin}")
    return Face(zh, en, one.batch, one.expires_on, one.code, one.ordered_at)


def serials(one: Range, start: int, count: int) -> list[str]:
    """``count`` serials of a range from index ``start``: computed, never stored."""
    return scheme(one.key_version).issue_run(one.gtin, one.number, start, count)


def run_of(one: Range, start: int, count: int, *, inside: bool = False, short: bool = False) -> Iterator[Label]:
    """The labels from index ``start`` on, some thousands at a time: memory does not grow with their number.

    ``inside``: also the codes for the inside of the packs. ``short``: also the short codes.
    """
    blank = "0" * 20
    before = address(one.gtin, one.batch, blank).removesuffix(blank)
    for at in range(start, start + count, _CHUNK):
        size = min(_CHUNK, start + count - at)
        shorts = scheme(one.key_version).issue_short_run(one.number, at, size) if short else [""] * size
        for number, (serial, code) in enumerate(zip(serials(one, at, size), shorts, strict=True), at + 1):
            inner = scheme(one.key_version).inner(one.gtin, serial) if inside else ""
            yield Label(number, serial, before + serial, inner, code)


def shortened(one: Label) -> Label:
    """What stands on a tiny pack: the short code, and the short address in its QR code."""
    return Label(one.number, one.short, short_address(one.short))


def shared_lines(face: Face, size: Size) -> list[Line]:
    """The words above the serial number, cut to what fits beside the code; a tiny label has none."""
    if size.is_tiny:
        return []
    em = text_size(size)
    room = size.text[0] / em
    lines = [Line("name", fitted(face.zh, room))] if face.zh else []
    first = fitted(face.en, room, whole_words=True)
    lines.append(Line("plain", first))
    if rest := face.en[len(first) :].strip():
        lines.append(Line("plain", fitted(rest, room)))
    lines.append(Line("soft", fitted(f"批号 {face.batch}", room)))
    if face.expires_on:
        lines.append(Line("soft", fitted(f"至 {face.expires_on}", room)))
    return lines


def hint(size: Size) -> Line:
    """What to do with the code, as the last line."""
    if size.is_tiny:
        return Line("soft", "扫码查验")
    room = size.text[0] / text_size(size)
    return Line("soft", "扫码查验 Scan to check" if room > 12.5 else "扫码查验 Scan")


MOST_LINES = 8
"""Name, two lines in English, batch, date, two lines of the serial, and the hint."""


def text_size(size: Size) -> float:
    """Height of letters in millimetres: the serial's fourteen characters must fit, and so must all lines."""
    width, height = size.text
    if size.is_tiny:
        # Nine characters, three lines.
        return min(2.4, width / 5.2, height / (3 * 1.22))
    return min(3.2, width / 8.2, height / (MOST_LINES * 1.22))


def fitted(text: str, room: float, *, whole_words: bool = False) -> str:
    """As much of ``text`` as fits ``room`` em: wide characters take one, others a little over half."""
    used, end = 0.0, 0
    for end, letter in enumerate(text):  # noqa: B007
        used += 1 if ord(letter) > 0x2E7F else 0.58
        if used > room:
            break
    else:
        return text
    if whole_words and " " in text[: end + 1]:
        return text[: text[: end + 1].rindex(" ")]
    return text if whole_words and not text else text[: max(1, end - 1)].rstrip() + "…"
