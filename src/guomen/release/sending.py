"""What is due to receivers of instructions: the source of the deliverer that sends it (guomen.trace.delivery).

Every function is one short transaction, and none of them talks to a receiver.
"""

import json
import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from guomen.kit.ids import uuid7
from guomen.ledger.services import plain
from guomen.release.models import Instruction, Receiver, Sending
from guomen.release.services.instructing import received
from guomen.trace.addressed import Delivery, in_turn, nothing_due, receipt_in

AT_ONCE = 100
"""Instructions in one delivery."""
LOCK = 7_302_114_906
"""Which of several workers sends instructions is whose connection holds this advisory lock."""


open_due = find_due = nothing_due
put_off = Receiver.put_off


def ready(moment: datetime, busy: Collection[uuid.UUID]) -> list[tuple[uuid.UUID, uuid.UUID, int]]:
    """Receivers with something to send now, not ``busy`` sending: id, organisation and failures."""
    waits = Exists(Sending.objects.filter(receiver_id=OuterRef("id"), received_at=None))
    return in_turn(Receiver.objects.filter(waits, ended_at=None), moment, busy)


def take(id: uuid.UUID) -> Delivery | None:
    """The next delivery to a receiver, or once more the one that is not done. None: there is nothing to send."""
    with transaction.atomic():
        one = Receiver.objects.select_for_update().filter(id=id, ended_at=None).first()
        if one is None:
            return None
        waiting = Sending.objects.filter(receiver_id=id, received_at=None)
        if one.delivery is None or not waiting.filter(delivery=one.delivery).exists():
            one.delivery = uuid7()
            first = waiting.order_by("issued_at", "declaration", "line", "sequence")[:AT_ONCE]
            Sending.objects.filter(pk__in=[row.pk for row in first]).update(delivery=one.delivery)
            one.save(update_fields=["delivery"])
        rows = list(waiting.filter(delivery=one.delivery).order_by("issued_at", "declaration", "line", "sequence"))
        if not rows:
            return None
        body = json.dumps({"id": str(one.delivery), "instructions": _shown(rows)}, ensure_ascii=False).encode()
        secret = one.secret()
    return Delivery(one.delivery, one.id, one.organisation_id, one.dest, secret, body, one.failures > 0)


def _shown(rows: list[Sending]) -> list[dict[str, Any]]:
    issued = Instruction.objects.filter(declaration__in={r.declaration for r in rows})
    found = {(i.declaration, i.line, i.sequence): i for i in issued}
    return [shown(found[r.declaration, r.line, r.sequence]) for r in rows]


def shown(one: Instruction) -> dict[str, Any]:
    """An instruction as JSON."""
    found = {name: getattr(one, name) for name in ("declaration", "line", "sequence", "code", "port", "issued_at")}
    more = {"number": one.number, "part": one.part or None, "conditions": one.conditions}
    return dict(plain(found | more | {"reasons": [r["code"] for r in one.reasons]}))


def settle(delivery: Delivery, error: str, status: int | None, retry_after: str = "", answer: bytes = b"") -> None:
    """Write down how a delivery went. ``error`` empty: the receiver has it, and its receipt is in the answer."""
    with transaction.atomic():
        one = Receiver.locked(delivery.subscription)
        if one is None or one.delivery != delivery.id:
            return
        if error:
            one.fail(error, status, retry_after)
        else:
            rows = Sending.objects.select_for_update().filter(
                receiver_id=one.id, delivery=delivery.id, received_at=None
            )
            received(one, list(rows), receipt_in(answer) or str(delivery.id))
            one.delivery = None
            one.succeed(status)
        one.save()
