"""What a model card says of a model: how well it ranks, whether its numbers are true, whom it meets, what has changed.

Measured on lots that came after those it learned from. Model cards: Mitchell and others (FAT* 2019).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, log

from guomen.core.selection.estimates import Estimate, proportion

TOP = 0.10
"""The share of lots with the highest scores that is looked at."""


@dataclass(frozen=True, slots=True)
class Scored:
    """One inspected lot: the probability that the model gave it, and whether it was bad; the groups it belongs to."""

    score: float
    bad: bool
    origin: str = ""
    size: str = ""
    """Of the firm, such as small."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Lots with like scores: how many, the mean of what was expected, and the share that was found bad."""

    lots: int
    expected: float
    found: Estimate


@dataclass(frozen=True, slots=True)
class Group:
    """Lots of one group: bad ones, mean score; of its good lots the share that the top would open for nothing."""

    name: str
    lots: int
    bad: int
    expected: float
    for_nothing: float


@dataclass(frozen=True, slots=True)
class Hit:
    """Of the lots with the highest scores: how many, how many bad, and which share of all bad ones that is."""

    lots: int
    bad: int
    share: float


def auc(rows: Sequence[Scored]) -> float | None:
    """The chance that a bad lot scores above a good one; ties count half (Mann and Whitney 1947). None without both."""
    bad = sum(r.bad for r in rows)
    good = len(rows) - bad
    if not bad or not good:
        return None
    order, ranks, first = sorted(rows, key=lambda r: r.score), 0.0, 0
    while first < len(order):
        last = first
        while last < len(order) and order[last].score == order[first].score:
            last += 1
        ranks += sum(r.bad for r in order[first:last]) * (first + 1 + last) / 2
        first = last
    return (ranks - bad * (bad + 1) / 2) / (bad * good)


def threshold(rows: Sequence[Scored], share: float = TOP) -> float:
    """The score of the last lot within the top `share`; above 1 without lots."""
    top = sorted((r.score for r in rows), reverse=True)[: ceil(share * len(rows))]
    return top[-1] if top else 2.0


def hit(rows: Sequence[Scored], share: float = TOP) -> Hit:
    """What opening the top `share` of the lots finds."""
    top = sorted(rows, key=lambda r: -r.score)[: ceil(share * len(rows))]
    found, all_bad = sum(r.bad for r in top), sum(r.bad for r in rows)
    return Hit(len(top), found, found / all_bad if all_bad else 0.0)


def calibration(rows: Sequence[Scored], bins: int = 5) -> list[Bin]:
    """Lots by score in `bins` parts of equal size, from the lowest: what was expected and what was found."""
    order = sorted(rows, key=lambda r: r.score)
    found = []
    for n in range(bins):
        some = order[len(order) * n // bins : len(order) * (n + 1) // bins]
        share = proportion(sum(r.bad for r in some), len(some))
        if share:
            found.append(Bin(len(some), sum(r.score for r in some) / len(some), share))
    return found


def brier(rows: Sequence[Scored]) -> float:
    """The mean squared error of the probabilities (Brier 1950); 0 without lots."""
    return sum((r.score - r.bad) ** 2 for r in rows) / len(rows) if rows else 0.0


def stability(before: Sequence[float], after: Sequence[float], bins: int = 10) -> float:
    """How far scores have moved: the population stability index over deciles of `before`; 0 is not at all.

    Usual reading: below 0.1 stable, above 0.25 the world has changed (Siddiqi, Credit Risk Scorecards, 2006).
    """
    if not before or not after:
        return 0.0
    order = sorted(before)
    edges = sorted({order[len(order) * n // bins] for n in range(1, bins)})

    def shares(scores: Sequence[float]) -> list[float]:
        counts = [0] * (len(edges) + 1)
        for score in scores:
            counts[sum(score >= edge for edge in edges)] += 1
        # Half a lot more in each, so that an empty one has a logarithm.
        return [(c + 0.5) / (len(scores) + 0.5 * len(counts)) for c in counts]

    return sum((b - a) * log(b / a) for a, b in zip(shares(before), shares(after), strict=True))


def fairness(rows: Sequence[Scored], of: str, most: int = 12) -> list[Group]:
    """Groups by `of` (origin or size), the largest first: who is met, and whose good lots are opened for nothing."""
    limit = threshold(rows)
    groups: dict[str, list[Scored]] = {}
    for row in rows:
        groups.setdefault(getattr(row, of), []).append(row)
    found = [_group(name, some, limit) for name, some in groups.items()]
    return sorted(found, key=lambda g: (-g.lots, g.name))[:most]


def _group(name: str, rows: Iterable[Scored], limit: float) -> Group:
    rows = list(rows)
    good = [r for r in rows if not r.bad]
    opened = sum(r.score >= limit for r in good)
    mean = sum(r.score for r in rows) / len(rows)
    return Group(name, len(rows), len(rows) - len(good), mean, opened / len(good) if good else 0.0)
