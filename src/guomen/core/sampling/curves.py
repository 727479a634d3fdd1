"""What a sampling plan lets through: the operating characteristic (OC) curve, and plans designed from two points of it.

Probabilities are floats between 0 and 1. Acceptance of a single plan is a cumulative binomial, Poisson (nonconformities
per unit) or, of a lot of known size, hypergeometric probability (ISO 2859-1:1999, 11.1; Schilling and Neubauer,
Acceptance Sampling in Quality Control, 3rd edition, chapters 5 to 7).
"""

from collections.abc import Callable, Sequence
from math import comb, exp, lgamma, log
from typing import Literal, NamedTuple

from guomen.core.sampling.double import DoublePlan
from guomen.core.sampling.iso2859 import Plan

Distribution = Literal["binomial", "poisson", "hypergeometric"]
_MOST = 100_000
"""Units of a designed plan; beyond that nobody opens a lot."""


def acceptance(
    plan: Plan | DoublePlan, quality: float, *, distribution: Distribution = "binomial", lot_size: int | None = None
) -> float:
    """Return the probability that a lot is accepted.

    `quality`: fraction nonconforming, or nonconformities per unit (poisson). hypergeometric needs `lot_size` and
    takes floor(quality * lot_size) nonconforming units. ValueError outside 0 <= quality (<= 1 unless poisson).
    """
    chance = _chances(quality, distribution, lot_size)
    if isinstance(plan, Plan):
        return min(1.0, sum(chance(plan.n, d, 0, 0) for d in range(plan.ac + 1)))
    first, second = plan.first, plan.second
    total = sum(chance(first.n, d, 0, 0) for d in range(first.ac + 1))
    for d in range(first.ac + 1, first.re):
        left = range(second.ac - d + 1)
        total += chance(first.n, d, 0, 0) * sum(chance(second.n, e, first.n, d) for e in left)
    return min(1.0, total)


def curve(
    plan: Plan | DoublePlan,
    qualities: Sequence[float],
    *,
    distribution: Distribution = "binomial",
    lot_size: int | None = None,
) -> list[tuple[float, float]]:
    """Return (quality, probability of acceptance) at each of `qualities`: what is drawn as OC curve."""
    return [(q, acceptance(plan, q, distribution=distribution, lot_size=lot_size)) for q in qualities]


def quality_at(plan: Plan | DoublePlan, probability: float, *, distribution: Distribution = "binomial") -> float:
    """Return the quality that is accepted with `probability`, to nine digits.

    0.95 gives the producer's point, 0.10 the limiting quality at a consumer's risk of 10 %, 0.05 that at 5 %.
    """
    if not 0 < probability < 1:
        raise ValueError("a probability of acceptance lies between 0 and 1")
    low, high = 0.0, 1.0
    while distribution == "poisson" and acceptance(plan, high, distribution=distribution) > probability:
        high *= 2
    while high - low > 1e-9 * high:
        middle = (low + high) / 2
        if acceptance(plan, middle, distribution=distribution) > probability:
            low = middle
        else:
            high = middle
    return (low + high) / 2


class Point(NamedTuple):
    """A point of an OC curve: this quality is accepted with this probability."""

    quality: float
    acceptance: float


def find_plan(
    producer: Point, consumer: Point, *, distribution: Distribution = "binomial", lot_size: int | None = None
) -> Plan:
    """Return the smallest single plan that accepts good lots at least and bad lots at most as often as the points say.

    For example Point(0.01, 0.95) and Point(0.05, 0.10). ValueError when the points are the wrong way round or no plan
    below 100,000 units (or the lot) separates them.
    """
    if not (producer.quality < consumer.quality and producer.acceptance > consumer.acceptance):
        raise ValueError("the producer's point has the better quality and the higher probability")
    most = min(_MOST, lot_size or _MOST)
    n = 1
    for ac in range(most):
        n = _smallest(max(n, ac + 1), most, _accepts(ac, consumer, distribution, lot_size))
        if n > most:
            break
        plan = Plan(n, ac, ac + 1)
        if acceptance(plan, producer.quality, distribution=distribution, lot_size=lot_size) >= producer.acceptance:
            return plan
    raise ValueError("no plan separates these qualities")


def zero_acceptance(lot_size: int, limiting_quality: float, consumers_risk: float = 0.05) -> Plan:
    """Return the plan that rejects at the first nonconforming unit and lets `limiting_quality` through at that risk.

    Exact for the lot (hypergeometric); the whole lot if nothing less will do. Squeglia, Zero Acceptance Number Sampling
    Plans, gives tables of the same idea indexed by AQL, which are not these.
    """
    accepts = _accepts(0, Point(limiting_quality, consumers_risk), "hypergeometric", lot_size)
    return Plan(min(lot_size, _smallest(1, lot_size, accepts)), 0, 1)


def _accepts(ac: int, at: Point, distribution: Distribution, lot_size: int | None) -> Callable[[int], bool]:
    """Whether a sample of n with `ac` still accepts the quality of `at` more often than it may."""
    return lambda n: (
        acceptance(Plan(n, ac, ac + 1), at.quality, distribution=distribution, lot_size=lot_size) > at.acceptance
    )


def _smallest(low: int, most: int, too_weak: Callable[[int], bool]) -> int:
    """The smallest n from `low` on that is not too weak; most + 1 if none is."""
    high = low
    while high <= most and too_weak(high):
        low, high = high + 1, high * 2
    high = min(high, most + 1)
    while low < high:
        middle = (low + high) // 2
        if too_weak(middle):
            low = middle + 1
        else:
            high = middle
    return low


def _chances(quality: float, distribution: Distribution, lot_size: int | None) -> Callable[[int, int, int, int], float]:
    """(n, d, gone, found) -> chance of d among n, after `gone` units with `found` nonconforming were taken."""
    if quality < 0 or (quality > 1 and distribution != "poisson"):
        raise ValueError(f"a fraction nonconforming lies between 0 and 1, not at {quality}")
    if distribution == "poisson":
        return lambda n, d, _gone, _found: _poisson(n * quality, d)
    if distribution == "binomial":
        return lambda n, d, _gone, _found: _binomial(n, d, quality)
    if lot_size is None:
        raise ValueError("the hypergeometric probability needs the size of the lot")
    bad = int(quality * lot_size + 1e-9)
    return lambda n, d, gone, found: _hypergeometric(lot_size - gone, bad - found, n, d)


def _poisson(mean: float, d: int) -> float:
    return exp(d * log(mean) - mean - lgamma(d + 1)) if mean else float(d == 0)


def _binomial(n: int, d: int, p: float) -> float:
    if d > n:
        return 0.0
    if p in (0.0, 1.0):
        return float(d == (n if p else 0))
    return exp(lgamma(n + 1) - lgamma(d + 1) - lgamma(n - d + 1) + d * log(p) + (n - d) * log(1 - p))


def _hypergeometric(lot: int, bad: int, n: int, d: int) -> float:
    if not 0 <= n <= lot:
        raise ValueError(f"{n} units cannot be taken from {lot}")
    if not max(0, n - (lot - bad)) <= d <= min(n, bad):
        return 0.0
    return comb(bad, d) * comb(lot - bad, n - d) / comb(lot, n)
