"""Take goods back: order a recall, tell the holders, hear from them."""

import uuid
from collections.abc import Sequence

from django.db import transaction

from guomen.catalogue.queries import product
from guomen.kit.clock import now
from guomen.kit.errors import Invalid, NotFound, Problem, Refused
from guomen.kit.ids import Subject
from guomen.kit.sql import next_number
from guomen.kit.words import W
from guomen.ledger.services import Draft, append, append_many
from guomen.parties.actors import Actor
from guomen.risk.services import impose_measure, lift_measure
from guomen.tags.services import recall as stop_items
from guomen.warning import holders
from guomen.warning.about import batch_uri, fixed_id, locked, product_uri
from guomen.warning.models import Alert, Notice, Recall

REASON_CODE = "RECALL"


def recall_subjects(recall: Recall) -> list[str]:
    """What ledger entries about a recall are about: the recall, its product, its batches."""
    batches = [batch_uri(recall.gtin, b) for b in recall.batches]
    return [Subject.of("recall", recall.number), product_uri(recall.gtin), *batches]


def _checked(batches: Sequence[str] | None, reason: W, advice: Sequence[W]) -> list[str]:
    problems = []
    if not (reason.en.strip() and reason.zh.strip()):
        words = W("Give the reason in English and in Chinese.", "请用中英文写明召回原因。")
        problems.append(Problem("reason", "missing", words))
    if not advice or any(not (a.en.strip() and a.zh.strip()) for a in advice):
        words = W(
            "Tell people what to do, each step in English and in Chinese.", "请用中英文逐步写明消费者应如何处理。"
        )
        problems.append(Problem("advice", "missing", words))
    if problems:
        raise Invalid(problems)
    return sorted({b.strip() for b in batches or [] if b.strip()})


@transaction.atomic
def order_recall(by: Actor, alert: str, *, batches: Sequence[str] | None, reason: W, advice: Sequence[W]) -> Recall:
    """Recall ``batches`` (none: the whole product) of the product of an assessed alert.

    In the same transaction the items' pages stop them, the next declarations are held, and every known holder gets a
    notice. Raises Refused before an assessment, Invalid without a reason or advice in both languages.
    """
    row = locked(by, alert)
    if row.state == "open":
        raise Refused(
            W("Assess the risk before you order a recall.", "请先完成风险评估，再下达召回令。"), code="not-assessed"
        )
    chosen = _checked(batches, reason, advice)
    recall = Recall(
        number=f"R{now():%Y}-{next_number('warning_recall_number'):05d}",
        alert=row.number,
        gtin=row.gtin,
        batches=chosen,
        reason={"en": reason.en, "zh": reason.zh},
        advice=[{"en": a.en, "zh": a.zh} for a in advice],
        hazard=row.hazard,
        level=row.level,
        ordered_by=by.organisation,
    )
    subject = Subject.of("recall", recall.number)
    recall.measures = [
        str(
            impose_measure(
                by, effect="hold", reason_code=REASON_CODE, source=subject, gtin=row.gtin, batch=b, level=row.level
            ).id
        )
        for b in chosen or [""]
    ]
    recall.save(force_insert=True)
    row.state = "measures"
    row.save(update_fields=["state"])
    stop_items(by, gtin=row.gtin, batches=chosen or None, recall=recall.number)
    found, countries = holders.find(row.gtin, chosen)
    known = product(row.gtin)
    facts = {
        "recall": recall.number,
        "alert": row.number,
        "gtin": row.gtin,
        "product": W(known.name_en, known.name_zh) if known else W(row.gtin, row.gtin),
        "batches": chosen,
        "hazard": row.hazard,
        "level": row.level,
        "reason_code": REASON_CODE,
        "reason": reason,
        "advice": list(advice),
        "measures": recall.measures,
        "holders": len(found),
        "maker_country": known.maker_country if known else "",
        "departure_countries": sorted(countries),
    }
    append("recall.ordered", [*recall_subjects(recall), Subject.of("alert", row.number)], facts, by)
    _notify(by, recall, found)
    return recall


def _notify(by: Actor, recall: Recall, found: list[holders.Holding]) -> None:
    notices = [
        Notice(
            id=fixed_id("notice", recall.number, str(h.organisation.id)),
            recall=recall.number,
            organisation=h.organisation,
            why=h.why(),
        )
        for h in found
    ]
    Notice.objects.bulk_create(notices)
    append_many(
        [
            Draft(
                "notice.sent",
                [*recall_subjects(recall), Subject.of("notice", n.id), Subject.of("party", n.organisation_id)],
                {"notice": n.id, "recall": recall.number, "organisation": n.organisation_id, "why": n.why},
            )
            for n in notices
        ],
        by,
    )


@transaction.atomic
def acknowledge(by: Actor, notice_id: uuid.UUID | str, units_recovered: int | None = None) -> Notice:
    """A holder confirms its notice and, then or later, how many units it has taken back.

    NotFound for another organisation's notice. Repeating the same answer changes nothing.
    """
    notice = Notice.objects.select_for_update().filter(id=notice_id).first()
    if notice is None or by.organisation_id is None or notice.organisation_id != by.organisation_id:
        raise NotFound
    if units_recovered is not None and units_recovered < 0:
        words = W("Give a whole number, zero or more.", "请填写不小于零的整数。")
        raise Invalid([Problem("units_recovered", "negative", words)])
    if notice.acknowledged_at and units_recovered in (None, notice.units_recovered):
        return notice
    notice.acknowledged_at = notice.acknowledged_at or now()
    notice.units_recovered = units_recovered if units_recovered is not None else notice.units_recovered
    notice.save(update_fields=["acknowledged_at", "units_recovered"])
    recall = Recall.objects.get(number=notice.recall)
    facts = {"notice": notice.id, "recall": notice.recall, "units_recovered": notice.units_recovered}
    subjects = [*recall_subjects(recall), Subject.of("notice", notice.id)]
    append("recall.acknowledged", subjects, facts, by)
    return notice


def complete(by: Actor, alert: Alert) -> list[str]:
    """End the recalls of an alert and the measures that they imposed; returns their numbers."""
    ended = []
    for recall in Recall.objects.select_for_update().filter(alert=alert.number, state="in-force"):
        for measure in recall.measures:
            lift_measure(by, uuid.UUID(measure))
        recall.state = "completed"
        recall.save(update_fields=["state"])
        ended.append(recall.number)
    return ended
