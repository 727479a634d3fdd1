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


@dataclass(slots=True)
class Sums:
    """What an estimate needs of any number of opened lots: those opened for certain, and those that were drawn."""

    certain: int = 0
    certain_bad: int = 0
    drawn: int = 0
    stands_for: float = 0.0
    """Sum of 1/p over the drawn."""
    squares: float = 0.0
    """Sum of 1/p²."""
    bad: float = 0.0
    """Sum of 1/p over the bad ones."""

    def add(self, probability: float, bad: bool) -> None:
        """Take in one opened lot. ValueError for a probability outside 0 < p <= 1."""
        if not 0 < probability <= 1:
            raise ValueError("what was opened had a probability above 0 and at most 1")
        if probability == 1:
            self.certain, self.certain_bad = self.certain + 1, self.certain_bad + bad
            return
        self.drawn += 1
        self.stands_for += 1 / probability
        self.squares += 1 / probability**2
        self.bad += bad / probability


def estimate(opened: Iterable[tuple[float, bool]], lots: int, confidence: float = 0.95) -> Estimate | None:
    """Return the share of bad lots among `lots`. `opened`: of each opened lot, its probability and whether it was bad.

    As :func:`of_sums`. ValueError for a probability outside 0 < p <= 1.
    """
    sums = Sums()
    for probability, bad in opened:
        sums.add(probability, bad)
    return of_sums(sums, lots, confidence)


def of_sums(sums: Sums, lots: int, confidence: float = 0.95) -> Estimate | None:
    """Return the share of bad lots among `lots`, of which some were opened.

    None when nothing was opened. The interval is Wilson's for the lots that were left to chance, as if as many had been
    drawn simply as are worth the same (Kish, Survey Sampling, 11.7): it is not empty where chance found nothing bad.
    """
    opened = sums.certain + sums.drawn
    if not opened:
        return None
    left, known = lots - sums.certain, sums.certain_bad
    if left <= 0 or not sums.drawn:
        return Estimate(known / lots, known / lots, known / lots if left <= 0 else (known + left) / lots, opened)
    rate = min(1.0, sums.bad / left)
    low, high = _wilson(rate, sums.stands_for**2 / sums.squares, confidence)
    return Estimate((known + left * rate) / lots, (known + left * low) / lots, (known + left * high) / lots, opened)


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
