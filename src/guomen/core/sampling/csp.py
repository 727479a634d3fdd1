"""Continuous sampling (CSP): inspect all until `i` in a row were good, then a fraction `f`; a failure has a price.

CSP-1: Dodge (1943); CSP-2 and CSP-3: Dodge and Torrey (1951). Australia's compliance-based inspection of plant products
and MIL-STD-1235C are of this family. Which units are inspected at fraction f is for a draw that nobody can foresee
(:func:`guomen.core.sampling.draw`), never for a counter.
"""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

Scheme = Literal["CSP-1", "CSP-2", "CSP-3"]
_CLOSE_LOOK = 4
"""CSP-3: units inspected after a failure before sampling goes on."""


@dataclass(frozen=True, slots=True)
class Continuous:
    """Where continuous sampling of one stream stands. `i`: clearance number; `f`: fraction, 0 < f < 1."""

    i: int
    f: Decimal
    scheme: Scheme = "CSP-1"
    passed: int = 0
    """Inspected in a row without failure, of the phase that runs."""
    sampling: bool = False
    warned: bool = False
    """CSP-2 and CSP-3: a failure lies less than `i` sampled units back."""
    close: int = 0
    """CSP-3: units of the close look still to come."""

    def __post_init__(self) -> None:
        if self.i < 1 or not 0 < self.f < 1:
            raise ValueError("a clearance number of at least 1 and a fraction between 0 and 1")

    @property
    def rate(self) -> Decimal:
        """The probability with which the next unit is to be inspected."""
        return self.f if self.sampling and not self.close else Decimal(1)

    def after(self, good: bool) -> "Continuous":
        """Return the state after an inspected unit; units that pass by uninspected change nothing."""
        if not self.sampling:
            passed = self.passed + 1 if good else 0
            return replace(self, passed=0, sampling=True) if passed >= self.i else replace(self, passed=passed)
        if not good:
            if self.scheme == "CSP-1" or self.warned:
                return Continuous(self.i, self.f, self.scheme)
            return replace(self, warned=True, passed=0, close=_CLOSE_LOOK if self.scheme == "CSP-3" else 0)
        if self.close:
            return replace(self, close=self.close - 1)
        if not self.warned:
            return self
        passed = self.passed + 1
        return replace(self, passed=passed % self.i, warned=passed < self.i)


@dataclass(frozen=True, slots=True)
class Performance:
    """What CSP-1 does in the long run to a stream of one quality.

    `inspected`: average fraction inspected (AFI). `passing`: share of units that come while sampling. `outgoing`: the
    average outgoing quality (AOQ), failures found being taken out.
    """

    inspected: float
    passing: float
    outgoing: float


def performance(i: int, f: float, quality: float) -> Performance:
    """Return what CSP-1 does at a fraction nonconforming `quality`, 0 < quality < 1 (Dodge 1943).

    u = (1 - q^i) / (p q^i) units are inspected before sampling begins, v = 1 / (f p) pass until it ends.
    """
    if not 0 < quality < 1:
        raise ValueError("a fraction nonconforming lies between 0 and 1")
    good = (1 - quality) ** i
    if not good:
        return Performance(1.0, 0.0, 0.0)
    u, v = (1 - good) / (quality * good), 1 / (f * quality)
    inspected = (u + f * v) / (u + v)
    return Performance(inspected, v / (u + v), quality * (1 - inspected))


def worst(i: int, f: float) -> tuple[float, float]:
    """Return the quality at which most gets through, and the average outgoing quality there (its limit, AOQL)."""
    low, high = 1e-9, 1 - 1e-9
    step = (5**0.5 - 1) / 2
    while high - low > 1e-10:
        a, b = high - step * (high - low), low + step * (high - low)
        if performance(i, f, a).outgoing < performance(i, f, b).outgoing:
            low = a
        else:
            high = b
    at = (low + high) / 2
    return at, performance(i, f, at).outgoing
