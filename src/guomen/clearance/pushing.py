"""What receipts are due to subscribers: a source of the deliverer that sends them (:mod:`guomen.trace.delivery`).

Receipts are written once, by a follower, in the order of the ledger: a subscriber is a place in that order, and nothing
waits anywhere for it. Every function is one short transaction, and none of them talks to a receiver.
"""

import json
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import translation

from guomen.clearance import messages, receipts
from guomen.clearance.models import Receipt, ReceiptDelivery, ReceiptSubscription
from guomen.kit.clock import now
from guomen.kit.ids import uuid7
from guomen.trace.addressed import receipt_in

AT_ONCE = 500
"""Receipts in one delivery; all of one position come together."""
LOCK = 7_302_114_907
"""Which of several workers sends receipts is whose connection holds this advisory lock."""
TYPES = {"json": "application/json", "xml": "application/xml"}


@dataclass(frozen=True, slots=True)
class Delivery:
    """What is sent: the same id and receipts however often it is tried."""

    id: uuid.UUID
    subscription: uuid.UUID
    organisation: uuid.UUID
    dest: str
    secret: str
    media_type: str
    body: bytes
    count: int
    troubled: bool
    most: int = 4096

    @property
    def headers(self) -> dict[str, str]:
        return {"Content-Type": self.media_type, "Accept": "application/json"}


def open_due(_moment: datetime) -> int:
    """Nothing here waits for a time of day."""
    return 0


def find_due() -> int:
    """A follower has written down what is due."""
    return 0


def ready(moment: datetime, busy: Collection[uuid.UUID]) -> list[tuple[uuid.UUID, uuid.UUID, int]]:
    """Subscriptions with receipts to send now, not ``busy`` sending: id, organisation and failures."""
    newer = Exists(Receipt.objects.filter(organisation=OuterRef("organisation"), position__gt=OuterRef("position")))
    found = ReceiptSubscription.objects.filter(newer, ended_at=None, next_try_at__lte=moment).exclude(id__in=busy)
    return list(found.order_by("next_try_at", "id").values_list("id", "organisation_id", "failures")[:1000])


def take(id: uuid.UUID) -> Delivery | None:
    """The next delivery to a subscriber, or once more the one that is not done. None: there is nothing to send."""
    with transaction.atomic():
        one = _locked(id)
        if one is None or one.ended_at is not None:
            return None
        if one.delivery is None or one.upto is None:
            rows = receipts.rows(one.organisation_id, one.position, limit=AT_ONCE)
            if not rows:
                return None
            one.delivery, one.upto = uuid7(), rows[-1].position
            one.save(update_fields=["delivery", "upto"])
        rows = receipts.rows(one.organisation_id, one.position, upto=one.upto)
        try:
            secret = one.secret()
        except ValueError:
            one.fail("no-key", None)
            one.save()
            return None
    with translation.override(one.language):
        told = [receipts.told(row) for row in rows]
    if one.format == "xml":
        body = messages.receipts(told, id=str(one.delivery))
    else:
        body = json.dumps({"id": str(one.delivery), "receipts": told}, ensure_ascii=False).encode()
    troubled = one.failures > 0
    where = (one.dest, secret, TYPES[one.format])
    return Delivery(one.delivery, one.id, one.organisation_id, *where, body, len(rows), troubled)


def settle(delivery: Delivery, error: str, status: int | None, retry_after: str = "", answer: bytes = b"") -> None:
    """Write down how a delivery went. ``error`` empty: the receiver has it, and it is never sent again."""
    with transaction.atomic():
        one = _locked(delivery.subscription)
        if one is None or one.delivery != delivery.id or one.upto is None:
            return
        if error:
            one.fail(error, status, retry_after)
        else:
            ReceiptDelivery.objects.create(
                subscription_id=one.id,
                delivery=delivery.id,
                count=delivery.count,
                upto=one.upto,
                received_at=now(),
                receipt=receipt_in(answer),
            )
            one.position, one.delivery, one.upto = one.upto, None, None
            one.succeed(status)
        one.save()


def put_off(id: uuid.UUID) -> None:
    """What was due could not be made: it is tried again like what was not received."""
    with transaction.atomic():
        if one := _locked(id):
            one.fail("not-made", None)
            one.save()


def _locked(id: uuid.UUID) -> ReceiptSubscription | None:
    return ReceiptSubscription.objects.select_for_update().filter(id=id).first()
