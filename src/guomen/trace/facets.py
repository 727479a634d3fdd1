"""What a query may ask of an event beside its things and times, as small numbers that one index finds.

A facet is the first 8 bytes of BLAKE2b over its words, as PostgreSQL's bigint. Events carry the facets of what they
state; a query asks for events that have one of some facets. Namespaces lose their last `/`, `#` or `:`.
"""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from hashlib import blake2b
from typing import Any

import msgspec

from guomen.core import epcis
from guomen.core.gs1 import GS1Error
from guomen.trace.things import name_of

Term = tuple[str, ...]
PREFIXES = {"cbvmda": "urn:epcglobal:cbv:mda", "gs1": "https://gs1.org/voc", "cbv": "https://ref.gs1.org/cbv"}
_SENSOR_FIELDS = """type deviceID deviceMetadata rawData dataProcessingMethod bizRules microorganism chemicalSubstance
stringValue booleanValue hexBinaryValue uriValue"""
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
    return int.from_bytes(blake2b("\0".join(words).encode(), digest_size=8).digest(), signed=True)


def facets_of(event: epcis.Event, things: Iterable[epcis.Thing]) -> list[int]:
    """The facets of an event, in order. ``things``: those that it names."""
    return sorted({facet(*term) for term in terms(event, things)})


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


def terms(event: epcis.Event, things: Iterable[epcis.Thing]) -> Iterator[Term]:
    """Everything of an event that can be asked for by equality or existence."""
    yield "eventType", event.type
    if action := getattr(event, "action", None):
        yield "action", action
    yield from _names(event)
    for field, place in (("readPoint", event.read_point), ("bizLocation", event.biz_location)):
        if place:
            name = word(field, place.id)
            yield field, name
            yield from ((f"within {field}", whole) for whole in wholes(name))
    for transaction in event.biz_transaction_list:
        yield typed("bizTransaction", transaction.type or "", transaction.biz_transaction)
    for source in event.source_list:
        yield typed("source", source.type, source.source)
    for destination in event.destination_list:
        yield typed("destination", destination.type, destination.destination)
    for thing in things:
        if thing.is_class:
            yield "class", thing.role, name_of(thing.uri)
    prefixes = prefixes_of(event.context)
    yield from _free("ILMD", getattr(event, "ilmd", {}), prefixes)
    yield from _free("", event.extensions, prefixes)
    yield from _sensors(event)


def _names(event: epcis.Event) -> Iterator[Term]:
    if event.biz_step:
        yield "bizStep", word("bizStep", event.biz_step)
    if event.disposition:
        yield "disposition", word("disposition", event.disposition)
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
    return {text, _scalar(number)} if number.is_finite() and abs(number.adjusted()) < 40 else {text}


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | Decimal):
        return format(Decimal(str(value)).normalize(), "f")
    return str(value)


def _free(where: str, fields: Mapping[str, Any], prefixes: Mapping[str, str], inner: str = "") -> Iterator[Term]:
    """Fields of ILMD or extensions: that they are there, and their values; those inside others apart."""
    for key, value in fields.items():
        name = qualified(key, prefixes)
        yield f"{inner}{where}", name
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict):
                yield from _free(where, item, prefixes, "INNER_")
            elif item is not None:
                yield f"{inner}{where}", name, _scalar(item)


def _sensors(event: epcis.Event) -> Iterator[Term]:
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
