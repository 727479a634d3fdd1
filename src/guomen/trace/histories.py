"""The history of a thing: its events, those of its batch, and those of what it was in while it was in it."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from guomen.parties.actors import Actor
from guomen.parties.models import Organisation
from guomen.trace.graph import Climb, Visit, climb
from guomen.trace.models import Event, EventItem
from guomen.trace.rules import BEGIN, END
from guomen.trace.sight import Eyes, Shown, eyes, shown, visible_items
from guomen.trace.things import batch_of, key_of, name_of, names_of

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
    walk = _climb_evenly(starts, eyes(by), depth)
    wanted = _events_of_visits(walk, by)
    chosen = list(Event.objects.select_related("organisation").filter(event_id__in=list(wanted)[:MOST_EVENTS]))
    rows = {one.event.event_id: one for one in shown(chosen, by)}
    names = {start: name} | ({key_of(batch): batch} if batch else {})
    missing = {key.bytes for v in walk.visits for key in v.path if key not in names}
    names |= {uuid.UUID(bytes=k): found for k, found in names_of(missing, (e.body for e in chosen)).items()}
    withdrawn = {(e.uri, e.organisation_id) for e in chosen if e.declares_error}
    events = [_history_event(rows[id], visit, names, withdrawn) for id, visit in wanted.items() if id in rows]
    events.sort(key=lambda e: (e.at, e.id))
    batches = [v.key for v in walk.visits if v.depth == 1 and v.since == BEGIN and v.until == END and v.key in names]
    known_batch = batch or next((names[k] for k in batches if "/10/" in names[k]), None)
    truncated = walk.truncated or len(wanted) > MOST_EVENTS
    return History(name, known_batch, list(_stays(walk.visits, names)), events, truncated)


def _climb_evenly(starts: list[Visit], sight: Eyes, depth: int) -> Climb:
    """Starts of different depth are walked apart: each level of a walk has one depth."""
    walks = [climb([s], sight, depth) for s in starts]
    visits = list({(v.path, v.since, v.until): v for w in walks for v in w.visits}.values())
    return Climb(visits, frozenset().union(*(w.emptied for w in walks)), any(w.truncated for w in walks))


def _events_of_visits(walk: Climb, by: Actor | None) -> dict[uuid.UUID, Visit]:
    """The events that belong to the visits, each with the shortest way to it; the certain way first."""
    by_key: dict[uuid.UUID, list[Visit]] = defaultdict(list)
    for visit in walk.visits:
        by_key[visit.key].append(visit)
    found: dict[uuid.UUID, Visit] = {}
    for item in visible_items(EventItem.objects.filter(item__in=list(by_key)).order_by("happened_at"), by):
        for visit in by_key[item.item]:
            if not _belongs(item, visit, walk.emptied):
                continue
            old = found.get(item.event_id)
            if old is None or (not visit.certain, visit.depth) < (not old.certain, old.depth):
                found[item.event_id] = visit
    return found


def _belongs(item: EventItem, visit: Visit, emptied: Iterable[uuid.UUID]) -> bool:
    if visit.depth == 0:
        return True
    if not visit.since <= item.happened_at <= visit.until:
        return False
    # What else was put into the same container is another thing's history.
    return item.role != "parent" or item.event_id in emptied


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
