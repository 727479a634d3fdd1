"""What people can see of the goods flow: events, the history of a thing, who holds goods of a batch."""

import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from django.db.models import Q

from guomen.kit.clock import now
from guomen.kit.errors import NotFound, Refused
from guomen.kit.words import W
from guomen.parties.actors import Actor
from guomen.parties.models import Organisation
from guomen.trace.asked import Asked
from guomen.trace.graph import Climb, Visit, climb
from guomen.trace.holders import Holder, holders
from guomen.trace.models import CaptureJob, Event, EventItem, Term
from guomen.trace.rules import BEGIN, END
from guomen.trace.storing import error_id, event_id
from guomen.trace.things import batch_of, key_of, name_of, names_by_key

MOST_EVENTS = 2000
"""In one history."""

__all__ = ["Holder", "events_of", "history", "holders", "select"]


def scope(by: Actor | None) -> uuid.UUID | None:
    """Whose events the actor sees: None is everybody's (the authority, and callers that authorise themselves)."""
    if by is None or by.is_officer:
        return None
    if by.organisation_id is None or (by.has("via-token") and not by.has("read", "capture")):
        raise NotFound
    return by.organisation_id


def events_of(by: Actor | None, *uris: str) -> list[dict[str, Any]]:
    """EPCIS events that name any of ``uris``, oldest first. ``by`` None: all of them, for callers that authorise."""
    organisation = scope(by)
    items = EventItem.objects.filter(item__in=[key_of(u) for u in uris])
    if organisation:
        items = items.filter(organisation_id=organisation)
    events = Event.objects.filter(event_id__in=list(items.values_list("event_id", flat=True)[:MOST_EVENTS]))
    return [e.body for e in events.order_by("happened_at", "event_id")]


@dataclass(frozen=True, slots=True)
class Page:
    """Some events and where to go on; ``next`` is empty on the last page."""

    events: list[dict[str, Any]]
    next: str


class TooLargeAnswer(Refused):
    status = 413
    code = "query-too-large"
    words = W("More than {most} events match.", "匹配的事件超过 {most} 个。")


def select(by: Actor, asked: Asked, *, per_page: int = 30, after: str = "") -> Page:
    """Events that the actor may see and the query asks for. ``after``: the ``next`` of the page before.

    Pages neither repeat nor shift while others capture: they hold what was recorded before the first one. Raises
    NotFound for a token that is none or is of another query, TooLargeAnswer when more match than ``asked.most``.
    """
    organisation = scope(by)
    found = Event.objects.filter(*asked.conditions)
    if organisation:
        found = found.filter(organisation_id=organisation)
    if asked.most is not None and found[: asked.most + 1].count() > asked.most:
        raise TooLargeAnswer(most=asked.most)
    snapshot, left = now(), asked.limit
    if after:
        snapshot, left, at, id = _place(after, asked.fingerprint)
        beyond = "lt" if asked.newest_first else "gt"
        found = found.filter(Q(**{f"{asked.order}__{beyond}": at}) | Q(**{asked.order: at, f"event_id__{beyond}": id}))
    sign = "-" if asked.newest_first else ""
    size = per_page if left is None else min(per_page, left)
    rows = list(
        found.filter(recorded_at__lte=snapshot)
        .order_by(f"{sign}{asked.order}", f"{sign}event_id")
        .defer("facets")[: size + 1]
    )
    left = None if left is None else left - size
    if len(rows) <= size or left == 0:
        return Page([e.body for e in rows[:size]], "")
    last = rows[size - 1]
    place = [snapshot, left, getattr(last, asked.order), last.event_id.hex, asked.fingerprint]
    return Page([e.body for e in rows[:size]], urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("="))


def _place(token: str, fingerprint: str) -> tuple[datetime, int | None, datetime, uuid.UUID]:
    try:
        snapshot, left, at, id, of = msgspec.json.decode(
            urlsafe_b64decode(token + "=" * (-len(token) % 4)), type=tuple[datetime, int | None, datetime, str, str]
        )
        place = (snapshot, left, at, uuid.UUID(id))
    except ValueError:
        raise NotFound
    if of != fingerprint or (left is not None and left < 1) or snapshot.utcoffset() is None or at.utcoffset() is None:
        raise NotFound
    return place


def terms(by: Actor, field: str, *, per_page: int = 30, after: str = "") -> list[str]:
    """The values that events which the actor may see have used, in order, those after ``after``."""
    organisation = scope(by)
    found = Term.objects.filter(field=field, value__gt=after)
    if organisation:
        found = found.filter(organisation_id=organisation)
    return list(found.values_list("value", flat=True).distinct().order_by("value")[:per_page])


def _cursor(token: str) -> tuple[datetime, uuid.UUID]:
    at, _, id = token.partition("_")
    try:
        moment, event_id = datetime.fromisoformat(at.replace(" ", "+")), uuid.UUID(id)
    except ValueError:
        raise NotFound
    if moment.utcoffset() is None:
        raise NotFound
    return moment, event_id


def event(by: Actor, uri: str) -> dict[str, Any]:
    """The event of this id, with the declaration that it was an error if there is one. Raises NotFound."""
    organisation = scope(by)
    found = Event.objects.filter(event_id__in=[event_id(uri), error_id(uri)])
    if organisation:
        found = found.filter(organisation_id=organisation)
    first, *later = found.order_by("declares_error") or [None]
    if first is None:
        raise NotFound
    own = [e for e in later if e.organisation_id == first.organisation_id]
    return own[0].body if own else first.body


@dataclass(frozen=True, slots=True)
class Jobs:
    """Some capture jobs and where to go on; ``next`` is empty on the last page."""

    jobs: list[CaptureJob]
    next: str


def jobs(by: Actor, *, per_page: int = 30, after: str = "") -> Jobs:
    """Capture jobs of the actor's organisation (the authority sees all), newest first."""
    organisation = scope(by)
    found = CaptureJob.objects.all()
    if organisation:
        found = found.filter(organisation_id=organisation)
    if after:
        at, id = _cursor(after)
        found = found.filter(Q(created_at__lt=at) | Q(created_at=at, id__lt=id))
    page = list(found.order_by("-created_at", "-id")[: per_page + 1])
    last = page[per_page - 1] if len(page) > per_page else None
    return Jobs(page[:per_page], f"{last.created_at.isoformat()}_{last.id}" if last else "")


def job(by: Actor, id: uuid.UUID) -> CaptureJob:
    """One capture job. Raises NotFound also for one of somebody else."""
    organisation = scope(by)
    found = CaptureJob.objects.filter(id=id)
    if organisation:
        found = found.filter(organisation_id=organisation)
    one = found.first()
    if one is None:
        raise NotFound
    return one


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
    organisation, name = scope(by), name_of(uri)
    start = key_of(name)
    starts = [Visit(start, (start,))]
    batch = batch_of(uri)
    if batch and key_of(batch) != start:
        starts.append(Visit(key_of(batch), (start, key_of(batch))))
    walk = _climb_evenly(starts, organisation, depth)
    wanted = _events_of_visits(walk, organisation)
    rows = {
        e.event_id: e
        for e in Event.objects.select_related("organisation").filter(event_id__in=list(wanted)[:MOST_EVENTS])
    }
    names = names_by_key(e.body for e in rows.values()) | {start: name}
    if batch:
        names[key_of(batch)] = batch
    withdrawn = {(e.uri, e.organisation_id) for e in rows.values() if e.declares_error}
    events = [_history_event(rows[id], visit, names, withdrawn) for id, visit in wanted.items() if id in rows]
    events.sort(key=lambda e: (e.at, e.id))
    batches = [v.key for v in walk.visits if v.depth == 1 and v.since == BEGIN and v.until == END and v.key in names]
    known_batch = batch or next((names[k] for k in batches if "/10/" in names[k]), None)
    truncated = walk.truncated or len(wanted) > MOST_EVENTS
    return History(name, known_batch, list(_stays(walk.visits, names)), events, truncated)


def _climb_evenly(starts: list[Visit], organisation: uuid.UUID | None, depth: int) -> Climb:
    """Starts of different depth are walked apart: each level of a walk has one depth."""
    walks = [climb([s], organisation, depth) for s in starts]
    visits = list({(v.path, v.since, v.until): v for w in walks for v in w.visits}.values())
    return Climb(visits, frozenset().union(*(w.emptied for w in walks)), any(w.truncated for w in walks))


def _events_of_visits(walk: Climb, organisation: uuid.UUID | None) -> dict[uuid.UUID, Visit]:
    """The events that belong to the visits, each with the shortest way to it; the certain way first."""
    by_key: dict[uuid.UUID, list[Visit]] = defaultdict(list)
    for visit in walk.visits:
        by_key[visit.key].append(visit)
    items = EventItem.objects.filter(item__in=list(by_key)).order_by("happened_at")
    if organisation:
        items = items.filter(organisation_id=organisation)
    found: dict[uuid.UUID, Visit] = {}
    for item in items:
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
    event: Event, visit: Visit, names: dict[uuid.UUID, str], withdrawn: set[tuple[str, uuid.UUID]]
) -> HistoryEvent:
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
        body=event.body,
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
