"""One item's own rows, as the verdict and the page take them."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from guomen.faces.consumer.timeline import stated_by
from guomen.faces.edge.judging import Item, Seen, Sold

NOTHING = Item()
Row = Sequence[Any]


class Seller(NamedTuple):
    """A shop, as far as anybody may know it."""

    kind: str
    name_en: str
    name_zh: str


def items_of(
    stretches: Iterable[Row], states: Iterable[Row], sales: Iterable[Row], seen: Iterable[Row]
) -> dict[UUID, Item]:
    """Items by key, from the rows of ``at_scan``'s questions in this order; one without a row is missing.

    An item's own state counts before its stretch's.
    """
    found = {item: Item(state) for item, state in (*stretches, *states)}
    for item, at, place, *shop in sales:
        found[item] = replace(found.get(item, NOTHING), sold=Sold(at, place, *stated_by(Seller(*shop))))
    for item, times, first_at, last_at, devices, places, recent, alarms in seen:
        looks = tuple((at, device, place) for at, device, place in orjson.loads(recent))
        summed = Seen(times, first_at, last_at, devices, places, looks, tuple(orjson.loads(alarms)))
        found[item] = replace(found.get(item, NOTHING), seen=summed)
    return found
