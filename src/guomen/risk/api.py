"""Models that rank lots, over HTTP, for the control room."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router

from guomen.parties.api import SIGNED_IN, actor
from guomen.risk import checks, queries
from guomen.risk.models import ModelCard
from guomen.risk.selecting import analysis

router = Router(tags=["risk"], auth=SIGNED_IN)


def _plain(row: ModelCard) -> dict[str, Any]:
    kept = ("id", "sha256", "trained_at", "trained_by", "state", "proposed_by", "activated_by", "activated_at", "card")
    against = [{"code": code} | values for code, values in checks.against(row.card)] if "model" in row.card else []
    return {name: getattr(row, name) for name in kept} | {"against": against}


@router.get("/risk/models", summary="What ranks lots: every model with its card, and how the scores stand")
def models(request: HttpRequest) -> Any:
    """``ranks``: id of the model in use; null while records alone rank. Shares are fractions as text."""
    by = actor(request)
    cards = queries.cards(by)
    lots, failed, standing = queries.learned(by)
    return {
        "ranks": next((c.id for c in cards if c.state == "active"), None) if analysis() else None,
        "analysis": analysis(),
        "lots": lots,
        "failed": failed,
        "doubt": standing.doubt if standing else None,
        "models": [_plain(c) for c in cards],
    }


@router.get("/risk/models/{id}", summary="The card of one model")
def model(request: HttpRequest, id: UUID) -> Any:
    return _plain(queries.card(actor(request), id))
