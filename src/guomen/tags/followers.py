"""What tags learn from events: labels that were printed, and put on goods."""

from uuid import UUID

from guomen.ledger.follow import follower
from guomen.ledger.models import Entry
from guomen.tags import commissioning


@follower("tags.commissioning", "event.captured")
def commissioned(entry: Entry) -> None:
    """Commissioning and encoding events of a firm are its proof of what was printed."""
    steps = [(e["id"], e["step"]) for e in entry.facts["events"] if e["type"] == "ObjectEvent" and not e.get("error")]
    ids = [id for id, step in steps if step.rpartition("-")[2].rpartition(":")[2] in commissioning.STEPS]
    if ids:
        commissioning.read(ids, UUID(entry.actor["organisation"]))
