"""The port and the ways of choosing on it: repeatable, within the effort, and ours ahead where it promises to be."""

from dataclasses import replace

import pytest

np = pytest.importorskip("numpy")
pytest.importorskip("lightgbm")
from guomen.core.simulation.policies import EveryNth  # noqa: E402
from guomen.core.simulation.run import POLICIES, run  # noqa: E402
from guomen.core.simulation.world import SCENARIOS, World  # noqa: E402

SMALL = replace(SCENARIOS["steady"], weeks=26, warm_up=6, lots=800)


@pytest.mark.parametrize("policy", POLICIES)
def test_the_same_seed_is_the_same_run(policy) -> None:
    short = replace(SMALL, weeks=9, warm_up=4, lots=300)
    assert run(policy, short, 0.1, 3) == run(policy, short, 0.1, 3)


@pytest.mark.parametrize("policy", POLICIES)
def test_no_policy_opens_more_than_it_may(policy) -> None:
    (found,) = run(policy, SMALL, 0.1, 1)
    assert found.opened / found.lots == pytest.approx(0.1, abs=0.01)
    assert found.found <= found.bad
    assert found.serious_found <= found.serious <= found.bad


def test_the_port_has_as_many_bad_lots_as_published_ones() -> None:
    world = World(SCENARIOS["steady"], 1)
    weeks = [world.week(n) for n in range(10)]
    assert 0.02 < np.mean([w.bad.mean() for w in weeks]) < 0.05
    assert all((w.serious <= w.bad).all() and (w.would_find <= w.bad).all() for w in weeks)


def test_what_one_policy_catches_does_not_change_anothers_luck() -> None:
    quiet, busy = World(SCENARIOS["steady"], 1), World(replace(SCENARIOS["steady"], fraud_adapts=0.0), 1)
    for n in range(5):
        a, b = quiet.week(n), busy.week(n)
        busy.caught(b.importer[b.fraud])
    assert (a.product == b.product).all()
    assert (a.bad == b.bad).all()


def test_a_change_brings_hazards_that_were_not_there() -> None:
    scenario = replace(SCENARIOS["drift"], drift_at=5)
    world = World(scenario, 2)
    before = [world.week(n).bad.mean() for n in range(5)]
    after = [world.week(n).bad.mean() for n in range(5, 10)]
    assert np.mean(after) > np.mean(before)


def test_frauds_that_know_the_counter_let_others_go_first() -> None:
    world, counter = World(SCENARIOS["steady"], 4), EveryNth(0.1, 4)
    opened = total = 0
    for n in range(20):
        week = world.week(n)
        chosen = counter.probabilities(week) == 1
        assert chosen.mean() == pytest.approx(0.1, abs=0.01)
        opened, total = opened + int((chosen & week.fraud).sum()), total + int(week.fraud.sum())
    assert opened / total < 0.08


def test_ours_finds_several_times_what_chance_finds_and_knows_how_much_there_is() -> None:
    (chance,), (ours,) = run("random", SMALL, 0.1, 1), run("ours", SMALL, 0.1, 1)
    assert ours.recall > 2.5 * chance.recall
    assert ours.serious_recall > chance.serious_recall
    assert ours.estimated.low <= ours.findable <= ours.estimated.high


def test_the_model_alone_knows_only_what_it_chose() -> None:
    (found,) = run("model only", SMALL, 0.1, 1)
    assert found.estimated.rate < 0.8 * found.findable
