"""The history of a thing: its events, those of its batch, and those of what it was in while it was in it."""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

import msgspec
from django.db import connection

from guomen.kit import binary
from guomen.parties.actors import Actor
from guomen.parties.models import Organisation
from guomen.trace.graph import Climb, Visit, climb
from guomen.trace.rules import BEGIN, END
from guomen.trace.sight import Shown, eyes, item_eyes, shown
from guomen.trace.things import batch_of, key_of, key_of_name, lot_in, name_of, names_of

MOST_EVENTS = 2000
"""In one history."""


@dataclass(frozen=True, slots=True)
class HistoryEvent:
    """An event and why it belongs to the history: ``via`` leads from the thing asked for to the one that it names."""

    id: str
    at: datetime
    type: str
    biz_step: str
    disposition: str
    organisation: Organisation
    via: tuple[str, ...]
    certain: bool
    withdrawn: bool
    """Somebody declared later that this event was an error."""
    body: dict[str, Any]
    redacted: bool = False


@dataclass(frozen=True, slots=True)
class Stay:
    """``thing`` was in ``inside``; None: from the beginning, until now."""

    thing: str
    inside: str
    since: datetime | None
    until: datetime | None
    certain: bool


@dataclass(frozen=True, slots=True)
class History:
    """All that happened to a thing, its batch, and what it was in while it was in it. Events oldest first."""

    uri: str
    batch: str | None
    stays: list[Stay]
    events: list[HistoryEvent]
    truncated: bool


def history(uri: str, by: Actor | None = None, depth: int = 8) -> History:
    """The history of an item, a batch or a container. ``by`` None: unrestricted, for callers that authorise themselves.

    Events of a container count only while the thing was inside. Where only the batch is known to have been in a
    container, ``certain`` is False.
    """
    name = name_of(uri)
    start = key_of(name)
    starts = [Visit(start, (start,))]
    batch = batch_of(uri)
    if batch and key_of(batch) != start:
        starts.append(Visit(key_of(batch), (start, key_of(batch))))
    with binary.prepared():
        walk = climb(starts, eyes(by), depth)
        chosen, ways = _events_of(walk, by)
    names = {start: name} | ({key_of(batch): batch} if batch else {})
    missing = {key for v in walk.visits for key in v.path if key not in names}
    if missing:
        names |= _names(name, missing, [e.body for e in chosen])
    withdrawn = {(e.uri, e.organisation_id) for e in chosen if e.declares_error}
    events = [
        _history_event(one, way, names, withdrawn)
        for one, way in zip(shown(chosen[:MOST_EVENTS], by), ways, strict=False)
    ]
    batches = [v.key for v in walk.visits if v.depth == 1 and v.since == BEGIN and v.until == END and v.key in names]
    known_batch = batch or next((names[k] for k in batches if "/10/" in names[k]), None)
    truncated = walk.truncated or len(chosen) > MOST_EVENTS
    return History(name, known_batch, list(_stays(walk.visits, names)), events, truncated)


def _names(of: str, missing: set[uuid.UUID], bodies: list[dict[str, Any]]) -> dict[uuid.UUID, str]:
    """The names behind keys. The batch is guessed first: that its key is the missing one proves the name."""
    product, lots = of.partition("/21/")[0], {lot for body in bodies if (lot := lot_in(body.get("ilmd", {})))}
    guessed = {
        key: name
        for name in (f"{product}/10/{lot}" for lot in lots)
        if (key := uuid.UUID(bytes=key_of_name(name))) in missing
    }
    rest = {key.bytes for key in missing if key not in guessed}
    return guessed | {uuid.UUID(bytes=key): name for key, name in names_of(rest, bodies).items()}


_EVENTS = """
WITH named AS MATERIALIZED (
    SELECT mention.event_id, min(v.n) AS visit
    FROM unnest(ARRAY(SELECT unnest(%(keys)s::uuid[])), ARRAY(SELECT unnest(%(since)s::timestamptz[])),
            ARRAY(SELECT unnest(%(until)s::timestamptz[])), ARRAY(SELECT unnest(%(own)s::bool[])))
        WITH ORDINALITY AS v(key, since, until, own, n)
    JOIN trace_eventitem mention ON mention.item = v.key
    WHERE (v.own OR (mention.happened_at BETWEEN v.since AND v.until
        AND (mention.role <> 'parent' OR mention.event_id = ANY(ARRAY(SELECT unnest(%(emptied)s::uuid[]))))))
        AND {mentions}
    GROUP BY mention.event_id)
SELECT e.event_id, e.uri, e.type, e.happened_at, e.biz_step, e.disposition, e.declares_error, e.organisation_id,
    e.body::text, visit, o.id, o.kind, o.name_en, o.name_zh, o.country, o.code, o.credit_class, o.place, o.created_at
FROM named JOIN trace_event e USING (event_id) JOIN parties_organisation o ON o.id = e.organisation_id
ORDER BY e.happened_at, e.uri LIMIT {most}"""
_ORGANISATION = ("id", "kind", "name_en", "name_zh", "country", "code", "credit_class", "place", "created_at")
_decode = msgspec.json.Decoder(float_hook=Decimal).decode


class _Event(NamedTuple):
    event_id: uuid.UUID
    uri: str
    type: str
    happened_at: datetime
    biz_step: str
    disposition: str
    declares_error: bool
    organisation_id: uuid.UUID
    body: dict[str, Any]
    organisation: Organisation


def _events_of(walk: Climb, by: Actor | None) -> tuple[list[_Event], list[Visit]]:
    """The events that belong to the visits, in one read, each with the shortest way to it; the certain way first.

    What else was put into a container is another thing's history; what emptied it is this thing's.
    """
    visits, mentions = sorted(walk.visits, key=lambda v: (not v.certain, v.depth)), item_eyes(by)
    sent = {
        "keys": binary.array(binary.UUIDS, [v.key.bytes for v in visits]),
        "since": binary.array(binary.MOMENTS, [binary.microseconds(v.since) for v in visits]),
        "until": binary.array(binary.MOMENTS, [binary.microseconds(v.until) for v in visits]),
        "own": binary.array(binary.BOOLEANS, [b"\1" if v.depth == 0 else b"\0" for v in visits]),
        "emptied": binary.array(binary.UUIDS, [key.bytes for key in walk.emptied]),
    }
    with binary.cursor() as cursor:
        rows = cursor.execute(
            _EVENTS.format(mentions=mentions.sql, most=MOST_EVENTS + 1), sent | mentions.values, binary=True
        ).fetchall()
    organisations: dict[uuid.UUID, Organisation] = {}
    events, ways = [], []
    for *columns, body, visit, id, kind, en, zh, country, code, credit, place, created in rows:
        if id not in organisations:
            values = (id, kind, en, zh, country, code, credit, place, created)
            organisations[id] = Organisation.from_db(connection.alias, _ORGANISATION, values)
        events.append(_Event(*columns, _decode(body), organisations[id]))
        ways.append(visits[visit - 1])
    return events, ways


def _history_event(
    one: Shown, visit: Visit, names: dict[uuid.UUID, str], withdrawn: set[tuple[str, uuid.UUID]]
) -> HistoryEvent:
    event = one.event
    return HistoryEvent(
        id=event.uri,
        at=event.happened_at,
        type=event.type,
        biz_step=event.biz_step,
        disposition=event.disposition,
        organisation=event.organisation,
        via=tuple(names.get(k, f"urn:uuid:{k}") for k in visit.path),
        certain=visit.certain,
        withdrawn=(event.uri, event.organisation_id) in withdrawn,
        body=one.body,
        redacted=one.redacted,
    )


def _stays(visits: Iterable[Visit], names: dict[uuid.UUID, str]) -> Iterator[Stay]:
    seen = set()
    for v in visits:
        if v.depth == 0 or (v.since == BEGIN and v.until == END):
            continue
        stay = Stay(
            thing=names.get(v.path[-2], f"urn:uuid:{v.path[-2]}"),
            inside=names.get(v.key, f"urn:uuid:{v.key}"),
            since=None if v.since == BEGIN else v.since,
            until=None if v.until == END else v.until,
            certain=v.certain,
        )
        if stay not in seen:
            seen.add(stay)
            yield stay
