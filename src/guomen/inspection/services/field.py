"""What the officer does at the goods: take the task, record what is found, take photos, draw the sample."""

import uuid
from contextlib import suppress
from decimal import Decimal
from typing import Any

from django.db import transaction

from guomen.catalogue.packs import current
from guomen.inspection import packs, rules
from guomen.inspection.models import Answer, Order, Photo, Sample
from guomen.inspection.queries import inspectors
from guomen.inspection.services.locks import (
    locked_order,
    measure_problem,
    order_in_hand,
    require_inspector,
    sealed_note,
)
from guomen.inspection.services.ordering import subjects
from guomen.kit import blobs
from guomen.kit.clock import now
from guomen.kit.errors import Invalid, NotFound, Problem, Refused
from guomen.kit.ids import Subject
from guomen.kit.pictures import image_kind
from guomen.kit.sql import next_number
from guomen.kit.words import W
from guomen.ledger.services import append
from guomen.parties.actors import Actor
from guomen.parties.models import Organisation

CHOICES = ("conforms", "does-not", "not-done")
MAX_PHOTO = 8 * 1024 * 1024
MAX_PHOTOS = 24


@transaction.atomic
def take(by: Actor, order_id: uuid.UUID | str) -> Order:
    """Take a waiting task, or take it over from a colleague. Taking one's own task again changes nothing."""
    order = locked_order(by, order_id)
    if order.state in {"concluded", "held", "cancelled"}:
        raise Refused(W("This inspection has ended.", "该查验已结束。"), code="inspection-ended")
    if by.person_id in order.not_for:
        words = W(
            "You inspected these goods the first time: a colleague does it now.",
            "您已参与初次查验，复验须由其他人员办理。",
        )
        raise Refused(words, code="inspected-before")
    if order.state == "taken" and order.officer_id == by.person_id:
        return order
    facts = {"order": order.id, "number": order.number, "from": order.officer_id}
    order.state, order.officer_id, order.taken_at = "taken", by.person_id, now()
    if order.second_officer_id == by.person_id:
        order.second_officer_id = None
    order.save()
    append("inspection.taken", subjects(order), facts, by)
    return order


@transaction.atomic
def give(by: Actor, order_id: uuid.UUID | str, email: str) -> Order:
    """Give a task to an inspector, waiting or in other hands. Controllers; the same again changes nothing.

    Raises NotFound, Invalid for who does not inspect here or may not inspect these goods, Refused when it has ended.
    """
    by.require_officer("controller")
    order = Order.objects.select_for_update().filter(id=order_id).first()
    if order is None:
        raise NotFound
    if order.state not in ("waiting", "taken"):
        raise Refused(W("This inspection has ended.", "该查验已结束。"), code="inspection-ended")
    who = inspectors().filter(email=email.strip().lower()).first()
    if who is None or who.id in order.not_for:
        words = W("Choose an inspector who may inspect these goods.", "请选择可查验该货物的查验员。")
        raise Invalid([Problem("inspector", "not-a-colleague", words)])
    if order.state == "taken" and order.officer_id == who.id:
        return order
    facts = {"order": order.id, "number": order.number, "from": order.officer_id, "to": who.id}
    order.state, order.officer_id, order.taken_at = "taken", who.id, now()
    if order.second_officer_id == who.id:
        order.second_officer_id = None
    order.save()
    append("inspection.given", subjects(order), facts, by)
    return order


@transaction.atomic
def look_in_parts(by: Actor, order_id: uuid.UUID | str) -> Order:
    """Take the task and look at the goods part by part while they are unloaded. Called by release; again: nothing."""
    order = take(by, order_id)
    if not order.in_parts:
        order.in_parts = True
        order.save(update_fields=["in_parts"])
    return order


@transaction.atomic
def answer(
    by: Actor,
    order_id: uuid.UUID | str,
    item: str,
    choice: str,
    value: Decimal | str | None = None,
    unit: str | None = None,
    note: str = "",
    background: Decimal | str | None = None,
) -> rules.Judgement | None:
    """Record what was found for one item; recording the same again changes nothing.

    ``choice`` is conforms, does-not or not-done. A measured item takes ``value`` in ``unit`` instead and, when its
    limit is a dose rate above the natural background, the ``background`` in the same unit. Returns how the measurement
    was judged. Raises Invalid for a wrong unit or an unknown choice, Refused when the officer may not write now.
    """
    order = order_in_hand(by, order_id)
    asked = packs.item_of(order, item)
    new, judgement = _found(asked, choice, value, unit, background)
    new["note"] = note.strip()[:2000]
    old = Answer.objects.filter(order_id=order.id, item=item).first()
    if old and all(getattr(old, k) == v for k, v in new.items()):
        return judgement
    salt, commitment = sealed_note(new["note"])
    Answer.objects.update_or_create(
        order_id=order.id,
        item=item,
        defaults=new | {"note_salt": salt, "answered_by": by.person_id, "answered_at": now()},
    )
    facts = {k: v for k, v in new.items() if k != "note" and v not in {None, ""}} | {
        "order": order.id,
        "item": item,
        "photos": _photos(order, item),
        "limit": {"low": asked.low, "high": asked.high, "unit": asked.unit, "standard": asked.standard},
        "rule_pack": order.rule_pack,
    }
    append("inspection.answered", subjects(order), facts | ({"note": commitment} if commitment else {}), by)
    return judgement


def _found(
    item: Any, choice: str, value: Decimal | str | None, unit: str | None, background: Decimal | str | None
) -> tuple[dict[str, Any], rules.Judgement | None]:
    """The columns of an answer, and the judgement of a measurement."""
    empty = {"value": None, "unit": "", "background": None, "judged": None}
    if item.kind == "sample":
        raise Refused(W("Draw the sample to answer this check.", "请抽样以完成此项。"), code="draw-sample")
    if item.kind != "measure" or choice == "not-done":
        if choice not in CHOICES:
            raise Invalid([Problem(item.code, "unknown-choice", W("Choose one of the answers.", "请选择一个答案。"))])
        verdict = {"conforms": "conforms", "does-not": "fails", "not-done": "open"}[choice]
        return empty | {"choice": choice, "verdict": verdict}, None
    try:
        reading = rules.Reading(
            _number(value, item.unit), unit or "", background=_number(background, "", optional=True)
        )
        judgement = rules.judge(item, reading)
    except rules.MeasureError as error:
        raise measure_problem(item.code, error.code, error.values) from None
    return {
        "choice": "conforms" if judgement.conforms else "does-not",
        "verdict": "conforms" if judgement.conforms else "fails",
        "value": reading.value,
        "unit": reading.unit,
        "background": reading.background if rules.needs_background(item) else None,
        "judged": judgement.value,
    }, judgement


def _number(given: Decimal | str | None, unit: str, optional: bool = False) -> Decimal | None:
    text = "" if given is None else str(given)
    if not text.strip():
        if optional:
            return None
        raise rules.MeasureError("missing")
    return rules.read_number(text, unit)


def _photos(order: Order, item: str) -> list[str]:
    return sorted(Photo.objects.filter(order_id=order.id, item=item).values_list("sha256", flat=True))


@transaction.atomic
def add_photo(by: Actor, order_id: uuid.UUID | str, item: str, content: bytes) -> str:
    """Keep a photo of one item and write its SHA-256 to the ledger at once. JPEG, PNG or WebP, at most 8 MB."""
    order = order_in_hand(by, order_id)
    packs.item_of(order, item)
    if len(content) > MAX_PHOTO:
        raise Invalid([Problem(item, "photo-too-large", W("The photo is larger than 8 MB.", "照片超过 8 MB。"))])
    kind = image_kind(content)
    if not kind:
        words = W("This file is not a photo (JPEG, PNG or WebP).", "该文件不是照片（JPEG、PNG 或 WebP）。")
        raise Invalid([Problem(item, "not-an-image", words)])
    digest = blobs.put(content)
    if Photo.objects.filter(order_id=order.id, sha256=digest, item=item).exists():
        return digest
    if Photo.objects.filter(order_id=order.id).count() >= MAX_PHOTOS:
        raise Refused(W("This task has its 24 photos.", "该任务已有 24 张照片。"), code="photos-full")
    photo = Photo.objects.create(order_id=order.id, sha256=digest, item=item, taken_by=by.person_id)
    facts = {"order": order.id, "item": item, "sha256": digest, "bytes": len(content), "format": kind}
    append("inspection.photographed", subjects(order), facts, by, happened_at=photo.taken_at)
    return digest


@transaction.atomic
def draw_sample(
    by: Actor,
    order_id: uuid.UUID | str,
    *,
    laboratory_code: str,
    quantity: Decimal | str,
    unit: str,
    seal_number: str,
) -> Sample:
    """Draw the order's one sample, seal it and address it to a laboratory. Drawing the same again changes nothing."""
    require_inspector(by)
    order = order_in_hand(by, order_id)
    seal, unit = seal_number.strip().upper()[:40], unit.strip()[:20]
    laboratory = Organisation.objects.filter(kind="laboratory", code=laboratory_code).first()
    amount = _sample_problems(laboratory, quantity, unit, seal)
    drawn = Sample.objects.filter(order_id=order.id).first()
    if drawn and (drawn.seal_number, drawn.laboratory_id) == (seal, laboratory.id):
        return drawn
    if drawn:
        words = W("A sample of these goods was already drawn: {number}.", "该货物已抽样：{number}。")
        raise Refused(words, code="already-drawn", number=drawn.number)
    if laboratory.id in order.not_at:
        words = W(
            "This laboratory tested the goods the first time: choose another one.",
            "该实验室已承担初次检测，复验须委托其他实验室。",
        )
        raise Invalid([Problem("laboratory", "tested-before", words)])
    if not order.wants_sample:
        raise Refused(W("No sample is ordered for these goods.", "该货物无需抽样。"), code="no-sample-ordered")
    where = {"order_id": order.id, "subject": order.subject, "goods": order.goods, "panel": order.panel}
    sample = _sealed(by, laboratory, amount, unit, seal, order.rule_pack, **where)
    facts = {"order": order.id, "sample": sample.number, "seal": seal, "quantity": amount, "unit": unit}
    facts |= {"panel": order.panel, "laboratory": laboratory.id}
    about = [*subjects(order), Subject.of("sample", sample.number)]
    append("sample.drawn", about, facts, by, happened_at=sample.drawn_at)
    return sample


@transaction.atomic
def test_fast(by: Actor, order_id: uuid.UUID | str, outcome: str, method: str) -> Sample:
    """Write down what a fast test of the drawn sample found: negative or positive, and by which method.

    A positive one stays: the laboratory confirms it. The same again changes nothing. Raises Invalid naming each field,
    Refused without a sample, or where no fast test lets such goods go.
    """
    order = order_in_hand(by, order_id)
    drawn = Sample.objects.select_for_update().filter(order_id=order.id).first()
    if drawn is None or not order.fast:
        words = W("No fast test decides about these goods.", "该货物不适用快速检测放行。")
        raise Refused(words, code="no-fast-test")
    problems, method = [], " ".join(method.split())
    if outcome not in ("negative", "positive"):
        problems.append(Problem("fast", "unknown-choice", W("Choose one of the answers.", "请选择一个答案。")))
    if not 0 < len(method) <= 100 or not method.isprintable():
        words = W("Name the method, as on the kit.", "请填写检测方法（按试剂盒标示）。")
        problems.append(Problem("fast_method", "missing", words))
    if problems:
        raise Invalid(problems)
    if (drawn.fast, drawn.fast_method) == (outcome, method):
        return drawn
    if drawn.fast == "positive":
        words = W("A positive fast test is confirmed by the laboratory.", "快检阳性须经实验室确证。")
        raise Refused(words, code="fast-positive")
    drawn.fast, drawn.fast_method = outcome, method
    drawn.save(update_fields=["fast", "fast_method"])
    facts = {"order": order.id, "sample": drawn.number, "outcome": outcome, "method": method}
    append("sample.tested", [*subjects(order), Subject.of("sample", drawn.number)], facts, by)
    return drawn


@transaction.atomic
def draw_outside(
    by: Actor,
    *,
    subject: str,
    goods: W,
    panel: str,
    laboratory_code: str,
    quantity: Decimal | str,
    unit: str,
    seal_number: str,
) -> Sample:
    """Seal a sample that no inspection of declared goods ordered, and address it to a laboratory. Raises Invalid."""
    require_inspector(by)
    seal, unit = seal_number.strip().upper()[:40], unit.strip()[:20]
    laboratory = Organisation.objects.filter(kind="laboratory", code=laboratory_code).first()
    amount = _sample_problems(laboratory, quantity, unit, seal)
    where = {"order_id": uuid.uuid5(uuid.NAMESPACE_URL, subject), "subject": subject, "goods": goods, "panel": panel}
    sample = _sealed(by, laboratory, amount, unit, seal, current().version, **where)
    facts = {"sample": sample.number, "seal": seal, "quantity": amount, "unit": unit, "panel": panel}
    about = [subject, Subject.of("sample", sample.number)]
    append("sample.drawn", about, facts | {"laboratory": laboratory.id}, by, happened_at=sample.drawn_at)
    return sample


def _sealed(
    by: Actor, laboratory: Organisation, amount: Decimal, unit: str, seal: str, rule_pack: str, **where: Any
) -> Sample:
    at, goods = now(), where.pop("goods")
    return Sample.objects.create(
        number=f"S{at:%Y}{next_number('inspection_sample_number'):06d}",
        goods_en=goods.en,
        goods_zh=goods.zh,
        seal_number=seal,
        quantity=amount,
        unit=unit,
        rule_pack=rule_pack,
        laboratory=laboratory,
        drawn_by=by.person_id,
        drawn_at=at,
        **where,
    )


def _sample_problems(laboratory: Organisation | None, quantity: Decimal | str, unit: str, seal: str) -> Decimal:
    """The quantity as a number. Raises Invalid naming every field that is wrong."""
    problems, amount = [], Decimal(0)
    if laboratory is None:
        problems.append(Problem("laboratory", "unknown-laboratory", W("Choose a laboratory.", "请选择实验室。")))
    with suppress(rules.MeasureError):
        amount = rules.read_number(str(quantity))
    if amount <= 0:
        problems.append(Problem("quantity", "not-positive", W("Enter how much was drawn.", "请填写抽样数量。")))
    if not unit:
        problems.append(Problem("unit", "missing", W("Choose the unit.", "请选择单位。")))
    if not seal:
        problems.append(Problem("seal_number", "missing", W("Enter the seal on the sample.", "请填写样品封识号。")))
    if problems:
        raise Invalid(problems)
    return amount
