"""Scans and alarms over HTTP: what a firm's system asks about its own goods, and the authority about all."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, StreamingHttpResponse
from ninja import Router, Schema

from guomen.parties.api import SIGNED_IN, actor
from guomen.parties.once import once_request
from guomen.tags import traffic
from guomen.tags.services.alarms import undo
from guomen.tags.words import ALARMS

router = Router(tags=["tags"], auth=SIGNED_IN)


class Undoing(Schema):
    alarms: list[UUID]
    cause: str
    why: str


@router.get("/tags/scans", summary="How often and where your items' codes were checked")
def scans(request: HttpRequest, gtin: str = "", batch: str = "", days: int = 30) -> Any:
    """Sums by order, city and day, and suspicious clusters. Cities are UN/LOCODEs; empty where nobody knows."""
    found = traffic.overview(actor(request), traffic.Wanted(gtin, batch, days))
    return {
        "orders": [
            {
                "range": o.range.code,
                "gtin": o.range.gtin,
                "batch": o.range.batch,
                "scans": o.times,
                "phones": o.phones,
                "scans_at_work": o.at_work,
                "alarms": o.alarms,
            }
            for o in found.orders
        ],
        "cities": [{"city": code, "scans": times, "phones": phones} for code, times, phones in found.places],
        "days": [{"day": str(day), "scans": times} for day, times in found.days],
        "clusters": [
            {
                "range": c.range.code,
                "rule": c.rule,
                "kind": c.kind,
                "alarms": c.items,
                "since": c.since.isoformat(),
                "until": c.until.isoformat(),
                "cities": list(c.places),
            }
            for c in found.clusters
        ],
    }


@router.get("/tags/scans.csv", summary="Scans of your items by hour, order and city")
def scans_csv(request: HttpRequest, gtin: str = "", batch: str = "", days: int = 30) -> StreamingHttpResponse:
    lines = traffic.csv_lines(actor(request), traffic.Wanted(gtin, batch, days))
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")


@router.get("/tags/alarms", summary="Alarms about copies of your items' codes")
def alarms(request: HttpRequest, kind: str = "copy", range: str = "") -> Any:  # as in the address
    """``kind``: copy (in force), data (faults of records) or undone; the newest hundred."""
    return {"alarms": [_shown(view) for view in traffic.alarms(actor(request), kind, range)]}


def _shown(view: traffic.AlarmView) -> dict[str, Any]:
    a, one = view.alarm, view.range
    return {
        "id": str(a.id),
        "rule": a.rule,
        "words": {"en": ALARMS[a.rule].en.format(**a.facts), "zh": ALARMS[a.rule].zh.format(**a.facts)},
        "numbers": a.facts,
        "limits": a.limits,
        "kind": a.kind,
        "at": a.at.isoformat(),
        "range": one.code if one else None,
        "gtin": one.gtin if one else None,
        "batch": one.batch if one else None,
        "serial": view.serial or None,
        "may_undo": view.may_undo,
        "undone_at": a.undone_at.isoformat() if a.undone_at else None,
        "cause": a.cause or None,
    }


@router.post("/tags/alarms/undo", summary="Undo alarms as false, saying why")
def undo_alarms(request: HttpRequest, body: Undoing) -> Any:
    """``cause``: data, display, published, test or other. Firms may say data only, of what their records explain."""
    by = actor(request)
    return once_request(request, by, lambda: {"undone": undo(by, body.alarms, body.cause, body.why)})[0]
