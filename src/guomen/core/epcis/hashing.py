"""The CBV event hash: one identifier for one event, whatever syntax, order or spelling it came in.

Source: CBV 2.0 section 8.9.2 (Event Hash ID), whose reference vectors this follows. Fields in a fixed order as
`name=value`, lists sorted, extensions sorted after the fields beside which they stand; then SHA-256. As in the vectors,
business transactions, sources, destinations and ILMD are sorted among the extensions at the end.
Left out: recordTime, eventID, errorDeclaration, comments, and fields that the document says to ignore.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from guomen.core.epcis import vocabulary as voc
from guomen.core.epcis.document import as_context, event_objects
from guomen.core.epcis.hash_values import FIELD_VOCABULARY, LIST_TYPE_VOCABULARY, as_text, canonize, moment

VERSIONS = ("CBV2.0",)

_PREFIXES = {"cbv": voc.CBV, "gs1": voc.GS1_VOC, "cbvmda": "urn:epcglobal:cbv:mda:"}
_EXPANDED_IN_VALUES = ("https://ref.gs1.org/", "https://gs1.org/")


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_ORDER = _words(
    """eventTime eventTimeZoneOffset certificationInfo parentID epcList inputEPCList childEPCs quantityList
    childQuantityList inputQuantityList outputEPCList outputQuantityList action transformationID bizStep disposition
    persistentDisposition readPoint bizLocation sensorElementList"""
)
_QUANTITY = _words("epcClass quantity uom")
_SENSOR_METADATA = _words("time startTime endTime deviceID deviceMetadata rawData dataProcessingMethod bizRules")
_SENSOR_REPORT = _words(
    """type exception deviceID deviceMetadata rawData dataProcessingMethod time microorganism chemicalSubstance value
    component stringValue booleanValue hexBinaryValue uriValue minValue maxValue meanValue sDev percRank percValue
    uom coordinateReferenceSystem"""
)
_LEFT_OUT = frozenset(
    {"type", "isA", "@context", "recordTime", "eventID", "errorDeclaration", "rdfs:comment", "comment"}
)


def event_hash(
    event: dict[str, Any], version: str = "CBV2.0", *, context: Sequence[Any] = (), ignore: Iterable[str] = ()
) -> str:
    """`ni:///sha-256;<hex>?ver=CBV2.0` for a JSON-LD event object.

    context: the @context of the document, for the meaning of extension prefixes (the event's own is read too).
    ignore: extension fields that the document declares to be no part of the event.
    ValueError for a version that is not implemented.
    """
    if version not in VERSIONS:
        raise ValueError(f"event hash version {version!r} is not implemented; known: {', '.join(VERSIONS)}")
    text = event_prehash(event, context=context, ignore=ignore)
    return f"ni:///sha-256;{hashlib.sha256(text.encode()).hexdigest()}?ver={version}"


def event_prehash(event: dict[str, Any], *, context: Sequence[Any] = (), ignore: Iterable[str] = ()) -> str:
    """The text that is hashed; for finding out why two hashes differ."""
    prefixes = dict(_PREFIXES)
    for part in (*context, *as_context(event.get("@context"))):
        if isinstance(part, dict):
            prefixes.update((key, value) for key, value in part.items() if isinstance(value, str))
    return f"eventType={event['type']}" + _Writer(prefixes, frozenset(ignore)).event(event)


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
    for element in event.get("sensorElementList") or ():
        reports = [{k: v for k, v in report.items() if _stray(k)} for report in element.get("sensorReport") or ()]
        if any(reports):
            elements.append({"sensorReport": [report for report in reports if report]})
    return {"sensorElement": elements} if elements else {}


class _Writer:
    def __init__(self, prefixes: dict[str, str], ignore: frozenset[str]) -> None:
        self.prefixes = prefixes
        self.ignore = ignore
        self.special: dict[str, Callable[[str, Any], str]] = {
            "persistentDisposition": self.persistent_disposition,
            "readPoint": self.place,
            "bizLocation": self.place,
            "sensorElementList": self.sensor_elements,
            "childEPCs": self.identifiers,
            **dict.fromkeys(("epcList", "inputEPCList", "outputEPCList"), self.identifiers),
            **dict.fromkeys(
                ("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList"), self.quantities
            ),
        }

    def event(self, event: dict[str, Any]) -> str:
        """The ordered fields; then lists with types, ILMD, strays and extensions together, sorted as texts."""
        ordered = {key: value for key, value in event.items() if key in _ORDER}
        rest = {key: value for key, value in event.items() if key not in _ORDER and key not in LIST_TYPE_VOCABULARY}
        tail = [self.typed_list(name, event[name]) for name in LIST_TYPE_VOCABULARY if event.get(name)]
        tail += self.extension_texts(rest)
        strays = _stray_reports(event)
        if strays:
            tail.append(self.extension("sensorElementList", strays))
        return self.fields(ordered, _ORDER) + "".join(sorted(tail))

    def fields(self, node: dict[str, Any], order: Sequence[str]) -> str:
        """The fields of `order`, then everything else of the node as sorted extensions."""
        out = []
        for name in order:
            value = node.get(name)
            if value in (None, "", [], {}):
                continue
            out.append(self.special[name](name, value) if name in self.special else self.scalar(name, value))
        rest = {key: value for key, value in node.items() if key not in order and key not in _LEFT_OUT}
        return "".join(out) + self.extensions(rest)

    def scalar(self, name: str, value: Any) -> str:
        if isinstance(value, list):
            return "".join(sorted(self.scalar(name, item) for item in value))
        return f"{name}={self.value(name, value)}"

    def value(self, name: str, value: Any) -> str:
        text = as_text(value)
        if "time" in name.lower() and "offset" not in name.lower():
            return moment(text)
        vocabulary = FIELD_VOCABULARY.get(name)
        if vocabulary is not None:
            text = voc.web_uri(vocabulary, text)
        return canonize(self.expand(text))

    def expand(self, text: str) -> str:
        """A compact URI of the GS1 namespaces in full. Those of user namespaces stay as they are."""
        prefix, colon, name = text.partition(":")
        namespace = self.prefixes.get(prefix, "") if colon else ""
        return namespace + name if namespace.startswith(_EXPANDED_IN_VALUES) else text

    def identifiers(self, name: str, value: list[Any]) -> str:
        return name + "".join(sorted(f"epc={canonize(as_text(item))}" for item in value))

    def quantities(self, name: str, value: list[dict[str, Any]]) -> str:
        return name + "".join(sorted("quantityElement" + self.fields(item, _QUANTITY) for item in value))

    def place(self, name: str, value: dict[str, Any]) -> str:
        return name + self.fields(value, ["id"])

    def persistent_disposition(self, name: str, value: dict[str, Any]) -> str:
        return name + self.fields(value, ["set", "unset"])

    def typed_list(self, name: str, value: list[dict[str, Any]]) -> str:
        field = name.removesuffix("List")
        return name + "".join(sorted(self.typed(field, LIST_TYPE_VOCABULARY[name], item) for item in value))

    def typed(self, field: str, vocabulary: voc.Vocabulary, item: dict[str, Any]) -> str:
        kind = item.get("type")
        head = f"type={canonize(self.expand(voc.web_uri(vocabulary, as_text(kind))))}" if kind else ""
        return head + self.fields(item, [field])

    def sensor_elements(self, name: str, value: list[dict[str, Any]]) -> str:
        return name + "".join(sorted(self.sensor_element(item) for item in value))

    def sensor_element(self, element: dict[str, Any]) -> str:
        out = "sensorElement"
        if metadata := element.get("sensorMetadata"):
            out += "sensorMetadata" + self.fields(metadata, _SENSOR_METADATA)
        out += "".join(sorted("sensorReport" + self.report(report) for report in element.get("sensorReport", ())))
        rest = {key: item for key, item in element.items() if key not in ("sensorMetadata", "sensorReport")}
        return out + self.extensions(rest)

    def report(self, report: dict[str, Any]) -> str:
        named = {key: value for key, value in report.items() if not _stray(key)}
        for key in ("type", "exception"):
            word = named.get(key)
            if isinstance(word, str) and ":" not in word:
                named[key] = voc.GS1_VOC + word
        return self.fields(named, _SENSOR_REPORT)

    def extensions(self, node: dict[str, Any]) -> str:
        return "".join(sorted(self.extension_texts(node)))

    def extension_texts(self, node: dict[str, Any]) -> list[str]:
        return [
            self.extension(self.qualified(key), value)
            for key, value in node.items()
            if key not in self.ignore and key not in _LEFT_OUT
        ]

    def extension(self, key: str, value: Any) -> str:
        if isinstance(value, list):
            return "".join(sorted(self.extension(key, item) for item in value))
        if isinstance(value, dict):
            text = as_text(value["#text"]) if "#text" in value else ""
            children = {k: v for k, v in value.items() if k != "#text" and not k.startswith("@xmlns")}
            return key + (f"={canonize(text)}" if text else "") + self.extensions(children)
        text = as_text(value)
        return key + (f"={canonize(self.expand(text))}" if text else "")

    def qualified(self, key: str) -> str:
        """`{namespace}name` for a prefixed key."""
        prefix, colon, name = key.partition(":")
        namespace = self.prefixes.get(prefix) if colon else None
        return f"{{{namespace}}}{name}" if namespace else key
