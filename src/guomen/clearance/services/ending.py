"""Withdraw a declaration, let others stand for it, ask for another inspection, report the arrival."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from guomen.adoption.services import give_back
from guomen.clearance.form import Form, read
from guomen.clearance.form.asks import asks
from guomen.clearance.models import Decision, Declaration, Line, Successor
from guomen.clearance.rules import Reason
from guomen.clearance.rules.changes import Standing, against_change, against_withdrawal
from guomen.clearance.services import again, licences, retail
from guomen.clearance.services.changing import (
    completed,
    ensure,
    ensure_untagged,
    owned,
    release_back,
    said,
    standing_one,
    standings,
)
from guomen.clearance.services.deciding import facts_of, select
from guomen.clearance.services.lodging import lodge_forms
from guomen.clearance.services.moves import locked, move
from guomen.clearance.services.rows import KEPT_LISTS, payload_of
from guomen.inspection import services as inspection
from guomen.inspection.models import Order, Sample
from guomen.kit.clock import is_usable, now
from guomen.kit.errors import Invalid, NotFound, Problem, Refused
from guomen.kit.ids import Subject
from guomen.kit.words import W
from guomen.ledger.services import append, append_many
from guomen.parties.actors import Actor

REINSPECT_WITHIN = timedelta(days=15)
"""Inspection Law (2021), articles 27 and 28: the right to another inspection; 15 days after the result are practice."""
MERGED_ALIKE = (
    "direction",
    "trade_mode",
    "importer_code",
    "consignor_name",
    "departure_country",
    "departure_port",
    "arrival_port",
    "transport_mode",
    "vessel",
    "voyage",
    "packaging",
    "destination_country",
)
"""What must be the same in declarations that are merged."""
CAUSES = {"withdrawn": "WITHDRAWN", "split": "SPLIT", "merged": "MERGED"}


def stand_for(by: Actor, number: str, *officers: str) -> Declaration:
    """A declaration that stands, locked, for its declarant or an officer of the authority. Raises NotFound, Refused."""
    if not by.is_authority:
        return owned(by, number)
    by.require(*officers)
    found = Declaration.objects.select_for_update(of=("self",)).filter(number=number).first()
    if found is None:
        raise NotFound
    return standing_one(found)


def _end(by: Actor, found: Declaration, state: str, facts: dict[str, Any]) -> None:
    """Bring every line of a completed declaration to withdrawal and tell the ledger."""
    cause = CAUSES[state]
    inspection.cancel_orders(by, [x.subject for x in found.line_list], cause)
    release_back(found, cause)
    for line in found.line_list:
        move(by, line, "withdrawn", [Reason(cause, {})], {})
    # Locks in the order of lodging: orders of buyers, licences, results found elsewhere.
    retail.give_back(found.number)
    append_many(licences.give_back(found.number), by)
    give_back(by, found.number, {line.number: line.subject for line in found.line_list})
    found.state = state
    found.save(update_fields=["state"])
    append(f"declaration.{state}", [Subject.declaration(found.number)], facts, by)


def barred(by: Actor, found: Declaration) -> tuple[Refused | None, Refused | None]:
    """What stands against amending, splitting or merging a declaration with its lines, and against withdrawing it.

    None where nothing does: for pages that offer only what can be done. Nothing is locked.
    """
    where = standings(found, lock=False)

    def against(rule: Callable[[Standing], str]) -> Refused | None:
        try:
            ensure(where, rule)
            ensure_untagged(found)
        except Refused as error:
            return error
        return None

    return against(against_change), against(lambda s: against_withdrawal(s, controller=by.is_authority))


@transaction.atomic
def withdraw(by: Actor, number: str, reason: str) -> Declaration:
    """Withdraw a declaration, by its declarant, or by the control room where goods were selected. Twice is once.

    Refused once goods were looked at, or released and have arrived. Raises Invalid without a reason, NotFound.
    """
    try:
        found = completed(stand_for(by, number, "controller"))
    except Refused:
        if Declaration.objects.filter(number=number, state="withdrawn").exists():
            return Declaration.objects.get(number=number)
        raise
    _words, told = said(reason)
    before = standings(found)
    ensure(before, lambda s: against_withdrawal(s, controller=by.is_authority))
    ensure_untagged(found)
    again.remember(found, before)
    _end(by, found, "withdrawn", told)
    return found


@transaction.atomic
def split(by: Actor, number: str, part: dict[str, Any], reason: str) -> list[Declaration]:
    """Split a declaration into two that stand for it; what was selected stays selected.

    ``part``: what goes into the second: ``lines`` (numbers), ``containers`` (numbers; none: both are in all of them),
    ``packages``, ``gross_weight_kg``; where there are orders, those numbers of ``orders`` that name no goods lines: the
    others go with their goods. ``reference``: the second one's own. Both keep header and documents; net weights follow
    from the lines. Refused where an amendment would be.
    """
    found = completed(owned(by, number))
    _words, told = said(reason)
    before = standings(found)
    ensure(before, against_change)
    ensure_untagged(found)
    whole = payload_of(found)
    lines, boxes, packages, gross = _part(part, whole)
    carried = retail.carried([number])
    orders = retail.named(whole, carried).get("orders", [])
    go = retail.part_of(orders, {str(o).strip() for o in part.get("orders", ())}, lines)
    every = range(1, len(whole["lines"]) + 1)
    was = again.earlier(found, before)
    halves, earlier = [], []
    for mine in (False, True):
        kept = [n for n in every if (n in lines) == mine]
        place = {n: i for i, n in enumerate(kept, 1)}
        own = [
            o | {"line_numbers": [place[n] for n in o.get("line_numbers", ())]}
            for o in orders
            if (o["number"] in go) == mine
        ]
        half = (correlated(number, "split") | whole) | {
            "lines": [whole["lines"][n - 1] for n in kept],
            "containers": [c for c in whole["containers"] if not boxes or (c["number"] in boxes) == mine],
            "documents": _of_lines(whole["documents"], kept),
            "packages": str(packages if mine else int(whole["packages"]) - packages),
            "gross_weight_kg": str(gross if mine else Decimal(whole["gross_weight_kg"]) - gross),
            "net_weight_kg": str(sum(Decimal(whole["lines"][n - 1]["net_weight_kg"]) for n in kept)),
            **({"orders": own} if orders else {}),
            **({"reference": part["reference"]} if mine and part.get("reference") else {}),
        }
        halves.append(read(half))
        earlier.append({i: was[n] for n, i in place.items()})
    return _replace(by, [(found, before)], halves, earlier, "split", told, carried)


def correlated(number: str, why: str) -> dict[str, str]:
    """What a declaration says of the one that it comes from, unless it names another one already."""
    return {"correlation_number": number, "correlation_reason": why}


def _part(part: dict[str, Any], whole: dict[str, Any]) -> tuple[set[int], set[str], int, Decimal]:
    """What goes into the second declaration. Raises Invalid."""
    wrong = W("Some lines go and some stay: choose at least one of each.", "须各保留至少一项货物，请重新选择。")
    problems = []
    try:
        lines = {int(n) for n in part.get("lines", ())}
        packages, gross = int(part.get("packages") or 0), Decimal(str(part.get("gross_weight_kg") or "0"))
    except (TypeError, ValueError, ArithmeticError):
        raise Invalid([Problem("lines", "wrong-part", wrong)]) from None
    boxes = {str(c) for c in part.get("containers", ())}
    every = set(range(1, len(whole["lines"]) + 1))
    if not lines or not lines < every:
        problems.append(Problem("lines", "wrong-part", wrong))
    if not boxes <= {c["number"] for c in whole["containers"]}:
        words = W("This container is not on the declaration.", "该集装箱不在此申报中。")
        problems.append(Problem("containers", "container-not-declared", words))
    if not 0 < packages < int(whole["packages"]):
        words = W("Some packages go and some stay.", "件数须部分保留、部分拆出。")
        problems.append(Problem("packages", "wrong-part", words))
    if not (gross.is_finite() and 0 < gross < Decimal(whole["gross_weight_kg"])):
        words = W("Some of the gross weight goes and some stays.", "毛重须部分保留、部分拆出。")
        problems.append(Problem("gross_weight_kg", "wrong-part", words))
    if problems:
        raise Invalid(problems)
    return lines, boxes, packages, gross


def _of_lines(documents: Sequence[dict[str, Any]], kept: Sequence[int]) -> list[dict[str, Any]]:
    """Documents of the whole and of the lines that are kept, with their new numbers."""
    place = {n: i for i, n in enumerate(kept, 1)}
    return [
        d | ({"line": place[d["line"]]} if d.get("line") else {})
        for d in documents
        if not d.get("line") or d["line"] in place
    ]


@transaction.atomic
def merge(by: Actor, numbers: Sequence[str], reason: str, reference: str = "") -> Declaration:
    """Merge two or more declarations of one consignment into one that stands for them.

    ``reference``: the declarant's own for the one. They must have direction, trade mode, parties and journey in
    common. Raises Invalid naming what differs, Refused where an amendment would be.
    """
    wanted = list(dict.fromkeys(numbers))
    if len(wanted) < 2:
        words = W("Choose at least two declarations.", "请至少选择两份申报。")
        raise Invalid([Problem("numbers", "too-few", words)])
    # Locked in one order whoever merges them, put together in the order that was asked for.
    locked_ = {number: completed(owned(by, number)) for number in sorted(wanted)}
    found = [locked_[number] for number in wanted]
    _words, told = said(reason)
    wholes = [payload_of(one) for one in found]
    alike = (*MERGED_ALIKE, *(n for n in asks(wholes[0]["trade_mode"]).fields if n != "orders"))
    differ = [name for name in dict.fromkeys(alike) if len({str(w.get(name, "")) for w in wholes}) > 1]
    if differ:
        words = W("Declarations that are merged have this in common.", "合并的申报此项须一致。")
        raise Invalid([Problem(name, "differs", words) for name in differ])
    earlier: dict[int, again.Earlier] = {}
    old = []
    merged: dict[str, Any] = wholes[0] | {"lines": [], "containers": [], "documents": []}
    merged |= {} if "correlation_number" in merged else correlated(wanted[0], "merged")
    for name in KEPT_LISTS:
        if rows := [row for whole in wholes for row in whole.get(name, ())]:
            merged[name] = [row for i, row in enumerate(rows) if row not in rows[:i]]
    merged |= {"reference": reference} if reference else {}
    carried = retail.carried(wanted)
    orders: list[dict[str, Any]] = []
    for one, whole in zip(found, wholes, strict=True):
        before = standings(one)
        ensure(before, against_change)
        ensure_untagged(one)
        past = len(merged["lines"])
        old.append((one, before))
        earlier |= {past + n: was for n, was in again.earlier(one, before).items()}
        merged["lines"] += whole["lines"]
        orders += [
            o | {"line_numbers": [n + past for n in o.get("line_numbers", ())]}
            for o in retail.named(whole, carried).get("orders", [])
        ]
        merged["containers"] += [c for c in whole["containers"] if c not in merged["containers"]]
        moved = [d | ({"line": d["line"] + past} if d.get("line") else {}) for d in whole["documents"]]
        merged["documents"] += [d for d in moved if d not in merged["documents"]]
    for name in ("packages", "gross_weight_kg", "net_weight_kg"):
        merged[name] = str(sum(Decimal(w[name]) for w in wholes))
    merged |= {"orders": orders} if orders else {}
    return _replace(by, old, [read(merged)], [earlier], "merged", told, carried)[0]


def _replace(
    by: Actor,
    old: Sequence[tuple[Declaration, Sequence[Standing]]],
    forms: Sequence[Form],
    earlier: Sequence[dict[int, again.Earlier]],
    state: str,
    told: dict[str, str],
    orders: Mapping[str, retail.Carried],
) -> list[Declaration]:
    for one, _before in old:
        _end(by, one, state, told)
    made = lodge_forms(by, forms, earlier, orders)
    for one, before in old:
        again.remember(one, before)
        for new in made:
            Successor.objects.create(declaration=one.number, successor=new.number, kind=state)
    return made


@transaction.atomic
def request_reinspection(by: Actor, number: str, line: int, reason: str) -> Line:
    """Ask for another inspection (复验) of a refused line, within 15 days and once.

    Other people than the first inspect, and another laboratory tests; what they find counts from then on.

    Raises Refused when it is too late, was asked before, or the goods already have an outcome.
    """
    found = stand_for(by, number, "controller")
    words, told = said(reason)
    row = locked(found.number, line)
    decisions = list(Decision.objects.filter(declaration=number, line=line))
    if any(r["code"] == "REINSPECTION" for d in decisions for r in d.reasons):
        said_before = W("Another inspection of this line was asked for before.", "该项货物已申请过复验。")
        raise Refused(said_before, code="asked-before")
    if row.state != "refused":
        raise Refused(W("This line was not refused.", "该项货物并非不予放行。"), code="not-refused")
    if row.decided_at + REINSPECT_WITHIN < now():
        late = W("Another inspection is asked for within {days} days.", "复验须在 {days} 日内申请。")
        raise Refused(late, code="too-late", days=REINSPECT_WITHIN.days)
    if row.outcome:
        decided = W("It is decided already what happens to these goods.", "该货物已作出处置决定。")
        raise Refused(decided, code="has-outcome")
    first = {d.person for d in decisions if d.person}
    for order in Order.objects.filter(subject=row.subject):
        first |= {p for p in (order.officer_id, order.second_officer_id) if p}
    laboratories = set(Sample.objects.filter(subject=row.subject).values_list("laboratory_id", flat=True))
    facts = {"line": line, **told}
    append("reinspection.requested", [row.subject, Subject.declaration(number)], facts, by)
    known_facts, whole = facts_of(row)
    others = {"not_for": sorted(first, key=str), "not_at": sorted(laboratories, key=str)}
    select(by, row, whole, known_facts, Reason("REINSPECTION", {}), words, **others)
    return row


@transaction.atomic
def report_arrival(by: Actor, number: str, at: datetime) -> Declaration:
    """Goods declared before their arrival have arrived at the port. Reported again, the first report stands.

    By the declarant, or an officer at the port. Raises Invalid for a time to come, or before the departure.
    """
    found = stand_for(by, number, "inspector", "controller")
    if not is_usable(at):
        words = W("Enter date and time with zone.", "请填写含时区的时间。")
        raise Invalid([Problem("at", "not-a-moment", words)])
    if found.arrived_at is not None:
        return found
    if at > now():
        raise Invalid([Problem("at", "not-yet", W("This lies in the future.", "该时间尚未到来。"))])
    if not found.is_export and at.date() < found.departed_on:
        words = W("The arrival lies before the departure.", "抵达时间早于启运日期。")
        raise Invalid([Problem("at", "before-departure", words)])
    found.arrived_at = at
    found.save(update_fields=["arrived_at"])
    facts = {"at": at, "expected": found.arrives_at, "port": found.control_port}
    append("declaration.arrived", [Subject.declaration(number)], facts, by, happened_at=at)
    return found
