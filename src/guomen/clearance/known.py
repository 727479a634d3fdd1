"""Gather what the rules need to know about many lines at once, in a handful of queries however many there are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from guomen.catalogue import codes, rulepack
from guomen.catalogue.rulepack import RulePack
from guomen.clearance import rules
from guomen.clearance.models import Container, Declaration, Document, Line
from guomen.risk import queries as risk
from guomen.risk.models import Measure
from guomen.risk.rules import Record, Score, Signs, drawing_rate, fails_oftener, matches, score
from guomen.seals.models import Closed, SealAlarm
from guomen.seals.rules import STOP


@dataclass(frozen=True, slots=True)
class Consignment:
    """A declaration with everything that belongs to it."""

    declaration: Declaration
    lines: Sequence[Line]
    containers: Sequence[Container]
    documents: Sequence[Document]
    credit: str


@dataclass(frozen=True, slots=True)
class Known:
    """What was looked up for a batch of consignments."""

    pack: RulePack
    at: datetime
    measures: Sequence[Measure]
    records: Mapping[str, Record]
    closed: Mapping[str, str]
    alarmed: frozenset[str]


def maker(line: Line) -> str:
    """Who made the goods, for history and measures: the registration number, else the name."""
    return line.maker_registration or line.maker_name


def keys(line: Line, importer_code: str) -> dict[str, str]:
    """Under which keys outcomes of such goods are tallied."""
    return risk.about(hs=line.hs_code, origin=line.origin, maker=maker(line), importer=importer_code)


def gather(consignments: Iterable[Consignment], at: datetime) -> Known:
    """Look everything up: measures, records of outcomes, seals."""
    consignments = list(consignments)
    lines = [(c.declaration, line) for c in consignments for line in c.lines]
    boxes = {box.number for c in consignments for box in c.containers}
    closed = dict(Closed.objects.filter(container__in=boxes).values_list("container", "seal")) if boxes else {}
    alarmed: set[str] = set()
    if closed:
        alarms = SealAlarm.objects.filter(seal__in=set(closed.values()), code__in=STOP)
        alarmed = set(alarms.values_list("seal", flat=True))
    wanted = {key for d, line in lines for key in keys(line, d.importer_code).values()}
    return Known(
        pack=rulepack.current(),
        at=at,
        measures=risk.measures_for(line.gtin for _, line in lines if line.gtin),
        records=risk.tallies(wanted),
        closed=closed,
        alarmed=frozenset(alarmed),
    )


def covering(line: Line, measures: Iterable[Measure]) -> list[Measure]:
    """The measures that cover a line, by the maker's registration number or name."""
    found = []
    for m in measures:
        for name in {maker(line), line.maker_name}:
            goods = {"gtin": line.gtin, "batch": line.batch, "hs": line.hs_code, "origin": line.origin, "maker": name}
            if matches(m, **goods):
                found.append(m)
                break
    return found


def population(line: Line, declaration: Declaration, lines: int) -> int:
    """Units to choose from: the pieces where the unit counts, else this line's share of the packages."""
    if codes.table("unit").rows[line.unit]["counts"]:
        return max(1, int(line.quantity))
    return max(1, declaration.packages // lines)


def _seals(c: Consignment, known: Known) -> tuple[bool, str]:
    """Whether every container is under its declared, untouched seal; and a container whose seal raised an alarm."""
    sealed = bool(c.containers)
    for box in c.containers:
        seal = known.closed.get(box.number)
        if seal in known.alarmed:
            return False, box.number
        sealed = sealed and bool(seal) and seal == box.seal
    return sealed, ""


def _flags(line: Line, c: Consignment, known: Known, found: list[Measure], inspected: bool, alarm: str) -> Any:
    flags: dict[str, dict[str, str]] = {}
    if not inspected and codes.table("hs").rows[line.hs_code]["letters"]:
        flags["FIRST-IMPORT"] = {}
    for m in found:
        if m.effect != "hold":
            flags["ACTIVE-ALERT"] = {"source": short(m.source)}
    if alarm:
        flags["SEAL-EXCEPTION"] = {"container": alarm}
    if c.declaration.arrives_at < known.at:
        flags["LATE-DECLARATION"] = {}
    if codes.table("packaging").rows[c.declaration.packaging]["wood"]:
        flags["WOOD-PACKAGING"] = {}
    if "21" in line.attributes:
        flags["USED-GOODS"] = {}
    return flags


def short(source: str) -> str:
    """The readable end of a subject: ``urn:guomen:recall:R2026-00001`` is R2026-00001."""
    return source.removeprefix("urn:guomen:").partition(":")[2] or source


def assess(line: Line, c: Consignment, known: Known) -> tuple[rules.LineFacts, Score]:
    """The facts that the rules look at, and the score among them."""
    pack, terms = known.pack, known.pack.terms
    profile, row = pack.profile(line.hs_code), codes.table("hs").rows[line.hs_code]
    about = keys(line, c.declaration.importer_code)
    pair = known.records.get(about["pair"], Record())
    inspected = pair.inspected > 0
    found = covering(line, known.measures)
    sealed, alarm = _seals(c, known)
    records = tuple(known.records[k] for name, k in about.items() if name != "goods" and k in known.records)
    oftener = _oftener(line, known.records.get(about["product"]), known.records.get(about["goods"]), pack)
    flags = _flags(line, c, known, found, inspected, alarm)
    scored = score(Signs(profile.base, line.origin, line.hs_code[:2], c.credit, records, flags), pack.risk)
    shelf = (line.expires_on - line.produced_on).days if line.expires_on and line.produced_on else None
    facts = rules.LineFacts(
        subject=line.subject,
        letters=row["letters"],
        traits=profile.traits,
        attributes=frozenset(line.attributes),
        papers=frozenset(d.kind for d in c.documents),
        needed_papers=profile.papers,
        dangerous_papers=tuple(terms["dangerous"]["papers"]),
        used_paper=terms["used"]["paper"],
        wood="WOOD-PACKAGING" in flags,
        maker_stated=bool(line.maker_registration),
        shelf_days=shelf,
        fast_lane_days=terms["shelf"]["fast_lane_days"],
        measures=tuple(rules.Demand(m.effect, m.reason_code, short(m.source)) for m in found),
        credit=c.credit,
        score=scored.points,
        passes=pair.passes,
        inspected=inspected,
        sealed=sealed,
        population=population(line, c.declaration, len(c.lines)),
        checklist=row["checklist"],
        used_checklist=terms["used"]["checklist"],
        aql=profile.aql,
        sampling_level=profile.level,
        quarantine_level=terms["quarantine"]["level"],
        quarantine_confidence=terms["quarantine"]["confidence"],
        sample_units=profile.sample_units,
        panel=profile.panel,
        modes=mode_terms(pack, c.credit, bool(oftener)),
        oftener=oftener,
    )
    return facts, scored


def _oftener(line: Line, of_origin: Record | None, of_all: Record | None, pack: RulePack) -> Mapping[str, str]:
    """Why goods of this origin are drawn oftener; empty where they are not."""
    if not (of_origin and of_all and fails_oftener(of_origin, of_all, pack.risk["rates"])):
        return {}
    return {"origin": line.origin, "failed": f"{of_origin.failed:.1f}", "inspected": f"{of_origin.inspected:.1f}"}


_TERMS: dict[tuple[str, str, bool], Mapping[str, rules.ModeTerms]] = {}


def mode_terms(pack: RulePack, credit: str, oftener: bool) -> Mapping[str, rules.ModeTerms]:
    """The pack's modes as the rules read them, with the rates for an importer's class and a step up if due."""
    key = (pack.version, credit, oftener)
    if key not in _TERMS:
        _TERMS[key] = {
            code: rules.ModeTerms(
                drawing_rate(m.rate, credit, oftener, pack.risk["rates"]),
                100 if m.max_score is None else m.max_score,
                m.credit,
                m.passes,
            )
            for code, m in pack.modes.items()
        }
    return _TERMS[key]


def plain_facts(facts: rules.LineFacts, scored: Score, day: Any) -> dict[str, Any]:
    """The facts that a decision rests on, as the ledger keeps them."""
    return {
        "score": scored.points,
        "factors": [{"code": f.code, "points": f.points, "values": dict(f.values)} for f in scored.factors],
        "letters": facts.letters,
        "traits": sorted(facts.traits),
        "attributes": sorted(facts.attributes),
        "papers": sorted(facts.papers),
        "measures": [m.source for m in facts.measures],
        "credit": facts.credit,
        "passes": facts.passes,
        "inspected_before": facts.inspected,
        "stepped_up": bool(facts.oftener),
        "sealed": facts.sealed,
        "wood": facts.wood,
        "shelf_days": facts.shelf_days,
        "population": facts.population,
        "draw": str(day),
    }
