"""How many lots are bad, out of those that were opened with known probabilities.

The Horvitz-Thompson estimator (Särndal, Swensson and Wretman, Model Assisted Survey Sampling, 2.8), which is unbiased;
where some of the drawn lots have no result yet, those that have one stand for them too. Lots opened for certain
count exactly; those that were drawn stand for the others.
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
    certain_waiting: int = 0
    """Lots chosen for certain that have no result yet."""
    waiting_for: float = 0.0
    """Sum of 1/p over lots that were drawn and have no result yet."""

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
    """Return the share of bad lots among all `lots`, of which some were opened and some are still to be.

    Whatever was opened for another reason than its draw (a complaint, a later alert) belongs in `lots` only: it says
    nothing of the others. None when nothing was opened. The interval is Wilson's for the lots that were left to chance,
    as if as many had been drawn simply as are worth the same (Kish, Survey Sampling, 11.7): it is not empty where
    chance found nothing bad. It spans that around Hájek's estimate as well, which is steadier and a little biased: with
    few lots drawn at very unlike probabilities, either alone holds the truth less often than it says.
    """
    opened = sums.certain + sums.drawn
    if not opened:
        return None
    left = lots - sums.certain - sums.certain_waiting
    chance = _by_chance(sums, left, confidence)
    sure = chance
    if sums.certain:
        share = sums.certain_bad / sums.certain
        sure = (share, *_wilson(share, sums.certain, confidence))
    rate, low, high = (
        (sums.certain_bad + sums.certain_waiting * s + left * c) / lots for s, c in zip(sure, chance, strict=True)
    )
    return Estimate(rate, low, high, opened)


def _by_chance(sums: Sums, left: int, confidence: float) -> tuple[float, float, float]:
    """Share of bad lots, with its bounds, among the `left` ones that were left to chance."""
    if left <= 0:
        return 0.0, 0.0, 0.0
    if not sums.drawn:
        return 0.0, 0.0, 1.0
    answered = sums.stands_for / (sums.stands_for + sums.waiting_for)
    rate, steady = min(1.0, sums.bad / answered / left), min(1.0, sums.bad / sums.stands_for)
    either = [_wilson(one, sums.stands_for**2 / sums.squares, confidence) for one in (rate, steady)]
    return rate, min(low for low, _high in either), max(high for _low, high in either)


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
