"""Signs that a code was copied."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import asin, cos, radians, sin, sqrt


@dataclass(frozen=True, slots=True)
class CopyLimits:
    """When a code is so often or so widely checked that copies of it are likely.

    Proposals, not law; ordinary families and shop windows stay below them. Retailers' and inspectors' scans do not
    count. Devices are counted per day, because visitor hashes change daily.
    """

    version: str = "2026.1"
    devices_in_a_day: int = 10
    """More different phones within 24 hours raise doubt."""
    devices_in_all: int = 30
    places: int = 5
    """So many cities raise doubt."""
    distance_km: int = 300
    """Nearer than this two places never count as far apart: coarse places may be wrong by a region."""
    speed_kmh: int = 900
    """Faster than an airliner from one phone's scan to another's."""
    after_sale_devices: int = 3
    """So many phones farther than ``distance_km`` from the shop after the sale raise doubt."""


LIMITS = CopyLimits()


@dataclass(frozen=True, slots=True)
class Seen:
    """One counted scan whose city is known: position in degrees."""

    at: datetime
    device: bytes
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Scans:
    """What the scans of one item add up to. ``located`` holds the newest scans with a known city, any order."""

    times: int = 0
    first_at: datetime | None = None
    devices_in_all: int = 0
    devices_in_a_day: int = 0
    """The most different devices within any 24 hours that were looked at."""
    places: int = 0
    located: tuple[Seen, ...] = ()


def copy_signals(
    scans: Scans,
    sold_at: datetime | None = None,
    sold_where: tuple[float, float] | None = None,
    limits: CopyLimits = LIMITS,
) -> tuple[str, ...]:
    """Reason codes that speak for copies of this code; empty when nothing does."""
    many = scans.devices_in_a_day > limits.devices_in_a_day or scans.devices_in_all > limits.devices_in_all
    sold = (sold_at, sold_where) if sold_at and sold_where else None
    checks = (
        ("TAG-MANY-DEVICES", many),
        ("TAG-MANY-PLACES", scans.places >= limits.places),
        ("TAG-FAR-APART", _impossible_travel(scans.located, limits)),
        ("TAG-SCANNED-AFTER-SALE", sold is not None and _elsewhere_after_sale(scans, *sold, limits)),
    )
    return tuple(code for code, holds in checks if holds)


def kilometres(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Great-circle distance of two (latitude, longitude) in degrees, in km, on a sphere of 6371 km (haversine)."""
    (lat1, lon1), (lat2, lon2) = (tuple(map(radians, p)) for p in (a, b))
    h = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 12742 * asin(sqrt(h))


def _impossible_travel(located: Sequence[Seen], limits: CopyLimits) -> bool:
    ordered = sorted(located, key=lambda s: s.at)
    for before, after in itertools.pairwise(ordered):
        far = kilometres((before.latitude, before.longitude), (after.latitude, after.longitude))
        hours = (after.at - before.at) / timedelta(hours=1)
        if before.device != after.device and far > limits.distance_km and far > hours * limits.speed_kmh:
            return True
    return False


def _elsewhere_after_sale(scans: Scans, sold_at: datetime, sold_where: tuple[float, float], limits: CopyLimits) -> bool:
    devices = {
        s.device
        for s in scans.located
        if s.at > sold_at and kilometres((s.latitude, s.longitude), sold_where) > limits.distance_km
    }
    return len(devices) >= limits.after_sale_devices
