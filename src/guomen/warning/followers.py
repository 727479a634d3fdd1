"""Signals add up to alerts; failed tests, refused goods and codes that look copied become signals by themselves."""

from guomen.clearance.queries import line_by_subject
from guomen.ledger.follow import follower
from guomen.ledger.models import Entry
from guomen.parties.actors import SYSTEM
from guomen.tags.words import ALARMS
from guomen.warning.about import fixed_id, salted
from guomen.warning.intake import report, weigh, withdraw
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
    # A sample that flew ahead of its goods is of no line yet.
    subject = next((s for s in entry.subjects if s.startswith("urn:guomen:line:")), "")
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


COUNTERFEIT = "counterfeit"


@follower("warning.copies", "copy.suspected")
def file_copy(entry: Entry) -> None:
    """Every alarm about copies is a signal; those of one order on one day count once, as from one reporter."""
    if entry.facts["kind"] != "copy" or not entry.facts["gtin"]:
        return
    reason = entry.facts["reasons"][0]
    words = ALARMS[reason["code"]]
    report(
        SYSTEM,
        source="scan",
        gtin=entry.facts["gtin"],
        batch=entry.facts["batch"],
        item=next((s for s in entry.subjects if "/21/" in s), ""),
        hazard=COUNTERFEIT,
        text="\n".join(text.format(**reason["values"]) for text in (words.en, words.zh)),
        reporter_hash=salted("range", entry.facts["range"]),
        key=str(entry.facts["alarm"]),
    )


@follower("warning.copies-cleared", "copy.cleared")
def withdraw_copy(entry: Entry) -> None:
    """An alarm that was undone speaks no longer for an alert; what is being assessed is left to who assesses it."""
    withdraw(SYSTEM, fixed_id("signal", str(entry.facts["alarm"])))
