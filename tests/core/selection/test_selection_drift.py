"""Doubt in the scores: none while they hold, an alarm when what they chose is good after all."""

import random

from guomen.core.selection.drift import Trust


def weeks(n: int, said: float, true: float, trust: Trust | None = None, seed: int = 1) -> list[Trust]:
    chance, trust, found = random.Random(seed), trust or Trust(), []
    for _ in range(n):
        trust = trust.after([said] * 100, [chance.random() < true for _ in range(100)])
        found.append(trust)
    return found


def test_while_the_scores_hold_there_is_hardly_an_alarm() -> None:
    alarms = sum(trust.alarm for seed in range(20) for trust in weeks(52, 0.4, 0.4, seed=seed))
    assert alarms <= 5


def test_scores_that_stopped_being_true_raise_it_within_two_weeks() -> None:
    before = weeks(10, 0.4, 0.4)[-1]
    assert any(trust.alarm for trust in weeks(2, 0.4, 0.1, before))


def test_finding_more_than_expected_is_no_reason_for_doubt() -> None:
    assert weeks(3, 0.2, 0.6)[-1].doubt == 0


def test_after_an_alarm_it_rests_and_doubts_for_some_weeks() -> None:
    trust = Trust(expected=50, variance=25, found=5).shaken()
    assert trust.doubt == 1
    assert not trust.alarm
    later = weeks(6, 0.3, 0.3, trust)
    assert later[-1].doubt < 0.6
    assert later[-1].resting == 0
