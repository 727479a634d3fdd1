"""When inspection becomes stricter, milder or stops: the switching rules, as a state that each lot moves on.

Editions: "ISO" (ISO 2859-1:1999, 9.3 and 9.4, adopted as GB/T 2828.1-2012) and "MIL-STD-105E" (4.7). They differ in how
reduced inspection is earned and when inspection is discontinued.
"""

from dataclasses import dataclass, replace

from guomen.core.sampling.iso2859 import Edition, Severity

_SCORE = 30
_BACK_TO_NORMAL = 5
_TIGHTEN_OF = 5
_ISO_STOP, _MIL_STOP = 5, 10
_MIL_LOTS = 10


@dataclass(frozen=True, slots=True)
class Switching:
    """Where the inspection of one producer's lots of one product stands. Begin with `Switching()`."""

    severity: Severity = "normal"
    edition: Edition = "ISO"
    recent: tuple[bool, ...] = ()
    """Whether the last lots (at most ten) of this severity were accepted, the newest last."""
    score: int = 0
    """ISO: the switching score of normal inspection."""
    rejected: int = 0
    """ISO: lots not accepted since tightened inspection began."""
    lots: int = 0
    """Lots since this severity began."""
    discontinued: bool = False
    """No lots are accepted by sampling until the producer has acted and the authority says so (:meth:`resumed`)."""

    def after(
        self,
        accepted: bool,
        *,
        ac: int = 0,
        accepted_tighter: bool = False,
        first_sample: bool = False,
        in_gap: bool = False,
        steady: bool = True,
        may_reduce: bool = True,
    ) -> "Switching":
        """Return the state after a lot, inspected for the first time (resubmitted lots do not count).

        `ac`: acceptance number of the plan used. `accepted_tighter`: the lot would also have been accepted with an AQL
        one step tighter. `first_sample`: accepted by the first of two samples. `in_gap`: accepted between the numbers
        of a 105E reduced plan. `steady`: production is steady. `may_reduce`: the authority holds reduced inspection
        desirable (105E: and the limit number of table VIII is met). ValueError while discontinued.
        """
        if self.discontinued:
            raise ValueError("inspection is discontinued until the producer has acted")
        recent = (*self.recent, accepted)[-_MIL_LOTS:]
        next = replace(self, recent=recent, lots=self.lots + 1)
        if self.severity == "normal":
            next = replace(next, score=next._scored(accepted, ac, accepted_tighter, first_sample))
            if recent[-_TIGHTEN_OF:].count(False) >= 2:
                return self._begin("tightened")
            return self._begin("reduced") if steady and may_reduce and next._earned() else next
        if self.severity == "tightened":
            if recent[-_BACK_TO_NORMAL:] == (True,) * _BACK_TO_NORMAL:
                return self._begin("normal")
            next = replace(next, rejected=self.rejected + (not accepted))
            limit = next.rejected >= _ISO_STOP if self.edition == "ISO" else next.lots >= _MIL_STOP
            return replace(next, discontinued=limit)
        return next if accepted and steady and may_reduce and not in_gap else self._begin("normal")

    def resumed(self) -> "Switching":
        """Return the state after the producer's action was found effective: tightened inspection begins anew."""
        return self._begin("tightened")

    def _begin(self, severity: Severity) -> "Switching":
        return Switching(severity, self.edition)

    def _scored(self, accepted: bool, ac: int, accepted_tighter: bool, first_sample: bool) -> int:
        if ac >= 2:
            earned = 3 if accepted and accepted_tighter else 0
        else:
            earned = 2 if accepted else 0
        if first_sample and accepted:
            earned = 3
        return self.score + earned if earned else 0

    def _earned(self) -> bool:
        if self.edition == "ISO":
            return self.score >= _SCORE
        return self.recent == (True,) * _MIL_LOTS
