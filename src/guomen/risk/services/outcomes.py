"""Learn from inspected lots: the records that scores rest on, and the rows that models learn from.

A lot is learned once. When another inspection overturns the first, its row is corrected and the records of its like are
made again from the rows, as if the last word had been the first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from django.db import transaction

from guomen.catalogue import packs
from guomen.kit.clock import now
from guomen.kit.ids import Subject
from guomen.ledger.queries import history
from guomen.ledger.services import append
from guomen.parties.actors import Actor
from guomen.risk import rules
from guomen.risk.models import Outcome, Tally
from guomen.risk.queries import ALL, price_key
from guomen.risk.rules import Record
from guomen.risk.selecting import Goods
from guomen.risk.services.trust import LOTS

Learned = Literal["new", "same", "corrected"]
"""What an outcome was to what had been learnt of the line before."""
_KEPT = [f.name for f in fields(Record)]
_PLAYED = 500
"""Outcomes that a record is made again from, the newest: of older ones the short memory holds less than a millionth."""


@dataclass(frozen=True, slots=True)
class Screened:
    """How an inspected line had been screened: when, what was said, with what probability it was opened."""

    subject: str
    at: datetime
    likelihood: Decimal
    measured: Sequence[str]
    probability: Decimal = Decimal(1)


@transaction.atomic
def record_outcome(
    by: Actor, goods: Goods, *, failed: bool, credit: str = "B", screened: Screened | None = None
) -> Learned:
    """Learn from one inspected lot. Only goods that somebody looked at count; the decision itself is in the ledger.

    ``screened`` is missing where nobody screened the lot: then records learn, but models do not. Learning the same of a
    line twice changes nothing; learning the opposite corrects what was learned of it.
    """
    terms, at, keys = packs.current().risk, now(), goods.keys
    if screened is not None:
        row, is_new = _kept(goods, keys, screened, failed, credit, at)
        if not is_new:
            if row.failed == failed:
                return "same"
            facts = {"failed": failed, "before": row.failed, "said_at": row.concluded_at}
            _correct(row, failed, at, terms)
            append("outcome.corrected", [row.subject], facts, by)
            return "corrected"
    wanted = sorted({ALL, *keys.values(), price_key(goods.hs, goods.currency)})
    Tally.objects.bulk_create([Tally(about=k, updated_at=at) for k in wanted], ignore_conflicts=True)
    weight = _weight(screened.probability) if screened else Decimal(1)
    for row in _locked(wanted):
        record = _record(row)
        if row.about.startswith("price:"):
            found = rules.priced(record, goods.price) if goods.price is not None and not failed else record
        else:
            found = rules.after(record, at, failed, terms, weight=weight if row.about == ALL else None)
        if row.about == keys["pair"]:
            found = rules.continued(found, failed, credit, terms["continuous"])
        _keep(row, found)
    return "new"


@transaction.atomic
def require_earning(by: Actor, goods: Goods, why: str, about: str) -> None:
    """Every lot of these goods of this importer is opened until lots have passed in a row: a seal was not intact.

    ``why``: a reason code; ``about``: the line. Records of outcomes stay as they are: nobody has looked at the goods.
    """
    key = goods.keys["pair"]
    Tally.objects.bulk_create([Tally(about=key, updated_at=now())], ignore_conflicts=True)
    row = Tally.objects.select_for_update().get(about=key)
    if row.sampling or row.passed:
        row.sampling, row.passed, row.warned, row.close = False, 0, False, 0
        row.save(update_fields=["sampling", "passed", "warned", "close"])
        append("rate.raised", [about], {"reasons": [{"code": why, "values": {}}]}, by)


def _weight(probability: Decimal) -> Decimal:
    return (1 / probability).quantize(Decimal("0.000001"))


def _locked(wanted: Sequence[str]) -> list[Tally]:
    """Records, locked in the order of their keys: two outcomes that share some take them in the same order."""
    return list(Tally.objects.select_for_update().filter(about__in=wanted).order_by("about"))


def _record(row: Tally) -> Record:
    return Record(**{name: getattr(row, name) for name in _KEPT})


def _keep(row: Tally, found: Record) -> None:
    for name in _KEPT:
        setattr(row, name, getattr(found, name))
    row.save()


def _kept(
    goods: Goods, keys: Mapping[str, str], screened: Screened, failed: bool, credit: str, at: datetime
) -> tuple[Outcome, bool]:
    """The row that models learn from, locked where it was there, and whether it is new."""
    return Outcome.objects.select_for_update().get_or_create(
        subject=screened.subject,
        defaults={
            "screened_at": screened.at,
            "concluded_at": at,
            "keys": dict(keys),
            "hs": goods.hs,
            "origin": goods.origin,
            "measured": list(screened.measured),
            "probability": screened.probability,
            "likelihood": screened.likelihood,
            "failed": failed,
            "credit": credit,
            "price": goods.price,
            "currency": goods.currency,
        },
    )


def _correct(row: Outcome, failed: bool, at: datetime, terms: Mapping[str, Any]) -> None:
    """Let ``failed`` be the last word about a lot: its row, and every record that it is part of."""
    row.failed, row.corrected_at = failed, at
    row.save(update_fields=["failed", "corrected_at"])
    levels = {key: level for level, key in row.keys.items()}
    told = history(Subject.of("standing", "trust"), kinds=frozenset({"records.shaken"}))
    shaken = [entry.happened_at for entry in told]
    price = price_key(row.hs, row.currency)
    for tally in _locked(sorted({ALL, price, *levels})):
        record = _record(tally)
        if tally.about == ALL:
            found = rules.corrected(record, at, row.concluded_at, failed, terms, _weight(row.probability))
        elif tally.about == price:
            found = replace(_prices(row), updated_at=at)
        else:
            found = _played(levels[tally.about], row, record, at, terms, list(shaken))
        _keep(tally, found)


def _prices(row: Outcome) -> Record:
    """The record of prices of a heading, from the newest good lots of it."""
    like = Outcome.objects.filter(hs__startswith=row.hs[:6], currency=row.currency, failed=False).exclude(price=None)
    record = Record()
    newest = like.order_by("-concluded_at", "-subject").values_list("price", flat=True)[:_PLAYED]
    for price in reversed(list(newest)):
        record = rules.priced(record, price)
    return record


def _played(
    level: str, row: Outcome, record: Record, at: datetime, terms: Mapping[str, Any], shaken: list[datetime]
) -> Record:
    """The record of one level: the short memory and continuous sampling played again, the long one corrected.

    ``shaken``: when records were made to count less.
    """
    long = rules.corrected(record, at, row.concluded_at, row.failed, terms, Decimal(1))
    like = Outcome.objects.filter(**{f"keys__{level}": row.keys[level]}).order_by("-concluded_at", "-subject")
    again = Record()
    for one in reversed(list(like[:_PLAYED])):
        while shaken and shaken[0] < one.concluded_at:
            shaken.pop(0)
            again = rules.shaken(again, LOTS)
        again = rules.after(again, one.concluded_at, one.failed, terms)
        if level == "pair":
            again = rules.continued(again, one.failed, one.credit, terms["continuous"])
    for _moment in shaken:
        again = rules.shaken(again, LOTS)
    kept, bad = rules.recent(again, at, terms)
    return replace(again, inspected=long.inspected, failed=long.failed, recent=kept, recent_failed=bad, updated_at=at)
