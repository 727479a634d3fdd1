"""Cross-border e-commerce: which items travel in which parcel of which order.

Numbers of parcels and orders can lead to a person. They stay in a table from which they can be erased; the ledger holds
a salted commitment to the parcel's number and nothing of the order's.
"""

import hashlib
import hmac
import re
import secrets
import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from guomen.kit.clock import now
from guomen.kit.errors import Invalid, NotFound, Problem, Refused
from guomen.kit.ids import Subject
from guomen.kit.keys import secret
from guomen.kit.words import W
from guomen.ledger.services import append
from guomen.parties.actors import Actor
from guomen.tags import queries
from guomen.tags.models import Parcel, ParcelItem
from guomen.tags.rules.lifecycle import CHANGES
from guomen.tags.services.events import tell
from guomen.tags.services.states import WrongState, hold, keep, roles_for
from guomen.tags.words import CHANGE_REASONS

MOST_ITEMS = 500
_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._/-]{2,59}")


@transaction.atomic
def pack(by: Actor, *, parcel: str, order: str, items: Sequence[tuple[str, str]]) -> Parcel:
    """Put items, given as (GTIN, serial), into a parcel and note them as shipped. All or none.

    The firm of the items, for orders of tags in the channel ``cross-border``. The same parcel with the same items again
    changes nothing. Raises Invalid, NotFound, WrongState, Refused when the parcel or an item is taken.
    """
    by.require("declarant", "tags")
    parcel, order = parcel.strip(), order.strip()
    _require_numbers(parcel, order, items)
    found = {f.key: f for f in queries.items(items) if f is not None and "firm" in roles_for(by, f.range)}
    if len(found) < len(items):
        words = W(
            "Some of these codes do not exist, are twice here, or are not yours.",
            "部分编码不存在、重复或不属于贵单位。",
        )
        raise NotFound(words)
    if any(f.range.channel != "cross-border" for f in found.values()):
        words = W("These tags were not ordered for cross-border e-commerce.", "这些标签不是为跨境电商订购的。")
        raise Refused(words, code="other-channel")
    hold({f.range.number for f in found.values()})
    assert by.organisation is not None
    row = Parcel(
        id=parcel_id(by.organisation.id, parcel),
        organisation=by.organisation,
        number=parcel,
        order_hash=order_hash(by.organisation.id, order),
        salt=secrets.token_bytes(16),
        items=len(found),
        packed_at=now(),
    )
    Parcel.objects.bulk_create([row], ignore_conflicts=True)
    kept = Parcel.objects.select_for_update(of=("self",)).get(id=row.id)
    if bytes(kept.salt) != row.salt:
        return _same(kept, row, set(found))
    fresh = [f for f in queries.items([(f.gtin, f.serial) for f in found.values()]) if f is not None]
    _put(by, row, fresh)
    return row


def _put(by: Actor, row: Parcel, items: Sequence[queries.ItemFacts]) -> None:
    change = CHANGES["shipped"]
    for one in items:
        if one.kept not in change.before:
            raise WrongState(CHANGE_REASONS["TAG-WRONG-STATE"], number=one.index + 1, state=one.kept)
    rows = [ParcelItem(item=f.key, parcel=row.id, range_number=f.range.number, index=f.index) for f in items]
    ParcelItem.objects.bulk_create(rows, ignore_conflicts=True)
    if ParcelItem.objects.filter(parcel=row.id).count() < len(items):
        raise Refused(
            W("Some of these items are in another parcel.", "部分商品已在其他包裹中。"), code="in-another-parcel"
        )
    keep(items, "shipped", row.packed_at, "")
    tell(by, change, row.packed_at, [f.uri for f in items])
    facts = {"parcel": commitment(row.number, bytes(row.salt)), "items": len(items)}
    facts |= {"ranges": sorted({f.range.code for f in items})}
    append(
        "parcel.packed", [Subject.of("parcel", row.id), *(f.uri for f in items)], facts, by, happened_at=row.packed_at
    )


def _same(kept: Parcel, asked: Parcel, items: set[uuid.UUID]) -> Parcel:
    inside = set(ParcelItem.objects.filter(parcel=kept.id).values_list("item", flat=True))
    if kept.erased_at is None and inside == items and bytes(kept.order_hash) == asked.order_hash:
        return kept
    raise Refused(
        W("This parcel exists already, with other contents.", "该包裹已存在，内容不同。"), code="parcel-exists"
    )


@transaction.atomic
def erase_parcel(by: Actor, parcel: uuid.UUID) -> None:
    """Forget the numbers of a parcel: what is left says which items travelled together, and leads to nobody."""
    by.require("declarant", "tags")
    row = Parcel.objects.select_for_update(of=("self",)).filter(id=parcel, organisation_id=by.organisation_id).first()
    if row is None:
        raise NotFound
    if row.erased_at is None:
        row.number, row.order_hash, row.salt, row.erased_at = "", b"", b"", now()
        row.save()
        append("parcel.erased", [Subject.of("parcel", row.id)], {"items": row.items}, by)


def parcel_id(organisation: uuid.UUID, number: str) -> uuid.UUID:
    """The name of a firm's parcel in tables and ledger. Keyed, so that nobody can find it by trying numbers."""
    return uuid.UUID(bytes=_keyed(b"parcel", organisation, number)[:16])


def order_hash(organisation: uuid.UUID, number: str) -> bytes:
    return _keyed(b"order", organisation, number)


def _keyed(what: bytes, organisation: uuid.UUID, number: str) -> bytes:
    return hmac.digest(secret("parcels"), what + organisation.bytes + number.upper().encode(), "sha256")


def commitment(number: str, salt: bytes) -> str:
    """What the ledger says of a parcel's number: who has number and salt can prove that it is this one."""
    return hashlib.sha256(salt + number.encode()).hexdigest()


def _require_numbers(parcel: str, order: str, items: Sequence[tuple[str, str]]) -> None:
    problems = []
    for name, value in (("parcel", parcel), ("order", order)):
        if not _NUMBER.fullmatch(value):
            words = W(
                "Use 3 to 60 letters, digits and the signs . _ / -", "请使用 3 至 60 位字母、数字及 . _ / - 符号。"
            )
            problems.append(Problem(name, "bad-number", words))
    if not 1 <= len(items) <= MOST_ITEMS:
        words = W("Name 1 to {most} items.", "请提供 1 至 {most} 件商品。")
        problems.append(Problem("items", "out-of-range", words, (("most", MOST_ITEMS),)))
    if problems:
        raise Invalid(problems)


def found_parcels(by: Actor, *, order: str = "", since: datetime | None = None) -> list[Parcel]:
    """Parcels of the actor's firm, newest first; of one order, whose number only the firm knows."""
    by.require("declarant", "tags")
    rows = Parcel.objects.filter(organisation_id=by.organisation_id).order_by("-packed_at")
    if order and by.organisation_id:
        rows = rows.filter(order_hash=order_hash(by.organisation_id, order.strip()))
    if since:
        rows = rows.filter(packed_at__gte=since)
    return list(rows[:200])
