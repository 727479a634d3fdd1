"""Gather what the rules need to know about many lines at once, in a handful of queries however many there are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from guomen.adoption import queries as adoption
from guomen.adoption.rules import Need, lot_key
from guomen.adoption.rules import judge as worth
from guomen.catalogue import codes
from guomen.catalogue.packs import Packs, deciding
from guomen.catalogue.requirements import Goods as Declared
from guomen.catalogue.rulepack import Asked, RulePack
from guomen.clearance import exits, rules, stating
from guomen.clearance.form.asks import asks
from guomen.clearance.models import Container, Declaration, Document, Line
from guomen.clearance.terms import ModeTerms
from guomen.risk import queries as risk
from guomen.risk.models import Measure
from guomen.risk.rules import (
    Drawing,
    Judged,
    Record,
    Score,
    Signs,
    fails_oftener,
    matches,
    rate_reasons,
    score,
    to_earn,
)
from guomen.risk.selecting import Goods, judge
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

    packs: Packs
    at: datetime
    measures: Sequence[Measure]
    records: Mapping[str, Record]
    judged: Mapping[str, Mapping[str, Judged]]
    """What the selector says of each line, by version of the rule pack and by subject."""
    reported: Mapping[str, int]
    """Signals about a product, by GTIN."""
    reused: frozenset[tuple[str, str]]
    """Kind and number of documents that other declarations have shown before."""
    closed: Mapping[str, str]
    alarmed: frozenset[str]
    adopted: adoption.Known


@dataclass(frozen=True, slots=True)
class Assessed:
    """A line before its decision: what the rules look at, its score, what the selector said, what sets its rate."""

    facts: rules.LineFacts
    score: Score
    judged: Judged
    drawing: Drawing


def maker(line: Line) -> str:
    """Who made the goods, for history and measures: the registration number, else the name."""
    return line.maker_registration or line.maker_name


def goods(line: Line, importer_code: str) -> Goods:
    """What the selector looks at, and under which keys outcomes of such goods are tallied."""
    return Goods(
        line.hs_code,
        line.origin,
        maker(line),
        importer_code,
        line.value,
        line.currency,
        line.net_weight_kg,
    )


def lot_of(line: Line) -> str:
    """Under which key results about the line's lot meet; empty without a batch."""
    return lot_key(line.gtin, line.hs_code, line.maker_name, line.batch)


def declared(line: Line, c: Consignment) -> Declared:
    """What rows of the rule pack ask of a line."""
    d = c.declaration
    about = (line.hs_code, line.ciq_code, frozenset(line.attributes), line.purpose, line.origin)
    wood = codes.table("packaging").rows[d.packaging]["wood"]
    packed = [name for name, so in (("wood", wood), ("container", c.containers)) if so]
    sent = (d.direction, d.trade_mode, frozenset(packed))
    return Declared(*about, maker(line), d.importer_code, line.gtin, *sent)


def gather(
    consignments: Iterable[Consignment], at: datetime, packs: Packs | None = None, *, lock: bool = False
) -> Known:
    """Look everything up: rule packs, measures, records of outcomes, seals, results found elsewhere.

    ``lock``: nobody else writes off the same results until the caller's transaction ends.
    """
    consignments = list(consignments)
    packs = packs or deciding(at.date())
    lines = [(c.declaration, line) for c in consignments for line in c.lines]
    boxes = {box.number for c in consignments for box in c.containers}
    closed = dict(Closed.objects.filter(container__in=boxes).values_list("container", "seal")) if boxes else {}
    alarmed: set[str] = set()
    if closed:
        alarms = SealAlarm.objects.filter(seal__in=set(closed.values()), code__in=STOP)
        alarmed = set(alarms.values_list("seal", flat=True))
    wanted = [goods(line, d.importer_code) for d, line in lines]
    records = risk.tallies({key for one in wanted for key in one.all_keys})
    model = risk.active_model()
    sha256, doubt = model.sha256 if model else "", risk.doubt()
    judged: dict[str, Mapping[str, Judged]] = {}
    for pack in (packs.live, packs.candidate):
        if pack is None:
            continue
        if pack is not packs.live and pack.risk == packs.live.risk:
            judged[pack.version] = judged[packs.live.version]
            continue
        said = judge(wanted, records, at, pack.risk, model=sha256, doubt=doubt)
        judged[pack.version] = {line.subject: one for (_, line), one in zip(lines, said, strict=True)}
    gtins = {line.gtin for _, line in lines if line.gtin}
    return Known(
        packs=packs,
        at=at,
        measures=risk.measures_for(gtins),
        records=records,
        judged=judged,
        reported=risk.reported(gtins, packs.live.risk["signals"]["days"]),
        reused=_reused(consignments),
        closed=closed,
        alarmed=frozenset(alarmed),
        adopted=adoption.known(
            (lot_of(line) for _, line in lines), (c.declaration.importer_id for c in consignments), lock=lock
        ),
    )


def _reused(consignments: Sequence[Consignment]) -> frozenset[tuple[str, str]]:
    """Certificates of these declarations whose number another declaration has shown before, in one query."""
    shown = {(d.kind, d.number) for c in consignments for d in c.documents if d.number}
    if not shown:
        return frozenset()
    # A declaration that is assessed again finds its own rows.
    own = [c.declaration.number for c in consignments]
    before = Document.objects.filter(number__in={number for _, number in shown}).exclude(declaration__in=own)
    return frozenset(shown.intersection(before.values_list("kind", "number")))


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


MOST_UNITS = 2**31 - 1
"""What is counted of a line: ISO 2859-1 has one code letter for every lot above 500,000."""


def population(line: Line, declaration: Declaration, lines: int) -> int:
    """Units to choose from: the pieces where the unit counts, else this line's share of the packages."""
    if codes.table("unit").rows[line.unit]["counts"]:
        return max(1, min(int(line.quantity), MOST_UNITS))
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


def _flags(
    line: Line,
    c: Consignment,
    known: Known,
    pack: RulePack,
    these: Declared,
    asked: Asked,
    demands: Sequence[rules.Demand],
) -> dict[str, dict[str, str]]:
    flags: dict[str, dict[str, str]] = {}
    for m in demands:
        if m.effect != "hold":
            flags["ACTIVE-ALERT"] = {"source": m.source}
    sealed, alarm = _seals(c, known)
    if alarm:
        flags["SEAL-EXCEPTION"] = {"container": alarm}
    elif sealed:
        flags["SEALED"] = {}
    for d in c.documents:
        if (d.kind, d.number) in known.reused and d.kind in _papers(asked, pack):
            flags["DOCUMENT-REUSED"] = {"number": d.number, "paper": d.kind}
    off = known.judged[pack.version][line.subject].measured[0]
    if abs(off) >= Decimal(pack.risk["price"]["unusual"]):
        flags["PRICE-UNUSUAL"] = {"deviations": f"{off:+.1f}"}
    if c.declaration.arrives_at < known.at:
        flags["LATE-DECLARATION"] = {}
    if "wood" in these.packed:
        flags["WOOD-PACKAGING"] = {}
    if "21" in line.attributes:
        flags["USED-GOODS"] = {}
    return flags


def short(source: str) -> str:
    """The readable end of a subject: ``urn:guomen:recall:R2026-00001`` is R2026-00001."""
    return source.removeprefix("urn:guomen:").partition(":")[2] or source


def _papers(asked: Asked, pack: RulePack) -> set[str]:
    """Kinds of certificates that belong to one consignment."""
    return {*asked.papers, *pack.terms["dangerous"]["papers"], *pack.terms["used"]["papers"]}


def assess(line: Line, c: Consignment, known: Known, pack: RulePack | None = None) -> Assessed:
    """The facts that the rules look at, with the score; by the pack that counts for the line, or by another one."""
    pack = pack or known.packs.of(line.subject)
    terms, these = pack.terms, declared(line, c)
    asked = pack.asked(these)
    profile, about = asked.profile, goods(line, c.declaration.importer_code).keys
    pair = known.records.get(about["pair"], Record())
    inspected = pair.inspected > 0
    demands = [rules.Demand(m.effect, m.reason_code, short(m.source)) for m in covering(line, known.measures)]
    demands += [rules.Demand(w.effect, "WATCH-LIST", w.code) for w in pack.watching(these)]
    oftener = _oftener(line, known.records.get(about["product"]), known.records.get(about["goods"]), pack)
    flags = _flags(line, c, known, pack, these, asked, demands)
    if not inspected and asked.letters:
        flags["FIRST-IMPORT"] = {}
    judged, signals = known.judged[pack.version][line.subject], known.reported.get(line.gtin, 0)
    scored = score(Signs(profile.base, line.origin, line.hs_code[:2], c.credit, judged, signals, flags), pack.risk)
    drawing = Drawing(c.credit, bool(oftener), signals, to_earn(pair, pack.risk["continuous"]), judged.shares)
    rates = pack.risk["rates"]
    papers = [d for d in c.documents if d.line in (None, line.number)]
    shelf = (line.expires_on - line.produced_on).days if line.expires_on and line.produced_on else None
    facts = rules.LineFacts(
        subject=line.subject,
        letters=asked.letters,
        traits=asked.traits,
        attributes=frozenset(line.attributes),
        papers=frozenset(d.kind for d in papers),
        needed_papers=asked.papers,
        dangerous_papers=tuple(terms["dangerous"]["papers"]),
        used_papers=tuple(terms["used"]["papers"]),
        wood="WOOD-PACKAGING" in flags,
        maker_stated=bool(line.maker_registration),
        shelf_days=shelf,
        fast_lane_days=terms["shelf"]["fast_lane_days"],
        measures=tuple(demands),
        credit=c.credit,
        score=scored.points,
        passes=pair.passes,
        inspected=inspected,
        sealed="SEALED" in flags,
        population=population(line, c.declaration, len(c.lines)),
        checklist=asked.checklist,
        aql=profile.aql,
        sampling_level=profile.level,
        quarantine_level=terms["quarantine"]["level"],
        quarantine_confidence=terms["quarantine"]["confidence"],
        sample_units=profile.sample_units,
        panel=profile.panel,
        modes=ModeTerms(pack, drawing),
        rated=tuple(rules.Reason(*why) for why in rate_reasons(drawing, judged, oftener, rates)),
        proofs=_proofs(line, c.declaration, known),
        standing={mode: s for (firm, mode), s in known.adopted.standing.items() if s and firm == line.importer_id},
        net_kg=line.net_weight_kg,
        version=c.declaration.version,
        also=asked.also,
        boxed=bool(c.containers),
        retail=asks(c.declaration.trade_mode).retail,
        unstated=stating.unstated(line.more),
        unnumbered=stating.unnumbered(papers),
        remarks=stating.remarks(line, papers, c.declaration.arrives_at.year),
    )
    if line.is_export:
        facts = exits.facts(facts, line.hs_code)
    return Assessed(facts, scored, judged, drawing)


def _proofs(line: Line, declaration: Declaration, known: Known) -> tuple[rules.Proof, ...]:
    """Results about the line's lot, each with the reasons for which it does not count here."""
    # What was found of the line itself says nothing about it from elsewhere.
    found = [one for one in known.adopted.found.get(lot_of(line), ()) if one.source != line.subject]
    if not found:
        return ()
    need = Need(
        importer=str(line.importer_id),
        quantity=line.quantity,
        unit=line.unit,
        hs_code=line.hs_code,
        place=declaration.arrival_port,
        on=known.adopted.on,
        shipped_on=declaration.departed_on,
        arrives_on=(declaration.arrived_at or declaration.arrives_at).date(),
    )
    proofs = [worth(one, need) for one in found]
    return tuple(rules.Proof(p.mode, p.number, p.place, p.wrong, p.failed) for p in proofs)


def _oftener(line: Line, of_origin: Record | None, of_all: Record | None, pack: RulePack) -> Mapping[str, str]:
    """Why goods of this origin are drawn oftener; empty where they are not."""
    if not (of_origin and of_all and fails_oftener(of_origin, of_all, pack.risk["rates"])):
        return {}
    return {"origin": line.origin, "failed": f"{of_origin.failed:.1f}", "inspected": f"{of_origin.inspected:.1f}"}


def plain_facts(one: Assessed, day: Any) -> dict[str, Any]:
    """The facts that a decision rests on, as the ledger keeps them."""
    facts, judged = one.facts, one.judged
    return {
        "score": one.score.points,
        "factors": [{"code": f.code, "points": f.points, "values": dict(f.values)} for f in one.score.factors],
        "likelihood": str(judged.likelihood),
        "base_rate": str(judged.base),
        "novelty": str(judged.novelty),
        "model": judged.model,
        "measured": [str(m) for m in judged.measured],
        "drawing": one.drawing.plain(),
        "letters": facts.letters,
        "traits": sorted(facts.traits),
        "attributes": sorted(facts.attributes),
        "papers": sorted(facts.papers),
        "measures": [m.source for m in facts.measures],
        "credit": facts.credit,
        "passes": facts.passes,
        "inspected_before": facts.inspected,
        "stepped_up": one.drawing.oftener,
        "sealed": facts.sealed,
        "wood": facts.wood,
        "shelf_days": facts.shelf_days,
        "population": facts.population,
        "draw": str(day),
        "proofs": [{"number": p.number, "mode": p.mode, "wrong": list(p.wrong)} for p in facts.proofs],
        "standing": dict(facts.standing),
        **({"export": True} if facts.export else {}),
    }
