"""Injury scenarios, which of them counts, and how firm the answer is.

Method of Implementing Decision (EU) 2019/417, kept by UK OPSS PRISM version 2.0 (October 2024): a scenario is a chain
of steps; its probability is the product of the steps; of several scenarios the highest level counts; a sensitivity
analysis moves each input and reports whether the level changes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from typing import Literal

from guomen.core.hazard.matrix import BANDS, Level, band, level_in_band

Direction = Literal["up", "down"]
MAX_STEPS = 30


@dataclass(frozen=True, slots=True)
class Scenario:
    """A chain of steps to an injury: the probability of each (0 to 1, given the steps before), and severity 1 to 4.

    One to 30 steps (PRISM's bound). ValueError or TypeError when a part is out of bounds.
    """

    steps: tuple[Decimal, ...]
    severity: int

    def __post_init__(self) -> None:
        if not 1 <= len(self.steps) <= MAX_STEPS:
            raise ValueError(f"a scenario has 1 to {MAX_STEPS} steps, not {len(self.steps)}")
        for step in self.steps:
            band(step)
        level_in_band(self.severity, 0)

    @property
    def probability(self) -> Decimal:
        """Return the product of the steps, exact: a rounded one could fall on the wrong side of a bound."""
        digits = sum(len(step.as_tuple().digits) for step in self.steps)
        with localcontext(Context(prec=digits + 1)):
            found = Decimal(1)
            for step in self.steps:
                found *= step
        return found

    @property
    def level(self) -> Level:
        """Return the level of this scenario alone."""
        return level_in_band(self.severity, band(self.probability))


@dataclass(frozen=True, slots=True)
class Variation:
    """One input moved: in scenario number `scenario` (from 0), step number `step` (from 0) or, if None, the severity.

    `level` is what the whole assessment would then say.
    """

    scenario: int
    step: int | None
    direction: Direction
    level: Level


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """The moves that change the level of the assessment; none means that the answer is firm."""

    changes: tuple[Variation, ...]

    @property
    def stable(self) -> bool:
        """Say whether no single move changes the level."""
        return not self.changes


@dataclass(frozen=True, slots=True)
class Assessment:
    """The level, the index of the scenario that it comes from (of equals the most probable one), and how firm it is."""

    level: Level
    worst: int
    sensitivity: Sensitivity


def assess(scenarios: Sequence[Scenario]) -> Assessment:
    """Return the assessment of one or more scenarios: the highest level counts. ValueError without a scenario.

    Sensitivity moves one input at a time: each step one band, which moves its scenario one band (for a step that is
    certain already there is no way up), and each severity one level within 1 to 4.
    """
    if not scenarios:
        raise ValueError("an assessment needs at least one scenario")
    levels = [scenario.level for scenario in scenarios]
    worst = max(range(len(scenarios)), key=lambda number: (levels[number].rank, scenarios[number].probability))
    variations = [
        variation for number in range(len(scenarios)) for variation in _variations(number, scenarios[number], levels)
    ]
    changes = tuple(variation for variation in variations if variation.level != levels[worst])
    return Assessment(levels[worst], worst, Sensitivity(changes))


def _variations(number: int, scenario: Scenario, levels: list[Level]) -> list[Variation]:
    others = [level for other, level in enumerate(levels) if other != number]
    here = band(scenario.probability)

    def moved(step: int | None, direction: Direction, severity: int, band: int) -> Variation:
        highest = max([*others, level_in_band(severity, band)], key=lambda level: level.rank)
        return Variation(number, step, direction, highest)

    found = []
    for step, probability in enumerate(scenario.steps):
        if here > 0 and probability < 1:
            found.append(moved(step, "up", scenario.severity, here - 1))
        if here < len(BANDS):
            found.append(moved(step, "down", scenario.severity, here + 1))
    if scenario.severity < 4:
        found.append(moved(None, "up", scenario.severity + 1, here))
    if scenario.severity > 1:
        found.append(moved(None, "down", scenario.severity - 1, here))
    return found
