"""What is told to those who hold goods, what may be put off, and how parts of a lot move. Values in, decisions out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

AT_THE_GOODS = frozenset({
    "QUARANTINE", "SANITARY", "WOOD-PACKAGING", "CCC", "RADIATION-SURVEY", "CONTAINER-FITNESS"
})  # fmt: skip
ON_THE_WAY = frozenset({"DOCUMENTS", "RADIATION-PORTAL", "CONTAINER"})
"""Checks of every line, done by the audit and at the gate."""
NEVER = AT_THE_GOODS | ON_THE_WAY
"""Checks that nobody may put off, whatever the reason: facilitation never waives them (domain rule of precedence)."""
OF_STATE = {"released": "RELEASE", "held": "HOLD", "to_inspect": "INSPECT", "sampled": "SAMPLE", "refused": "HOLD"}
AFTER_INSPECTION = AT_THE_GOODS | {"INSPECTION", "IDENTITY"}
"""Checks that an officer at the goods has done when the inspection is concluded."""
PART_MOVES: Mapping[str, frozenset[str]] = {
    "unloaded": frozenset({"released", "found"}),
    "released": frozenset({"recalled"}),
    "found": frozenset({"unloaded", "gone"}),
    "recalled": frozenset({"unloaded", "gone"}),
    "gone": frozenset(),
}
"""From each state of a part, where it may go: treated it is looked at again, returned or destroyed it is gone."""


def code_of(kind: str, state: str, outcome: str) -> str:
    """The instruction that an entry about a line means; empty where it means none."""
    if kind == "line.outcome":
        # Goods that are put right (new labels, repairs) stay where they are until they were inspected again.
        return "HOLD" if outcome == "RECTIFY" else outcome
    if kind == "line.screened":
        # Released and held lines have an entry of their own beside it.
        return "INSPECT" if state == "to_inspect" else ""
    return OF_STATE.get(state, "") if kind in ("line.released", "line.held", "line.selected", "line.refused") else ""


@dataclass(frozen=True, slots=True)
class Skip:
    """What a release now would put off, and what forbids it (empty: nothing does)."""

    skipped: tuple[str, ...]
    forbidden: tuple[str, ...]


def skip(checks: Iterable[str], *, inspected: bool, tested: bool) -> Skip:
    """``checks`` of the line's decision; ``inspected``: an officer concluded, ``tested``: the laboratory reported."""
    done = set(AFTER_INSPECTION) if inspected else set()
    done |= ON_THE_WAY
    if tested:
        done.add("LABORATORY")
    left = [c for c in dict.fromkeys(checks) if c not in done]
    return Skip(tuple(c for c in left if c not in NEVER), tuple(c for c in left if c in NEVER))


def rest(whole: Decimal, parts: Iterable[Decimal]) -> Decimal:
    """How much of a lot is not unloaded yet."""
    return whole - sum(parts, Decimal(0))
