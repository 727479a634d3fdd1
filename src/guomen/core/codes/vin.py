"""Vehicle identification numbers (ISO 3779; check digit of 49 CFR 565.15 and GB 16735-2019, annex A)."""

from __future__ import annotations

import re

_SHAPE = re.compile(r"[A-HJ-NPR-Z0-9]{17}", re.ASCII)
_VALUES = {str(digit): digit for digit in range(10)} | dict(
    zip("ABCDEFGHJKLMNPRSTUVWXYZ", (*range(1, 9), *range(1, 6), 7, 9, *range(2, 10)), strict=True)
)
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def vin_check_character(vin: str) -> str:
    """The ninth character that the other sixteen ask for: a digit, or X for ten. ValueError on a bad shape."""
    if not _SHAPE.fullmatch(vin):
        raise ValueError("a VIN has 17 characters: digits and capitals without I, O and Q")
    total = sum(_VALUES[char] * weight for char, weight in zip(vin, _WEIGHTS, strict=True))
    return "0123456789X"[total % 11]


def valid_vin(vin: str) -> bool:
    """Shape and check character. Vehicles built for Europe need not carry a check character: a false here
    means "look closer", not "forged", for those.
    """
    return bool(_SHAPE.fullmatch(vin)) and vin_check_character(vin) == vin[8]
