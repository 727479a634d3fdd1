"""The copy rules' numbers that decide now, and how far places are from each other."""

from functools import cache, lru_cache

from guomen.catalogue.places import place
from guomen.catalogue.rulepack import newest
from guomen.tags.rules import CopyLimits, kilometres


@cache
def limits() -> CopyLimits:
    """The numbers of the newest files: scans ask no database which pack stands."""
    pack = newest()
    return CopyLimits(version=pack.version, **pack.tags["copies"])


@lru_cache(maxsize=65_536)
def distance(a: str, b: str) -> int | None:
    """Kilometres between two places by UN/LOCODE; None when one of them is in no table."""
    here, there = position(a), position(b)
    return kilometres(here, there) if here and there else None


@lru_cache(maxsize=4096)
def position(code: str) -> tuple[float, float] | None:
    """Latitude and longitude of a UN/LOCODE, in degrees, or None when it is in no table."""
    try:
        known = place(code)
    except KeyError:
        return None
    return float(known.lat), float(known.lon)
