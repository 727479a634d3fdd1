"""Signals add up to alerts; failed tests and refused goods become signals by themselves."""

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
    from guomen.clearance.queries import line_by_subject

    if entry.kind == "sample.reported" and entry.facts.get("verdict") != "fail":
        return
    subject = next(s for s in entry.subjects if s.startswith("urn:guomen:line:"))
    line = line_by_subject(subject)
    if line is None:
        return
    reasons = entry.facts.get("failed") or entry.facts.get("reasons") or []
    report(
        SYSTEM,
        source="laboratory" if entry.kind == "sample.reported" else "inspection",
        gtin=line.gtin,
        batch=line.batch,
        hazard=hazard_of(reasons),
        reporter_hash=salted("line", subject),
        key=str(entry.id),
    )
