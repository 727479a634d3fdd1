"""The XML Schema (W3C XSD 1.0, 2004) of messages and receipts, made of the fields that the form itself reads.

It says of a message what can be said without looking anything up: which elements there are, how often, and what a value
looks like. What follows from several fields, from registers or from check digits, the form says afterwards.
"""

import threading
from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from typing import Any

from lxml import etree

from guomen.catalogue import codes
from guomen.clearance.form import (
    CONTAINER,
    DOCUMENT,
    HEADER,
    LINE,
    LISTS,
    MAX_CONTAINERS,
    MAX_DOCUMENTS,
    MAX_LINES,
    Spec,
    reader,
    values,
)
from guomen.clearance.form.fields import SEVERAL
from guomen.clearance.words import NODES
from guomen.core.gs1.checkdigit import CSET82

NAMESPACE = "urn:guomen:declaration:1"
KINDS = ("lodge", "amend", "withdraw", "split", "merge")
STATES = ("waiting", "applied", "refused")
ID, REFERENCE, VERSION = "[!-~]{1,64}", "[!-~]{1,40}", "[1-9][0-9]{0,3}"
MOST_MERGED = 50
MOST_PROBLEMS = 20
_XS = "http://www.w3.org/2001/XMLSchema"
_YEAR = "(19[5-9][0-9]|20[0-9]{2}|21[0-4][0-9])"
"""The years of :data:`guomen.kit.clock.YEARS`."""
ATTRIBUTES: Mapping[str, str] = {
    "message": "Id", "reference": "Reference", "version": "xs:positiveInteger", "kind": "Kind", "state": "State",
    "declaration": "Number", "applied": "xs:nonNegativeInteger", "id": "xs:string", "position": "xs:nonNegativeInteger",
    "node": "Node", "text": "xs:string", "line": "xs:positiveInteger", "at": "xs:dateTime", "mode": "xs:string",
    "level": "xs:string",
}  # fmt: skip
"""What a receipt can say, about a message or about a node that a declaration has reached."""
Element = Any


class _Writer:
    """Writes a schema; simple types are written once, when they are first named."""

    def __init__(self) -> None:
        self.root = etree.Element(f"{{{_XS}}}schema", nsmap={"xs": _XS, None: NAMESPACE})
        self.root.attrib.update(
            {"targetNamespace": NAMESPACE, "elementFormDefault": "qualified", "version": NAMESPACE[-1]}
        )
        self.types: dict[str, object] = {}

    def add(self, under: Element, tag: str, **attributes: object) -> Element:
        return etree.SubElement(under, f"{{{_XS}}}{tag}", {k: str(v) for k, v in attributes.items()})

    def items(self, element: Element, least: int, most: int, **attributes: object) -> Element:
        """What a list of an element holds: ``item`` elements."""
        inside = self.add(self.add(element, "complexType"), "sequence")
        return self.add(inside, "element", name="item", minOccurs=least, maxOccurs=most, **attributes)

    def simple(self, name: str, base: str, facets: Iterable[tuple[str, object]]) -> str:
        """A named simple type with its facets; returns its name, with a number where another one has the name."""
        facets, plain, n = list(facets), name, 1
        while self.types.setdefault(name, facets) != facets:
            n += 1
            name = f"{plain}{n}"
        if self.types[name] is facets:
            restriction = self.add(self.add(self.root, "simpleType", name=name), "restriction", base=base)
            for facet, value in facets:
                self.add(restriction, facet, value=value)
        return name

    def or_nothing(self, name: str) -> str:
        """The type, or an empty element: a field that need not be given."""
        optional = f"{name}OrNothing"
        self.simple("Nothing", "xs:token", [("length", 0)])
        if optional not in self.types:
            self.types[optional] = name
            self.add(self.add(self.root, "simpleType", name=optional), "union", memberTypes=f"{name} Nothing")
        return optional

    def text(self, required: bool, limit: int) -> str:
        least = [("minLength", 1)] if required else []
        return self.simple(f"{'Given' if required else ''}Text{limit}", "xs:token", [*least, ("maxLength", limit)])

    def value(self, spec: Spec, name: str) -> str | None:
        """The type of a single value; None for several of them."""
        (function, given), required = reader(spec), spec.required
        if function is values.text:
            return self.text(required, given["limit"])
        if function in SEVERAL:
            return None
        found = _SINGLE[function](self, given, name)
        return found if required else self.or_nothing(found)

    def field(self, under: Element, name: str, spec: Spec) -> None:
        element = self.add(under, "element", name=name)
        if not spec.required:
            element.set("minOccurs", "0")
        kind = self.value(spec, name)
        if kind is not None:
            element.set("type", kind)
            return
        function, given = reader(spec)
        read = {
            values.many: lambda: given["read"],
            values.many_codes: lambda: partial(values.code, table=given["table"]),
            values.vins: lambda: partial(values.pattern, expression=values.VIN, wrong="not-a-vin"),
        }[function]()
        self.items(element, 0, given.get("most", 20), type=self.value(Spec(read), name))

    def rows(self, under: Element, name: str, specs: Mapping[str, Spec], least: int, most: int) -> None:
        """A list of rows: ``item`` elements with fields in any order."""
        element = self.add(under, "element", name=name)
        if not least:
            element.set("minOccurs", "0")
        every = self.add(self.add(self.items(element, least, most), "complexType"), "all")
        for field, spec in specs.items():
            self.field(every, field, spec)


def _pattern(expression: str) -> str:
    """A pattern of the form in the dialect of schemas, where ``\\d`` would be a digit of any script."""
    return expression.replace("(?:", "(").replace(r"\d", "[0-9]")


_AMOUNT = r"\+?[0-9]{1,13}(\.[0-9]{1,6})?"
_SINGLE: dict[Callable[..., Any], Callable[[_Writer, Mapping[str, Any], str], str]] = {
    values.code: lambda w, given, _name: w.simple(
        "".join(part.title() for part in given["table"].split("_")),
        "xs:token",
        [("enumeration", code) for code, _words in codes.table(given["table"]).options()],
    ),
    values.amount: lambda w, _given, _name: w.simple(
        "Amount", "xs:decimal", [("pattern", _AMOUNT), ("minExclusive", 0)]
    ),
    values.whole: lambda w, _given, _name: w.simple(
        "Whole", "xs:integer", [("pattern", r"\+?[0-9]{1,10}"), ("minInclusive", 1), ("maxInclusive", 2_000_000_000)]
    ),
    values.day: lambda w, _given, _name: w.simple("Day", "xs:date", [("pattern", f"{_YEAR}-[0-9]{{2}}-[0-9]{{2}}")]),
    values.moment: lambda w, _given, _name: w.simple(
        "Moment",
        "xs:dateTime",
        [("pattern", _YEAR + r"-..-..T([01][0-9]|2[0-3]):..:[0-9]{2}(\.[0-9]{1,6})?(Z|[+\-][0-9]{2}:[0-9]{2})")],
    ),
    values.gtin: lambda w, _given, _name: w.simple("Gtin", "xs:token", [("pattern", "[0-9]{8}|[0-9]{12,14}")]),
    values.batch: lambda w, _given, _name: w.simple(
        "Batch", "xs:token", [("pattern", "[" + "".join(f"\\{c}" if c in "-.()*+?" else c for c in CSET82) + "]{1,20}")]
    ),
    values.flag: lambda w, _given, _name: w.simple("Flag", "xs:boolean", []),
    values.pattern: lambda w, given, name: w.simple(
        "".join(part.title() for part in name.split("_")), "xs:token", [("pattern", _pattern(given["expression"]))]
    ),
}
"""How each reader of a value is said in a schema. A reader that is not here fails when the schema is made."""


def _declaration(w: _Writer) -> None:
    every = w.add(w.add(w.root, "complexType", name="Declaration"), "all")
    for name, spec in HEADER.items():
        w.field(every, name, spec)
    w.rows(every, "containers", CONTAINER, 0, MAX_CONTAINERS)
    w.rows(every, "lines", LINE, 1, MAX_LINES)
    w.rows(every, "documents", DOCUMENT, 0, MAX_DOCUMENTS)
    for name, (specs, most) in LISTS.items():
        w.rows(every, name, specs, 0, most)


def _several(w: _Writer, under: Element, name: str, kind: str, least: int, most: int) -> None:
    element = w.add(under, "element", name=name, minOccurs=min(least, 1))
    w.items(element, least, most, type=kind)


def _message(w: _Writer) -> None:
    message = w.add(w.add(w.root, "element", name="message"), "complexType")
    every = w.add(message, "all")
    w.add(every, "element", name="reason", type=w.simple("Reason", "xs:string", [("maxLength", 2000)]), minOccurs=0)
    w.add(every, "element", name="declaration", type="Declaration", minOccurs=0)
    part = w.add(w.add(w.add(every, "element", name="part", minOccurs=0), "complexType"), "all")
    w.add(part, "element", name="reference", type="Reference")
    _several(w, part, "lines", "Whole", 1, MAX_LINES)
    _several(w, part, "containers", w.text(True, 20), 0, MAX_CONTAINERS)
    _several(w, part, "orders", w.text(True, 60), 0, LISTS["orders"][1])
    w.add(part, "element", name="packages", type="Whole")
    w.add(part, "element", name="gross_weight_kg", type="Amount")
    others = w.add(w.add(w.add(every, "element", name="with", minOccurs=0), "complexType"), "sequence")
    item = w.add(others, "element", name="item", maxOccurs=MOST_MERGED)
    one = w.add(w.add(item, "complexType"), "all")
    w.add(one, "element", name="reference", type="Reference")
    w.add(one, "element", name="version", type="Version")
    for name, kind in (("id", "Id"), ("reference", "Reference"), ("version", "Version"), ("kind", "Kind")):
        w.add(message, "attribute", name=name, type=kind, use="required")


def _receipts(w: _Writer) -> None:
    whole = w.add(w.add(w.root, "element", name="receipts"), "complexType")
    one = w.add(w.add(whole, "sequence"), "element", name="receipt", minOccurs=0, maxOccurs="unbounded")
    w.add(whole, "attribute", name="id", type="xs:string")
    inner = w.add(one, "complexType")
    problem = w.add(w.add(inner, "sequence"), "element", name="problem", minOccurs=0, maxOccurs="unbounded")
    said = w.add(w.add(w.add(problem, "complexType"), "simpleContent"), "extension", base="xs:string")
    for name in ("field", "code"):
        w.add(said, "attribute", name=name, type="xs:string", use="required")
    for name, kind in ATTRIBUTES.items():
        w.add(inner, "attribute", name=name, type=kind)


@cache
def xsd() -> bytes:
    """The schema as a file."""
    w = _Writer()
    for name, expression in (("Id", ID), ("Reference", REFERENCE), ("Version", VERSION)):
        w.simple(name, "xs:string", [("pattern", expression)])
    for name, several in (("Kind", KINDS), ("State", STATES), ("Node", tuple(NODES))):
        w.simple(name, "xs:token", [("enumeration", one) for one in several])
    w.simple("Number", "xs:string", [("pattern", "([0-9]{18})?")])
    _message(w)
    _receipts(w)
    _declaration(w)
    etree.indent(w.root)
    return bytes(etree.tostring(w.root, xml_declaration=True, encoding="UTF-8")) + b"\n"


_LOCK = threading.Lock()
"""A schema keeps the errors of its last use."""


@cache
def _compiled() -> etree.XMLSchema:
    return etree.XMLSchema(etree.fromstring(xsd()))


def errors(root: Element) -> list[tuple[int, str]]:
    """What of a parsed message does not follow the schema: line of the file and what the parser says of it."""
    with _LOCK:
        schema = _compiled()
        if schema.validate(root):
            return []
        found = [(e.line, e.message.replace(f"{{{NAMESPACE}}}", "")[:300]) for e in schema.error_log]
    return found[:MOST_PROBLEMS]
