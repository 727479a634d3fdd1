"""Lists of codes for printers and encoding houses."""

from collections.abc import Sequence

from guomen.tags.labels.face import Face, Label
from guomen.tags.labels.sizes import Size
from guomen.tags.scheme import short_address

HEADER = "number,serial,url\r\n"


def make(_face: Face, _size: Size | None, labels: Sequence[Label], _dpi: int, first: bool) -> bytes:
    """CSV (RFC 4180). No value needs quotes: numbers, base32, and a URL whose commas are percent-encoded.

    Nor can a spreadsheet take one for a formula: each begins with a digit, a letter of base32 or ``http``.
    """
    lines = [f"{x.number},{x.serial},{x.url}\r\n" for x in labels]
    return ((HEADER if first else "") + "".join(lines)).encode()


def make_short(_face: Face, _size: Size | None, labels: Sequence[Label], _dpi: int, first: bool) -> bytes:
    """CSV of short codes, for packs too small for an address with product and batch.

    The address is in capitals: a QR code holds it in alphanumeric mode (ISO/IEC 18004:2024, 7.4.4), as version 2 or 3.
    """
    lines = [f"{x.number},{x.serial},{x.short},{short_address(x.short)}\r\n" for x in labels]
    return (("number,serial,short,url\r\n" if first else "") + "".join(lines)).encode()


def make_inner(_face: Face, _size: Size | None, labels: Sequence[Label], _dpi: int, first: bool) -> bytes:
    """CSV of the codes for the inside of the packs. Who has it can claim every item: print it and destroy it."""
    lines = [f"{x.number},{x.serial},{x.inner}\r\n" for x in labels]
    return (("number,serial,inner\r\n" if first else "") + "".join(lines)).encode()
