"""What else we may know of a visitor: the city if the proxy in front of us says it, and whether they are at work."""

import re

from django.conf import settings
from django.http import HttpRequest

from guomen.parties.actors import visitor
from guomen.tags.passes import channel_for

_PLACE = re.compile(r"[A-Z]{2}[A-Z2-9]{3}")


def place_of(request: HttpRequest) -> str:
    """UN/LOCODE of the visitor's city from a trusted proxy (``X-Visitor-Place``), or empty."""
    found = request.headers.get("X-Visitor-Place", "") if settings.GUOMEN.trust_proxy else ""
    return found if _PLACE.fullmatch(found) else ""


def channel_of(request: HttpRequest) -> str:
    """public, retailer or inspector: the scans of people at work do not count against an item."""
    return channel_for(visitor(request))
