"""One policy at one port, week by week: what it opened, found and missed, and what it says of what it did not open."""

from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np

from guomen.core.selection import Estimate, estimate
from guomen.core.simulation.policies import ByChance, ByModel, Csp1, EveryNth, Ours, Policy, drawn
from guomen.core.simulation.world import HOURS_OPENED, HOURS_TESTED, Scenario, World

POLICIES: dict[str, Callable[[float, int], Policy]] = {
    "random": lambda effort, seed: ByChance(effort),
    "every nth": EveryNth,
    "CSP-1": lambda effort, seed: Csp1(effort),
    "model only": lambda effort, seed: ByModel(effort, 0.0, seed),
    "model 90, chance 10": lambda effort, seed: ByModel(effort, 0.1, seed),
    "ours": Ours,
}
WARM_UP_EFFORT = 0.10


@dataclass(frozen=True, slots=True)
class Result:
    """Of the weeks from `first` on: lots, opened, bad and serious ones, found; hours; the policy's own estimate."""

    policy: str
    scenario: str
    effort: float
    seed: int
    first: int
    lots: int
    opened: int
    bad: int
    found: int
    serious: int
    serious_found: int
    estimated: Estimate | None
    findable: float
    """The share of lots that an inspection would have found bad: what the estimate should say."""

    whole: bool = True
    """Whether it is of the whole time after warm-up."""

    def plain(self) -> dict[str, object]:
        """As JSON."""
        return asdict(self) | {"hours": self.hours, "recall": self.recall, "serious_recall": self.serious_recall}

    @property
    def hours(self) -> float:
        return self.opened * (HOURS_OPENED + HOURS_TESTED)

    @property
    def recall(self) -> float:
        return self.found / self.bad if self.bad else 0.0

    @property
    def serious_recall(self) -> float:
        return self.serious_found / self.serious if self.serious else 0.0


def run(policy: str, scenario: Scenario, effort: float, seed: int) -> list[Result]:
    """Play the scenario; the same seed is the same port for every policy until what it catches changes it.

    Returns the whole time after warm-up and, where the scenario drifts, also the time after that.
    """
    world, chooser = World(scenario, seed), POLICIES[policy](effort, seed)
    start = ByChance(max(effort, WARM_UP_EFFORT))
    told: list[tuple[int, np.ndarray]] = []
    opened_with: list[tuple[int, float, bool]] = []
    for number in range(scenario.weeks):
        week = world.week(number)
        warm = number < scenario.warm_up
        probabilities = (start if warm else chooser).probabilities(week)
        opened = drawn(probabilities, seed, number)
        chooser.learn(week, opened, probabilities)
        found = opened & week.would_find
        world.caught(week.importer[found])
        if not warm:
            counts = [
                len(week),
                opened.sum(),
                week.bad.sum(),
                found.sum(),
                week.serious.sum(),
                (found & week.serious).sum(),
                week.would_find.sum(),
            ]
            told.append((number, np.array(counts, dtype=np.int64)))
            opened_with += [(number, float(probabilities[n]), bool(found[n])) for n in np.flatnonzero(opened)]
    firsts = [scenario.warm_up] + ([scenario.drift_at] if scenario.drift_at else [])
    return [_result(policy, scenario, effort, seed, first, told, opened_with) for first in firsts]


def _result(
    policy: str,
    scenario: Scenario,
    effort: float,
    seed: int,
    first: int,
    told: list[tuple[int, np.ndarray]],
    opened_with: list[tuple[int, float, bool]],
) -> Result:
    lots, opened, bad, found, serious, serious_found, findable = np.sum(
        [counts for number, counts in told if number >= first], axis=0
    ).tolist()
    said = estimate(((p, hit) for number, p, hit in opened_with if number >= first), lots)
    return Result(
        policy,
        scenario.name,
        effort,
        seed,
        first,
        lots,
        opened,
        bad,
        found,
        serious,
        serious_found,
        said,
        findable / lots,
        first == scenario.warm_up,
    )
