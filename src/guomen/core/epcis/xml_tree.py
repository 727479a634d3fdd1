"""A small, safe XML reader: no document type, so no entities and nothing to fetch; bounded size, depth and number.

expat tells of elements as they come; refusing at the first DOCTYPE ends every entity attack in constant time. What has
too many elements is known before: each begins with a sign that can be counted.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from xml.parsers import expat

from guomen.core.epcis.errors import EpcisError, problem
from guomen.core.epcis.xml_names import JSON_LD, unescape

MAX_BYTES = 64 * 1024 * 1024
MAX_DEPTH = 64
MAX_ELEMENTS = 250_000
FEW_ELEMENTS = 50_000
BYTES_OF_ELEMENT = 24
"""More than a few elements have so many bytes each on average: those of events have forty and more."""
MAX_NAMESPACES = 500
_STANDARD = ("urn:epcglobal:epcis:", "urn:epcglobal:epcis-query:", "urn:epcglobal:epcis-masterdata:")
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_NOT_FOREIGN = frozenset({_XSI, "http://www.w3.org/2001/XMLSchema", JSON_LD})
_TYPE = f"{_XSI} type"
_SPACE = "http://www.w3.org/XML/1998/namespace space"
_ROOT = "must be an EPCISDocument, EPCISQueryDocument or EPCISMasterDataDocument"
_NONE: Mapping[str, str] = {}


class Element:
    """name: `local` for the standard's own, `prefix:local` for others, `@local` for words of JSON-LD.

    text: of the element itself. kind: the type that `xsi:type` names, without its prefix.
    """

    __slots__ = ("attributes", "children", "kind", "name", "text")

    def __init__(self, name: str, attributes: Mapping[str, str], kind: str) -> None:
        self.name, self.attributes, self.kind = name, attributes, kind
        self.text = ""
        # Most elements have no children: a list of its own for each would be a third of all that is made.
        self.children: Sequence[Element] = ()

    @property
    def local(self) -> str:
        return self.name.rpartition(":")[2]

    @property
    def foreign(self) -> bool:
        return ":" in self.name or self.name.startswith("@")


class _Builder:
    """Called for each element, so short: what names mean is worked out once for each."""

    def __init__(self, roots: Collection[str]) -> None:
        self.roots = roots
        self.prefixes: dict[str, str] = {}
        self.taken: set[str] = set()
        self.names: dict[str, str] = {}
        self.root: Element | None = None
        self.open: list[Element] = []
        self.pieces: dict[int, list[str]] = {}
        self.as_written: set[int] = set()

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

    def _named(self, raw: str) -> str:
        """Namespaces are declared before they are used and never taken back: the name stays."""
        uri, _, local = raw.rpartition(" ")
        local = unescape(local)
        if uri == JSON_LD:
            name = f"@{local}"
        else:
            name = f"{self.prefixes[uri]}:{local}" if uri in self.prefixes else local
        self.names[raw] = name
        return name

    def start(self, raw: str, attributes: dict[str, str]) -> None:
        open_, names = self.open, self.names
        depth = len(open_)
        if depth >= MAX_DEPTH:
            raise _refusal("must not be nested deeper than {most} elements", raw, MAX_DEPTH)
        name = names.get(raw) or self._named(raw)
        if not attributes:
            element = Element(name, _NONE, "")
        else:
            if attributes.get(_SPACE) == "preserve":
                self.as_written.add(depth + 1)
            kind = attributes.get(_TYPE, "").rpartition(":")[2]
            kept = {
                names.get(k) or self._named(k): v
                for k, v in attributes.items()
                if k != _SPACE and not k.startswith(_XSI)
            }
            element = Element(name, kept, kind)
        if depth:
            parent = open_[-1]
            if parent.children:
                parent.children.append(element)  # type: ignore[attr-defined]
            else:
                parent.children = [element]
        else:
            if element.local not in self.roots:
                raise _refusal(_ROOT, element.name)
            self.root = element
        open_.append(element)

    def end(self, _raw: str) -> None:
        depth = len(self.open)
        element = self.open.pop()
        if not element.text:
            return
        if depth in self.pieces:
            element.text = "".join(self.pieces.pop(depth))
        if depth in self.as_written:
            self.as_written.discard(depth)
        else:
            element.text = element.text.strip()

    def data(self, text: str) -> None:
        depth = len(self.open)
        if not depth:
            return
        element = self.open[-1]
        if not element.text:
            element.text = text
        elif depth in self.pieces:
            self.pieces[depth].append(text)
        else:
            self.pieces[depth] = [element.text, text]

    def refuse(self, *_: object) -> None:
        raise _refusal("must not have a document type declaration", "<!DOCTYPE")


def _refusal(rule: str, value: str, most: int = 0) -> EpcisError:
    return EpcisError([problem("", rule, value[:80], most=most)])


def read_tree(data: bytes, roots: Collection[str]) -> tuple[Element, dict[str, str]]:
    """The root element, and prefix -> namespace for all foreign namespaces.

    EpcisError when it is not XML, or its root has none of these names.
    """
    if len(data) > MAX_BYTES:
        raise _refusal("must not be longer than {most} bytes", str(len(data)), MAX_BYTES)
    most = max(FEW_ELEMENTS, min(MAX_ELEMENTS, len(data) // BYTES_OF_ELEMENT))
    if _elements(data) > most:
        raise _refusal("must not have more than {most} elements", repr(data[:40]), most)
    builder = _Builder(roots)
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
