"""What is published follows the ledger."""

from collections.abc import Sequence

from guomen.faces.edge import publishing
from guomen.ledger.follow import follower, follower_of_many
from guomen.ledger.models import Entry

TELLING = (
    "tags.ordered",
    "tags.approved",
    "tags.refused",
    "tags.cancelled",
    "tags.printed",
    "tags.commissioned",
    "tags.changed",
    "tags.activated",
    "tags.deactivated",
    "tags.recalled",
    "declaration.lodged",
    "line.released",
    "line.refused",
    "line.held",
    "line.outcome",
    "inspection.concluded",
    "sample.drawn",
    "sample.reported",
    "seal.armed",
    "seal.alarmed",
    "seal.verified",
    "certificate.signed",
    "certificate.suspended",
    "certificate.resumed",
    "certificate.replaced",
    "certificate.revoked",
    "event.captured",
    "product.registered",
    "link.added",
    "link.changed",
    "link.removed",
    "recall.ordered",
    "tag-keys.retired",
)
"""Entries that change what a page says of a range."""


@follower_of_many("edge.ranges", *TELLING, again=True)
def mark_ranges(entries: Sequence[Entry]) -> None:
    """Ranges that entries are about are composed anew, each once for all of them."""
    publishing.mark({subject for entry in entries for subject in entry.subjects})


@follower("edge.recalls", "recall.ordered", "alert.lifted", again=True)
def publish_recalls(entry: Entry) -> None:
    """A recall's page says what it says now."""
    ended = entry.facts.get("recalls", []) if entry.kind == "alert.lifted" else [entry.facts["recall"]]
    for number in ended:
        publishing.publish_recall(number)
