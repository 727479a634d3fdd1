"""Models that rank lots: trained by the clock or a person, put into use by two, taken out of use by one."""

from uuid import UUID

from django.db import transaction

from guomen.catalogue import packs
from guomen.kit import blobs
from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, NotFound, Refused
from guomen.kit.ids import Subject
from guomen.kit.words import W
from guomen.ledger.services import append
from guomen.parties.actors import SYSTEM, Actor
from guomen.risk import learning
from guomen.risk.models import ModelCard
from guomen.risk.selecting import analysis

NO_EXTRA = W(
    "This installation lacks the extra for analysis: records alone rank. Install guomen[analysis].",
    "本系统未安装 analysis 扩展，仅按历史记录排序。请安装 guomen[analysis]。",
)
TOO_LITTLE = W(
    "Too little is known to train a model: it takes at least twelve failed lots, and three among the newest quarter.",
    "可学习的数据不足：至少需要十二批不合格，且最近四分之一中不少于三批。",
)
SAME_PERSON = W("A second person must put it into use: not the one who proposed it.", "须由提请人以外的另一人启用。")


def _controls(by: Actor) -> None:
    if by != SYSTEM and not (by.is_authority and by.has("controller") and by.person_id):
        raise Forbidden


def _locked(id: UUID | str) -> ModelCard:
    row = ModelCard.objects.select_for_update().filter(id=id).first()
    if row is None:
        raise NotFound
    return row


def _facts(row: ModelCard) -> dict[str, object]:
    return {"model": row.id, "sha256": row.sha256, "data": row.card["data"]}


@transaction.atomic
def train_model(by: Actor) -> ModelCard:
    """Train a model from all outcomes and keep it with its card; it ranks nothing until two people put it into use.

    From the same outcomes comes the same model: then the one that is there is returned. Raises Refused without the
    extra `analysis` or while too little is known.
    """
    _controls(by)
    if not analysis():
        raise Refused(NO_EXTRA, code="no-analysis")
    rows = learning.replay(learning.outcomes(), packs.current().risk)
    trained = learning.train(rows)
    if trained is None:
        raise Refused(TOO_LITTLE, code="too-little-known", lots=str(len(rows)))
    digest = blobs.put(trained.content)
    if before := ModelCard.objects.filter(sha256=digest).first():
        return before
    row = ModelCard.objects.create(sha256=digest, trained_by=by.person_id, card=trained.card)
    append("model.trained", [Subject.of("model", row.id)], _facts(row) | {"card": row.card}, by)
    return row


FIRST = 200
"""Outcomes before the clock trains a first model."""


def training_is_due() -> bool:
    """Whether a tenth more is known than the newest model learned from, and the extra `analysis` is there."""
    newest = ModelCard.objects.order_by("-trained_at").first()
    wanted = newest.card["data"]["lots"] * 11 // 10 + 1 if newest else FIRST
    return analysis() and learning.known() >= wanted


def train_due() -> ModelCard | None:
    """Train by the clock; None when there is no need, or too few lots failed."""
    if not training_is_due():
        return None
    try:
        return train_model(SYSTEM)
    except Refused:
        return None


@transaction.atomic
def propose_model(by: Actor, id: UUID | str) -> ModelCard:
    """Ask that a model be put into use: a new one, or any former one to go back to. Asking twice changes nothing.

    One at a time: another that was proposed is so no longer. Raises NotFound; Refused for the one in use.
    """
    _controls(by)
    row = _locked(id)
    if row.state == "proposed" and row.proposed_by == by.person_id:
        return row
    if row.state == "active":
        raise Refused(W("This model is in use.", "该模型正在使用。"), code="in-use")
    waiting = ModelCard.objects.filter(state="proposed").exclude(id=row.id)
    waiting.filter(activated_at=None).update(state="trained")
    waiting.exclude(activated_at=None).update(state="former")
    row.state, row.proposed_by = "proposed", by.person_id
    row.save(update_fields=["state", "proposed_by"])
    append("model.proposed", [Subject.of("model", row.id)], _facts(row), by)
    return row


@transaction.atomic
def activate_model(by: Actor, id: UUID | str) -> ModelCard:
    """A second person puts a proposed model into use; the one before becomes a former one. Twice changes nothing.

    Raises NotFound; Refused for whoever proposed it, and for a model that nobody proposed.
    """
    _controls(by)
    row = _locked(id)
    if row.state == "active":
        return row
    if row.state != "proposed":
        raise Refused(W("Somebody must propose it first.", "须先提请启用。"), code="not-proposed")
    if by.person_id is None or by.person_id == row.proposed_by:
        raise Refused(SAME_PERSON, code="same-person")
    before = ModelCard.objects.select_for_update().filter(state="active").first()
    if before:
        ModelCard.objects.filter(id=before.id).update(state="former")
    row.state, row.activated_by, row.activated_at = "active", by.person_id, now()
    row.save(update_fields=["state", "activated_by", "activated_at"])
    instead = {"instead_of": before.id if before else None, "proposed_by": row.proposed_by}
    append("model.activated", [Subject.of("model", row.id)], _facts(row) | instead, by)
    return row


@transaction.atomic
def stop_model(by: Actor) -> ModelCard | None:
    """Take the model out of use at once: records alone rank. One person may; None when none was in use."""
    _controls(by)
    row = ModelCard.objects.select_for_update().filter(state="active").first()
    if row is None:
        return None
    row.state = "former"
    row.save(update_fields=["state"])
    append("model.stopped", [Subject.of("model", row.id)], _facts(row), by)
    return row
