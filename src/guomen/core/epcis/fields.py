"""Which JSON field becomes which attribute of the model, and how it is read."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, NamedTuple

from guomen.core.epcis import model, values
from guomen.core.epcis.errors import Problems
from guomen.core.epcis.values import Reader, list_of, member, one_or_list_of
from guomen.core.epcis.vocabulary import (
    BIZ_STEP,
    BIZ_TRANSACTION_TYPE,
    DISPOSITION,
    ERROR_REASON,
    SENSOR_COMPONENT,
    SOURCE_DEST_TYPE,
)


class Field(NamedTuple):
    name: str
    attribute: str
    read: Reader
    required: bool = False


_IGNORED = frozenset({"@context", "type", "isA"})
# Words of JSON-LD and RDFS that say nothing about the event but may stand anywhere.
_NEUTRAL = frozenset({"rdfs:comment", "@type", "@id"})


def _attribute(name: str) -> str:
    name = name.replace("EPCs", "Epcs").replace("EPC", "Epc").replace("IDs", "Ids").replace("ID", "Id")
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def _fields(required: str = "", **readers: Reader) -> tuple[Field, ...]:
    needed = required.split()
    return tuple(Field(name, _attribute(name), reader, name in needed) for name, reader in readers.items())


def _node(cls: type[model.Node]) -> Reader:
    def read(value: Any, path: str, problems: Problems) -> model.Node | None:
        return read_node(cls, value, path, problems)

    return read


_quantities = list_of(_node(model.Quantity))
_identifiers = values.identifiers
_dispositions = list_of(member(DISPOSITION))
_device: dict[str, Any] = {
    "deviceID": values.uri,
    "deviceMetadata": values.uri,
    "rawData": values.uri,
    "dataProcessingMethod": values.uri,
}
_COMMON = _fields(
    "eventTime eventTimeZoneOffset",
    eventTime=values.timestamp,
    eventTimeZoneOffset=values.offset,
    eventID=values.uri,
    recordTime=values.timestamp,
    errorDeclaration=_node(model.ErrorDeclaration),
    certificationInfo=one_or_list_of(values.uri),
    bizStep=member(BIZ_STEP),
    disposition=member(DISPOSITION),
    persistentDisposition=_node(model.PersistentDisposition),
    readPoint=_node(model.Place),
    bizLocation=_node(model.Place),
    bizTransactionList=list_of(_node(model.BizTransaction)),
    sourceList=list_of(_node(model.Source)),
    destinationList=list_of(_node(model.Destination)),
    sensorElementList=list_of(_node(model.SensorElement)),
)
_PARENT_AND_CHILDREN = _fields(
    "action",
    action=values.action,
    parentID=values.identifier,
    childEPCs=_identifiers,
    childQuantityList=_quantities,
)

FIELDS: dict[type[model.Node], tuple[Field, ...]] = {
    model.Place: _fields("id", id=values.identifier),
    model.Quantity: _fields("epcClass", epcClass=values.identifier, quantity=values.number, uom=values.uom),
    model.BizTransaction: _fields(
        "bizTransaction", bizTransaction=values.identifier, type=member(BIZ_TRANSACTION_TYPE)
    ),
    model.Source: _fields("source type", source=values.identifier, type=member(SOURCE_DEST_TYPE)),
    model.Destination: _fields("destination type", destination=values.identifier, type=member(SOURCE_DEST_TYPE)),
    model.PersistentDisposition: _fields(set=_dispositions, unset=_dispositions),
    model.ErrorDeclaration: _fields(
        "declarationTime",
        declarationTime=values.timestamp,
        reason=member(ERROR_REASON),
        correctiveEventIDs=list_of(values.uri),
    ),
    model.SensorMetadata: _fields(
        time=values.timestamp,
        startTime=values.timestamp,
        endTime=values.timestamp,
        **_device,
        bizRules=values.uri,
    ),
    model.SensorReport: _fields(
        type=values.name_or_uri,
        exception=values.name_or_uri,
        **_device,
        bizRules=values.uri,
        time=values.timestamp,
        microorganism=values.uri,
        chemicalSubstance=values.uri,
        value=values.number,
        component=member(SENSOR_COMPONENT),
        stringValue=values.text,
        booleanValue=values.boolean,
        hexBinaryValue=values.hex_binary,
        uriValue=values.uri,
        minValue=values.number,
        maxValue=values.number,
        meanValue=values.number,
        sDev=values.number,
        percRank=values.number,
        percValue=values.number,
        uom=values.uom,
        coordinateReferenceSystem=values.uri,
    ),
    model.SensorElement: _fields(
        "sensorReport",
        sensorReport=list_of(_node(model.SensorReport)),
        sensorMetadata=_node(model.SensorMetadata),
    ),
    model.ObjectEvent: _COMMON
    + _fields("action", action=values.action, epcList=_identifiers, quantityList=_quantities, ilmd=values.mapping),
    model.AggregationEvent: _COMMON + _PARENT_AND_CHILDREN,
    model.AssociationEvent: _COMMON + _PARENT_AND_CHILDREN,
    model.TransactionEvent: _COMMON
    + _fields(
        "action",
        action=values.action,
        parentID=values.identifier,
        epcList=_identifiers,
        quantityList=_quantities,
    ),
    model.TransformationEvent: _COMMON
    + _fields(
        transformationID=values.uri,
        inputEPCList=_identifiers,
        inputQuantityList=_quantities,
        outputEPCList=_identifiers,
        outputQuantityList=_quantities,
        ilmd=values.mapping,
    ),
}
_BY_NAME = {cls: {field.name: field for field in fields} for cls, fields in FIELDS.items()}
_REQUIRED = {cls: tuple(field.name for field in fields if field.required) for cls, fields in FIELDS.items()}


_CLOSED = frozenset(
    (model.Quantity, model.BizTransaction, model.Source, model.Destination, model.PersistentDisposition)
)
"""Neither GS1's XSD nor its JSON schema has extensions in these."""


def pointer(path: str, key: str) -> str:
    """A JSON Pointer one step deeper."""
    return f"{path}/{key.replace('~', '~0').replace('/', '~1')}"


def read_node(cls: type[model.Node], value: Any, path: str, problems: Problems) -> model.Node | None:
    """Read an object into `cls`. Returns None when a problem was added here or below."""
    if not isinstance(value, dict):
        problems.add(path, "must be an object", value)
        return None
    before = len(problems.found)
    known = _BY_NAME[cls]
    found: dict[str, Any] = {}
    extensions: dict[str, Any] = {}
    for key, item in value.items():
        field = known.get(key)
        if field is not None:
            found[field.attribute] = field.read(item, f"{path}/{key}", problems)
        elif cls in _CLOSED:
            problems.add(pointer(path, key), "must be a field of the standard, which takes no extensions here", key)
        elif ":" in key or key in _NEUTRAL:
            extensions[key] = values.extension(item, pointer(path, key), problems)
        elif key not in _IGNORED or not issubclass(cls, model.Event):
            problems.add(pointer(path, key), "must be a field of the standard or have a namespace prefix", key)
    for name in _REQUIRED[cls]:
        if name not in value:
            problems.add(pointer(path, name), "must be present", None)
    if len(problems.found) > before:
        return None
    return cls(**found, extensions=extensions)


def write_node(node: model.Node) -> dict[str, Any]:
    """The JSON object of a node, fields in the order of the standard's tables, extensions last."""
    out: dict[str, Any] = {}
    for field in FIELDS[type(node)]:
        value = getattr(node, field.attribute)
        if value is None or value == () or value == {}:
            continue
        out[field.name] = write_value(value)
    out.update((key, write_value(value)) for key, value in node.extensions.items())
    return out


def write_value(value: Any) -> Any:
    """A value of the model as JSON has it: decimals become numbers."""
    if isinstance(value, model.Node):
        return write_node(value)
    if isinstance(value, tuple | list):
        return [write_value(item) for item in value]
    if isinstance(value, dict):
        return {key: write_value(item) for key, item in value.items()}
    if isinstance(value, Decimal):
        # Beyond 2**53 JSON readers, and many writers, no longer hold integers exactly.
        exact = value == value.to_integral_value() and abs(value) < 2**53
        return int(value) if exact else float(value)
    return value
