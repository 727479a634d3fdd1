"""Which things an event is about, and in what role."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from functools import partial
from itertools import repeat
from typing import Literal, NamedTuple

from guomen.core.epcis import model

Role = Literal["epc", "parent", "child", "input", "output"]


class Thing(NamedTuple):
    """An item or class that an event names. uri as written; quantity and uom only for classes."""

    uri: str
    role: Role
    is_class: bool = False
    quantity: Decimal | None = None
    uom: str | None = None


_thing = partial(tuple.__new__, Thing)


def _items(uris: Iterable[str], role: Role) -> list[Thing]:
    # As Thing(uri, role) of each, at a third of the cost: an event names many.
    return list(map(_thing, zip(uris, repeat(role), repeat(False), repeat(None), repeat(None))))


def _classes(quantities: Iterable[model.Quantity], role: Role) -> list[Thing]:
    return [Thing(entry.epc_class, role, True, entry.quantity, entry.uom) for entry in quantities]


def epcs(event: model.Event) -> list[Thing]:
    """Every item and class identifier of an event, in the order of its fields, each with its role.

    Roles: epc (what), parent, child (aggregation, association), input, output (transformation).
    """
    found: list[Thing] = []
    match event:
        case model.ObjectEvent():
            found += _items(event.epc_list, "epc")
            found += _classes(event.quantity_list, "epc")
        case model.TransactionEvent():
            found += _items([event.parent_id] if event.parent_id else [], "parent")
            found += _items(event.epc_list, "epc")
            found += _classes(event.quantity_list, "epc")
        case model.AggregationEvent() | model.AssociationEvent():
            found += _items([event.parent_id] if event.parent_id else [], "parent")
            found += _items(event.child_epcs, "child")
            found += _classes(event.child_quantity_list, "child")
        case model.TransformationEvent():
            found += _items(event.input_epc_list, "input")
            found += _classes(event.input_quantity_list, "input")
            found += _items(event.output_epc_list, "output")
            found += _classes(event.output_quantity_list, "output")
    return found
