"""Tokens of pages: where the next page begins, readable to us alone, held by the client instead of by us."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar

import msgspec

from guomen.kit.errors import NotFound

Place = TypeVar("Place", bound=tuple[object, ...])


def token_of(place: Iterable[object]) -> str:
    """The token of a place: texts, numbers, UUIDs and aware moments."""
    return urlsafe_b64encode(msgspec.json.encode(tuple(place))).decode().rstrip("=")


def place_of(token: str, shape: type[Place]) -> Place:
    """The place of a token. Raises NotFound for one that has another shape or a moment without a zone."""
    try:
        place = msgspec.json.decode(urlsafe_b64decode(token + "=" * (-len(token) % 4)), type=shape)
    except ValueError:
        raise NotFound
    if any(isinstance(part, datetime) and part.utcoffset() is None for part in place):
        raise NotFound
    return place
