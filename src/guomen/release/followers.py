"""Decisions about lines and parts of lines become instructions."""

from guomen.ledger.follow import follower
from guomen.ledger.models import Entry
from guomen.release.services import instruct

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


@follower("release.instructions", *TELLING, again=True)
def tell(entry: Entry) -> None:
    instruct(entry)
