"""The gate: container, seal and radiation portal against the declaration."""

from dataclasses import dataclass

from django.db import transaction

from guomen.clearance import known, rules
from guomen.clearance.form import SAY
from guomen.clearance.models import Container, Line
from guomen.clearance.rules import Reason
from guomen.clearance.services.deciding import bars, expired, select
from guomen.clearance.services.elsewhere import ended_proof
from guomen.clearance.services.moves import consignment, locked, move
from guomen.inspection import services as inspection
from guomen.inspection.queries import order_for
from guomen.kit.clock import now
from guomen.kit.errors import Invalid, NotFound, Problem
from guomen.kit.ids import Subject
from guomen.kit.words import W
from guomen.ledger.services import append
from guomen.parties.actors import Actor
from guomen.risk.services import require_earning
from guomen.seals import services as seals
from guomen.tags import services as tags

LONGEST = 60
"""Characters of what is read at the gate: the ledger keeps it for good."""
SEALED = "FEW-INSPECTED"
"""The mode that rests on an unbroken seal (少检多放): any exception ends it, until lots have passed in a row."""


@dataclass(frozen=True, slots=True)
class GateResult:
    """What the gate found: whether everything agrees, why not, and which lines it released or sent to inspection."""

    declaration: str
    container: str
    match: bool
    reasons: list[str]
    released: list[int]
    selected: list[int]


def clean(number: str) -> str:
    """A container or seal number as it is stored: capitals, no blanks and hyphens."""
    return "".join(c for c in number.upper() if c.isalnum())


@transaction.atomic
def gate_check(
    by: Actor, *, container: str, seal_read: str, intact: bool, gate: str, declaration: str = "", alarm: bool = False
) -> GateResult:
    """Compare a container at the gate with its declaration (the newest one, unless named).

    A match releases lines that waited only for the seal. A broken, different or suspect seal sends every line that no
    officer has looked at to inspection, also those released on papers or by two officers before their checks, and has
    every lot of that maker and importer opened until lots have passed. An alarm of the radiation portal sends all of
    them, whoever has looked at them.
    """
    by.require_officer("inspector", "controller", "carrier")
    box_number, seal = clean(container), clean(seal_read)
    long = [
        Problem(name, "too-long", SAY["too-long"], (("max", LONGEST),))
        for name, value in (("container", container), ("seal_read", seal_read), ("gate", gate))
        if len(value) > LONGEST or "\0" in value
    ]
    if long:
        raise Invalid(long)
    boxes = Container.objects.filter(number=box_number)
    if declaration:
        boxes = boxes.filter(declaration=declaration)
    box = boxes.order_by("-declaration").first()
    if box is None:
        words = W("This container is on no declaration.", "无此集装箱的申报。")
        raise (
            NotFound(words)
            if not declaration
            else Invalid(
                [
                    Problem(
                        "container", "container-not-declared", W("It is not on this declaration.", "不在该申报单中。")
                    )
                ]
            )
        )
    verified = seals.verify(by, seal=seal, container=box_number, intact=intact, place=gate)
    why = _reasons(box, seal, verified.match, alarm)
    released, selected = (_release(by, box), []) if not why else ([], _select(by, box, why))
    reasons = [*(r.code for r in why), *verified.reasons]
    facts = {
        "container": box_number,
        "seal_declared": box.seal,
        "seal_read": seal,
        "intact": intact,
        "portal_alarm": alarm,
        "gate": gate,
        "match": not why,
        "reasons": reasons,
        "released": released,
        "selected": selected,
    }
    append("gate.compared", [Subject.declaration(box.declaration), Subject.container(box_number)], facts, by)
    return GateResult(box.declaration, box_number, not why, reasons, released, selected)


def _reasons(box: Container, seal: str, match: bool, alarm: bool) -> list[Reason]:
    found = []
    if box.seal and box.seal != seal:
        found.append(Reason("SEAL-DIFFERS", {"read": seal, "declared": box.seal}))
    if not match:
        found.append(Reason("SEAL-NOT-VERIFIED", {}))
    if alarm:
        found.append(Reason("RADIATION-ALARM", {}))
    return found


def _lines(box: Container, *states: str) -> list[Line]:
    numbers = Line.objects.filter(declaration=box.declaration, state__in=states).order_by("number")
    return [locked(box.declaration, n) for n in numbers.values_list("number", flat=True)]


def _release(by: Actor, box: Container) -> list[int]:
    """Lines that waited for the seal, or for the port, go when every container of the declaration passed a gate."""
    whole = consignment(box.declaration)
    others = {c.number for c in whole.containers} - {box.number}
    if others and not others <= _passed(box.declaration):
        return []
    done, looked_up = [], known.gather([whole], now())
    for line in _lines(box, "screened", "transferred"):
        if line.state == "transferred" and expired(line):
            continue
        facts = known.assess(line, whole, looked_up).facts
        if holds := bars(line, facts):
            move(by, line, "held", holds, {})
        elif line.state == "screened" and (why := _more(line, facts)):
            select(by, line, whole, facts, why)
        else:
            why = Reason("SEAL-INTACT" if line.state == "screened" else "PORT-CHECK-PASSED", {})
            move(by, line, "released", [why], {})
            inspection.cancel_orders(by, [line.subject], why.code)
            done.append(line.number)
    return done


def _more(line: Line, facts: rules.LineFacts) -> Reason | None:
    """Why a line that only waited for its seal is inspected after all: a measure since then, or a result that ended."""
    if (demand := next((m for m in facts.measures if m.effect in ("full", "lab")), None)) is not None:
        return Reason("ALERT-IN-FORCE", {"source": demand.source})
    number = ended_proof(line, lock=True)
    return Reason("PROOF-NOT-COUNTED", {"number": number}) if number else None


def _passed(declaration: str) -> set[str]:
    from guomen.ledger.queries import history

    entries = history(Subject.declaration(declaration), kinds=frozenset({"gate.compared"}))
    return {e.facts["container"] for e in entries if e.facts["match"]}


def _select(by: Actor, box: Container, why: list[Reason]) -> list[int]:
    whole = consignment(box.declaration)
    looked_up = known.gather([whole], now())
    done, alarm = [], any(r.code == "RADIATION-ALARM" for r in why)
    broken = any(r.code != "RADIATION-ALARM" for r in why)
    for line in _lines(box, "screened", "transferred", "released"):
        if line.state == "released" and not alarm and _looked_at(line):
            continue
        if broken and line.mode == SEALED:
            goods = known.goods(line, whole.declaration.importer_code)
            require_earning(by, goods, "SEAL-NOT-VERIFIED", line.subject)
        if line.state == "released":
            tags.deactivate(by, subject=line.subject, reason=why[0].code)
        facts = known.assess(line, whole, looked_up).facts
        select(by, line, whole, facts, why[0])
        done.append(line.number)
    return done


def _looked_at(line: Line) -> bool:
    """Whether an officer has inspected the goods; that somebody meant to, or let them go before, is no look."""
    order = order_for(line.subject)
    return order is not None and order.state == "concluded"
