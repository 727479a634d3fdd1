"""Signals add up to alerts; failed tests and refused goods become signals by themselves."""

from guomen.clearance.queries import line_by_subject
from guomen.ledger.follow import follower
from guomen.ledger.models import Entry
from guomen.parties.actors import SYSTEM
from guomen.warning.about import salted
from guomen.warning.intake import report, weigh
from guomen.warning.models import Signal
from guomen.warning.rules import hazard_of


@follower("warning.weigh", "signal.received")
def add_up(entry: Entry) -> None:
    signal = Signal.objects.filter(id=entry.facts["signal"]).first()
    if signal is not None:
        weigh(SYSTEM, signal)


@follower("warning.failures", "sample.reported", "line.refused")
def file_failure(entry: Entry) -> None:
    """One line that failed in the laboratory and was then refused counts once a day: both name the line as reporter."""
    if not _is_finding(entry):
        return
    subject = next(s for s in entry.subjects if s.startswith("urn:guomen:line:"))
    line = line_by_subject(subject)
    if line is None:
        return
    reasons = entry.facts.get("failed") or [r.get("code", "") for r in entry.facts.get("reasons", [])]
    report(
        SYSTEM,
        source="laboratory" if entry.kind == "sample.reported" else "inspection",
        gtin=line.gtin,
        batch=line.batch,
        hazard=hazard_of(reasons),
        reporter_hash=salted("line", subject),
        key=str(entry.id),
    )


def _is_finding(entry: Entry) -> bool:
    """A refusal for papers or by an officer's decision says nothing about the product; a finding does."""
    if entry.kind == "sample.reported":
        return entry.facts.get("verdict") == "fail"
    codes = {r.get("code") for r in entry.facts.get("reasons", [])}
    return bool(codes & {"INSPECTION-FAILED", "LABORATORY-FAILED"})
