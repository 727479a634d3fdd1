"""Where an event happened: by the name of a port, a position, or the sender's own words."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from guomen.catalogue.places import near, place
from guomen.kit.words import W

_GEO = re.compile(r"geo:(-?\d{1,2}(?:\.\d+)?),(-?\d{1,3}(?:\.\d+)?)(?=[,;]|$)")
_LOCODE = re.compile(r"unlocode[#/:]([A-Z]{2}[A-Z2-9]{3})$", re.IGNORECASE)


def place_uris(body: Mapping[str, Any]) -> Iterator[str]:
    """The read point, then the business location."""
    for field in ("readPoint", "bizLocation"):
        if uri := str((body.get(field) or {}).get("id") or ""):
            yield uri


def event_place(body: Mapping[str, Any]) -> W | None:
    """Where an EPCIS event happened, by its read point, else its business location; None where nobody knows the name.

    CBV 2.0 names places by URI: ``geo:`` (RFC 5870) leads to the port near it, a UN/LOCODE at the end to its port.
    """
    for uri in place_uris(body):
        if position := _GEO.match(uri):
            port_there = near(Decimal(position[1]), Decimal(position[2]))
            if port_there:
                return port_there.name
        if code := _LOCODE.search(uri):
            try:
                return place(code[1].upper()).name
            except KeyError:
                continue
    return None


def position(body: Mapping[str, Any]) -> tuple[Decimal, Decimal] | None:
    """Latitude and longitude in degrees (WGS 84) of where an event happened, when it says so."""
    for uri in place_uris(body):
        if found := _GEO.match(uri):
            lat, lon = Decimal(found[1]), Decimal(found[2])
            if abs(lat) <= 90 and abs(lon) <= 180:
                return lat, lon
        if code := _LOCODE.search(uri):
            try:
                port = place(code[1].upper())
            except KeyError:
                continue
            return port.lat, port.lon
    return None
