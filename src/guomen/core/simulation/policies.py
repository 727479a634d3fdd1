"""Ways to choose which lots to open: the old ones, the usual ones and ours, each under the same effort."""

from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import sha256
from typing import Protocol

import numpy as np

from guomen.core.sampling import Continuous
from guomen.core.selection.model import Model, Rows, fit
from guomen.core.selection.selector import Judged, Lot, Selector
from guomen.core.simulation.world import Bools, Floats, Week

LEVELS = ("product", "origin", "product and origin", "maker", "importer", "maker and product")


class Policy(Protocol):
    """Chooses, week by week, and learns from what was opened."""

    def probabilities(self, week: Week) -> Floats:
        """With what probability each lot is drawn; 0 and 1 where chance has no part in it."""

    def learn(self, week: Week, opened: Bools, probabilities: Floats) -> None:
        """What was opened was found bad or not (week.would_find)."""


@dataclass(slots=True)
class ByChance:
    """Every lot with the same probability."""

    effort: float

    def probabilities(self, week: Week) -> Floats:
        return np.full(len(week), self.effort)

    def learn(self, week: Week, opened: Bools, probabilities: Floats) -> None:
        pass


@dataclass(slots=True)
class EveryNth:
    """Every nth lot by a counter. Half of the frauds know the counter and let somebody else go first."""

    effort: float
    seed: int
    counted: int = 0

    def probabilities(self, week: Week) -> Floats:
        n = max(1, round(1 / self.effort))
        chosen = (np.arange(self.counted, self.counted + len(week)) % n) == n - 1
        self.counted += len(week)
        knows = week.fraud & (np.random.default_rng([self.seed, week.number]).random(len(week)) < 0.5)
        for at in np.flatnonzero(chosen & knows):
            after = np.flatnonzero(~knows[at:] & ~chosen[at:])
            chosen[at] = False
            if len(after):
                chosen[at + after[0]] = True
        return np.asarray(chosen, dtype=float)

    def learn(self, week: Week, opened: Bools, probabilities: Floats) -> None:
        pass


@dataclass(slots=True)
class Csp1:
    """Continuous sampling of each importer's trade in a product; where there is more to open than hands, by chance.

    Clearance after 5 good lots in a row, as for most of Australia's products.
    """

    effort: float
    streams: dict[tuple[int, int], Continuous] = field(default_factory=dict)

    def _of(self, week: Week, at: int) -> tuple[tuple[int, int], Continuous]:
        key = (int(week.importer[at]), int(week.product[at]))
        if key not in self.streams:
            self.streams[key] = Continuous(5, Decimal(str(min(0.5, max(0.001, self.effort / 2)))))
        return key, self.streams[key]

    def probabilities(self, week: Week) -> Floats:
        wanted = np.array([float(self._of(week, at)[1].rate) for at in range(len(week))])
        return np.asarray(np.minimum(1.0, wanted * (self.effort * len(week) / wanted.sum())))

    def learn(self, week: Week, opened: Bools, probabilities: Floats) -> None:
        for at in np.flatnonzero(opened):
            key, stream = self._of(week, int(at))
            self.streams[key] = stream.after(not week.would_find[at])


@dataclass(slots=True)
class ByModel:
    """The highest scores of a model that is refitted every four weeks; `chance` of the effort by chance."""

    effort: float
    chance: float = 0.0
    seed: int = 0
    rows: Rows = field(default_factory=Rows)
    model: Model | None = None

    def scores(self, week: Week) -> Floats:
        if self.model is None:
            return np.random.default_rng([self.seed, week.number]).random(len(week))
        return self.model.predict(features(week))

    def probabilities(self, week: Week) -> Floats:
        certain = round(self.effort * (1 - self.chance) * len(week))
        found = np.full(len(week), self.effort * self.chance * len(week) / max(1, len(week) - certain))
        found[np.argsort(-self.scores(week), kind="stable")[:certain]] = 1.0
        return found

    def learn(self, week: Week, opened: Bools, probabilities: Floats) -> None:
        self.rows.add(features(week)[opened], week.would_find[opened])
        if week.number % 4 == 3:
            self.model = fit(self.rows, seed=self.seed, categories=4) or self.model


@dataclass(slots=True)
class Ours:
    """guomen.core.selection as it is."""

    effort: float
    seed: int = 0
    selector: Selector = field(init=False)
    lots: list[Lot] = field(default_factory=list)
    judged: Judged | None = None
    seen: int = -1
    """Which week was judged last."""

    def __post_init__(self) -> None:
        self.selector = Selector(self.effort, self.seed)

    def probabilities(self, week: Week) -> Floats:
        columns = (week.product, week.origin, week.maker, week.importer, week.price, week.weight)
        self.lots = [
            Lot(dict(zip(LEVELS, (p, o, (p, o), m, i, (m, p)), strict=True)), (price, weight))
            for p, o, m, i, price, weight in zip(*(column.tolist() for column in columns), strict=True)
        ]
        self.judged, self.seen = self.selector.judge(self.lots, week.number), week.number
        return np.array(self.judged.probabilities)

    def learn(self, week: Week, opened: Bools, probabilities: Floats) -> None:
        if self.seen != week.number:
            # Somebody else chose: in the first weeks, chance.
            self.probabilities(week)
        assert self.judged is not None
        failed = {int(n): bool(week.would_find[n]) for n in np.flatnonzero(opened)}
        self.selector.learn(self.lots, self.judged, failed, week.number, probabilities.tolist())


def features(week: Week) -> Floats:
    """What a model sees of each lot: product, origin, maker, importer (as categories), price, weight."""
    return np.column_stack([week.product, week.origin, week.maker, week.importer, week.price, week.weight]).astype(
        float
    )


def drawn(probabilities: Floats, seed: int, week: int) -> Bools:
    """Draw each lot with its probability."""
    start = int.from_bytes(sha256(f"{seed}|{week}".encode()).digest()[:8])
    return np.random.default_rng(start).random(len(probabilities)) < probabilities
