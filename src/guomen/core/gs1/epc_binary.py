"""EPCs as RFID tags hold them, in hexadecimal, and the Digital Links that name the same things.

Source: GS1 EPC Tag Data Standard 2.x, sections 14.5 and 14.6 (encodings that carry the length of the company prefix).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from guomen.core.gs1.digital_link import percent_decode
from guomen.core.gs1.epc import digital_link_to_epc, epc_to_digital_link, urn_encode
from guomen.core.gs1.epc_bits import SIX_BIT, BitReader
from guomen.core.gs1.epc_plus import PLUS_BY_HEADER, PLUS_SCHEMES, read_plus, write_plus
from guomen.core.gs1.errors import GS1Error

_HEX = re.compile(r"(?:0x)?([0-9A-Fa-f]+)")
_LONGEST = 1000
_PREFIX_BITS = (40, 37, 34, 30, 27, 24, 20)
"""By partition: the company prefix has 12, 11, … 6 digits."""
_Bits = tuple[int, ...]


class _Encoding(NamedTuple):
    """How one scheme is laid out after its header, filter (3 bits) and partition (3 bits).

    urn: the EPC URN scheme that says the same. reference: bits of the reference by partition.
    digits: of the reference when the company prefix has 12; None when the reference is of any length.
    kind: of the reference, `serial_kind` of what follows: "integer", "digits" (which may begin with zeros), "text" (7
    bits each), "six" (6 bits each, of any length) or "" for nothing.
    """

    name: str
    header: int
    urn: str
    reference: _Bits
    digits: int | None
    serial_bits: int
    serial_kind: str = "integer"
    kind: str = "integer"
    pieces: bool = False


_ITEM = (4, 7, 10, 14, 17, 20, 24)
_PLACE = (1, 4, 7, 11, 14, 17, 21)
_UNIT = (18, 21, 24, 28, 31, 34, 38)
_NO_LIMIT = (0,) * 7
_ENCODINGS = (
    _Encoding("SGTIN-96", 0x30, "sgtin", _ITEM, 1, 38),
    _Encoding("SGTIN-198", 0x36, "sgtin", _ITEM, 1, 140, "text"),
    _Encoding("SSCC-96", 0x31, "sscc", _UNIT, 5, 24, ""),
    _Encoding("SGLN-96", 0x32, "sgln", _PLACE, 0, 41),
    _Encoding("SGLN-195", 0x39, "sgln", _PLACE, 0, 140, "text"),
    _Encoding("GRAI-96", 0x33, "grai", _ITEM, 0, 38),
    _Encoding("GRAI-170", 0x37, "grai", _ITEM, 0, 112, "text"),
    _Encoding("GIAI-96", 0x34, "giai", (42, 45, 48, 52, 55, 58, 62), None, 0, ""),
    _Encoding("GIAI-202", 0x38, "giai", (148, 151, 154, 158, 161, 164, 168), None, 0, "", "text"),
    _Encoding("GSRN-96", 0x2D, "gsrn", _UNIT, 5, 24, ""),
    _Encoding("GSRNP-96", 0x2E, "gsrnp", _UNIT, 5, 24, ""),
    _Encoding("GDTI-96", 0x2C, "gdti", _PLACE, 0, 41),
    _Encoding("GDTI-174", 0x3E, "gdti", _PLACE, 0, 119, "text"),
    _Encoding("SGCN-96", 0x3F, "sgcn", _PLACE, 0, 41, "digits"),
    _Encoding("ITIP-110", 0x40, "itip", _ITEM, 1, 38, pieces=True),
    _Encoding("ITIP-212", 0x41, "itip", _ITEM, 1, 140, "text", pieces=True),
    _Encoding("CPI-96", 0x3C, "cpi", (11, 14, 17, 21, 24, 27, 31), None, 31),
    _Encoding("CPI-var", 0x3D, "cpi", _NO_LIMIT, None, 40, "integer", "six"),
)
_BY_HEADER = {encoding.header: encoding for encoding in _ENCODINGS}
EPC_SCHEMES = (*(encoding.name for encoding in _ENCODINGS), *PLUS_SCHEMES)
"""The names of the encodings: the older ones, the shorter of each kind of key first, then those of TDS 2.0."""


def epc_hex_to_digital_link(epc: str, base: str = "https://id.gs1.org") -> str:
    """The Digital Link for an EPC in hexadecimal, as readers give it; zeros that fill up the last word are ignored.

    GS1Error: NOT_HEX, UNKNOWN_EPC_HEADER for an encoding that is not of `EPC_SCHEMES`, BAD_EPC or a linter's code for
    bits that mean no right key.
    """
    match = _HEX.fullmatch(epc) if len(epc) <= _LONGEST else None
    if match is None or len(match[1]) < 2:
        raise GS1Error("NOT_HEX", (0, len(epc)))
    header = int(match[1][:2], 16)
    encoding, plus = _BY_HEADER.get(header), PLUS_BY_HEADER.get(header)
    if plus is not None:
        return read_plus(BitReader(match[1], (match.start(1), len(epc))), plus, base)
    if encoding is None:
        raise GS1Error("UNKNOWN_EPC_HEADER", (match.start(1), match.start(1) + 2), header=match[1][:2])
    reader = BitReader(match[1], (match.start(1), len(epc)))
    reader.take(8 + 3)
    return epc_to_digital_link(f"urn:epc:id:{encoding.urn}:{_read(reader, encoding)}", base)


def digital_link_to_epc_hex(
    uri: str, scheme: str | None = None, *, filter_value: int = 0, company_prefix_length: int | None = 0
) -> str:
    """The EPC in hexadecimal for a Digital Link that names one thing, filled up with zeros to whole words of 16 bits.

    scheme: one of `EPC_SCHEMES`; without, the shortest of the older ones that can hold the key. Those of TDS 2.0, whose
    names end in a plus sign, do not carry a company prefix. filter_value: 0 to 7, what a reader may select by.
    company_prefix_length: as in digital_link_to_epc.
    GS1Error: NO_EPC when the key has no such encoding, BAD_FILTER, and as digital_link_to_epc.
    """
    if not 0 <= filter_value <= 7:
        raise GS1Error("BAD_FILTER")
    if scheme is not None and scheme in PLUS_SCHEMES:
        return _words(write_plus(uri, PLUS_SCHEMES[scheme], filter_value))
    urn = digital_link_to_epc(uri, company_prefix_length)
    _, _, kind, name, body = urn.split(":", 4)
    for encoding in _ENCODINGS:
        if kind == "id" and encoding.urn == name and scheme in (None, encoding.name):
            bits = _written(body, encoding, filter_value)
            if bits is not None:
                return _words(bits)
    raise GS1Error("NO_EPC", (0, len(uri)), "scheme" if scheme else "encoding", urn=urn, scheme=scheme)


def _words(bits: str) -> str:
    bits += "0" * (-len(bits) % 16)
    return f"{int(bits, 2):0{len(bits) // 4}X}"


def _read(reader: BitReader, encoding: _Encoding) -> str:
    """The body of the URN."""
    partition = reader.take(3)
    if partition > 6:
        raise reader.bad("partition")
    prefix = reader.digits(_PREFIX_BITS[partition], 12 - partition)
    bits = encoding.reference[partition]
    if encoding.digits is not None:
        reference = reader.digits(bits, encoding.digits + partition)
    elif encoding.kind == "text":
        reference = urn_encode(reader.text(bits))
    else:
        reference = urn_encode(reader.six()) if encoding.kind == "six" else str(reader.take(bits))
    parts = [prefix, reference]
    if encoding.pieces:
        parts += [reader.digits(7, 2), reader.digits(7, 2)]
    if encoding.serial_kind == "integer":
        parts.append(str(reader.take(encoding.serial_bits)))
    elif encoding.serial_kind == "digits":
        number = str(reader.take(encoding.serial_bits))
        if not number.startswith("1"):
            raise reader.bad("serial")
        parts.append(number[1:])
    elif encoding.serial_kind == "text":
        parts.append(urn_encode(reader.text(encoding.serial_bits)))
    elif reader.take(encoding.serial_bits):
        raise reader.bad("reserved")
    reader.end()
    return ".".join(parts)


def _written(body: str, encoding: _Encoding, filter_value: int) -> str | None:
    """The bits, or None when this encoding cannot hold them."""
    prefix, _, rest = body.partition(".")
    partition = 12 - len(prefix)
    fixed = 3 if encoding.pieces else 1
    if encoding.serial_kind == "":
        parts = [rest]
    elif encoding.digits is None:
        # A part number may hold dots, its serial does not.
        parts = list(rest.rpartition(".")[::2])
    else:
        parts = rest.split(".", fixed)
    reference, pieces, serial = parts[0], parts[1:-1], parts[-1]
    bits = [f"{encoding.header:08b}{filter_value:03b}{partition:03b}{int(prefix):0{_PREFIX_BITS[partition]}b}"]
    bits.append(
        _field(encoding.kind if encoding.digits is None else "number", reference, encoding.reference[partition])
    )
    bits += [_field("number", piece, 7) for piece in pieces]
    if encoding.serial_kind:
        bits.append(_field(encoding.serial_kind, serial, encoding.serial_bits))
    else:
        bits.append("0" * encoding.serial_bits)
    return None if "" in bits[1:] and _lost(bits, encoding) else "".join(bits)


def _lost(bits: list[str], encoding: _Encoding) -> bool:
    """Whether a field did not fit; only what needs no bits may be empty."""
    allowed = 1 if encoding.serial_kind == "" and encoding.serial_bits == 0 else 0
    return bits[1:].count("") > allowed


def _field(kind: str, value: str, width: int) -> str:
    """A value in so many bits; "" when it does not fit."""
    text = percent_decode(value)
    if kind == "six":
        codes = [SIX_BIT.get(character, -1) for character in text]
        return "" if -1 in codes else "".join(f"{code:06b}" for code in codes) + "000000"
    if kind == "text":
        bits = "".join(f"{ord(character):07b}" for character in text)
        return bits.ljust(width, "0") if len(bits) <= width and text.isascii() else ""
    if kind == "number":
        text = text or "0"
    if not (text.isascii() and text.isdigit()) or (kind == "integer" and text != str(int(text))):
        return ""
    number = int("1" + text) if kind == "digits" else int(text)
    return f"{number:0{width}b}" if number.bit_length() <= width else ""
