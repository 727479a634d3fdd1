"""Making right events from plain values: the standard's names are checked as if they came from outside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from guomen.core.epcis.document import parse_event
from guomen.core.epcis.model import AggregationEvent, Event, ObjectEvent, TransformationEvent

Classes = Iterable[tuple[str, Decimal | int | None, str | None]]
"""(class URI, quantity, UN/ECE unit code or None for pieces)."""
Typed = Iterable[tuple[str | None, str]]
"""(type, identifier): business transactions, sources, destinations."""


def utc_offset(moment: datetime) -> str:
    """`+08:00` for an aware moment. ValueError for a naive one."""
    offset = moment.utcoffset()
    if offset is None:
        raise ValueError("an event needs a time with a zone")
    minutes = int(offset.total_seconds()) // 60
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def _quantities(classes: Classes) -> list[dict[str, Any]]:
    return [
        {
            "epcClass": uri,
            **({} if quantity is None else {"quantity": quantity}),
            **({} if unit is None else {"uom": unit}),
        }
        for uri, quantity, unit in classes
    ]


def _typed(field: str, pairs: Typed) -> list[dict[str, Any]]:
    return [{**({"type": kind} if kind else {}), field: value} for kind, value in pairs]


def _build(
    kind: str,
    event_time: datetime,
    parts: Mapping[str, Any],
    *,
    biz_step: str | None = None,
    disposition: str | None = None,
    read_point: str | None = None,
    biz_location: str | None = None,
    biz_transactions: Typed = (),
    sources: Typed = (),
    destinations: Typed = (),
    persistent_set: Sequence[str] = (),
    persistent_unset: Sequence[str] = (),
    extensions: Mapping[str, Any] | None = None,
    context: Sequence[Any] = (),
    event_id: str | None = None,
) -> Event:
    persistent = {"set": list(persistent_set), "unset": list(persistent_unset)}
    item = {
        "type": kind,
        "eventTime": event_time.isoformat(timespec="milliseconds"),
        "eventTimeZoneOffset": utc_offset(event_time),
        "eventID": event_id,
        **parts,
        "bizStep": biz_step,
        "disposition": disposition,
        "persistentDisposition": {key: value for key, value in persistent.items() if value},
        "readPoint": {"id": read_point} if read_point else None,
        "bizLocation": {"id": biz_location} if biz_location else None,
        "bizTransactionList": _typed("bizTransaction", biz_transactions),
        "sourceList": _typed("source", sources),
        "destinationList": _typed("destination", destinations),
        **(extensions or {}),
    }
    return parse_event({key: value for key, value in item.items() if value not in (None, [], {})}, context)


def object_event(
    event_time: datetime,
    action: str,
    *,
    epcs: Iterable[str] = (),
    classes: Classes = (),
    ilmd: Mapping[str, Any] | None = None,
    **common: Any,
) -> ObjectEvent:
    """Something happened to things: commissioning (ADD), shipping, departing, arriving, receiving, inspecting,
    retail_selling (OBSERVE), destroying (DELETE) … A recall is a disposition: persistent_set=["recalled"].

    common: biz_step, disposition, read_point, biz_location, biz_transactions, sources, destinations,
    persistent_set, persistent_unset, extensions, context, event_id. EpcisError when the event is not valid.
    """
    parts = {"action": action, "epcList": list(epcs), "quantityList": _quantities(classes), "ilmd": dict(ilmd or {})}
    event = _build("ObjectEvent", event_time, parts, **common)
    assert isinstance(event, ObjectEvent)
    return event


def aggregation_event(
    event_time: datetime,
    action: str,
    parent: str | None,
    *,
    children: Iterable[str] = (),
    classes: Classes = (),
    **common: Any,
) -> AggregationEvent:
    """Things were put into (ADD), taken out of (DELETE) or seen in (OBSERVE) a parent: packing, loading, unloading.

    common as for object_event. DELETE without children means all of them. EpcisError when not valid.
    """
    parts = {
        "parentID": parent,
        "childEPCs": list(children),
        "action": action,
        "childQuantityList": _quantities(classes),
    }
    event = _build("AggregationEvent", event_time, parts, **common)
    assert isinstance(event, AggregationEvent)
    return event


def transformation_event(
    event_time: datetime,
    *,
    inputs: Iterable[str] = (),
    input_classes: Classes = (),
    outputs: Iterable[str] = (),
    output_classes: Classes = (),
    ilmd: Mapping[str, Any] | None = None,
    **common: Any,
) -> TransformationEvent:
    """Inputs became outputs: cooking, cutting, repackaging. common as for object_event. EpcisError when not valid."""
    parts = {
        "inputEPCList": list(inputs),
        "inputQuantityList": _quantities(input_classes),
        "outputEPCList": list(outputs),
        "outputQuantityList": _quantities(output_classes),
        "ilmd": dict(ilmd or {}),
    }
    event = _build("TransformationEvent", event_time, parts, **common)
    assert isinstance(event, TransformationEvent)
    return event
