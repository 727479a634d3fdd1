"""What happens to a lodged declaration, over HTTP: versions, amendment, withdrawal, split, merger, and licences."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status

from guomen.clearance import queries, services, versions
from guomen.clearance.models import Declaration, Licence
from guomen.parties.api import SIGNED_IN, actor
from guomen.parties.once import once_request

router = Router(tags=["clearance"], auth=SIGNED_IN)


class ReasonIn(Schema):
    reason: str


class SplitIn(Schema):
    lines: list[int]
    containers: list[str] = []
    orders: list[str] = []
    packages: int
    gross_weight_kg: str
    reference: str = ""
    reason: str


class MergeIn(Schema):
    numbers: list[str]
    reason: str


class ArrivalIn(Schema):
    at: datetime


class PortCheckIn(Schema):
    agrees: bool
    note: str = ""


class LicenceIn(Schema):
    kind: str
    number: str
    holder: str
    quantity: str
    unit: str
    hs_prefix: str = ""
    valid_from: str
    valid_until: str


def stands(one: Declaration) -> dict[str, Any]:
    """Where a declaration stands after a change."""
    lines = [
        {"number": x.number, "state": x.state, "mode": x.mode, "reasons": x.reasons}
        for x in getattr(one, "line_list", ())
    ]
    return {"number": one.number, "version": one.version, "state": one.state, "lines": lines}


@router.post("/declarations/{number}/withdraw", summary="Withdraw a declaration")
def withdraw(request: HttpRequest, number: str, body: ReasonIn) -> Any:
    by = actor(request)
    return once_request(request, by, lambda: stands(services.withdraw(by, number, body.reason)))[0]


@router.post("/declarations/{number}/split", response={201: Any}, summary="Split a declaration into two")
def split(request: HttpRequest, number: str, body: SplitIn) -> Any:
    """``lines``, ``containers``, ``packages`` and ``gross_weight_kg`` go into the second one.

    ``orders``: those that name no goods lines; the others go with their goods. ``reference``: the second one's own.
    """
    by, part = actor(request), body.dict(exclude={"reason"})
    made = once_request(request, by, lambda: [stands(d) for d in services.split(by, number, part, body.reason)])[0]
    return Status(201, {"declarations": made})


@router.post("/declaration-mergers", response={201: Any}, summary="Merge declarations of one consignment")
def merge(request: HttpRequest, body: MergeIn) -> Any:
    by = actor(request)
    return Status(201, once_request(request, by, lambda: stands(services.merge(by, body.numbers, body.reason)))[0])


@router.post("/declarations/{number}/arrival", summary="Report that goods declared before arrival have arrived")
def arrival(request: HttpRequest, number: str, body: ArrivalIn) -> Any:
    by = actor(request)

    def do() -> dict[str, Any]:
        found = services.report_arrival(by, number, body.at)
        return {"number": found.number, "arrived_at": found.arrived_at.isoformat() if found.arrived_at else None}

    return once_request(request, by, do)[0]


@router.post("/declarations/{number}/lines/{line}/reinspection", summary="Ask for another inspection by other people")
def reinspection(request: HttpRequest, number: str, line: int, body: ReasonIn) -> Any:
    """Within 15 days of a refusal, once."""
    by = actor(request)

    def do() -> dict[str, Any]:
        found = services.request_reinspection(by, number, line, body.reason)
        return {"number": number, "line": found.number, "state": found.state}

    return once_request(request, by, do)[0]


@router.post("/declarations/{number}/lines/{line}/port-check", summary="Compare an export at the port with its record")
def port_check(request: HttpRequest, number: str, line: int, body: PortCheckIn) -> Any:
    by = actor(request)

    def do() -> dict[str, Any]:
        found = services.check_at_port(by, number, line, agrees=body.agrees, note=body.note)
        return {"number": number, "line": found.number, "state": found.state}

    return once_request(request, by, do)[0]


@router.get("/declarations/{number}/versions", summary="Every version of a declaration with what changed")
def all_versions(request: HttpRequest, number: str) -> Any:
    return [
        {
            "version": v.number,
            "ended_at": v.ended_at,
            "reason": v.reason,
            "changes": [{"field": c.path, "before": c.before, "after": c.after} for c in v.changes],
        }
        for v in versions.versions(actor(request), number)
    ]


@router.get("/declarations/{number}/versions/{version}", summary="The whole content of one version")
def one_version(request: HttpRequest, number: str, version: int) -> Any:
    return versions.version(actor(request), number, version).content


def balance(one: Licence) -> dict[str, Any]:
    """A licence with what is left of it."""
    names = ("kind", "number", "quantity", "used", "left", "unit", "hs_prefix", "valid_from", "valid_until")
    return {name: getattr(one, name) for name in names} | {"holder": one.organisation.code}


@router.get("/licences", summary="Licences with their balances")
def licences(request: HttpRequest) -> Any:
    return {"licences": [balance(x) for x in queries.licences(actor(request))]}


@router.post("/licences", response={201: Any}, summary="Put a licence with its quantity on record")
def register(request: HttpRequest, body: LicenceIn) -> Any:
    """By the authority. The same licence again is nothing; with other terms it is refused."""
    by = actor(request)

    def do() -> dict[str, Any]:
        made = services.register_licence(by, body.dict())
        return {"kind": made.kind, "number": made.number, "left": format(made.left.normalize(), "f")}

    return Status(201, once_request(request, by, do)[0])
