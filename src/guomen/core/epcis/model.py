"""EPCIS 2.0 events as typed, frozen values that lose nothing: what is not of the standard stays in `extensions`.

Attributes are the standard's names in snake_case. Times are kept as they were written (`happened_at` gives the
moment); quantities and sensor values are Decimal. Source: EPCIS 2.0 sections 7.3 and 7.4.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from msgspec import Struct

Extensions = dict[str, Any]


class Node(Struct, frozen=True, kw_only=True):
    """Anything that may carry extensions: keys with a namespace prefix, values as in the document."""

    extensions: Extensions = {}


class Place(Node, frozen=True, kw_only=True):
    """A read point or business location."""

    id: str


class Quantity(Node, frozen=True, kw_only=True):
    """So much of a class. Without quantity: some. Without uom: so many pieces (UN/ECE Recommendation 20 code)."""

    epc_class: str
    quantity: Decimal | None = None
    uom: str | None = None


class BizTransaction(Node, frozen=True, kw_only=True):
    biz_transaction: str
    type: str | None = None


class Source(Node, frozen=True, kw_only=True):
    source: str
    type: str


class Destination(Node, frozen=True, kw_only=True):
    destination: str
    type: str


class PersistentDisposition(Node, frozen=True, kw_only=True):
    set: tuple[str, ...] = ()
    unset: tuple[str, ...] = ()


class ErrorDeclaration(Node, frozen=True, kw_only=True):
    """The event was wrong. It stays; the corrective events say what holds instead."""

    declaration_time: str
    reason: str | None = None
    corrective_event_ids: tuple[str, ...] = ()


class SensorMetadata(Node, frozen=True, kw_only=True):
    time: str | None = None
    start_time: str | None = None
    end_time: str | None = None
    device_id: str | None = None
    device_metadata: str | None = None
    raw_data: str | None = None
    data_processing_method: str | None = None
    biz_rules: str | None = None


class SensorReport(Node, frozen=True, kw_only=True):
    type: str | None = None
    exception: str | None = None
    device_id: str | None = None
    device_metadata: str | None = None
    raw_data: str | None = None
    data_processing_method: str | None = None
    biz_rules: str | None = None
    time: str | None = None
    microorganism: str | None = None
    chemical_substance: str | None = None
    value: Decimal | None = None
    component: str | None = None
    string_value: str | None = None
    boolean_value: bool | None = None
    hex_binary_value: str | None = None
    uri_value: str | None = None
    min_value: Decimal | None = None
    max_value: Decimal | None = None
    mean_value: Decimal | None = None
    s_dev: Decimal | None = None
    perc_rank: Decimal | None = None
    perc_value: Decimal | None = None
    uom: str | None = None
    coordinate_reference_system: str | None = None


class SensorElement(Node, frozen=True, kw_only=True):
    sensor_report: tuple[SensorReport, ...]
    sensor_metadata: SensorMetadata | None = None


class Event(Node, frozen=True, kw_only=True):
    """What all five kinds of event share. context: the JSON-LD context that gives extension prefixes a meaning."""

    TYPE: ClassVar[str] = ""

    event_time: str
    event_time_zone_offset: str
    event_id: str | None = None
    record_time: str | None = None
    error_declaration: ErrorDeclaration | None = None
    certification_info: tuple[str, ...] = ()
    biz_step: str | None = None
    disposition: str | None = None
    persistent_disposition: PersistentDisposition | None = None
    read_point: Place | None = None
    biz_location: Place | None = None
    biz_transaction_list: tuple[BizTransaction, ...] = ()
    source_list: tuple[Source, ...] = ()
    destination_list: tuple[Destination, ...] = ()
    sensor_element_list: tuple[SensorElement, ...] = ()
    context: tuple[Any, ...] = ()

    @property
    def type(self) -> str:
        return self.TYPE

    @property
    def happened_at(self) -> datetime:
        """`event_time` as an aware moment."""
        return datetime.fromisoformat(self.event_time)


class ObjectEvent(Event, frozen=True, kw_only=True):
    TYPE: ClassVar[str] = "ObjectEvent"

    action: str
    epc_list: tuple[str, ...] = ()
    quantity_list: tuple[Quantity, ...] = ()
    ilmd: Extensions = {}


class AggregationEvent(Event, frozen=True, kw_only=True):
    TYPE: ClassVar[str] = "AggregationEvent"

    action: str
    parent_id: str | None = None
    child_epcs: tuple[str, ...] = ()
    child_quantity_list: tuple[Quantity, ...] = ()


class AssociationEvent(Event, frozen=True, kw_only=True):
    TYPE: ClassVar[str] = "AssociationEvent"

    action: str
    parent_id: str | None = None
    child_epcs: tuple[str, ...] = ()
    child_quantity_list: tuple[Quantity, ...] = ()


class TransactionEvent(Event, frozen=True, kw_only=True):
    TYPE: ClassVar[str] = "TransactionEvent"

    action: str
    parent_id: str | None = None
    epc_list: tuple[str, ...] = ()
    quantity_list: tuple[Quantity, ...] = ()


class TransformationEvent(Event, frozen=True, kw_only=True):
    TYPE: ClassVar[str] = "TransformationEvent"

    transformation_id: str | None = None
    input_epc_list: tuple[str, ...] = ()
    input_quantity_list: tuple[Quantity, ...] = ()
    output_epc_list: tuple[str, ...] = ()
    output_quantity_list: tuple[Quantity, ...] = ()
    ilmd: Extensions = {}


EVENT_TYPES: dict[str, type[Event]] = {
    cls.TYPE: cls for cls in (ObjectEvent, AggregationEvent, TransactionEvent, TransformationEvent, AssociationEvent)
}
