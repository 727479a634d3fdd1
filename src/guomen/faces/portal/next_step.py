"""The one next step of a consignment, from the states of its lines."""

from collections.abc import Iterable
from typing import Any

from guomen.kit.words import W

# The line that needs somebody most decides what the list shows; words first, tone of the chip second.
STEPS: tuple[tuple[str, W, str], ...] = (
    ("refused", W("A line was refused: read what must happen to it", "有货物不合格：请查看处置要求"), "bad"),
    ("held", W("A line is held: read why", "有货物被暂扣：请查看原因"), "bad"),
    ("to_inspect", W("Present the goods for inspection", "请将货物送至查验场地"), "wait"),
    ("sampled", W("Waiting for the laboratory", "等待实验室结果"), "wait"),
    ("screened", W("Being decided", "正在决定"), "wait"),
)
DONE = W("Released: collect the goods, order tags", "已放行：可提货并订购标签")


def next_step(lines: Iterable[Any]) -> tuple[W, str]:
    """The sentence and the tone (ok, wait, bad)."""
    states = {line.state for line in lines}
    for state, words, tone in STEPS:
        if state in states:
            return words, tone
    return DONE, "ok"
