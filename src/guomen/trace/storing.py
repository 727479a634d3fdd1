"""Writing captured events and their indexes: a few statements for a whole call, whatever its size."""

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any

import msgspec

from guomen.core import epcis
from guomen.core.gs1 import known_items
from guomen.core.memory import remembered_together
from guomen.kit import binary
from guomen.parties.actors import Actor
from guomen.trace.compared import rows_of
from guomen.trace.facets import facets_of, products_of, said, word
from guomen.trace.models import EdgeIn, EdgeOut, Event
from guomen.trace.things import key_of_name, links, name_of

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

    @cached_property
    def names(self) -> list[str]:
        """Of its things, in their order."""
        uris = [thing.uri for thing in self.things]
        # What an event names is mostly items that differ in their serials, or these and what they are in.
        alone = 1 if self.things and self.things[0].role == "parent" else 0
        alike = known_items(uris[alone:]) or [name_of(uri) for uri in uris[alone:]]
        return [*map(name_of, uris[:alone]), *alike]

    @property
    def key_by_uri(self) -> dict[str, bytes]:
        return {thing.uri: key for thing, key in zip(self.things, self.keys, strict=True)}

    @cached_property
    def keys(self) -> list[bytes]:
        """Of its things, in their order."""
        return [key_of_name(name) for name in self.names]


def ready(item: Mapping[str, Any], event: epcis.Event) -> Ready:
    """``item``: the JSON that ``event`` was read from; it is what will be given back."""
    body = {k: v for k, v in item.items() if k not in ("recordTime", "@context")}
    prefixes = [part for part in event.context if isinstance(part, dict)]
    if prefixes:
        body["@context"] = prefixes
    name = epcis.event_hash(item if isinstance(item, dict) else dict(item), context=event.context)
    uri = body["eventID"] = event.event_id or name
    declared = event.error_declaration is not None
    context = (*event.context, *epcis.as_context(item.get("@context")))
    error = epcis.declaration_text(body["errorDeclaration"], context).encode() if declared else b""
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


def insert_events(events: Sequence[Ready], by: Actor, recorded: datetime) -> set[uuid.UUID]:
    """Write those whose ids are not known yet, and tell which they were."""
    written = recorded.isoformat(timespec="milliseconds")
    steps = [epcis.bare_name(epcis.BIZ_STEP, r.event.biz_step or "") for r in events]
    dispositions = [epcis.bare_name(epcis.DISPOSITION, r.event.disposition or "") for r in events]
    facets = [",".join(map(str, facets_of(r.event, r.things, r.names))) for r in events]
    with binary.cursor() as cursor:
        cursor.execute(
            "INSERT INTO trace_event (event_id, uri, digest, type, happened_at, recorded_at, biz_step, disposition, "
            "declares_error, organisation_id, has_ends, body, facets, things) "
            "SELECT id, uri, digest, type, happened, %s, step, disp, id = ANY(%s::uuid[]), %s, id = ANY(%s::uuid[]), "
            "body, facets::bigint[], things "
            "FROM unnest(%s::uuid[], %s::text[], %s::bytea[], %s::text[], %s::timestamptz[], %s::text[], %s::text[], "
            "%s::jsonb[], %s::text[], %s::bytea[]) "
            "AS t(id, uri, digest, type, happened, step, disp, body, facets, things) "
            "ON CONFLICT (event_id) DO NOTHING RETURNING event_id",
            [
                recorded,
                [r.id for r in events if r.declares_error],
                by.organisation_id,
                [r.id for r in events if r.event.source_list or r.event.destination_list],
                binary.array(binary.UUIDS, [r.id.bytes for r in events]),
                binary.array(binary.TEXTS, [r.uri.encode() for r in events]),
                binary.array(binary.BYTES, [r.digest for r in events]),
                binary.array(binary.TEXTS, [r.event.type.encode() for r in events]),
                binary.array(binary.MOMENTS, [binary.microseconds(r.happened_at) for r in events]),
                binary.array(binary.TEXTS, [step.encode() for step in steps]),
                binary.array(binary.TEXTS, [disposition.encode() for disposition in dispositions]),
                binary.array(binary.JSONBS, [_json.encode(r.body | {"recordTime": written}) for r in events]),
                binary.array(binary.TEXTS, [f"{{{numbers}}}".encode() for numbers in facets]),
                binary.array(binary.BYTES, [b"".join(r.keys) for r in events]),
            ],
        )
        return {row[0] for row in cursor.fetchall()}


def insert_items(events: Sequence[Ready], by: Actor) -> None:
    """Which things the events name, in the order of the index. Only of events that are new."""
    rows: list[bytes] = []
    organisation = binary.uuid(by.organisation_id)
    for r in events:
        rest = binary.uuid(r.id) + binary.moment(r.happened_at) + organisation
        for role in {thing.role for thing in r.things}:
            end = rest + binary.text(role)
            keys = {key for key, thing in zip(r.keys, r.things, strict=True) if thing.role == role}
            rows += [binary.UUID_SIZE + key + end for key in keys]
    rows.sort()
    binary.copy("trace_eventitem", ("item", "event_id", "happened_at", "organisation_id", "role"), rows)


def terms_of(event: epcis.Event, names: Sequence[str]) -> set[tuple[str, str]]:
    """The words of an event that are listed, as (field, value), and the products among the names of its things.

    Not the endless ones, which no index takes.
    """
    return {("product", product) for product in products_of(names)} | _listed(event.type, *said(event))


@remembered_together
def _listed(kind: str, *words: str | None) -> frozenset[tuple[str, str]]:
    found = {"eventType": kind} | dict(zip(("bizStep", "disposition", "readPoint", "bizLocation"), words, strict=True))
    return frozenset((field, word(field, value)) for field, value in found.items() if value and len(value) <= 500)


def insert_terms(events: Sequence[Ready], by: Actor) -> None:
    """The words that these events used, in one order for all."""
    used = sorted({pair for r in events for pair in terms_of(r.event, r.names)})
    with binary.cursor() as cursor:
        cursor.execute(
            "INSERT INTO trace_term (organisation_id, field, value) SELECT %s, field, value "
            "FROM unnest(%s::text[], %s::text[]) AS t(field, value) ON CONFLICT DO NOTHING",
            [by.organisation_id, *(binary.array(binary.TEXTS, [pair[n].encode() for pair in used]) for n in (0, 1))],
        )


def insert_edges(events: Sequence[Ready], by: Actor) -> None:
    """Edges of both directions; none for events that were declared an error, whichever of the two came first.

    An organisation withdraws its own events only: else anybody could break the chain that a recall follows. Only of
    events that are new.
    """
    stated = [(r, found) for r in events if (found := links(r.event, r.id.bytes, r.key_by_uri, r.things))]
    declared = {r.uri for r in events if r.declares_error}
    if declared:
        wrong = [event_id(uri) for uri in declared]
        EdgeOut.objects.filter(event_id__in=wrong, organisation_id=by.organisation_id).delete()
        EdgeIn.objects.filter(event_id__in=wrong, organisation_id=by.organisation_id).delete()
    if not stated:
        return
    withdrawn = declared | set(
        Event.objects.filter(
            event_id__any={error_id(r.uri) for r, _ in stated}, organisation_id=by.organisation_id
        ).values_list("uri", flat=True)
    )
    columns = "event_id", "happened_at", "organisation_id", "kind", "action", "is_class", "quantity", "uom"
    outwards, inwards = [], []
    for r, found in stated:
        if r.uri in withdrawn:
            continue
        start = binary.uuid(r.id) + binary.moment(r.happened_at) + binary.uuid(by.organisation_id)
        for link in found:
            parent, child = binary.UUID_SIZE + link.parent, binary.UUID_SIZE + link.child
            rest = start + _edge_end(*link[2:])
            outwards.append(parent + child + rest)
            inwards.append(child + parent + rest)
    binary.copy("trace_edgeout", ("parent", "child", *columns), sorted(outwards))
    binary.copy("trace_edgein", ("child", "parent", *columns), sorted(inwards))


@lru_cache(1024)
def _edge_end(kind: str, action: str, is_class: bool, quantity: Decimal | None, uom: str) -> bytes:
    """The last columns of an edge: nearly always the same."""
    words = binary.text(kind) + binary.text(action) + binary.boolean(is_class)
    return words + binary.decimal(quantity) + binary.text(uom)


def insert_values(events: Sequence[Ready]) -> None:
    """The numbers and moments that the events state; nothing for those that only name things. Of new events only."""
    rows = [
        binary.uuid(r.id) + binary.bigint(field) + binary.smallint(report) + binary.decimal(number)
        for r in events
        for field, report, number in rows_of(r.event)
    ]
    if rows:
        binary.copy("trace_eventvalue", ("event_id", "field", "report", "number"), sorted(rows))
