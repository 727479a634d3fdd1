"""Move a line from one state to the next: guarded, decided, told to the ledger."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from guomen.adoption.services import give_back
from guomen.catalogue.packs import deciding
from guomen.clearance import known
from guomen.clearance.models import Container, Decision, Declaration, Document, Line
from guomen.clearance.rules import Reason, refusal, when_passed
from guomen.clearance.rules.exports import PASS_VALID
from guomen.clearance.services import elsewhere
from guomen.clearance.services.about import line_facts, line_subjects, port_order
from guomen.clearance.words import WHY_NOT
from guomen.inspection.services import cancel_orders, create_orders
from guomen.kit.clock import now
from guomen.kit.errors import NotFound, Refused
from guomen.kit.words import vocabulary
from guomen.ledger.services import append, plain
from guomen.parties.actors import Actor
from guomen.risk.services import Screened, record_outcome
from guomen.tags import services as tags

KINDS = {
    "released": "line.released",
    "held": "line.held",
    "refused": "line.refused",
    "to_inspect": "line.selected",
    "sampled": "line.selected",
    "passed": "line.passed",
    "transferred": "line.transferred",
    "withdrawn": "line.withdrawn",
}


def locked(declaration: str, number: int) -> Line:
    """The line, locked for this transaction. Raises NotFound."""
    row = Line.objects.select_for_update(of=("self",)).select_related("importer")
    found = row.filter(declaration=declaration, number=number).first()
    if found is None:
        raise NotFound
    return found


def consignment(declaration: str) -> known.Consignment:
    """A lodged declaration with all that belongs to it."""
    head = Declaration.objects.select_related("importer", "organisation").get(number=declaration)
    registered = head.importer.code == head.importer_code
    return known.Consignment(
        head,
        list(Line.objects.filter(declaration=declaration).order_by("number")),
        list(Container.objects.filter(declaration=declaration).order_by("number")),
        list(Document.objects.filter(declaration=declaration).order_by("position")),
        head.importer.credit_class if registered else "B",
    )


def direction(line: Line) -> str:
    return "E" if line.is_export else "I"


def onward(line: Line) -> str:
    """Where a line goes when nothing speaks against it: released, or of an export passed at origin."""
    return when_passed(direction(line), line.state)


def guard(line: Line, state: str) -> None:
    """Raise Refused, saying why, where a line cannot go into ``state``."""
    code = refusal(direction(line), line.state, state)
    if code:
        words = vocabulary("STATES")
        at, to = words[f"line.{line.state}"], words[f"line.{state}"]
        raise Refused(WHY_NOT[code], code=code, line=line.number, state=at, wanted=to)


def move(
    by: Actor, line: Line, state: str, reasons: Sequence[Reason], facts: Mapping[str, Any], note: str = ""
) -> Decision:
    """Bring a locked line into ``state``. Raises Refused when it cannot go there from where it is."""
    guard(line, state)
    at = now()
    pack = deciding(at.date()).of(line.subject).version
    if line.state == "transferred" and state == "released":
        # A gate or the control room let it go: nobody need check it with the checklist any more.
        cancel_orders(by, [line.subject], reasons[0].code)
    line.state, line.reasons, line.decided_at = state, [r.plain() for r in reasons], at
    line.released_at = at if state == "released" else None
    line.save(update_fields=["state", "mode", "level", "reasons", "decided_at", "released_at", "outcome"])
    salt = secrets.token_hex(16) if note else ""
    kept = dict(facts) | ({"note": hashlib.sha256(f"{salt}{note}".encode()).hexdigest()} if note else {})
    earlier = Decision.objects.filter(declaration=line.declaration, line=line.number)
    decision = Decision.objects.create(
        declaration=line.declaration,
        line=line.number,
        sequence=earlier.count() + 1,
        state=state,
        mode=line.mode,
        level=line.level,
        reasons=line.reasons,
        rule_pack=pack,
        facts=plain(kept),
        decided_at=at,
        person=by.person_id,
        via=by.via,
        note=note,
        note_salt=salt,
    )
    place = Declaration.objects.get(number=line.declaration).control_port
    append(KINDS[state], line_subjects(line), line_facts(line, pack) | {"place": place} | kept, by, happened_at=at)
    if state == "refused":
        give_back(by, line.declaration, {line.number: line.subject})
    if state == "released":
        tags.activate(by, subject=line.subject, at=at)
    elif state == "passed":
        _transfer(by, line)
    return decision


def _transfer(by: Actor, line: Line) -> None:
    """When the last line of an export has passed at origin, its record goes to the port (电子转单)."""
    others = Line.objects.select_for_update().filter(declaration=line.declaration).order_by("number")
    rows = list(others)
    if any(x.state in ("screened", "to_inspect", "sampled", "held") for x in rows):
        return
    facts = {"valid_until": now() + PASS_VALID}
    for one in rows:
        if one.state == "passed":
            sent = line if one.number == line.number else one
            move(by, sent, "transferred", [Reason("ORIGIN-PASSED", {})], facts)
            whole = consignment(sent.declaration)
            create_orders(by, [port_order(sent, whole, deciding(now().date()).of(sent.subject))])


def learn(by: Actor, line: Line, *, failed: bool) -> None:
    """Tell risk what became of a line that somebody looked at, and with what probability it had been opened.

    Where an earlier look at the same goods said otherwise, the later one counts, and what was learnt is corrected.
    """
    head = Declaration.objects.select_related("importer").get(number=line.declaration)
    rules = Decision.objects.filter(declaration=line.declaration, line=line.number, via="rules")
    first = rules.order_by("-sequence").first()
    screened = None
    identity = first is not None and first.level == "identity"
    if line.level == "identity" and not failed:
        # That it is the right goods says little of what they are like: nobody opened them.
        elsewhere.tell(by, line, "new", failed=False)
        return
    if first is not None and "likelihood" in first.facts:
        # Chosen later, for another reason than its draw: then it was opened for certain.
        drawn = first.state == "to_inspect" and not identity
        chance = (Decimal(first.facts["probability"]) if drawn else Decimal(0)) or Decimal(1)
        said, numbers = Decimal(first.facts["likelihood"]), first.facts["measured"]
        screened = Screened(line.subject, first.decided_at, said, numbers, chance)
    credit = head.importer.credit_class if head.importer.code == head.importer_code else "B"
    goods = known.goods(line, head.importer_code)
    learned = record_outcome(by, goods, failed=failed, credit=credit, screened=screened)
    elsewhere.tell(by, line, learned, failed=failed)
