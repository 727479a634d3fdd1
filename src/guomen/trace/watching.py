"""What is new for whom: of the events behind new ledger entries, those that a query finds and its asker may see.

Webhooks and websockets go by positions of the ledger, not by times: an event that was committed late has a late
position and is not passed over. Each keeps its own place; the ledger is the queue, so nothing piles up for the slow.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from guomen.ledger import follow
from guomen.parties.actors import Actor
from guomen.trace import sight
from guomen.trace.asked import Asked
from guomen.trace.models import Event
from guomen.trace.storing import error_id, event_id

KIND = frozenset({"event.captured"})
POSITIONS = 2000
"""Read in one go."""
AT_ONCE = 20
"""Captures read in one go: each tells of up to 2,000 events."""

LARGEST = 4 * 1024 * 1024
"""Bytes of one document, unless a single event has more; of JSON, to which XML adds its end tags."""


@dataclass(frozen=True, slots=True)
class Watch:
    """A query and with whose eyes it is asked; ``since``: only what was recorded then or later."""

    by: Actor
    asked: Asked
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class News:
    """An event that was captured: ``number`` in the ledger entry at ``position``."""

    position: int
    number: int
    event_id: uuid.UUID


def horizon() -> int:
    """How far may be read: not past the follower that gives events of others their readers."""
    return min(follow.size(), follow.read_by("trace.sight"))


def read(position: int, until: int) -> tuple[int, list[News]]:
    """Events told of from ``position`` on, before ``until``, and the next position to read."""
    beyond, ahead = follow.read_on(position, KIND, POSITIONS, until, AT_ONCE)
    return beyond, [
        News(one.position, number, (error_id if told.get("error") else event_id)(told["id"]))
        for one in ahead
        for number, told in enumerate(one.entry.facts["events"])
    ]


def found(watch: Watch, news: Sequence[News]) -> list[News]:
    """Those that the watch is for, in their order."""
    events = Event.objects.filter(*watch.asked.conditions, event_id__in=[n.event_id for n in news])
    if watch.since:
        events = events.filter(recorded_at__gte=watch.since)
    ids = {id for part in sight.parts(events, watch.by, watch.asked) for id in part.values_list("event_id", flat=True)}
    return [n for n in news if n.event_id in ids]


def bodies(by: Actor, ids: Sequence[uuid.UUID]) -> list[dict[str, Any]]:
    """The events with these ids as the actor sees them now, in this order; those it sees no more are left out."""
    events = {
        e.event_id: e for e in sight.visible(Event.objects.filter(event_id__in=ids), by).defer("facets", "things")
    }
    return sight.bodies([events[id] for id in ids if id in events], by)


def fitting(ids: Sequence[uuid.UUID], largest: int = LARGEST) -> int:
    """How many of these events, from the first on, go into one document of so many bytes; one at least."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT event_id, octet_length(body::text) FROM trace_event WHERE event_id = ANY(%s)", [list(ids)]
        )
        sizes = dict(cursor.fetchall())
    total = 0
    for n, id in enumerate(ids):
        total += sizes.get(id, 0)
        if n and total > largest:
            return n
    return len(ids)
