"""Unified Social Credit Code of organisations in China, 18 characters (GB 32100-2015)."""

from __future__ import annotations

import re

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""31 characters: no I, O, S, V, Z (GB 32100-2015, table A.1)."""

_SHAPE = re.compile(rf"[{ALPHABET}]{{2}}[0-9]{{6}}[{ALPHABET}]{{10}}", re.ASCII)
_ORGANISATION = re.compile(r"[0-9A-Z]{8}[0-9X]", re.ASCII)
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def uscc_check_character(seventeen: str) -> str:
    """Check character for the first 17: values times powers of three modulo 31, taken from 31.

    ValueError when a character is outside the alphabet or there are not 17.
    """
    if len(seventeen) != 17:
        raise ValueError("the check character needs 17 characters")
    total = sum(ALPHABET.index(char) * pow(3, place, 31) for place, char in enumerate(seventeen))
    return ALPHABET[-total % 31]


def organisation_code_check_character(eight: str) -> str:
    """Check character of the nine-character organisation code inside it (GB 11714-1997). ValueError on shape."""
    if not re.fullmatch(r"[0-9A-Z]{8}", eight):
        raise ValueError("an organisation code has eight digits or capitals before its check character")
    total = sum(int(char, 36) * weight for char, weight in zip(eight, _ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X0"[11 - total % 11]


def valid_uscc(code: str) -> bool:
    """Shape (authority, type, six-digit region, organisation code) and check character.

    The inner organisation code's own check character is not required: some authorities issue others.
    """
    return bool(_SHAPE.fullmatch(code)) and uscc_check_character(code[:17]) == code[17]
