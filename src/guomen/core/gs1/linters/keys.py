"""Check digits, company prefixes and counts inside keys."""

from __future__ import annotations

import re

from guomen.core.gs1.checkdigit import CSET32, MAX_CHECK_PAIR_DATA, check_digit, check_pair
from guomen.core.gs1.linters.base import GcpLookup, fail, need_all_in, need_digits, whole
from guomen.core.gs1.linters.charset import cset82
from guomen.core.gs1.linters.codelists import is_alpha2

GCP_MIN_LENGTH = 4
_CSET32 = frozenset(CSET32)
_SEQUENCE = re.compile(r"([0-9]+)/([0-9]+)")


def csum(value: str) -> None:
    need_digits(value)
    if not value or check_digit(value[:-1]) != value[-1]:
        raise fail("INCORRECT_CHECK_DIGIT", max(len(value) - 1, 0), 1)


def csumalpha(value: str) -> None:
    if len(value) < 2:
        raise whole("TOO_SHORT_FOR_CHECK_PAIR", value)
    if len(value) - 2 > MAX_CHECK_PAIR_DATA:
        raise whole("TOO_LONG_FOR_CHECK_PAIR_IMPLEMENTATION", value)
    data = value[:-2]
    cset82(data)
    if check_pair(data) != value[-2:]:
        raise fail("INCORRECT_CHECK_PAIR", len(data), 2)


def company_prefix(value: str, lookup: GcpLookup | None = None) -> None:
    """The value must start with a GS1 Company Prefix: four digits at least, and allocated if we can ask."""
    if len(value) < GCP_MIN_LENGTH:
        raise whole("TOO_SHORT_FOR_GCP", value)
    need_digits(value[:GCP_MIN_LENGTH], "INVALID_GCP_PREFIX")
    if lookup is None:
        return
    answer = lookup(value)
    if not answer:
        raise whole("GCP_DATASOURCE_OFFLINE" if answer is None else "INVALID_GCP_PREFIX", value)


def iban(value: str) -> None:
    """ISO 13616-1: country, two check digits, then modulo 97 of the rearranged number is 1."""
    if len(value) <= 10:
        raise whole("IBAN_TOO_SHORT", value)
    if len(value) > 34:
        raise whole("IBAN_TOO_LONG", value)
    if not is_alpha2(value[:2]):
        raise fail("ILLEGAL_IBAN_COUNTRY_CODE", 0, 2)
    need_all_in(value, frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"), "INVALID_IBAN_CHARACTER")
    if int("".join(str(int(char, 36)) for char in value[4:] + value[:4])) % 97 != 1:
        raise fail("INCORRECT_IBAN_CHECKSUM", 2, 2)


def pieceoftotal(value: str) -> None:
    if not value or len(value) % 2:
        raise whole("INVALID_LENGTH_FOR_PIECE_OF_TOTAL", value)
    need_digits(value)
    half = len(value) // 2
    piece, total = int(value[:half]), int(value[half:])
    if piece == 0:
        raise fail("ZERO_PIECE_NUMBER", 0, half)
    if total == 0:
        raise fail("ZERO_TOTAL_PIECES", half, half)
    if piece > total:
        raise whole("PIECE_NUMBER_EXCEEDS_TOTAL", value)


def posinseqslash(value: str) -> None:
    """`position/end`, for example 1/3."""
    match = _SEQUENCE.fullmatch(value)
    if match is None:
        raise whole("POSITION_IN_SEQUENCE_MALFORMED", value)
    for group in (1, 2):
        if match[group].startswith("0"):
            raise fail("ILLEGAL_ZERO_PREFIX", match.start(group), len(match[group]))
    if int(match[1]) > int(match[2]):
        raise whole("POSITION_EXCEEDS_END", value)


def _coordinate(value: str, name: str, maximum: int) -> None:
    if len(value) != 10:
        raise whole(f"{name}_INVALID_LENGTH", value)
    need_digits(value)
    if int(value) > maximum:
        raise whole(f"INVALID_{name}", value)


def latitude(value: str) -> None:
    """Degrees plus 90, in ten-millionths."""
    _coordinate(value, "LATITUDE", 1_800_000_000)


def longitude(value: str) -> None:
    """Degrees plus 180, in ten-millionths."""
    _coordinate(value, "LONGITUDE", 3_600_000_000)
