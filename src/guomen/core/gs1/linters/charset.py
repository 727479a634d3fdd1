"""Character sets: CSET 82, 39, 64, numeric, and what a value must or must not contain."""

from __future__ import annotations

import re

from guomen.core.gs1.checkdigit import CSET82 as CSET82_CHARS
from guomen.core.gs1.linters.base import fail, need_all_in, need_digits, whole

_CSET82 = frozenset(CSET82_CHARS)
_CSET39 = frozenset("#-/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_CSET64 = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
_PERCENT = re.compile(r"%([0-9A-Fa-f]{2})?")


def cset82(value: str) -> None:
    need_all_in(value, _CSET82, "INVALID_CSET82_CHARACTER")


def cset39(value: str) -> None:
    need_all_in(value, _CSET39, "INVALID_CSET39_CHARACTER")


def cset64(value: str) -> None:
    """base64url, with at most the two padding characters that make the length a multiple of three."""
    body = value.rstrip("=")
    need_all_in(body, _CSET64, "INVALID_CSET64_CHARACTER")
    padding = len(value) - len(body)
    if padding and (padding > 2 or len(value) % 3):
        raise fail("INVALID_CSET64_PADDING", len(body), padding)


def csetnumeric(value: str) -> None:
    need_digits(value)


def hasnondigit(value: str) -> None:
    if all("0" <= char <= "9" for char in value):
        raise whole("REQUIRES_NON_DIGIT_CHARACTER", value)


def hyphen(value: str) -> None:
    if value.strip("-"):
        raise whole("NOT_HYPHEN", value)


def pcenc(value: str) -> None:
    """Every percent sign must start a two-digit hexadecimal sequence."""
    for match in _PERCENT.finditer(value):
        if match[1] is None:
            start = match.start()
            raise fail("INVALID_PERCENT_SEQUENCE", start, min(3, len(value) - start))


def zero(value: str) -> None:
    if value.strip("0"):
        raise whole("NOT_ZERO", value)


def nonzero(value: str) -> None:
    need_digits(value)
    if not value.strip("0"):
        raise whole("ILLEGAL_ZERO_VALUE", value)


def nozeroprefix(value: str) -> None:
    need_digits(value)
    if value.startswith("0") and value != "0":
        raise fail("ILLEGAL_ZERO_PREFIX", 0, 1)


def importeridx(value: str) -> None:
    if len(value) != 1:
        raise whole("IMPORTER_IDX_MUST_BE_ONE_CHARACTER", value)
    need_all_in(value, _CSET64, "INVALID_IMPORT_IDX_CHARACTER")
