"""Where deliveries go and how it goes: what everything has that :mod:`guomen.trace.delivery` sends."""

import json
import random
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self
from uuid import UUID

from django.db import models, transaction

from guomen.kit.clock import now
from guomen.kit.keys import seal, unseal
from guomen.kit.words import W
from guomen.trace.words import DELIVERY_ERRORS

KEY = "webhooks"
"""The key of the installation under which secrets of receivers are kept."""
FIRST_PAUSE = timedelta(seconds=2)
BAD_SECRET = W("A secret has 16 to 256 printable ASCII characters.", "签名密钥为 16 至 256 个可打印的 ASCII 字符。")


def sealed(secret: str, id: UUID) -> bytes:
    """A secret as it is kept for the address ``id``; nothing for none."""
    return seal(KEY, secret.encode(), id.bytes) if secret else b""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What is sent: the same id and content however often it is tried. ``subscription``: the address it goes to."""

    id: UUID
    subscription: UUID
    organisation: UUID
    dest: str
    secret: str
    body: bytes
    troubled: bool
    """The attempt before failed."""
    media_type: str = "application/json"
    count: int = 0
    most: int = 4096
    """Bytes that are read of the answer."""

    @property
    def headers(self) -> dict[str, str]:
        return {"Content-Type": self.media_type, "Accept": "application/json"}


def nothing_due(_moment: datetime | None = None) -> int:
    """For what waits for no time of day, and is written down by a follower when it is due."""
    return 0


class Addressed(models.Model):
    """An address that is sent to, its secret, and the state of the delivery that is on its way."""

    LONGEST_PAUSE = timedelta(hours=1)
    """Between two tries."""

    dest = models.TextField()
    sealed = models.BinaryField()
    """The secret that deliveries are signed with, encrypted; empty: they are not signed."""
    delivery = models.UUIDField(null=True)
    """What is being delivered: the same id and content however often it is tried."""
    failures = models.IntegerField(default=0)
    """Since the last success."""
    error = models.CharField(max_length=20, blank=True)
    status = models.IntegerField(null=True)
    """What the receiver answered last."""
    next_try_at = models.DateTimeField(default=now)
    failed_at = models.DateTimeField(null=True)
    succeeded_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    def secret(self) -> str:
        """What its deliveries are signed with; empty: they are not. Raises ValueError when the key is another one."""
        return unseal(KEY, bytes(self.sealed), self.id.bytes).decode() if self.sealed else ""

    @classmethod
    def locked(cls, id: UUID) -> Self | None:
        """The row, for as long as the caller's transaction lasts."""
        return cls.objects.select_for_update().filter(id=id).first()

    @classmethod
    def put_off(cls, id: UUID) -> None:
        """What was due could not be made: it is tried again like what was not received."""
        with transaction.atomic():
            if one := cls.locked(id):
                one.fail("not-made", None)
                one.save()

    def succeed(self, status: int | None) -> None:
        """The receiver has what was sent."""
        self.failures, self.error, self.status = 0, "", status
        self.succeeded_at = self.next_try_at = now()

    def fail(self, error: str, status: int | None, retry_after: str = "") -> None:
        """It has not: it is tried again, later and later, or when the receiver wants it."""
        self.failures, self.error, self.status = self.failures + 1, error, status
        pause = min(self.LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(self.failures - 1, 20))
        # Those that failed together are not tried again together.
        pause -= pause * random.randrange(0, 25) / 100  # noqa: S311
        if retry_after.isascii() and retry_after.isdigit():
            pause = max(pause, min(self.LONGEST_PAUSE, timedelta(seconds=int(retry_after[:6]))))
        self.failed_at = now()
        self.next_try_at = self.failed_at + pause

    def trouble_said(self) -> W | None:
        """What is wrong now, as a sentence; None: nothing."""
        if not self.error:
            return None
        words = DELIVERY_ERRORS[self.error]
        return W(words.en.format(status=self.status), words.zh.format(status=self.status))


def in_turn(found: Any, moment: datetime, busy: Collection[UUID]) -> list[tuple[UUID, UUID, int]]:
    """Of addresses with something to send those to try now, not ``busy`` sending: id, organisation and failures.

    Those that wait longest come first.
    """
    rows = found.filter(next_try_at__lte=moment).exclude(id__in=busy).order_by("next_try_at", "id")
    return list(rows.values_list("id", "organisation_id", "failures")[:1000])


def is_secret(secret: str) -> bool:
    """Whether deliveries can be signed with it."""
    return 16 <= len(secret) <= 256 and secret.isascii() and secret.isprintable()


def receipt_in(answer: bytes) -> str:
    """What a receiver called its receipt, in the JSON that it answered; empty without one."""
    try:
        found = json.loads(answer)
    except ValueError:
        return ""
    text = found.get("receipt") if isinstance(found, dict) else None
    return text if isinstance(text, str) and text.isprintable() and len(text) <= 100 else ""
