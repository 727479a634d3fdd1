"""What people may see of inspections and samples."""

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Min, Q, QuerySet

from guomen.inspection import packs, rules
from guomen.inspection.models import Answer, Order, Photo, Result, Sample
from guomen.inspection.words import OUTCOMES
from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, NotFound
from guomen.kit.words import W
from guomen.parties.actors import Actor
from guomen.parties.models import Person

ENDED_SHOWN = 20


def _require_authority(by: Actor) -> None:
    if not by.is_authority or not by.has("inspector", "controller", "certifier"):
        raise Forbidden


def tasks(by: Actor) -> list[Order]:
    """Open orders for an authority's officers: the officer's own first, then by when they are due."""
    _require_authority(by)
    found = Order.objects.filter(state__in=["waiting", "taken"]).order_by("due_at", "number")[:500]
    return sorted(found, key=lambda o: o.officer_id != by.person_id)


def ended(by: Actor) -> list[Order]:
    """The officer's own last inspections."""
    _require_authority(by)
    mine = Order.objects.filter(officer_id=by.person_id, state__in=["concluded", "held"])
    return list(mine.order_by("-concluded_at")[:ENDED_SHOWN])


def order(by: Actor, id: uuid.UUID | str) -> Order:
    """One order, for the authority. Raises Forbidden, NotFound."""
    _require_authority(by)
    found = Order.objects.filter(id=id).first()
    if found is None:
        raise NotFound
    return found


def inspectors() -> QuerySet[Person]:
    """Who inspects for an authority, by name."""
    found = Person.objects.filter(roles__contains=["inspector"], organisation__kind="authority", is_active=True)
    return found.order_by("name")


def order_for(subject: str) -> Order | None:
    """The newest order about a goods line."""
    return Order.objects.filter(subject=subject).order_by("-number").first()


def answers(found: Order) -> dict[str, Answer]:
    """What was recorded, by item."""
    return {a.item: a for a in Answer.objects.filter(order_id=found.id)}


def photos(found: Order) -> dict[str, list[str]]:
    """The photos' names (SHA-256), by item, in the order they were taken."""
    by_item: dict[str, list[str]] = {}
    for photo in Photo.objects.filter(order_id=found.id).order_by("taken_at"):
        by_item.setdefault(photo.item, []).append(photo.sha256)
    return by_item


def sample_of(found: Order) -> Sample | None:
    return Sample.objects.select_related("laboratory").filter(order_id=found.id).first()


def _samples(by: Actor) -> QuerySet[Sample]:
    rows = Sample.objects.select_related("laboratory")
    if by.is_authority and by.has("inspector", "controller", "certifier"):
        return rows
    if by.has("analyst"):
        return rows.filter(laboratory_id=by.organisation_id)
    raise Forbidden


def samples(by: Actor) -> list[Sample]:
    """A laboratory's own samples, oldest first; officers see all."""
    return list(_samples(by).order_by("drawn_at")[:500])


def sample(by: Actor, number: str) -> Sample:
    """One sample, for its laboratory and the authority. Raises Forbidden, NotFound."""
    found = _samples(by).filter(number=number).first()
    if found is None:
        raise NotFound
    return found


def results(found: Sample) -> dict[str, Result]:
    """What was entered, by analyte."""
    return {r.analyte: r for r in Result.objects.filter(sample=found.number)}


def found_text(operator: str, value: Decimal, unit: str, analyte: str = "") -> str | W:
    """A value as people read it: ``< 5 mg/kg``, ``3-4``; a count in a portion (unit ``in 25 g``) in both languages."""
    sign = "< " if operator == "<" else ""
    shown = f"{sign}{rules.show_number(value, rules.scale_of(analyte, unit))}"
    portion = unit.removeprefix("in ")
    if portion == unit:
        return shown if unit in {"", "1"} else f"{shown} {unit}"
    if operator == "=" and value == 0:
        return W(f"not found in {portion}", f"{portion} 中未检出")
    return W(f"{shown} in {portion}", f"{portion} 中检出 {shown}")


def checks_of(subject: str) -> list[dict[str, Any]]:
    """What laboratories found in the goods of a line, from signed reports only; public.

    Each row: test (W), found (text with unit), limit (W), unit, within (bool), laboratory (W), date, standard, method,
    sample (number).
    """
    rows = []
    for one in Sample.objects.select_related("laboratory").filter(subject=subject, state="reported").order_by("number"):
        entered = results(one)
        for test in packs.panel_of(one):
            result = entered[test.analyte]
            rows.append(
                {
                    "test": test.name,
                    "found": found_text(result.operator, result.value, result.unit, result.analyte),
                    "limit": test.limit_text,
                    "unit": result.unit,
                    "within": result.verdict in {"within", "stated"},
                    "laboratory": W(one.laboratory.name_en, one.laboratory.name_zh),
                    "date": one.reported_at,
                    "standard": test.standard,
                    "method": test.method,
                    "sample": one.number,
                }
            )
    return rows


def on_site_checks_of(subject: str) -> list[dict[str, Any]]:
    """What officers checked at the goods of a line, from concluded inspections only; public.

    Each row: test (W), found (W), within (bool), date, standard, opened (packages opened), population.
    """
    rows = []
    for one in Order.objects.filter(subject=subject, state="concluded").order_by("number"):
        given = answers(one)
        for item in packs.items_of(one):
            if item.code not in given:
                continue
            answer = given[item.code]
            text = W("Conforms", "符合") if answer.verdict == "conforms" else W("Does not conform", "不符合")
            if answer.judged is not None:
                shown = found_text("=", answer.judged, item.unit)
                text = shown if isinstance(shown, W) else W(shown, shown)
            rows.append(
                {
                    "test": item.question,
                    "found": text,
                    "within": answer.verdict == "conforms",
                    "date": one.concluded_at,
                    "standard": item.standard,
                    "opened": one.open_units,
                    "population": one.population,
                }
            )
    return rows


def counts(at: datetime | None = None) -> dict[str, Any]:
    """Numbers for the control room: waiting, taken, held, overdue, oldest_waiting_at, samples drawn and received."""
    open_ = Q(state__in=["waiting", "taken"])
    numbers = Order.objects.aggregate(
        waiting=Count("id", filter=Q(state="waiting")),
        taken=Count("id", filter=Q(state="taken")),
        held=Count("id", filter=Q(state="held")),
        overdue=Count("id", filter=open_ & Q(due_at__lt=at or now())),
        oldest_waiting_at=Min("created_at", filter=Q(state="waiting")),
    )
    numbers |= Sample.objects.aggregate(
        samples_drawn=Count("number", filter=Q(state="drawn")),
        samples_received=Count("number", filter=Q(state="received")),
    )
    return numbers


def outcome_words(found: Order) -> W | None:
    return OUTCOMES.get(found.outcome)
