"""Orders of tags, and what became of the items."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Schema

from guomen.parties.api import actor
from guomen.parties.once import once_request
from guomen.tags import balances, queries, services
from guomen.tags.api.router import router
from guomen.tags.keys import retired_at
from guomen.tags.models import Range


class OrderIn(Schema):
    gtin: str
    batch: str
    count: int
    subject: str
    produced_on: date | None = None
    expires_on: date | None = None
    channel: str = "general"
    carrier: str = "print"
    markets: list[str] = []


class DecisionIn(Schema):
    approve: bool
    why: str = ""


class WhyIn(Schema):
    why: str = ""


class ItemIn(Schema):
    gtin: str
    serial: str


class ItemsIn(Schema):
    """``to``: the new state. ``place``: a UN/LOCODE."""

    to: str
    items: list[ItemIn]
    place: str = ""
    why: str = ""


class StretchIn(Schema):
    """Labels ``first`` to ``last`` as numbered on lists, from 1; without them, the whole range."""

    to: str
    first: int = 1
    last: int | None = None
    place: str = ""
    why: str = ""


class ConsignmentIn(Schema):
    subject: str
    to: str
    place: str = ""
    why: str = ""


def shown(one: Range) -> dict[str, Any]:
    """A range as JSON. ``active_since`` is null until the goods are released."""
    since, retired = queries.active_since(one), retired_at(one.key_version)
    return {
        "range": one.code,
        "gtin": one.gtin,
        "batch": one.batch,
        "count": one.count,
        "subject": one.subject,
        "produced_on": str(one.produced_on) if one.produced_on else None,
        "expires_on": str(one.expires_on) if one.expires_on else None,
        "channel": one.channel,
        "carrier": one.carrier,
        "markets": one.markets,
        "state": one.state,
        "asked_because": one.asked_because,
        "decision": one.decision,
        "ordered_at": one.ordered_at.isoformat(),
        "printed": one.printed,
        "active_since": since.isoformat() if since else None,
        "key_version": one.key_version,
        "keys_retired_at": retired.isoformat() if retired else None,
        "recall": queries.recall_in_force(one.gtin, one.batch) or None,
    }


@router.post("/tags/ranges", summary="Order item tags for a batch")
def order(request: HttpRequest, body: OrderIn) -> Any:
    by = actor(request)
    return once_request(request, by, lambda: shown(services.order(by, **body.dict())))[0]


@router.get("/tags/ranges", summary="Tag ranges of your organisation")
def ranges(request: HttpRequest) -> Any:
    return {"ranges": [shown(r) for r in queries.ranges(actor(request))]}


@router.get("/tags/ranges/{code}", summary="One range: its stretches and what became of its labels")
def one_range(request: HttpRequest, code: str) -> Any:
    one = queries.range_by_code(actor(request), code)
    found = balances.balance_of(one)
    stretches = [{"first": s.first + 1, "last": s.last + 1, "state": s.state} for s in balances.stretches_of(one)]
    names = ("ordered", "made", "printed", "applied", "spoiled", "missing")
    return shown(one) | {"balance": {n: getattr(found, n) for n in names}, "stretches": stretches}


@router.post("/tags/ranges/{code}/decision", summary="Approve or refuse an order that waits (officers)")
def decide(request: HttpRequest, code: str, body: DecisionIn) -> Any:
    by = actor(request)
    return shown(services.decide(by, code, approve=body.approve, why=body.why))


@router.post("/tags/ranges/{code}/cancel", summary="Cancel an order of which no label was made")
def cancel(request: HttpRequest, code: str, body: WhyIn) -> Any:
    return shown(services.cancel(actor(request), code, body.why))


def _changed(done: services.Changed) -> dict[str, int]:
    return {"changed": done.count, "kept": done.kept}


@router.post("/tags/ranges/{code}/state", summary="Change the state of a range, or of a stretch of it")
def change_range(request: HttpRequest, code: str, body: StretchIn) -> Any:
    by = actor(request)
    last = None if body.last is None else body.last - 1
    more = {"first": body.first - 1, "last": last, "place": body.place, "why": body.why}
    return once_request(request, by, lambda: _changed(services.change_stretch(by, code, body.to, **more)))[0]


@router.post("/tags/items/state", summary="Change the state of up to 1,000 single items, all or none")
def change_items(request: HttpRequest, body: ItemsIn) -> Any:
    by = actor(request)
    items = [(x.gtin, x.serial) for x in body.items]

    def do() -> dict[str, int]:
        return _changed(services.change_items(by, items, body.to, place=body.place, why=body.why))

    return once_request(request, by, do)[0]


@router.post("/tags/consignments/state", summary="Change the state of all items of a goods line")
def change_consignment(request: HttpRequest, body: ConsignmentIn) -> Any:
    by = actor(request)

    def do() -> dict[str, int]:
        return _changed(services.change_consignment(by, body.subject, body.to, place=body.place, why=body.why))

    return once_request(request, by, do)[0]


@router.get("/tags/items/{gtin}/{serial}", summary="The state of one item of your organisation")
def item_state(request: HttpRequest, gtin: str, serial: str) -> Any:
    found = queries.item_for(actor(request), gtin, serial)
    return {"gtin": found.gtin, "serial": found.serial, "number": found.index + 1, "range": found.range.code} | {
        "batch": found.batch,
        "state": found.state,
        "kept": found.kept,
    }
