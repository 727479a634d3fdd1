"""Decisions about lines and parts of lines become instructions."""

from collections.abc import Sequence

from guomen.ledger.follow import follower_of_many
from guomen.ledger.models import Entry
from guomen.release.rules import LEFT, PAID_BY
from guomen.release.services import follow, instruct

TELLING = (
    "line.screened",
    "line.released",
    "line.held",
    "line.selected",
    "line.refused",
    "line.outcome",
    "part.released",
    "part.found",
    "part.settled",
)


@follower_of_many("release.instructions", *TELLING, again=True)
def tell(entries: Sequence[Entry]) -> None:
    instruct(entries)


@follower_of_many("release.duties", "line.released", *sorted(LEFT), *sorted(PAID_BY), again=True)
def owed(entries: Sequence[Entry]) -> None:
    """What a release leaves owed, and what later entries pay of it."""
    follow(entries)
