"""What became of a lot's like: failure rates that shrink towards their parent's and forget with time.

Each level (product, origin, maker, importer, and pairs of them) keeps decayed counts of inspected and failed lots. The
rate of a level is the posterior mean of a beta-binomial whose prior is the rate of all lots (Gelman and others,
Bayesian Data Analysis, 3rd edition, 2.4 and 5.3); levels add up as log-odds. A lot that was drawn with probability p
stands for 1/p lots where rates of all lots are estimated, but counts once where its own like is judged.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import exp, log


@dataclass(frozen=True, slots=True)
class Terms:
    """`half_life`: in the unit of time of the moments, weeks. `prior_lots`: how many lots the prior is worth."""

    half_life: float = 12.0
    prior_lots: float = 4.0
    prior_rate: float = 0.03
    memory: float = 10.0
    """The last so many lots of a level count: what was good for years turns bad within days."""
    most: float = 3.5
    """The most log-odds that one level adds or takes."""


@dataclass(slots=True)
class Count:
    """Decayed inspected and failed lots, and when they were last brought up to date."""

    inspected: float = 0.0
    failed: float = 0.0
    at: float = 0.0
    passes: int = 0
    """Lots in a row that were good."""

    def seen(self, at: float, half_life: float) -> tuple[float, float]:
        """Inspected and failed at a later moment."""
        left = 0.5 ** ((at - self.at) / half_life)
        return self.inspected * left, self.failed * left


@dataclass(slots=True)
class History:
    """Counts by level and key. Moments go forward."""

    terms: Terms = field(default_factory=Terms)
    counts: dict[tuple[str, object], Count] = field(default_factory=dict)
    everything: Count = field(default_factory=Count)

    def learn(self, keys: Mapping[str, object], failed: bool, at: float, probability: float = 1.0) -> None:
        """Take in one inspected lot. `keys`: level -> which. `probability`: with which it had been drawn."""
        if not 0 < probability <= 1:
            raise ValueError("a lot that was inspected had a probability above 0 and at most 1")
        half_life = self.terms.half_life
        for count, weight in [
            (self.everything, 1 / probability),
            *((self.counts.setdefault(key, Count(at=at)), 1.0) for key in keys.items()),
        ]:
            inspected, bad = count.seen(at, half_life)
            if count is not self.everything and inspected > self.terms.memory:
                inspected, bad = self.terms.memory, bad * self.terms.memory / inspected
            count.inspected, count.failed, count.at = inspected + weight, bad + weight * failed, at
            count.passes = 0 if failed else count.passes + 1

    def shake(self, lots: float = 2.0) -> None:
        """Let what was known of each level count as no more than so many lots: the world has changed."""
        for count in self.counts.values():
            if count.inspected > lots:
                count.failed *= lots / count.inspected
                count.inspected = lots
                count.passes = min(count.passes, int(lots))

    def base_rate(self, at: float) -> float:
        """The failure rate of all lots, as those drawn by chance show it."""
        inspected, failed = self.everything.seen(at, self.terms.half_life)
        lots = 10 * self.terms.prior_lots
        return (failed + self.terms.prior_rate * lots) / (inspected + lots)

    def factors(self, keys: Mapping[str, object], at: float) -> dict[str, float]:
        """Level -> log-odds that it adds to those of all lots: what is shown to people as the reason."""
        base = self.base_rate(at)
        found = {}
        for key in keys.items():
            count = self.counts.get(key)
            inspected, failed = count.seen(at, self.terms.half_life) if count else (0.0, 0.0)
            rate = (failed + base * self.terms.prior_lots) / (inspected + self.terms.prior_lots)
            found[key[0]] = max(-self.terms.most, min(self.terms.most, _odds(rate) - _odds(base)))
        return found

    def signs(self, keys: Mapping[str, object], at: float) -> list[float]:
        """Three numbers a level for a model: log-odds that it adds, how much is known of it, lots in a row that passed.

        What follows from such numbers stays true when the world changes; which maker is bad does not.
        """
        found = []
        for key, odds in zip(keys.items(), self.factors(keys, at).values(), strict=True):
            count = self.counts.get(key)
            found += [odds, log(1 + count.seen(at, self.terms.half_life)[0]) if count else 0.0]
            found.append(float(min(count.passes, 20)) if count else 0.0)
        return found

    def rate(self, keys: Mapping[str, object], at: float) -> float:
        """The probability that such a lot fails."""
        return _probability(_odds(self.base_rate(at)) + sum(self.factors(keys, at).values()))

    def novelty(self, keys: Mapping[str, object], at: float) -> float:
        """From 1 (nothing like it was ever looked at) towards 0: the mean over levels of what is left of the prior."""
        lots = self.terms.prior_lots
        parts = []
        for key in keys.items():
            count = self.counts.get(key)
            parts.append(lots / ((count.seen(at, self.terms.half_life)[0] if count else 0.0) + lots))
        return sum(parts) / len(parts) if parts else 1.0


def _odds(rate: float) -> float:
    rate = min(1 - 1e-6, max(1e-6, rate))
    return log(rate / (1 - rate))


def _probability(odds: float) -> float:
    return 1 / (1 + exp(-odds))
