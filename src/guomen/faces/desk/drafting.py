"""A certificate's facts, gathered from the declaration, the inspection and the laboratory."""

from typing import Any

from guomen.catalogue import codes
from guomen.catalogue.queries import products
from guomen.certificates import kinds, services
from guomen.certificates.models import Certificate
from guomen.certificates.rules import UNSIGNED
from guomen.clearance import queries
from guomen.clearance.models import Declaration, Line
from guomen.clearance.services.about import goods_words
from guomen.inspection.queries import checks_of, on_site_checks_of, order_for
from guomen.kit.errors import NotFound, Refused
from guomen.kit.words import W
from guomen.parties.actors import Actor


def waiting_draft(subject: str) -> Certificate | None:
    """The certificate about ``subject`` that is being made."""
    return Certificate.objects.filter(subject=subject, state__in=UNSIGNED).order_by("number").first()


def draft_for_line(by: Actor, declaration: str, number: int, kind: str) -> Certificate:
    """Draft a certificate for a released line. Who inspected is excluded from signing. Raises Refused, NotFound."""
    by.require("controller", "certifier")
    found = queries.declaration(by, declaration)
    line = next((x for x in found.line_list if x.number == number), None)
    if line is None:
        raise NotFound
    if line.state != "released":
        words = W("Only released goods get a certificate.", "仅已放行的货物可出具证书。")
        raise Refused(words, code="not-released")
    order = order_for(line.subject)
    inspected = {order.officer_id, order.second_officer_id} - {None} if order else set()
    return services.draft(
        by,
        kind=kind,
        subject=line.subject,
        holder=line.importer,
        facts=facts_of_line(found, line, kind),
        excluded_persons=inspected,
    )


def facts_of_line(found: Declaration, line: Line, kind: str) -> dict[str, Any]:
    """What clearance, inspection and laboratory know of a line, as far as a certificate of this kind states it."""
    if kind not in kinds.KINDS:
        return {}
    stated = {f.name for f in kinds.fields_of(kinds.kind(kind))}
    return {name: value for name, value in _facts(found, line).items() if name in stated}


def _facts(found: Declaration, line: Line) -> dict[str, Any]:
    order = order_for(line.subject)
    decision = line.decision
    box = found.container_list[0] if found.container_list else None
    facts = {
        "goods": goods_words(line, products([line.gtin] if line.gtin else [])),
        "gtin": line.gtin,
        "batch": line.batch,
        "hs_code": line.hs_code,
        "quantity": {"value": line.quantity, "unit": line.unit},
        "origin": line.origin,
        "maker": line.maker_name,
        "declaration": line.declaration,
        "container": box.number if box else "",
        "seal": box.seal if box else "",
        "place": codes.table("port").get(found.arrival_port) or found.arrival_port,
        "inspected_on": order.concluded_at if order else None,
        "decision": W("Released", "已放行"),
        "rule_pack": decision.rule_pack if decision else "",
        "reasons": [r["code"] for r in line.reasons],
        "tests": [_test(t) for t in [*on_site_checks_of(line.subject), *checks_of(line.subject)]],
    }
    return {name: value for name, value in facts.items() if value}


def _test(row: dict[str, Any]) -> dict[str, Any]:
    wanted = ("test", "found", "limit", "within", "standard", "laboratory", "date")
    return {name: row[name] for name in wanted if row.get(name) not in (None, "")}
