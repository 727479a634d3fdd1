"""Rules for goods that leave: inspected where they are made, checked at the port (产地检验、口岸查验)."""

from collections.abc import Iterator
from datetime import timedelta

from guomen.clearance.rules.facts import Choice, LineFacts, Reason, why
from guomen.clearance.rules.holds import Hold, Severity, active_hold
from guomen.clearance.rules.identifiers import DangerousStated
from guomen.clearance.rules.modes import REMAINS, Mode, NoInspection

PASS_VALID = timedelta(days=60)
"""How long goods that passed at origin may be released at the port without another inspection. The Inspection Law
(2021), article 16, asks for a period; 60 days for general goods is practice, not verified."""


AT_THE_PORT = "C-PORT"
"""The checklist of the port's check."""


class ExportPapers(Hold):
    """Dangerous goods leave only with the results of their packaging; fireworks with their producer's declaration."""

    codes = ("DANGEROUS-PAPER-MISSING",)
    severity = Severity.DANGEROUS_GOODS
    source = "Law on Import and Export Commodity Inspection (2021), article 17; GACC notice 129 of 2020"

    def __call__(self, f: LineFacts) -> Iterator[Reason]:
        for paper in f.needed_papers:
            if paper not in f.papers:
                yield why("DANGEROUS-PAPER-MISSING", paper=paper)


class ProducerRegistered(Hold):
    """Producers of fireworks and of food for export are registered; the line states the code, as the packages do."""

    codes = ("PRODUCER-NOT-STATED",)
    severity = Severity.PAPERS
    source = "Food Safety Law (2021), article 99; SN/T 0306-2024 for fireworks"

    def __call__(self, f: LineFacts) -> Iterator[Reason]:
        if f.maker_needed and not f.maker_stated:
            yield why("PRODUCER-NOT-STATED")


class AtOrigin(Mode):
    """Goods on the exit list are inspected where they are made, every lot, before they go to the port."""

    code = "ON-THE-SPOT"
    codes = ("EXIT-LIST",)
    source = "Law on Import and Export Commodity Inspection (2021), articles 15 and 16"

    def __call__(self, f: LineFacts, seed: bytes) -> Choice | None:
        return self.chosen(why("EXIT-LIST", letters=f.letters)) if f.letters else None


class ExportByDuty(Mode):
    """A measure in force, or an exporter of low credit, has goods off the list inspected as well."""

    code = "ON-THE-SPOT"
    codes = ("ALERT-IN-FORCE", "LOW-CREDIT")
    source = "Law on Import and Export Commodity Inspection (2021), article 19"

    def __call__(self, f: LineFacts, seed: bytes) -> Choice | None:
        reasons = [why("ALERT-IN-FORCE", source=m.source) for m in f.measures if m.effect in ("full", "lab")]
        if f.credit in ("C", "D"):
            reasons.append(why("LOW-CREDIT", credit=f.credit))
        return self.chosen(*reasons) if reasons else None


EXPORT_HOLDS: tuple[Hold, ...] = (active_hold, ExportPapers(), DangerousStated(), ProducerRegistered())
EXPORT_MODES: tuple[Mode, ...] = (AtOrigin(), ExportByDuty(), NoInspection(), REMAINS)
"""In the order in which they are asked."""


def choose_export_mode(f: LineFacts, seed: bytes) -> Choice:
    """Ask the mode rules of exports in order."""
    return next(choice for mode in EXPORT_MODES if (choice := mode(f, seed)))
