"""Seals over HTTP: what a carrier's platform and a gate need."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from guomen.kit.words import say
from guomen.parties.api import SIGNED_IN, actor
from guomen.parties.once import once_request
from guomen.seals import queries, services
from guomen.seals.readings import content
from guomen.seals.rules import Limits
from guomen.seals.words import REASONS

router = Router(tags=["seals"], auth=SIGNED_IN)


class ArmIn(Schema):
    seal: str
    container: str
    place: str
    seal_class: str = "H"
    photo: str = ""
    at: datetime | None = None
    counter: int | None = None
    low_celsius: Decimal | None = None
    high_celsius: Decimal | None = None


class ReportIn(Schema):
    readings: list[dict[str, Any]]


def brief(journey: queries.Journey) -> dict[str, Any]:
    """A journey as JSON, without its readings."""
    return {
        "seal": journey.seal,
        "container": journey.container,
        "class": journey.seal_class,
        "state": journey.state,
        "armed_at": journey.armed_at,
        "place": journey.place,
        "disarmed_at": journey.disarmed_at,
        "last": {
            "at": journey.heard_at,
            "lat": journey.lat,
            "lon": journey.lon,
            "sealed": journey.sealed,
            "counter": journey.counter,
            "battery_percent": journey.battery_percent,
            "celsius": journey.celsius,
        },
        "alarms": [
            {"code": a.code, "text": say(REASONS[a.code]), "since": a.since, "seen": a.seen, "stops": a.stops}
            for a in journey.alarms
        ],
    }


def whole(journey: queries.Journey) -> dict[str, Any]:
    """A journey as JSON, with checks and readings."""
    checks = [{"at": c.at, "place": c.place, "match": c.match, "reasons": c.reasons} for c in journey.checks]
    return brief(journey) | {"checks": checks, "readings": [content(r) for r in journey.readings]}


@router.post("/seals", summary="Apply a seal to a container")
def arm(request: HttpRequest, body: ArmIn) -> Any:
    by, values = actor(request), body.dict()
    limits = Limits(low_celsius=values.pop("low_celsius"), high_celsius=values.pop("high_celsius"))

    def do() -> dict[str, str]:
        row = services.arm(by, **values, limits=limits)
        return {"seal": row.number, "container": row.container, "state": row.state}

    return once_request(request, by, do)[0]


@router.post("/seals/{seal}/readings", summary="Report readings of a seal")
def report(request: HttpRequest, seal: str, body: ReportIn) -> Any:
    by = actor(request)
    return once_request(request, by, lambda: services.report(by, seal, body.readings))[0]


@router.get("/seals", summary="Seals under way")
def under_way(request: HttpRequest) -> Any:
    return [brief(j) for j in queries.under_way(actor(request))]


@router.get("/seals/{seal}", summary="The journey of a seal")
def journey(request: HttpRequest, seal: str) -> Any:
    return whole(queries.journey_for(actor(request), seal))
