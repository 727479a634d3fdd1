"""What a read counter tells: each tap of a chip counts one up, so an old number is an old message."""

from typing import Literal

Counted = Literal["accepted", "skipped", "replayed"]

USUAL_GAP = 1000
"""A proposal, not law: so many taps may go unseen (a shop window, phones without a network) before anybody looks."""


def judge(seen: int | None, counter: int, gap: int = USUAL_GAP) -> Counted:
    """Compare a genuine message's counter with the highest one accepted for this chip so far (None: none yet).

    "replayed": not higher, so this message was made before the last accepted one: a collected address, or a page that
    was loaded again. "skipped": higher by more than ``gap``: true, but somebody may have collected the numbers
    between. Otherwise "accepted". Whoever keeps ``seen`` must move it up only, in one step with this answer, for
    "accepted" and "skipped".
    """
    last = seen or 0
    if seen is not None and counter <= last:
        return "replayed"
    return "skipped" if counter - last > gap else "accepted"
