"""Sales, parcels, bonded display, and the buyer's claim."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Schema

from guomen.parties.api import actor
from guomen.parties.once import once_request
from guomen.tags import queries, services
from guomen.tags.api.orders import ItemIn
from guomen.tags.api.router import router
from guomen.tags.models import BondedMove, Parcel
from guomen.tags.services.parcels import found_parcels
from guomen.tags.visitors import device_of, sender_of


class SaleIn(Schema):
    gtin: str
    serial: str
    place: str = ""


class ParcelIn(Schema):
    parcel: str
    order: str
    items: list[ItemIn]


class MoveIn(Schema):
    """``kind``: in, back, cleared, sample or destroyed."""

    hall: str
    kind: str
    quantity: int


class ClaimIn(Schema):
    """``code``: the eight characters from inside the pack."""

    gtin: str
    serial: str
    code: str


class OwnerIn(Schema):
    """``secret``: what the claim answered."""

    gtin: str
    serial: str
    secret: str


@router.post("/tags/sales", summary="Record the sale of one item")
def sell(request: HttpRequest, body: SaleIn) -> Any:
    by = actor(request)

    def do() -> dict[str, Any]:
        sale = services.sell(by, body.gtin, body.serial, body.place)
        return {"gtin": sale.gtin, "batch": sale.batch, "sold_at": sale.at.isoformat()}

    return once_request(request, by, do)[0]


def _parcel(row: Parcel) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "parcel": row.number,
        "items": row.items,
        "packed_at": row.packed_at.isoformat(),
        "erased_at": row.erased_at.isoformat() if row.erased_at else None,
    }


@router.post("/tags/parcels", summary="Put items into a parcel of a cross-border order")
def pack(request: HttpRequest, body: ParcelIn) -> Any:
    by = actor(request)
    items = [(x.gtin, x.serial) for x in body.items]
    return once_request(
        request, by, lambda: _parcel(services.pack(by, parcel=body.parcel, order=body.order, items=items))
    )[0]


@router.get("/tags/parcels", summary="Parcels of your organisation, newest first, or those of one order")
def parcels(request: HttpRequest, order: str = "") -> Any:
    return {"parcels": [_parcel(row) for row in found_parcels(actor(request), order=order)]}


@router.post("/tags/parcels/{uuid:parcel}/erase", summary="Forget the numbers of a parcel")
def erase(request: HttpRequest, parcel: UUID) -> Any:
    services.erase_parcel(actor(request), parcel)
    return {"erased": True}


def _move(row: BondedMove) -> dict[str, Any]:
    return {"hall": row.hall, "kind": row.kind, "quantity": row.quantity, "left": row.left, "at": row.at.isoformat()}


@router.post("/tags/ranges/{code}/bonded", summary="Move items into a bonded display or out of it")
def move_bonded(request: HttpRequest, code: str, body: MoveIn) -> Any:
    by = actor(request)
    return once_request(request, by, lambda: _move(services.move_bonded(by, code, **body.dict())))[0]


@router.get("/tags/ranges/{code}/bonded", summary="Bonded stock of a range by hall, and its newest moves")
def bonded(request: HttpRequest, code: str) -> Any:
    one = queries.range_by_code(actor(request), code)
    stock, moves = queries.bonded(one)
    return {"stock": {s.hall: s.quantity for s in stock}, "moves": [_move(m) for m in moves]}


@router.post("/tags/claims", auth=None, summary="Claim an item with the code from inside its pack; no account needed")
def claim(request: HttpRequest, body: ClaimIn) -> Any:
    claimed = services.claim(body.gtin, body.serial, body.code, device_of(request), sender_of(request))
    return {"claimed_at": claimed.at.isoformat(), "secret": claimed.secret}


@router.post("/tags/claims/check", auth=None, summary="Whether a secret still proves the claim on an item")
def check_claim(request: HttpRequest, body: OwnerIn) -> Any:
    return {"mine": services.is_mine(body.gtin, body.serial, body.secret)}


@router.post("/tags/claims/end", auth=None, summary="Give up a claim, so that the next owner can make one")
def unclaim(request: HttpRequest, body: OwnerIn) -> Any:
    services.unclaim(body.gtin, body.serial, body.secret)
    return {"ended": True}
