"""What may stand in which element of EPCIS 2.0 XML, and in which order: the sequences of GS1's XSD, told on their own.

Written down from EPCglobal-epcis-2_0.xsd and EPCglobal-epcis-query-2_0.xsd, and not from what our writer does.
"""

import re
from collections.abc import Sequence
from xml.etree.ElementTree import Element

ANY = "*"
"""Elements of other namespaces, as many as one likes."""
_HEAD = ["eventTime", "recordTime?", "eventTimeZoneOffset", "eventID?", "errorDeclaration?", "certificationInfo*"]
_WHERE = ["bizStep?", "disposition?", "readPoint?", "bizLocation?"]
_ENDS = ["sourceList?", "destinationList?", "sensorElementList?", "persistentDisposition?"]
MODELS: dict[str, tuple[str, ...]] = {
    "EPCISDocument": ("EPCISBody",),
    "EPCISQueryDocument": ("EPCISBody",),
    "QueryResults": ("queryName", "subscriptionID?", "resultsBody"),
    "resultsBody": ("EventList",),
    "ObjectEvent": (*_HEAD, "epcList", "action", *_WHERE, "bizTransactionList?", "quantityList?", *_ENDS, "ilmd?", ANY),
    "AggregationEvent": (
        *_HEAD, "parentID?", "childEPCs", "action", *_WHERE, "bizTransactionList?", "childQuantityList?", *_ENDS, ANY),
    "TransactionEvent": (
        *_HEAD, "bizTransactionList", "parentID?", "epcList", "action", *_WHERE, "quantityList?", *_ENDS, ANY),
    "TransformationEvent": (
        *_HEAD, "inputEPCList?", "inputQuantityList?", "outputEPCList?", "outputQuantityList?", "transformationID?",
        *_WHERE, "bizTransactionList?", *_ENDS, "ilmd?", ANY),
    "AssociationEvent": (
        *_HEAD, "parentID", "childEPCs?", "childQuantityList?", "action", *_WHERE, "bizTransactionList?", *_ENDS, ANY),
    **dict.fromkeys(("epcList", "childEPCs", "inputEPCList", "outputEPCList"), ("epc*",)),
    **dict.fromkeys(
        ("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList"), ("quantityElement*",)
    ),
    "quantityElement": ("epcClass", "quantity?", "uom?"),
    **dict.fromkeys(("readPoint", "bizLocation"), ("id", ANY)),
    "bizTransactionList": ("bizTransaction+",),
    "sourceList": ("source+",),
    "destinationList": ("destination+",),
    "persistentDisposition": ("unset*", "set*"),
    "sensorElementList": ("sensorElement+",),
    "sensorElement": ("sensorMetadata?", "sensorReport+", ANY),
    "ilmd": (ANY,),
    "correctiveEventIDs": ("correctiveEventID*",),
}  # fmt: skip
_EVENTS = "ObjectEvent|AggregationEvent|TransactionEvent|TransformationEvent|AssociationEvent"
_CHOICES = {
    "EPCISBody": r"(EventList |QueryResults )",
    "EventList": rf"(({_EVENTS}) )*",
    "errorDeclaration": r"((declarationTime|reason|correctiveEventIDs|\*) )*",
}
_ATTRIBUTES: dict[str, tuple[str, ...]] = {
    "EPCISDocument": ("schemaVersion", "creationDate"),
    "EPCISQueryDocument": ("schemaVersion", "creationDate"),
    "source": ("type",),
    "destination": ("type",),
}
"""That an element must have."""
_QUERY = "{urn:epcglobal:epcis-query:xsd:2}"
_QUALIFIED = {
    "EPCISDocument": "{urn:epcglobal:epcis:xsd:2}",
    "EPCISQueryDocument": _QUERY,
    "QueryResults": _QUERY,
}
"""The only elements of the standard that stand in a namespace."""


def _pattern(model: Sequence[str]) -> str:
    parts = []
    for part in model:
        name, mark = (r"\*", "*") if part == ANY else re.fullmatch(r"(\w+)([?*+]?)", part).groups()  # type: ignore[union-attr]
        parts.append(f"({name} ){mark}")
    return "".join(parts)


PATTERNS = {name: re.compile(_pattern(model)) for name, model in MODELS.items()} | {
    name: re.compile(pattern) for name, pattern in _CHOICES.items()
}


def _own(element: Element) -> str:
    """The name of an element of the standard; ``*`` for one of another namespace."""
    local = element.tag.rpartition("}")[2]
    return local if element.tag == _QUALIFIED.get(local, "") + local else ANY


def faults(root: Element) -> list[str]:
    """What the XSD would not allow in a document: elements of the standard in a wrong place, number or order."""
    found, open_ = [], [root]
    if _own(root) not in ("EPCISDocument", "EPCISQueryDocument"):
        return [f"root {root.tag}"]
    while open_:
        element = open_.pop()
        name, inside = _own(element), [_own(child) for child in element]
        found += [
            f"{name}: no {attribute}" for attribute in _ATTRIBUTES.get(name, ()) if attribute not in element.attrib
        ]
        pattern = PATTERNS.get(name)
        if pattern is None:
            if inside and name not in ("sensorReport", "sensorMetadata"):
                found.append(f"{name}: {inside}")
        elif not pattern.fullmatch("".join(f"{child} " for child in inside)):
            found.append(f"{name}: {inside}")
        elif (element.text or "").strip():
            found.append(f"{name}: text {element.text!r}")
        open_ += [child for child in element if _own(child) != ANY]
    return found
