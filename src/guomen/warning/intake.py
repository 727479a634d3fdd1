"""Take signals in and add them up."""

import secrets
import uuid
from datetime import timedelta
from functools import partial

from django.db import transaction

from guomen.catalogue import codes
from guomen.core.gs1 import GS1Error, gtin14, parse_digital_link
from guomen.kit import blobs
from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, Invalid, NotFound, Problem
from guomen.kit.ids import Subject, uuid7
from guomen.kit.sql import next_number
from guomen.kit.words import W
from guomen.ledger.services import append
from guomen.parties.actors import Actor
from guomen.warning import rules
from guomen.warning.about import alert_subjects, batch_uri, fixed_id, product_uri, salted
from guomen.warning.models import Alert, Signal, Told
from guomen.warning.words import SOURCES

OPEN_TO_ALL = {"injury", "complaint"}


def _identity(gtin: str, batch: str, item: str, problems: list[Problem]) -> tuple[str, str]:
    """Product and batch, read from the item's own link where they are not given."""
    if item and not (gtin and batch):
        try:
            link = parse_digital_link(item)
        except GS1Error:
            problems.append(
                Problem("item", "not-a-link", W("This is not the address of an item.", "这不是有效的商品地址。"))
            )
        else:
            gtin, batch = gtin or link.get("01") or "", batch or link.get("10") or ""
    if gtin:
        try:
            gtin = gtin14(gtin)
        except ValueError:
            problems.append(Problem("gtin", "check-digit", W("This product number is not valid.", "商品条码无效。")))
    return gtin, batch


def _may_report(by: Actor, source: str) -> bool:
    if source in OPEN_TO_ALL or by.via == "system" or by.is_authority:
        return True
    partner = by.organisation is not None and by.organisation.kind == "partner"
    laboratory = by.organisation is not None and by.organisation.kind == "laboratory"
    return (partner and source in {"authority", "recall-abroad"}) or (laboratory and source == "laboratory")


@transaction.atomic
def report(
    by: Actor,
    *,
    source: str,
    gtin: str,
    batch: str = "",
    item: str = "",
    hazard: str,
    severity: int = 0,
    text: str = "",
    reporter_hash: str = "",
    place: str = "",
    photo: str = "",
    contact: str = "",
    key: str = "",
) -> Signal:
    """File a signal; the public may report injuries and complaints.

    ``severity`` 1 to 4 as in the risk matrix, 0 unknown. ``text``, ``contact`` and ``place`` can be erased later: the
    ledger holds a salted commitment to them. The same ``key`` (or the same reporter saying the same) is one signal.
    Raises Invalid naming each wrong field, Forbidden when this source is not open to ``by``.
    """
    problems: list[Problem] = []
    if source not in SOURCES:
        problems.append(Problem("source", "unknown", W("Choose a source from the list.", "请从列表中选择来源。")))
    gtin, batch = _identity(gtin, batch, item, problems)
    if not gtin and by.via != "system":
        problems.append(Problem("gtin", "missing", W("Say which product this is about.", "请说明涉及哪种商品。")))
    if hazard not in codes.table("hazard"):
        problems.append(Problem("hazard", "unknown", W("Choose the danger from the list.", "请从列表中选择危险类型。")))
    if severity not in range(5):
        problems.append(Problem("severity", "unknown", W("Choose how bad it was.", "请选择严重程度。")))
    if problems:
        raise Invalid(problems)
    if not _may_report(by, source):
        raise Forbidden
    if not key and reporter_hash:
        key = salted(reporter_hash, source, gtin, batch, item, hazard, text)
    id = fixed_id("signal", key) if key else uuid7()
    salt = secrets.token_hex(16)
    signal, is_new = Signal.objects.get_or_create(
        id=id,
        defaults={
            "source": source,
            "gtin": gtin,
            "batch": batch,
            "item": item,
            "hazard": hazard,
            "severity": severity,
            "reporter": reporter_hash or salted(str(by.organisation_id or id)),
            "commitment": salted(salt, text, contact, place, photo),
        },
    )
    if not is_new:
        return signal
    Told.objects.create(signal_id=id, salt=salt, text=text, contact=contact, place=place, photo=photo)
    subjects = [Subject.of("signal", id)]
    subjects += [product_uri(gtin)] if gtin else []
    subjects += [batch_uri(gtin, batch)] if gtin and batch else []
    subjects += [item] if item else []
    facts = {
        "signal": id,
        "source": source,
        "gtin": gtin,
        "batch": batch,
        "hazard": hazard,
        "severity": severity,
        "commitment": signal.commitment,
    }
    append("signal.received", subjects, facts, by)
    return signal


@transaction.atomic
def erase(by: Actor, signal_id: uuid.UUID) -> None:
    """Erase what a reporter wrote, their photo and how to reach them. The signal still counts; the ledger stays."""
    by.require("controller")
    if not Signal.objects.filter(id=signal_id).exists():
        raise NotFound
    photos = list(Told.objects.filter(signal_id=signal_id).values_list("photo", flat=True))
    if Told.objects.filter(signal_id=signal_id).delete()[0]:
        append("signal.erased", [Subject.of("signal", signal_id)], {"signal": signal_id}, by)
    for photo in filter(None, photos):
        if not Told.objects.filter(photo=photo).exists():
            transaction.on_commit(partial(blobs.drop, photo))


@transaction.atomic
def withdraw(by: Actor, signal_id: uuid.UUID) -> None:
    """A signal was a false alarm: it weighs nothing any more. Nothing happens to one that there is not.

    Called by the follower of what made the signal; it has no door of its own.
    """
    signal = Signal.objects.filter(id=signal_id).first()
    if signal and Signal.objects.filter(id=signal_id, withdrawn_at=None).update(withdrawn_at=now()):
        subjects = [Subject.of("signal", signal_id)] + ([product_uri(signal.gtin)] if signal.gtin else [])
        append("signal.withdrawn", subjects, {"signal": signal_id}, by)


@transaction.atomic
def weigh(by: Actor, signal: Signal) -> Alert | None:
    """Add up the signals about this product and hazard: open an alert, raise it, or leave things as they are.

    Called by the follower of ``signal.received``, whose cursor lock makes it run once per signal and one at a time.
    """
    if not signal.gtin or signal.alert or signal.withdrawn_at:
        return None
    alert = (
        Alert.objects.select_for_update()
        .filter(gtin=signal.gtin, hazard=signal.hazard)
        .exclude(state="lifted")
        .order_by("opened_at")
        .first()
    )
    closed = list(Alert.objects.filter(gtin=signal.gtin, state="lifted").values_list("number", flat=True))
    live = Signal.objects.filter(gtin=signal.gtin, hazard=signal.hazard, withdrawn_at=None).exclude(alert__in=closed)
    found = rules.strength(live.values_list("source", "received_at", "reporter"), now())
    if found.level is None and alert is None:
        return None
    batches = sorted(set(live.exclude(batch="").values_list("batch", flat=True)))
    kind = ""
    if alert is None:
        kind, alert = "alert.opened", Alert(gtin=signal.gtin, hazard=signal.hazard)
        alert.number = f"W{now():%Y}-{next_number('warning_alert_number'):05d}"
        alert.signal_level = alert.level = found.level.value
        alert.review_on = (now() + timedelta(days=rules.REVIEW_DAYS[alert.level])).date()
    elif found.level and rules.higher(found.level.value, than=alert.signal_level):
        kind, alert.signal_level = "alert.raised", found.level.value
        if rules.higher(found.level.value, than=alert.level):
            alert.level = found.level.value
            alert.review_on = (now() + timedelta(days=rules.REVIEW_DAYS[alert.level])).date()
    alert.score, alert.rule, alert.batches = found.score, found.rule, batches
    alert.reasons = [
        {
            "code": r.code.value,
            "count": r.count,
            "points": format(r.points, "f"),
            "source": (r.source.value if r.source else "").replace("_", "-"),
            "level": r.level.value if r.level else "",
        }
        for r in found.reasons
    ]
    alert.save()
    live.update(alert=alert.number)
    if kind:
        facts = {
            "alert": alert.number,
            "gtin": alert.gtin,
            "batches": batches,
            "hazard": alert.hazard,
            "level": alert.signal_level,
            "score": alert.score,
            "signals": sum(r.count for r in found.reasons if r.code == "counted"),
            "rule": alert.rule,
        }
        append(kind, alert_subjects(alert), facts, by)
    return alert
