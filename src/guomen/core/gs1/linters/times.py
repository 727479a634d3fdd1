"""Dates and times in element strings. A two-digit year is read as in 2000-2099 for the leap day."""

from __future__ import annotations

from calendar import monthrange

from guomen.core.gs1.linters.base import fail, need_digits, whole


def _length(value: str, wanted: int, too_short: str, too_long: str) -> None:
    if len(value) != wanted:
        raise whole(too_short if len(value) < wanted else too_long, value)


def _date(value: str, year_digits: int, day_zero: bool) -> None:
    _length(value, year_digits + 4, "DATE_TOO_SHORT", "DATE_TOO_LONG")
    need_digits(value)
    year = int(value[:year_digits]) + (2000 if year_digits == 2 else 0)
    month, day = int(value[-4:-2]), int(value[-2:])
    if not 1 <= month <= 12:
        raise fail("ILLEGAL_MONTH", year_digits, 2)
    if day == 0 and day_zero:
        return
    # Year 0000 is not in the proleptic calendar of the library; it is a leap year like 2000.
    if not 1 <= day <= monthrange(year or 2000, month)[1]:
        raise fail("ILLEGAL_DAY", year_digits + 2, 2)


def yymmdd(value: str) -> None:
    _date(value, 2, day_zero=False)


def yymmd0(value: str) -> None:
    """Day 00 means the month as a whole (its last day for an expiry date)."""
    _date(value, 2, day_zero=True)


def yyyymmdd(value: str) -> None:
    _date(value, 4, day_zero=False)


def yyyymmd0(value: str) -> None:
    _date(value, 4, day_zero=True)


def hh(value: str) -> None:
    _length(value, 2, "HOUR_TOO_SHORT", "HOUR_TOO_LONG")
    need_digits(value)
    if value > "23":
        raise whole("ILLEGAL_HOUR", value)


def mi(value: str) -> None:
    _length(value, 2, "MINUTE_TOO_SHORT", "MINUTE_TOO_LONG")
    need_digits(value)
    if value > "59":
        raise whole("ILLEGAL_MINUTE", value)


def ss(value: str) -> None:
    _length(value, 2, "SECOND_TOO_SHORT", "SECOND_TOO_LONG")
    need_digits(value)
    if value > "59":
        raise whole("ILLEGAL_SECOND", value)


def hhmi(value: str) -> None:
    _length(value, 4, "HOUR_WITH_MINUTE_TOO_SHORT", "HOUR_WITH_MINUTE_TOO_LONG")
    need_digits(value)
    if value[:2] > "23":
        raise fail("ILLEGAL_HOUR", 0, 2)
    if value[2:] > "59":
        raise fail("ILLEGAL_MINUTE", 2, 2)
