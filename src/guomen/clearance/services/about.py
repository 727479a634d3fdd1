"""What entries about a line say, whom they concern, and the instruction to inspect it."""

from collections.abc import Mapping
from typing import Any

from guomen.catalogue import codes
from guomen.catalogue.queries import products
from guomen.catalogue.rulepack import RulePack
from guomen.clearance import known, rules
from guomen.clearance.models import Decision, Line
from guomen.clearance.rules.exports import AT_THE_PORT
from guomen.core.gs1 import to_digital_link
from guomen.inspection import services as inspection
from guomen.kit.ids import Subject
from guomen.kit.words import W

FAST = "FAST-LANE"
"""The mode whose goods leave on a fast test (快检快放)."""


def goods_subject(line: Line) -> str:
    """The product or batch as a Digital Link, or empty without a GTIN."""
    if not line.gtin:
        return ""
    lot = (("10", line.batch),) if line.batch else ()
    return str(to_digital_link((("01", line.gtin), *lot)))


def line_subjects(line: Line) -> list[str]:
    """What entries about a line are about: the line, its declaration, its batch."""
    return [s for s in (line.subject, Subject.declaration(line.declaration), goods_subject(line)) if s]


def line_facts(line: Line, pack: str) -> dict[str, Any]:
    """What every entry about a decision on a line says; ``pack``: the version of the rule pack that counted."""
    return {
        "state": line.state,
        "mode": line.mode,
        "level": line.level,
        "reasons": line.reasons,
        "rule_pack": pack,
        "gtin": line.gtin,
        "batch": line.batch,
        "hs": line.hs_code,
        "origin": line.origin,
        "quantity": line.quantity,
        "unit": line.unit,
    }


def goods_words(line: Line, named: Mapping[str, Any]) -> W:
    """What an inspector reads: the registered name in both languages, else the declared name beside the heading's."""
    product = named.get(line.gtin)
    if product is not None:
        return W(product.name_en, product.name_zh)
    heading = codes.table("hs").get(line.hs_code)
    return W(line.name, line.name if heading is None or not line.name.isascii() else f"{heading.zh}（{line.name}）")


def port_order(line: Line, c: known.Consignment, pack: RulePack) -> inspection.NewOrder:
    """The instruction to check an export at its port of exit: the pack's checklist, or only the record from origin."""
    checklist = pack.asked(known.declared(line, c)).port_checklist or AT_THE_PORT
    times = Decision.objects.filter(declaration=line.declaration, line=line.number).count()
    box = c.containers[0] if c.containers else None
    return inspection.NewOrder(
        subject=line.subject,
        declaration=line.declaration,
        line=line.number,
        goods=goods_words(line, products([line.gtin] if line.gtin else [])),
        checklist=checklist,
        reasons=[rules.Reason("ORIGIN-PASSED", {}).plain()],
        place=c.declaration.control_port,
        due_at=c.declaration.arrives_at + rules.INSPECT_WITHIN,
        container=box.number if box else "",
        seal=box.seal if box else "",
        rule_pack=pack.version,
        occasion=f"v{c.declaration.version} {times}",
    )


def new_order(
    line: Line, d: rules.LineDecision, c: known.Consignment, named: Mapping[str, Any], pack: str
) -> inspection.NewOrder:
    """The instruction to inspect a line, with the checklist as the version ``pack`` of the rule pack has it."""
    box = c.containers[0] if c.containers else None
    return inspection.NewOrder(
        subject=line.subject,
        declaration=line.declaration,
        line=line.number,
        goods=goods_words(line, named),
        checklist=d.checklist,
        open_units=d.open_units,
        population=d.population,
        sample_units=d.sample_units,
        fast=d.mode == FAST and bool(d.panel),
        panel=d.panel,
        reasons=[r.plain() for r in d.reasons],
        place=c.declaration.goods_place[:60],
        due_at=c.declaration.arrives_at + rules.INSPECT_WITHIN,
        container=box.number if box else "",
        seal=box.seal if box else "",
        rule_pack=pack,
        occasion=f"v{c.declaration.version}" if c.declaration.version > 1 else "",
    )
