"""How an event's things become keys and edges."""

import uuid
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from hashlib import blake2b
from typing import Any, NamedTuple

from guomen.core import epcis
from guomen.core.gs1 import GS1Error, canonical, known_item, known_items, parse_digital_link, to_digital_link
from guomen.core.memory import remembered
from guomen.kit.errors import Problem
from guomen.kit.words import W

NIL = uuid.UUID(int=0)
_MOST = 10**14 - 1
_BIC = "urn:epc:id:bic:"
_CONTAINER = "urn:guomen:container:"
_NOT_GS1 = ("NOT_A_DIGITAL_LINK", "NOT_AN_EPC")


def name_of(uri: str) -> str:
    """The one name of a thing: canonical Digital Link, ``urn:guomen:container:…`` for a freight container, or as is.

    Raises GS1Error when a URI looks like a GS1 key but breaks its rules.
    """
    return known_item(uri) or _name_of(uri)


@remembered
def _name_of(uri: str) -> str:
    if uri.startswith(_BIC):
        return _CONTAINER + uri.removeprefix(_BIC)
    try:
        return canonical(uri)
    except GS1Error as error:
        if error.code in _NOT_GS1 or uri.startswith("urn:epc:idpat:"):
            return uri
        raise


def wrong_name(field: str, error: GS1Error) -> Problem:
    """What is wrong with a name that looks like a GS1 key, in words for people."""
    words = W("This is not a right GS1 identifier: {why}.", "GS1 标识有误:{why}。")
    return Problem(field, error.code, words, (("why", W(str(error), error.zh)),))


def key_of(uri: str) -> uuid.UUID:
    """The 16-byte key of a thing: :func:`guomen.core.gs1.item_key` of its name."""
    return uuid.UUID(bytes=key_of_name(name_of(uri)))


def key_of_name(name: str) -> bytes:
    """The key of a thing whose name is known. item_key would read it once more: most of the cost of a capture."""
    return blake2b(name.encode(), digest_size=16).digest()


def batch_of(uri: str, lot: str | None = None) -> str | None:
    """The canonical batch of an item: its own link names it (``/01/{gtin}/10/{lot}/21/{serial}``) or ``lot`` does."""
    if lot is None:
        return _batch_in(uri) if "/10/" in uri else None
    return _batch(uri, lot)


@remembered
def _batch_in(uri: str) -> str | None:
    return _batch(uri, None)


def _batch(uri: str, lot: str | None) -> str | None:
    try:
        link = parse_digital_link(uri if "/10/" in uri else canonical(uri), associations=False)
        gtin, lot = link.get("01"), link.get("10") or lot
        if gtin is None or lot is None or link.get("21") is None:
            return None
        return to_digital_link((("01", gtin), ("10", lot)))
    except GS1Error:
        return None


class Link(NamedTuple):
    """One edge of an event."""

    parent: bytes
    child: bytes
    kind: str
    action: str
    is_class: bool = False
    quantity: Decimal | None = None
    uom: str = ""


def links(event: epcis.Event, event_key: bytes, keys: Mapping[str, bytes], things: Iterable[epcis.Thing]) -> list[Link]:
    """All edges that ``event`` states, each once. ``keys``: of its ``things``, by the URI that names them."""
    found = [*_structure(event, event_key, keys, things), *_lots(event, keys, things)]
    return list({link[:3]: link for link in found}.values())


def _kept(quantity: Decimal | None) -> Decimal | None:
    """What an edge can hold (20 digits, 6 behind the point); a larger quantity stands in its event alone."""
    return quantity if quantity is not None and abs(quantity) < _MOST else None


def _structure(
    event: epcis.Event, event_key: bytes, keys: Mapping[str, bytes], things: Iterable[epcis.Thing]
) -> Iterator[Link]:
    match event:
        case epcis.AggregationEvent() | epcis.AssociationEvent() if event.parent_id:
            kind = "aggregation" if isinstance(event, epcis.AggregationEvent) else "association"
            parent = keys[event.parent_id]
            for child in event.child_epcs:
                yield Link(parent, keys[child], kind, event.action)
            for q in event.child_quantity_list:
                yield Link(parent, keys[q.epc_class], kind, event.action, True, _kept(q.quantity), q.uom or "")
            if not (event.child_epcs or event.child_quantity_list):
                yield Link(parent, NIL.bytes, kind, event.action)
        case epcis.TransformationEvent():
            # Through the event: n inputs and m outputs make n + m edges, not n times m.
            for thing in things:
                key = keys[thing.uri]
                ends = (key, event_key) if thing.role == "input" else (event_key, key)
                yield Link(*ends, "transformation", "ADD", thing.is_class, _kept(thing.quantity), thing.uom or "")


def _lots(event: epcis.Event, keys: Mapping[str, bytes], things: Iterable[epcis.Thing]) -> Iterator[Link]:
    lot = lot_in(event.ilmd) if isinstance(event, epcis.ObjectEvent) else None
    for thing in things:
        batch = None if thing.is_class else batch_of(thing.uri, lot)
        if batch:
            yield Link(key_of_name(batch), keys[thing.uri], "lot", "ADD")


def lot_in(ilmd: Mapping[str, Any]) -> str | None:
    """CBV 2.0 master data: the lot that new items belong to."""
    return next((v for k, v in ilmd.items() if k.rpartition(":")[2] == "lotNumber" and isinstance(v, str)), None)


_LISTS = ("epcList", "childEPCs", "inputEPCList", "outputEPCList")
_QUANTITIES = ("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList")


def names_in(body: Mapping[str, Any]) -> Iterable[str]:
    """Every thing that the JSON of an event names, as written."""
    if body.get("parentID"):
        yield body["parentID"]
    for key in _LISTS:
        yield from body.get(key, ())
    for key in _QUANTITIES:
        yield from (q["epcClass"] for q in body.get(key, ()))


def names_of(wanted: Iterable[bytes], bodies: Iterable[Mapping[str, Any]]) -> dict[bytes, str]:
    """The canonical names behind keys, out of the events that state them; batches of their items included.

    Looks where it is cheap first: an event names a hundred items, but one container and one batch.
    """
    missing = set(wanted)
    found: dict[bytes, str] = {}
    events = list(bodies)
    for look in (_rare_names, _batch_names, _item_names):
        for body in events:
            if not missing:
                return found
            for name in look(body):
                key = key_of_name(name)
                if key in missing:
                    missing.discard(key)
                    found[key] = name
    return found


def _rare_names(body: Mapping[str, Any]) -> Iterator[str]:
    if body.get("parentID"):
        yield name_of(body["parentID"])
    for key in _QUANTITIES:
        yield from (name_of(q["epcClass"]) for q in body.get(key, ()))


def _batch_names(body: Mapping[str, Any]) -> Iterator[str]:
    lot = lot_in(body.get("ilmd", {}))
    # What stands before the serial number is the same for many items.
    seen = {uri.rpartition("/21/")[0] or uri: uri for key in _LISTS for uri in body.get(key, ())}
    for head, uri in seen.items():
        if (lot or "/10/" in head) and (batch := batch_of(uri, lot)):
            yield batch


def _item_names(body: Mapping[str, Any]) -> Iterator[str]:
    for key in _LISTS:
        uris = body.get(key, ())
        yield from known_items(uris) or map(name_of, uris)


def uri_of_path(text: str) -> str:
    """A thing's URI out of the path of an address: a Digital Link's path alone, or a whole URI."""
    if text[:1].isdigit():
        return f"https://id.gs1.org/{text}"
    scheme, separator, rest = text.partition(":/")
    # Proxies merge the two slashes of a URI inside a path.
    return f"{scheme}://{rest.lstrip('/')}" if separator else text
