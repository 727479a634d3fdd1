"""Writing captured events and their indexes: a few statements for a whole call, whatever its size."""

import hashlib
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import msgspec
from django.db import connection

from guomen.core import epcis
from guomen.parties.actors import Actor
from guomen.trace.facets import facets_of, word
from guomen.trace.models import EdgeIn, EdgeOut, Event, Term
from guomen.trace.things import Link, key_of, links

_json = msgspec.json.Encoder(decimal_format="number")


@dataclass(frozen=True)
class Ready:
    """A validated event on its way into the tables. ``digest`` tells whether two events of one id are the same."""

    id: uuid.UUID
    uri: str
    digest: bytes
    hash: str
    event: epcis.Event
    body: dict[str, Any]

    @property
    def declares_error(self) -> bool:
        return self.event.error_declaration is not None

    @cached_property
    def happened_at(self) -> datetime:
        return self.event.happened_at

    @cached_property
    def things(self) -> list[epcis.Thing]:
        return epcis.epcs(self.event)


def ready(item: Mapping[str, Any], event: epcis.Event) -> Ready:
    """``item``: the JSON that ``event`` was read from; it is what will be given back."""
    body = {k: v for k, v in item.items() if k not in ("recordTime", "@context")}
    prefixes = [part for part in event.context if isinstance(part, dict)]
    if prefixes:
        body["@context"] = prefixes
    name = epcis.event_hash(item if isinstance(item, dict) else dict(item), context=event.context)
    uri = body["eventID"] = event.event_id or name
    declared = event.error_declaration is not None
    error = msgspec.json.encode(body["errorDeclaration"], order="sorted") if declared else b""
    return Ready(
        error_id(uri) if declared else event_id(uri),
        uri,
        hashlib.sha256(name.encode() + error).digest(),
        name,
        event,
        body,
    )


def event_id(uri: str) -> uuid.UUID:
    """The key of the event that has this id."""
    return uuid.UUID(bytes=hashlib.blake2b(uri.encode(), digest_size=16).digest())


def error_id(uri: str) -> uuid.UUID:
    """The key of the declaration that the event of this id was an error."""
    return uuid.UUID(bytes=hashlib.blake2b(uri.encode() + b"\nerror", digest_size=16).digest())


def _array(values: Iterable[str]) -> str:
    """A PostgreSQL array of values that need no quotes (UUIDs, times, words): one text is sent faster than a list."""
    return "{" + ",".join(values) + "}"


def insert_events(events: Sequence[Ready], by: Actor, recorded: datetime) -> set[uuid.UUID]:
    """Write those whose ids are not known yet, and tell which they were."""
    written = recorded.isoformat(timespec="milliseconds")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO trace_event (event_id, uri, digest, type, happened_at, recorded_at, biz_step, disposition, "
            "declares_error, organisation_id, body, facets) SELECT id, uri, digest, type, happened, %s, step, disp, "
            "error, %s, body, facets::bigint[] FROM unnest(%s::uuid[], %s::text[], %s::bytea[], %s::text[], "
            "%s::timestamptz[], %s::text[], %s::text[], %s::bool[], %s::jsonb[], %s::text[]) "
            "AS t(id, uri, digest, type, happened, step, disp, error, body, facets) "
            "ON CONFLICT (event_id) DO NOTHING RETURNING event_id",
            [
                recorded,
                by.organisation_id,
                _array(r.id.hex for r in events),
                [r.uri for r in events],
                [r.digest for r in events],
                _array(r.event.type for r in events),
                _array(r.happened_at.isoformat() for r in events),
                [epcis.bare_name(epcis.BIZ_STEP, r.event.biz_step or "") for r in events],
                [epcis.bare_name(epcis.DISPOSITION, r.event.disposition or "") for r in events],
                [r.declares_error for r in events],
                [_json.encode(r.body | {"recordTime": written}).decode() for r in events],
                [_array(map(str, facets_of(r.event, r.things))) for r in events],
            ],
        )
        return {row[0] for row in cursor.fetchall()}


def insert_items(events: Sequence[Ready], by: Actor) -> None:
    """Which things the events name, in the order of the index."""
    rows = []
    for r in events:
        id, at = r.id.hex, r.happened_at.isoformat()
        rows += {(key_of(t.uri).hex, id, t.role, at) for t in r.things}
    rows.sort()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO trace_eventitem (item, event_id, role, happened_at, organisation_id) "
            "SELECT item, event, role, at, %s FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::timestamptz[]) "
            "AS t(item, event, role, at) ON CONFLICT DO NOTHING",
            [by.organisation_id, *(_array(row[n] for row in rows) for n in range(4))],
        )


def terms_of(event: epcis.Event) -> dict[str, str]:
    """The words of an event that top-level resources list, by field; not the endless ones, which no index takes."""
    places = {"readPoint": event.read_point, "bizLocation": event.biz_location}
    found = {"eventType": event.type, "bizStep": event.biz_step, "disposition": event.disposition}
    found |= {field: place.id for field, place in places.items() if place}
    return {field: word(field, value) for field, value in found.items() if value and len(value) <= 500}


def insert_terms(events: Sequence[Ready], by: Actor) -> None:
    """The words that these events used, in one order for all."""
    used = sorted({pair for r in events for pair in terms_of(r.event).items()})
    Term.objects.bulk_create(
        [Term(organisation_id=by.organisation_id, field=f, value=v) for f, v in used], ignore_conflicts=True
    )


def insert_edges(events: Sequence[Ready], by: Actor) -> None:
    """Edges of both directions; none for events that were declared an error, whichever of the two came first.

    An organisation withdraws its own events only: else anybody could break the chain that a recall follows.
    """
    declared = {r.uri for r in events if r.declares_error}
    withdrawn = declared | set(
        Event.objects.filter(
            event_id__in=[error_id(r.uri) for r in events], organisation_id=by.organisation_id
        ).values_list("uri", flat=True)
    )
    rows: list[tuple[Ready, Link]] = [
        (r, link) for r in events if r.uri not in withdrawn for link in links(r.event, r.id, r.things)
    ]
    if declared:
        wrong = [event_id(uri) for uri in declared]
        EdgeOut.objects.filter(event_id__in=wrong, organisation_id=by.organisation_id).delete()
        EdgeIn.objects.filter(event_id__in=wrong, organisation_id=by.organisation_id).delete()
    if not rows:
        return
    columns = [
        _array(link.parent.hex for _, link in rows),
        _array(link.child.hex for _, link in rows),
        _array(r.id.hex for r, _ in rows),
        _array(link.kind for _, link in rows),
        _array(link.action for _, link in rows),
        _array(r.happened_at.isoformat() for r, _ in rows),
        [link.is_class for _, link in rows],
        [link.quantity for _, link in rows],
        [link.uom for _, link in rows],
    ]
    for table in ("trace_edgeout", "trace_edgein"):
        _insert_edge_rows(table, by, columns)


def _insert_edge_rows(table: str, by: Actor, columns: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (parent, child, event_id, kind, action, happened_at, is_class, quantity, uom, "  # noqa: S608
            "organisation_id) SELECT parent, child, event, kind, action, at, is_class, quantity, uom, %s FROM "
            "unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::timestamptz[], %s::bool[], "
            "%s::numeric[], %s::text[]) AS t(parent, child, event, kind, action, at, is_class, quantity, uom) "
            "ON CONFLICT DO NOTHING",
            [by.organisation_id, *columns],
        )
