"""The same facts for programs: both languages, ISO dates, reason codes."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings

from guomen.certificates.credential import address
from guomen.faces.consumer.view_model import Answer, ClassAnswer, Paper
from guomen.kit.words import W
from guomen.tags.words import PROOFS, REASONS
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


def _papers(papers: list[Paper]) -> list[dict[str, Any]]:
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


def _recall(recall: Recall | None) -> dict[str, Any] | None:
    if recall is None:
        return None
    shown = ("number", "reason", "advice", "batches", "ordered_at", "hazard", "level", "state")
    return {name: getattr(recall, name) for name in shown}


def item(a: Answer) -> dict[str, Any]:
    """An item's page as JSON."""
    who, proof = a.identity, a.proof
    body = {
        "address": settings.GUOMEN.origin + a.path,
        "verdict": {
            "state": a.verdict.state,
            "title": a.title,
            "sentence": a.sentence,
            "reasons": [{"code": r, "words": REASONS[r]} for r in a.verdict.reasons],
            "notes": [{"code": n, "words": REASONS[n]} for n in a.verdict.notes],
            "proof": {"code": a.verdict.proof, "words": PROOFS[a.verdict.proof]},
            "genuine": a.verdict.genuine,
            "rules": a.verdict.rules,
        },
        "what_to_do": a.advice,
        "product": {
            "gtin": who.gtin,
            "name": who.name,
            "maker": who.maker,
            "importer": who.importer,
            "batch": who.batch,
            "serial": who.serial.replace(" ", ""),
            "produced_on": who.produced_on,
            "expires_on": who.expires_on,
            "picture": settings.GUOMEN.origin + who.picture if who.picture else None,
        },
        "code_checked": {"times": a.scans.times, "first_at": a.scans.first_at, "devices": a.scans.devices_in_all},
        "sold": a.sold,
        "checks": a.checks,
        "inspection": a.site,
        "timeline": [
            {"title": s.title, "place": s.place, "at": s.at, "by": s.by, "basis": s.basis, "signed": s.signed}
            for s in a.steps
        ],
        "certificates": _papers(a.papers),
        "recall": _recall(a.recall),
        "proof": {"entry": str(a.entry.id), "position": proof.position, "size": proof.size, "root": proof.root}
        if a.entry and proof
        else None,
        "checked_at": a.at,
    }
    return dict(plain(body))


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
        "certificates": _papers(a.papers),
        "recall": _recall(a.recall),
        "what_to_do": a.advice,
        "checked_at": a.at,
    }
    return dict(plain(body))
