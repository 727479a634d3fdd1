"""How many units to inspect so that an infestation at a given level is found: IPPC ISPM 31 (2008), appendices 2 and 3.

All sizes are for an acceptance number of zero: one infested unit in the sample and the lot is not accepted. They assume
that every infested unit that is opened is recognised.
"""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext
from math import prod

Number = Decimal | int | float | str
"""Floats are read by their shortest decimal form: 0.05 is five hundredths. Decimal or str is better style."""

_PRECISION = 60
# Far above the rounding error of 10**6 products with 60 digits, far below any difference that a table shows.
_DOUBT = Decimal("1e-45")


def sample_size(lot_size: int, level: Number, confidence: Number = Decimal("0.95")) -> int | None:
    """Return the smallest sample (units) that finds `level` or more infested units with `confidence`.

    Exact hypergeometric probability (ISPM 31 appendix 2, tables 1 and 2), with floor(lot_size * level) infested units
    as those tables have it; None when that is less than one unit, for no sample can then find the level. `level` and
    `confidence` are fractions (0.05 is 5 %). ValueError for a lot below 1, or outside 0 < level <= 1 and
    0 < confidence < 1.
    """
    if lot_size < 1:
        raise ValueError("a lot has at least one unit")
    infested = int((_fraction(level, "level", top=True) * lot_size).to_integral_value(ROUND_FLOOR))
    allowed_miss = 1 - _fraction(confidence, "confidence")
    if infested == 0:
        return None
    high = 1
    while not _finds(lot_size, infested, high, allowed_miss):
        high = min(high * 2, lot_size)
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        if _finds(lot_size, infested, middle, allowed_miss):
            high = middle
        else:
            low = middle
    return high


def binomial_sample_size(level: Number, confidence: Number = Decimal("0.95")) -> int:
    """Return the sample size for a large, well mixed lot: ln(1 - confidence) / ln(1 - level), rounded up.

    ISPM 31 appendix 3 (table 3). `level` and `confidence` are fractions, both between 0 and 1.
    """
    with localcontext(prec=_PRECISION):
        good = 1 - _fraction(level, "level")
        return _round_up((1 - _fraction(confidence, "confidence")).ln() / good.ln())


def poisson_sample_size(level: Number, confidence: Number = Decimal("0.95")) -> int:
    """Return the sample size by the Poisson approximation: -ln(1 - confidence) / level, rounded up.

    ISPM 31 appendix 3 (table 4). `level` and `confidence` are fractions, both between 0 and 1.
    """
    with localcontext(prec=_PRECISION):
        return _round_up(-(1 - _fraction(confidence, "confidence")).ln() / _fraction(level, "level"))


def _finds(lot: int, infested: int, sample: int, allowed_miss: Decimal) -> bool:
    """Say whether the chance to miss every infested unit, C(lot-infested, sample) / C(lot, sample), is small enough."""
    if sample > lot - infested:
        return True
    # The probability is symmetric in sample and infested: walk the shorter way.
    steps, other = sorted((sample, infested))
    with localcontext(prec=_PRECISION):
        miss = Decimal(1)
        for step in range(steps):
            miss = miss * (lot - other - step) / (lot - step)
        if abs(miss - allowed_miss) > _DOUBT:
            return miss < allowed_miss
    above = prod(range(lot - other - steps + 1, lot - other + 1))
    below = prod(range(lot - steps + 1, lot + 1))
    numerator, denominator = allowed_miss.as_integer_ratio()
    return above * denominator <= numerator * below


def _fraction(value: Number, name: str, *, top: bool = False) -> Decimal:
    number = Decimal(str(value))
    if not (0 < number < 1 or (top and number == 1)):
        raise ValueError(f"the {name} is a fraction between 0 and 1, not {value}")
    return number


def _round_up(value: Decimal) -> int:
    # ln() is rounded, so a whole number may come out a hair too large.
    return int((value - _DOUBT).to_integral_value(ROUND_CEILING))
