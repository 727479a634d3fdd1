"""What we may know of a visitor: a hash for today, and the city if the proxy in front of us says it."""

import re

from django.conf import settings
from django.http import HttpRequest

from guomen.parties.actors import visitor
from guomen.tags.visitors import visitor_hash

_PLACE = re.compile(r"[A-Z]{2}[A-Z2-9]{3}")


def address_of(request: HttpRequest) -> str:
    """The network address of the visitor; behind a trusted proxy the last one that it added."""
    if settings.GUOMEN.trust_proxy:
        forwarded = request.headers.get("X-Forwarded-For", "").rsplit(",", 1)[-1].strip()
        if forwarded:
            return forwarded
    return str(request.META.get("REMOTE_ADDR", ""))


def device_of(request: HttpRequest) -> bytes:
    """Today's hash of address and browser: tells phones apart, says nothing tomorrow."""
    return visitor_hash("device", address_of(request), request.headers.get("User-Agent", ""))


def sender_of(request: HttpRequest) -> bytes:
    """Today's hash of the address alone: what forms are limited by."""
    return visitor_hash("sender", address_of(request))


def place_of(request: HttpRequest) -> str:
    """UN/LOCODE of the visitor's city from a trusted proxy (``X-Visitor-Place``), or empty."""
    found = request.headers.get("X-Visitor-Place", "") if settings.GUOMEN.trust_proxy else ""
    return found if _PLACE.fullmatch(found) else ""


def channel_of(request: HttpRequest) -> str:
    """public, retailer or inspector: the scans of people at work do not count against an item."""
    who = visitor(request)
    if who.is_authority:
        return "inspector"
    return "retailer" if who.has("seller") else "public"
