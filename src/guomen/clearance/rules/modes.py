"""Rules that choose a release mode: one class per way into a mode. The first that answers decides.

Duties come first, then results that were found elsewhere (``proofs.py``), then what a firm has earned, then 即检即放,
which is what remains.
"""

from guomen.clearance.rules.facts import Choice, LineFacts, why
from guomen.clearance.rules.proofs import AcceptedEverywhere, AirSample, TestedAbroad, ThirdParty, Written
from guomen.clearance.rules.way import RATED, Mode


class InspectFirst(Mode):
    """先检后放: goods for infants or of a lot that failed elsewhere, goods that a measure wants tested, and very high
    scores wait for the result.
    """

    code = "INSPECT-FIRST"
    codes = ("INFANT-GOODS", "ALERT-IN-FORCE", "LOT-FAILED-ELSEWHERE", "HIGH-SCORE")
    source = "Law on Import and Export Commodity Inspection (2021), article 5; definition reconstructed"
    tests = True

    def __call__(self, f: LineFacts, seed: bytes) -> Choice | None:
        reasons = [why("INFANT-GOODS")] if "infant" in f.traits else []
        reasons += [why("ALERT-IN-FORCE", source=m.source) for m in f.measures if m.effect == "lab"]
        reasons += [why("LOT-FAILED-ELSEWHERE", number=p.number) for p in f.proofs if p.failed]
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
    """即检即放 by duty: measures that ask for it, used equipment and low credit, whatever others have found."""

    code = "ON-THE-SPOT"
    codes = ("ALERT-IN-FORCE", "USED-GOODS-CHECK", "LOW-CREDIT", "NEW-PAIR")
    source = "AQSIQ notice 145 of 2014 for used equipment; practice of Shanghai since 2013; definition reconstructed"

    def __call__(self, f: LineFacts, seed: bytes) -> Choice | None:
        reasons = [why("ALERT-IN-FORCE", source=m.source) for m in f.measures if m.effect == "full"]
        if "21" in f.attributes:
            reasons.append(why("USED-GOODS-CHECK"))
        if f.credit in ("C", "D"):
            reasons.append(why("LOW-CREDIT", credit=f.credit))
        if reasons and f.letters and not f.inspected:
            reasons.append(why("NEW-PAIR"))
        return self.chosen(*reasons) if reasons else None


class FirstImport(Mode):
    """即检即放 by duty: listed goods that this importer brings in from this maker for the first time."""

    code = "ON-THE-SPOT"
    codes = ("NEW-PAIR",)
    source = "Practice of Shanghai since 2013; definition reconstructed"

    def __call__(self, f: LineFacts, seed: bytes) -> Choice | None:
        return self.chosen(why("NEW-PAIR")) if f.letters and not f.inspected else None


class NoInspection(Mode):
    """不检就放: goods off the list, or low risk, good credit, a clean record and the firm's guarantee of conformity;
    released on papers unless drawn.
    """

    code = "NO-INSPECTION"
    codes = ("OUTSIDE-LIST", "LOW-RISK", *RATED)
    source = "Law on Import and Export Commodity Inspection (2021), articles 5 and 6; definition reconstructed"
    opens = False

    def __call__(self, f: LineFacts, seed: bytes) -> Choice | None:
        if not self.earned(f) or "P" in f.letters:
            return None
        if not f.letters:
            return self.drawn(f, seed, why("OUTSIDE-LIST"))
        if f.passes < f.modes[self.code].passes or not guaranteed(f) or complained(f):
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


class WhileUnloading(Mode):
    """边检边放: a large lot of an admitted importer is inspected and released in parts; a finding stops the line."""

    code = "WHILE-UNLOADING"
    codes = ("LARGE-LOT",)
    source = "Regulations for the Law on Animal and Plant Quarantine (1996), article 23; definition reconstructed"

    def __call__(self, f: LineFacts, seed: bytes) -> Choice | None:
        if self.earned(f) and f.net_kg >= f.modes[self.code].minimum_kg > 0:
            return self.chosen(why("LARGE-LOT", kilograms=f"{f.net_kg.normalize():f}"))
        return None


class OnTheSpot(Mode):
    """即检即放 is what remains: an officer looks and decides on the spot; it says why nothing lighter applied."""

    code = "ON-THE-SPOT"
    codes = ("HIGH-SCORE", "NOT-YET-TRUSTED", "GUARANTEE-MISSING", "MODE-SUSPENDED", "PROOF-NOT-COUNTED")
    source = "Practice of Shanghai since 2013; definition reconstructed"

    def __call__(self, f: LineFacts, seed: bytes) -> Choice:
        reasons = [why("HIGH-SCORE", score=f.score) if f.score >= 45 else why("NOT-YET-TRUSTED")]
        reasons += [why("MODE-SUSPENDED", mode=m) for m, s in sorted(f.standing.items()) if s == "suspended"]
        reasons += [why("PROOF-NOT-COUNTED", number=p.number) for p in f.proofs if p.wrong]
        if not guaranteed(f):
            reasons.append(why("GUARANTEE-MISSING", paper=f.modes["NO-INSPECTION"].guarantee))
        return self.chosen(*reasons)


def complained(f: LineFacts) -> bool:
    """Whether somebody has complained of such goods of late: then a guarantee alone does not release them."""
    return any(r.code == "RATE-REPORTED" for r in f.rated)


def guaranteed(f: LineFacts) -> bool:
    """Whether the firm guarantees conformity where that is asked: with the papers, or once for all its goods."""
    terms = f.modes.get("NO-INSPECTION")
    paper = terms.guarantee if terms else ""
    return not paper or paper in f.papers or f.standing.get("NO-INSPECTION") == "admitted"


REMAINS = OnTheSpot()
MODES: tuple[Mode, ...] = (
    Written(),
    InspectFirst(),
    FastLane(),
    OnTheSpotByDuty(),
    AcceptedEverywhere(),
    TestedAbroad(),
    ThirdParty(),
    AirSample(),
    FirstImport(),
    NoInspection(),
    FewInspected(),
    WhileUnloading(),
    REMAINS,
)
"""In the order in which they are asked."""


def choose_mode(f: LineFacts, seed: bytes) -> Choice:
    """Ask the mode rules in order."""
    for mode in MODES:
        if choice := mode(f, seed):
            return choice
    raise AssertionError("the last mode takes everything")
