"""Impose and lift measures."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from guomen.core.gs1 import canonical, valid_gtin
from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, Invalid, NotFound, Problem
from guomen.kit.ids import Subject
from guomen.kit.words import W
from guomen.ledger.services import append
from guomen.parties.actors import SYSTEM, Actor
from guomen.risk.models import Measure
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
