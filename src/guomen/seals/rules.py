"""Pure rules of electronic seals: alarms out of readings, and the comparison at a gate.

Every alarm that readings alone can raise only ever grows with the set of readings: it does not matter in which order
they arrive, how they are cut into batches or how often they are sent. Silence is different, because a late reading can
fill a gap: it is judged only when somebody asks (a check at a gate, or the watch over seals under way).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

VERSION = "seals 2026.1"
CLOCK_DRIFT = timedelta(minutes=5)
"""ISO 18185-2 allows a seal's clock 5 s a day; a journey of 60 days makes 5 minutes."""

STOP = frozenset(
    {
        "SEAL-OPENED",
        "SEAL-COUNTER-BACK",
        "SEAL-COUNTER-CHANGED",
        "SEAL-CONTRADICTION",
        "SEAL-UNKNOWN",
        "SEAL-OTHER-CONTAINER",
        "SEAL-OTHER-SEAL",
        "SEAL-REMOVED",
        "SEAL-NOT-INTACT",
        "SEAL-COUNTER-READ",
    }
)
"""Reasons that open the container. The others must be explained."""


@dataclass(frozen=True, slots=True)
class Limits:
    """When a seal becomes conspicuous. Defaults of the rule pack; temperatures (°C) only where the goods need them."""

    silent_hours: int = 8
    low_battery_percent: int = 20
    low_celsius: Decimal | None = None
    high_celsius: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a seal says of itself at one moment. lat/lon in degrees (WGS 84), battery in percent."""

    at: datetime
    sealed: bool
    counter: int
    lat: Decimal | None = None
    lon: Decimal | None = None
    battery_percent: int | None = None
    celsius: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something is wrong with a seal since ``since``; ``seen`` are the values that say so."""

    code: str
    since: datetime
    seen: tuple[tuple[str, str], ...] = ()

    @property
    def stops(self) -> bool:
        return self.code in STOP


def order(reading: Reading) -> tuple[str, ...]:
    """One fixed order of readings, whatever order they came in."""
    return (reading.at.isoformat(), f"{reading.counter:020d}", repr(reading))


def alarms(readings: Iterable[Reading], limits: Limits, ended: datetime | None = None) -> tuple[Alarm, ...]:
    """All alarms that ``readings`` raise, one per code, with the earliest moment that shows it.

    ``ended``: when the seal was removed with authority; what it says from then on does not count.
    """
    counted = sorted((r for r in readings if ended is None or r.at < ended), key=order)
    found = (
        _opened(counted),
        _back(counted),
        _changed(counted),
        _contradiction(counted),
        _battery(counted, limits),
        _temperature(counted, limits),
    )
    return tuple(sorted((a for a in found if a), key=lambda a: a.code))


def _opened(readings: Sequence[Reading]) -> Alarm | None:
    first = next((r for r in readings if not r.sealed), None)
    return Alarm("SEAL-OPENED", first.at, (("counter", str(first.counter)),)) if first else None


def _back(readings: Sequence[Reading]) -> Alarm | None:
    highest = -1
    for reading in readings:
        if reading.counter < highest:
            return Alarm("SEAL-COUNTER-BACK", reading.at, (("before", str(highest)), ("counter", str(reading.counter))))
        highest = reading.counter
    return None


def _changed(readings: Sequence[Reading]) -> Alarm | None:
    closed = [r for r in readings if r.sealed]
    other = next((r for r in closed if r.counter != closed[0].counter), None)
    if other is None:
        return None
    return Alarm(
        "SEAL-COUNTER-CHANGED", other.at, (("before", str(closed[0].counter)), ("counter", str(other.counter)))
    )


def _contradiction(readings: Sequence[Reading]) -> Alarm | None:
    seen: dict[tuple[datetime, int], Reading] = {}
    for reading in readings:
        if seen.setdefault((reading.at, reading.counter), reading) != reading:
            return Alarm("SEAL-CONTRADICTION", reading.at, (("counter", str(reading.counter)),))
    return None


def _battery(readings: Sequence[Reading], limits: Limits) -> Alarm | None:
    for r in readings:
        if r.battery_percent is not None and r.battery_percent < limits.low_battery_percent:
            seen = (("battery_percent", str(r.battery_percent)), ("limit_percent", str(limits.low_battery_percent)))
            return Alarm("SEAL-BATTERY-LOW", r.at, seen)
    return None


def _temperature(readings: Sequence[Reading], limits: Limits) -> Alarm | None:
    for r in readings:
        if r.celsius is None:
            continue
        below = limits.low_celsius is not None and r.celsius < limits.low_celsius
        above = limits.high_celsius is not None and r.celsius > limits.high_celsius
        if below or above:
            limit = limits.low_celsius if below else limits.high_celsius
            return Alarm("SEAL-TEMPERATURE", r.at, (("celsius", str(r.celsius)), ("limit_celsius", str(limit))))
    return None


def silence(armed: datetime, moments: Iterable[datetime], until: datetime, limits: Limits) -> Alarm | None:
    """The first gap longer than the limit between arming, readings and ``until``."""
    allowed = timedelta(hours=limits.silent_hours)
    heard = armed
    for moment in [*sorted(m for m in moments if armed <= m <= until), until]:
        if moment - heard > allowed:
            hours = int((moment - heard).total_seconds() // 3600)
            return Alarm("SEAL-SILENT", heard, (("hours", str(hours)), ("limit_hours", str(limits.silent_hours))))
        heard = moment
    return None


@dataclass(frozen=True, slots=True)
class Found:
    """What the records say when a seal is checked. None: no such seal."""

    container: str | None
    active_seal: str | None
    """The seal that is now on the presented container, by the records."""
    armed: bool
    counter: int | None
    alarms: tuple[str, ...]


def compare(seal: str, container: str, intact: bool, counter: int | None, found: Found) -> tuple[str, ...]:
    """Reason codes against a seal presented at a gate; empty when everything agrees."""
    reasons = []
    if not intact:
        reasons.append("SEAL-NOT-INTACT")
    if found.container is None:
        reasons.append("SEAL-UNKNOWN")
    elif found.container != container:
        reasons.append("SEAL-OTHER-CONTAINER")
    elif not found.armed:
        reasons.append("SEAL-REMOVED")
    if found.active_seal not in (None, seal):
        reasons.append("SEAL-OTHER-SEAL")
    if counter is not None and found.counter is not None and counter != found.counter:
        reasons.append("SEAL-COUNTER-READ")
    return (*reasons, *sorted(found.alarms))
