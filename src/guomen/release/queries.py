"""What people can see of instructions, receivers, parts, overrides and debts."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q, QuerySet

from guomen.clearance.models import Line
from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, NotFound
from guomen.parties.actors import Actor
from guomen.release.models import Debt, Instruction, Override, Part, Receiver, Sending, Unloading


def _officer(by: Actor) -> None:
    if not by.is_officer:
        raise Forbidden


@dataclass(frozen=True, slots=True)
class Sent:
    """An instruction with what became of it at each receiver."""

    instruction: Instruction
    sendings: list[Sending]


def instructions(by: Actor, declaration: str = "", limit: int = 100) -> list[Sent]:
    """The newest instructions: all for officers, for a receiver those that were sent to it."""
    rows = Instruction.objects.order_by("-issued_at", "-sequence")
    if declaration:
        rows = rows.filter(declaration=declaration[:18])
    own: list[object] = []
    if not by.is_officer:
        own = _own(by)
        keys = Sending.objects.filter(receiver_id__in=own).order_by("-issued_at")
        keys = keys.filter(declaration=declaration[:18]) if declaration else keys
        which = Q(pk__in=[])
        for row in keys[:limit]:
            which |= Q(declaration=row.declaration, line=row.line, sequence=row.sequence)
        rows = rows.filter(which)
    found = list(rows[:limit])
    sendings: dict[tuple[str, int, int], list[Sending]] = defaultdict(list)
    for s in Sending.objects.filter(declaration__in={i.declaration for i in found}):
        if not own or s.receiver_id in own:
            sendings[s.declaration, s.line, s.sequence].append(s)
    return [Sent(i, sendings[i.declaration, i.line, i.sequence]) for i in found]


def _own(by: Actor) -> list[object]:
    """Ids of the actor's receivers. Raises Forbidden for who receives nothing."""
    own: list[object] = list(Receiver.objects.filter(organisation_id=by.organisation_id).values_list("id", flat=True))
    if by.organisation_id is None or not own or not by.has("carrier", "liaison", "read"):
        raise Forbidden
    return own


@dataclass(frozen=True, slots=True)
class Going:
    """A receiver and how it goes: instructions that wait, the oldest of them."""

    receiver: Receiver
    waiting: int
    oldest: datetime | None


def receivers(by: Actor) -> list[Going]:
    """Receivers that are not ended, for officers."""
    _officer(by)
    waits = Sending.objects.filter(received_at=None).values("receiver_id")
    numbers = {r["receiver_id"]: r for r in waits.annotate(n=Count("sequence"), oldest=Min("issued_at"))}
    rows = Receiver.objects.select_related("organisation").filter(ended_at=None).order_by("created_at")
    return [Going(r, numbers.get(r.id, {}).get("n", 0), numbers.get(r.id, {}).get("oldest")) for r in rows]


@dataclass(frozen=True, slots=True)
class Unloaded:
    """An unloading in parts with its line and parts."""

    unloading: Unloading
    line: Line
    parts: list[Part]


def unloading(by: Actor, declaration: str, line: int) -> Unloaded | None:
    """The unloading of a line, None before it is started; for officers. Raises NotFound without such a line."""
    _officer(by)
    row = Line.objects.select_related("importer").filter(declaration=declaration, number=line).first()
    if row is None:
        raise NotFound
    found = Unloading.objects.filter(declaration=declaration, line=line).first()
    if found is None:
        return None
    return Unloaded(found, row, list(Part.objects.filter(declaration=declaration, line=line).order_by("number")))


def unloadings(by: Actor) -> list[Unloading]:
    """Lots that are unloaded in parts now, stopped ones first; for officers."""
    _officer(by)
    return list(Unloading.objects.exclude(state="done").order_by("-state", "-changed_at")[:200])


def overrides(by: Actor) -> list[Override]:
    """Releases before all checks that wait for a second person, oldest first; for officers."""
    _officer(by)
    return list(Override.objects.filter(state="proposed").order_by("proposed_at")[:200])


def override_of(by: Actor, declaration: str, line: int) -> Override | None:
    """The newest override of a line; for officers."""
    _officer(by)
    return Override.objects.filter(declaration=declaration, line=line).order_by("-number").first()


def _debts(by: Actor) -> QuerySet[Debt]:
    if not by.is_officer and by.organisation_id and by.organisation.kind == "trader" and by.has("declarant", "read"):
        return Debt.objects.filter(firm_id=by.organisation_id)
    _officer(by)
    return Debt.objects.all()


def debts(by: Actor, *, declaration: str = "", paid: bool = False) -> list[Debt]:
    """What is owed after releases, what is due first; ``paid``: what is done, newest first.

    All of it for officers, for an importer what it owes itself.
    """
    rows = _debts(by).select_related("firm").filter(paid_at__isnull=not paid)
    rows = rows.filter(declaration=declaration[:18]) if declaration else rows
    return list(rows.order_by("-paid_at" if paid else "due_at")[:500])


def debt_numbers(by: Actor) -> dict[str, int]:
    """How much is owed, and how much of it is overdue; see :func:`debts`."""
    open_ = _debts(by).filter(paid_at=None)
    return {"owed": open_.count(), "overdue": open_.filter(due_at__lt=now()).count()}
