"""Which checks of a line may be put off, and which nobody waives. Values in, codes out."""

from collections.abc import Iterable
from dataclasses import dataclass

AT_THE_GOODS = frozenset({"QUARANTINE", "SANITARY", "WOOD-PACKAGING", "CCC", "RADIATION-SURVEY", "CONTAINER-FITNESS"})
ON_THE_WAY = frozenset({"DOCUMENTS", "RADIATION-PORTAL", "CONTAINER"})
"""Checks that every consignment passes on paper and at the gate, whoever lets it go."""
NEVER = AT_THE_GOODS | ON_THE_WAY
"""Checks that nobody may put off, whatever the reason: facilitation never waives them (domain rule of precedence)."""
AFTER_INSPECTION = AT_THE_GOODS | {"INSPECTION", "IDENTITY"}
"""Checks that an officer at the goods has done when the inspection is concluded."""
SETTLED_FIRST = frozenset({"PART-FOUND"})
"""Reasons of a hold that is settled where it was found, part by part, before anybody decides about the whole line."""


@dataclass(frozen=True, slots=True)
class Skip:
    """What a release now would put off, and what forbids it (empty: nothing does)."""

    skipped: tuple[str, ...]
    forbidden: tuple[str, ...]

    @property
    def undone(self) -> tuple[str, ...]:
        """All checks that are not done yet."""
        return self.forbidden + self.skipped


def skip(checks: Iterable[str], *, inspected: bool, tested: bool) -> Skip:
    """``checks`` of the line's decision; ``inspected``: an officer concluded, ``tested``: the laboratory reported."""
    done = set(AFTER_INSPECTION) if inspected else set()
    done |= ON_THE_WAY
    if tested:
        done.add("LABORATORY")
    left = [c for c in dict.fromkeys(checks) if c not in done]
    return Skip(tuple(c for c in left if c not in NEVER), tuple(c for c in left if c in NEVER))
