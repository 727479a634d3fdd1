"""Commit to the secret seeds of the draw a day ahead, and disclose them afterwards."""

import hmac
from datetime import date, timedelta
from functools import cache

from django.db import connection, transaction

from guomen.core.sampling import commitment
from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, NotFound, Refused
from guomen.kit.ids import Subject
from guomen.kit.keys import secret
from guomen.kit.words import W
from guomen.ledger.services import append
from guomen.parties.actors import SYSTEM, Actor
from guomen.risk.models import Seed


def seed_of(day: date) -> bytes:
    """The secret seed of a day: HMAC-SHA256 of this installation's draw key. Disclosed only after the day."""
    return hmac.digest(secret("draw"), f"guomen draw {day}".encode(), "sha256")


@cache
def _committed() -> set[date]:
    return set()


def committed_seed(day: date) -> bytes:
    """The seed of ``day``; its commitment and the next day's are in the ledger before this returns.

    Runs inside the caller's transaction. Written once per day, however many processes ask at the same time.
    """
    seed = seed_of(day)
    if day in _committed():
        return seed
    with transaction.atomic():
        for one in (day, day + timedelta(days=1)):
            _commit(one)
    transaction.on_commit(lambda: _committed().add(day))
    return seed


def _commit(day: date) -> None:
    promise = commitment(seed_of(day))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO risk_seed (day, commitment, committed_at) VALUES (%s, %s, %s) "
            "ON CONFLICT (day) DO NOTHING RETURNING 1",
            [day, promise, now()],
        )
        is_new = cursor.fetchone() is not None
    if is_new:
        facts = {"day": day, "commitment": promise, "method": "HMAC-SHA256 below probability"}
        append("draw.committed", [Subject.of("draw", day)], facts, SYSTEM)
    elif Seed.objects.get(day=day).commitment != promise:
        raise RuntimeError(f"the draw key is not the one that {day} was committed with")


@transaction.atomic
def disclose_seed(by: Actor, day: date) -> bytes:
    """The seed of a day that is over, for whoever repeats its draws; the ledger says that it was told.

    Raises Refused while the day lasts anywhere: then draws could be foreseen. NotFound for a day without draws.
    """
    if by != SYSTEM and not (by.is_authority and by.has("controller")):
        raise Forbidden
    row = Seed.objects.select_for_update().filter(day=day).first()
    if row is None:
        raise NotFound
    if day >= now().date():
        words = W("A seed is disclosed only when its day is over (UTC).", "种子须在当日（UTC）结束后方可公开。")
        raise Refused(words, code="day-not-over")
    seed = seed_of(day)
    if row.commitment != commitment(seed):
        raise RuntimeError(f"the draw key is not the one that {day} was committed with")
    if row.disclosed_at is None:
        row.disclosed_at = now()
        row.save(update_fields=["disclosed_at"])
        facts = {"day": day, "seed": seed.hex(), "commitment": row.commitment}
        append("draw.disclosed", [Subject.of("draw", day)], facts, by)
    return seed
