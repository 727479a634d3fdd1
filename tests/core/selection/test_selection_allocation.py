"""Probabilities of being drawn: they add up to the effort, none is zero, and more risk is never less."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guomen.core.selection import Shares, inclusion

LOTS = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=300)


@given(LOTS, st.floats(0.001, 1))
def test_they_add_up_to_the_effort_and_each_lot_can_be_drawn(lots, effort) -> None:
    found = inclusion([s for s, _ in lots], [n for _, n in lots], effort)
    assert all(0 < p <= 1 for p in found)
    # Where the unknown is very uneven a lot may reach 1 and leave something over.
    assert sum(found) <= effort * len(lots) + 1e-6


@given(st.lists(st.floats(0, 1), min_size=1, max_size=300), st.floats(0.001, 1))
def test_with_nothing_unknown_all_of_the_effort_is_used(scores, effort) -> None:
    found = inclusion(scores, [0.0] * len(scores), effort)
    assert sum(found) == pytest.approx(effort * len(scores))


@given(LOTS, st.floats(0.01, 1))
def test_among_equally_known_lots_a_higher_score_is_never_drawn_less(lots, effort) -> None:
    scores = [s for s, _ in lots]
    found = inclusion(scores, [0.5] * len(scores), effort)
    by_score = [p for _, p in sorted(zip(scores, found, strict=True))]
    assert all(a <= b + 1e-9 for a, b in pairwise(by_score))


def test_the_unknown_gets_more_than_the_known() -> None:
    found = inclusion([0.1] * 100, [1.0] * 10 + [0.1] * 90, 0.1, Shares(0.5, 0.5))
    assert min(found[:10]) > 2 * max(found[10:])


def test_most_goes_to_the_highest_scores() -> None:
    found = inclusion([n / 1000 for n in range(1000)], [0.5] * 1000, 0.1)
    assert found[-80:] == [1.0] * 80
    assert max(found[:-80]) < 0.1


@pytest.mark.parametrize("wrong", [0.0, -1.0, 1.01])
def test_an_effort_that_is_none_is_refused(wrong) -> None:
    with pytest.raises(ValueError, match="effort"):
        inclusion([0.5], [0.5], wrong)


@pytest.mark.parametrize("wrong", [(0.0, 0.1), (0.6, 0.6), (0.5, -0.1)])
def test_shares_without_chance_are_refused(wrong) -> None:
    with pytest.raises(ValueError, match="shares"):
        Shares(*wrong)
