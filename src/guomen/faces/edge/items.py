"""One item's own rows, as the verdict and the page take them."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple, TypeVar
from uuid import UUID

import orjson

from guomen.faces.consumer.timeline import stated_by
from guomen.faces.edge.judging import Item, Seen, Sold
from guomen.tags import at_scan

NOTHING = Item()


class Seller(NamedTuple):
    """A shop, as far as anybody may know it."""

    kind: str
    name_en: str
    name_zh: str


Key = TypeVar("Key", UUID, bytes)


def items_of(rows: Iterable[tuple[int, Key, str]]) -> dict[Key, Item]:
    """Items by key, from the rows of ``at_scan.ITEMS``; one without a row is missing.

    An item's own state counts before its stretch's.
    """
    found: dict[Key, Item] = {}
    for kind, key, text in rows:
        one = found.get(key, NOTHING)
        if kind == at_scan.STATE or (kind == at_scan.STRETCH and not one.state):
            found[key] = one._replace(state=text)
        elif kind == at_scan.SALE:
            at, place, *shop = orjson.loads(text)
            found[key] = one._replace(sold=Sold(_moment(at), place, *stated_by(Seller(*shop))))
        elif kind == at_scan.SUMS:
            times, first_at, last_at, devices, places, recent, alarms = orjson.loads(text)
            looks = tuple((at, device, place) for at, device, place in recent)
            seen = Seen(times, _moment(first_at), _moment(last_at), devices, places, looks, tuple(alarms))
            found[key] = one._replace(seen=seen)
    return found


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
