"""A small, safe XML reader: no document type, so no entities and nothing to fetch; bounded depth.

expat tells of elements as they come; refusing at the first DOCTYPE ends every entity attack in constant time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.parsers import expat

from guomen.core.epcis.errors import EpcisError, Problem

MAX_DEPTH = 64
_STANDARD = ("urn:epcglobal:epcis:", "urn:epcglobal:epcis-query:", "urn:epcglobal:epcis-masterdata:")
_XSI = "http://www.w3.org/2001/XMLSchema-instance"


@dataclass(slots=True)
class Element:
    """name: `local` for the standard's own, `prefix:local` for others. text: of the element itself."""

    name: str
    attributes: dict[str, str]
    text: str = ""
    children: list[Element] = field(default_factory=list)

    @property
    def local(self) -> str:
        return self.name.rpartition(":")[2]


class _Builder:
    def __init__(self) -> None:
        self.prefixes: dict[str, str] = {}
        self.root: Element | None = None
        self.open: list[Element] = []

    def declare(self, prefix: str | None, uri: str) -> None:
        if uri in self.prefixes or uri == _XSI or uri.startswith(_STANDARD):
            return
        taken = prefix is None or prefix in self.prefixes.values()
        self.prefixes[uri] = f"ns{len(self.prefixes)}" if taken or prefix is None else prefix

    def name(self, raw: str) -> str:
        uri, _, local = raw.rpartition(" ")
        return f"{self.prefixes[uri]}:{local}" if uri in self.prefixes else local

    def start(self, raw: str, attributes: dict[str, str]) -> None:
        if len(self.open) >= MAX_DEPTH:
            raise EpcisError([Problem("", f"must not be nested deeper than {MAX_DEPTH} elements", raw[:80])])
        kept = {self.name(key): value for key, value in attributes.items() if not key.startswith(_XSI)}
        element = Element(self.name(raw), kept)
        if self.open:
            self.open[-1].children.append(element)
        else:
            self.root = element
        self.open.append(element)

    def end(self, _raw: str) -> None:
        closed = self.open.pop()
        closed.text = closed.text.strip()

    def data(self, text: str) -> None:
        if self.open:
            self.open[-1].text += text

    def refuse(self, *_: object) -> None:
        raise EpcisError([Problem("", "must not have a document type declaration", "<!DOCTYPE")])


def read_tree(data: bytes) -> tuple[Element, dict[str, str]]:
    """The root element, and prefix -> namespace for all foreign namespaces. EpcisError when it is not XML."""
    builder = _Builder()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = builder.refuse
    parser.StartNamespaceDeclHandler = builder.declare
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, UnicodeError, ValueError) as error:
        if isinstance(error, EpcisError):
            raise
        raise EpcisError([Problem("", f"must be XML ({error})", repr(data[:40]))]) from None
    if builder.root is None:
        raise EpcisError([Problem("", "must be XML", repr(data[:40]))])
    return builder.root, {prefix: uri for uri, prefix in builder.prefixes.items()}
