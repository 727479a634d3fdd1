"""What becomes visible to whom after a capture."""

from uuid import UUID

from guomen.ledger.follow import follower
from guomen.ledger.models import Entry
from guomen.trace import custody, sharing


@follower("trace.sight", "event.captured", again=True)
def show(entry: Entry) -> None:
    """Events of things that were handed on or shared get their readers."""
    captor = UUID(entry.actor["organisation"])
    uris = [e["id"] for e in entry.facts["events"]]
    custody.follow(uris, captor)
    sharing.follow(uris, captor)
