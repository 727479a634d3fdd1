"""What receipts are due to subscribers: a source of the deliverer that sends them (:mod:`guomen.trace.delivery`).

Receipts are written once, by a follower, in the order of the ledger: a subscriber is a place in that order, and nothing
waits anywhere for it. Every function is one short transaction, and none of them talks to a receiver.
"""

import json
import uuid
from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import translation

from guomen.clearance import messages, receipts
from guomen.clearance.models import Receipt, ReceiptDelivery, ReceiptSubscription
from guomen.kit.clock import now
from guomen.kit.ids import uuid7
from guomen.trace.addressed import Delivery, in_turn, nothing_due, receipt_in

AT_ONCE = 500
"""Receipts in one delivery; all of one position come together."""
LOCK = 7_302_114_907
"""Which of several workers sends receipts is whose connection holds this advisory lock."""
TYPES = {"json": "application/json", "xml": "application/xml"}


open_due = find_due = nothing_due
put_off = ReceiptSubscription.put_off


def ready(moment: datetime, busy: Collection[uuid.UUID]) -> list[tuple[uuid.UUID, uuid.UUID, int]]:
    """Subscriptions with receipts to send now, not ``busy`` sending: id, organisation and failures."""
    newer = Exists(Receipt.objects.filter(organisation=OuterRef("organisation"), position__gt=OuterRef("position")))
    return in_turn(ReceiptSubscription.objects.filter(newer, ended_at=None), moment, busy)


def take(id: uuid.UUID) -> Delivery | None:
    """The next delivery to a subscriber, or once more the one that is not done. None: there is nothing to send."""
    with transaction.atomic():
        one = ReceiptSubscription.locked(id)
        if one is None or one.ended_at is not None:
            return None
        if one.delivery is None or one.upto is None:
            rows = receipts.rows(one.organisation_id, one.position, limit=AT_ONCE)
            if not rows:
                return None
            one.delivery, one.upto = uuid7(), rows[-1].position
            one.save(update_fields=["delivery", "upto"])
        else:
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
    where = (one.delivery, one.id, one.organisation_id, one.dest, secret)
    return Delivery(*where, body, one.failures > 0, TYPES[one.format], len(rows))


def settle(delivery: Delivery, error: str, status: int | None, retry_after: str = "", answer: bytes = b"") -> None:
    """Write down how a delivery went. ``error`` empty: the receiver has it, and it is never sent again."""
    with transaction.atomic():
        one = ReceiptSubscription.locked(delivery.subscription)
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
