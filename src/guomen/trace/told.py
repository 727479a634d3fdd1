"""Which ledger entries tell of the events of a thing, also where too many were captured at once to name it."""

from collections.abc import Iterable
from datetime import timedelta

from guomen.ledger.models import Entry
from guomen.ledger.queries import written_between
from guomen.trace.models import Event, EventItem
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


def _told(entry: Entry) -> set[tuple[str, bool]]:
    if entry.kind != "event.captured":
        return set()
    return {(event["id"], event.get("error", False)) for event in entry.facts["events"]}
