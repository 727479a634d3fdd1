"""What is known of a lot's like: shrinkage, decay, memory, and what the unknown is worth."""

import pytest

from guomen.core.selection import History, Terms

GOOD, BAD = {"maker": "good"}, {"maker": "bad"}


def known(*outcomes: bool, at: float = 0.0, **terms: float) -> History:
    history = History(Terms(**terms))
    for failed in outcomes:
        history.learn({"maker": "M"}, failed, at)
    return history


def test_without_records_a_lot_is_like_all_lots() -> None:
    assert History().rate({"maker": "M"}, 0) == pytest.approx(0.03)
    assert History().novelty({"maker": "M"}, 0) == 1


def test_one_failure_of_one_lot_is_not_taken_for_a_rate_of_one() -> None:
    assert 0.05 < known(True).rate({"maker": "M"}, 0) < 0.3


def test_more_of_the_same_moves_it_further() -> None:
    rates = [known(*[True] * n).rate({"maker": "M"}, 0) for n in range(6)]
    assert rates == sorted(rates)
    assert rates[5] > 0.5


def test_records_of_the_past_fade() -> None:
    history = known(True, True, True, half_life=10.0)
    rates = [history.rate({"maker": "M"}, at) for at in (0, 10, 40, 1000)]
    assert rates == sorted(rates, reverse=True)
    assert rates[3] == pytest.approx(0.03, abs=0.001)


def test_what_was_good_for_long_turns_bad_within_a_few_lots() -> None:
    long, short = known(*[False] * 500, True, True), known(*[False] * 500, True, True, memory=1e9)
    assert long.factors({"maker": "M"}, 0)["maker"] > 0 > short.factors({"maker": "M"}, 0)["maker"]


def test_levels_add_up_as_log_odds_and_are_the_reason_that_is_shown() -> None:
    history = History()
    for _ in range(4):
        history.learn({"maker": "M", "origin": "O"}, True, 0)
        history.learn({"maker": "N", "origin": "P"}, False, 0)
    both = history.factors({"maker": "M", "origin": "O"}, 0)
    assert both["maker"] == both["origin"] > 0
    assert history.rate({"maker": "M", "origin": "O"}, 0) > history.rate({"maker": "M", "origin": "new"}, 0)


def test_a_lot_drawn_by_little_chance_stands_for_many_in_the_rate_of_all() -> None:
    history = History()
    for _ in range(50):
        history.learn({"maker": "hunted"}, True, 0, probability=1.0)
    for _ in range(50):
        history.learn({"maker": "anybody"}, False, 0, probability=0.02)
    assert history.base_rate(0) < 0.04


@pytest.mark.parametrize("probability", [0.0, -0.1, 1.1])
def test_a_probability_that_is_none_is_refused(probability) -> None:
    with pytest.raises(ValueError, match="probability"):
        History().learn({"maker": "M"}, False, 0, probability)


def test_after_a_shake_what_was_known_counts_as_little() -> None:
    history = known(*[True] * 10)
    before = history.rate({"maker": "M"}, 0)
    history.shake()
    assert 0.03 < history.rate({"maker": "M"}, 0) < before
    assert history.novelty({"maker": "M"}, 0) > 0.6


def test_signs_are_three_numbers_a_level_whatever_is_known() -> None:
    assert History().signs({"maker": "M", "origin": "O"}, 0) == [0.0] * 6
    signs = known(True, False, False).signs({"maker": "M"}, 0)
    assert signs[0] > 0
    assert signs[2] == 2
