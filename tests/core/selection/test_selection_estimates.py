"""How many lots are bad, from those that were opened: unbiased whatever chose them, and honest about doubt."""

import random

import pytest

from guomen.core.selection import estimate, inclusion


def test_of_lots_that_were_all_opened_it_is_the_share_itself() -> None:
    found = estimate([(1.0, True)] * 3 + [(1.0, False)] * 7, 10)
    assert (found.rate, found.low, found.high, found.lots) == (0.3, 0.3, 0.3, 10)


def test_a_lot_drawn_with_a_tenth_stands_for_ten() -> None:
    found = estimate([(0.1, True)] + [(0.1, False)] * 9, 100)
    assert found.rate == pytest.approx(0.1)
    assert found.low < 0.1 < found.high


def test_nothing_bad_found_is_not_nothing_bad() -> None:
    found = estimate([(0.1, False)] * 100, 1000)
    assert found.rate == found.low == 0
    assert 0.02 < found.high < 0.06


def test_of_nothing_it_says_nothing() -> None:
    assert estimate([], 100) is None


@pytest.mark.parametrize("p", [0.0, -1.0, 1.5])
def test_a_probability_that_is_none_is_refused(p) -> None:
    with pytest.raises(ValueError, match="probability"):
        estimate([(p, True)], 10)


def test_selected_by_risk_it_stays_true_while_the_plain_share_lies() -> None:
    chance = random.Random(3)
    risk = [chance.betavariate(0.3, 8) for _ in range(4000)]
    bad = [chance.random() < r for r in risk]
    truth = sum(bad) / len(bad)
    probabilities = inclusion(risk, [0.5] * len(risk), 0.1)
    said, plain, held = [], [], 0
    for _ in range(200):
        opened = [(p, b) for p, b in zip(probabilities, bad, strict=True) if chance.random() < p]
        found = estimate(opened, len(bad))
        said.append(found.rate)
        plain.append(sum(b for _, b in opened) / len(opened))
        held += found.low <= truth <= found.high
    assert sum(said) / len(said) == pytest.approx(truth, rel=0.05)
    assert sum(plain) / len(plain) > 3 * truth
    assert held >= 180
