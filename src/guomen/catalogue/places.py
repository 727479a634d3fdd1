"""Ports and other places of trade by UN/LOCODE."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from guomen.catalogue import codes
from guomen.kit.words import W


@dataclass(frozen=True, slots=True)
class Place:
    """A port. Position in degrees, WGS 84."""

    code: str
    name: W
    country: str
    lat: Decimal
    lon: Decimal


@cache
def place(code: str) -> Place:
    """The place with this UN/LOCODE. Raises KeyError when the table does not have it."""
    row = codes.table("port").row(code)
    return Place(code, W(row["en"], row["zh"]), row["country"], row["lat"], row["lon"])
