"""How an inspection ends: a conclusion from the facts, or a hold with a reason."""

import uuid
from typing import Any

from django.db import transaction

from guomen.inspection import packs, rules
from guomen.inspection.models import Answer, Order, Photo, Sample
from guomen.inspection.services.locks import locked_order, order_in_hand, sealed_note
from guomen.inspection.services.ordering import subjects
from guomen.inspection.words import HOLD_REASONS
from guomen.kit.clock import now
from guomen.kit.errors import Invalid, Problem
from guomen.kit.words import W
from guomen.ledger.services import append
from guomen.parties.actors import Actor
from guomen.parties.models import Person


def found_in(order: Order) -> dict[str, rules.Found]:
    """What is known so far, by item."""
    photos: dict[str, int] = {}
    for item in Photo.objects.filter(order_id=order.id).values_list("item", flat=True):
        photos[item] = photos.get(item, 0) + 1
    answers = {a.item: a for a in Answer.objects.filter(order_id=order.id)}
    return {
        item: rules.Found(
            answers[item].choice if item in answers else "",
            answers[item].verdict if item in answers else "",
            bool(item in answers and answers[item].note),
            photos.get(item, 0),
        )
        for item in answers.keys() | photos.keys()
    }


def proposal(order: Order) -> rules.Conclusion:
    """What the rules would conclude now. Changes nothing."""
    drawn = Sample.objects.filter(order_id=order.id).first()
    fast = drawn.fast if drawn is not None and order.fast else ""
    return rules.propose(packs.items_of(order), found_in(order), sample_drawn=drawn is not None, fast=fast)


@transaction.atomic
def conclude(by: Actor, order_id: uuid.UUID | str) -> rules.Conclusion:
    """Conclude by the rules; this does not release the goods. While something is missing nothing is written.

    Concluding again returns the conclusion that was made. Raises Refused when the order is not in this officer's hands.
    """
    order = locked_order(by, order_id)
    if order.state == "concluded":
        return rules.Conclusion(order.outcome, [], order.outcome_reasons)
    order = order_in_hand(by, order_id)
    conclusion = proposal(order)
    if conclusion.state == "incomplete":
        return conclusion
    order.state, order.outcome, order.concluded_at = "concluded", conclusion.state, now()
    order.outcome_reasons = conclusion.reasons
    order.save()
    append("inspection.concluded", subjects(order), _facts(order), by, happened_at=order.concluded_at)
    return conclusion


def _facts(order: Order) -> dict[str, Any]:
    """Everything the conclusion rests on."""
    answers = Answer.objects.filter(order_id=order.id).order_by("item")
    return {
        "order": order.id,
        "number": order.number,
        "outcome": order.outcome,
        "reasons": order.outcome_reasons,
        "rule_pack": order.rule_pack,
        "checklist": order.checklist,
        "checklist_hash": order.checklist_hash,
        "second_officer": order.second_officer_id,
        "answers": {a.item: {"verdict": a.verdict, "judged": a.judged, "unit": a.unit} for a in answers},
        "photos": sorted(Photo.objects.filter(order_id=order.id).values_list("sha256", flat=True).distinct()),
        "samples": sorted(Sample.objects.filter(order_id=order.id).values_list("number", flat=True)),
        "place": order.place,
    }


@transaction.atomic
def hold(by: Actor, order_id: uuid.UUID | str, reason_code: str, note: str = "") -> Order:
    """End the inspection by holding the goods, for one of ``words.HOLD_REASONS``. Holding again changes nothing."""
    note, problems = note.strip()[:2000], []
    if reason_code not in HOLD_REASONS:
        problems.append(Problem("reason", "unknown-reason", W("Choose why the goods are held.", "请选择暂扣原因。")))
    if reason_code == "HOLD-OTHER" and not note:
        problems.append(Problem("note", "missing", W("Say why, in a sentence.", "请用一句话说明原因。")))
    order = locked_order(by, order_id)
    if order.state == "held" and order.officer_id == by.person_id:
        return order
    order = order_in_hand(by, order_id)
    if problems:
        raise Invalid(problems)
    order.note_salt, commitment = sealed_note(note)
    order.state, order.outcome, order.note, order.concluded_at = "held", "hold", note, now()
    order.outcome_reasons = [reason_code]
    order.save()
    facts = {"order": order.id, "number": order.number, "reasons": [reason_code], "note": commitment}
    facts |= {"rule_pack": order.rule_pack, "place": order.place}
    append("inspection.held", subjects(order), facts, by, happened_at=order.concluded_at)
    return order


@transaction.atomic
def accompany(by: Actor, order_id: uuid.UUID | str, email: str) -> Order:
    """Name the second officer at the goods, an inspector other than the first; an empty address names nobody."""
    order, email = order_in_hand(by, order_id), email.strip().lower()
    second = None
    if email:
        second = Person.objects.filter(
            email=email, roles__contains=["inspector"], organisation__kind="authority", is_active=True
        ).first()
        if second is None or second.id == by.person_id or second.id in order.not_for:
            words = W("This is not the address of a colleague who inspects.", "该邮箱不属于其他查验员。")
            raise Invalid([Problem("second", "not-a-colleague", words)])
    if order.second_officer_id == (second.id if second else None):
        return order
    order.second_officer_id = second.id if second else None
    order.save()
    append(
        "inspection.accompanied", subjects(order), {"order": order.id, "second_officer": order.second_officer_id}, by
    )
    return order
