"""The Poisson tail against its definition and published quantiles."""

import math
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guomen.core.detection import poisson_excess


@pytest.mark.parametrize(
    ("observed", "expected", "probability"),
    [(1, "1", 1 - math.exp(-1)), (3, "1", 1 - 2.5 * math.exp(-1)), (5, "0.4", 6.1243e-05), (0, "3", 1), (4, "0", 0)],
)
def test_it_gives_the_known_probabilities(observed: int, expected: str, probability: float) -> None:
    assert math.isclose(poisson_excess(observed, Decimal(expected)), probability, rel_tol=1e-4)


@settings(max_examples=60)
@given(st.integers(0, 60), st.decimals("0.01", "50", places=2))
def test_it_is_one_less_the_sum_of_the_smaller_counts(observed: int, expected: Decimal) -> None:
    terms = sum(Fraction(expected) ** count / math.factorial(count) for count in range(observed))
    below = float(terms) * math.exp(-expected)
    assert math.isclose(poisson_excess(observed, expected), 1 - below, abs_tol=1e-12)


@given(st.integers(0, 200), st.decimals("0.01", "100", places=2))
def test_more_observed_is_never_more_probable(observed: int, expected: Decimal) -> None:
    assert 0 <= poisson_excess(observed + 1, expected) <= poisson_excess(observed, expected) <= 1


def test_a_tiny_tail_keeps_its_digits() -> None:
    found = poisson_excess(40, Decimal("0.5"))
    leading = Decimal("0.5") ** 40 / math.factorial(40) * Decimal("-0.5").exp()
    assert leading < found < leading * Decimal("1.013")


def test_large_counts_are_answered() -> None:
    assert Decimal("0.49") < poisson_excess(20_000, Decimal(20_000)) < Decimal("0.51")


def test_what_is_no_count_is_refused() -> None:
    for observed, expected in ((-1, Decimal(1)), (1, Decimal(-1)), (1, Decimal("NaN")), (1, Decimal("Infinity"))):
        with pytest.raises(ValueError, match="not negative"):
            poisson_excess(observed, expected)
    with pytest.raises(TypeError, match="Decimal"):
        poisson_excess(1, 1.0)  # type: ignore[arg-type]
