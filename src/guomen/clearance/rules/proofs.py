"""Ways into a mode for goods whose lot was tested elsewhere or earlier: the result stands for our own inspection.

None of them lifts a hold, a measure or a check that nothing waives; what is drawn is tested here as well.
"""

from dataclasses import replace
from typing import ClassVar

from guomen.clearance.rules.facts import Choice, LineFacts, Proof, why
from guomen.clearance.rules.way import RATED, Mode


class Written(Mode):
    """先检后放, by write-off: goods that were inspected once in the bonded zone leave it against that result."""

    code = "INSPECT-FIRST"
    codes = ("PRE-INSPECTED",)
    source = (
        "Practice of the bonded zones: one inspection on entry, write-off by lots on exit; definition reconstructed"
    )
    opens = False

    def __call__(self, f: LineFacts, seed: bytes) -> Choice | None:
        proof = counted(f, self.code)
        if proof is None or f.measures or f.standing.get(self.code) == "suspended":
            return None
        return replace(self.chosen(why("PRE-INSPECTED", number=proof.number)), proof=proof.number)


class Adopted(Mode):
    """A result from elsewhere stands for our inspection: identity and seal are checked, few lots are drawn."""

    opens = False
    reason: ClassVar[str]

    def __call__(self, f: LineFacts, seed: bytes) -> Choice | None:
        proof = counted(f, self.code)
        if proof is None or not self.earned(f):
            return None
        reason = why(self.reason, number=proof.number, place=proof.place)
        # The lot itself was tested: there is nothing to earn first.
        told = replace(f, rated=tuple(r for r in f.rated if r.code != "RATE-TO-EARN"))
        return replace(self.drawn(told, seed, reason), proof=proof.number)


def counted(f: LineFacts, mode: str) -> Proof | None:
    """The first result for this mode that counts; none while any result says that the lot failed."""
    if any(p.failed for p in f.proofs):
        return None
    return next((p for p in f.proofs if p.mode == mode and not p.wrong), None)


class AcceptedEverywhere(Adopted):
    """通检通放: another office has inspected the same lot, it passed, and the result is in time."""

    code = "ACCEPTED-EVERYWHERE"
    codes = ("PASSED-ELSEWHERE", *RATED)
    source = "Nation-wide record of e-CIQ and electronic transfer; definition reconstructed"
    reason = "PASSED-ELSEWHERE"


class AirSample(Adopted):
    """空检海放: a sample of the same product and batch flew ahead and passed while the lot was at sea."""

    code = "AIR-SAMPLE"
    codes = ("AIR-SAMPLE-PASSED", *RATED)
    source = "None found: read from the name alone; definition unverified"
    reason = "AIR-SAMPLE-PASSED"


class TestedAbroad(Adopted):
    """外检内放: a listed body abroad tested the lot before shipment, for an admitted importer."""

    code = "TESTED-ABROAD"
    codes = ("TESTED-ABROAD", *RATED)
    source = "Practice of Yangshan for food; definition reconstructed"
    reason = "TESTED-ABROAD"


class ThirdParty(Adopted):
    """他检我放: a listed inspection body tested the lot, within its scope."""

    code = "THIRD-PARTY"
    codes = ("TESTED-BY-BODY", *RATED)
    source = "Law on Import and Export Commodity Inspection (2021), article 6; definition reconstructed"
    reason = "TESTED-BY-BODY"
