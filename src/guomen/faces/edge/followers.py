"""What is published follows the ledger."""

from guomen.faces.edge import publishing
from guomen.ledger.follow import follower
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


@follower("edge.ranges", *TELLING, again=True)
def mark_ranges(entry: Entry) -> None:
    """Ranges that an entry is about are composed anew."""
    publishing.mark(entry.subjects)


@follower("edge.recalls", "recall.ordered", "alert.lifted", again=True)
def publish_recalls(entry: Entry) -> None:
    """A recall's page says what it says now."""
    ended = entry.facts.get("recalls", []) if entry.kind == "alert.lifted" else [entry.facts["recall"]]
    for number in ended:
        publishing.publish_recall(number)
