"""Changes of the rule pack over HTTP, and what goods need by it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema, Status

from guomen.catalogue import queries, typed
from guomen.catalogue import services as catalogue
from guomen.catalogue.models import Pack
from guomen.catalogue.packs import standing
from guomen.catalogue.requirements import Goods, Requirement
from guomen.clearance import services, shadows
from guomen.clearance.messages_api import FILE_DOCS
from guomen.kit.errors import NotFound
from guomen.ledger.services import plain
from guomen.parties.api import SIGNED_IN, actor
from guomen.parties.once import once_request

router = Router(tags=["rule packs"], auth=SIGNED_IN)


class PackIn(Schema):
    title_en: str
    title_zh: str
    why: str
    rows: list[dict[str, Any]]


class WhyIn(Schema):
    why: str


class SimulationIn(Schema):
    days: int = services.DAYS
    lines: int = services.MOST_LINES


class CutOverIn(Schema):
    share: int
    urgent: str = ""


def shown(one: Pack) -> dict[str, Any]:
    """A change as JSON."""
    kept = ("version", "base", "title_en", "title_zh", "state", "proposed_at", "simulated_at", "shadow_since")
    return dict(plain({name: getattr(one, name) for name in kept}))


@router.get("/rule-packs", summary="Which rule pack decides, and its changes")
def packs(request: HttpRequest) -> Any:
    found, row = queries.packs(actor(request)), standing()
    stands = {"live": row.live, "candidate": row.candidate, "share": row.share}
    return stands | {"changes": [shown(one) for one in found]}


@router.post("/rule-packs", response={201: Any, 200: Any}, summary="Propose rows upon the rule pack that stands")
def propose(request: HttpRequest, body: PackIn) -> Any:
    """A row: section, key, value (null takes it away), source, effective_from, effective_to."""
    by = actor(request)
    answer, is_new = once_request(request, by, lambda: shown(catalogue.propose_pack(by, **body.dict())))
    return Status(201 if is_new else 200, answer)


@router.get("/rule-packs/tables/{section}", summary="A part of the rule pack as CSV, to change and send back")
def table(request: HttpRequest, section: str) -> HttpResponse:
    queries.packs(actor(request), 1)
    try:
        found = typed.table(section, catalogue.upon())
    except KeyError:
        raise NotFound from None
    headers = {"Content-Disposition": f'attachment; filename="{section}.csv"'}
    return HttpResponse(found, content_type="text/csv; charset=utf-8", headers=headers)


@router.post(
    "/rule-packs/tables/{section}",
    response={201: Any, 200: Any, 422: Any},
    summary="Propose the rows of a CSV or XLSX table as one change",
    openapi_extra=FILE_DOCS,
)
def propose_table(request: HttpRequest, section: str, title_en: str = "", title_zh: str = "", why: str = "") -> Any:
    """All rows or none. The report says of each row what it does (add, change, end, same) or what is wrong with it."""
    by, words = actor(request), {"title_en": title_en, "title_zh": title_zh, "why": why}
    answer, is_new = once_request(request, by, lambda: catalogue.propose_file(by, section, request.body, words))
    return Status((201 if is_new else 200) if answer["version"] else 422, answer)


@router.get("/rule-packs/{version}", summary="A change: its fields before and after, its simulation, its shadow")
def one(request: HttpRequest, version: str) -> Any:
    by = actor(request)
    found, differences = queries.pack_of(by, version)
    told = shadows.report(by, version)
    shadow = told and {
        "since": told.since,
        "lines": told.lines,
        "counted": told.counted,
        "differing": told.differing,
        "flips": told.flips,
        "moves": [{"from": a, "to": b, "lines": n} for a, b, n in told.moves],
    }
    fields = ("section", "key", "field", "before", "after")
    body = {"changes": [{name: getattr(c, name) for name in fields} for c in differences]}
    return plain(shown(found) | body | {"simulation": found.simulation, "shadow": shadow})


@router.post("/rule-packs/{version}/simulation", summary="Try a change on lodged declarations, without effects")
def simulate(request: HttpRequest, version: str, body: SimulationIn) -> Any:
    by = actor(request)
    return once_request(request, by, lambda: services.simulate_pack(by, version, body.days, body.lines).simulation)[0]


@router.post("/rule-packs/{version}/approval", summary="Agree to what somebody else proposed: the shadow begins")
def approve(request: HttpRequest, version: str) -> Any:
    by = actor(request)
    return once_request(request, by, lambda: shown(catalogue.approve_pack(by, version)))[0]


@router.post("/rule-packs/{version}/cut-over", summary="Let a change count for a share of the lines, in percent")
def cut_over(request: HttpRequest, version: str, body: CutOverIn) -> Any:
    by = actor(request)
    return once_request(request, by, lambda: shown(catalogue.cut_over(by, version, body.share, body.urgent)))[0]


@router.post("/rule-packs/{version}/undo", summary="Let the base of a change decide again")
def undo(request: HttpRequest, version: str, body: WhyIn) -> Any:
    by = actor(request)
    return once_request(request, by, lambda: shown(catalogue.roll_back(by, version, body.why)))[0]


@router.post("/rule-packs/{version}/withdrawal", summary="Take a proposal back, or turn it down")
def withdraw(request: HttpRequest, version: str, body: WhyIn) -> Any:
    by = actor(request)
    return once_request(request, by, lambda: shown(catalogue.withdraw_pack(by, version, body.why)))[0]


def requirement(r: Requirement) -> dict[str, Any]:
    """A requirement as JSON."""
    limits = {"unit": r.unit, "low": r.low, "high": r.high}
    words = {"en": r.words.en, "zh": r.words.zh, "paper": r.paper, "demand": r.demand if r.paper else ""}
    about = {"standard": r.standard, "source": r.source, "sure": r.sure, "verified": r.verified}
    return {"code": r.code, "group": r.group, "kind": r.kind} | words | limits | about


@router.get("/requirements", summary="Documents, checks and limits for goods")
def requirements(
    request: HttpRequest,
    hs: str = "",
    ciq: str = "",
    attributes: str = "",
    purpose: str = "",
    origin: str = "",
    direction: str = "I",
    trade_mode: str = "",
    packed: str = "",
) -> Any:
    """``attributes``: codes joined by commas; ``packed``: wood and container, joined by a comma."""

    def several(given: str) -> frozenset[str]:
        return frozenset(one for one in given[:60].split(",") if one)

    goods = Goods(
        hs[:10],
        ciq[:3],
        several(attributes),
        purpose[:2],
        origin[:2],
        direction=direction[:1],
        trade_mode=trade_mode[:4],
        packed=several(packed),
    )
    version, asked = queries.requirements(actor(request), goods)
    body = {"letters": asked.letters, "checklist": asked.checklist, "papers": list(asked.papers)}
    body |= {"also": list(asked.also), "port_checklist": asked.port_checklist}
    rows = [requirement(r) for r in asked.requirements]
    return plain({"rule_pack": version, "traits": sorted(asked.traits)} | body | {"requirements": rows})
