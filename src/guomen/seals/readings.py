"""Reading what a seal or its gateway sends: names every wrong field, keeps numbers exact."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import rfc8785

from guomen.kit.errors import Invalid, Problem
from guomen.kit.words import W
from guomen.seals.rules import CLOCK_DRIFT, Reading

MOST_READINGS = 1000
"""In one report. A gateway that was offline for long sends several."""
_KEYS = {"at", "lat", "lon", "sealed", "counter", "battery", "temperature"}

_WORDS = {
    "not-a-time": W("Give a date and time with a zone.", "请提供带时区的日期和时间。"),
    "before-arming": W("This reading is older than the sealing itself.", "该读数早于施封时间。"),
    "in-the-future": W("This reading lies in the future.", "该读数的时间在未来。"),
    "not-a-number": W("Give a number.", "请提供数字。"),
    "out-of-range": W("Give a number from {low} to {high}.", "请提供 {low} 至 {high} 之间的数字。"),
    "not-a-bit": W("Say true (closed) or false (open).", "请填写 true(封闭)或 false(开启)。"),
    "half-a-position": W("A position needs latitude and longitude.", "位置需要同时提供纬度和经度。"),
    "unknown-field": W("This field does not exist.", "该字段不存在。"),
    "missing": W("This field is needed.", "此字段必填。"),
    "too-many": W("Send at most {most} readings at once.", "一次最多发送 {most} 条读数。"),
}


def digest(reading: Reading) -> bytes:
    """16 bytes that name the content of a reading."""
    return hashlib.blake2b(rfc8785.dumps(content(reading)), digest_size=16).digest()


def digest_of_all(readings: Sequence[Reading]) -> str:
    """SHA-256 over the sorted contents of a batch (RFC 8785): what the ledger commits to."""
    return hashlib.sha256(rfc8785.dumps(sorted((content(r) for r in readings), key=str))).hexdigest()


def content(reading: Reading) -> dict[str, Any]:
    """A reading as plain JSON, decimals as text."""
    values = {
        "at": reading.at.isoformat(),
        "sealed": reading.sealed,
        "counter": reading.counter,
        "lat": reading.lat,
        "lon": reading.lon,
        "battery_percent": reading.battery_percent,
        "celsius": reading.celsius,
    }
    return {k: format(v, "f") if isinstance(v, Decimal) else v for k, v in values.items() if v is not None}


def read_all(items: Sequence[Mapping[str, Any]], armed_at: datetime, now: datetime) -> list[Reading]:
    """Readings out of ``{at, lat, lon, sealed, counter, battery (%), temperature (°C)}``, or Invalid naming fields."""
    if len(items) > MOST_READINGS:
        raise Invalid([Problem("readings", "too-many", _WORDS["too-many"], (("most", MOST_READINGS),))])
    reader = _Reader(armed_at, now)
    found = [reader.one(item, f"readings.{index}") for index, item in enumerate(items)]
    if reader.problems:
        raise Invalid(reader.problems)
    return [r for r in found if r]


class _Reader:
    """Collects problems while it reads, so that a sender sees all of them at once."""

    def __init__(self, armed_at: datetime, now: datetime) -> None:
        self.armed_at, self.now = armed_at, now
        self.problems: list[Problem] = []

    def wrong(self, field: str, code: str, **values: object) -> None:
        self.problems.append(Problem(field, code, _WORDS[code], tuple(values.items())))

    def one(self, item: Mapping[str, Any], path: str) -> Reading | None:
        before = len(self.problems)
        for name in sorted(set(item) - _KEYS):
            self.wrong(f"{path}.{name}", "unknown-field")
        at = self.moment(item.get("at"), f"{path}.at")
        sealed = item.get("sealed")
        if not isinstance(sealed, bool):
            self.wrong(f"{path}.sealed", "not-a-bit")
        counter = self.number(item, "counter", path, 0, 2**53, places=0)
        if item.get("counter") is None:
            self.wrong(f"{path}.counter", "missing")
        lat = self.number(item, "lat", path, -90, 90, places=6)
        lon = self.number(item, "lon", path, -180, 180, places=6)
        if (lat is None) != (lon is None):
            self.wrong(f"{path}.lat", "half-a-position")
        battery = self.number(item, "battery", path, 0, 100, places=0)
        celsius = self.number(item, "temperature", path, -90, 120, places=2)
        if len(self.problems) > before or at is None or counter is None:
            return None
        percent = None if battery is None else int(battery)
        return Reading(at, bool(sealed), int(counter), lat, lon, percent, celsius)

    def moment(self, value: Any, field: str) -> datetime | None:
        try:
            at = datetime.fromisoformat(value) if isinstance(value, str) else value
        except ValueError:
            at = None
        if not isinstance(at, datetime) or at.utcoffset() is None:
            self.wrong(field, "not-a-time")
            return None
        if at < self.armed_at - CLOCK_DRIFT:
            self.wrong(field, "before-arming")
        if at > self.now + CLOCK_DRIFT:
            self.wrong(field, "in-the-future")
        return at.astimezone(UTC)

    def number(
        self, item: Mapping[str, Any], key: str, path: str, low: int, high: int, *, places: int
    ) -> Decimal | None:
        value = item.get(key)
        if value is None:
            return None
        try:
            # Through its shortest text: a JSON number that became a binary float means what was written.
            number = Decimal(str(value)) if not isinstance(value, bool) else None
        except InvalidOperation:
            number = None
        if number is None or not number.is_finite():
            self.wrong(f"{path}.{key}", "not-a-number")
        elif not low <= number <= high:
            self.wrong(f"{path}.{key}", "out-of-range", low=low, high=high)
        else:
            return number.quantize(Decimal(1).scaleb(-places))
        return None
