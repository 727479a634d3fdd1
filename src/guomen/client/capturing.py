"""Streams of events cut into documents within a server's limits, and what became of each document."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

import msgspec

from guomen.client.errors import ClientError, Invalid, ProblemError, TooLarge
from guomen.core import epcis

_json = msgspec.json.Encoder(decimal_format="number")
_TAIL = b"]}}"
_MASTER_DATA = b']},"epcisHeader":{"epcisMasterData":{"vocabularyList":['
_PLACE = re.compile(r"eventList[./](\d+)(?:[./](.*))?$")
Event = Mapping[str, Any] | epcis.Event | bytes
"""JSON-LD as an object or as text in UTF-8, or typed."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a server takes in one document: so many events, so many bytes."""

    events: int = 2000
    size: int = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Sent:
    """One event on its way. context: JSON-LD context of the document it stood in; origin: whatever the caller wants.

    vocabulary: this is no event but an element of this vocabulary: master data.
    """

    event: Event
    context: tuple[Any, ...] = ()
    origin: Any = None
    vocabulary: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A document that keeps the limits. first: place of its first event in the stream; origins: one per event.

    vocabularies: one per event when these are elements of vocabularies, master data, and no events.
    """

    first: int
    head: bytes
    events: Sequence[bytes]
    origins: Sequence[Any]
    vocabularies: Sequence[str] = ()

    @property
    def body(self) -> bytes:
        if not self.vocabularies:
            return self.head + b",".join(self.events) + _TAIL
        named = groupby(zip(self.vocabularies, self.events, strict=True), key=itemgetter(0))
        lists = (_vocabulary(name, [element for _, element in elements]) for name, elements in named)
        return self.head + _MASTER_DATA + b",".join(lists) + b"]}}}"

    def halves(self) -> tuple[Part, Part]:
        at = len(self.events) // 2
        first, second = slice(None, at), slice(at, None)
        return self._part(self.first, first), self._part(self.first + at, second)

    def _part(self, first: int, which: slice) -> Part:
        return Part(first, self.head, self.events[which], self.origins[which], self.vocabularies[which])


@dataclass(frozen=True, slots=True)
class EventProblem:
    """What is wrong with an event. index: its place in what was sent; None: the document as a whole is wrong.

    path: inside the event, as ``bizStep``; code: as ``ValidationException``; origin: of the event, see Sent.
    """

    index: int | None
    path: str
    code: str
    sentence: str
    origin: Any = None


@dataclass(frozen=True, slots=True)
class Job:
    """What became of a captured document. new: events that were not known; known: those that were there already.

    changes: what a lenient server put right, each with ``path`` in the document, ``before`` and ``after``. master_data:
    elements of it that were kept.
    """

    id: str
    running: bool
    success: bool
    events: int
    new: int
    errors: tuple[EventProblem, ...] = ()
    proceed: bool = False
    changes: tuple[epcis.Change, ...] = ()
    master_data: int = 0

    @property
    def known(self) -> int:
        """Events that changed nothing. In a document refused as a whole: none."""
        wrong = len({e.index for e in self.errors if e.index is not None})
        return self.events - self.new - wrong if self.success or self.proceed else 0


@dataclass(slots=True)
class Captured:
    """The sum over all documents of a stream."""

    new: int = 0
    known: int = 0
    jobs: list[str] = field(default_factory=list)
    changes: list[epcis.Change] = field(default_factory=list)
    errors: list[EventProblem] = field(default_factory=list)


class CaptureFailed(ClientError):
    """A document was refused and the rest not sent. ``captured``: what the documents before it brought; ``errors``."""

    def __init__(self, captured: Captured) -> None:
        self.captured, self.errors = captured, captured.errors
        first = captured.errors[0]
        super().__init__(f"Event {first.index}: {first.path} {first.sentence} ({len(captured.errors)} problems)")


def split(stream: Iterable[Sent], limits: Limits) -> Iterator[Part]:
    """Cut a stream into documents. Events of different contexts do not share one: a prefix may mean two things.

    Nor do events and master data.

    Holds one document in memory. A single event beyond the limit makes a document of its own, which the server refuses.
    """
    texts: list[bytes] = []
    origins: list[Any] = []
    vocabularies: list[str] = []
    context: tuple[Any, ...] = ()
    first, size = 0, 0
    head = b""
    for place, sent in enumerate(stream):
        text = _text(sent.event)
        more = len(text) + 1 + (len(_vocabulary(sent.vocabulary, [])) + 1 if sent.vocabulary else 0)
        full = len(texts) >= limits.events or size + more > limits.size
        if texts and (full or sent.context != context or bool(vocabularies) != bool(sent.vocabulary)):
            yield Part(first, head, texts, origins, vocabularies)
            texts, origins, vocabularies, first = [], [], [], place
        if not texts:
            context, head = sent.context, _head(sent.context)
            size = len(head) + len(_MASTER_DATA) + len(_TAIL)
        texts.append(text)
        origins.append(sent.origin)
        vocabularies += [sent.vocabulary] if sent.vocabulary else []
        size += more
    if texts:
        yield Part(first, head, texts, origins, vocabularies)


def deliver(part: Part, send: Callable[[Part, bool], Job], *, proceed: bool) -> Iterator[Job]:
    """Send a part; with ``proceed`` one that cannot be read as a whole in halves, until the event to blame is found."""
    try:
        yield send(part, proceed)
    except (Invalid, TooLarge) as error:
        if not proceed or (error.errors and error.errors[0].path):
            raise
        if len(part.events) > 1:
            for half in part.halves():
                yield from deliver(half, send, proceed=True)
            return
        told = (e.sentence for e in error.errors)
        code = error.type.rpartition(":")[2]
        wrong = EventProblem(part.first, "", code, next(told, error.sentence), part.origins[0])
        yield Job(id="", running=False, success=False, events=1, new=0, errors=(wrong,), proceed=True)


def _head(context: Sequence[Any]) -> bytes:
    envelope = {
        "@context": list(context) or [epcis.CONTEXT],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": datetime.now(UTC).isoformat(timespec="milliseconds"),
    }
    return _json.encode(envelope)[:-1] + b',"epcisBody":{"eventList":['


def _vocabulary(name: str, elements: Sequence[bytes]) -> bytes:
    return b'{"type":' + _json.encode(name) + b',"vocabularyElementList":[' + b",".join(elements) + b"]}"


def plain(event: Event) -> Any:
    """The JSON-LD object, with the prefixes that a typed event brings along."""
    if isinstance(event, bytes):
        return epcis.decode(event)
    if not isinstance(event, epcis.Event):
        return event
    own = [part for part in event.context if isinstance(part, dict)]
    return ({"@context": own} if own else {}) | epcis.event_to_dict(event)


def _text(event: Event) -> bytes:
    return event if isinstance(event, bytes) else _json.encode(plain(event))


def encode(value: Any) -> bytes:
    """JSON with exact numbers."""
    return _json.encode(value)


def job_of(body: Mapping[str, Any], part: Part | None = None) -> Job:
    """A capture job as the server tells it."""
    errors = tuple(
        _problem(str(e.get("instance", "")), str(e.get("type", "")).rpartition(":")[2], str(e.get("title", "")), part)
        for e in body.get("errors") or []
    )
    return Job(
        id=str(body.get("captureID", "")),
        running=bool(body.get("running")),
        success=bool(body.get("success")),
        events=int(body.get("events") or 0) if "events" in body or not part else len(part.origins),
        new=int(body.get("newEvents") or 0),
        errors=errors,
        proceed=body.get("captureErrorBehaviour") == "proceed",
        changes=tuple(
            epcis.Change(str(c.get("path", "")), c.get("from", ""), c.get("to", "")) for c in body.get("changes") or []
        ),
        master_data=int(body.get("masterData") or 0),
    )


def refused(error: ProblemError, part: Part) -> Job:
    """A document that was refused before it became a job, as the job that failed. Raises when no event is to blame."""
    code = error.type.rpartition(":")[2]
    errors = tuple(_problem(e.path, code, e.sentence, part) for e in error.errors)
    if not errors or any(e.index is None for e in errors):
        raise error
    events = 0 if part.vocabularies else len(part.origins)
    return Job(id="", running=False, success=False, events=events, new=0, errors=errors)


def _problem(place: str, code: str, sentence: str, part: Part | None) -> EventProblem:
    found = _PLACE.search(place)
    if found is None:
        return EventProblem(None, place.strip("/"), code, sentence)
    at = int(found[1])
    origin = part.origins[at] if part and at < len(part.origins) else None
    return EventProblem((part.first if part else 0) + at, (found[2] or "").replace("/", "."), code, sentence, origin)
