"""Order an inspection of a goods line, once per cause."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from guomen.catalogue import rulepack
from guomen.catalogue.packs import current
from guomen.catalogue.rulepack import RulePack
from guomen.inspection.models import Order
from guomen.kit.ids import Subject
from guomen.kit.sql import insert_missing
from guomen.kit.words import W
from guomen.ledger.services import Draft, append_many, plain
from guomen.parties.actors import Actor

_CAUSES = uuid.UUID("6b1d6d43-6a0c-5b0a-9d1c-3f1d8f6a2f10")


@dataclass(frozen=True, slots=True)
class NewOrder:
    """What an inspection order needs. Reasons: {code, values} each; ``open_units`` of ``population`` packages."""

    subject: str
    declaration: str
    line: int
    goods: W
    checklist: str
    open_units: int = 0
    population: int = 0
    sample_units: int = 0
    panel: str = ""
    reasons: Sequence[dict[str, Any]] = field(default_factory=list)
    place: str = ""
    due_at: datetime | None = None
    container: str = ""
    seal: str = ""
    rule_pack: str = ""
    """The version whose checklist is meant; empty: the one that stands."""
    not_for: Sequence[uuid.UUID] = ()
    """People who may not take it."""
    not_at: Sequence[uuid.UUID] = ()
    """Laboratories that may not test its sample."""
    fast: bool = False
    """Whether a fast test at the goods lets them go."""
    in_parts: bool = False
    """Whether it goes on with goods that are unloaded in parts."""
    occasion: str = ""
    """Tells a new order from an earlier one with the same reasons: the version of an amended declaration."""

    @property
    def id(self) -> uuid.UUID:
        """The same subject for the same cause is the same order."""
        codes = sorted({r["code"] for r in self.reasons})
        cause = [self.subject, self.checklist, self.panel, codes, *([self.occasion] if self.occasion else [])]
        return uuid.uuid5(_CAUSES, json.dumps(cause))


_SAME = tuple(
    f.name for f in fields(NewOrder) if f.name not in ("goods", "reasons", "not_for", "not_at", "occasion", "rule_pack")
)
"""Fields that an order takes over as they are."""


@transaction.atomic
def create_orders(by: Actor, new: Sequence[NewOrder]) -> list[Order]:
    """Order many inspections in few round trips. Called by clearance; no door leads here directly."""
    ids = [n.id for n in new]
    known = {o.id: o for o in Order.objects.filter(id__any=ids)}
    fresh = {id: n for id, n in zip(ids, new, strict=True) if id not in known}
    if fresh:
        numbers = _numbers(len(fresh))
        unnamed = any(not n.rule_pack for n in fresh.values())
        stands = current().version if unnamed else ""
        packs = {v: rulepack.pack(v) for v in {n.rule_pack or stands for n in fresh.values()}}
        rows = [
            _order(id, n, number, packs[n.rule_pack or stands])
            for (id, n), number in zip(fresh.items(), numbers, strict=True)
        ]
        made = insert_missing(rows)
        append_many([_entry(o) for o in made], by)
        # Somebody else may have ordered the same a moment ago: theirs counts.
        known |= {o.id: o for o in made}
        known |= {o.id: o for o in Order.objects.filter(id__in=fresh.keys() - known.keys())}
    return [known[id] for id in ids]


@transaction.atomic
def cancel_orders(by: Actor, subjects_of: Sequence[str], why: str, taken_by: uuid.UUID | None = None) -> list[Order]:
    """Cancel waiting orders about these subjects, because what they are about changed (``why``: a reason code).

    Called by clearance, which makes sure that nobody has begun; an order in somebody's hands stays, but in those of
    ``taken_by``, who has done what it asks in another way.
    """
    which = Q(state="waiting")
    if taken_by is not None:
        which |= Q(state="taken", officer_id=taken_by)
    found = Order.objects.select_for_update().filter(which, subject__in=subjects_of).order_by("number")
    orders = list(found)
    for order in orders:
        order.state = "cancelled"
    Order.objects.bulk_update(orders, ["state"])
    entries = [
        Draft("inspection.cancelled", subjects(o), {"order": o.id, "number": o.number, "reason": why}) for o in orders
    ]
    append_many(entries, by)
    return orders


def create_order(by: Actor, **order: Any) -> Order:
    """Order one inspection; the arguments are the fields of :class:`NewOrder`. Asking again returns the same order."""
    return create_orders(by, [NewOrder(**order)])[0]


def _numbers(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('inspection_order_number') FROM generate_series(1, %s)", [count])
        return [row[0] for row in cursor.fetchall()]


def _order(id: uuid.UUID, new: NewOrder, number: int, pack: RulePack) -> Order:
    values = {name: getattr(new, name) for name in _SAME}
    values |= {
        "not_for": list(new.not_for),
        "not_at": list(new.not_at),
        "goods_en": new.goods.en,
        "goods_zh": new.goods.zh,
        "reasons": plain(new.reasons),
    }
    digest = pack.checklist(new.checklist).version_hash
    return Order(id=id, number=number, checklist_hash=digest, rule_pack=pack.version, **values)


def _entry(order: Order) -> Draft:
    facts = {
        "order": order.id,
        "number": order.number,
        "checklist": order.checklist,
        "checklist_hash": order.checklist_hash,
        "rule_pack": order.rule_pack,
        "open_units": order.open_units,
        "population": order.population,
        "sample_units": order.sample_units,
        "panel": order.panel,
        "reasons": order.reasons,
        "place": order.place,
        "due_at": order.due_at,
    }
    return Draft("inspection.ordered", subjects(order), facts)


def subjects(order: Order) -> list[str]:
    """Whom entries about this order concern."""
    named = [order.subject, Subject.of("inspection", order.number)]
    return [*named, Subject.container(order.container)] if order.container else named
