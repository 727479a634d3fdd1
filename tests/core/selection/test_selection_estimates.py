"""How many lots are bad, from those that were opened: unbiased whatever chose them, and honest about doubt."""

import random

import pytest

from guomen.core.selection import Sums, estimate, inclusion, of_sums


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


@pytest.mark.parametrize(
    ("lots", "rate", "probabilities", "open_"),
    [
        (300, 0.1, (0.03,), 0.3),
        (300, 0.4, (0.05, 0.5), 0.3),
        (300, 0.1, (0.01, 0.03, 0.09), 0.0),
        (1500, 0.4, (0.03,), 0.3),
    ],
)
def test_its_interval_holds_the_truth_as_often_as_it_says_while_some_results_are_open(
    lots: int, rate: float, probabilities: tuple[float, ...], open_: float
) -> None:
    chance, held, ports = random.Random(11), 0, 250
    mean = sum(probabilities) / len(probabilities)
    said, truths = [], []
    for _ in range(ports):
        sums, truth = Sums(), 0
        for _ in range(lots):
            p = chance.choice(probabilities)
            # What is likelier to be bad is likelier to be drawn.
            bad = chance.random() < rate * (0.4 + 0.6 * p / mean)
            truth += bad
            if chance.random() < p:
                if chance.random() < open_:
                    sums.waiting_for += 1 / p
                else:
                    sums.add(p, bad)
        found = of_sums(sums, lots)
        truths.append(truth / lots)
        said.append(found.rate if found else truth / lots)
        held += found is None or found.low <= truth / lots <= found.high
    assert held / ports >= 0.93
    assert sum(said) == pytest.approx(sum(truths), rel=0.12)
