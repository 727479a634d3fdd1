"""Readers of single values: what a payload holds in, a typed value out, or the code of what is wrong with it."""

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from guomen.catalogue import codes
from guomen.core.gs1 import GS1Error, check_value, valid_gtin
from guomen.kit.clock import is_usable

_LARGEST = Decimal(10) ** 13


class BadValueError(Exception):
    """A value that cannot be used; the code says why."""

    def __init__(self, code: str, **values: object) -> None:
        self.code, self.values = code, values


def text(raw: Any, limit: int) -> str:
    if not isinstance(raw, str):
        raise BadValueError("not-text")
    cleaned = raw.strip()
    if len(cleaned) > limit:
        raise BadValueError("too-long", max=limit)
    if "\x00" in cleaned:
        raise BadValueError("not-text")
    return cleaned


def code(raw: Any, table: str) -> str:
    found = text(raw, 20)
    if found not in codes.table(table):
        raise BadValueError("unknown-code")
    return found


def amount(raw: Any) -> Decimal:
    """A positive decimal. Floats are refused: they have no exact value."""
    if isinstance(raw, bool) or not isinstance(raw, (str, int, Decimal)):
        raise BadValueError("not-a-number")
    try:
        number = Decimal(raw.strip() if isinstance(raw, str) else raw)
    except InvalidOperation:
        raise BadValueError("not-a-number") from None
    if not number.is_finite() or abs(number) >= _LARGEST or -number.as_tuple().exponent > 6:  # type: ignore[operator]
        raise BadValueError("not-a-number")
    if number <= 0:
        raise BadValueError("not-positive")
    return number


def whole(raw: Any) -> int:
    number = amount(raw)
    if number % 1 or number > 2_000_000_000:
        raise BadValueError("not-whole")
    return int(number)


def day(raw: Any) -> date:
    if isinstance(raw, date) and not isinstance(raw, datetime):
        return raw
    try:
        found = date.fromisoformat(text(raw, 10))
    except ValueError:
        raise BadValueError("not-a-date") from None
    if not is_usable(found):
        raise BadValueError("not-a-date")
    return found


def moment(raw: Any) -> datetime:
    try:
        found = raw if isinstance(raw, datetime) else datetime.fromisoformat(text(raw, 40))
    except ValueError:
        raise BadValueError("not-a-moment") from None
    if not is_usable(found):
        raise BadValueError("not-a-moment")
    return found


def gtin(raw: Any) -> str:
    found = text(raw, 20)
    if not valid_gtin(found):
        raise BadValueError("bad-check-digit")
    return found.zfill(14)


def batch(raw: Any) -> str:
    found = text(raw, 20)
    try:
        check_value("10", found)
    except GS1Error:
        raise BadValueError("bad-batch") from None
    return found


def many_codes(raw: Any, table: str) -> list[str]:
    if not isinstance(raw, list):
        raise BadValueError("not-a-list")
    if len(raw) > 20:
        raise BadValueError("too-many", max=20)
    return sorted({code(one, table) for one in raw})


def flag(raw: Any) -> bool:
    """True or false; forms and files send words for it."""
    if isinstance(raw, bool):
        return raw
    found = {"true": True, "false": False, "1": True, "0": False}.get(str(raw).strip().lower())
    if found is None:
        raise BadValueError("not-a-flag")
    return found


def pattern(raw: Any, expression: str, wrong: str) -> str:
    """Text in capitals without blanks that ``expression`` matches as a whole; else the problem ``wrong``."""
    found = re.sub(r"\s", "", text(raw, 60)).upper()
    if not re.fullmatch(expression, found, re.ASCII):
        raise BadValueError(wrong)
    return found


def many(raw: Any, most: int, read: Any) -> list[Any]:
    """A list of at most ``most`` values, each read by ``read``, none twice."""
    if not isinstance(raw, list):
        raise BadValueError("not-a-list")
    if len(raw) > most:
        raise BadValueError("too-many", max=most)
    return list(dict.fromkeys(read(one) for one in raw))


VIN = "[A-HJ-NPR-Z0-9]{17}"
"""ISO 3779:2009."""


def vins(raw: Any, most: int) -> list[str]:
    """Vehicle identification numbers, a list or text with blanks, commas or line ends between; none twice."""
    if isinstance(raw, str):
        raw = [one for one in re.split(r"[\s,;，；、]+", raw) if one]
    if not isinstance(raw, list):
        raise BadValueError("not-a-list")
    if len(raw) > most:
        raise BadValueError("too-many", max=most)
    found: dict[str, None] = {}
    for one in raw:
        vin = re.sub(r"\s", "", text(one, 60)).upper()
        if not re.fullmatch(VIN, vin, re.ASCII):
            raise BadValueError("not-a-vin", vin=vin[:20])
        if vin in found:
            raise BadValueError("vin-twice", vin=vin)
        found[vin] = None
    return list(found)
