"""EPCIS 2.0 and 1.2 XML documents, turned into the JSON-LD object that says the same.

From there on one reader serves both syntaxes. Source: EPCIS 2.0 section 9 (XML binding) and its XSLT from 1.2.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from guomen.core.epcis import vocabulary as voc
from guomen.core.epcis.document import CONTEXT, parse_document
from guomen.core.epcis.hash_values import FIELD_VOCABULARY, LIST_TYPE_VOCABULARY
from guomen.core.epcis.model import EVENT_TYPES, Event
from guomen.core.epcis.xml_tree import Element, read_tree

# In 1.x these only wrap what later versions added.
_WRAPPERS = frozenset({"extension", "baseExtension"})
_NUMBERS = frozenset(["quantity", "value", "minValue", "maxValue", "meanValue", "sDev", "percRank", "percValue"])
_LONGEST_NUMBER = 400
_MASTER_DATA = "EPCISMasterDataDocument"
_ROOTS = frozenset({"EPCISDocument", "EPCISQueryDocument", _MASTER_DATA})


def xml_to_document(data: bytes) -> dict[str, Any]:
    """The JSON-LD document for an XML EPCISDocument or EPCISQueryDocument (2.0, 1.2). Not validated.

    An EPCISMasterDataDocument, which JSON does not have, becomes an EPCISDocument without events. EpcisError
    when it is not XML, has a document type or nests too deep.
    """
    root, prefixes = read_tree(data, _ROOTS)
    reader = _Reader(prefixes)
    document: dict[str, Any] = {
        "@context": [CONTEXT, *({prefix: uri} for prefix, uri in sorted(prefixes.items()))],
        "type": "EPCISDocument" if root.local == _MASTER_DATA else root.local,
        "schemaVersion": "2.0",
    }
    if "creationDate" in root.attributes:
        document["creationDate"] = root.attributes["creationDate"]
    events: list[dict[str, Any]] = []
    body = {"eventList": events}
    results: dict[str, Any] = {}
    is_query = root.local == "EPCISQueryDocument"
    document["epcisBody"] = {"queryResults": results} if is_query else body
    for element in _outside_events(root):
        if element.name == "VocabularyList":
            header = document.setdefault("epcisHeader", {"epcisMasterData": {"vocabularyList": []}})
            header["epcisMasterData"]["vocabularyList"] += reader.vocabularies(element)
        elif element.local == "ignoreFields" and ":" in element.name:
            document[element.name] = [child.name for child in element.children]
        elif element.name in ("queryName", "subscriptionID"):
            results[element.name] = element.text
        elif element.name == "EventList":
            events += [reader.event(child) for child in _flat(element)]
    results["resultsBody"] = body
    return document


def parse_xml_document(data: bytes, *, check_keys: bool = True) -> list[Event]:
    """All events of an EPCIS 2.0 or 1.2 XML document, validated as parse_document does.

    Paths in problems are those of the JSON-LD object that says the same.
    """
    return parse_document(xml_to_document(data), check_keys=check_keys)


def _outside_events(element: Element) -> Iterator[Element]:
    for child in element.children:
        yield child
        if child.name not in ("EventList", "VocabularyList"):
            yield from _outside_events(child)


def _flat(element: Element) -> Iterator[Element]:
    """The children, with those of the wrappers of 1.x in their wrapper's place."""
    for child in element.children:
        if child.name in _WRAPPERS:
            yield from _flat(child)
        else:
            yield child


def _below(element: Element, levels: int) -> Iterator[Element]:
    """The elements so many levels below the children: what is in a list that wraps them."""
    for child in element.children:
        yield from _below(child, levels - 1) if levels else (child,)


def _add(node: dict[str, Any], key: str, value: Any) -> None:
    """Put a value under a key; a second one makes it a list."""
    if key not in node:
        node[key] = value
    elif isinstance(node[key], list):
        node[key].append(value)
    else:
        node[key] = [node[key], value]


def _number(text: str) -> Any:
    if len(text) > _LONGEST_NUMBER:
        return text
    try:
        return Decimal(text)
    except InvalidOperation:
        return text


def _typed(kind: str, text: str) -> Any:
    """The text of an extension as the type that it says it has: a truth value, a number, or a text."""
    if kind == "boolean":
        return {"true": True, "1": True, "false": False, "0": False}.get(text, text)
    number = _number(text) if kind in ("integer", "decimal", "double") else text
    if kind == "integer" and isinstance(number, Decimal) and text.lstrip("-+").isdecimal():
        return int(number)
    return number


def _texts(element: Element) -> list[str]:
    return [child.text for child in element.children]


class _Reader:
    def __init__(self, prefixes: dict[str, str]) -> None:
        self.namespaces = {"cbv": voc.CBV, "gs1": voc.GS1_VOC, **prefixes}
        self.special: dict[str, Callable[[Element], Any]] = {
            **dict.fromkeys(("epcList", "inputEPCList", "outputEPCList", "childEPCs"), _texts),
            **dict.fromkeys(
                ("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList"), self.records
            ),
            **dict.fromkeys(LIST_TYPE_VOCABULARY, self.typed_list),
            **dict.fromkeys(("readPoint", "bizLocation", "errorDeclaration"), self.record),
            "correctiveEventIDs": _texts,
            "persistentDisposition": self.persistent_disposition,
            "sensorElementList": lambda e: [self.sensor_element(child) for child in e.children],
            "ilmd": self.free_fields,
        }

    def event(self, element: Element) -> dict[str, Any]:
        return {"type": element.local if element.local in EVENT_TYPES else element.name, **self.record(element)}

    def record(self, element: Element) -> dict[str, Any]:
        """An object of the standard: known children by their own readers, prefixed ones as extensions."""
        out: dict[str, Any] = {}
        for child in _flat(element):
            if child.name in self.special:
                value = self.special[child.name](child)
                if value not in ([], {}):
                    out[child.name] = value
            elif child.foreign:
                _add(out, child.name, self.free(child))
            elif child.text:
                _add(out, child.name, self.scalar(child.name, child.text))
        return out

    def records(self, element: Element) -> list[dict[str, Any]]:
        return [self.record(child) for child in element.children]

    def scalar(self, name: str, text: str) -> Any:
        if name in _NUMBERS:
            return _number(text)
        if name == "booleanValue":
            return {"true": True, "1": True, "false": False, "0": False}.get(text, text)
        vocabulary = voc.ERROR_REASON if name == "reason" else FIELD_VOCABULARY.get(name)
        return voc.bare_name(vocabulary, self.expand(text)) if vocabulary else text

    def expand(self, text: str) -> str:
        """A compact URI of the GS1 namespaces in full; those of user namespaces stay as they are."""
        prefix, colon, name = text.partition(":")
        namespace = self.namespaces.get(prefix, "") if colon else ""
        return namespace + name if namespace.startswith((voc.CBV, voc.GS1_VOC)) else text

    def typed_list(self, element: Element) -> list[dict[str, Any]]:
        vocabulary = LIST_TYPE_VOCABULARY[element.name]
        out = []
        for child in element.children:
            kind = child.attributes.get("type")
            entry: dict[str, Any] = {"type": voc.bare_name(vocabulary, self.expand(kind))} if kind else {}
            more = {name: text for name, text in child.attributes.items() if name != "type"}
            out.append({**entry, child.name: child.text, **more, **self.free_fields(child)})
        return out

    def persistent_disposition(self, element: Element) -> dict[str, Any]:
        out: dict[str, Any] = {}
        for child in element.children:
            if child.foreign:
                _add(out, child.name, self.free(child))
            else:
                out.setdefault(child.name, []).append(self.scalar(child.name, child.text))
        return out

    def sensor_element(self, element: Element) -> dict[str, Any]:
        out: dict[str, Any] = {"sensorReport": []}
        for child in element.children:
            values = {name: self.sensor_value(name, text) for name, text in child.attributes.items()}
            values.update(self.free_fields(child))
            if child.name == "sensorReport":
                out["sensorReport"].append(values)
            elif child.name == "sensorMetadata":
                out["sensorMetadata"] = values
            else:
                _add(out, child.name, self.free(child))
        return out

    def sensor_value(self, name: str, text: str) -> Any:
        if name in ("type", "exception"):
            return self.expand(text).removeprefix(voc.GS1_VOC)
        return self.scalar(name, text)

    def vocabularies(self, element: Element) -> list[dict[str, Any]]:
        """The master data of a header, or of a document of nothing else."""
        return [
            {
                "type": vocabulary.attributes.get("type", ""),
                "vocabularyElementList": [self.vocabulary_element(one) for one in _below(vocabulary, 1)],
            }
            for vocabulary in element.children
        ]

    def vocabulary_element(self, element: Element) -> dict[str, Any]:
        out: dict[str, Any] = {"id": element.attributes.get("id", "")}
        parts = {name: [e for e in element.children if e.name == name] for name in ("attribute", "children")}
        if parts["attribute"]:
            out["attributes"] = [
                {"id": one.attributes.get("id", ""), "attribute": self.content(one)} for one in parts["attribute"]
            ]
        if parts["children"]:
            out["children"] = [child.text for one in parts["children"] for child in one.children]
        return out

    def content(self, element: Element) -> Any:
        """What is in an element, whatever its attributes say about it."""
        return self.free_fields(element) if element.children else _typed(element.kind, element.text)

    def free_fields(self, element: Element) -> dict[str, Any]:
        out: dict[str, Any] = {}
        for child in element.children:
            _add(out, child.name, self.free(child))
        return out

    def free(self, element: Element) -> Any:
        """An extension: its text, or an object of its children and attributes."""
        if not element.children and not element.attributes:
            return _typed(element.kind, element.text)
        out = {**element.attributes, **self.free_fields(element)}
        return {"#text": element.text, **out} if element.text else out
