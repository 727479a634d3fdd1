"""The pipeline: holds, mode, checks that nothing waives, units, decision."""

from dataclasses import replace
from decimal import Decimal

from guomen.clearance.rules.checks import fixed_checks, units_to_open
from guomen.clearance.rules.facts import Choice, LineDecision, LineFacts, Reason
from guomen.clearance.rules.holds import HOLDS
from guomen.clearance.rules.modes import OPENING, TESTING, choose_mode


def decide(f: LineFacts, seed: bytes) -> LineDecision:
    """Run the pipeline on one line."""
    return _decision(f, seed, tuple(reason for rule in HOLDS for reason in rule(f)), choose_mode(f, seed))


def inspect(f: LineFacts, seed: bytes, reason: Reason) -> LineDecision:
    """What to inspect when somebody (an officer, a gate) selects a line whatever its mode."""
    choice = choose_mode(f, seed)
    if choice.mode not in OPENING:
        choice = Choice("ON-THE-SPOT", ())
    return _decision(f, seed, (), replace(choice, reasons=(reason, *choice.reasons)))


def _decision(f: LineFacts, seed: bytes, holds: tuple[Reason, ...], choice: Choice) -> LineDecision:
    checks, duties = fixed_checks(f)
    drawn = any(r.code == "DRAWN" for r in choice.reasons)
    opened = bool(duties) or drawn or choice.mode in OPENING
    tested = choice.mode in TESTING and bool(f.panel)
    if opened:
        checks += ("INSPECTION",) + (("LABORATORY",) if tested else ())
    if choice.mode == "FEW-INSPECTED":
        checks += ("SEAL",)
    level = "laboratory" if tested else "physical" if opened else "seal" if "SEAL" in checks else "documents"
    state = "to_inspect" if opened else "screened" if level == "seal" else "released"
    units = units_to_open(f) if opened else 0
    return LineDecision(
        mode=choice.mode,
        level=level,
        state="held" if holds else state,
        checks=checks,
        checklist=_checklist(f) if opened else "",
        population=f.population,
        open_units=units,
        sample_units=f.sample_units if tested else 0,
        panel=f.panel if tested else "",
        reasons=holds + choice.reasons + (duties if opened else ()),
        probability=Decimal(1) if duties or choice.mode in OPENING else choice.rate or Decimal(0),
        drawn_at=choice.rate,
    )


def _checklist(f: LineFacts) -> str:
    return f.used_checklist if "21" in f.attributes else f.checklist
