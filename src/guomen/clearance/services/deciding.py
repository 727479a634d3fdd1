"""Decisions after the screening: on the spot, after the laboratory, by an officer of the control room."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import transaction

from guomen.catalogue.packs import deciding
from guomen.catalogue.queries import products
from guomen.clearance import known, rules
from guomen.clearance.models import Line
from guomen.clearance.rules import Reason
from guomen.clearance.rules.exports import PASS_VALID
from guomen.clearance.services import elsewhere
from guomen.clearance.services.about import new_order
from guomen.clearance.services.moves import consignment, learn, locked, move, onward
from guomen.inspection import services as inspection
from guomen.inspection.models import Order, Sample
from guomen.inspection.models import Result as LabResult
from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, Invalid, NotFound, Problem, Refused
from guomen.kit.words import W, vocabulary
from guomen.parties.actors import SYSTEM, Actor
from guomen.risk.services import committed_seed
from guomen.tags import services as tags

DECISIONS = {"release": "released", "inspect": "to_inspect", "refuse": "refused"}


def _ordered(by: Actor, order_id: UUID | str) -> tuple[Order, Line]:
    if not by.is_authority:
        raise Forbidden
    order = Order.objects.filter(id=order_id).first()
    if order is None:
        raise NotFound
    return order, locked(order.declaration, order.line)


@transaction.atomic
def release_after_inspection(by: Actor, order_id: UUID | str) -> Line:
    """Conclude an inspection where the goods are: release them, wait for the laboratory, or refuse them, by the rules.

    Asking again for an order that was concluded returns the line as it is. Raises Invalid naming the checks that are
    not done, Refused when the order is in other hands.
    """
    by.require("inspector")
    order, line = _ordered(by, order_id)
    if order.state == "concluded" and line.state != "to_inspect":
        return line
    conclusion = inspection.conclude(by, order_id)
    if conclusion.state == "incomplete":
        words = W("This check is not done yet.", "该检查项尚未完成。")
        raise Invalid([Problem(f"items.{m.item}", f"missing-{m.what}", words) for m in conclusion.missing])
    facts = {"order": order.number, "checklist": order.checklist, "checklist_hash": order.checklist_hash}
    facts |= {"findings": list(conclusion.reasons), "conclusion": conclusion.state}
    if line.state == "transferred":
        _checked_at_port(by, line, facts, conclusion.reasons, agrees=conclusion.state != "fail")
    elif line.state == "released":
        # Two officers let it go before this inspection was done.
        if conclusion.state == "fail":
            tags.deactivate(by, subject=line.subject, reason="INSPECTION-FAILED")
            move(by, line, "to_inspect", [Reason("INSPECTION-FAILED", {})], facts)
            move(by, line, "refused", [Reason("INSPECTION-FAILED", {})], facts)
            learn(by, line, failed=True)
    elif conclusion.state == "lab":
        move(by, line, "sampled", [Reason("SAMPLE-AT-LABORATORY", {})], facts)
        # A fast laboratory may have reported before the officer was done: nobody would ask again.
        for number in Sample.objects.filter(order_id=order.id, state="reported").values_list("number", flat=True):
            line = decide_laboratory(SYSTEM, number) or line
    elif line.level == "identity":
        # Nobody inspected anything: the goods are those that were tested, or the mode ends for this importer.
        _identified(by, line, facts, same=conclusion.state == "pass")
    elif conclusion.state == "fail":
        move(by, line, "refused", [Reason("INSPECTION-FAILED", {}), *_findings(conclusion.reasons)], facts)
        learn(by, line, failed=True)
    elif holds := _holds(line):
        # A recall may have come while the officer looked: it overrides a good inspection.
        move(by, line, "held", holds, facts)
        learn(by, line, failed=False)
    else:
        move(by, line, onward(line), [Reason("INSPECTION-PASSED", {})], facts)
        learn(by, line, failed=False)
    return line


def _findings(codes: Sequence[str]) -> list[Reason]:
    return [Reason(code, {}) for code in codes if code in vocabulary("REASONS")]


def _checked_at_port(by: Actor, line: Line, facts: dict[str, Any], codes: Sequence[str], *, agrees: bool) -> None:
    """The port's check (口岸查验) is done: what agrees with the record of origin leaves, what does not stays."""
    if not agrees:
        move(by, line, "refused", [Reason("PORT-CHECK-DIFFERS", {}), *_findings(codes)], facts)
        learn(by, line, failed=True)
    elif holds := _holds(line):
        move(by, line, "held", holds, facts)
    else:
        ensure_in_time(line)
        move(by, line, "released", [Reason("PORT-CHECK-PASSED", {})], facts)


def ensure_in_time(line: Line) -> None:
    """Raise Refused where the result at origin of a transferred line no longer holds."""
    if line.decided_at + PASS_VALID < now():
        words = W(
            "The result at origin is older than {days} days: inspect again.",
            "产地检验结果已超过 {days} 天，须重新查验。",
        )
        raise Refused(words, code="pass-expired", days=PASS_VALID.days)


def _identified(by: Actor, line: Line, facts: dict[str, Any], *, same: bool) -> None:
    if not same:
        elsewhere.suspend(line, "IDENTITY-DIFFERS")
        move(by, line, "held", [Reason("IDENTITY-DIFFERS", {})], facts)
    elif holds := _holds(line):
        move(by, line, "held", holds, facts)
    else:
        move(by, line, onward(line), [Reason("IDENTITY-CONFIRMED", {})], facts)


@transaction.atomic
def hold_after_inspection(by: Actor, order_id: UUID | str, reason_code: str, note: str = "") -> Line:
    """The inspector holds the goods; the control room decides. Holding again changes nothing."""
    by.require("inspector")
    order, line = _ordered(by, order_id)
    if order.state == "held" and line.state == "held":
        return line
    inspection.hold(by, order_id, reason_code, note)
    reasons = [Reason("OFFICER-HOLD", {}), Reason(reason_code, {})]
    move(by, line, "held", reasons, {"order": order.number}, note)
    return line


def _holds(line: Line) -> list[Reason]:
    """Measures in force that hold these goods now."""
    return list(rules.active_hold(facts_of(line)[0]))


def facts_of(line: Line) -> tuple[rules.LineFacts, known.Consignment]:
    whole = consignment(line.declaration)
    return known.assess(line, whole, known.gather([whole], now())).facts, whole


@transaction.atomic
def decide_laboratory(by: Actor, sample_number: str) -> Line | None:
    """Release or refuse a line when its samples are reported; None while others are open. Called by a follower.

    A report for a line that is not waiting for it changes nothing.
    """
    if by != SYSTEM and not by.is_authority:
        raise Forbidden
    sample = Sample.objects.filter(number=sample_number).first()
    if sample is None or sample.state != "reported":
        raise NotFound
    order = Order.objects.get(id=sample.order_id)
    line = locked(order.declaration, order.line)
    samples = list(Sample.objects.filter(subject=sample.subject))
    if line.state != "sampled":
        return None
    failed = sorted(
        LabResult.objects.filter(sample__in=[s.number for s in samples if s.verdict == "fail"], verdict="outside")
        .values_list("analyte", flat=True)
        .distinct()
    )
    facts = {"samples": sorted(s.number for s in samples if s.state == "reported"), "failed": failed}
    if any(s.verdict == "fail" for s in samples):
        move(by, line, "refused", [Reason("LABORATORY-FAILED", {"analytes": ", ".join(failed)})], facts)
        learn(by, line, failed=True)
    elif any(s.state != "reported" for s in samples):
        return None
    elif holds := _holds(line):
        move(by, line, "held", holds, facts)
        learn(by, line, failed=False)
    else:
        move(by, line, onward(line), [Reason("LABORATORY-PASSED", {})], facts)
        learn(by, line, failed=False)
    return line


def controller(by: Actor) -> None:
    by.require("controller")
    if not by.is_authority:
        raise Forbidden


def worded(reason: str) -> str:
    if not reason.strip():
        raise Invalid([Problem("reason", "missing", W("Say why, in a sentence.", "请用一句话说明理由。"))])
    return reason.strip()[:2000]


@transaction.atomic
def decide_held(by: Actor, declaration: str, line: int, outcome: str, reason: str) -> Line:
    """A controller decides about a held line: release, inspect or refuse, with a reason in words.

    Raises Refused for a release while a prohibition or a measure in force still holds the goods.
    """
    controller(by)
    note = worded(reason)
    if outcome not in DECISIONS:
        raise Invalid([Problem("outcome", "unknown-code", W("Choose release, inspect or refuse.", "请选择决定。"))])
    row = locked(declaration, line)
    if row.state != "held":
        raise Refused(W("This line is not held.", "该项货物未被暂扣。"), code="not-held")
    state, why = DECISIONS[outcome], Reason("OFFICER-DECISION", {})
    facts, whole = facts_of(row)
    if outcome == "release" and (bars := [*rules.prohibited(facts), *rules.active_hold(facts)]):
        words = W("A measure in force still holds these goods: lift it first.", "现行措施仍要求暂扣，请先解除。")
        raise Refused(words, code="still-held", reasons=[r.code for r in bars])
    if outcome == "inspect":
        select(by, row, whole, facts, why, note)
    else:
        move(by, row, onward(row) if outcome == "release" else state, [why], {"decision": outcome}, note)
    return row


def select(
    by: Actor,
    line: Line,
    whole: known.Consignment,
    facts: rules.LineFacts,
    why: Reason,
    note: str = "",
    not_for: Sequence[UUID] = (),
    occasion: str = "",
) -> None:
    """Have a line inspected whatever its mode, by others than ``not_for``; ``occasion`` tells it from earlier times."""
    decision = rules.inspect(facts, committed_seed(now().date()), why)
    line.mode, line.level = decision.mode, decision.level
    move(by, line, "to_inspect", decision.reasons, {"checks": list(decision.checks)}, note)
    named = products([line.gtin] if line.gtin else [])
    pack = deciding(now().date()).of(line.subject).version
    order = new_order(line, decision, whole, named, pack)
    order = replace(order, not_for=not_for, occasion=occasion or order.occasion)
    inspection.create_orders(by, [order])


def bars(line: Line) -> list[Reason]:
    """What forbids everybody to release a line now: a prohibition, or a measure in force."""
    facts, _whole = facts_of(line)
    return [*rules.prohibited(facts), *rules.active_hold(facts)]


@transaction.atomic
def take_back(by: Actor, declaration: str, line: int, why: Reason, note: str = "") -> Line:
    """Take a release back: a check that was put off failed. The line is inspected; its tags count no more.

    A line that is not released any more stays as it is. Inspectors and controllers.
    """
    by.require("inspector", "controller")
    if not by.is_authority:
        raise Forbidden
    row = locked(declaration, line)
    if row.state == "released":
        facts, whole = facts_of(row)
        tags.deactivate(by, subject=row.subject, reason=why.code)
        select(by, row, whole, facts, why, note)
    return row
