"""What is told to those who hold goods, and how parts of a lot move. Values in, decisions out."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

OF_STATE = {"released": "RELEASE", "held": "HOLD", "to_inspect": "INSPECT", "sampled": "SAMPLE", "refused": "HOLD"}
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


OF_FIRM = frozenset({"MARKET-MONITORING", "RECALL-READY", "CALL-BACK"})
"""Duties of the importer; all others are an officer's."""
OWN_WORD = frozenset({"MARKET-MONITORING"})
"""Duties that the importer's own word fulfils, as its guarantee let the goods go."""
BY_TIME = frozenset({"RECALL-READY"})
"""Duties to be ready for something, which end with their time unless it happens."""
CALLED_BACK = "CALL-BACK"
PAID_BY: Mapping[str, frozenset[str]] = {
    "sample.reported": frozenset({"LABORATORY"}),
    "inspection.concluded": frozenset({"INSPECTION", "IDENTITY"}),
}
"""What is done when the ledger says so, without anybody writing it down again."""
LEFT = frozenset({"line.selected", "line.refused", "line.held", "line.withdrawn"})
"""Entries after which goods are released no longer."""


def duties_after(duties: Iterable[str], level: str, reasons: Iterable[str], conditions: Iterable[str]) -> list[str]:
    """What a release by a mode leaves owed: of goods that nobody opened, or whose laboratory has not reported yet.

    ``duties``: of the mode. Nothing where goods were inspected, where two officers let them go (``conditions``: that is
    owed already), and for goods outside the statutory list, which need no assessment and no guarantee.
    """
    codes = set(reasons)
    early = level in ("documents", "seal") or "FAST-NEGATIVE" in codes
    return list(duties) if early and not list(conditions) and "OUTSIDE-LIST" not in codes else []


def rest(whole: Decimal, parts: Iterable[Decimal]) -> Decimal:
    """How much of a lot is not unloaded yet."""
    return whole - sum(parts, Decimal(0))
