"""The pipeline: holds, mode, checks that nothing waives, units, decision."""

from dataclasses import replace
from decimal import Decimal

from guomen.clearance.rules.checks import fixed_checks, units_to_open
from guomen.clearance.rules.exports import EXPORT_HOLDS, choose_export_mode
from guomen.clearance.rules.facts import Choice, LineDecision, LineFacts, Reason
from guomen.clearance.rules.holds import (
    DangerousPapers,
    Hold,
    MakerRegistered,
    OtherPapers,
    QuarantinePapers,
    Severity,
    UsedPaper,
    active_hold,
    prohibited,
)
from guomen.clearance.rules.identifiers import DangerousStated, NumbersStated, VehiclesNamed
from guomen.clearance.rules.modes import choose_mode

HOLDS: tuple[Hold, ...] = (
    prohibited,
    active_hold,
    QuarantinePapers(),
    DangerousPapers(),
    DangerousStated(),
    UsedPaper(),
    OtherPapers(),
    MakerRegistered(),
    VehiclesNamed(),
    NumbersStated(),
)
"""Of imports, in the order of severity."""
IDENTITY = "C-IDENT"
"""The checklist of an officer who only compares goods with papers."""


def decide(f: LineFacts, seed: bytes) -> LineDecision:
    """Run the pipeline on one line."""
    holds = EXPORT_HOLDS if f.export else HOLDS
    return _decision(f, seed, tuple(reason for rule in holds for reason in rule(f)), _choose(f, seed))


def lacks(f: LineFacts) -> tuple[Reason, ...]:
    """Holds that a declarant can prevent: documents that are not there and registrations that are not stated."""
    holds = EXPORT_HOLDS if f.export else HOLDS
    return tuple(reason for rule in holds if rule.severity >= Severity.QUARANTINE for reason in rule(f))


def _choose(f: LineFacts, seed: bytes) -> Choice:
    return choose_export_mode(f, seed) if f.export else choose_mode(f, seed)


def inspect(f: LineFacts, seed: bytes, reason: Reason) -> LineDecision:
    """What to inspect when somebody (an officer, a gate) selects a line whatever its mode."""
    choice = _choose(f, seed)
    if not choice.opens:
        choice = Choice("ON-THE-SPOT", ())
    return _decision(f, seed, (), replace(choice, reasons=(reason, *choice.reasons)))


def _decision(f: LineFacts, seed: bytes, holds: tuple[Reason, ...], choice: Choice) -> LineDecision:
    checks, duties = fixed_checks(f)
    drawn = any(r.code == "DRAWN" for r in choice.reasons)
    opened = bool(duties) or drawn or choice.opens
    # A draw among goods that others tested looks at those others as well: our laboratory tests what they tested.
    tested = bool(f.panel) and (choice.tests or (drawn and bool(choice.proof)))
    if opened:
        checks += ("INSPECTION",) + (("LABORATORY",) if tested else ())
    if choice.proof:
        checks += ("IDENTITY",)
    if choice.mode == "FEW-INSPECTED" or (choice.proof and f.sealed):
        checks += ("SEAL",)
    level = _level(opened, tested, checks)
    state = {"seal": "screened", "documents": "released"}.get(level, "to_inspect")
    units = units_to_open(f) if opened else min(1, f.population) if level == "identity" else 0
    return LineDecision(
        mode=choice.mode,
        level=level,
        state="held" if holds else state,
        checks=checks,
        checklist=_checklist(f) if opened else IDENTITY if level == "identity" else "",
        population=f.population,
        open_units=units,
        sample_units=f.sample_units if tested else 0,
        panel=f.panel if tested else "",
        reasons=holds + choice.reasons + (duties if opened else ()) + f.remarks,
        probability=Decimal(1) if duties or choice.opens else choice.rate or Decimal(0),
        drawn_at=choice.rate,
        proof=choice.proof,
    )


def _level(opened: bool, tested: bool, checks: tuple[str, ...]) -> str:
    """How deep the line is looked at. What others tested is the right goods by an unbroken seal, or by an officer."""
    if tested:
        return "laboratory"
    if opened:
        return "physical"
    if "SEAL" in checks:
        return "seal"
    return "identity" if "IDENTITY" in checks else "documents"


def _checklist(f: LineFacts) -> str:
    """The goods' own checklist and those worked through beside it, joined by plus signs."""
    return "+".join((f.checklist, *f.also))
