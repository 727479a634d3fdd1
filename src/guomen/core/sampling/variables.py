"""Sampling plans by variables: accept when the mean lies at least k standard deviations inside the limit.

For one specification limit and measurements that are normally distributed. Table B-1 of MIL-STD-414 (11 June 1957,
public domain; standard deviation estimated from the sample) and plans designed from two points of the OC curve.
ISO 3951-1 has plans of its own, which are not these.
"""

from dataclasses import dataclass
from math import ceil, exp, lgamma, log, sqrt
from statistics import NormalDist

from guomen.core.sampling.curves import Point

_normal = NormalDist()
_STEPS = 400


@dataclass(frozen=True, slots=True)
class VariablesPlan:
    """Measure `n` units; accept when (limit - mean) / s, or (mean - limit) / s, is at least `k`."""

    n: int
    k: float

    def accepts(self, mean: float, deviation: float, *, upper: float | None = None, lower: float | None = None) -> bool:
        """Say whether a lot with this sample mean and (sample or known) standard deviation is accepted.

        All three in one unit. ValueError unless exactly one limit is given and the deviation is positive.
        """
        if (upper is None) == (lower is None) or deviation <= 0:
            raise ValueError("one limit and a positive standard deviation")
        margin = upper - mean if upper is not None else mean - (lower or 0.0)
        return margin / deviation >= self.k


# fmt: off
AQLS = (
    "0.04", "0.065", "0.10", "0.15", "0.25", "0.40", "0.65", "1.00", "1.50", "2.50", "4.00", "6.50", "10.00", "15.00",
)
"""Percent nonconforming."""
_K: dict[int, tuple[float, ...]] = {
    3: (1.12, .958, .765, .566, .341),
    4: (1.45, 1.34, 1.17, 1.01, .814, .617, .393),
    5: (1.65, 1.53, 1.40, 1.24, 1.07, .874, .675, .455),
    7: (2.00, 1.88, 1.75, 1.62, 1.50, 1.33, 1.15, .955, .755, .536),
    10: (2.24, 2.11, 1.98, 1.84, 1.72, 1.58, 1.41, 1.23, 1.03, .828, .611),
    15: (2.64, 2.53, 2.42, 2.32, 2.20, 2.06, 1.91, 1.79, 1.65, 1.47, 1.30, 1.09, .886, .664),
    20: (2.69, 2.58, 2.47, 2.36, 2.24, 2.11, 1.96, 1.82, 1.69, 1.51, 1.33, 1.12, .917, .695),
    25: (2.72, 2.61, 2.50, 2.40, 2.26, 2.14, 1.98, 1.85, 1.72, 1.53, 1.35, 1.14, .936, .712),
    30: (2.73, 2.61, 2.51, 2.41, 2.28, 2.15, 2.00, 1.86, 1.73, 1.55, 1.36, 1.15, .946, .723),
    35: (2.77, 2.65, 2.54, 2.45, 2.31, 2.18, 2.03, 1.89, 1.76, 1.57, 1.39, 1.18, .969, .745),
    40: (2.77, 2.66, 2.55, 2.44, 2.31, 2.18, 2.03, 1.89, 1.76, 1.58, 1.39, 1.18, .971, .746),
    50: (2.83, 2.71, 2.60, 2.50, 2.35, 2.22, 2.08, 1.93, 1.80, 1.61, 1.42, 1.21, 1.00, .774),
    75: (2.90, 2.77, 2.66, 2.55, 2.41, 2.27, 2.12, 1.98, 1.84, 1.65, 1.46, 1.24, 1.03, .804),
    100: (2.92, 2.80, 2.69, 2.58, 2.43, 2.29, 2.14, 2.00, 1.86, 1.67, 1.48, 1.26, 1.05, .819),
    150: (2.96, 2.84, 2.73, 2.61, 2.47, 2.33, 2.18, 2.03, 1.89, 1.70, 1.51, 1.29, 1.07, .841),
    200: (2.97, 2.85, 2.73, 2.62, 2.47, 2.33, 2.18, 2.04, 1.89, 1.70, 1.51, 1.29, 1.07, .845),
}
# fmt: on
"""Sample size -> k of normal inspection, for the last AQLS; before them the table has arrows to larger samples."""
LETTERS = dict(zip("BCDEFGHIJKLMNOPQ", _K, strict=True))
"""Code letters of MIL-STD-414, which are not those of MIL-STD-105E."""


def table_plan(letter: str, aql: str, *, tightened: bool = False) -> VariablesPlan:
    """Return the plan of MIL-STD-414 table B-1 for a code letter and an AQL of `AQLS`, arrows followed.

    Tightened inspection has the k of the next smaller AQL. ValueError for a letter or AQL that the table does not have.
    """
    if letter not in LETTERS or aql not in AQLS or (tightened and aql == AQLS[0]):
        raise ValueError(f"table B-1 has no plan for {letter!r} at AQL {aql!r}")
    column = AQLS.index(aql) - tightened
    for n, row in _K.items():
        at = column - (len(AQLS) - len(row))
        if n >= LETTERS[letter] and at >= 0:
            return VariablesPlan(n, row[at])
    raise AssertionError("the largest samples have plans for every AQL")


def find_known(producer: Point, consumer: Point) -> VariablesPlan:
    """Return the smallest plan through two points of the OC curve when the standard deviation is known.

    Closed form (Schilling and Neubauer, chapter 10); k holds the producer's point exactly.
    """
    good, bad = _z(1 - producer.quality), _z(1 - consumer.quality)
    high, low = _z(producer.acceptance), _z(1 - consumer.acceptance)
    n = ceil(((high + low) / (good - bad)) ** 2 - 1e-9)
    return VariablesPlan(n, good - high / sqrt(n))


def find_unknown(producer: Point, consumer: Point) -> VariablesPlan:
    """Return the smallest plan through two points when the deviation is estimated from the sample.

    Exact, by the noncentral t distribution; k holds the producer's point.
    """
    low = max(2, find_known(producer, consumer).n)

    def strong(n: int) -> bool:
        return _accepted(n, _k_for(n, producer), consumer.quality) <= consumer.acceptance

    high = low
    while not strong(high):
        low, high = high + 1, high * 2
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if strong(middle) else (middle + 1, high)
    return VariablesPlan(high, _k_for(high, producer))


def acceptance(plan: VariablesPlan, quality: float) -> float:
    """Return the probability that a lot with this fraction nonconforming is accepted, its deviation being estimated.

    Exact, by the noncentral t distribution; 1 at 0 and 0 at 1.
    """
    if not 0 < quality < 1:
        return float(quality <= 0)
    return _accepted(plan.n, plan.k, quality)


def acceptance_known(plan: VariablesPlan, quality: float) -> float:
    """Return the same where the standard deviation is known."""
    if not 0 < quality < 1:
        return float(quality <= 0)
    return _normal.cdf(sqrt(plan.n) * (_z(1 - quality) - plan.k))


def _z(p: float) -> float:
    return _normal.inv_cdf(p)


def _k_for(n: int, at: Point) -> float:
    low, high = -10.0, 10.0
    while high - low > 1e-11:
        middle = (low + high) / 2
        if _accepted(n, middle, at.quality) > at.acceptance:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _accepted(n: int, k: float, quality: float) -> float:
    """Return the probability that a lot is accepted: P(T >= k sqrt(n)), T noncentral t with n - 1 degrees of freedom.

    Integrated over s / sigma, which is chi over the root of its degrees of freedom, by Simpson's rule.
    """
    shift, degrees = _z(1 - quality) * sqrt(n), n - 1
    spread = 8 / sqrt(2 * degrees)
    low, high = max(1e-9, 1 - spread), 1 + spread
    step = (high - low) / _STEPS
    scale = log(2) * (1 - degrees / 2) - lgamma(degrees / 2) + degrees / 2 * log(degrees)
    total = 0.0
    for point in range(_STEPS + 1):
        s = low + point * step
        density = exp(scale + (degrees - 1) * log(s) - degrees * s * s / 2)
        weight = 1 if point in (0, _STEPS) else 4 if point % 2 else 2
        total += weight * density * (1 - _normal.cdf(k * sqrt(n) * s - shift))
    return total * step / 3
