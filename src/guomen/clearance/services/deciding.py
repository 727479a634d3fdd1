"""Decisions after the screening: on the spot, after the laboratory, by an officer of the control room."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import transaction

from guomen.catalogue.packs import deciding
from guomen.catalogue.queries import products
from guomen.clearance import known, rules
from guomen.clearance.models import Decision, Line
from guomen.clearance.rules import Reason
from guomen.clearance.rules.exports import AT_THE_PORT, PASS_VALID
from guomen.clearance.services import elsewhere
from guomen.clearance.services.about import new_order
from guomen.clearance.services.moves import consignment, learn, locked, move, onward
from guomen.clearance.services.undone import ensure_done, ensure_settled
from guomen.inspection import services as inspection
from guomen.inspection.models import Order, Sample
from guomen.inspection.models import Result as LabResult
from guomen.inspection.queries import order_for
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
    return _at_order(order_id)


def _at_order(order_id: UUID | str) -> tuple[Order, Line]:
    order = Order.objects.filter(id=order_id).first()
    if order is None:
        raise NotFound
    line = locked(order.declaration, order.line)
    # Read again: whoever held the line until now may have ended this inspection.
    return Order.objects.get(id=order.id), line


@transaction.atomic
def release_after_inspection(by: Actor, order_id: UUID | str, *, unloaded: bool = False) -> Line:
    """Conclude an inspection where the goods are: release them, wait for the laboratory, or refuse them, by the rules.

    Asking again for an order that was concluded returns the line as it is. ``unloaded``: a lot that is unloaded in
    parts has no part left to look at. Raises Invalid naming the checks that are not done, Refused when the order is in
    other hands, or the line does not wait for an inspection.
    """
    by.require("inspector")
    order, line = _ordered(by, order_id)
    if order.state == "concluded":
        return line
    if line.state not in ("to_inspect", "released", "transferred"):
        words = W("This line does not wait for an inspection.", "该项货物当前无需查验。")
        raise Refused(words, code="not-waiting")
    if order.in_parts and not unloaded:
        words = W("This lot is unloaded in parts: finish that first.", "该批货物正在分批卸运，请先完成卸运。")
        raise Refused(words, code="in-parts")
    conclusion = inspection.conclude(by, order_id)
    if conclusion.state == "incomplete":
        words = W("This check is not done yet.", "该检查项尚未完成。")
        raise Invalid([Problem(f"items.{m.item}", f"missing-{m.what}", words) for m in conclusion.missing])
    facts = {"order": order.number, "checklist": order.checklist, "checklist_hash": order.checklist_hash}
    facts |= {"findings": list(conclusion.reasons), "conclusion": conclusion.state}
    if line.state == "transferred":
        agrees = conclusion.state != "fail"
        _checked_at_port(by, line, facts, conclusion.reasons, agrees=agrees, alike=order.checklist == AT_THE_PORT)
    elif line.state == "released":
        # Two officers let it go before this inspection was done.
        if conclusion.state == "fail":
            _found_later(by, line, Reason("INSPECTION-FAILED", {}), facts)
        elif conclusion.state == "pass":
            learn(by, line, failed=False)
        else:
            line = _reported(order, line)
    elif conclusion.state == "lab":
        positive = "FAST-POSITIVE" in conclusion.reasons
        move(by, line, "sampled", [Reason("FAST-POSITIVE" if positive else "SAMPLE-AT-LABORATORY", {})], facts)
        line = _reported(order, line)
    elif line.level == "identity":
        # Nobody inspected anything: the goods are those that were tested, or the mode ends for this importer.
        _identified(by, line, facts, same=conclusion.state == "pass")
    elif conclusion.state == "fail":
        move(by, line, "refused", [Reason("INSPECTION-FAILED", {}), *_findings(conclusion.reasons)], facts)
        learn(by, line, failed=True)
    elif holds := bars(line):
        # A recall may have come while the officer looked: it overrides a good inspection.
        move(by, line, "held", holds, facts)
        learn(by, line, failed=False)
    else:
        negative = "FAST-NEGATIVE" in conclusion.reasons
        move(by, line, onward(line), [Reason("FAST-NEGATIVE" if negative else "INSPECTION-PASSED", {})], facts)
        learn(by, line, failed=False)
        line = _reported(order, line) if negative else line
    return line


def _findings(codes: Sequence[str]) -> list[Reason]:
    return [Reason(code, {}) for code in codes if code in vocabulary("REASONS")]


def _reported(order: Order, line: Line) -> Line:
    """A fast laboratory may have reported before the officer was done: nobody would ask again."""
    for number in Sample.objects.filter(order_id=order.id, state="reported").values_list("number", flat=True):
        line = decide_laboratory(SYSTEM, number) or line
    return line


def _found_later(by: Actor, line: Line, why: Reason, facts: dict[str, Any]) -> None:
    """Goods that were let go before all checks do not conform: their tags count no more, and they are refused."""
    tags.deactivate(by, subject=line.subject, reason=why.code)
    move(by, line, "to_inspect", [why], facts)
    move(by, line, "refused", [why], facts)
    learn(by, line, failed=True)


def expired(line: Line) -> bool:
    """Whether the result at origin of a transferred line no longer holds."""
    return line.decided_at + PASS_VALID < now()


def ensure_in_time(line: Line) -> None:
    """Raise Refused where the result at origin of a transferred line no longer holds."""
    if expired(line):
        words = W(
            "The result at origin is older than {days} days: inspect again.",
            "产地检验结果已超过 {days} 天，须重新查验。",
        )
        raise Refused(words, code="pass-expired", days=PASS_VALID.days)


def _checked_at_port(
    by: Actor, line: Line, facts: dict[str, Any], codes: Sequence[str], *, agrees: bool, alike: bool
) -> None:
    """The port's check (口岸查验) is done: what agrees with the record of origin leaves, what does not stays.

    ``alike``: goods and record were only compared. What differs is then inspected, and so is what passed too long ago.
    """
    known_facts, whole = facts_of(line)
    if not agrees and alike:
        select(by, line, whole, known_facts, Reason("PORT-CHECK-DIFFERS", {}))
    elif not agrees:
        move(by, line, "refused", [Reason("PORT-CHECK-DIFFERS", {}), *_findings(codes)], facts)
        learn(by, line, failed=True)
    elif holds := bars(line, known_facts):
        move(by, line, "held", holds, facts)
    elif expired(line):
        select(by, line, whole, known_facts, Reason("PASS-EXPIRED", {"days": str(PASS_VALID.days)}))
    else:
        move(by, line, "released", [Reason("PORT-CHECK-PASSED", {})], facts)


def _identified(by: Actor, line: Line, facts: dict[str, Any], *, same: bool) -> None:
    if not same:
        elsewhere.suspend(line, "IDENTITY-DIFFERS")
        move(by, line, "held", [Reason("IDENTITY-DIFFERS", {})], facts)
    elif holds := bars(line):
        move(by, line, "held", holds, facts)
    elif number := elsewhere.ended_proof(line, lock=True):
        known_facts, whole = facts_of(line)
        select(by, line, whole, known_facts, Reason("PROOF-NOT-COUNTED", {"number": number}))
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


def facts_of(line: Line) -> tuple[rules.LineFacts, known.Consignment]:
    whole = consignment(line.declaration)
    return known.assess(line, whole, known.gather([whole], now())).facts, whole


@transaction.atomic
def decide_laboratory(by: Actor, sample_number: str) -> Line | None:
    """Release or refuse a line when its sample is reported. Called by a follower.

    A report for a line that does not wait for it changes nothing, but where the goods were let go before it came: then
    a bad one takes the release back. Of a line that is inspected again only the newest inspection's sample counts.
    """
    if by != SYSTEM and not by.is_authority:
        raise Forbidden
    sample = Sample.objects.filter(number=sample_number).first()
    if sample is None or sample.state != "reported":
        raise NotFound
    order, line = _at_order(sample.order_id)
    newest = order_for(line.subject)
    if line.state not in ("sampled", "released") or order.state != "concluded" or newest is None:
        return None
    told = Decision.objects.filter(declaration=line.declaration, line=line.number, facts__samples=[sample.number])
    if newest.id != order.id or told.exists():
        return None
    bad = LabResult.objects.filter(sample=sample.number, verdict="outside")
    failed = sorted(bad.values_list("analyte", flat=True))
    facts = {"samples": [sample.number], "failed": failed}
    why = Reason("LABORATORY-FAILED", {"analytes": ", ".join(failed)})
    if line.state == "released":
        if sample.verdict == "fail":
            _found_later(by, line, why, facts)
        else:
            learn(by, line, failed=False)
    elif sample.verdict == "fail":
        move(by, line, "refused", [why], facts)
        learn(by, line, failed=True)
    elif holds := bars(line):
        move(by, line, "held", holds, facts)
        learn(by, line, failed=False)
    else:
        move(by, line, onward(line), [Reason("LABORATORY-PASSED", {})], facts)
        learn(by, line, failed=False)
    return line


def worded(reason: str) -> str:
    if not reason.strip():
        raise Invalid([Problem("reason", "missing", W("Say why, in a sentence.", "请用一句话说明理由。"))])
    return reason.strip()[:2000]


@transaction.atomic
def decide_held(by: Actor, declaration: str, line: int, outcome: str, reason: str) -> Line:
    """A controller decides about a held line: release, inspect or refuse, with a reason in words.

    Raises Refused for a release while a prohibition or a measure in force still holds the goods, or while any of the
    line's checks is not done: that takes two officers, and for some checks nobody can.
    """
    by.require_officer("controller")
    note = worded(reason)
    if outcome not in DECISIONS:
        raise Invalid([Problem("outcome", "unknown-code", W("Choose release, inspect or refuse.", "请选择决定。"))])
    row = locked(declaration, line)
    if row.state != "held":
        raise Refused(W("This line is not held.", "该项货物未被暂扣。"), code="not-held")
    if outcome != "refuse":
        ensure_settled(row)
    state, why = DECISIONS[outcome], Reason("OFFICER-DECISION", {})
    facts, whole = facts_of(row)
    if outcome == "release" and (against := bars(row, facts)):
        words = W("A measure in force still holds these goods: lift it first.", "现行措施仍要求暂扣，请先解除。")
        raise Refused(words, code="still-held", reasons=[r.code for r in against])
    if outcome == "release":
        ensure_done(row)
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
    **others: Sequence[UUID],
) -> None:
    """Have a line inspected whatever its mode; an order that nobody has begun is replaced.

    ``others``: ``not_for`` and ``not_at``, the people and laboratories that may not do it.
    """
    decision = rules.inspect(facts, committed_seed(now().date()), why)
    line.mode, line.level = decision.mode, decision.level
    inspection.cancel_orders(by, [line.subject], why.code)
    before = order_for(line.subject)
    in_parts = line.state == "held" and before is not None and before.in_parts
    made = move(by, line, "to_inspect", decision.reasons, {"checks": list(decision.checks)}, note)
    named = products([line.gtin] if line.gtin else [])
    pack = deciding(now().date()).of(line.subject).version
    order = new_order(line, decision, whole, named, pack)
    # Each selection is an inspection of its own: an earlier one for the same reasons has been concluded.
    occasion = f"{order.occasion} {made.sequence}".strip()
    inspection.create_orders(by, [replace(order, occasion=occasion, in_parts=in_parts, **others)])


def bars(line: Line, facts: rules.LineFacts | None = None) -> list[Reason]:
    """What forbids everybody to release a line now: a prohibition, or a measure in force."""
    known_facts = facts or facts_of(line)[0]
    found = [] if known_facts.export else list(rules.prohibited(known_facts))
    return found + list(rules.active_hold(known_facts))


@transaction.atomic
def take_back(by: Actor, declaration: str, line: int, why: Reason, note: str = "") -> Line:
    """Take a release back: a check that was put off failed. The line is inspected; its tags count no more.

    A line that is not released any more stays as it is. Inspectors, controllers, and the system.
    """
    if by != SYSTEM:
        by.require_officer("inspector", "controller")
    row = locked(declaration, line)
    if row.state == "released":
        facts, whole = facts_of(row)
        tags.deactivate(by, subject=row.subject, reason=why.code)
        select(by, row, whole, facts, why, note)
    return row
