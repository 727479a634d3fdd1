"""Rules that choose a release mode: one class per way into a mode. The first that answers decides.

Duties come first, then what a firm has earned, then 即检即放, which is what remains.
"""

from typing import ClassVar

from guomen.clearance.rules.facts import Choice, LineFacts, Reason, why
from guomen.core.sampling import draw

RATED = ("RATE-OF-CLASS", "RATE-STEPPED-UP", "RATE-REPORTED", "RATE-BY-RISK", "RATE-TO-EARN", "DRAWN", "NOT-DRAWN")
"""What a mode that draws may say of its draw."""


class Mode:
    """A way into a release mode. ``codes`` are the reasons it can give; ``opens`` and ``tests`` say what follows.

    ``opens`` is False where goods are opened only when they are drawn or another check needs it.
    """

    code: ClassVar[str]
    codes: ClassVar[tuple[str, ...]]
    source: ClassVar[str]
    opens: ClassVar[bool] = True
    tests: ClassVar[bool] = False

    def __call__(self, f: LineFacts, seed: bytes) -> Choice | None:
        """The mode with its reasons, or None where the goods may not enter it this way."""
        raise NotImplementedError

    def chosen(self, *reasons: Reason) -> Choice:
        """This mode for these reasons."""
        return Choice(self.code, reasons)

    def drawn(self, f: LineFacts, seed: bytes, *reasons: Reason) -> Choice:
        """This mode, with a random draw at its rate among the reasons."""
        rate = f.modes[self.code].rate
        code = "DRAWN" if draw(seed, f.subject, rate) else "NOT-DRAWN"
        said = why(code, rate=f"{(rate * 100).normalize():f} %")
        return Choice(self.code, (*reasons, *(f.rated if rate > 0 else ()), said), rate)

    def earned(self, f: LineFacts) -> bool:
        """Whether score and credit class let the line into this mode."""
        terms = f.modes[self.code]
        return f.score <= terms.max_score and f.credit in terms.credit


class InspectFirst(Mode):
    """先检后放: goods for infants, goods that a measure wants tested, and very high scores wait for the result."""

    code = "INSPECT-FIRST"
    codes = ("INFANT-GOODS", "ALERT-IN-FORCE", "HIGH-SCORE")
    source = "Law on Import and Export Commodity Inspection (2021), article 5; definition reconstructed"
    tests = True

    def __call__(self, f: LineFacts, seed: bytes) -> Choice | None:
        reasons = [why("INFANT-GOODS")] if "infant" in f.traits else []
        reasons += [why("ALERT-IN-FORCE", source=m.source) for m in f.measures if m.effect == "lab"]
        if f.score >= 80:
            reasons.append(why("HIGH-SCORE", score=f.score))
        return self.chosen(*reasons) if reasons else None


class FastLane(Mode):
    """快检快放: food whose shelf life is short is tested first and fast (dairy, fresh fruit; at most 60 days)."""

    code = "FAST-LANE"
    codes = ("SHORT-LIFE",)
    source = "Practice for food of at most 60 days of shelf life, press of 2019; definition reconstructed"
    tests = True

    def __call__(self, f: LineFacts, seed: bytes) -> Choice | None:
        days = f.shelf_days if f.shelf_days is not None else f.fast_lane_days
        short = "short-life" in f.traits or f.shelf_days is not None
        if "R" in f.letters and short and days <= f.fast_lane_days:
            return self.chosen(why("SHORT-LIFE", days=days))
        return None


class OnTheSpotByDuty(Mode):
    """即检即放 by duty: measures that ask for it, used equipment, low credit and, for listed goods, first imports."""

    code = "ON-THE-SPOT"
    codes = ("ALERT-IN-FORCE", "USED-GOODS-CHECK", "LOW-CREDIT", "NEW-PAIR")
    source = "AQSIQ notice 145 of 2014 for used equipment; practice of Shanghai since 2013; definition reconstructed"

    def __call__(self, f: LineFacts, seed: bytes) -> Choice | None:
        reasons = [why("ALERT-IN-FORCE", source=m.source) for m in f.measures if m.effect == "full"]
        if "21" in f.attributes:
            reasons.append(why("USED-GOODS-CHECK"))
        if f.credit in ("C", "D"):
            reasons.append(why("LOW-CREDIT", credit=f.credit))
        if f.letters and not f.inspected:
            reasons.append(why("NEW-PAIR"))
        return self.chosen(*reasons) if reasons else None


class NoInspection(Mode):
    """不检就放: goods off the list, or low risk, good credit and a clean record; released on papers unless drawn."""

    code = "NO-INSPECTION"
    codes = ("OUTSIDE-LIST", "LOW-RISK", *RATED)
    source = "Law on Import and Export Commodity Inspection (2021), articles 5 and 6; definition reconstructed"
    opens = False

    def __call__(self, f: LineFacts, seed: bytes) -> Choice | None:
        if not self.earned(f) or "P" in f.letters:
            return None
        if not f.letters:
            return self.drawn(f, seed, why("OUTSIDE-LIST"))
        if f.passes < f.modes[self.code].passes:
            return None
        return self.drawn(f, seed, why("LOW-RISK", score=f.score))


class FewInspected(Mode):
    """少检多放: an unbroken electronic seal from loading to the gate earns a low rate; any seal exception ends it."""

    code = "FEW-INSPECTED"
    codes = ("SEALED-LOOP", *RATED)
    source = "Practice of Shanghai, press of 2015; definition reconstructed"
    opens = False

    def __call__(self, f: LineFacts, seed: bytes) -> Choice | None:
        enough = f.sealed and self.earned(f) and f.passes >= f.modes[self.code].passes
        if enough and "P" not in f.letters:
            return self.drawn(f, seed, why("SEALED-LOOP"))
        return None


class OnTheSpot(Mode):
    """即检即放 is what remains: an officer looks and decides where the goods are."""

    code = "ON-THE-SPOT"
    codes = ("HIGH-SCORE", "NOT-YET-TRUSTED")
    source = "Practice of Shanghai since 2013; definition reconstructed"

    def __call__(self, f: LineFacts, seed: bytes) -> Choice:
        return self.chosen(why("HIGH-SCORE", score=f.score) if f.score >= 45 else why("NOT-YET-TRUSTED"))


REMAINS = OnTheSpot()
MODES: tuple[Mode, ...] = (InspectFirst(), FastLane(), OnTheSpotByDuty(), NoInspection(), FewInspected(), REMAINS)
"""In the order in which they are asked."""

OPENING = frozenset(m.code for m in MODES if m.opens)
TESTING = frozenset(m.code for m in MODES if m.tests)


def choose_mode(f: LineFacts, seed: bytes) -> Choice:
    """Ask the mode rules in order."""
    for mode in MODES:
        if choice := mode(f, seed):
            return choice
    raise AssertionError("the last mode takes everything")
