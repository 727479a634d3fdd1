"""Which ledger entries tell of the events of a thing, and whether the events still are what these say."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from guomen.core import epcis
from guomen.ledger.models import Entry
from guomen.ledger.queries import written_between
from guomen.trace.models import Event, EventItem
from guomen.trace.storing import error_id, event_id
from guomen.trace.things import key_of

MOST_EVENTS = 2000
WRITTEN_WITHIN = timedelta(minutes=10)
"""Of the record time of its events, an entry is: both are of one transaction."""


def entries_of_events(uris: Iterable[str], found: Iterable[Entry]) -> list[Entry]:
    """Entries of the events that name any of ``uris`` and of which none of ``found`` tells."""
    told = {told for entry in found for told in _told(entry)}
    items = EventItem.objects.filter(item__in=[key_of(uri) for uri in uris])
    events = Event.objects.filter(event_id__in=list(items.values_list("event_id", flat=True)[:MOST_EVENTS]))
    more: dict[object, Entry] = {}
    for event in events.only("uri", "declares_error", "recorded_at").order_by("recorded_at", "event_id"):
        if (event.uri, event.declares_error) in told:
            continue
        named = {"id": event.uri} | ({"error": True} if event.declares_error else {})
        near = written_between("event.captured", event.recorded_at, event.recorded_at + WRITTEN_WITHIN)
        for entry in near.filter(facts__events__contains=[named]):
            more[entry.id] = entry
            told |= _told(entry)
    return list(more.values())


def changed_events(entry: Entry, uris: Iterable[str]) -> list[str]:
    """Ids of events that name any of ``uris`` and are not, or no more, what the entry says was captured."""
    if entry.kind != "event.captured":
        return []
    told = {(error_id if e.get("error") else event_id)(e["id"]): e for e in entry.facts["events"]}
    items = EventItem.objects.filter(item__in=[key_of(uri) for uri in uris], event_id__in=told)
    named = set(items.values_list("event_id", flat=True))
    bodies = dict(Event.objects.filter(event_id__in=named).values_list("event_id", "body"))
    return sorted(told[id]["id"] for id in named if id not in bodies or _hash(bodies[id]) != told[id]["hash"])


def _hash(body: dict[str, Any]) -> str:
    return epcis.event_hash(body, context=(epcis.CONTEXT, *epcis.as_context(body.get("@context"))))


def _told(entry: Entry) -> set[tuple[str, bool]]:
    if entry.kind != "event.captured":
        return set()
    return {(event["id"], event.get("error", False)) for event in entry.facts["events"]}
