"""A laboratory's report decides about the line that waits for it."""

import logging
from collections.abc import Sequence

from guomen.clearance import receipts
from guomen.clearance.services import decide_laboratory
from guomen.ledger.follow import follower, follower_of_many
from guomen.ledger.models import Entry
from guomen.parties.actors import SYSTEM

log = logging.getLogger(__name__)


@follower("clearance.laboratory", "sample.reported")
def decide(entry: Entry) -> None:
    if any(s.startswith("urn:guomen:air-sample:") for s in entry.subjects):
        # Of goods that are still at sea: adoption judges it.
        return
    if number := sample_of(entry):
        decide_laboratory(SYSTEM, number)
    else:
        # Nobody can decide about it, and all reports after it must not wait.
        log.error("Entry %s reports a sample and names none.", entry.id)


def sample_of(entry: Entry) -> str:
    """The sample's number, from the facts or the subjects of the entry; "" when it names none."""
    named = entry.facts.get("sample") or entry.facts.get("number")
    return named or next((s.rpartition(":")[2] for s in entry.subjects if s.startswith("urn:guomen:sample:")), "")


@follower_of_many("clearance.receipts", *receipts.OF_KIND, again=True)
def receipt(entries: Sequence[Entry]) -> None:
    """What a declarant is told of each node that a declaration reaches."""
    receipts.keep(entries)
