"""Screen lines by the rules, and everything that follows from their decisions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from guomen.adoption.services import Taken, use_evidence
from guomen.catalogue.queries import products
from guomen.clearance import known, rules
from guomen.clearance.models import Decision, Line, Shadow
from guomen.clearance.services.about import line_facts, line_subjects, new_order
from guomen.clearance.services.again import Earlier, selected_before
from guomen.clearance.shadows import brief, difference
from guomen.inspection import services as inspection
from guomen.kit.ids import Subject
from guomen.kit.sql import insert_rows
from guomen.ledger.services import Draft as Entry
from guomen.ledger.services import Plain, append_many, plain
from guomen.parties.actors import Actor
from guomen.risk.services import committed_seed
from guomen.tags import services as tags

NOTHING: Mapping[str, Earlier] = {}


@dataclass(frozen=True, slots=True)
class Screened:
    """A line with its decision and the facts under it."""

    line: Line
    decision: rules.LineDecision
    facts: dict[str, Any]
    pack: str
    """The version of the rule pack that counted."""
    shadow: Shadow | None = None
    """What the pack that is tried beside it would have decided, where that differs."""


def screen(
    consignments: Sequence[known.Consignment], at: datetime, earlier: Mapping[str, Earlier] = NOTHING
) -> list[Screened]:
    """Decide about every line by the rules; changes the rows in memory only.

    ``earlier``: what former versions said of lines, by their subjects. Who was selected does not get away by amending,
    nor by declaring the goods again.
    """
    seed = committed_seed(at.date())
    looked_up = known.gather(consignments, at, lock=True)
    found = []
    packs, again = looked_up.packs, selected_before(consignments, at)
    for c in consignments:
        for line in c.lines:
            subject = line.subject
            pack, other = packs.of(subject), packs.other(subject)
            assessed = known.assess(line, c, looked_up, pack)
            decision = rules.decide(assessed.facts, seed)
            before = earlier.get(subject, Earlier())
            chance = before.either(decision.probability)
            passes = decision.state in ("released", "screened") or decision.level == "identity"
            if passes and (reason := before.reason or again.reason(c, line)):
                decision = rules.inspect(assessed.facts, seed, reason)
                chance = chance if before.reason else Decimal(1)
            elif any(r.code == "DRAWN" for r in decision.reasons):
                again.drew(c, line)
            decision = replace(decision, probability=chance)
            shadow = None
            if other is not None:
                there = known.assess(line, c, looked_up, other)
                ours = brief(decision, assessed.score.points)
                theirs = brief(rules.decide(there.facts, seed), there.score.points)
                shadow = difference(line, at, pack.version, other.version, ours, theirs)
            line.state, line.mode, line.level = decision.state, decision.mode, decision.level
            line.score, line.reasons = assessed.score.points, [r.plain() for r in decision.reasons]
            line.released_at = at if decision.state == "released" else None
            version = {"version": c.declaration.version} if c.declaration.version > 1 else {}
            kept = plain(known.plain_facts(assessed, at.date()) | _units(decision) | version)
            found.append(Screened(line, decision, kept, pack.version, shadow))
            if decision.proof:
                looked_up.adopted.take(known.lot_of(line), decision.proof, line.quantity)
    return found


def _taken(screened: Iterable[Screened]) -> list[Taken]:
    """What the lines write off of results that were found elsewhere."""
    using = [(s.line, s.decision.proof) for s in screened if s.decision.proof]
    return [
        Taken(known.lot_of(line), proof, line.declaration, line.number, line.subject, line.quantity)
        for line, proof in using
    ]


def _units(decision: rules.LineDecision) -> dict[str, Any]:
    return {
        "checks": list(decision.checks),
        "checklist": decision.checklist,
        "open_units": decision.open_units,
        "sample_units": decision.sample_units,
        "panel": decision.panel,
        "probability": decision.probability,
        "drawn_at": decision.drawn_at,
    }


def settle(
    by: Actor,
    consignments: Sequence[known.Consignment],
    screened: Sequence[Screened],
    told: Sequence[Entry],
    at: datetime,
    before: Mapping[str, int] | None = None,
) -> None:
    """Keep the decisions of stored lines, tell the ledger, order inspections and let released tags be valid.

    ``told``: what the ledger hears first, of the declarations. ``before``: how many decisions a line already has.
    """
    _decide(screened, at, before or {})
    use_evidence(by, _taken(screened))
    append_many([*told, *_entries(consignments, screened)], by)
    _order_inspections(by, consignments, screened)
    _activate_tags(by, screened, at)


def _decide(screened: Sequence[Screened], at: datetime, before: Mapping[str, int]) -> None:
    decisions = [
        Decision(
            declaration=s.line.declaration,
            line=s.line.number,
            sequence=before.get(s.line.subject, 0) + 1,
            state=s.line.state,
            mode=s.line.mode,
            level=s.line.level,
            reasons=s.line.reasons,
            rule_pack=s.pack,
            facts=s.facts,
            decided_at=at,
            person=None,
            via="rules",
        )
        for s in screened
    ]
    insert_rows(decisions)
    insert_rows([s.shadow for s in screened if s.shadow])


def _entries(consignments: Sequence[known.Consignment], screened: Sequence[Screened]) -> Iterable[Entry]:
    places = {c.declaration.number: c.declaration.control_port for c in consignments}
    for s in screened:
        facts = Plain(plain(line_facts(s.line, s.pack)) | s.facts)
        yield Entry("line.screened", line_subjects(s.line), facts)
    for s in screened:
        kind = {"released": "line.released", "held": "line.held"}.get(s.line.state)
        if kind:
            place = {"place": places[s.line.declaration]}
            yield Entry(kind, line_subjects(s.line), line_facts(s.line, s.pack) | place)


def lodged_entry(kind: str, c: known.Consignment, digest: str, **more: Any) -> Entry:
    """What the ledger hears of a declaration as it now stands."""
    d = c.declaration
    facts = {
        "number": d.number,
        "version": d.version,
        "direction": d.direction,
        "trade_mode": d.trade_mode,
        "importer": d.importer_id,
        "importer_code": d.importer_code,
        "lines": len(c.lines),
        "containers": [box.number for box in c.containers],
        "departure_country": d.departure_country,
        "departure_port": d.departure_port,
        "arrival_port": d.arrival_port,
        "arrives_at": d.arrives_at,
        "documents": [x.sha256 for x in c.documents if x.sha256],
        "content_sha256": digest,
    }
    subjects = [Subject.declaration(d.number), *(Subject.container(box.number) for box in c.containers)]
    return Entry(kind, subjects, facts | more)


def _order_inspections(by: Actor, consignments: Sequence[known.Consignment], screened: Sequence[Screened]) -> None:
    selected = [s for s in screened if s.line.state == "to_inspect"]
    if not selected:
        return
    of = {c.declaration.number: c for c in consignments}
    named = products(s.line.gtin for s in selected if s.line.gtin)
    orders = [new_order(s.line, s.decision, of[s.line.declaration], named, s.pack) for s in selected]
    inspection.create_orders(by, orders)


def _activate_tags(by: Actor, screened: Iterable[Screened], at: datetime) -> None:
    # Tags can be ordered only for goods with GTIN and batch: nobody else needs to remember the release.
    tagged = [s.line for s in screened if s.line.state == "released" and s.line.gtin and s.line.batch]
    if tagged:
        tags.activate_many(by, subjects=[line.subject for line in tagged], at=at)
