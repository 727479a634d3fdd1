"""The one next step of a consignment, from the states of its lines."""

from collections.abc import Iterable
from typing import Any

from guomen.kit.words import W

# The line that needs somebody most decides what the list shows; words first, tone of the chip second.
STEPS: tuple[tuple[str, W, str], ...] = (
    ("refused", W("A line was refused: read what must happen to it", "有货物不予放行：请查看处置要求"), "bad"),
    ("held", W("A line is held: read why", "有货物被暂扣：请查看原因"), "bad"),
    ("to_inspect", W("Present the goods for inspection", "请将货物送至查验场地"), "wait"),
    ("sampled", W("Waiting for the laboratory", "等待实验室结果"), "wait"),
    ("passed", W("Passed at origin: the other lines are still inspected", "产地检验合格，等待其他货物检验"), "wait"),
    ("transferred", W("Bring the goods to the port of exit to be checked", "请将货物运至出境口岸接受查验"), "wait"),
    ("screened", W("Bring the container to the gate with its seal intact", "请将封志完好的集装箱运至卡口"), "wait"),
)
WITHDRAWN = W("Withdrawn", "已撤销")
DONE = W("Released: collect the goods", "已放行：可以提货")


def next_step(lines: Iterable[Any]) -> tuple[W, str]:
    """The sentence and the tone (ok, wait, bad)."""
    states = {line.state for line in lines}
    for state, words, tone in STEPS:
        if state in states:
            return words, tone
    if states == {"withdrawn"}:
        return WITHDRAWN, ""
    return DONE, "ok"


def tone_of(state: str) -> str:
    """The tone of the chip of a line's state."""
    return next((tone for name, _words, tone in STEPS if name == state), "ok")
