"""The port's check of an export that passed where it was made."""

from django.db import transaction

from guomen.clearance.models import Line
from guomen.clearance.rules import Reason
from guomen.clearance.rules.exports import PASS_VALID
from guomen.clearance.services.deciding import ensure_in_time, facts_of, select, worded
from guomen.clearance.services.moves import locked, move
from guomen.inspection.models import Order
from guomen.inspection.services import cancel_orders
from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, Refused
from guomen.kit.words import W
from guomen.parties.actors import Actor


def expired(line: Line) -> bool:
    """Whether the result at origin of a transferred line no longer holds."""
    return line.decided_at + PASS_VALID < now()


@transaction.atomic
def check_at_port(by: Actor, declaration: str, line: int, *, agrees: bool, note: str = "") -> Line:
    """An officer compared the goods at the port with the record from origin (口岸查验): mark, name, quantity, seal.

    What agrees is released; what does not, is inspected at the port, and the note says what differs. Raises Refused
    for a line that waits for no such check, or whose result at origin no longer holds.
    """
    by.require("inspector", "controller")
    if not by.is_authority:
        raise Forbidden
    row = locked(declaration, line)
    if row.state == "released" and agrees and any(r["code"] == "PORT-CHECK-PASSED" for r in row.reasons):
        return row
    if row.state != "transferred":
        words = W("This line waits for no check at the port.", "该项货物无需口岸查验。")
        raise Refused(words, code="not-transferred")
    if Order.objects.filter(subject=row.subject, state="taken").exists():
        words = W("An officer is checking these goods with the checklist.", "查验员正按清单查验该货物。")
        raise Refused(words, code="in-hand")
    cancel_orders(by, [row.subject], "PORT-CHECK-PASSED" if agrees else "PORT-CHECK-DIFFERS")
    if not agrees:
        facts, whole = facts_of(row)
        select(by, row, whole, facts, Reason("PORT-CHECK-DIFFERS", {}), worded(note))
        return row
    ensure_in_time(row)
    move(by, row, "released", [Reason("PORT-CHECK-PASSED", {})], {"port_check": "agrees"}, note.strip()[:2000])
    return row
