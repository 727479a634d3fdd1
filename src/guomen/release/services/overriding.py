"""Release before all checks are done: proposed with a reason and a guarantee, decided by a second person."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction

from guomen.catalogue import codes
from guomen.clearance.models import Line
from guomen.clearance.rules import Reason
from guomen.clearance.rules.waiving import Skip
from guomen.clearance.services import bars
from guomen.clearance.services.moves import guard, locked, move
from guomen.clearance.services.undone import ensure_settled, undone
from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, Invalid, NotFound, Problem, Refused
from guomen.kit.words import W
from guomen.ledger.services import append
from guomen.parties.actors import Actor
from guomen.release.models import Override
from guomen.release.services.debts import ensure_paid, owe

OPEN = ("to_inspect", "sampled", "held", "screened")
DUE_WITHIN = timedelta(days=60)
"""The longest for which a check may be put off: house rule."""
STRICT = "INSPECT-FIRST"


def _may(line: Line) -> Skip:
    """Raises Refused where no officer may release the goods yet."""
    if line.state not in OPEN:
        raise Refused(W("This line does not wait for anything.", "该项货物无待办事项。"), code="wrong-state")
    ensure_settled(line)
    guard(line, "released")
    ensure_paid(line.importer_id)
    found = undone(line)
    forbidden = [*found.forbidden, *(r.code for r in bars(line))]
    if line.mode == STRICT:
        forbidden.append(STRICT)
    if forbidden:
        words = W(
            "Nobody may put this off: prohibitions, measures, quarantine, sanitary and radiation checks, and goods that"
            " must be inspected first.",
            "禁止性规定、现行措施、检疫、卫生、放射性检查及先检后放货物，任何人不得延后。",
        )
        raise Refused(words, code="never-waived", reasons=forbidden)
    return found


def _read(sent: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    problems: list[Problem] = []

    def wrong(field: str, code: str, en: str, zh: str) -> None:
        problems.append(Problem(field, code, W(en, zh)))

    reason = " ".join(str(sent.get("reason") or "").split())
    if not 10 <= len(reason) <= 2000:
        wrong("reason", "missing", "Say why, in at least ten characters.", "请说明理由（至少十个字）。")
    days = str(sent.get("days") or "")
    if not (days.isascii() and days.isdigit() and 1 <= int(days[:4]) <= DUE_WITHIN.days):
        wrong("days", "out-of-range", "Choose 1 to 60 days.", "请填写 1 至 60 天。")
        days = "1"
    texts = {name: " ".join(str(sent.get(name) or "").split())[:200] for name in ("destination", "guarantor")}
    found: dict[str, Any] = texts | {"reason": reason, "due_at": at + timedelta(days=int(days[:4]))}
    found["guarantee"] = " ".join(str(sent.get("guarantee") or "").split())[:60]
    if not texts["destination"]:
        wrong("destination", "missing", "Say where the goods are checked.", "请填写目的地检验地点。")
    if texts["guarantor"] or found["guarantee"] or sent.get("amount"):
        found |= _guarantee(sent, found, wrong, at.date())
    if problems:
        raise Invalid(problems)
    return found


def _guarantee(sent: Mapping[str, Any], found: Mapping[str, Any], wrong: Any, on: date) -> dict[str, Any]:
    amount, until = None, None
    if not found["guarantor"]:
        wrong("guarantor", "missing", "Say who guarantees.", "请填写担保人。")
    if not found["guarantee"]:
        wrong("guarantee", "missing", "Enter the number of the guarantee.", "请填写担保编号。")
    try:
        amount = Decimal(str(sent.get("amount") or ""))
    except InvalidOperation:
        amount = Decimal(0)
    if not amount.is_finite() or not 0 < amount < Decimal(10) ** 15 or amount != round(amount, 2):
        wrong("amount", "not-a-number", "Enter an amount above 0.", "请填写大于 0 的金额。")
    if sent.get("currency") not in codes.table("currency"):
        wrong("currency", "unknown-code", "Choose the currency.", "请选择币种。")
    try:
        until = date.fromisoformat(str(sent.get("guaranteed_until") or ""))
    except ValueError:
        until = None
    if until is None or until < found["due_at"].date():
        wrong(
            "guaranteed_until",
            "too-early",
            "The guarantee must last until the check is due.",
            "担保期须覆盖检查到期日。",
        )
    return {"amount": amount, "currency": str(sent.get("currency"))[:3], "guaranteed_until": until}


@transaction.atomic
def propose_override(by: Actor, declaration: str, number: int, sent: Mapping[str, Any]) -> Override:
    """Propose to release a line before all checks are done: reason, days, destination, and a guarantee.

    Guarantee: guarantor, guarantee (its number), amount, currency, guaranteed_until. Controllers. Raises Refused where
    a check may never be put off, Invalid naming each field.
    """
    by.require_officer("controller")
    if by.person_id is None:
        raise Forbidden
    line, at = locked(declaration, number), now()
    found, columns = _may(line), _read(sent, at)
    rows = Override.objects.filter(declaration=declaration, line=number)
    if rows.filter(state="proposed").exists():
        raise Refused(W("A proposal waits for a second person.", "已有提议待第二人批准。"), code="proposed-already")
    made = Override.objects.create(
        declaration=declaration,
        line=number,
        number=rows.count() + 1,
        salt=secrets.token_hex(16),
        skipped=list(found.skipped),
        proposed_by=by.person_id,
        proposed_at=at,
        **columns,
    )
    append("override.proposed", [line.subject], _facts(made), by)
    return made


def _facts(one: Override) -> dict[str, Any]:
    said = hashlib.sha256(f"{one.salt}{one.reason}".encode()).hexdigest()
    found = {"override": one.number, "skipped": one.skipped, "due_at": one.due_at, "note": said}
    if one.guarantee:
        found |= {"amount": one.amount, "currency": one.currency, "guaranteed_until": one.guaranteed_until}
    return found


def _second(by: Actor, declaration: str, number: int) -> tuple[Override, Line]:
    by.require_officer("controller")
    line = locked(declaration, number)
    rows = Override.objects.select_for_update().filter(declaration=declaration, line=number, state="proposed")
    one = rows.first()
    if one is None:
        raise NotFound
    if by.person_id is None or by.person_id == one.proposed_by:
        raise Refused(
            W("Somebody else decides about your proposal.", "须由他人对您的提议作出决定。"), code="same-person"
        )
    one.decided_by, one.decided_at = by.person_id, now()
    return one, line


@transaction.atomic
def approve_override(by: Actor, declaration: str, number: int) -> Line:
    """A second person agrees: the line is released, what was put off is owed. Raises Refused for who proposed it."""
    one, line = _second(by, declaration, number)
    found = _may(line)
    one.state, one.skipped = "approved", list(found.skipped)
    one.save()
    append("override.approved", [line.subject], _facts(one), by)
    duties = [*found.skipped, "DESTINATION-CHECK", "RECALL-READY"]
    reason = Reason("RELEASED-ON-CONDITIONS" if one.guarantee else "OVERRIDDEN", {})
    move(by, line, "released", [reason], {"override": one.number, "conditions": duties}, one.reason)
    owe(by, line, duties, one.due_at, one.destination)
    return line


@transaction.atomic
def refuse_override(by: Actor, declaration: str, number: int) -> Override:
    """A second person does not agree: nothing changes for the line."""
    one, line = _second(by, declaration, number)
    one.state = "refused"
    one.save()
    append("override.refused", [line.subject], _facts(one), by)
    return one
