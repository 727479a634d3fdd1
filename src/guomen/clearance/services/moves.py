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
from guomen.clearance.rules import TRANSITIONS, Reason
from guomen.clearance.services import elsewhere
from guomen.clearance.services.lodging import line_facts, line_subjects
from guomen.kit.clock import now
from guomen.kit.errors import NotFound, Refused
from guomen.kit.words import W
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


def move(
    by: Actor, line: Line, state: str, reasons: Sequence[Reason], facts: Mapping[str, Any], note: str = ""
) -> Decision:
    """Bring a locked line into ``state``. Raises Refused when it cannot go there from where it is."""
    if state not in TRANSITIONS[line.state]:
        words = W("A line in the state {state} cannot go there.", "处于 {state} 状态的货物不能执行此操作。")
        raise Refused(words, code="wrong-state", state=line.state)
    at = now()
    pack = deciding(at.date()).of(line.subject).version
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
    place = Declaration.objects.values_list("arrival_port", flat=True).get(number=line.declaration)
    append(KINDS[state], line_subjects(line), line_facts(line, pack) | {"place": place} | kept, by, happened_at=at)
    if state == "refused":
        give_back(by, line.declaration, line.number, line.subject)
    if state == "released":
        tags.activate(by, subject=line.subject, at=at)
    return decision


def learn(by: Actor, line: Line, *, failed: bool) -> None:
    """Tell risk what became of a line that somebody looked at, and with what probability it had been opened."""
    head = Declaration.objects.select_related("importer").get(number=line.declaration)
    first = Decision.objects.filter(declaration=line.declaration, line=line.number, sequence=1).first()
    screened = None
    if first is not None and "likelihood" in first.facts:
        # Chosen later, for another reason than its draw: then it was opened for certain.
        chance = Decimal(first.facts["probability"]) if first.state == "to_inspect" else Decimal(1)
        said, numbers = Decimal(first.facts["likelihood"]), first.facts["measured"]
        screened = Screened(line.subject, first.decided_at, said, numbers, chance)
    credit = head.importer.credit_class if head.importer.code == head.importer_code else "B"
    record_outcome(by, known.goods(line, head.importer_code), failed=failed, credit=credit, screened=screened)
    elsewhere.tell(by, line, failed=failed)
