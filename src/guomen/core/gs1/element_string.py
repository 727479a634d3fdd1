"""Element strings as scanners give them: `^` or FNC1 (ASCII 29) separated, or plain EAN/UPC digits."""

from __future__ import annotations

from guomen.core.gs1.ai import AIS, AIPair, check_associations, check_value
from guomen.core.gs1.checkdigit import valid_gtin
from guomen.core.gs1.errors import GS1Error

FNC1 = "\x1d"
_SYMBOLOGY = ("]C1", "]e0", "]d2", "]Q3", "]J1")
_PLAIN_SYMBOLOGY = ("]E0", "]E4")


def parse_element_string(s: str, *, associations: bool = False) -> tuple[AIPair, ...]:
    """Read an element string into its (AI, value) pairs, each value checked.

    `^` at the start and before each AI, or FNC1 as scanned, with or without an AIM symbology identifier.
    A plain EAN-8, UPC-A, EAN-13 or ITF-14 becomes (01) padded to 14 digits.
    associations: also apply the rules on which AIs belong together (see check_associations).
    GS1Error; spans are positions in `s`.
    """
    body, offset = s, 0
    if s[:3] in _SYMBOLOGY + _PLAIN_SYMBOLOGY:
        body, offset = s[3:], 3
    if valid_gtin(body) and s[:3] not in _SYMBOLOGY:
        return (("01", body.zfill(14)),)
    separator = "^" if body.startswith("^") else FNC1
    pairs: list[AIPair] = []
    at = 1 if body.startswith(separator) else 0
    if not body[at:]:
        raise GS1Error("EMPTY_ELEMENT_STRING", (0, len(s)))
    while at < len(body):
        pair, at = _element(body, at, separator, offset)
        pairs.append(pair)
    if associations:
        check_associations(pairs)
    return tuple(pairs)


def _element(body: str, at: int, separator: str, offset: int) -> tuple[AIPair, int]:
    ai = next((body[at : at + n] for n in (2, 3, 4) if body[at : at + n] in AIS), None)
    if ai is None:
        raise GS1Error("UNKNOWN_AI", (at + offset, min(at + 4, len(body)) + offset), "here")
    entry, start = AIS[ai], at + len(ai)
    end = body.find(separator, start)
    end = len(body) if end < 0 else end
    if entry.fixed_length:
        end = min(end, start + entry.longest)
    try:
        check_value(ai, body[start:end])
    except GS1Error as error:
        raise error.of(ai, error.shifted(start + offset).span) from None
    # A separator after a predefined length is not needed but allowed.
    following = end + 1 if body[end : end + 1] == separator else end
    if following == len(body) and following > end:
        raise GS1Error("TRAILING_SEPARATOR", (end + offset, following + offset))
    return (ai, body[start:end]), following


def to_element_string(pairs: tuple[AIPair, ...], separator: str = FNC1) -> str:
    """The element string for pairs, with FNC1 (or `^`) first and after each AI of variable length."""
    out = separator
    for index, (ai, value) in enumerate(pairs):
        check_value(ai, value)
        last = index == len(pairs) - 1
        out += ai + value + ("" if last or AIS[ai].fixed_length else separator)
    return out
