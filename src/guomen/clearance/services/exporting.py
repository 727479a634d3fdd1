"""The port's check of an export that passed where it was made."""

from django.db import transaction

from guomen.clearance.models import Line
from guomen.clearance.rules import Reason
from guomen.clearance.rules.exports import PASS_VALID
from guomen.clearance.services.deciding import facts_of, select, worded
from guomen.clearance.services.moves import locked, move
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
    if not agrees:
        facts, whole = facts_of(row)
        select(by, row, whole, facts, Reason("PORT-CHECK-DIFFERS", {}), worded(note))
        return row
    if expired(row):
        words = W(
            "The result at origin is older than {days} days: inspect again.",
            "产地检验结果已超过 {days} 天，须重新查验。",
        )
        raise Refused(words, code="pass-expired", days=PASS_VALID.days)
    move(by, row, "released", [Reason("PORT-CHECK-PASSED", {})], {"port_check": "agrees"}, note.strip()[:2000])
    return row
