"""The CBV event hash: one identifier for one event, whatever syntax, order or spelling it came in.

Source: CBV 2.0 section 8.9.2 (Event Hash ID), whose reference vectors the version CBV2.0 follows, and the draft of
CBV 2.1. Fields in a fixed order as `name=value`, lists sorted, extensions sorted after the fields beside which they
stand; then SHA-256. Left out: recordTime, eventID, errorDeclaration, comments, and fields that the document says to
ignore. What differs between the versions stands in `_Version`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from guomen.core.epcis import vocabulary as voc
from guomen.core.epcis.document import as_context, event_objects
from guomen.core.epcis.hash_values import (
    FIELD_VOCABULARY,
    LIST_TYPE_VOCABULARY,
    as_text,
    canonize,
    canonize_exactly,
    moment,
)
from guomen.core.gs1 import plain_urn_path
from guomen.core.memory import KEPT, LONGEST

_EXPANDED_IN_VALUES = ("https://ref.gs1.org/", "https://gs1.org/")
_GS1_HOST = "https://id.gs1.org/"
_MASTER_DATA = "gs1:masterDataAvailableFor"
# A whole list at once: nearly always all of its entries have one of these shapes.
_PLAIN_LINKS = re.compile(
    r"(?:https?://[A-Za-z0-9.:-]++(?:/01/[0-9]{14}/(?:21|10)/[^/?#\s]++|/00/[0-9]{18})(?:\n|\Z))+"
)


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_ORDER_20 = _words(
    """eventTime eventTimeZoneOffset certificationInfo parentID epcList inputEPCList childEPCs quantityList
    childQuantityList inputQuantityList outputEPCList outputQuantityList action transformationID bizStep disposition
    persistentDisposition readPoint bizLocation sensorElementList"""
)
_ORDER_21 = _words(
    """eventTime eventTimeZoneOffset epcList parentID inputEPCList childEPCs quantityList childQuantityList
    inputQuantityList outputEPCList outputQuantityList action transformationID bizStep disposition
    persistentDisposition readPoint bizLocation bizTransactionList sourceList destinationList sensorElementList"""
)
_QUANTITY = _words("epcClass quantity uom")
_SENSOR_METADATA = _words("time startTime endTime deviceID deviceMetadata rawData dataProcessingMethod bizRules")
_SENSOR_REPORT = _words(
    """type exception deviceID deviceMetadata rawData dataProcessingMethod time microorganism chemicalSubstance value
    component stringValue booleanValue hexBinaryValue uriValue minValue maxValue meanValue sDev percRank percValue
    uom coordinateReferenceSystem"""
)
_MOMENTS = frozenset({"eventTime", "time", "startTime", "endTime", "declarationTime"})
_LEFT_OUT = frozenset(
    {"type", "isA", "@context", "recordTime", "eventID", "errorDeclaration", "rdfs:comment", "comment"}
)
_NOTHING: frozenset[str] = frozenset()
_OF_EVENTS = frozenset({"certificationInfo", *LIST_TYPE_VOCABULARY})


class _Version(NamedTuple):
    """What one version of CBV says. Business transactions, sources and destinations that are not in `order` are sorted
    among the extensions at the end, as are ILMD and what stands beside the standard's fields.
    """

    name: str
    order: tuple[str, ...]
    known: frozenset[str]
    namespaces: dict[str, str]
    canonize: Callable[[str], str]
    has_master_data: bool


VERSIONS = {
    version.name: version
    for version in (
        _Version(
            "CBV2.0",
            _ORDER_20,
            _OF_EVENTS.union(_ORDER_20),
            {"cbv": voc.CBV, "gs1": voc.GS1_VOC, "cbvmda": voc.CBVMDA},
            canonize,
            has_master_data=False,
        ),
        _Version(
            "CBV2.1",
            _ORDER_21,
            _OF_EVENTS.union(_ORDER_21),
            {"cbv": voc.CBV, "gs1": "https://ref.gs1.org/voc/", "cbvmda": voc.CBVMDA},
            canonize_exactly,
            has_master_data=True,
        ),
    )
}


def event_hash(
    event: dict[str, Any], version: str = "CBV2.0", *, context: Sequence[Any] = (), ignore: Iterable[str] = ()
) -> str:
    """`ni:///sha-256;<hex>?ver=CBV2.0` for a JSON-LD event object. version: "CBV2.0" or "CBV2.1" (a draft).

    context: the @context of the document, for the meaning of extension prefixes (the event's own is read too).
    ignore: extension fields that the document declares to be no part of the event.
    ValueError for another version.
    """
    text = event_prehash(event, version, context=context, ignore=ignore)
    return f"ni:///sha-256;{hashlib.sha256(text.encode()).hexdigest()}?ver={version}"


def event_prehash(
    event: dict[str, Any], version: str = "CBV2.0", *, context: Sequence[Any] = (), ignore: Iterable[str] = ()
) -> str:
    """The text that is hashed; for finding out why two hashes differ. ValueError as for event_hash."""
    writer = _writer(version, (*context, *as_context(event.get("@context"))), ignore)
    return f"eventType={event['type']}{writer.event(event)}"


def declaration_text(declaration: dict[str, Any], context: Sequence[Any] = ()) -> str:
    """What an error declaration says, the same in whatever spelling: no event hash holds it.

    context: of the event and its document, for the meaning of extension prefixes.
    """
    writer = _writer("CBV2.0", context, ())
    reason = {"reason": voc.bare_name(voc.ERROR_REASON, writer.expand(as_text(declaration.get("reason") or "")))}
    return writer.fields(declaration | reason, ("declarationTime", "reason", "correctiveEventIDs"))


def _writer(version: str, context: Iterable[Any], ignore: Iterable[str]) -> _Writer:
    if version not in VERSIONS:
        raise ValueError(f"event hash version {version!r} is not implemented; known: {', '.join(VERSIONS)}")
    rules = VERSIONS[version]
    prefixes = dict(rules.namespaces)
    for part in context:
        if isinstance(part, dict):
            prefixes.update((key, value) for key, value in part.items() if isinstance(value, str))
    if rules.has_master_data:
        # In 2.1 the prefix means the GS1 Web Vocabulary whatever the document declares.
        prefixes["gs1"] = rules.namespaces["gs1"]
    return _Writer(rules, prefixes, frozenset(ignore) if ignore else _NOTHING)


def document_hashes(document: dict[str, Any], version: str = "CBV2.0") -> list[str]:
    """The hash of every event of a document, with its context and its `ignoreFields` heeded."""
    found = event_objects(document)
    if found is None:
        return []
    ignore = list(_ignored_fields(document))
    context = as_context(document.get("@context"))
    return [event_hash(event, version, context=context, ignore=ignore) for event in found[1]]


def _ignored_fields(document: Any) -> Iterator[str]:
    """Names in any `ignoreFields` list of the document around its events."""
    if not isinstance(document, dict):
        return
    for key, value in document.items():
        if key.endswith(":ignoreFields") and isinstance(value, list):
            yield from (name for name in value if isinstance(name, str))
        elif key in ("epcisBody", "queryResults", "resultsBody"):
            yield from _ignored_fields(value)


def _stray(key: str) -> bool:
    return key not in _SENSOR_REPORT and ":" not in key and key not in _LEFT_OUT


def _stray_reports(event: dict[str, Any]) -> dict[str, Any]:
    """Unprefixed fields that sensor reports do not have (bizRules is met): hashed last, with their path."""
    elements = []
    for element in event["sensorElementList"]:
        reports = [{k: v for k, v in report.items() if _stray(k)} for report in element.get("sensorReport") or ()]
        if any(reports):
            elements.append({"sensorReport": [report for report in reports if report]})
    return {"sensorElement": elements} if elements else {}


def _written(canonize: Callable[[str], str], name: str, vocabulary: voc.Vocabulary | None, text: str) -> str:
    return f"{name}={canonize(voc.web_uri(vocabulary, text) if vocabulary else text)}"


# Steps, dispositions, places and parties are the same in event after event.
_remembered = lru_cache(KEPT)(_written)


class _Writer:
    __slots__ = ("canonize", "ignore", "prefixes", "rules")

    def __init__(self, rules: _Version, prefixes: dict[str, str], ignore: frozenset[str]) -> None:
        self.rules = rules
        self.canonize = rules.canonize
        self.prefixes = prefixes
        self.ignore = ignore

    def event(self, event: dict[str, Any]) -> str:
        """The ordered fields; then lists with types, ILMD, strays and extensions together, sorted as texts."""
        order = self.rules.order
        tail = self.extension_texts(event, self.rules.known)
        for name in LIST_TYPE_VOCABULARY:
            if name not in order and event.get(name):
                tail.append(self.typed_list(name, event[name]))
        if event.get("sensorElementList"):
            strays = _stray_reports(event)
            if strays:
                tail.append(self.extension("sensorElementList", strays))
        tail.sort()
        return self.ordered(event, order) + "".join(tail)

    def fields(self, node: dict[str, Any], order: Sequence[str]) -> str:
        """The fields of `order`, then everything else of the node as sorted extensions."""
        text = self.ordered(node, order)
        rest = self.extension_texts(node, order)
        return text + "".join(sorted(rest)) if rest else text

    def ordered(self, node: dict[str, Any], order: Sequence[str]) -> str:
        out = ""
        for name in order:
            value = node.get(name)
            # Zero and false say something, nothing and empty lists do not.
            if value or value == 0:
                special = _SPECIAL.get(name)
                out += special(self, name, value) if special else self.scalar(name, value)
        return out

    def scalar(self, name: str, value: Any) -> str:
        if isinstance(value, list):
            return "".join(sorted(self.scalar(name, item) for item in value))
        text = as_text(value)
        if name in _MOMENTS:
            return f"{name}={moment(text)}"
        return self.word(name, FIELD_VOCABULARY.get(name), text)

    def word(self, name: str, vocabulary: voc.Vocabulary | None, text: str) -> str:
        write = _remembered if len(text) <= LONGEST else _written
        return write(self.canonize, name, vocabulary, self.expand(text))

    def expand(self, text: str) -> str:
        """A compact URI of the GS1 namespaces in full. Those of user namespaces stay as they are."""
        prefix, colon, name = text.partition(":")
        namespace = self.prefixes.get(prefix) if colon else None
        return namespace + name if namespace and namespace.startswith(_EXPANDED_IN_VALUES) else text

    def identifiers(self, name: str, value: list[Any]) -> str:
        try:
            lines = "\n".join(value)
        except TypeError:
            lines = ""
        if _PLAIN_LINKS.fullmatch(lines) and lines.count("\n") == len(value) - 1:
            ours = lines.count(_GS1_HOST) == len(value)
            names = sorted(value if ours else [_GS1_HOST + link[link.index("/", 8) + 1 :] for link in value])
        else:
            names = sorted(self.identifier(item) for item in value)
        return name + "epc=" + "epc=".join(names)

    def identifier(self, value: Any) -> str:
        path = plain_urn_path(value) if isinstance(value, str) else None
        return f"https://id.gs1.org{path}" if path else self.canonize(as_text(value))

    def quantities(self, name: str, value: list[dict[str, Any]]) -> str:
        return name + "".join(sorted("quantityElement" + self.fields(item, _QUANTITY) for item in value))

    def place(self, name: str, value: dict[str, Any]) -> str:
        alone = len(value) == 1 and value.get("id")
        return name + (self.scalar("id", alone) if alone else self.fields(value, ("id",)))

    def persistent_disposition(self, name: str, value: dict[str, Any]) -> str:
        return name + self.fields(value, ("set", "unset"))

    def typed_list(self, name: str, value: list[dict[str, Any]]) -> str:
        field = name.removesuffix("List")
        return name + "".join(sorted(self.typed(field, LIST_TYPE_VOCABULARY[name], item) for item in value))

    def typed(self, field: str, vocabulary: voc.Vocabulary, item: dict[str, Any]) -> str:
        kind = item.get("type")
        head = self.word("type", vocabulary, as_text(kind)) if kind else ""
        if len(item) == 2 and kind and field in item:
            return head + self.scalar(field, item[field])
        return head + self.fields(item, (field,))

    def sensor_elements(self, name: str, value: list[dict[str, Any]]) -> str:
        return name + "".join(sorted(self.sensor_element(item) for item in value))

    def sensor_element(self, element: dict[str, Any]) -> str:
        out = "sensorElement"
        if metadata := element.get("sensorMetadata"):
            out += "sensorMetadata" + self.fields(metadata, _SENSOR_METADATA)
        out += "".join(sorted("sensorReport" + self.report(report) for report in element.get("sensorReport", ())))
        return out + "".join(sorted(self.extension_texts(element, ("sensorMetadata", "sensorReport"))))

    def report(self, report: dict[str, Any]) -> str:
        named = {key: value for key, value in report.items() if not _stray(key)}
        for key in ("type", "exception"):
            word = named.get(key)
            if isinstance(word, str) and ":" not in word:
                named[key] = self.rules.namespaces["gs1"] + word
        return self.fields(named, _SENSOR_REPORT)

    def extension_texts(self, node: dict[str, Any], known: Container[str] = ()) -> list[str]:
        """All fields of a node but the known ones and those that are left out, as texts to be sorted."""
        ignore = self.ignore
        return [
            self.master_data(self.qualified(key), value)
            if key == _MASTER_DATA and self.rules.has_master_data
            else self.extension(self.qualified(key), value)
            for key, value in node.items()
            if key not in known and key not in _LEFT_OUT and key not in ignore
        ]

    def extension(self, key: str, value: Any) -> str:
        if isinstance(value, list):
            return "".join(sorted(self.extension(key, item) for item in value))
        if isinstance(value, dict):
            text = as_text(value["#text"]) if "#text" in value else ""
            children = {k: v for k, v in value.items() if k != "#text" and not k.startswith("@xmlns")}
            inner = "".join(sorted(self.extension_texts(children)))
            return f"{key}={self.canonize(text)}{inner}" if text else key + inner
        text = as_text(value)
        return f"{key}={self.canonize(self.expand(text))}" if text else key

    def master_data(self, key: str, value: Any) -> str:
        """GS1 Web Vocabulary beside an event, as the draft of 2.1 has it: the words of RDF lose their `@`."""
        if isinstance(value, list):
            return "".join(sorted(self.master_data(key, item) for item in value))
        if isinstance(value, dict):
            return key + "".join(sorted(self.master_data(self.qualified(k.lstrip("@")), v) for k, v in value.items()))
        return f"{key}={self.canonize(self.expand(as_text(value)))}"

    def qualified(self, key: str) -> str:
        """`{namespace}name` for a prefixed key."""
        prefix, colon, name = key.partition(":")
        namespace = self.prefixes.get(prefix) if colon else None
        return f"{{{namespace}}}{name}" if namespace else key


_SPECIAL: dict[str, Callable[[_Writer, str, Any], str]] = {
    "persistentDisposition": _Writer.persistent_disposition,
    "readPoint": _Writer.place,
    "bizLocation": _Writer.place,
    "sensorElementList": _Writer.sensor_elements,
    **dict.fromkeys(("epcList", "childEPCs", "inputEPCList", "outputEPCList"), _Writer.identifiers),
    **dict.fromkeys(
        ("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList"), _Writer.quantities
    ),
    **dict.fromkeys(LIST_TYPE_VOCABULARY, _Writer.typed_list),
}
