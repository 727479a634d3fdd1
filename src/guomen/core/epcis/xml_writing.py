"""EPCIS 2.0 XML documents, written from the JSON-LD object that says the same.

Elements stand in the order that the XSD of EPCIS 2.0 demands. Namespaces come from the @context. Numbers and truth
values of extensions carry `xsi:type`, so that reading gives them back as what they were.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from guomen.core.epcis import vocabulary as voc
from guomen.core.epcis.document import as_context, event_objects
from guomen.core.epcis.hash_values import FIELD_VOCABULARY, LIST_TYPE_VOCABULARY
from guomen.core.epcis.xml_names import Namespaces

_HEAD = "eventTime recordTime eventTimeZoneOffset eventID errorDeclaration certificationInfo"
_WHY_AND_WHERE = "action bizStep disposition readPoint bizLocation"
_ENDS = "sourceList destinationList sensorElementList persistentDisposition"
_PARENT_AND_CHILDREN = "parentID childEPCs childQuantityList"
_ORDER = {
    kind: f"{_HEAD} {body}".split()
    for kind, body in {
        "ObjectEvent": f"epcList {_WHY_AND_WHERE} bizTransactionList quantityList {_ENDS} ilmd",
        "AggregationEvent": f"parentID childEPCs {_WHY_AND_WHERE} bizTransactionList childQuantityList {_ENDS}",
        "TransactionEvent": f"bizTransactionList parentID epcList {_WHY_AND_WHERE} quantityList {_ENDS}",
        "TransformationEvent": "inputEPCList inputQuantityList outputEPCList outputQuantityList transformationID "
        f"{_WHY_AND_WHERE} bizTransactionList {_ENDS} ilmd",
        "AssociationEvent": f"{_PARENT_AND_CHILDREN} {_WHY_AND_WHERE} bizTransactionList {_ENDS}",
    }.items()
}
# The XSD wants these even when they are empty.
_NEVER_LEFT_OUT = {"ObjectEvent": "epcList", "AggregationEvent": "childEPCs", "TransactionEvent": "epcList"}
_SKIPPED = frozenset({"type", "isA", "@context"})
_KNOWN_NAMESPACES = {
    "cbv": voc.CBV,
    "cbvmda": voc.CBVMDA,
    "gs1": voc.GS1_VOC,
    "epcis": "https://ref.gs1.org/epcis/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "dcterms": "http://purl.org/dc/terms/",
}
_NO_CHARACTER = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SCHEMAS = (
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema" '
    'schemaVersion="2.0"'
)


def document_to_xml(document: Mapping[str, Any]) -> bytes:
    """The EPCIS 2.0 XML for a JSON-LD EPCISDocument or EPCISQueryDocument, which must be valid.

    Characters that XML cannot hold become U+FFFD. Of empty lists and null nothing is left, of empty
    objects their name.
    """
    found = event_objects(dict(document))
    context = as_context(document.get("@context"))
    events = "".join(_event(item, context) for item in (found[1] if found else ()))
    created = document.get("creationDate")
    head = _SCHEMAS + (f' creationDate="{_attribute(created)}"' if created else "")
    if document.get("type") == "EPCISQueryDocument":
        body = _results(document, events)
        root = f'epcisq:EPCISQueryDocument xmlns:epcisq="urn:epcglobal:epcis-query:xsd:2" {head}'
    else:
        body = f"<EventList>{events}</EventList>"
        root = f'epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:2" {head}'
    name = root.partition(" ")[0]
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<{root}><EPCISBody>{body}</EPCISBody></{name}>\n'
    return text.encode()


def _results(document: Mapping[str, Any], events: str) -> str:
    results = document.get("epcisBody", {}).get("queryResults", {})
    names = _element("queryName", str(results.get("queryName") or "SimpleEventQuery"))
    if results.get("subscriptionID"):
        names += _element("subscriptionID", str(results["subscriptionID"]))
    return (
        f"<epcisq:QueryResults>{names}<resultsBody><EventList>{events}</EventList></resultsBody></epcisq:QueryResults>"
    )


def _known(context: Iterable[Any]) -> dict[str, str]:
    found = dict(_KNOWN_NAMESPACES)
    for part in context:
        for prefix, meaning in part.items() if isinstance(part, dict) else ():
            uri = meaning.get("@id") if isinstance(meaning, dict) else meaning
            if isinstance(uri, str) and uri:
                found[prefix] = uri
    return found


def _event(item: Mapping[str, Any], context: tuple[Any, ...]) -> str:
    names = Namespaces(_known((*context, *as_context(item.get("@context")))))
    body = _Writer(names).event(item)
    declared = "".join(f' xmlns:{prefix}="{_attribute(uri)}"' for prefix, uri in names.used.items())
    return f"<{item['type']}{declared}>{body}</{item['type']}>"


def _text(value: str) -> str:
    text = _NO_CHARACTER.sub("\ufffd", value)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")


def _attribute(value: str) -> str:
    return _text(value).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")


def _element(name: str, text: str, attributes: str = "") -> str:
    if text != text.strip():
        attributes += ' xml:space="preserve"'
    return f"<{name}{attributes}>{_text(text)}</{name}>" if text else f"<{name}{attributes}/>"


def _scalar(value: Any) -> tuple[str, str]:
    """A scalar as XML has it, and the type of XML Schema that it is; no type for texts."""
    if isinstance(value, bool):
        return ("true" if value else "false"), "boolean"
    if isinstance(value, int):
        return str(value), "integer"
    if isinstance(value, float | Decimal):
        number = value if isinstance(value, Decimal) else Decimal(repr(value))
        return (format(number, "f"), "decimal") if abs(number.adjusted()) < 30 else (str(number), "double")
    return str(value), ""


class _Writer:
    def __init__(self, names: Namespaces) -> None:
        self.names = names
        lists = ("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList")
        self.special: dict[str, Callable[[str, Any], str]] = {
            **dict.fromkeys(("epcList", "inputEPCList", "outputEPCList", "childEPCs"), self.identifiers),
            **dict.fromkeys(lists, self.quantities),
            **dict.fromkeys(LIST_TYPE_VOCABULARY, self.typed_list),
            **dict.fromkeys(("readPoint", "bizLocation"), self.place),
            "errorDeclaration": self.error,
            "correctiveEventIDs": self.corrective,
            "persistentDisposition": self.persistent_disposition,
            "sensorElementList": self.sensor_elements,
            "ilmd": self.free,
        }

    def event(self, item: Mapping[str, Any]) -> str:
        return self.record(item, _ORDER[item["type"]], _NEVER_LEFT_OUT.get(item["type"], ""))

    def record(self, item: Mapping[str, Any], order: Iterable[str], never_left_out: str = "") -> str:
        """Standard fields in their order, then extensions."""
        order = tuple(order)
        out = []
        for name in order:
            value = item.get(name)
            if value or value == 0:
                special = self.special.get(name)
                out.append(special(name, value) if special else self.plain(name, value))
            elif name == never_left_out:
                out.append(f"<{name}/>")
        out += self.extensions(item, order)
        return "".join(out)

    def extensions(self, item: Mapping[str, Any], known: Iterable[str]) -> Iterator[str]:
        return (self.free(key, item[key]) for key in item if key not in known and key not in _SKIPPED)

    def plain(self, name: str, value: Any) -> str:
        if isinstance(value, list):
            return "".join(self.plain(name, entry) for entry in value)
        return _element(name, self.word(name, value))

    def word(self, name: str, value: Any) -> str:
        """A scalar of the standard; bare words of the standard's vocabularies become URIs."""
        text = self.names.uri(_scalar(value)[0])
        if name in ("type", "exception"):
            return text if ":" in text else voc.GS1_VOC + text
        vocabulary = voc.ERROR_REASON if name == "reason" else FIELD_VOCABULARY.get(name)
        return voc.web_uri(vocabulary, text) if vocabulary and text in vocabulary.names else text

    def identifiers(self, name: str, value: Iterable[str]) -> str:
        return f"<{name}>{''.join(_element('epc', epc) for epc in value)}</{name}>"

    def quantities(self, name: str, value: Iterable[Mapping[str, Any]]) -> str:
        entries = (self.record(entry, ("epcClass", "quantity", "uom")) for entry in value)
        return f"<{name}>{''.join(f'<quantityElement>{entry}</quantityElement>' for entry in entries)}</{name}>"

    def place(self, name: str, value: Mapping[str, Any]) -> str:
        return f"<{name}>{self.record(value, ('id',))}</{name}>"

    def error(self, name: str, value: Mapping[str, Any]) -> str:
        return f"<{name}>{self.record(value, ('declarationTime', 'reason', 'correctiveEventIDs'))}</{name}>"

    def corrective(self, name: str, value: Iterable[str]) -> str:
        return f"<{name}>{''.join(_element('correctiveEventID', id) for id in value)}</{name}>"

    def persistent_disposition(self, name: str, value: Mapping[str, Any]) -> str:
        return f"<{name}>{self.record(value, ('unset', 'set'))}</{name}>"

    def typed_list(self, name: str, value: Iterable[Mapping[str, Any]]) -> str:
        field, vocabulary = name.removesuffix("List"), LIST_TYPE_VOCABULARY[name]
        out = ""
        for entry in value:
            kind = entry.get("type")
            word = voc.web_uri(vocabulary, kind) if kind in vocabulary.names else self.names.uri(kind or "")
            attributes = f' type="{_attribute(word)}"' if word else ""
            more, inner = self.attributes(entry, (field,))
            out += f"<{field}{attributes}{more}>{_text(entry[field])}{inner}</{field}>"
        return f"<{name}>{out}</{name}>"

    def sensor_elements(self, name: str, value: Iterable[Mapping[str, Any]]) -> str:
        return f"<{name}>{''.join(self.sensor_element(element) for element in value)}</{name}>"

    def sensor_element(self, element: Mapping[str, Any]) -> str:
        metadata = element.get("sensorMetadata")
        out = self.sensor("sensorMetadata", metadata) if metadata else ""
        out += "".join(self.sensor("sensorReport", report) for report in element.get("sensorReport") or ())
        out += "".join(self.extensions(element, ("sensorMetadata", "sensorReport")))
        return f"<sensorElement>{out}</sensorElement>"

    def sensor(self, name: str, value: Mapping[str, Any]) -> str:
        own = "".join(
            f' {key}="{_attribute(self.word(key, entry))}"'
            for key, entry in value.items()
            if ":" not in key and not key.startswith("@") and entry is not None
        )
        more, inner = self.attributes(value, tuple(key for key in value if ":" not in key and key[:1] != "@"))
        return f"<{name}{own}{more}>{inner}</{name}>" if inner else f"<{name}{own}{more}/>"

    def attributes(self, item: Mapping[str, Any], known: Iterable[str]) -> tuple[str, str]:
        """Extensions where the XSD takes only attributes: texts. Others become elements, which it does not foresee."""
        known = (*known, *_SKIPPED)
        extensions = {key: value for key, value in item.items() if key not in known}
        flat = {key: value for key, value in extensions.items() if isinstance(value, str)}
        attributes = "".join(f' {self.names.name(key)}="{_attribute(value)}"' for key, value in flat.items())
        return attributes, "".join(self.free(key, value) for key, value in extensions.items() if key not in flat)

    def free(self, key: str, value: Any) -> str:
        """An extension field, whatever its value."""
        if isinstance(value, list):
            return "".join(self.free(key, entry) for entry in value)
        if value is None:
            return ""
        name = self.names.name(key)
        if isinstance(value, dict):
            text = _text(str(value["#text"])) if "#text" in value else ""
            inner = text + "".join(self.free(k, v) for k, v in value.items() if k != "#text")
            return f"<{name}>{inner}</{name}>" if inner else f"<{name}/>"
        text, kind = _scalar(value)
        return _element(name, text, f' xsi:type="xsd:{kind}"' if kind else "")
