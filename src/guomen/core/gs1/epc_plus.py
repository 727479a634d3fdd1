"""The EPC encodings of TDS 2.0 (SGTIN+, SSCC+, …), which hold the values of application identifiers as they are.

Source: GS1 EPC Tag Data Standard 2.3, sections 14.5.4 to 14.5.13 and 14.6, tables E and F.
"""

from __future__ import annotations

from collections.abc import Mapping
from string import ascii_lowercase, ascii_uppercase, digits
from typing import NamedTuple

from guomen.core.gs1.ai import AIPair
from guomen.core.gs1.digital_link import parse_digital_link, to_digital_link
from guomen.core.gs1.epc_bits import BitReader
from guomen.core.gs1.errors import GS1Error

# How each value is written: so many digits of 4 bits; then, after a length of so many bits, "text" of up to so many
# characters in the shortest of five alphabets, or a "number" of up to so many digits. "delimited": a text whose leading
# digits take 4 bits each.
_DIGITS: Mapping[str, int] = {
    "00": 18, "01": 14, "253": 13, "255": 13, "414": 13, "8003": 14, "8006": 18, "8017": 18, "8018": 18,
}  # fmt: skip
_REST: Mapping[str, tuple[str, int, int]] = {
    "21": ("text", 5, 20),
    "254": ("text", 5, 20),
    "253": ("text", 5, 17),
    "255": ("number", 4, 12),
    "8003": ("text", 5, 16),
    "8004": ("delimited", 5, 30),
    "8010": ("delimited", 5, 30),
    "8011": ("number", 4, 12),
}
_DATES = ("11", "13", "15", "16", "17", "7006", "7007")
"""By the 4 bits of a DSGTIN+ that say what its date means."""
_END, _DELIMITER = 0xF, 0xE


class Plus(NamedTuple):
    """ais: what it holds, in this order; the last may be missing where `or_zero`. dated: a date stands before them."""

    header: int
    ais: tuple[str, ...]
    or_zero: bool = False
    dated: bool = False


PLUS_SCHEMES: Mapping[str, Plus] = {
    "SGTIN+": Plus(0xF7, ("01", "21")),
    "DSGTIN+": Plus(0xFB, ("01", "21"), dated=True),
    "SSCC+": Plus(0xF9, ("00",)),
    "SGLN+": Plus(0xF2, ("414", "254"), or_zero=True),
    "GRAI+": Plus(0xF1, ("8003",)),
    "GIAI+": Plus(0xFA, ("8004",)),
    "GSRN+": Plus(0xF4, ("8018",)),
    "GSRNP+": Plus(0xF5, ("8017",)),
    "GDTI+": Plus(0xF6, ("253",)),
    "SGCN+": Plus(0xF8, ("255",)),
    "ITIP+": Plus(0xF3, ("8006", "21")),
    "CPI+": Plus(0xF0, ("8010", "8011")),
}
PLUS_BY_HEADER = {plus.header: plus for plus in PLUS_SCHEMES.values()}


class _Alphabet(NamedTuple):
    """characters: in the order of their codes; `group` of them take `bits` bits."""

    characters: str
    bits: int
    group: int = 1


_ASCII = "".join(map(chr, range(128)))
_CODE_40 = "\0" + ascii_uppercase + "-.:" + digits
_BASE_64 = ascii_uppercase + ascii_lowercase + digits + "-_"
_ALPHABETS: Mapping[int, _Alphabet] = {
    1: _Alphabet(digits + "ABCDEF", 4),
    2: _Alphabet(digits + "abcdef", 4),
    3: _Alphabet(_BASE_64, 6),
    4: _Alphabet(_ASCII, 7),
    5: _Alphabet(_CODE_40, 16, 3),
}
"""By encoding indicator; 0 is a number."""


def read_plus(reader: BitReader, plus: Plus, base: str) -> str:
    """The Digital Link for the bits of an EPC whose header says `plus`. GS1Error BAD_EPC, or a linter's code."""
    reader.take(8)
    more_follows = reader.take(1)
    reader.take(3)
    date = _read_date(reader) if plus.dated else None
    pairs = [(ai, _read_value(reader, ai)) for ai in plus.ais]
    if plus.or_zero and pairs[-1][1] == "0":
        pairs.pop()
    if not more_follows:
        reader.end()
    return to_digital_link([*pairs, date] if date else pairs, base)


def write_plus(uri: str, plus: Plus, filter_value: int) -> str:
    """The bits for a Digital Link. GS1Error NO_EPC when it lacks what the encoding holds, or cannot be encoded."""
    link = parse_digital_link(uri, associations=False)
    path = dict(link.path)
    if plus.or_zero:
        path.setdefault(plus.ais[-1], "0")
    if link.path[0][0] != plus.ais[0] or not all(ai in path for ai in plus.ais):
        raise GS1Error("NO_EPC", (0, len(uri)), "lacks", wanted=", ".join(plus.ais))
    date = _written_date(link.attributes, uri) if plus.dated else ""
    return f"{plus.header:08b}0{filter_value:03b}{date}" + "".join(_written_value(ai, path[ai], uri) for ai in plus.ais)


def _read_date(reader: BitReader) -> AIPair:
    kind = reader.take(4)
    if kind >= len(_DATES):
        raise reader.bad("date")
    year, month, day = reader.take(7), reader.take(4), reader.take(5)
    return _DATES[kind], f"{year:02d}{month:02d}{day:02d}"


def _written_date(attributes: tuple[AIPair, ...], uri: str) -> str:
    for ai, value in attributes:
        if ai in _DATES and len(value) == 6:
            return f"{_DATES.index(ai):04b}{int(value[:2]):07b}{int(value[2:4]):04b}{int(value[4:]):05b}"
    raise GS1Error("NO_EPC", (0, len(uri)), "date", wanted=", ".join(_DATES))


def _read_value(reader: BitReader, ai: str) -> str:
    value = "".join(_digit(reader) for _ in range(_DIGITS.get(ai, 0)))
    if ai not in _REST:
        return value
    kind, length_bits, longest = _REST[ai]
    if kind == "delimited":
        while (code := reader.take(4)) < 10:
            value += str(code)
        if code not in (_END, _DELIMITER):
            raise reader.bad("nibble")
        return value if code == _END else value + _read_text(reader, length_bits, longest)
    if kind == "number":
        return value + _read_number(reader, reader.take(length_bits), longest)
    return value + _read_text(reader, length_bits, longest)


def _digit(reader: BitReader) -> str:
    code = reader.take(4)
    if code > 9:
        raise reader.bad("no-digit")
    return str(code)


def _read_number(reader: BitReader, length: int, longest: int) -> str:
    if length > longest:
        raise reader.bad("longest")
    return reader.digits(_number_bits(length), length)


def _number_bits(length: int) -> int:
    return int(10**length - 1).bit_length()


def _read_text(reader: BitReader, length_bits: int, longest: int) -> str:
    indicator, length = reader.take(3), reader.take(length_bits)
    if length > longest:
        raise reader.bad("longest")
    if indicator == 0:
        return _read_number(reader, length, longest)
    if indicator not in _ALPHABETS:
        raise reader.bad("encoding")
    alphabet = _ALPHABETS[indicator]
    if alphabet.group == 1:
        return "".join(alphabet.characters[reader.take(alphabet.bits)] for _ in range(length))
    text = "".join(_code_40(reader) for _ in range(-(-length // 3)))
    if text[length:].strip("\0") or "\0" in text[:length]:
        raise reader.bad("filling")
    return text[:length]


def _code_40(reader: BitReader) -> str:
    number = reader.take(16) - 1
    if not 0 <= number < 40**3:
        raise reader.bad("three")
    return _CODE_40[number // 1600] + _CODE_40[number // 40 % 40] + _CODE_40[number % 40]


def _written_value(ai: str, value: str, uri: str) -> str:
    fixed = _DIGITS.get(ai, 0)
    head, rest = value[:fixed], value[fixed:]
    out = "".join(f"{int(digit):04b}" for digit in head)
    if ai not in _REST:
        return out
    kind, length_bits, _ = _REST[ai]
    if not rest:
        raise GS1Error("NO_EPC", (0, len(uri)), "serial", ai=ai)
    if kind == "number":
        return out + f"{len(rest):0{length_bits}b}" + _written_number(rest)
    if kind == "delimited":
        tail = rest.lstrip(digits)
        out += "".join(f"{int(digit):04b}" for digit in rest[: len(rest) - len(tail)])
        return out + (f"{_DELIMITER:04b}" + _written_text(tail, length_bits) if tail else f"{_END:04b}")
    return out + _written_text(rest, length_bits)


def _written_number(text: str) -> str:
    return f"{int(text or 0):0{_number_bits(len(text))}b}" if text else ""


def _written_text(text: str, length_bits: int) -> str:
    """In the alphabet that takes the fewest bits; the first of them in the order of the standard."""
    ways = [f"000{len(text):0{length_bits}b}{_written_number(text)}"] if text.isascii() and text.isdigit() else []
    for indicator, alphabet in _ALPHABETS.items():
        if all(character in alphabet.characters for character in text):
            ways.append(f"{indicator:03b}{len(text):0{length_bits}b}{_written_in(alphabet, text)}")
    return min(ways, key=len)


def _written_in(alphabet: _Alphabet, text: str) -> str:
    codes = [alphabet.characters.index(character) for character in text]
    if alphabet.group == 1:
        return "".join(f"{code:0{alphabet.bits}b}" for code in codes)
    codes += [0] * (-len(codes) % 3)
    groups = zip(codes[::3], codes[1::3], codes[2::3], strict=True)
    return "".join(f"{1600 * one + 40 * two + three + 1:016b}" for one, two, three in groups)
