"""Checks that were put off: owed with a day, listed, done."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from guomen.clearance.models import Line
from guomen.clearance.rules import Reason
from guomen.clearance.services import take_back
from guomen.kit.clock import now
from guomen.kit.errors import Invalid, NotFound, Problem
from guomen.kit.ids import Subject
from guomen.kit.words import W
from guomen.ledger.services import Draft, append, append_many
from guomen.parties.actors import Actor
from guomen.release.models import Debt
from guomen.release.services.guards import officer


def owe(by: Actor, line: Line, duties: Sequence[str], due_at: datetime, place: str = "") -> list[Debt]:
    """Write down what is owed after a release; within the caller's transaction, the line locked."""
    known = Debt.objects.filter(declaration=line.declaration, line=line.number)
    last = known.aggregate(last=Max("number"))["last"] or 0
    keys = {"declaration": line.declaration, "line": line.number, "due_at": due_at, "place": place}
    made = [Debt(number=last + n, duty=duty, **keys) for n, duty in enumerate(duties, 1)]
    Debt.objects.bulk_create(made)
    facts = [{"debt": d.number, "duty": d.duty, "due_at": due_at} for d in made]
    append_many([Draft("debt.owed", [line.subject], f) for f in facts], by)
    return made


@transaction.atomic
def pay_debt(by: Actor, declaration: str, line: int, number: int, outcome: str, note: str) -> Debt:
    """The check that was put off is done: ``pass`` or ``fail``, with a note. The same again is nothing.

    A failure takes the release back: the line is to be inspected. Inspectors and controllers. Raises NotFound, Invalid.
    """
    officer(by, "inspector", "controller")
    row = Debt.objects.select_for_update().filter(declaration=declaration, line=line, number=number).first()
    if row is None:
        raise NotFound
    if row.paid_at is not None:
        return row
    problems = []
    if outcome not in ("pass", "fail"):
        problems.append(
            Problem("outcome", "unknown-code", W("Choose conforms or does not conform.", "请选择合格或不合格。"))
        )
    note = " ".join(note.split())
    if not note or len(note) > 300:
        problems.append(Problem("note", "missing", W("Say what was found, in a sentence.", "请用一句话说明结果。")))
    if problems:
        raise Invalid(problems)
    row.paid_at, row.paid_by, row.outcome, row.note = now(), by.person_id, outcome, note
    row.save()
    facts = {"debt": number, "duty": row.duty, "outcome": outcome}
    append("debt.paid", [Subject.line(declaration, line)], facts, by)
    if outcome == "fail":
        take_back(by, declaration, line, Reason("DEBT-FAILED", {}), note)
    return row
