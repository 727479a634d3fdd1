"""What several agencies' decisions come to."""

from collections.abc import Sequence

STRICTEST_FIRST = ("stop", "examine", "watch", "none")


def joint(decisions: Sequence[str]) -> str:
    """The strictest decision, or "" while somebody ("") has not decided: silence is no consent."""
    if not decisions or "" in decisions:
        return ""
    return min(decisions, key=STRICTEST_FIRST.index)
