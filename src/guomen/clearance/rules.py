"""Screening: an ordered pipeline of small rules, one code per check. Values in, a decision with reasons out.

Order of severity: prohibition, active measures, quarantine papers, dangerous goods papers, other papers, mode
selection, random draw. Holds of all stages are collected, so that a declarant learns everything at once; the mode is
chosen all the same, for the day the hold is lifted. No mode waives quarantine, radiation, sanitary or prohibited-goods
checks: those are added after the mode, whatever it is.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from guomen.core.sampling import draw, iso2859, ispm31, pick

INSPECT_WITHIN = timedelta(hours=24)
"""When an inspection is due, counted from arrival."""

TRANSITIONS: Mapping[str, frozenset[str]] = {
    "screened": frozenset({"released", "to_inspect", "held"}),
    "to_inspect": frozenset({"sampled", "released", "refused", "held"}),
    "sampled": frozenset({"released", "refused", "held"}),
    "held": frozenset({"released", "to_inspect", "refused"}),
    "released": frozenset({"to_inspect"}),
    "refused": frozenset(),
}
"""From each state of a line, where it may go. A release is taken back only by a gate that finds a broken seal."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason code with the values that its sentence names."""

    code: str
    values: Mapping[str, str]

    def plain(self) -> dict[str, Any]:
        return {"code": self.code, "values": dict(self.values)}


@dataclass(frozen=True, slots=True)
class ModeTerms:
    """Terms of one release mode in the rule pack. ``rate`` is the share of lots drawn, a fraction."""

    rate: Decimal
    max_score: int
    credit: frozenset[str]
    passes: int


@dataclass(frozen=True, slots=True)
class Demand:
    """A measure in force that covers the line. ``effect`` is hold, full or lab."""

    effect: str
    reason_code: str
    source: str


@dataclass(frozen=True, slots=True)
class LineFacts:
    """Everything that the rules look at."""

    subject: str
    letters: str
    """Inspection categories: M goods, P quarantine, R food hygiene, L CCC."""
    traits: frozenset[str]
    attributes: frozenset[str]
    papers: frozenset[str]
    needed_papers: tuple[str, ...]
    dangerous_papers: tuple[str, ...]
    used_paper: str
    wood: bool
    maker_stated: bool
    shelf_days: int | None
    fast_lane_days: int
    measures: tuple[Demand, ...]
    credit: str
    score: int
    passes: int
    """Lots in a row of this maker, importer, product and origin that passed."""
    inspected: bool
    """Whether any such lot was inspected before."""
    sealed: bool
    population: int
    checklist: str
    used_checklist: str
    aql: str
    sampling_level: str
    quarantine_level: str
    quarantine_confidence: str
    sample_units: int
    panel: str
    modes: Mapping[str, ModeTerms]
    """With the rates that hold for this importer and origin."""
    oftener: Mapping[str, str] = field(default_factory=dict)
    """Why the rates are a step up: origin, failed, inspected; empty where they are not."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A mode with the reasons for it."""

    mode: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class LineDecision:
    """What happens to a line, and why."""

    mode: str
    level: str
    state: str
    checks: tuple[str, ...]
    checklist: str
    population: int
    open_units: int
    sample_units: int
    panel: str
    reasons: tuple[Reason, ...]


def _why(code: str, **values: object) -> Reason:
    return Reason(code, {k: str(v) for k, v in values.items()})


# ---- holds


def prohibited(f: LineFacts) -> Iterator[Reason]:
    """Waste and other goods on the prohibited list may not be imported (Solid Waste Law, articles 24 and 25)."""
    if "prohibited" in f.traits or "20" in f.attributes:
        yield _why("PROHIBITED")


def active_hold(f: LineFacts) -> Iterator[Reason]:
    """While a recall or emergency measure is in force, goods that it covers are held (GACC Order 271, measures)."""
    for m in f.measures:
        if m.effect == "hold":
            yield _why(m.reason_code, source=m.source)


def quarantine_papers(f: LineFacts) -> Iterator[Reason]:
    """Animal and plant products need the exporting country's certificate and, where set, a permit (Quarantine Law)."""
    if "P" in f.letters:
        for paper in f.needed_papers:
            if paper not in f.papers:
                yield _why("QUARANTINE-PAPER-MISSING", paper=paper)


def dangerous_papers(f: LineFacts) -> Iterator[Reason]:
    """Dangerous goods need the appraisal of their packaging and a Chinese safety data sheet (Inspection Law, 17)."""
    if "dangerous" in f.traits and "33" not in f.attributes:
        for paper in f.dangerous_papers:
            if paper not in f.papers:
                yield _why("DANGEROUS-PAPER-MISSING", paper=paper)


def used_paper(f: LineFacts) -> Iterator[Reason]:
    """Used equipment on the control list needs a pre-shipment inspection certificate (AQSIQ notice 145 of 2014)."""
    if "21" in f.attributes and f.used_paper not in f.papers:
        yield _why("PRE-SHIPMENT-CERTIFICATE-MISSING")


def other_papers(f: LineFacts) -> Iterator[Reason]:
    """Documents that the product's profile asks for must be there."""
    if "P" not in f.letters:
        for paper in f.needed_papers:
            if paper not in f.papers:
                yield _why("PAPER-MISSING", paper=paper)


def maker_registered(f: LineFacts) -> Iterator[Reason]:
    """Foreign makers of infant formula and animal products are registered beforehand (Food Safety Law, 96)."""
    if "P" in f.letters and "R" in f.letters and not f.maker_stated:
        yield _why("MAKER-NOT-STATED")


HOLDS: tuple[Callable[[LineFacts], Iterator[Reason]], ...] = (
    prohibited,
    active_hold,
    quarantine_papers,
    dangerous_papers,
    used_paper,
    other_papers,
    maker_registered,
)


# ---- modes: the first rule that answers decides


def inspect_first(f: LineFacts) -> Choice | None:
    """先检后放: goods for infants, goods that a measure wants tested, and very high scores wait for the result."""
    reasons = [_why("INFANT-GOODS")] if "infant" in f.traits else []
    reasons += [_why("ALERT-IN-FORCE", source=m.source) for m in f.measures if m.effect == "lab"]
    if f.score >= 80:
        reasons.append(_why("HIGH-SCORE", score=f.score))
    return Choice("INSPECT-FIRST", tuple(reasons)) if reasons else None


def fast_lane(f: LineFacts) -> Choice | None:
    """快检快放: goods whose shelf life is short are tested first and fast (dairy, fresh fruit; at most 60 days)."""
    days = f.shelf_days if f.shelf_days is not None else f.fast_lane_days
    if "R" in f.letters and ("short-life" in f.traits or f.shelf_days is not None) and days <= f.fast_lane_days:
        return Choice("FAST-LANE", (_why("SHORT-LIFE", days=days),))
    return None


def on_the_spot_by_duty(f: LineFacts) -> Choice | None:
    """即检即放: measures that ask for it, used equipment, low credit and, on the statutory list, first imports."""
    reasons = [_why("ALERT-IN-FORCE", source=m.source) for m in f.measures if m.effect == "full"]
    if "21" in f.attributes:
        reasons.append(_why("USED-GOODS-CHECK"))
    if f.credit in ("C", "D"):
        reasons.append(_why("LOW-CREDIT", credit=f.credit))
    if f.letters and not f.inspected:
        reasons.append(_why("NEW-PAIR"))
    return Choice("ON-THE-SPOT", tuple(reasons)) if reasons else None


def _drawn(f: LineFacts, mode: str, seed: bytes, *reasons: Reason) -> Choice:
    rate = f.modes[mode].rate
    code = "DRAWN" if draw(seed, f.subject, rate) else "NOT-DRAWN"
    stepped = (Reason("RATE-STEPPED-UP", f.oftener),) if f.oftener else ()
    return Choice(mode, (*reasons, *stepped, _why(code, rate=f"{(rate * 100).normalize():f} %")))


def _may(f: LineFacts, mode: str) -> bool:
    terms = f.modes[mode]
    return f.score <= terms.max_score and f.credit in terms.credit


def no_inspection(f: LineFacts, seed: bytes) -> Choice | None:
    """不检就放: goods off the list, or low risk, good credit and a clean record; released on papers unless drawn."""
    if not _may(f, "NO-INSPECTION") or "P" in f.letters:
        return None
    if not f.letters:
        return _drawn(f, "NO-INSPECTION", seed, _why("OUTSIDE-LIST"))
    if f.passes < f.modes["NO-INSPECTION"].passes:
        return None
    return _drawn(f, "NO-INSPECTION", seed, _why("LOW-RISK", score=f.score))


def few_inspected(f: LineFacts, seed: bytes) -> Choice | None:
    """少检多放: an unbroken electronic seal from loading to the gate earns a low rate; any seal exception ends it."""
    if f.sealed and _may(f, "FEW-INSPECTED") and f.passes >= f.modes["FEW-INSPECTED"].passes and "P" not in f.letters:
        return _drawn(f, "FEW-INSPECTED", seed, _why("SEALED-LOOP"))
    return None


def otherwise(f: LineFacts) -> Choice:
    """即检即放 is what remains: an officer looks and decides where the goods are."""
    if f.score >= 45:
        return Choice("ON-THE-SPOT", (_why("HIGH-SCORE", score=f.score),))
    return Choice("ON-THE-SPOT", (_why("NOT-YET-TRUSTED"),))


def choose_mode(f: LineFacts, seed: bytes) -> Choice:
    """Ask the mode rules in order."""
    for duty in (inspect_first, fast_lane, on_the_spot_by_duty):
        if choice := duty(f):
            return choice
    for earned in (no_inspection, few_inspected):
        if choice := earned(f, seed):
            return choice
    return otherwise(f)


# ---- what is never waived, how many units, the decision


def fixed_checks(f: LineFacts) -> tuple[tuple[str, ...], tuple[Reason, ...]]:
    """Checks that no mode waives, and reasons of those that need the goods opened."""
    checks, reasons = ["DOCUMENTS", "RADIATION-PORTAL"], []
    if "P" in f.letters:
        checks.append("QUARANTINE")
        reasons.append(_why("QUARANTINE-ALWAYS"))
    if "R" in f.letters:
        checks.append("SANITARY")
    if "L" in f.letters:
        checks.append("CCC")
    if f.wood:
        checks.append("WOOD-PACKAGING")
        reasons.append(_why("WOOD-PACKAGING-CHECK"))
    if "radiation" in f.traits:
        checks.append("RADIATION-SURVEY")
        reasons.append(_why("RADIATION-ALWAYS"))
    return tuple(checks), tuple(reasons)


def units_to_open(f: LineFacts) -> int:
    """ISPM 31 for quarantine goods (exact hypergeometric), ISO 2859-1 single normal plan otherwise; one of one."""
    if f.population < 2:
        return f.population
    if "P" in f.letters:
        found = ispm31.sample_size(f.population, f.quarantine_level, f.quarantine_confidence)
        return f.population if found is None else found
    plan = iso2859.single_plan(f.population, f.aql, level=f.sampling_level)  # type: ignore[arg-type]
    return plan.units_to_inspect(f.population)


def which_units(subject: str, population: int, units: int, seed: bytes) -> list[int]:
    """Which units to open, counted from 1: picked with the committed seed, so that nobody chooses."""
    return pick(seed, subject, population, min(units, population))


def decide(f: LineFacts, seed: bytes) -> LineDecision:
    """Run the pipeline on one line."""
    return _decision(f, seed, tuple(reason for rule in HOLDS for reason in rule(f)), choose_mode(f, seed))


def inspect(f: LineFacts, seed: bytes, reason: Reason) -> LineDecision:
    """What to inspect when somebody (an officer, a gate) selects a line whatever its mode."""
    choice = choose_mode(f, seed)
    if choice.mode in ("NO-INSPECTION", "FEW-INSPECTED"):
        choice = Choice("ON-THE-SPOT", ())
    return _decision(f, seed, (), replace(choice, reasons=(reason, *choice.reasons)))


def _decision(f: LineFacts, seed: bytes, holds: tuple[Reason, ...], choice: Choice) -> LineDecision:
    checks, duties = fixed_checks(f)
    drawn = any(r.code == "DRAWN" for r in choice.reasons)
    opened = bool(duties) or drawn or choice.mode in ("INSPECT-FIRST", "ON-THE-SPOT", "FAST-LANE")
    tested = choice.mode in ("INSPECT-FIRST", "FAST-LANE") and bool(f.panel)
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
    )


def _checklist(f: LineFacts) -> str:
    return f.used_checklist if "21" in f.attributes else f.checklist
