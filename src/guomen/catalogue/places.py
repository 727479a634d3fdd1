"""Ports and other places of trade by UN/LOCODE."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from guomen.catalogue import codes
from guomen.kit.words import W


@dataclass(frozen=True, slots=True)
class Place:
    """A port or a city. Position in degrees, WGS 84."""

    code: str
    name: W
    country: str
    lat: Decimal
    lon: Decimal


@cache
def place(code: str) -> Place:
    """The place with this UN/LOCODE. Raises KeyError when it is neither a port nor a city of our tables."""
    ports = codes.table("port")
    row = (ports if code in ports else codes.table("city")).row(code)
    return Place(code, W(row["en"], row["zh"]), row["country"], row["lat"], row["lon"])


NEAR = Decimal("0.3")
"""Degrees within which a position counts as at a port: about 30 km."""


def near(lat: Decimal, lon: Decimal) -> Place | None:
    """The port nearest to a position in degrees (WGS 84), or None when none is near."""
    found = [place(code) for code, _ in codes.table("port").options()]
    there = [p for p in found if abs(p.lat - lat) <= NEAR and abs(p.lon - lon) <= NEAR]
    return min(there, key=lambda p: (p.lat - lat) ** 2 + (p.lon - lon) ** 2, default=None)
