"""What an inspection here means for the same lot elsewhere, for who tested it before, and for the mode it came by."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from guomen.adoption import services as adoption
from guomen.adoption.models import Evidence, Use
from guomen.catalogue import rulepack
from guomen.clearance import known
from guomen.clearance.models import Declaration, Line
from guomen.kit.errors import Forbidden, NotFound, Refused
from guomen.kit.words import W
from guomen.parties.actors import SYSTEM, Actor

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


def tell(by: Actor, line: Line, *, failed: bool) -> None:
    """After an inspection: the result counts for the lot at other offices (通检通放), and against who vouched for it.

    A failure ends what was found of the lot before, and suspends the importer from the mode that the goods came in by.
    """
    if line.level not in INSPECTED or line.is_export:
        return
    uses = Use.objects.filter(declaration=line.declaration, line=line.number).values_list("lot", "number")
    for key, number in uses:
        vouched = Evidence.objects.filter(lot=key, number=number).exclude(body=None).first()
        if vouched:
            adoption.compare(by, vouched, agrees=not failed, line=line.subject)
    row = lot(line)
    if row.lot:
        if failed:
            adoption.end_evidence(by, [row.lot], "LOT-FAILED")
        port = Declaration.objects.values_list("arrival_port", flat=True).get(number=line.declaration)
        verdict, where = ("fail" if failed else "pass"), {"place": port, "limited": False}
        adoption.open_evidence(by, "ACCEPTED-EVERYWHERE", row, verdict=verdict, source=line.subject, **where)
    if failed:
        suspend(line, "LINE-REFUSED")


def suspend(line: Line, code: str) -> None:
    """Suspend the importer from the mode of a line, where the rule pack says so."""
    mode = rulepack.current().modes.get(line.mode)
    if mode is not None and mode.suspends:
        adoption.suspend(SYSTEM, line.importer_id, mode.code, code, line=f"{line.declaration}/{line.number}")


@transaction.atomic
def open_balance(by: Actor, declaration: str, number: int) -> Evidence:
    """Let goods that were inspected in the bonded zone leave it lot by lot: a balance of the line's quantity.

    Controllers and inspectors. Raises Refused unless the line was inspected here and released for that. Once a line.
    """
    by.require("controller", "inspector")
    if not by.is_authority:
        raise Forbidden
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
