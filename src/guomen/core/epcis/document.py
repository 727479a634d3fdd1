"""EPCIS 2.0 JSON-LD documents: strict reading into events, and writing.

Nothing is fetched: contexts are only looked at to know which extension prefixes were declared.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

import msgspec

from guomen.core.epcis import values
from guomen.core.epcis.errors import EpcisError, Problem, Problems, problem, shown
from guomen.core.epcis.fields import pointer, read_node, write_node
from guomen.core.epcis.model import EVENT_TYPES, Event
from guomen.core.epcis.rules import check_event

CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
MOST_TERMS = 1000
"""That the @context of a document declares itself."""
_STANDARD_PREFIXES = frozenset(
    {"cbv", "cbvmda", "epcis", "gs1", "rdfs", "owl", "xsd", "dcterms", "https", "http", "urn"}
)
_decode = msgspec.json.Decoder(float_hook=Decimal).decode


def decode(data: bytes | str) -> Any:
    """JSON with decimals kept exact. EpcisError when it is not JSON."""
    try:
        return _decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, InvalidOperation) as error:
        raise EpcisError([problem("", "must be JSON ({why})", repr(data[:40]), why=_why(error))]) from None


def _why(error: Exception) -> tuple[str, str]:
    if isinstance(error, RecursionError):
        return str(error), "嵌套过深"
    if isinstance(error, InvalidOperation):
        return "a number is beyond all that can be computed with", "数字超出可计算的范围"
    at = re.search(r"\(byte (\d+)\)", str(error))
    return str(error), f"第 {at[1]} 字节处有误" if at else "内容不完整或编码有误"


def as_context(context: Any) -> tuple[Any, ...]:
    """A JSON-LD context as a tuple of its parts."""
    if context is None:
        return ()
    return tuple(context) if isinstance(context, list | tuple) else (context,)


def event_objects(document: dict[str, Any]) -> tuple[str, list[Any]] | None:
    """Where the events of an EPCISDocument, EPCISQueryDocument or bare event list are, and they."""
    for steps in (("epcisBody", "eventList"), ("epcisBody", "queryResults", "resultsBody", "eventList")):
        here: Any = document
        for step in steps:
            here = here.get(step) if isinstance(here, dict) else None
        if isinstance(here, list):
            return "".join(f"/{step}" for step in steps), here
    body = document.get("epcisBody")
    if isinstance(body, dict) and isinstance(body.get("event"), dict):
        return "/epcisBody", [body["event"]]
    return None


class Opened(NamedTuple):
    """A document whose frame is right. path: JSON Pointer of its events; context: what gives their prefixes meaning."""

    path: str
    events: list[Any]
    context: tuple[Any, ...]


def open_document(document: Any) -> Opened:
    """The events of an EPCIS 2.0 JSON-LD document (capture or query), not read yet. EpcisError when it is none."""
    problems = Problems()
    if not isinstance(document, dict):
        raise EpcisError([problem("", "must be an object", shown(document))])
    _check_envelope(document, problems)
    found = event_objects(document)
    if found is None:
        problems.add("/epcisBody/eventList", "must be a list of events", document.get("epcisBody"))
    problems.raise_if_any()
    assert found is not None
    return Opened(*found, as_context(document["@context"]))


def read_events(
    opened: Opened, first: int = 0, last: int | None = None, *, check_keys: bool = True
) -> tuple[list[Event | None], list[Problem]]:
    """Events first to last (not included), None for those with problems, and the problems: at least one of each."""
    problems = Problems(check_keys)
    events: list[Event | None] = []
    for index, item in enumerate(opened.events[first:last], first):
        before = len(problems.found)
        problems.next_event()
        try:
            event = _read(item, f"{opened.path}/{index}", opened.context, problems)
        except EpcisError:
            event = None
        events.append(event if len(problems.found) == before else None)
    return events, problems.found


def parse_document(source: dict[str, Any] | bytes | str, *, check_keys: bool = True) -> list[Event]:
    """All events of an EPCIS 2.0 JSON-LD document (capture or query), validated.

    check_keys: a Digital Link or EPC URN must also keep GS1's rules (check digits and the rest).
    EpcisError with every problem found. Events carry the document's context in `context`.
    """
    opened = open_document(decode(source) if isinstance(source, bytes | str) else source)
    events, problems = read_events(opened, check_keys=check_keys)
    if problems:
        raise EpcisError(problems)
    return [event for event in events if event is not None]


def parse_event(source: dict[str, Any] | bytes | str, context: Sequence[Any] = (), *, check_keys: bool = True) -> Event:
    """One event, validated. `context`: of the document it came from; its own `@context` is added. EpcisError."""
    item = decode(source) if isinstance(source, bytes | str) else source
    problems = Problems(check_keys)
    event = _read(item, "", tuple(context), problems)
    problems.raise_if_any()
    assert event is not None
    return event


def _check_envelope(document: dict[str, Any], problems: Problems) -> None:
    if document.get("type") not in ("EPCISDocument", "EPCISQueryDocument"):
        problems.add("/type", "must be EPCISDocument or EPCISQueryDocument", document.get("type"))
    if str(document.get("schemaVersion")) not in ("2.0", "2.0.0", "2.0.1", "2.1"):
        problems.add("/schemaVersion", "must be a version of EPCIS 2", document.get("schemaVersion"))
    if "creationDate" in document or document.get("type") == "EPCISDocument":
        values.timestamp(document.get("creationDate"), "/creationDate", problems)
    context = as_context(document.get("@context"))
    if not any(isinstance(part, str) and part.endswith("epcis-context.jsonld") for part in context):
        problems.add("/@context", "must name the EPCIS context", document.get("@context"))
    # Each event is read with all of them: many events times many terms would cost minutes.
    terms = sum(len(part) for part in context if isinstance(part, dict))
    if terms > MOST_TERMS:
        problems.add("/@context", "must not declare more than {most} terms", terms, most=MOST_TERMS)


def _prefixes(context: Iterable[Any]) -> frozenset[str]:
    return _STANDARD_PREFIXES.union(*(part for part in context if isinstance(part, dict)))


def _read(item: Any, path: str, context: tuple[Any, ...], problems: Problems) -> Event | None:
    kind = item.get("type") if isinstance(item, dict) else None
    cls = EVENT_TYPES.get(kind) if isinstance(kind, str) else None
    if cls is None:
        problems.add(f"{path}/type", "must be one of {names}", kind, names=", ".join(EVENT_TYPES))
        return None
    context += as_context(item.get("@context"))
    event = read_node(cls, item, path, problems)
    if not isinstance(event, Event):
        return None
    declared = _prefixes(context)
    for key in event.extensions:
        if context and key.partition(":")[0] not in declared:
            problems.add(pointer(path, key), "must use a namespace prefix that the @context declares", key)
    check_event(event, path, problems)
    return msgspec.structs.replace(event, context=context)


def event_to_dict(event: Event) -> dict[str, Any]:
    """The JSON-LD object of an event, without its context."""
    return {"type": event.type, **write_node(event)}


def to_document(events: Sequence[Event], created: datetime) -> dict[str, Any]:
    """An EPCIS 2.0 JSON-LD EPCISDocument. `created` must be aware (ValueError).

    The contexts of the events are joined; ValueError when one prefix means two things in them.
    """
    if created.utcoffset() is None:
        raise ValueError("creationDate needs a time zone")
    prefixes: dict[str, Any] = {}
    for event in events:
        for part in event.context:
            for prefix, meaning in part.items() if isinstance(part, dict) else ():
                if prefixes.setdefault(prefix, meaning) != meaning:
                    raise ValueError(f"prefix {prefix!r} has two meanings: write two documents")
    return {
        "@context": [CONTEXT, *({prefix: meaning} for prefix, meaning in sorted(prefixes.items()))],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": created.isoformat(timespec="milliseconds"),
        "epcisBody": {"eventList": [event_to_dict(event) for event in events]},
    }
