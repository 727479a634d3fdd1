"""The things that events name, one after the other: a list without a table of its own."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from guomen.parties.actors import Actor
from guomen.trace.models import Event, EventItem
from guomen.trace.queries import scope
from guomen.trace.things import key_of, name_of, names_in
from guomen.trace.tokens import place_of, token_of

AT_ONCE = 100
"""Events that are read for one page; a page may hold fewer things than it could."""


@dataclass(frozen=True, slots=True)
class Names:
    """Some things and where to go on; ``next`` is empty on the last page."""

    names: list[str]
    next: str


Place = tuple[datetime, uuid.UUID, int]


def things(by: Actor, *, per_page: int = 30, after: str = "") -> Names:
    """The things that events which the actor may see name, in the order in which events first name them.

    Each is listed with the event that names it first, so that nothing has to be remembered from page to page; what is
    captured meanwhile with an earlier time may be missed. Raises NotFound for a token that is none.
    """
    organisation = scope(by)
    events = Event.objects.all()
    if organisation:
        events = events.filter(organisation_id=organisation)
    start = place_of(after, Place) if after else None
    if start:
        at, id, _ = start
        events = events.filter(Q(happened_at__gt=at) | Q(happened_at=at, event_id__gte=id))
    rows = list(events.order_by("happened_at", "event_id").only("happened_at", "body")[: AT_ONCE + 1])
    named = {row.event_id: list(dict.fromkeys(map(name_of, names_in(row.body)))) for row in rows[:AT_ONCE]}
    firsts = _firsts({key_of(name) for names in named.values() for name in names}, organisation)
    found: list[str] = []
    for row in rows[:AT_ONCE]:
        for n, name in enumerate(named[row.event_id]):
            if start and row.event_id == start[1] and n < start[2]:
                continue
            if firsts.get(key_of(name)) != row.event_id:
                continue
            if len(found) == per_page:
                return Names(found, token_of((row.happened_at, row.event_id, n)))
            found.append(name)
    last = rows[AT_ONCE] if len(rows) > AT_ONCE else None
    return Names(found, token_of((last.happened_at, last.event_id, 0)) if last else "")


def _firsts(items: Iterable[uuid.UUID], organisation: uuid.UUID | None) -> dict[uuid.UUID, uuid.UUID]:
    """The event that names each item first."""
    found = EventItem.objects.filter(item__in=list(items))
    if organisation:
        found = found.filter(organisation_id=organisation)
    ordered = found.order_by("item", "happened_at", "event_id").distinct("item")
    return dict(ordered.values_list("item", "event_id"))
