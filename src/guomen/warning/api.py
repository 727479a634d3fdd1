"""Recalls as open data; alerts for the authority, notices for who holds the goods."""

from typing import Any
from uuid import UUID

import ninja
from django.http import HttpRequest

from guomen.parties.api import SIGNED_IN, actor
from guomen.parties.once import once_request
from guomen.warning import queries, services
from guomen.warning.about import batch_uri, product_uri
from guomen.warning.models import Alert, Notice, Recall
from guomen.warning.queries import public_recalls

router = ninja.Router(tags=["recalls"])


def as_json(recall: Recall) -> dict[str, Any]:
    """A recall as anyone may read it. Texts are {"en", "zh"}; no batches: the whole product."""
    by = recall.ordered_by
    return {
        "number": recall.number,
        "gtin": recall.gtin,
        "product": product_uri(recall.gtin),
        "batches": recall.batches,
        "batch_uris": [batch_uri(recall.gtin, b) for b in recall.batches],
        "hazard": recall.hazard,
        "level": recall.level,
        "reason": recall.reason,
        "advice": recall.advice,
        "ordered_by": {"en": by.name_en, "zh": by.name_zh},
        "ordered_at": recall.ordered_at.isoformat(),
        "state": recall.state,
    }


@router.get("/recalls", auth=None, summary="Every recall, newest first")
def recalls(request: HttpRequest, gtin: str = "") -> dict[str, Any]:
    found = [r for r in public_recalls() if not gtin or r.gtin == gtin.zfill(14)]
    return {"recalls": [as_json(r) for r in found]}


def alert_as_json(alert: Alert) -> dict[str, Any]:
    """An alert in a list."""
    names = ("number", "gtin", "batches", "hazard", "level", "signal_level", "state", "opened_at", "review_on")
    return {name: getattr(alert, name) for name in names} | {"owned": alert.owner_id is not None}


@router.get("/alerts", auth=SIGNED_IN, summary="Alerts, the most urgent first")
def alerts(request: HttpRequest) -> Any:
    return [alert_as_json(a) for a in queries.alerts(actor(request))]


@router.get("/alerts/{number}", auth=SIGNED_IN, summary="An alert with its signals, assessments and recalls")
def alert(request: HttpRequest, number: str) -> Any:
    """What reporters wrote is not given here: it is personal data and stays on the officers' page."""
    view = queries.alert(actor(request), number)
    signals = ("id", "source", "batch", "hazard", "severity", "received_at")
    judged = ("sequence", "risk", "worst", "scenarios", "changes", "assessed_at")
    return alert_as_json(view.alert) | {
        "reasons": view.alert.reasons,
        "signals": [{name: getattr(h.signal, name) for name in signals} for h in view.signals],
        "assessments": [{name: getattr(a, name) for name in judged} for a in view.assessments],
        "recalls": [as_json(r) for r in view.recalls],
    }


def notice_as_json(notice: Notice, recall: Recall) -> dict[str, Any]:
    """A recall notice as its receiver reads it."""
    names = ("id", "sent_at", "acknowledged_at", "units_recovered", "why")
    return {name: getattr(notice, name) for name in names} | {"recall": as_json(recall)}


@router.get("/notices", auth=SIGNED_IN, summary="Recall notices to your organisation")
def notices(request: HttpRequest) -> Any:
    return [notice_as_json(n, r) for n, r in queries.noticed(actor(request))]


class Answer(ninja.Schema):
    units_recovered: int | None = None


@router.post("/notices/{uuid:notice}/acknowledge", auth=SIGNED_IN, summary="Confirm a recall notice")
def acknowledge(request: HttpRequest, notice: UUID, body: Answer) -> Any:
    by = actor(request)

    def do() -> dict[str, Any]:
        done = services.acknowledge(by, notice, body.units_recovered)
        return {"id": str(done.id), "acknowledged_at": str(done.acknowledged_at)}

    return once_request(request, by, do)[0]
