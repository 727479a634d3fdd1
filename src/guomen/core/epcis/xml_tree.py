"""A small, safe XML reader: no document type, so no entities and nothing to fetch; bounded size, depth and number.

expat tells of elements as they come; refusing at the first DOCTYPE ends every entity attack in constant time. What has
too many elements is known before: each begins with a sign that can be counted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.parsers import expat

from guomen.core.epcis.errors import EpcisError, problem
from guomen.core.epcis.xml_names import JSON_LD, unescape

MAX_BYTES = 64 * 1024 * 1024
MAX_DEPTH = 64
MAX_ELEMENTS = 250_000
MAX_NAMESPACES = 500
_STANDARD = ("urn:epcglobal:epcis:", "urn:epcglobal:epcis-query:", "urn:epcglobal:epcis-masterdata:")
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_NOT_FOREIGN = frozenset({_XSI, "http://www.w3.org/2001/XMLSchema", JSON_LD})
_SPACE = "http://www.w3.org/XML/1998/namespace space"


@dataclass(slots=True)
class Element:
    """name: `local` for the standard's own, `prefix:local` for others, `@local` for words of JSON-LD.

    text: of the element itself. kind: the type that `xsi:type` names, without its prefix.
    """

    name: str
    attributes: dict[str, str]
    kind: str = ""
    text: str = ""
    children: list[Element] = field(default_factory=list)

    @property
    def local(self) -> str:
        return self.name.rpartition(":")[2]

    @property
    def foreign(self) -> bool:
        return ":" in self.name or self.name.startswith("@")


class _Builder:
    def __init__(self) -> None:
        self.prefixes: dict[str, str] = {}
        self.taken: set[str] = set()
        self.root: Element | None = None
        self.open: list[Element] = []
        self.texts: list[list[str]] = []
        self.as_written: list[bool] = []

    def declare(self, prefix: str | None, uri: str | None) -> None:
        if not uri or uri in self.prefixes or uri in _NOT_FOREIGN or uri.startswith(_STANDARD):
            return
        if len(self.prefixes) >= MAX_NAMESPACES:
            raise _refusal("must not have more than {most} namespaces", uri, MAX_NAMESPACES)
        name, number = prefix or "ns0", len(self.prefixes)
        while name in self.taken:
            name, number = f"ns{number}", number + 1
        self.prefixes[uri] = name
        self.taken.add(name)

    def name(self, raw: str) -> str:
        uri, _, local = raw.rpartition(" ")
        local = unescape(local)
        if uri == JSON_LD:
            return f"@{local}"
        return f"{self.prefixes[uri]}:{local}" if uri in self.prefixes else local

    def start(self, raw: str, attributes: dict[str, str]) -> None:
        if len(self.open) >= MAX_DEPTH:
            raise _refusal("must not be nested deeper than {most} elements", raw, MAX_DEPTH)
        kept, kind = attributes, ""
        self.as_written.append(attributes.get(_SPACE) == "preserve")
        if attributes:
            kind = attributes.get(f"{_XSI} type", "").rpartition(":")[2]
            kept = {self.name(k): v for k, v in attributes.items() if not k.startswith(_XSI) and k != _SPACE}
        element = Element(self.name(raw), kept, kind)
        if self.open:
            self.open[-1].children.append(element)
        else:
            self.root = element
        self.open.append(element)
        self.texts.append([])

    def end(self, _raw: str) -> None:
        text = "".join(self.texts.pop())
        self.open.pop().text = text if self.as_written.pop() else text.strip()

    def data(self, text: str) -> None:
        if self.texts:
            self.texts[-1].append(text)

    def refuse(self, *_: object) -> None:
        raise _refusal("must not have a document type declaration", "<!DOCTYPE")


def _refusal(rule: str, value: str, most: int = 0) -> EpcisError:
    return EpcisError([problem("", rule, value[:80], most=most)])


def read_tree(data: bytes) -> tuple[Element, dict[str, str]]:
    """The root element, and prefix -> namespace for all foreign namespaces. EpcisError when it is not XML."""
    if len(data) > MAX_BYTES:
        raise _refusal("must not be longer than {most} bytes", str(len(data)), MAX_BYTES)
    if _elements(data) > MAX_ELEMENTS:
        raise _refusal("must not have more than {most} elements", repr(data[:40]), MAX_ELEMENTS)
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
    except (expat.ExpatError, LookupError, ValueError) as error:
        if isinstance(error, EpcisError):
            raise
        raise EpcisError([problem("", "must be XML ({why})", repr(data[:40]), why=_why(error))]) from None
    if builder.root is None:
        raise EpcisError([problem("", "must be XML", repr(data[:40]))])
    return builder.root, {prefix: uri for uri, prefix in builder.prefixes.items()}


def _why(error: Exception) -> tuple[str, str]:
    if isinstance(error, expat.ExpatError):
        return str(error), f"第 {error.lineno} 行第 {error.offset + 1} 列有误"
    return str(error), "编码无法识别"


def _elements(data: bytes) -> int:
    """How many elements there are at most, in milliseconds. What looks like one in a comment or CDATA counts, too."""
    # Other encodings than UTF-8 and its like spread the two signs of an end tag: then those count as elements.
    return data.count(b"<") - data.count(b"</") - data.count(b"<!") - data.count(b"<?")
