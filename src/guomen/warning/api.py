"""Recalls as open data."""

from typing import Any

import ninja
from django.http import HttpRequest

from guomen.warning.about import batch_uri, product_uri
from guomen.warning.models import Recall
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
