"""What a query may ask of an event beside its things and times, as small numbers that one index finds.

A facet is the first 8 bytes of BLAKE2b over its words, as PostgreSQL's bigint. Events carry the facets of what they
state; a query asks for events that have one of some facets. Namespaces lose their last `/`, `#` or `:`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from hashlib import blake2b
from typing import Any

import msgspec

from guomen.core import epcis
from guomen.core.gs1 import GS1Error
from guomen.core.gs1.patterns import class_of, families
from guomen.core.memory import remembered, remembered_together
from guomen.trace.things import name_of

Term = tuple[str, ...]
PREFIXES = {"cbvmda": "urn:epcglobal:cbv:mda", "gs1": "https://gs1.org/voc", "cbv": "https://ref.gs1.org/cbv"}
_SENSOR_FIELDS = """type deviceID deviceMetadata rawData dataProcessingMethod bizRules microorganism chemicalSubstance
stringValue booleanValue hexBinaryValue uriValue component coordinateReferenceSystem exception"""
SENSOR_FIELDS = frozenset(_SENSOR_FIELDS.split())
_VOCABULARIES = {
    "bizStep": epcis.BIZ_STEP,
    "disposition": epcis.DISPOSITION,
    "set": epcis.DISPOSITION,
    "unset": epcis.DISPOSITION,
    "errorReason": epcis.ERROR_REASON,
}
_TYPES = {
    "bizTransaction": epcis.BIZ_TRANSACTION_TYPE,
    "source": epcis.SOURCE_DEST_TYPE,
    "destination": epcis.SOURCE_DEST_TYPE,
}


def facet(*words: str) -> int:
    """The number of a term."""
    return _number("\0".join(words))


# Events of one firm say the same few things again and again.
@remembered
def _number(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), signed=True)


def facets_of(event: epcis.Event, things: Sequence[epcis.Thing], names: Sequence[str]) -> list[int]:
    """The facets of an event, in order. ``things``: those that it names; ``names``: how they are called."""
    found = {facet(*term) for term in (*_own(event, things), *_families(things, names))}
    found |= _of_said(event.type, *said(event))
    return sorted(found)


Said = tuple[str | None, str | None, str | None, str | None]


def said(event: epcis.Event) -> Said:
    """Step, disposition, read point and business location: what a firm says of event after event."""
    read_point, location = event.read_point, event.biz_location
    return event.biz_step, event.disposition, read_point and read_point.id, location and location.id


@remembered_together
def _of_said(kind: str, *words: str | None) -> frozenset[int]:
    return frozenset(facet(*term) for term in _said(kind, *words))


def _said(
    kind: str, step: str | None, disposition: str | None, read_point: str | None, location: str | None
) -> Iterator[Term]:
    yield "eventType", kind
    if step:
        yield "bizStep", word("bizStep", step)
    if disposition:
        yield "disposition", word("disposition", disposition)
    for field, place in (("readPoint", read_point), ("bizLocation", location)):
        if place is not None:
            name = word(field, place)
            yield field, name
            yield from ((f"within {field}", whole) for whole in wholes(name))


_SERIAL = "/21/"


def products_of(names: Iterable[str]) -> set[str]:
    """The classes of items and batches, by their canonical names: products, and types of assets, documents, …"""
    # Cut first, looked at afterwards: items of one event are mostly of one product.
    return {found for head in {name.partition(_SERIAL)[0] for name in names} if (found := class_of(head))}


def _families(things: Sequence[epcis.Thing], names: Sequence[str]) -> Iterator[Term]:
    """What patterns find: families of items and of classes, in each role."""
    heads = {
        (thing.is_class, thing.role, name.partition(_SERIAL)[0]) for thing, name in zip(things, names, strict=True)
    }
    for is_class, role, head in heads:
        if not is_class:
            yield from (("of", role, *family) for family in families(head))
        elif found := families(head):
            # A class alone is found by its name.
            yield from (("of class", role, *family) for family in (found if "/10/" in head else found[:1]))


def word(field: str, value: str) -> str:
    """A value as facets have it: standard names bare, GS1 keys under their one name."""
    vocabulary = _VOCABULARIES.get(field)
    if vocabulary:
        return epcis.bare_name(vocabulary, value)
    try:
        return name_of(value)
    except GS1Error:
        return value


def typed(field: str, kind: str, value: str) -> Term:
    """A business transaction, source or destination of a type."""
    return field, epcis.bare_name(_TYPES[field], kind), word(field, value)


def _own(event: epcis.Event, things: Iterable[epcis.Thing]) -> Iterator[Term]:
    """Everything else of an event that can be asked for by equality or existence."""
    if action := getattr(event, "action", None):
        yield "action", action
    yield from _names(event)
    for transaction in event.biz_transaction_list:
        yield typed("bizTransaction", transaction.type or "", transaction.biz_transaction)
    for source in event.source_list:
        yield typed("source", source.type, source.source)
        yield "any source", word("source", source.source)
    for destination in event.destination_list:
        yield typed("destination", destination.type, destination.destination)
        yield "any destination", word("destination", destination.destination)
    for thing in things:
        if thing.is_class:
            yield "class", thing.role, name_of(thing.uri)
    prefixes: dict[str, str] | None = None
    for where, fields in extended(event):
        prefixes = prefixes_of(event.context) if prefixes is None else prefixes
        for place, key, *value in flat(where, fields, prefixes):
            yield place, key, *map(_scalar, value)
    yield from _sensors(event)


def _names(event: epcis.Event) -> Iterator[Term]:
    if event.persistent_disposition:
        yield from (("set", word("set", value)) for value in event.persistent_disposition.set)
        yield from (("unset", word("unset", value)) for value in event.persistent_disposition.unset)
    if transformation := getattr(event, "transformation_id", None):
        yield "transformationID", transformation
    if event.error_declaration:
        yield ("errorDeclaration",)
        if event.error_declaration.reason:
            yield "errorReason", word("errorReason", event.error_declaration.reason)
        yield from (("correctiveEventID", id) for id in event.error_declaration.corrective_event_ids)


def wholes(name: str) -> Iterator[str]:
    """The place itself and the one that it is part of: a GLN is the whole of its extensions (AI 254)."""
    yield name
    whole, extension, _ = name.partition("/254/")
    if extension:
        yield whole


def prefixes_of(context: Iterable[Any]) -> dict[str, str]:
    """Namespaces by prefix, of a JSON-LD context."""
    found = dict(PREFIXES)
    for part in context:
        if isinstance(part, dict):
            found |= {k: v for k, v in part.items() if isinstance(v, str)}
    return found


def qualified(key: str, prefixes: Mapping[str, str]) -> str:
    """``namespace#name`` of a prefixed key, or of one that is written so already."""
    namespace, hash_sign, name = key.rpartition("#")
    if not hash_sign:
        prefix, _, name = key.partition(":")
        namespace = prefixes.get(prefix, prefix)
    return f"{namespace.rstrip('/#:')}#{name}"


def scalars(text: str) -> set[str]:
    """How a value may have been written: as it is, and as a number without needless zeros."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return {text}
    return {text, _scalar(number)}


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | Decimal):
        found = Decimal(str(value))
        # Written out, 1e99999999 would be a hundred million digits.
        return format(found.normalize(), "f") if found.is_finite() and abs(found.adjusted()) < 40 else str(value)
    return str(value)


EXTENDED = ("ILMD", "ERROR_DECLARATION", "SENSORELEMENT", "SENSORMETADATA", "SENSORREPORT", "readPoint", "bizLocation")
"""Parts of an event whose extensions have parameters of their own, beside those of the event itself."""


def extended(event: epcis.Event) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Where an event has extensions, and they; the event's own under the empty name."""
    if event.extensions:
        yield "", event.extensions
    if ilmd := getattr(event, "ilmd", None):
        yield "ILMD", ilmd
    if not (event.error_declaration or event.read_point or event.biz_location or event.sensor_element_list):
        return
    parts: list[tuple[str, Any]] = [
        ("ERROR_DECLARATION", event.error_declaration),
        ("readPoint_", event.read_point),
        ("bizLocation_", event.biz_location),
    ]
    for element in event.sensor_element_list:
        parts += [("SENSORELEMENT", element), ("SENSORMETADATA", element.sensor_metadata)]
        parts += [("SENSORREPORT", report) for report in element.sensor_report]
    for where, part in parts:
        if part is not None and part.extensions:
            yield where, part.extensions


def place_of(written: str) -> str:
    """The place of a field as facets have it, of how parameters write it: ``INNER_ILMD_``, ``readPoint_``, …"""
    return written if written.endswith(("INNER_", "readPoint_", "bizLocation_")) else written.rstrip("_")


def flat(
    where: str, fields: Mapping[str, Any], prefixes: Mapping[str, str], inner: str = ""
) -> Iterator[tuple[Any, ...]]:
    """Fields of extensions as (place, name) that they are there and (place, name, value); inside others apart."""
    for key, value in fields.items():
        name = qualified(key, prefixes)
        yield f"{inner}{where}", name
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict):
                yield from flat(where, item, prefixes, "INNER_")
            elif item is not None:
                yield f"{inner}{where}", name, item


def _sensors(event: epcis.Event) -> Iterator[Term]:
    if event.sensor_element_list:
        yield ("sensorElementList",)
    for element in event.sensor_element_list:
        parts = [element.sensor_metadata] if element.sensor_metadata else []
        for node in (*parts, *element.sensor_report):
            for field, value in msgspec.to_builtins(node).items():
                name = _SENSOR_NAMES.get(field)
                if name and value is not None:
                    yield "sensor", name, _scalar(value)


_SENSOR_NAMES = {
    "".join(f"_{c.lower()}" if c.isupper() else c for c in name.replace("ID", "Id")): name for name in SENSOR_FIELDS
}
