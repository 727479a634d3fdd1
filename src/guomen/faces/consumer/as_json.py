"""The same facts for programs: both languages, ISO dates, reason codes."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings

from guomen.certificates.credential import address
from guomen.faces.consumer.view_model import ClassAnswer, Paper
from guomen.kit.words import W
from guomen.warning.models import Recall


def plain(value: Any) -> Any:
    """Values as JSON holds them; words in both languages."""
    match value:
        case W():
            return {"en": value.en, "zh": value.zh}
        case datetime() | date():
            return value.isoformat()
        case Decimal():
            return format(value, "f")
        case dict():
            return {k: plain(v) for k, v in value.items()}
        case list() | tuple():
            return [plain(v) for v in value]
    return value


def papers_shown(papers: list[Paper]) -> list[dict[str, Any]]:
    """Certificates with their present state."""
    return [
        {
            "number": p.certificate.number,
            "title": p.title,
            "state": p.state,
            "valid_until": p.certificate.valid_until,
            "address": address(p.certificate.number),
        }
        for p in papers
    ]


def recall_shown(recall: Recall | None) -> dict[str, Any] | None:
    """A recall and what it asks people to do."""
    if recall is None:
        return None
    shown = ("number", "reason", "advice", "batches", "ordered_at", "hazard", "level", "state")
    return {name: getattr(recall, name) for name in shown}


def of_class(a: ClassAnswer) -> dict[str, Any]:
    """A product's or batch's page as JSON. It has no verdict, because it names no item."""
    body = {
        "address": settings.GUOMEN.origin + a.path,
        "verdict": {"state": "stop"} if a.recall else None,
        "gtin": a.gtin,
        "batch": a.batch or None,
        "name": a.name,
        "maker": a.maker,
        "known": a.exists,
        "released": [{"at": line.released_at, "place": place} for line, place in a.released],
        "certificates": papers_shown(a.papers),
        "recall": recall_shown(a.recall),
        "what_to_do": a.advice,
        "checked_at": a.at,
    }
    return dict(plain(body))
