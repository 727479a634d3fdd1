"""The port's check of an export that passed where it was made."""

from django.db import transaction

from guomen.clearance.models import Line
from guomen.clearance.rules import Reason
from guomen.clearance.services.deciding import bars, ensure_in_time, facts_of, select, worded
from guomen.clearance.services.moves import locked, move
from guomen.inspection import services as inspection
from guomen.inspection.queries import order_for
from guomen.kit.errors import Refused
from guomen.kit.words import W
from guomen.parties.actors import Actor


@transaction.atomic
def check_at_port(by: Actor, declaration: str, line: int, *, agrees: bool, note: str = "") -> Line:
    """An officer compared the goods at the port with the record from origin (口岸查验): mark, name, quantity, seal.

    What agrees is released; what does not, is inspected at the port, and the note says what differs. Raises Refused
    for a line that waits for no such check, whose result at origin no longer holds, or whose task a colleague has in
    hand: he concludes it, with :func:`release_after_inspection`.
    """
    by.require_officer("inspector", "controller")
    row = locked(declaration, line)
    if row.state == "released" and agrees and any(r["code"] == "PORT-CHECK-PASSED" for r in row.reasons):
        return row
    if row.state != "transferred":
        words = W("This line waits for no check at the port.", "该项货物无需口岸查验。")
        raise Refused(words, code="not-transferred")
    order = order_for(row.subject)
    if order is not None and order.state == "taken" and order.officer_id != by.person_id:
        words = W("An officer is checking these goods with the checklist.", "查验员正按清单查验该货物。")
        raise Refused(words, code="in-hand")
    facts, whole = facts_of(row)
    if not agrees:
        select(by, row, whole, facts, Reason("PORT-CHECK-DIFFERS", {}), worded(note))
        return row
    ensure_in_time(row)
    holds = bars(row, facts)
    why = holds or [Reason("PORT-CHECK-PASSED", {})]
    inspection.cancel_orders(by, [row.subject], why[0].code, taken_by=by.person_id)
    move(by, row, "held" if holds else "released", why, {"port_check": "agrees"}, note.strip()[:2000])
    return row
