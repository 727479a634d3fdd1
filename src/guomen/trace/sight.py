"""Who sees which events: one condition for every door, and one place where the bodies of events leave.

The authority sees all. A party sees what it captured; whole events that name it as a party or that were shared with it;
and, redacted, events about things that were handed to it. docs/decisions tells why.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from guomen.kit.errors import NotFound
from guomen.parties.actors import Actor
from guomen.trace.models import Event, EventItem, EventReader
from guomen.trace.redaction import redacted
from guomen.trace.things import key_of

if TYPE_CHECKING:
    from guomen.trace.asked import Asked

HELD = "held"


def scope(by: Actor | None) -> uuid.UUID | None:
    """Through whose eyes the actor looks. None: sees all (the authority, and callers that authorise themselves)."""
    if by is None or by.is_officer:
        return None
    if by.organisation_id is None or (by.has("via-token") and not by.has("read", "capture")):
        raise NotFound
    return by.organisation_id


def visible(found: QuerySet[Event], by: Actor | None) -> QuerySet[Event]:
    """Those events that the actor may see, some of them only redacted: let their bodies leave by :func:`bodies`.

    For events that are already chosen. A query over all events goes by :func:`parts`: what may be asked of an event is
    what may be seen of it.
    """
    party = scope(by)
    if party is None:
        return found
    readers = EventReader.objects.filter(organisation_id=party, event_id=OuterRef("event_id"))
    return found.filter(Q(organisation_id=party) | Q(Exists(readers)))


def parts(found: QuerySet[Event], by: Actor | None, asked: "Asked | None" = None) -> list[QuerySet[Event]]:
    """The same apart, each part with an index to go by. ``asked``: the query of ``found``.

    Of events that the actor sees redacted, those about whose hidden parts nothing is asked; without ``asked``, none.
    """
    party = scope(by)
    if party is None:
        return [found]
    readers = EventReader.objects.filter(organisation_id=party)
    others = found.exclude(organisation_id=party)
    chosen = [
        found.filter(organisation_id=party),
        others.filter(event_id__in=readers.exclude(why=HELD).values("event_id")),
    ]
    if asked is not None and asked.is_open:
        held = readers.filter(why=HELD, things__contains=list(asked.things))
        named = readers.filter(event_id=OuterRef("event_id")).exclude(why=HELD)
        chosen.append(others.filter(~Exists(named), event_id__in=held.values("event_id")))
    return chosen


@dataclass(frozen=True, slots=True)
class Shown:
    """An event as one reader gets it."""

    event: Event
    body: dict[str, Any]
    redacted: bool = False


def shown(events: Sequence[Event], by: Actor | None) -> list[Shown]:
    """The events, which the actor may see, each whole or redacted."""
    party = scope(by)
    foreign = [e.event_id for e in events if party is not None and e.organisation_id != party]
    if not foreign:
        return [Shown(e, e.body) for e in events]
    whole, held = set(), {}
    readers = EventReader.objects.filter(organisation_id=party, event_id__in=foreign)
    for event, why, things in readers.values_list("event_id", "why", "things"):
        if why == HELD:
            held[event] = frozenset(things)
        else:
            whole.add(event)
    return [
        Shown(e, redacted(e.body, _among(held.get(e.event_id, frozenset()))), True)
        if e.organisation_id != party and e.event_id not in whole
        else Shown(e, e.body)
        for e in events
    ]


def _among(things: frozenset[uuid.UUID]) -> Callable[[str], bool]:
    return lambda uri: key_of(uri) in things


def bodies(events: Sequence[Event], by: Actor | None) -> list[dict[str, Any]]:
    """What leaves: the bodies of these events for this reader."""
    return [one.body for one in shown(events, by)]


def visible_items(found: QuerySet[EventItem], by: Actor | None) -> QuerySet[EventItem]:
    """Mentions of things that the actor may see. Of an event seen redacted, only the things that it holds."""
    party = scope(by)
    if party is None:
        return found
    readers = EventReader.objects.filter(organisation_id=party, event_id=OuterRef("event_id"))
    seen = readers.filter(~Q(why=HELD) | Q(things__contains=[OuterRef("item")]))
    return found.filter(Q(organisation_id=party) | Exists(seen))


@dataclass(frozen=True, slots=True)
class Eyes:
    """Which edges a walk goes along, as SQL over columns of an edge table."""

    sql: str = "TRUE"
    values: dict[str, Any] = field(default_factory=dict)


ALL = Eyes()
# An edge of an event that is seen redacted counts when both of its ends may be seen: an end is a thing, the event
# itself (transformation) or the nil key, which stands for all that was inside.
_PARTY = (
    "(organisation_id = %(party)s::uuid OR EXISTS (SELECT FROM trace_eventreader r "
    "WHERE r.organisation_id = %(party)s::uuid AND r.event_id = edge.event_id AND (r.why <> 'held' OR ("
    "parent = ANY(r.things || edge.event_id) AND "
    "child = ANY(r.things || edge.event_id || '00000000-0000-0000-0000-000000000000'::uuid)))))"
)


def eyes(by: Actor | None) -> Eyes:
    """What a walk on behalf of the actor goes along."""
    party = scope(by)
    return ALL if party is None else Eyes(_PARTY, {"party": party})


def item_eyes(by: Actor | None) -> Eyes:
    """The condition of :func:`visible_items` as SQL over ``trace_eventitem mention``."""
    party = scope(by)
    if party is None:
        return ALL
    return Eyes(
        "(mention.organisation_id = %(party)s::uuid OR EXISTS (SELECT FROM trace_eventreader r "
        "WHERE r.organisation_id = %(party)s::uuid AND r.event_id = mention.event_id "
        "AND (r.why <> 'held' OR mention.item = ANY(r.things))))",
        {"party": party},
    )


def eyes_of(captors: Mapping[uuid.UUID, datetime]) -> Eyes:
    """Only what these organisations stated, of what happened until the moment of each."""
    return Eyes(
        "EXISTS (SELECT FROM unnest(%(captors)s::uuid[], %(untils)s::timestamptz[]) AS trusted (captor, until) "
        "WHERE captor = organisation_id AND happened_at <= until)",
        {"captors": list(captors), "untils": list(captors.values())},
    )
