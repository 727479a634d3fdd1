"""The states of a declared line: every way from one to another has a name, and there are no others.

Imports end with a release at the port. Exports are inspected where they are made, passed, sent to the port as an
electronic record (电子转单) and released there after a check (Inspection Law 2021, articles 15 and 16).
"""

from collections.abc import Mapping
from dataclasses import dataclass

STATES = (
    "screened",
    "to_inspect",
    "sampled",
    "held",
    "passed",
    "transferred",
    "released",
    "refused",
    "withdrawn",
)
ENDS = frozenset({"refused", "withdrawn"})


@dataclass(frozen=True, slots=True)
class Transition:
    """A way from ``start`` to ``end`` for imports (I), exports (E) or both."""

    name: str
    start: str
    end: str
    directions: str = "IE"


TABLE: tuple[Transition, ...] = (
    Transition("pass-the-gate", "screened", "released"),
    Transition("select-at-the-gate", "screened", "to_inspect"),
    Transition("hold-at-the-gate", "screened", "held"),
    Transition("send-to-the-laboratory", "to_inspect", "sampled"),
    Transition("pass-inspection", "to_inspect", "released", "I"),
    Transition("pass-origin-inspection", "to_inspect", "passed", "E"),
    Transition("fail-inspection", "to_inspect", "refused"),
    Transition("hold-in-inspection", "to_inspect", "held"),
    Transition("pass-the-laboratory", "sampled", "released", "I"),
    Transition("pass-the-laboratory-at-origin", "sampled", "passed", "E"),
    Transition("fail-the-laboratory", "sampled", "refused"),
    Transition("hold-after-the-laboratory", "sampled", "held"),
    Transition("decide-to-release", "held", "released", "I"),
    Transition("decide-to-pass", "held", "passed", "E"),
    Transition("decide-to-inspect", "held", "to_inspect"),
    Transition("decide-to-refuse", "held", "refused"),
    Transition("transfer-to-the-port", "passed", "transferred", "E"),
    Transition("hold-before-transfer", "passed", "held", "E"),
    Transition("pass-the-port-check", "transferred", "released", "E"),
    Transition("inspect-at-the-port", "transferred", "to_inspect", "E"),
    Transition("hold-at-the-port", "transferred", "held", "E"),
    Transition("refuse-at-the-port", "transferred", "refused", "E"),
    Transition("inspect-more-closely", "to_inspect", "to_inspect"),
    Transition("call-back", "released", "to_inspect"),
    Transition("inspect-again-on-request", "refused", "to_inspect"),
    Transition("withdraw-before-the-gate", "screened", "withdrawn"),
    Transition("withdraw-before-inspection", "to_inspect", "withdrawn"),
    Transition("withdraw-held", "held", "withdrawn"),
    Transition("withdraw-released-on-papers", "released", "withdrawn"),
    Transition("withdraw-passed", "passed", "withdrawn", "E"),
    Transition("withdraw-transferred", "transferred", "withdrawn", "E"),
)
_NAMED = {(d, t.start, t.end): t for t in TABLE for d in t.directions}
TRANSITIONS: Mapping[str, Mapping[str, frozenset[str]]] = {
    d: {start: frozenset(t.end for t in TABLE if t.start == start and d in t.directions) for start in STATES}
    for d in "IE"
}
"""Direction (I, E) -> state -> where a line may go. A release is taken back only by a gate that finds a broken seal,
or because the declaration is withdrawn before anybody looked at the goods."""


def transition(direction: str, start: str, end: str) -> Transition | None:
    """The way from ``start`` to ``end``, or None where there is none."""
    return _NAMED.get((direction, start, end))


def refusal(direction: str, start: str, end: str) -> str:
    """Why a line cannot go from ``start`` to ``end``: a code, empty where it can."""
    if (direction, start, end) in _NAMED:
        return ""
    if start == end:
        return "same-state"
    if start in ENDS:
        return "ended"
    other = "E" if direction == "I" else "I"
    return "other-direction" if (other, start, end) in _NAMED else "wrong-state"


def when_passed(direction: str, state: str) -> str:
    """Where a line goes from ``state`` when nothing speaks against it: exports pass first and are released at the port.

    An export whose seal or transfer waits for the port is released there.
    """
    return "passed" if direction == "E" and state in ("to_inspect", "sampled", "held") else "released"
