"""Whether the scores still tell the truth: what was expected of the lots that they chose, against what was found.

When the world changes, lots chosen for certain fail less often than their scores say. That is seen within weeks,
long before chance alone meets the new hazard; then old records count less and more goes to chance and the unknown.
"""

from dataclasses import dataclass, replace
from math import erf, sqrt

_LEFT_A_WEEK = 0.6
_ALARM, _DOUBT, _REST = 3.5, 1.0, 4
"""Standard deviations below what was expected; weeks after an alarm without another."""


@dataclass(frozen=True, slots=True)
class Trust:
    """Decayed sums over chosen lots: failures expected, their variance, failures found."""

    expected: float = 0.0
    variance: float = 0.0
    found: float = 0.0
    resting: int = 0

    def after(self, scores: list[float], failed: list[bool]) -> "Trust":
        """Return the trust after a period in which lots with these scores were opened for certain."""
        return self.after_sums(sum(scores), sum(s * (1 - s) for s in scores), sum(failed))

    def after_sums(self, expected: float, variance: float, found: int) -> "Trust":
        """As :meth:`after`, where only sums are known: of the scores, of s (1 - s), and of failures."""
        keep = _LEFT_A_WEEK
        return replace(
            self,
            expected=self.expected * keep + expected,
            variance=self.variance * keep + variance,
            found=self.found * keep + found,
            resting=max(0, self.resting - 1),
        )

    @property
    def shortfall(self) -> float:
        """Standard deviations by which less was found than expected; negative: more."""
        return (self.expected - self.found) / sqrt(self.variance + 1)

    @property
    def doubt(self) -> float:
        """From 0 (the scores hold) to 1 (they do not): by the shortfall, and for some weeks after an alarm."""
        return max(0.0, erf((self.shortfall - _DOUBT) / sqrt(8)), min(1.0, self.resting / 3))

    @property
    def alarm(self) -> bool:
        """Whether records should be shaken: the shortfall is no accident."""
        return self.shortfall > _ALARM and not self.resting

    def shaken(self) -> "Trust":
        """Return the trust after the alarm was acted on."""
        return Trust(resting=_REST)
