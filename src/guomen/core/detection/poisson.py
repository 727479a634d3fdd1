"""Is a count higher than chance explains? The exact tail of the Poisson distribution."""

from decimal import Decimal, localcontext

_PRECISION = 50
_RESULT = 28


def poisson_excess(observed: int, expected: Decimal) -> Decimal:
    """Return P(X >= observed) for X ~ Poisson(expected): the chance of so many or more if nothing is going on.

    `observed` is a count, `expected` the mean count (same product, place and span of time). From 0 to 1, 28 digits; the
    sum is taken on the side of the tail, so that tiny probabilities keep their digits. ValueError for negative input,
    TypeError unless `expected` is a Decimal. Time grows with the larger of the two; meant for counts up to some 10**5.
    """
    if not isinstance(expected, Decimal):
        raise TypeError("the expected count is a Decimal")
    if observed < 0 or not (expected.is_finite() and expected >= 0):
        raise ValueError("counts are not negative")
    if observed == 0:
        return Decimal(1)
    if expected == 0:
        return Decimal(0)
    with localcontext(prec=_PRECISION):
        tail = _upper(observed, expected) if observed > expected else 1 - _below(observed, expected)
    with localcontext(prec=_RESULT):
        return min(+tail, Decimal(1))


def _below(observed: int, expected: Decimal) -> Decimal:
    """Return P(X < observed)."""
    term = total = (-expected).exp()
    for count in range(1, observed):
        term = term * expected / count
        total += term
    return total


def _upper(observed: int, expected: Decimal) -> Decimal:
    """Return P(X >= observed) for observed > expected, where terms fall from the first on."""
    term = (-expected).exp()
    for count in range(1, observed + 1):
        term = term * expected / count
    total, count = term, observed
    while term * 10**_PRECISION > total:
        count += 1
        term = term * expected / count
        total += term
    return total
