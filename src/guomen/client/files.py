"""Events out of files of any size: JSON-LD documents, NDJSON, XML 2.0 and 1.2, plain or gzip; one event in memory.

And the master data that stand in their headers, or in XML documents of nothing else.

A JSON event is passed on as it was written, byte for byte: judging it is the server's business.
"""

from __future__ import annotations

import codecs
import gzip
import io
import json
import zlib
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, cast
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from guomen.client.capturing import Sent, encode
from guomen.client.errors import ClientError
from guomen.core import epcis

SUFFIXES = (".json", ".jsonld", ".ndjson", ".jsonl", ".xml")
"""Of files that a folder is searched for, with ``.gz`` after them or not."""
_CHUNK = 1 << 16
_LARGEST = 8 * 1024 * 1024
_AT_ONCE = 100
_JSON_BLANKS = " \t\r\n"


class Unreadable(ClientError):
    """The file is none that events can be read from, or breaks off."""


def read_events(again: Callable[[], BinaryIO], *, name: str = "", largest: int = _LARGEST) -> Iterator[Sent]:
    """The events of a file with their context; ``origin`` is (name, index in the file).

    again: opens the file from its beginning. It is called once more when a document names its context after its events.
    largest: bytes of one event. Raises Unreadable, after all events that could be read.
    """
    return (sent for sent in read_contents(again, name=name, largest=largest) if not sent.vocabulary)


def read_contents(again: Callable[[], BinaryIO], *, name: str = "", largest: int = _LARGEST) -> Iterator[Sent]:
    """The events of a file and its master data, as they stand in it; the index of an element of master data is None.

    largest: bytes of one event, and of all master data of a JSON document. Otherwise as :func:`read_events`.
    """
    index = 0
    try:
        with again() as raw:
            stream = _plain(raw)
            start = stream.peek(4)
            if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                raise Unreadable("This is UTF-16; save it as UTF-8.")
            found = _xml(stream, largest) if _first(start) == b"<" else _json(stream, largest, again)
            for context, content, vocabulary in found:
                yield Sent(content, context, (name, None if vocabulary else index), vocabulary)
                index += not vocabulary
    except (OSError, EOFError, zlib.error) as error:
        raise Unreadable(f"This cannot be read: {error}.") from error
    except UnicodeDecodeError as error:
        raise Unreadable(f"This is not UTF-8: {error.reason}.") from error
    except RecursionError as error:
        raise Unreadable("This is nested too deep.") from error
    except epcis.EpcisError as error:
        raise Unreadable(f"This {error.problems[0].rule}.") from error


def _plain(raw: BinaryIO) -> io.BufferedReader[Any]:
    buffered = io.BufferedReader(cast(io.RawIOBase, raw), _CHUNK)
    if buffered.peek(2)[:2] == b"\x1f\x8b":
        return io.BufferedReader(gzip.GzipFile(fileobj=buffered), _CHUNK)
    return buffered


def _first(start: bytes) -> bytes:
    return start.removeprefix(codecs.BOM_UTF8).lstrip()[:1]


# --- JSON


class _Values:
    """JSON values one after another out of a text; what is not asked for yet stays unread."""

    def __init__(self, stream: BinaryIO, largest: int) -> None:
        self._stream, self._decode = stream, codecs.getincrementaldecoder("utf-8-sig")().decode
        self._buffer, self._at, self._ended, self._largest = "", 0, False, largest
        self._scan = json.JSONDecoder(parse_constant=_no_number).raw_decode

    def _more(self) -> bool:
        # As much as is waiting already: a long value is looked at a few times only, not once per chunk.
        data = self._stream.read(max(_CHUNK, len(self._buffer) - self._at))
        self._buffer, self._at = self._buffer[self._at :] + self._decode(data, final=not data), 0
        self._ended = not data
        return not self._ended

    def next(self) -> str:
        """The next character that is not blank, still unread; empty at the end."""
        while True:
            while self._at < len(self._buffer):
                if self._buffer[self._at] not in _JSON_BLANKS:
                    return self._buffer[self._at]
                self._at += 1
            if not self._more():
                return ""

    def take(self, *expected: str) -> str:
        """Read one of these characters."""
        found = self.next()
        if found not in expected or not found:
            wanted = " or ".join(expected)
            raise Unreadable(f"This is not JSON: {wanted} expected, not {found or 'the end of the file'!r}.")
        self._at += 1
        return found

    def value(self) -> tuple[Any, str]:
        """Read one value; it and its text."""
        self.next()
        while True:
            try:
                value, end = self._scan(self._buffer, self._at)
            except ValueError as error:
                if self._ended or not self._more():
                    raise Unreadable(f"This is not JSON: {getattr(error, 'msg', error)}.") from error
            else:
                # A number at the end of what was read so far may have more digits.
                if end < len(self._buffer) or isinstance(value, str | dict | list) or not self._more():
                    text = self._buffer[self._at : end]
                    self._at = end
                    return value, text
            if len(self._buffer) - self._at > 2 * self._largest:
                raise Unreadable(f"One value is longer than {self._largest:,} bytes, or it is not JSON.")

    def members(self) -> Iterator[str]:
        """The names in an object; the value of each must be read before the next is asked for."""
        self.take("{")
        if self.next() == "}":
            self.take("}")
            return
        while True:
            name, _ = self.value()
            if not isinstance(name, str):
                raise Unreadable("This is not JSON: a name expected.")
            self.take(":")
            yield name
            if self.take(",", "}") == "}":
                return

    def items(self) -> Iterator[tuple[Any, str]]:
        """The values of a list."""
        self.take("[")
        if self.next() == "]":
            self.take("]")
            return
        while True:
            yield self.value()
            if self.take(",", "]") == "]":
                return


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no number")


Found = tuple[tuple[Any, ...], Any, str]
"""Context, an event or an element of master data, and of the latter the name of its vocabulary."""


def _json(stream: BinaryIO, largest: int, again: Callable[[], BinaryIO]) -> Iterator[Found]:
    """Documents, lists of events and bare events, as many as stand one after another."""
    values, number = _Values(stream, largest), 0
    while kind := values.next():
        if kind == "[":
            for _, text in values.items():
                yield (), text.encode("utf-8", "surrogatepass"), ""
        else:
            later = _later(again, largest, number) if kind == "{" else lambda: ()
            yield from _document(values, later)
        number += 1


def _document(values: _Values, later: Callable[[], tuple[Any, ...]]) -> Iterator[Found]:
    """What is in one object: a document, or an event itself."""
    context: tuple[Any, ...] | None = None
    head: list[str] = []
    header, is_document = "", False
    for name in values.members():
        if name == "epcisBody" and values.next() == "{":
            is_document = True
            context = later() if context is None else context
            yield from _master_data(context, header)
            yield from _body(values, context)
            header = ""
        else:
            value, text = values.value()
            head.append(f"{json.dumps(name)}:{text}")
            if name == "@context":
                context = epcis.as_context(value)
            elif name == "epcisHeader" and isinstance(value, dict):
                header, is_document = text, True
    yield from _master_data(context or (), header)
    if not is_document:
        yield (), ("{" + ",".join(head) + "}").encode("utf-8", "surrogatepass"), ""


def _master_data(context: tuple[Any, ...], header: str) -> Iterator[Found]:
    """The master data of a header, given as JSON. What is not as the standard has it is left out, as servers do."""
    here: Any = epcis.decode(header) if header else None
    for step in ("epcisMasterData", "vocabularyList"):
        here = here.get(step) if isinstance(here, dict) else None
    for vocabulary in here if isinstance(here, list) else ():
        named = vocabulary if isinstance(vocabulary, dict) else {}
        name, elements = named.get("type"), named.get("vocabularyElementList")
        if isinstance(name, str) and name and isinstance(elements, list):
            yield from ((context, encode(element), name) for element in elements)


def _body(values: _Values, context: tuple[Any, ...]) -> Iterator[Found]:
    for name in values.members():
        if name in ("queryResults", "resultsBody") and values.next() == "{":
            yield from _body(values, context)
        elif name == "eventList" and values.next() == "[":
            for _, text in values.items():
                yield context, text.encode("utf-8", "surrogatepass"), ""
        else:
            value, text = values.value()
            if name == "event" and isinstance(value, dict):
                yield context, text.encode("utf-8", "surrogatepass"), ""


def _later(again: Callable[[], BinaryIO], largest: int, number: int) -> Callable[[], tuple[Any, ...]]:
    """Finds the context of the document with this number when it stands behind the events."""

    def find() -> tuple[Any, ...]:
        with again() as raw:
            values = _Values(_plain(raw), largest)
            for at in range(number + 1):
                if values.next() == "[":
                    for _ in values.items():
                        pass
                    continue
                context: tuple[Any, ...] = ()
                for name in values.members():
                    if name == "epcisBody" and values.next() == "{":
                        for _ in _body(values, ()):
                            pass
                    else:
                        value, _ = values.value()
                        if name == "@context" and at == number:
                            context = epcis.as_context(value)
        return context

    return find


# --- XML


_ENDS_NAME = (b">", b" ", b"\t", b"\r", b"\n")
_LISTS = frozenset({"EventList", "VocabularyElementList"})


class _Cutter:
    """Cuts the children of such lists out of the bytes that expat reads, and knows what stood around them."""

    def __init__(self, largest: int) -> None:
        self.parser = expat.ParserCreate()
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.XmlDeclHandler = self._declared
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.encoding = "utf-8"
        self.open: list[tuple[str, dict[str, str]]] = []
        self.around: list[tuple[str, dict[str, str]]] = []
        self.depth = self.list_depth = 0
        self.began: int | None = None
        self.held, self.base = bytearray(), 0
        self.cut: list[bytes] = []
        self.documents: list[bytes] = []
        self.largest = largest

    def take(self, *, everything: bool) -> list[bytes]:
        """What was cut out since, as documents of their own; of a list that goes on only when it is worth it."""
        if self.cut and (everything or len(self.cut) >= _AT_ONCE or sum(map(len, self.cut)) >= self.largest):
            self.documents.append(self._document())
        documents, self.documents = self.documents, []
        return documents

    def feed(self, data: bytes) -> None:
        self.held += data
        try:
            self.parser.Parse(data, not data)
        except expat.ExpatError as error:
            raise Unreadable(f"This is not XML: {error}.") from error
        # Outside of an event the last tag may still be half here.
        keep = self.began if self.began is not None else self.base + max(0, self.held.rfind(b"<"))
        del self.held[: keep - self.base]
        self.base = keep
        if len(self.held) > self.largest:
            raise Unreadable(f"One event or element is longer than {self.largest:,} bytes.")

    def _document(self) -> bytes:
        """What was cut out of this list so far."""
        opening = "".join(f"<{n}{''.join(f' {k}={quoteattr(v)}' for k, v in a.items())}>" for n, a in self.around)
        closing = "".join(f"</{name}>" for name, _ in reversed(self.around))
        head = f'<?xml version="1.0" encoding="{self.encoding}"?>{opening}'
        events, self.cut = self.cut, []
        return head.encode(self.encoding, "xmlcharrefreplace") + b"".join(events) + closing.encode(self.encoding)

    def _refuse(self, *_: object) -> None:
        raise Unreadable("This must not have a document type declaration.")

    def _declared(self, _version: str, encoding: str | None, _standalone: int) -> None:
        try:
            plain = "<a>".encode(encoding or "utf-8") == b"<a>"
        except LookupError:
            plain = False
        if not plain:
            raise Unreadable(f"This is {encoding}; save it as UTF-8.")
        self.encoding = encoding or "utf-8"

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if not self.list_depth:
            self.open.append((name, attributes))
            if name.rpartition(":")[2] in _LISTS:
                self.list_depth, self.around = self.depth, list(self.open)
        elif self.depth == self.list_depth + 1:
            self.began = self.parser.CurrentByteIndex

    def _end(self, name: str) -> None:
        if self.list_depth and self.depth == self.list_depth + 1 and self.began is not None:
            end = self.parser.CurrentByteIndex - self.base
            closing = f"</{name}".encode(self.encoding)
            behind = self.held[end + len(closing) : end + len(closing) + 1]
            # Else it was an empty tag, which is behind us already, maybe before the end tag of a longer name.
            if self.held.startswith(closing, end) and behind in _ENDS_NAME:
                end = self.held.index(b">", end) + 1
            self.cut.append(bytes(self.held[self.began - self.base : end]))
            self.began = None
        if self.depth == self.list_depth:
            self.documents += [self._document()] if self.cut else []
            self.list_depth = 0
        if not self.list_depth:
            self.open.pop()
        self.depth -= 1


def _xml(stream: BinaryIO, largest: int) -> Iterator[Found]:
    cutter = _Cutter(largest)
    data, broken = b"?", None
    while data and not broken:
        try:
            data = stream.read(_CHUNK)
            cutter.feed(data)
        except (Unreadable, OSError, EOFError, zlib.error) as error:
            broken = error
        for part in cutter.take(everything=broken is not None or not data):
            document = epcis.xml_to_document(part)
            context = epcis.as_context(document["@context"])
            _, events = epcis.event_objects(document) or ("", [])
            yield from ((context, encode(event), "") for event in events)
            if header := document.get("epcisHeader"):
                yield from _master_data(context, encode(header).decode())
    if broken:
        raise broken
