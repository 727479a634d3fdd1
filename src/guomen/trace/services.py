"""Capture: events of organisations come in, validated, once, all or none."""

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from django.db import connection, transaction

from guomen.core import epcis
from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, Invalid, Problem, Refused
from guomen.kit.ids import Subject
from guomen.kit.words import W
from guomen.ledger.services import append
from guomen.parties.actors import Actor
from guomen.trace.models import EdgeIn, EdgeOut, Event
from guomen.trace.things import Link, batch_of, key_of, links, name_of

MOST_EVENTS = 2000
"""In one capture call."""
MOST_SUBJECTS = 1000
"""Things that one ledger entry names as its subjects; batches come first. The entry says how many it left out."""
CAPTURING_KINDS = {"trader", "retailer", "carrier", "laboratory", "authority"}
_json = msgspec.json.Encoder(decimal_format="number")


class Conflict(Invalid):
    """An event id that is known with other content."""

    status = 409
    code = "event-conflict"
    words = W("Some events are already recorded with different content.", "部分事件已以不同内容记录。")


class TooMany(Refused):
    status = 413
    code = "too-many-events"
    words = W("Send at most {most} events at once.", "一次最多发送 {most} 个事件。")


@dataclass(frozen=True, slots=True)
class Captured:
    """Ids of all events of a call, in order, and how many of them are new."""

    ids: list[str]
    new: int


@dataclass(frozen=True, slots=True)
class _Ready:
    id: uuid.UUID
    uri: str
    digest: bytes
    hash: str
    event: epcis.Event
    body: dict[str, Any]

    @property
    def declares_error(self) -> bool:
        return self.event.error_declaration is not None


def capture(by: Actor, events: Sequence[Mapping[str, Any]], context: Sequence[Any] = ()) -> list[str]:
    """Record EPCIS 2.0 JSON-LD events of the actor's organisation; returns their ids (eventID or event hash) in order.

    All or none. The same event again changes nothing. ``context``: the JSON-LD context of the document they came from.
    Raises Invalid naming each problem as ``events.<n>.<field>``, Conflict for ids that are known with other content,
    TooMany, Forbidden.
    """
    return record(by, events, context).ids


def capture_document(by: Actor, document: Any) -> Captured:
    """Record all events of an EPCISDocument (or EPCISQueryDocument). Raises as :func:`capture` does."""
    may_capture(by)
    found = epcis.event_objects(document) if isinstance(document, dict) else None
    if found and len(found[1]) > MOST_EVENTS:
        raise TooMany(most=MOST_EVENTS)
    try:
        events = epcis.parse_document(document)
    except epcis.EpcisError as error:
        raise Invalid([_problem("", p) for p in error.problems])
    items = found[1] if found else []
    return _record(by, [_ready(item, event) for item, event in zip(items, events, strict=True)])


def record(by: Actor, events: Sequence[Mapping[str, Any]], context: Sequence[Any] = ()) -> Captured:
    """As :func:`capture`, telling also how many events were new."""
    may_capture(by)
    if len(events) > MOST_EVENTS:
        raise TooMany(most=MOST_EVENTS)
    ready, problems = [], []
    for index, item in enumerate(events):
        try:
            ready.append(_ready(item, epcis.parse_event(dict(item), context)))
        except epcis.EpcisError as error:
            problems += [_problem(f"events.{index}", p) for p in error.problems]
    if problems:
        raise Invalid(problems)
    return _record(by, ready)


def may_capture(by: Actor) -> None:
    """Raise Forbidden unless the actor may send events: by kind of organisation, and a program by its scope."""
    if by.organisation is None or by.organisation.kind not in CAPTURING_KINDS:
        raise Forbidden
    if by.has("via-token"):
        by.require("capture")


def _problem(prefix: str, problem: epcis.Problem) -> Problem:
    path = problem.path.strip("/").replace("/", ".")
    field = ".".join(part for part in (prefix, path) if part)
    words = W("This {rule}; it is {value}.", "不符合 EPCIS 2.0:{rule}(现为 {value})。")
    return Problem(field, "epcis", words, (("rule", problem.rule), ("value", problem.value)))


def _ready(item: Mapping[str, Any], event: epcis.Event) -> _Ready:
    body = {k: v for k, v in item.items() if k not in ("recordTime", "@context")}
    prefixes = [part for part in event.context if isinstance(part, dict)]
    if prefixes:
        body["@context"] = prefixes
    name = epcis.event_hash(dict(item), context=event.context)
    uri = event.event_id or name
    error = msgspec.json.encode(body.get("errorDeclaration"), order="sorted")
    declared = event.error_declaration is not None
    id = uuid.UUID(bytes=hashlib.blake2b(uri.encode() + (b"\nerror" if declared else b""), digest_size=16).digest())
    digest = hashlib.sha256(name.encode() + (error if declared else b"")).digest()
    return _Ready(id, uri, digest, name, event, body | {"eventID": uri})


@transaction.atomic
def _record(by: Actor, ready: Sequence[_Ready]) -> Captured:
    _same_or_conflict(ready, {})
    recorded = now()
    # In one order, so that two captures of the same events wait for each other instead of blocking each other.
    unique = sorted({r.id: r for r in ready}.values(), key=lambda r: r.id)
    fresh_ids = _insert_events(unique, by, recorded)
    known = [r.id for r in unique if r.id not in fresh_ids]
    digests = {id: bytes(d) for id, d in Event.objects.filter(event_id__in=known).values_list("event_id", "digest")}
    _same_or_conflict(ready, digests)
    fresh = [r for r in unique if r.id in fresh_ids]
    if fresh:
        _insert_items(fresh, by)
        _insert_edges(fresh, by)
        _tell(fresh, by)
    return Captured([r.uri for r in ready], len(fresh))


def _same_or_conflict(ready: Sequence[_Ready], known: dict[uuid.UUID, bytes]) -> None:
    seen, problems = dict(known), []
    for index, r in enumerate(ready):
        if seen.setdefault(r.id, r.digest) != r.digest:
            words = W("Event {id} is known with different content.", "事件 {id} 已存在且内容不同。")
            problems.append(Problem(f"events.{index}.eventID", "conflict", words, (("id", r.uri),)))
    if problems:
        raise Conflict(problems)


def _insert_events(ready: Sequence[_Ready], by: Actor, recorded: datetime) -> set[uuid.UUID]:
    written = recorded.isoformat(timespec="milliseconds")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO trace_event (event_id, uri, digest, type, happened_at, recorded_at, biz_step, disposition, "
            "declares_error, organisation_id, body) SELECT id, uri, digest, type, happened, %s, step, disp, error, %s, "
            "body FROM unnest(%s::uuid[], %s::text[], %s::bytea[], %s::text[], %s::timestamptz[], %s::text[], "
            "%s::text[], %s::bool[], %s::jsonb[]) AS t(id, uri, digest, type, happened, step, disp, error, body) "
            "ON CONFLICT (event_id) DO NOTHING RETURNING event_id",
            [
                recorded,
                by.organisation_id,
                [r.id for r in ready],
                [r.uri for r in ready],
                [r.digest for r in ready],
                [r.event.type for r in ready],
                [r.event.happened_at for r in ready],
                [epcis.bare_name(epcis.BIZ_STEP, r.event.biz_step or "") for r in ready],
                [epcis.bare_name(epcis.DISPOSITION, r.event.disposition or "") for r in ready],
                [r.declares_error for r in ready],
                [_json.encode(r.body | {"recordTime": written}).decode() for r in ready],
            ],
        )
        return {row[0] for row in cursor.fetchall()}


def _insert_items(ready: Sequence[_Ready], by: Actor) -> None:
    rows = sorted(
        {(key_of(t.uri), r.id, t.role, r.event.happened_at) for r in ready for t in epcis.epcs(r.event)},
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO trace_eventitem (item, event_id, role, happened_at, organisation_id) "
            "SELECT item, event, role, at, %s FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::timestamptz[]) "
            "AS t(item, event, role, at) ON CONFLICT DO NOTHING",
            [by.organisation_id, *([row[n] for row in rows] for n in range(4))],
        )


def _insert_edges(ready: Sequence[_Ready], by: Actor) -> None:
    """Edges of both directions; none for events that were declared an error, whichever of the two came first."""
    declared = {r.uri for r in ready if r.declares_error}
    withdrawn = declared | set(
        Event.objects.filter(event_id__in=[_error_id(r.uri) for r in ready]).values_list("uri", flat=True)
    )
    rows: list[tuple[_Ready, Link]] = [
        (r, link) for r in ready if r.uri not in withdrawn for link in links(r.event, r.id)
    ]
    if declared:
        wrong = list(Event.objects.filter(uri__in=declared, declares_error=False).values_list("event_id", flat=True))
        EdgeOut.objects.filter(event_id__in=wrong).delete()
        EdgeIn.objects.filter(event_id__in=wrong).delete()
    columns = [
        [link.parent for _, link in rows],
        [link.child for _, link in rows],
        [r.id for r, _ in rows],
        [link.kind for _, link in rows],
        [link.action for _, link in rows],
        [r.event.happened_at for r, _ in rows],
        [link.is_class for _, link in rows],
        [link.quantity for _, link in rows],
        [link.uom for _, link in rows],
    ]
    for table in ("trace_edgeout", "trace_edgein"):
        _insert_edge_rows(table, by, columns)


def _insert_edge_rows(table: str, by: Actor, columns: list[list[Any]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (parent, child, event_id, kind, action, happened_at, is_class, quantity, uom, "  # noqa: S608
            "organisation_id) SELECT parent, child, event, kind, action, at, is_class, quantity, uom, %s FROM "
            "unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::timestamptz[], %s::bool[], "
            "%s::numeric[], %s::text[]) AS t(parent, child, event, kind, action, at, is_class, quantity, uom) "
            "ON CONFLICT DO NOTHING",
            [by.organisation_id, *columns],
        )


def _error_id(uri: str) -> uuid.UUID:
    return uuid.UUID(bytes=hashlib.blake2b(uri.encode() + b"\nerror", digest_size=16).digest())


def _tell(fresh: Sequence[_Ready], by: Actor) -> None:
    """One ledger entry for the call: the events' ids and hashes, about their batches and items."""
    batches, items = {}, {}
    for r in fresh:
        for thing in epcis.epcs(r.event):
            name = name_of(thing.uri)
            (batches if thing.is_class else items)[name] = True
            batch = batch_of(thing.uri)
            if batch:
                batches[batch] = True
    named = [*batches, *(i for i in items if i not in batches)]
    facts = {
        "events": [{"id": r.uri, "hash": r.hash, "type": r.event.type, "step": r.event.biz_step or ""} for r in fresh],
        "subjects_left_out": max(0, len(named) - MOST_SUBJECTS),
    }
    about = [*named[:MOST_SUBJECTS], Subject.of("party", by.organisation_id)]
    append("event.captured", about, facts, by, happened_at=max(r.event.happened_at for r in fresh))
