"""What an inspection here means for the same lot elsewhere, for who tested it before, and for the mode it came by."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from guomen.adoption import services as adoption
from guomen.adoption.models import Evidence, Use
from guomen.catalogue import packs
from guomen.clearance import known
from guomen.clearance.models import Declaration, Line
from guomen.kit.clock import now
from guomen.kit.errors import NotFound, Refused
from guomen.kit.words import W
from guomen.parties.actors import SYSTEM, Actor
from guomen.risk.services import Learned

INSPECTED = ("physical", "laboratory")


@dataclass(frozen=True, slots=True)
class Lot:
    """The lot of a line, as adoption keeps it."""

    lot: str
    importer_id: UUID
    gtin: str
    hs_code: str
    maker_name: str
    batch: str
    goods: str
    quantity: Decimal
    unit: str


def lot(line: Line) -> Lot:
    key = known.lot_of(line)
    names = (line.gtin, line.hs_code, line.maker_name, line.batch, line.name)
    return Lot(key, line.importer_id, *names, line.quantity, line.unit)


def tell(by: Actor, line: Line, learned: Learned, *, failed: bool) -> None:
    """After an inspection: the result counts for the lot at other offices (通检通放), and against who vouched for it.

    A failure ends what was found of the lot before, and suspends the importer from the mode that the goods came in by.
    ``learned``: what an earlier look at the same goods had said. The contrary takes back what followed from it.
    """
    if line.level not in INSPECTED or line.is_export:
        return
    uses = Use.objects.filter(declaration=line.declaration, line=line.number).order_by("lot", "number")
    for key, number in uses.values_list("lot", "number"):
        vouched = Evidence.objects.filter(lot=key, number=number).exclude(body=None).first()
        if vouched and learned != "same":
            corrects = learned == "corrected"
            adoption.compare(by, vouched, agrees=not failed, line=line.subject, corrects=corrects)
    row = lot(line)
    if row.lot:
        if failed:
            adoption.end_evidence(by, [row.lot], "LOT-FAILED")
        elif learned == "corrected":
            adoption.overturn(by, row.lot, line.subject)
        port = Declaration.objects.values_list("arrival_port", flat=True).get(number=line.declaration)
        verdict, where = ("fail" if failed else "pass"), {"place": port, "limited": False}
        adoption.open_evidence(by, "ACCEPTED-EVERYWHERE", row, verdict=verdict, source=line.subject, **where)
    if failed:
        suspend(line, "LINE-REFUSED")
    elif learned == "corrected":
        adoption.lift(SYSTEM, line.importer_id, f"{line.declaration}/{line.number}")


def ended_proof(line: Line, *, lock: bool = False) -> str:
    """The number of a result that the line rests on and that counts no longer; empty where it still does.

    Its body left the list or is suspended, its report is void, the lot failed since, or its time is over.
    ``lock``: nobody ends it while the caller releases goods on it.
    """
    today = now().date()
    uses = Use.objects.filter(declaration=line.declaration, line=line.number, returned_at=None)
    for key, number in uses.order_by("lot", "number").values_list("lot", "number"):
        rows = Evidence.objects.select_related("body").filter(lot=key, number=number)
        one = (rows.select_for_update(of=("self",)) if lock else rows).get()
        listed = one.body is None or (one.body.state == "listed" and one.body.valid_until >= today)
        if one.ended_at is not None or one.valid_until < today or not listed:
            return number
    return ""


def suspend(line: Line, code: str) -> None:
    """Suspend the importer from the mode of a line, where the rule pack says so."""
    mode = packs.current().modes.get(line.mode)
    if mode is not None and mode.suspends:
        adoption.suspend(SYSTEM, line.importer_id, mode.code, code, line=f"{line.declaration}/{line.number}")


@transaction.atomic
def open_balance(by: Actor, declaration: str, number: int) -> Evidence:
    """Let goods that were inspected in the bonded zone leave it lot by lot: a balance of the line's quantity.

    Controllers and inspectors. Raises Refused unless the line was inspected here and released for that. Once a line.
    """
    by.require_officer("controller", "inspector")
    line = Line.objects.select_for_update(of=("self",)).filter(declaration=declaration, number=number).first()
    if line is None:
        raise NotFound
    passed = {"INSPECTION-PASSED", "LABORATORY-PASSED"} & {r["code"] for r in line.reasons}
    if line.state != "released" or line.level not in INSPECTED or not passed:
        words = W("Only goods that were inspected and passed have a balance.", "仅检验合格的货物可建立核销余额。")
        raise Refused(words, code="not-inspected")
    row = lot(line)
    if not row.lot:
        raise Refused(W("A balance needs a batch number.", "建立余额须有批号。"), code="no-batch")
    port = Declaration.objects.values_list("arrival_port", flat=True).get(number=declaration)
    return adoption.open_evidence(by, "INSPECT-FIRST", row, verdict="pass", source=line.subject, place=port)
