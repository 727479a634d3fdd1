"""边检边放: a large lot is unloaded, inspected and released part by part; a finding stops the line for all of it."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal, InvalidOperation

from django.db import transaction

from guomen.catalogue import packs
from guomen.clearance.models import Line
from guomen.clearance.rules import Reason
from guomen.clearance.services import bars, release_after_inspection, suspend_from_mode
from guomen.clearance.services.moves import locked, move
from guomen.inspection.queries import order_for
from guomen.inspection.services import look_in_parts
from guomen.kit.clock import now
from guomen.kit.errors import Invalid, NotFound, Problem, Refused
from guomen.kit.words import W
from guomen.ledger.services import append
from guomen.parties.actors import Actor
from guomen.release.models import Part, Unloading
from guomen.release.rules import PART_MOVES, rest
from guomen.release.services.debts import call_back, came_back, owe

MODE = "WHILE-UNLOADING"
MOST_PARTS = 500


def _words(field: str, text: str, most: int) -> str:
    found = " ".join(text.split()) if isinstance(text, str) else ""
    if not found or len(found) > most or not found.isprintable():
        raise Invalid([Problem(field, "missing", W("Fill this in.", "请填写此项。"))])
    return found


@transaction.atomic
def start_unloading(by: Actor, declaration: str, number: int, store: str) -> Unloading:
    """Start to unload a line of this mode in parts, to a designated store. Again: nothing.

    The inspector who starts has its task in hand: the declaration is neither amended nor withdrawn any more, and the
    line is released when no part is left.
    """
    by.require_officer("inspector")
    line = locked(declaration, number)
    known = Unloading.objects.filter(declaration=declaration, line=number).first()
    if known is not None:
        return known
    if line.mode != MODE or line.state != "to_inspect":
        words = W("This line is not inspected while it is unloaded.", "该项货物不适用边检边放。")
        raise Refused(words, code="another-mode")
    made = Unloading.objects.create(declaration=declaration, line=number, store=_words("store", store, 100))
    if (order := order_for(line.subject)) is None:
        raise NotFound
    look_in_parts(by, order.id)
    append("unloading.started", [line.subject], {"quantity": line.quantity, "unit": line.unit}, by)
    return made


def _open(by: Actor, declaration: str, number: int, *states: str) -> tuple[Line, Unloading]:
    by.require_officer("inspector", "controller")
    line = locked(declaration, number)
    one = Unloading.objects.select_for_update().filter(declaration=declaration, line=number).first()
    if one is None:
        raise NotFound
    if one.state not in states:
        words = {
            "stopped": W("Unloading is stopped: settle what was found, then resume.", "卸货已停止：请先处置，再恢复。"),
            "done": W("Unloading is finished.", "卸运已完成。"),
            "open": W("Unloading is not stopped.", "卸货未停止。"),
        }[one.state]
        raise Refused(words, code=f"unloading-{one.state}")
    return line, one


def _going_on(by: Actor, declaration: str, number: int) -> tuple[Line, Unloading]:
    """An unloading whose line waits for nothing but its inspection, and that no measure holds."""
    line, one = _open(by, declaration, number, "open")
    if line.state != "to_inspect":
        words = W(
            "The line does not wait for an inspection: nothing of it moves.", "该项货物当前不在查验中，不得移动。"
        )
        raise Refused(words, code="wrong-state", state=line.state)
    if against := bars(line):
        words = W("A measure in force holds these goods: nothing of them moves.", "现行措施要求暂扣，货物不得移动。")
        raise Refused(words, code="still-held", reasons=[r.code for r in against])
    return line, one


def parts_of(declaration: str, number: int) -> list[Part]:
    """The parts of a line in their order."""
    return list(Part.objects.filter(declaration=declaration, line=number).order_by("number"))


@transaction.atomic
def unload_part(by: Actor, declaration: str, number: int, quantity: str, place: str) -> Part:
    """Write down a part that was unloaded, in the line's unit. Raises Invalid for more than was declared."""
    line, _one = _going_on(by, declaration, number)
    parts = parts_of(declaration, number)
    if len(parts) >= MOST_PARTS:
        raise Refused(W("There are {most} parts already.", "已有 {most} 个部分。"), code="too-many", most=MOST_PARTS)
    try:
        amount = Decimal(str(quantity).strip())
    except InvalidOperation:
        amount = Decimal(0)
    left = rest(line.quantity, (p.quantity for p in parts))
    if not amount.is_finite() or not 0 < amount <= left or amount != round(amount, 6):
        words = W("Enter a quantity of at most {left}: the rest of the line.", "请填写不超过余量 {left} 的数量。")
        raise Invalid([Problem("quantity", "out-of-range", words, (("left", f"{left.normalize():f}"),))])
    made = Part.objects.create(
        declaration=declaration,
        line=number,
        number=len(parts) + 1,
        quantity=amount,
        unit=line.unit,
        place=_words("place", place, 100),
    )
    facts = {"part": made.number, "quantity": amount, "unit": line.unit}
    append("part.unloaded", [line.subject, made.subject], facts, by)
    return made


def _move(part: Part, state: str) -> None:
    if state not in PART_MOVES[part.state]:
        words = W("This part cannot go there from where it is.", "该部分当前状态不允许此操作。")
        raise Refused(words, code="wrong-state", state=part.state)
    part.state, part.changed_at = state, now()
    part.save()


def _part(declaration: str, line: int, number: int) -> Part:
    found = Part.objects.select_for_update().filter(declaration=declaration, line=line, number=number).first()
    if found is None:
        raise NotFound
    return found


@transaction.atomic
def examine_part(by: Actor, declaration: str, number: int, part: int, verdict: str, note: str = "") -> Part:
    """An inspector has looked at a part. ``pass`` releases it to the store; ``fail`` stops the line.

    The stop holds the line, calls back every part that was released and suspends the importer from the mode.
    """
    by.require_officer("inspector")
    if verdict not in ("pass", "fail"):
        words = W("Choose conforms or does not conform.", "请选择合格或不合格。")
        raise Invalid([Problem("verdict", "unknown-code", words)])
    # Goods that are held do not move; what is wrong with them is still written down.
    line, one = (_going_on if verdict == "pass" else _to_stop)(by, declaration, number)
    row = _part(declaration, number, part)
    facts = {"part": part, "quantity": row.quantity, "unit": row.unit}
    if verdict == "pass":
        _move(row, "released")
        append("part.released", [line.subject, row.subject], facts, by)
        return row
    row.note = _words("note", note, 300)
    _move(row, "found")
    append("part.found", [line.subject, row.subject], facts, by)
    _stop(by, line, one, row)
    return row


def _to_stop(by: Actor, declaration: str, number: int) -> tuple[Line, Unloading]:
    return _open(by, declaration, number, "open")


def _stop(by: Actor, line: Line, one: Unloading, found: Part) -> None:
    """On a finding unloading stops at once, and what was moved is treated as what was not (Regulations, article 23)."""
    for part in Part.objects.select_for_update().filter(
        declaration=line.declaration, line=line.number, state="released"
    ):
        _move(part, "recalled")
        append("part.found", [line.subject, part.subject], {"part": part.number, "recalled": True}, by)
    moved = Part.objects.filter(declaration=line.declaration, line=line.number, state="recalled").order_by("number")
    if places := list(dict.fromkeys(moved.values_list("place", flat=True))):
        call_back(by, line, "; ".join([one.store, *places]), MODE)
    one.state, one.reason, one.changed_at = "stopped", found.note, now()
    one.save()
    append("unloading.stopped", [line.subject], {"part": found.number}, by)
    why = [Reason("PART-FOUND", {"part": str(found.number)})]
    if line.state != "held":
        move(by, line, "held", why, {"part": found.number})
    suspend_from_mode(line, "LINE-REFUSED")


@transaction.atomic
def settle_part(by: Actor, declaration: str, number: int, part: int, outcome: str, note: str) -> Part:
    """What becomes of a part after a stop: TREAT brings it back to be looked at, RETURN and DESTROY take it away.

    Controllers. Raises Refused for a part that nothing was found in.
    """
    by.require_officer("controller")
    line, _one = _open(by, declaration, number, "stopped")
    row = _part(declaration, number, part)
    if outcome not in ("TREAT", "RETURN", "DESTROY"):
        raise Invalid([Problem("outcome", "unknown-code", W("Choose what happens to the goods.", "请选择处置方式。"))])
    row.outcome, row.note = outcome, _words("note", note, 300)
    _move(row, "unloaded" if outcome == "TREAT" else "gone")
    append("part.settled", [line.subject, row.subject], {"part": part, "outcome": outcome}, by)
    return row


@transaction.atomic
def resume_unloading(by: Actor, declaration: str, number: int, reason: str) -> Unloading:
    """Go on after a stop, when nothing that was found or called back is left unsettled. Controllers."""
    by.require_officer("controller")
    line, one = _open(by, declaration, number, "stopped")
    open_ = [p.number for p in parts_of(declaration, number) if p.state in ("found", "recalled")]
    if open_:
        words = W("Settle these parts first: {parts}.", "请先处置以下部分：{parts}。")
        raise Refused(words, code="unsettled", parts=", ".join(map(str, open_)))
    one.state, one.reason, one.changed_at = "open", _words("reason", reason, 300), now()
    one.save()
    append("unloading.resumed", [line.subject], {}, by)
    came_back(by, line)
    if line.state == "held":
        move(by, line, "to_inspect", [Reason("UNLOADING-RESUMED", {})], {}, one.reason)
    return one


def _sum(parts: Iterable[Part], *states: str) -> Decimal:
    return sum((p.quantity for p in parts if p.state in states), Decimal(0))


@transaction.atomic
def finish_unloading(by: Actor, declaration: str, number: int) -> Line:
    """All of the lot is unloaded and every part released or gone: the line itself is released by its inspection order.

    Raises Refused naming what is left, Invalid naming checks of the order that are not done.
    """
    by.require_officer("inspector")
    line, one = _open(by, declaration, number, "open")
    parts = parts_of(declaration, number)
    left = line.quantity - _sum(parts, "released", "gone")
    if left > 0:
        words = W("{left} of the line is not released yet.", "尚有 {left} 未放行。")
        raise Refused(words, code="not-all-released", left=f"{left.normalize():f}")
    if not _sum(parts, "released"):
        raise Refused(W("Nothing of the lot was released.", "该批货物无放行部分。"), code="nothing-released")
    order = order_for(line.subject)
    if order is None:
        raise NotFound
    one.state, one.changed_at = "done", now()
    one.save()
    facts = {"released": _sum(parts, "released"), "gone": _sum(parts, "gone"), "unit": line.unit, "parts": len(parts)}
    append("unloading.finished", [line.subject], facts, by)
    done = release_after_inspection(by, order.id, unloaded=True)
    mode = packs.current().modes[MODE]
    if done.state == "released":
        owe(by, done, mode.duties, now() + timedelta(days=mode.due_days), one.store, MODE)
    return done
