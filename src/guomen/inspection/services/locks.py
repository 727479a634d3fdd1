"""Who may write to an order now, and notes that stay out of the ledger."""

import hashlib
import secrets
import uuid
from typing import Any

from guomen.inspection.models import Order
from guomen.inspection.words import MEASURE_PROBLEMS
from guomen.kit.errors import Forbidden, Invalid, NotFound, Problem, Refused
from guomen.kit.words import W
from guomen.parties.actors import Actor


def require_inspector(by: Actor) -> None:
    """A person, inspector of an authority; programs do not inspect."""
    by.require("inspector")
    if not by.is_authority or by.person_id is None:
        raise Forbidden


def locked_order(by: Actor, order_id: uuid.UUID | str) -> Order:
    """The order, locked until the transaction ends. Raises Forbidden, NotFound."""
    require_inspector(by)
    order = Order.objects.select_for_update().filter(id=order_id).first()
    if order is None:
        raise NotFound
    return order


def order_in_hand(by: Actor, order_id: uuid.UUID | str) -> Order:
    """The order, locked, in the hands of this officer. Raises Refused with the sentence that says why not."""
    order = locked_order(by, order_id)
    if order.state in {"concluded", "held", "cancelled"}:
        words = W("This inspection has ended. Nothing more can be recorded.", "该查验已结束，不能再记录。")
        raise Refused(words, code="inspection-ended")
    if order.state == "waiting":
        raise Refused(W("Take the task first.", "请先领取任务。"), code="not-taken")
    if order.officer_id != by.person_id:
        words = W("A colleague has this task. Take it over first.", "该任务由同事办理，请先接手。")
        raise Refused(words, code="taken-by-colleague")
    return order


def sealed_note(note: str) -> tuple[str, str]:
    """Salt and commitment of free text: words may name people, so only the commitment enters the ledger."""
    if not note:
        return "", ""
    salt = secrets.token_hex(16)
    return salt, hashlib.sha256(f"{salt}{note}".encode()).hexdigest()


def measure_problem(field: str, code: str, values: dict[str, Any]) -> Invalid:
    return Invalid([Problem(field, code, MEASURE_PROBLEMS[code], tuple(values.items()))])
