"""Freight container numbers: owner, category, serial and check digit (ISO 6346:2022, annex A)."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"[A-Z]{3}[UJZ]\d{7}", re.ASCII)
# Letters count from 10 upwards, leaving out 11 and its multiples.
_VALUES = {str(digit): digit for digit in range(10)} | dict(
    zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", (n for n in range(10, 40) if n % 11), strict=False)
)


def container_check_digit(ten: str) -> str:
    """Check digit for the first ten characters: values times powers of two, modulo 11, ten read as zero.

    ValueError when `ten` is not four capital letters and six digits.
    """
    if not re.fullmatch(r"[A-Z]{4}[0-9]{6}", ten):
        raise ValueError("a container number starts with four letters and six digits")
    total = sum(_VALUES[char] << place for place, char in enumerate(ten))
    return str(total % 11 % 10)


def valid_container(no: str) -> bool:
    """Whether `no` is a container number: four letters (the fourth U, J or Z), six digits, check digit.

    Written without blanks and hyphens, in capitals: normalise what people type before asking.
    """
    return bool(_NUMBER.fullmatch(no)) and container_check_digit(no[:10]) == no[10]
