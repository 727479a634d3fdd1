"""The verdict about one item: five states, no score, every state with its reason codes."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import asin, cos, radians, sin, sqrt
from typing import Literal

State = Literal["inspected", "not_selected", "in_progress", "stop", "doubt"]


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


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything a verdict rests on."""

    code_exists: bool
    recalled: bool = False
    batch_matches: bool = True
    goods_match: bool = True
    withdrawn: bool = False
    refused: bool = False
    released: bool = False
    inspected: bool = False
    """Opened or tested, not only released on papers."""
    scans: Scans = field(default_factory=Scans)
    sold_at: datetime | None = None
    sold_where: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """A state and why. ``limits`` is the version of the copy limits that were used."""

    state: State
    reasons: tuple[str, ...]
    limits: str = LIMITS.version


def verdict(facts: Facts, limits: CopyLimits = LIMITS) -> Verdict:
    """Decide, most urgent first: a recall stops everything, then doubt about the code, then the goods' release."""
    identity = _identity(facts)
    if facts.recalled:
        return Verdict("stop", ("TAG-RECALLED", *identity), limits.version)
    if identity:
        return Verdict("doubt", identity, limits.version)
    if facts.refused:
        return Verdict("in_progress", ("TAG-REFUSED",), limits.version)
    if not facts.released:
        return Verdict("in_progress", ("TAG-NOT-RELEASED",), limits.version)
    copied = copy_signals(facts, limits)
    if copied:
        return Verdict("doubt", copied, limits.version)
    if facts.inspected:
        return Verdict("inspected", ("TAG-INSPECTED",), limits.version)
    return Verdict("not_selected", ("TAG-NOT-SELECTED",), limits.version)


def _identity(facts: Facts) -> tuple[str, ...]:
    if not facts.code_exists:
        return ("TAG-UNKNOWN-CODE",)
    checks = (
        ("TAG-OTHER-BATCH", not facts.batch_matches),
        ("TAG-OTHER-GOODS", not facts.goods_match),
        ("TAG-WITHDRAWN", facts.withdrawn),
    )
    return tuple(code for code, wrong in checks if wrong)


def copy_signals(facts: Facts, limits: CopyLimits = LIMITS) -> tuple[str, ...]:
    """Reason codes that speak for copies of this code; empty when nothing does."""
    scans = facts.scans
    many = scans.devices_in_a_day > limits.devices_in_a_day or scans.devices_in_all > limits.devices_in_all
    checks = (
        ("TAG-MANY-DEVICES", many),
        ("TAG-MANY-PLACES", scans.places >= limits.places),
        ("TAG-FAR-APART", _impossible_travel(scans.located, limits)),
        ("TAG-SCANNED-AFTER-SALE", _elsewhere_after_sale(facts, limits)),
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


def _elsewhere_after_sale(facts: Facts, limits: CopyLimits) -> bool:
    if facts.sold_at is None or facts.sold_where is None:
        return False
    devices = {
        s.device
        for s in facts.scans.located
        if s.at > facts.sold_at and kilometres((s.latitude, s.longitude), facts.sold_where) > limits.distance_km
    }
    return len(devices) >= limits.after_sale_devices
