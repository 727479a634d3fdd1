"""A port that never was: who trades what, what is bad and what one could notice; all from one seed.

Rates are in the range of published ones: 2 to 4 % of lots bad (customs data of Nigeria 2013 to 2017 in Kim and others,
KDD 2020: 3.8 %), most of it with few makers, a third of it serious, one defect in four hidden from the eye, and firms
that come and go. `Scenario` says what changes on the way.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Scenario:
    """What the port goes through. Weeks count from 0; the first `warm_up` weeks are drawn by chance alone."""

    name: str
    weeks: int = 60
    warm_up: int = 8
    lots: int = 2000
    """A week."""
    drift_at: int | None = None
    """The week in which new hazards appear, old offenders mend their ways, and others begin."""
    new_firms: float = 0.01
    """The share of trading relations that new firms take over each week."""
    fraud_adapts: float = 0.3
    """The chance that a fraudulent importer that was caught comes back under another name."""
    price_signs: float = 0.8
    """How far the declared price of fraudulent lots lies off, in standard deviations."""


SCENARIOS = {
    one.name: one
    for one in (
        Scenario("steady"),
        Scenario("drift", drift_at=34),
        Scenario("newcomers", new_firms=0.06),
        Scenario("adaptive fraud", fraud_adapts=0.9, price_signs=0.3),
    )
}

PRODUCTS, ORIGINS, MAKERS, IMPORTERS, RELATIONS = 60, 25, 1500, 800, 4000
_FAMILIES = 12
_BASE = -4.9
_QUALITIES = (-0.8, 1.2, 4.6)
_FINDS_VISIBLE, _FINDS_HIDDEN, _HIDDEN = 0.95, 0.5, 0.25
HOURS_OPENED, HOURS_TESTED = 2.0, 1.0
"""Of an officer for each lot opened: the inspection, and on average sampling and the laboratory's report."""


@dataclass(frozen=True, slots=True)
class Week:
    """The lots of a week: what is declared, and what only an inspection can show."""

    number: int
    product: Ints
    origin: Ints
    maker: Ints
    importer: Ints
    price: Floats
    """How far the declared price lies from that of its like, in standard deviations."""
    weight: Floats
    """Logarithm of the net weight in kg."""
    bad: Bools
    serious: Bools
    would_find: Bools
    """Whether an inspection would find what is bad."""
    fraud: Bools

    def __len__(self) -> int:
        return len(self.product)


class World:
    """The port. Weeks are made one after the other; what inspectors found comes back by :meth:`caught`."""

    def __init__(self, scenario: Scenario, seed: int) -> None:
        self.scenario = scenario
        self._seed = seed
        r = self._r = np.random.default_rng([seed, 0])
        self._product = r.normal(0, 0.7, PRODUCTS)
        self._family = r.integers(0, _FAMILIES, PRODUCTS)
        self._serious = np.clip(r.beta(2, 4, PRODUCTS), 0.05, 0.95)
        self._weight = r.normal(8, 1, PRODUCTS)
        self._origin = r.normal(0, 0.5, (ORIGINS, _FAMILIES))
        self._hazard = np.zeros((PRODUCTS, ORIGINS))
        self._maker_origin = r.choice(ORIGINS, MAKERS, p=_zipf(ORIGINS, 0.9))
        self._maker = self._qualities(MAKERS)
        self._fraud = r.random(IMPORTERS) < 0.05
        self._rel_maker = r.choice(MAKERS, RELATIONS, p=_zipf(MAKERS, 0.6))
        self._rel_importer = r.choice(IMPORTERS, RELATIONS, p=_zipf(IMPORTERS, 0.6))
        self._rel_product = r.choice(PRODUCTS, RELATIONS, p=_zipf(PRODUCTS, 0.7))
        self._volume = r.permutation(_zipf(RELATIONS, 0.8))

    def _qualities(self, n: int) -> Floats:
        """Log-odds of makers: most good, some middling, few bad."""
        kind = self._r.choice(3, n, p=(0.82, 0.14, 0.04))
        return np.array(_QUALITIES)[kind] + self._r.normal(0, 0.3, n)

    def week(self, number: int) -> Week:
        """The next week's lots."""
        scenario = self.scenario
        # Of its own each week: what one policy catches does not change the luck of all that comes after.
        r = self._r = np.random.default_rng([self._seed, 1, number])
        if number == scenario.drift_at:
            self._drift()
        self._newcomers()
        of = r.choice(RELATIONS, scenario.lots, p=self._volume)
        product, maker, importer = self._rel_product[of], self._rel_maker[of], self._rel_importer[of]
        origin = self._maker_origin[maker]
        fraud = self._fraud[importer] & (r.random(len(of)) < 0.5)
        odds = _BASE + self._product[product] + self._origin[origin, self._family[product]]
        odds = odds + self._maker[maker] + self._hazard[product, origin] + 3.0 * fraud
        bad = r.random(len(of)) < 1 / (1 + np.exp(-odds))
        hidden = r.random(len(of)) < _HIDDEN
        found = r.random(len(of)) < np.where(hidden, _FINDS_HIDDEN, _FINDS_VISIBLE)
        price = r.normal(0, 1, len(of)) - scenario.price_signs * (fraud | (bad & (r.random(len(of)) < 0.3)))
        weight = self._weight[product] + r.normal(0, 0.4, len(of))
        serious = bad & (r.random(len(of)) < self._serious[product])
        return Week(number, product, origin, maker, importer, price, weight, bad, serious, bad & found, fraud)

    def caught(self, importers: Ints) -> None:
        """Fraudulent importers that were caught may come back under another name, with other makers."""
        for one in np.unique(importers):
            if self._fraud[one] and np.random.default_rng([self._seed, 2, one]).random() < self.scenario.fraud_adapts:
                self._fraud = np.append(self._fraud, True)
                at = np.flatnonzero(self._rel_importer == one)
                self._rel_importer[at] = len(self._fraud) - 1
                self._rel_maker[at] = self._new_makers(len(at))

    def _new_makers(self, n: int) -> Ints:
        first = len(self._maker)
        self._maker = np.append(self._maker, self._qualities(n))
        self._maker_origin = np.append(self._maker_origin, self._r.choice(ORIGINS, n, p=_zipf(ORIGINS, 0.9)))
        return np.arange(first, first + n)

    def _newcomers(self) -> None:
        n = self._r.binomial(RELATIONS, self.scenario.new_firms)
        at = self._r.choice(RELATIONS, n, replace=False)
        self._rel_maker[at] = self._new_makers(n)
        first = len(self._fraud)
        # One newcomer in ten is a fraud: twice as many as among those who stay.
        self._fraud = np.append(self._fraud, self._r.random(n) < 0.1)
        self._rel_importer[at] = np.arange(first, first + n)

    def _drift(self) -> None:
        """Those known to be bad become good, as many others bad, and busy products of busy origins hazardous."""
        self._maker[self._maker > 3] = _QUALITIES[0]
        # By relation, of which there are always as many: which makers there are depends on who was caught.
        self._maker[self._rel_maker[self._r.choice(RELATIONS, RELATIONS // 60, replace=False)]] = _QUALITIES[2]
        self._product = self._r.permutation(self._product)
        busy = np.zeros((PRODUCTS, ORIGINS))
        np.add.at(busy, (self._rel_product, self._maker_origin[self._rel_maker]), self._volume)
        for place in np.argsort(-busy.ravel())[5:11]:
            self._hazard[place // ORIGINS, place % ORIGINS] = 3.5


def _zipf(n: int, exponent: float) -> Floats:
    weights = 1 / np.arange(1, n + 1) ** exponent
    return np.asarray(weights / weights.sum())
