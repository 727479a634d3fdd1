"""Learn from inspected lots: the records that scores rest on, and the rows that models learn from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from guomen.catalogue import rulepack
from guomen.kit.clock import now
from guomen.parties.actors import Actor
from guomen.risk import rules
from guomen.risk.models import Outcome, Tally
from guomen.risk.queries import ALL, price_key
from guomen.risk.rules import Record
from guomen.risk.selecting import Goods

_KEPT = [f.name for f in fields(Record)]


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
) -> None:
    """Learn from one inspected lot. Only goods that somebody looked at count; the decision itself is in the ledger.

    ``screened`` is missing where nobody screened the lot: then records learn, but models do not. Learning twice from
    one line changes nothing.
    """
    terms, at, keys = rulepack.current().risk, now(), goods.keys
    if screened is not None and not _kept(goods, keys, screened, failed, at):
        return
    wanted = sorted({ALL, *keys.values(), price_key(goods.hs, goods.currency)})
    Tally.objects.bulk_create([Tally(about=k, updated_at=at) for k in wanted], ignore_conflicts=True)
    weight = (1 / screened.probability).quantize(Decimal("0.000001")) if screened else Decimal(1)
    # Sorted keys: two outcomes that share a key take its locks in the same order.
    for row in Tally.objects.select_for_update().filter(about__in=wanted).order_by("about"):
        record = Record(**{name: getattr(row, name) for name in _KEPT})
        if row.about.startswith("price:"):
            found = rules.priced(record, goods.price) if goods.price is not None and not failed else record
        else:
            found = rules.after(record, at, failed, weight if row.about == ALL else Decimal(1), terms)
        if row.about == keys["pair"]:
            found = rules.continued(found, failed, credit, terms["continuous"])
        for name in _KEPT:
            setattr(row, name, getattr(found, name))
        row.save()


def _kept(goods: Goods, keys: Mapping[str, str], screened: Screened, failed: bool, at: datetime) -> bool:
    """Keep the row that models learn from; False when it was there."""
    _row, is_new = Outcome.objects.get_or_create(
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
        },
    )
    return is_new
