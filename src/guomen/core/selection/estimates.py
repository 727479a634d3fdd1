"""How many lots are bad, out of those that were opened with known probabilities.

The Horvitz-Thompson estimator (Särndal, Swensson and Wretman, Model Assisted Survey Sampling, 2.8). Lots opened for
certain count exactly; those that were drawn stand for the others.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist


@dataclass(frozen=True, slots=True)
class Estimate:
    """A rate with its interval, fractions. `lots`: how many were opened."""

    rate: float
    low: float
    high: float
    lots: int


def estimate(opened: Iterable[tuple[float, bool]], lots: int, confidence: float = 0.95) -> Estimate | None:
    """Return the share of bad lots among `lots`. `opened`: of each opened lot, its probability and whether it was bad.

    None when nothing was opened. The interval is Wilson's for the lots that were left to chance, as if as many had been
    drawn simply as are worth the same (Kish, Survey Sampling, 11.7): it is not empty where chance found nothing bad.
    ValueError for a probability outside 0 < p <= 1.
    """
    rows = list(opened)
    if any(not 0 < p <= 1 for p, _ in rows):
        raise ValueError("what was opened had a probability above 0 and at most 1")
    if not rows:
        return None
    certain = [bad for p, bad in rows if p == 1]
    left, known = lots - len(certain), sum(certain)
    chance = [(p, bad) for p, bad in rows if p < 1]
    if left <= 0 or not chance:
        return Estimate(known / lots, known / lots, known / lots if left <= 0 else (known + left) / lots, len(rows))
    rate = min(1.0, sum(bad / p for p, bad in chance) / left)
    worth = sum(1 / p for p, _ in chance) ** 2 / sum(1 / p**2 for p, _ in chance)
    low, high = _wilson(rate, worth, confidence)
    return Estimate((known + left * rate) / lots, (known + left * low) / lots, (known + left * high) / lots, len(rows))


def proportion(bad: int, lots: int, confidence: float = 0.95) -> Estimate | None:
    """Return the share of bad lots among those that were opened, as if they were a simple draw of their like.

    Wilson (1927). None when nothing was opened.
    """
    if not lots:
        return None
    return Estimate(bad / lots, *_wilson(bad / lots, lots, confidence), lots)


def _wilson(rate: float, worth: float, confidence: float) -> tuple[float, float]:
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    middle = (rate + z * z / (2 * worth)) / (1 + z * z / worth)
    half = z / (1 + z * z / worth) * sqrt(rate * (1 - rate) / worth + z * z / (4 * worth * worth))
    return max(0.0, middle - half), min(1.0, middle + half)
