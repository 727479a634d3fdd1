"""Bonded display: goods shown to buyers before they are cleared. Moves in and out; a stock is never negative."""

import re

from django.db import connection, transaction

from guomen.kit.clock import now
from guomen.kit.errors import Invalid, Problem, Refused
from guomen.kit.ids import Subject, uuid7
from guomen.kit.words import W
from guomen.ledger.services import append
from guomen.parties.actors import Actor
from guomen.tags import queries
from guomen.tags.models import BondedMove, BondedStock, Range
from guomen.tags.rules.lifecycle import Change
from guomen.tags.services.events import tell_quantity
from guomen.tags.services.ordering import require_made
from guomen.tags.words import BONDED_MOVES

_HALL = re.compile(r"[A-Z0-9][A-Z0-9-]{1,19}")
INWARDS = frozenset({"in"})
_EVENTS = {
    "in": ("OBSERVE", "storing", "sellable_not_accessible"),
    "back": ("OBSERVE", "removing", "in_progress"),
    "cleared": ("OBSERVE", "removing", "sellable_accessible"),
    "sample": ("OBSERVE", "sampling", "in_progress"),
    "destroyed": ("DELETE", "destroying", "destroyed"),
}


@transaction.atomic
def move_bonded(by: Actor, code: str, *, hall: str, kind: str, quantity: int) -> BondedMove:
    """Move items of a range into a bonded display or out of it; returns the move with what is left in the hall.

    ``kind``: in, back (to the bonded warehouse), cleared (released goods leave for the shop), sample, destroyed. The
    firm of the range, whose channel is ``bonded``. Raises NotFound, Forbidden, Invalid, Refused when there are not so
    many, or goods that are not released would be cleared.
    """
    by.require("declarant", "tags")
    one = queries.range_by_code(by, code)
    hall = hall.strip().upper()
    _require(one, hall, kind, quantity)
    require_made(one)
    if one.channel != "bonded":
        words = W("These tags were not ordered for bonded display.", "这些标签不是为保税展示订购的。")
        raise Refused(words, code="other-channel")
    if kind == "cleared" and queries.active_since(one) is None:
        words = W("These goods are not released yet: they stay in the bond.", "该批货物尚未放行，须留在保税区。")
        raise Refused(words, code="not-released")
    at, change = now(), quantity if kind in INWARDS else -quantity
    # One row lock for all halls of a range: goods cannot come in twice at once.
    Range.objects.select_for_update().get(number=one.number)
    left = _moved(one, hall, change)
    move = BondedMove.objects.create(
        range_number=one.number,
        id=uuid7(),
        hall=hall,
        kind=kind,
        quantity=change,
        left=left,
        person=by.person_id,
        at=at,
    )
    action, step, disposition = _EVENTS[kind]
    said = Change(kind, frozenset(), frozenset({"firm"}), action, step, disposition)
    tell_quantity(by, said, at, one, quantity)
    facts = {"range": one.code, "hall": hall, "move": kind, "quantity": quantity, "left": left, "unit": "C62"}
    append("bonded.moved", [*queries.about(one), Subject.of("hall", hall)], facts, by, happened_at=at)
    return move


def _moved(one: Range, hall: str, change: int) -> int:
    """Change the stock of a hall and return what is left. Raises Refused when there are not so many."""
    if change > 0 and _within(one) + change > one.count:
        words = W("Only {count} items of this order are not on display.", "该订单未展示的商品只有 {count} 件。")
        raise Refused(words, code="not-so-many", count=one.count - _within(one))
    with connection.cursor() as cursor:
        if change > 0:
            cursor.execute(
                "INSERT INTO tags_bondedstock AS b (range_number, hall, quantity) VALUES (%s, %s, %s) "
                "ON CONFLICT (range_number, hall) DO UPDATE SET quantity = b.quantity + excluded.quantity "
                "RETURNING quantity",
                [one.number, hall, change],
            )
        else:
            cursor.execute(
                "UPDATE tags_bondedstock SET quantity = quantity + %s "
                "WHERE range_number = %s AND hall = %s AND quantity >= %s RETURNING quantity",
                [change, one.number, hall, -change],
            )
        row = cursor.fetchone()
    if row is None:
        there = BondedStock.objects.filter(pk=(one.number, hall)).values_list("quantity", flat=True).first() or 0
        words = W("Only {count} items of this order are in this hall.", "该展厅中该订单的商品只有 {count} 件。")
        raise Refused(words, code="not-so-many", count=there)
    return int(row[0])


def _within(one: Range) -> int:
    """How many items of the range are in halls, or left them for good."""
    inside = sum(BondedStock.objects.filter(range_number=one.number).values_list("quantity", flat=True))
    gone = BondedMove.objects.filter(range_number=one.number, kind__in=["cleared", "sample", "destroyed"])
    return inside - sum(gone.values_list("quantity", flat=True))


def _require(one: Range, hall: str, kind: str, quantity: int) -> None:
    problems = []
    if not _HALL.fullmatch(hall):
        words = W("A hall has 2 to 20 letters, digits and hyphens.", "展厅代码为 2 至 20 位字母、数字或连字符。")
        problems.append(Problem("hall", "bad-hall", words))
    if kind not in BONDED_MOVES:
        words = W("Choose a move from the list.", "请从列表选择出入类型。")
        problems.append(Problem("kind", "unknown-move", words))
    if not 1 <= quantity <= one.count:
        words = W("Give a whole number from 1 to {count}.", "请填写 1 至 {count} 的整数。")
        problems.append(Problem("quantity", "out-of-range", words, (("count", one.count),)))
    if problems:
        raise Invalid(problems)
