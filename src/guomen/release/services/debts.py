"""What is owed after a release: written down with a day and a debtor, listed, done, or found to be overdue."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max

from guomen.adoption.services import suspend
from guomen.catalogue import packs
from guomen.clearance.models import Line
from guomen.clearance.rules import Reason
from guomen.clearance.services import take_back
from guomen.clearance.services.moves import locked
from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, Invalid, NotFound, Problem, Refused
from guomen.kit.ids import Subject
from guomen.kit.words import W
from guomen.ledger.models import Entry
from guomen.ledger.services import Draft, append, append_many
from guomen.parties.actors import SYSTEM, Actor
from guomen.release.models import Debt
from guomen.release.rules import BY_TIME, CALLED_BACK, LEFT, OF_FIRM, OWN_WORD, PAID_BY, duties_after
from guomen.release.services.instructing import line_of

AT_ONCE = 500
CALL_BACK_WITHIN = timedelta(hours=24)
"""House rule: what left before a finding is back in its store, under seal, within a day."""


def owe(
    by: Actor,
    line: Line,
    duties: Sequence[str],
    due_at: datetime,
    place: str = "",
    mode: str = "",
    owed_at: datetime | None = None,
) -> list[Debt]:
    """Write down what is owed after a release; within the caller's transaction, the line locked."""
    known = Debt.objects.filter(declaration=line.declaration, line=line.number)
    last = known.aggregate(last=Max("number"))["last"] or 0
    keys = {"declaration": line.declaration, "line": line.number, "due_at": due_at, "place": place[:200], "mode": mode}
    keys["owed_at"] = owed_at or now()
    made = [
        Debt(number=last + n, duty=duty, firm_id=line.importer_id if duty in OF_FIRM else None, **keys)
        for n, duty in enumerate(duties, 1)
    ]
    Debt.objects.bulk_create(made)
    facts = [{"debt": d.number, "duty": d.duty, "due_at": due_at, "mode": mode, "firm": d.firm_id} for d in made]
    append_many([Draft("debt.owed", [line.subject], f) for f in facts], by)
    return made


def _done(by: Actor, row: Debt, outcome: str, note: str = "") -> None:
    row.paid_at, row.paid_by, row.outcome, row.note = now(), by.person_id, outcome, note
    row.save()
    facts = {"debt": row.number, "duty": row.duty, "outcome": outcome}
    append("debt.paid", [Subject.line(row.declaration, row.line)], facts, by)


@transaction.atomic
def pay_debt(by: Actor, declaration: str, line: int, number: int, outcome: str, note: str) -> Debt:
    """What was owed is done: ``pass`` or ``fail``, with a note. The same again is nothing.

    A failure takes the release back: the line is to be inspected, and the importer is suspended from the mode. By
    inspectors and controllers, or by the importer itself where its own word is asked. Raises NotFound, Invalid.
    """
    own = not by.is_authority
    if own:
        by.require("declarant")
    else:
        by.require_officer("inspector", "controller")
    goods = locked(declaration, line)
    row = Debt.objects.select_for_update().filter(declaration=declaration, line=line, number=number).first()
    if row is None or (own and row.firm_id != by.organisation_id):
        raise NotFound
    if own and row.duty not in OWN_WORD:
        raise Forbidden(W("An officer writes this down, at the goods.", "此项由官员在货物现场登记。"))
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
    _done(by, row, outcome, note)
    if outcome == "fail":
        if row.mode:
            _suspend(goods, row, "DUTY-FAILED")
        take_back(SYSTEM if own else by, declaration, line, Reason("DEBT-FAILED", {}), note)
    return row


def _suspend(line: Line, row: Debt, code: str) -> None:
    suspend(SYSTEM, line.importer_id, row.mode, code, line=f"{row.declaration}/{row.line}")


def call_back(by: Actor, line: Line, place: str, mode: str) -> None:
    """Parts of a lot that left have to come back within a day; within the caller's transaction, the line locked."""
    known = Debt.objects.filter(declaration=line.declaration, line=line.number, duty=CALLED_BACK, paid_at=None)
    if not known.exists():
        at = now()
        owe(by, line, [CALLED_BACK], at + CALL_BACK_WITHIN, place, mode, at)


def came_back(by: Actor, line: Line) -> None:
    """All that was called back is settled: the duty to bring it back is done; in the caller's transaction."""
    rows = Debt.objects.select_for_update().filter(declaration=line.declaration, line=line.number, paid_at=None)
    for row in rows.filter(duty=CALLED_BACK):
        _done(by, row, "pass")


@transaction.atomic
def follow(entries: Sequence[Entry]) -> None:
    """What entries mean for what is owed. Called by a follower; the same entries again change nothing.

    A release of goods that nobody opened leaves the duties of its mode owed; an inspection or a report after a release
    pays what was put off; goods that are taken back owe their importer's duties no longer.
    """
    told = [(entry, key) for entry in entries if (key := line_of(entry)) is not None]
    numbers = {declaration for _, (declaration, _) in told}
    owed = {(d.declaration, d.line) for d in Debt.objects.filter(declaration__in=numbers, paid_at=None)}
    for entry, key in told:
        if entry.kind == "line.released":
            owed |= {key} if _owe_by_mode(entry, key) else set()
        elif key in owed:
            _follow_one(entry, key)


def _owe_by_mode(entry: Entry, key: tuple[str, int]) -> bool:
    facts = entry.facts
    mode = packs.current().modes.get(facts.get("mode", ""))
    codes = [r["code"] for r in facts.get("reasons") or []]
    due = duties_after(mode.duties, facts.get("level", ""), codes, facts.get("conditions") or ()) if mode else []
    if mode is None or not due:
        return False
    line = Line.objects.select_for_update(of=("self",)).filter(declaration=key[0], number=key[1]).first()
    rows = Debt.objects.filter(declaration=key[0], line=key[1], mode=mode.code)
    # A later entry about the same line has taken the goods back, or this one was followed before.
    if line is None or line.state != "released" or rows.filter(owed_at=entry.happened_at).exists():
        return False
    new = [d for d in due if not rows.filter(duty=d, paid_at=None).exists()]
    until = entry.happened_at + timedelta(days=mode.due_days)
    owe(SYSTEM, line, new, until, mode=mode.code, owed_at=entry.happened_at)
    return bool(new)


def _follow_one(entry: Entry, key: tuple[str, int]) -> None:
    if Line.objects.select_for_update().filter(declaration=key[0], number=key[1]).first() is None:
        return
    rows = Debt.objects.select_for_update().filter(declaration=key[0], line=key[1], paid_at=None)
    outcome: Any = entry.facts.get("verdict") or entry.facts.get("outcome")
    for row in rows.filter(owed_at__lte=entry.happened_at).order_by("number"):
        if row.duty in PAID_BY.get(entry.kind, ()):
            _done(SYSTEM, row, "fail" if outcome == "fail" else "pass")
        elif entry.kind in LEFT and row.duty in OF_FIRM and row.duty != CALLED_BACK:
            _done(SYSTEM, row, "void")


@transaction.atomic
def find_overdue() -> int:
    """Find what is owed beyond its day, once; returns how many rows. Called by the clock.

    What was owed by a mode suspends the importer from it at once. To be ready ends with its time.
    """
    at = now()
    rows = Debt.objects.filter(paid_at=None, overdue_at=None, due_at__lte=at).order_by("due_at")
    found = 0
    for one in list(rows[:AT_ONCE]):
        # Line before debt, as everybody locks them.
        line = Line.objects.select_for_update(of=("self",)).filter(declaration=one.declaration, number=one.line).first()
        row = Debt.objects.select_for_update().filter(pk=one.pk, paid_at=None, overdue_at=None).first()
        if line is None or row is None:
            continue
        found += 1
        if row.duty in BY_TIME:
            _done(SYSTEM, row, "pass")
            continue
        row.overdue_at = at
        row.save(update_fields=["overdue_at"])
        append("debt.overdue", [line.subject], {"debt": row.number, "duty": row.duty, "due_at": row.due_at}, SYSTEM)
        if row.mode:
            _suspend(line, row, "DUTY-OVERDUE")
    return found


def ensure_paid(importer_id: Any) -> None:
    """Raise Refused while anything that this importer's goods owe is overdue: nothing more of it is put off."""
    late = Debt.objects.filter(paid_at=None, overdue_at__isnull=False).values_list("declaration", flat=True)
    if Line.objects.filter(declaration__in=list(late[:AT_ONCE]), importer_id=importer_id).exists():
        words = W(
            "Checks of this importer's goods that were put off are overdue: do them first.",
            "该进口商货物的延后检查已逾期，请先完成。",
        )
        raise Refused(words, code="debts-overdue")
