"""A laboratory's report decides about the line that waits for it."""

from guomen.clearance.services import decide_laboratory
from guomen.ledger.follow import follower
from guomen.ledger.models import Entry
from guomen.parties.actors import SYSTEM


@follower("clearance.laboratory", "sample.reported")
def decide(entry: Entry) -> None:
    decide_laboratory(SYSTEM, sample_of(entry))


def sample_of(entry: Entry) -> str:
    """The sample's number, from the facts or the subjects of the entry."""
    named = entry.facts.get("sample") or entry.facts.get("number")
    return named or next(s.rpartition(":")[2] for s in entry.subjects if s.startswith("urn:guomen:sample:"))
