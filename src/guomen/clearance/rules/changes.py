"""When a lodged declaration may still be changed. Pure: values in, the code of what stands against it out.

After Order 220 (2014) of the General Administration of Customs on amending and withdrawing declarations: goods that are
being inspected, or were, or were released after their arrival, are no longer amended or withdrawn. What was selected
may be amended here until an officer takes the task, and stays selected; only the control room withdraws it.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a line stands: its state and level, the state of its inspection order, who decided it last."""

    line: int
    state: str
    level: str
    order: str = ""
    """State of the newest inspection order; empty without one."""
    by_officer: bool = False
    arrived: bool = False

    @property
    def selected(self) -> bool:
        """Whether the goods are to be looked at, or held, and nobody has begun."""
        return self.state in ("to_inspect", "held")


def against_change(s: Standing) -> str:
    """Why a line's declaration cannot be amended, split or merged any more; empty where it can."""
    if s.state == "sampled":
        return "laboratory"
    if s.state in ("refused", "passed"):
        return s.state
    if s.state == "transferred":
        return "passed"
    if s.state == "held" and s.by_officer:
        return "held-by-officer"
    if s.order == "taken":
        return "in-hand"
    if s.order in ("concluded", "held"):
        return "inspected"
    if s.state == "released" and s.arrived:
        return "released-on-arrival"
    return ""


def against_withdrawal(s: Standing, *, controller: bool) -> str:
    """Why a line cannot be withdrawn; empty where it can. Exports that passed and do not leave are withdrawn."""
    found = against_change(s)
    if found == "passed":
        return ""
    if not found and s.selected and not controller:
        return "selected"
    return found


def first(standings: Iterable[Standing], against: object) -> tuple[int, str] | None:
    """The first line that something stands against, with the code; None where nothing does."""
    for s in standings:
        if code := against(s):  # type: ignore[operator]
            return s.line, code
    return None
