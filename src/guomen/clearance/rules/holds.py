"""Rules that hold a line: one class per legal rule, asked in the order of severity, all of them every time.

Every class says the rule in our own words; ``source`` is where it stands. No release mode lifts a hold.
"""

from collections.abc import Iterator
from enum import IntEnum
from typing import ClassVar

from guomen.clearance.rules.facts import LineFacts, Reason, why


class Severity(IntEnum):
    """What stands before what: a smaller number is named first."""

    PROHIBITION = 1
    MEASURE = 2
    QUARANTINE = 3
    DANGEROUS_GOODS = 4
    PAPERS = 5


class Hold:
    """A rule that may hold a line. ``codes`` are the reasons it can give."""

    codes: ClassVar[tuple[str, ...]]
    severity: ClassVar[Severity]
    source: ClassVar[str]

    def __call__(self, f: LineFacts) -> Iterator[Reason]:
        """Every reason to hold the line; none where the rule is met."""
        raise NotImplementedError


class Prohibited(Hold):
    """Waste, and other goods on a list of prohibited imports, may not be imported."""

    codes = ("PROHIBITED",)
    severity = Severity.PROHIBITION
    source = "Law on Solid Waste (2020), articles 24 and 25"

    def __call__(self, f: LineFacts) -> Iterator[Reason]:
        if "prohibited" in f.traits or "20" in f.attributes:
            yield why("PROHIBITED")


class ActiveHold(Hold):
    """While a recall or an emergency measure is in force, goods that it covers are held, for the measure's reason."""

    codes = ("RECALL",)
    severity = Severity.MEASURE
    source = "GACC Order 271, measures of early warning; Food Safety Law (2021), article 95"

    def __call__(self, f: LineFacts) -> Iterator[Reason]:
        for m in f.measures:
            if m.effect == "hold":
                yield why(m.reason_code, source=m.source)


class QuarantinePapers(Hold):
    """Animals, plants and their products need the exporting country's official certificate and, where set, a permit."""

    codes = ("QUARANTINE-PAPER-MISSING",)
    severity = Severity.QUARANTINE
    source = "Law on Entry and Exit Animal and Plant Quarantine (2009), articles 10 and 12; its Regulations, article 19"

    def __call__(self, f: LineFacts) -> Iterator[Reason]:
        if "P" in f.letters:
            for paper in f.needed_papers:
                if paper not in f.papers:
                    yield why("QUARANTINE-PAPER-MISSING", paper=paper)


class MakerRegistered(Hold):
    """Foreign makers of food are registered before they export; the line of such goods states the maker. Orders of
    single buyers are private goods by law: no registration is asked of them.
    """

    codes = ("MAKER-NOT-STATED",)
    severity = Severity.PAPERS
    source = "Food Safety Law (2021), article 96; GACC Order 280 (2025), from 2026-06-01"

    def __call__(self, f: LineFacts) -> Iterator[Reason]:
        if "P" in f.letters and "R" in f.letters and not f.maker_stated and not f.retail:
            yield why("MAKER-NOT-STATED")


class DangerousPapers(Hold):
    """Dangerous goods need the appraisal of their packaging and a Chinese safety data sheet and label."""

    codes = ("DANGEROUS-PAPER-MISSING",)
    severity = Severity.DANGEROUS_GOODS
    source = "Law on Import and Export Commodity Inspection (2021), article 17; GACC notice 129 of 2020"

    def __call__(self, f: LineFacts) -> Iterator[Reason]:
        if "dangerous" in f.traits and "33" not in f.attributes:
            for paper in f.dangerous_papers:
                if paper not in f.papers:
                    yield why("DANGEROUS-PAPER-MISSING", paper=paper)


class UsedPaper(Hold):
    """Used equipment on the control list needs a pre-shipment inspection certificate, or the paper that exempts it."""

    codes = ("PRE-SHIPMENT-CERTIFICATE-MISSING",)
    severity = Severity.PAPERS
    source = "AQSIQ notice 145 of 2014, table 2"

    def __call__(self, f: LineFacts) -> Iterator[Reason]:
        if "21" in f.attributes and not f.papers.intersection(f.used_papers):
            yield why("PRE-SHIPMENT-CERTIFICATE-MISSING")


class OtherPapers(Hold):
    """Documents that the product's profile asks for are there."""

    codes = ("PAPER-MISSING",)
    severity = Severity.PAPERS
    source = "Product profile of the rule pack, with the source of each row"

    def __call__(self, f: LineFacts) -> Iterator[Reason]:
        if "P" not in f.letters:
            for paper in f.needed_papers:
                if paper not in f.papers:
                    yield why("PAPER-MISSING", paper=paper)


prohibited, active_hold = Prohibited(), ActiveHold()
