"""Evidence about lots: opened, written off by lines, given back, ended."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from guomen.adoption.models import Evidence, Use
from guomen.catalogue import packs
from guomen.kit.clock import now
from guomen.kit.errors import Refused
from guomen.kit.sql import next_number
from guomen.kit.words import W
from guomen.ledger.services import Draft, append, append_many
from guomen.parties.actors import Actor

LOT = ("lot", "importer_id", "gtin", "hs_code", "maker_name", "batch", "goods", "quantity", "unit")
"""Columns that a row about a lot hands on."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a line takes of a piece of evidence."""

    lot: str
    number: str
    declaration: str
    line: int
    subject: str
    quantity: Decimal


def numbered(letter: str) -> str:
    """A new number such as ``E2026000017``: unique, and no order."""
    return f"{letter}{now():%Y}{next_number('adoption_number'):06d}"


@transaction.atomic
def open_evidence(by: Actor, mode: str, row: Any, *, verdict: str, source: str, **more: Any) -> Evidence:
    """Let a result about a lot count for ``mode`` as long as the rule pack says. ``row``: has the columns of LOT.

    Called by the use cases that know the result; no door leads here directly. The same source opens it once, until it
    says the contrary.
    """
    known = Evidence.objects.filter(lot=row.lot, source=source, mode=mode, verdict=verdict, ended_at=None).first()
    if known is not None:
        return known
    tested_on = more.pop("tested_on", None) or now().date()
    last = tested_on + timedelta(days=packs.current().modes[mode].valid_days)
    given = more.pop("valid_until", None)
    made = Evidence.objects.create(
        number=numbered("E"),
        mode=mode,
        verdict=verdict,
        source=source,
        tested_on=tested_on,
        valid_until=min(last, given) if given else last,
        **{name: getattr(row, name) for name in LOT},
        **more,
    )
    facts = {name: getattr(made, name) for name in ("mode", "verdict", "lot", "quantity", "unit", "valid_until")}
    append("evidence.opened", [made.subject, source], facts, by)
    return made


@transaction.atomic
def use_evidence(by: Actor, taken: Sequence[Taken]) -> None:
    """Write off what lines take, all or nothing. Raises Refused when less is left; a line takes the same only once."""
    if not taken:
        return
    locked = _locked({(t.lot, t.number) for t in taken})
    numbers = {t.declaration for t in taken}
    before = Use.objects.filter(declaration__in=numbers, returned_at=None)
    done = set(before.values_list("lot", "number", "declaration", "line"))
    drafts = []
    for t in taken:
        if (t.lot, t.number, t.declaration, t.line) in done:
            continue
        one = locked[t.lot, t.number]
        if one.ended_at is not None or (one.limited and one.used + t.quantity > one.quantity):
            words = W("Less than that is left of {number}.", "{number} 的余量不足。")
            raise Refused(words, code="evidence-used-up", number=one.number)
        one.used += t.quantity
        Use.objects.update_or_create(
            lot=t.lot,
            number=t.number,
            declaration=t.declaration,
            line=t.line,
            defaults={"quantity": t.quantity, "used_at": now(), "returned_at": None},
        )
        facts = {"quantity": t.quantity, "unit": one.unit, "left": one.quantity - one.used}
        drafts.append(Draft("evidence.used", [one.subject, t.subject], facts))
    for one in locked.values():
        one.save(update_fields=["used"])
    append_many(drafts, by)


@transaction.atomic
def give_back(by: Actor, declaration: str, subjects: Mapping[int, str]) -> int:
    """Give back what lines took: they were refused or withdrawn. Twice gives back once; returns how many rows.

    ``subjects``: number of each line -> its subject.
    """
    uses = list(Use.objects.select_for_update().filter(declaration=declaration, line__in=subjects, returned_at=None))
    if not uses:
        return 0
    rows = _locked({(use.lot, use.number) for use in uses})
    drafts = []
    for use in uses:
        one = rows[use.lot, use.number]
        one.used -= use.quantity
        use.returned_at = now()
        use.save(update_fields=["returned_at"])
        facts = {"quantity": use.quantity, "unit": one.unit, "left": one.quantity - one.used}
        drafts.append(Draft("evidence.returned", [one.subject, subjects[use.line]], facts))
    for one in rows.values():
        one.save(update_fields=["used"])
    append_many(drafts, by)
    return len(uses)


def _locked(keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Evidence]:
    """Evidence by lot and number, locked in one order, whoever asks: two that share rows wait for each other."""
    which = Q()
    for lot, number in keys:
        which |= Q(lot=lot, number=number)
    rows = Evidence.objects.select_for_update(of=("self",)).filter(which).order_by("lot", "number")
    return {(e.lot, e.number): e for e in rows}


def hold(lots: Iterable[str]) -> None:
    """Lock all that was found of these lots, in the order in which everybody locks it, before any of it changes."""
    wanted = {lot for lot in lots if lot}
    if wanted:
        rows = Evidence.objects.select_for_update(of=("self",)).filter(lot__in=wanted).order_by("lot", "number")
        list(rows.values_list("number", flat=True))


def end_all(by: Actor, rows: QuerySet[Evidence], reason: str) -> int:
    """End evidence that still counts; within the caller's transaction. Returns how many."""
    ended = list(rows.select_for_update(of=("self",)).filter(ended_at=None).order_by("lot", "number"))
    for one in ended:
        one.ended_at, one.ended_by = now(), reason
        one.save(update_fields=["ended_at", "ended_by"])
    why = {"reasons": [{"code": reason, "values": {}}]}
    append_many([Draft("evidence.ended", [e.subject, e.source], why) for e in ended], by)
    return len(ended)


@transaction.atomic
def end_evidence(by: Actor, lots: Iterable[str], reason: str) -> int:
    """A lot failed somewhere: nothing that was found of it before counts any more."""
    return end_all(by, Evidence.objects.filter(lot__in=list(lots), verdict="pass"), reason)


@transaction.atomic
def overturn(by: Actor, lot: str, source: str) -> None:
    """A failure that ``source`` had found was overturned: it ends, and what it had ended counts again.

    What was ended stays ended while another failure of the lot stands.
    """
    hold([lot])
    end_all(by, Evidence.objects.filter(lot=lot, source=source, verdict="fail"), "OVERTURNED")
    if Evidence.objects.filter(lot=lot, verdict="fail", ended_at=None).exists():
        return
    revived = list(Evidence.objects.filter(lot=lot, ended_by="LOT-FAILED").exclude(source=source).order_by("number"))
    for one in revived:
        one.ended_at, one.ended_by = None, ""
        one.save(update_fields=["ended_at", "ended_by"])
    append_many([Draft("evidence.restored", [e.subject, e.source], {}) for e in revived], by)
