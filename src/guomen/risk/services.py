"""Impose and lift measures, learn from outcomes, commit to the seeds of the draw."""

import hmac
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from guomen.catalogue import rulepack
from guomen.core.gs1 import canonical, valid_gtin
from guomen.core.sampling import commitment
from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, Invalid, NotFound, Problem
from guomen.kit.ids import Subject
from guomen.kit.keys import secret
from guomen.kit.words import W
from guomen.ledger.services import append
from guomen.parties.actors import SYSTEM, Actor
from guomen.risk.models import Measure, Seed, Tally
from guomen.risk.queries import about
from guomen.risk.rules import decay
from guomen.risk.words import EFFECTS


def _controls(by: Actor) -> None:
    if by != SYSTEM and not (by.is_authority and by.has("controller")):
        raise Forbidden


def _subjects(measure: Measure) -> list[str]:
    about_goods = []
    if measure.gtin:
        lot = f"/10/{measure.batch}" if measure.batch else ""
        about_goods.append(canonical(f"https://id.gs1.org/01/{measure.gtin}{lot}"))
    return [Subject.of("measure", measure.id), measure.source, *about_goods]


@transaction.atomic
def impose_measure(
    by: Actor,
    *,
    effect: str,
    reason_code: str,
    source: str,
    gtin: str = "",
    batch: str = "",
    hs_prefix: str = "",
    origin: str = "",
    maker: str = "",
    level: str = "",
    ends_at: datetime | None = None,
) -> Measure:
    """Put a measure in force for goods that match every given field. Raises Invalid when none is given."""
    _controls(by)
    scope = {"gtin": gtin, "batch": batch, "hs_prefix": hs_prefix, "origin": origin, "maker": maker}
    problems = []
    if effect not in EFFECTS:
        problems.append(Problem("effect", "unknown-code", W("Choose an effect.", "请选择措施类型。")))
    if not any(scope.values()):
        words = W("Say which goods: product, heading, origin or maker.", "请指明货物：产品、品目、产地或生产企业。")
        problems.append(Problem("gtin", "missing", words))
    if gtin and not valid_gtin(gtin):
        problems.append(Problem("gtin", "bad-check-digit", W("This GTIN is not valid.", "GTIN 无效。")))
    if problems:
        raise Invalid(problems)
    scope["gtin"] = gtin.zfill(14) if gtin else ""
    measure = Measure.objects.create(
        effect=effect, reason_code=reason_code, source=source, level=level, ends_at=ends_at, **scope
    )
    facts: dict[str, Any] = {k: v for k, v in scope.items() if v}
    facts |= {"effect": effect, "reason_code": reason_code, "level": level, "ends_at": ends_at}
    append("measure.imposed", _subjects(measure), facts, by)
    return measure


@transaction.atomic
def lift_measure(by: Actor, id: UUID | str) -> Measure:
    """End a measure. Lifting twice changes nothing. Raises NotFound."""
    _controls(by)
    measure = Measure.objects.select_for_update().filter(id=id).first()
    if measure is None:
        raise NotFound
    if measure.lifted_at is None:
        measure.lifted_at = now()
        measure.save(update_fields=["lifted_at"])
        append("measure.lifted", _subjects(measure), {"effect": measure.effect}, by)
    return measure


@transaction.atomic
def record_outcome(by: Actor, *, hs: str, origin: str, maker: str, importer: str, failed: bool) -> None:
    """Learn from one inspected lot. Only goods that somebody looked at count; the decision itself is in the ledger."""
    half_life = int(rulepack.current().risk["history"]["half_life_days"])
    at = now()
    keys = sorted(about(hs=hs, origin=origin, maker=maker, importer=importer).values())
    Tally.objects.bulk_create([Tally(about=k, updated_at=at) for k in keys], ignore_conflicts=True)
    # Sorted keys: two outcomes that share a key take its locks in the same order.
    for row in Tally.objects.select_for_update().filter(about__in=keys).order_by("about"):
        days = Decimal((at - row.updated_at) // timedelta(seconds=1)) / 86400
        row.inspected = decay(row.inspected, days, half_life) + 1
        row.failed = decay(row.failed, days, half_life) + int(failed)
        row.passes = 0 if failed else row.passes + 1
        row.updated_at = at
        row.save()


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
