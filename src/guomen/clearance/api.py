"""Declarations over HTTP: lodge, read, attach documents, compare at the gate."""

from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from ninja import File, Form, Router, Schema, Status
from ninja.files import UploadedFile

from guomen.clearance import form, matching, performance, queries, services
from guomen.clearance.changes_api import router as changes
from guomen.clearance.changes_api import stands
from guomen.clearance.foreign_api import router as foreign_certificates
from guomen.clearance.messages_api import router as messages
from guomen.clearance.models import Decision, Declaration, Line
from guomen.clearance.packs_api import router as rule_packs
from guomen.clearance.plans_api import router as sampling_plans
from guomen.clearance.services.rows import orders_of
from guomen.clearance.words import EVIDENCE, MATCHES
from guomen.kit.errors import GuomenError
from guomen.kit.words import W, say, vocabulary
from guomen.parties.api import SIGNED_IN, actor
from guomen.parties.once import once_request

router = Router(tags=["clearance"], auth=SIGNED_IN)
router.add_router("", changes)
router.add_router("", messages)
router.add_router("", foreign_certificates)
router.add_router("", rule_packs)
router.add_router("", sampling_plans)


class AmendIn(Schema):
    declaration: dict[str, Any]
    reason: str


class GateIn(Schema):
    container: str
    seal_read: str
    intact: bool
    gate: str
    portal_alarm: bool = False


def _properties(specs: Any) -> dict[str, Any]:
    def one(name: str) -> dict[str, Any]:
        if name in form.LISTED:
            return {"type": "array", "items": {"type": "string"}}
        return {"type": "boolean" if name in form.FLAGS else "string"}

    required = [n for n, s in specs.items() if s.required]
    return {"type": "object", "properties": {name: one(name) for name in specs}, "required": required}


BODY = _properties(form.HEADER)
BODY["properties"] |= {
    "containers": {"type": "array", "items": _properties(form.CONTAINER)},
    "lines": {"type": "array", "minItems": 1, "maxItems": form.MAX_LINES, "items": _properties(form.LINE)},
    "documents": {"type": "array", "items": _properties(form.DOCUMENT)},
    **{name: {"type": "array", "items": _properties(specs)} for name, (specs, _most) in form.LISTS.items()},
}
LODGE_DOCS = {"requestBody": {"required": True, "content": {"application/json": {"schema": BODY}}}}


def reasons(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Reason codes with their sentence in the caller's language."""
    words = vocabulary("REASONS")
    return [r | {"text": say(words[r["code"]], **r["values"]) if r["code"] in words else r["code"]} for r in rows]


def decision(one: Decision | None) -> dict[str, Any] | None:
    """A decision as JSON."""
    if one is None:
        return None
    return {
        "state": one.state,
        "mode": one.mode,
        "level": one.level,
        "reasons": reasons(one.reasons),
        "rule_pack": one.rule_pack,
        "facts": one.facts | ({"factors": reasons(one.facts["factors"])} if "factors" in one.facts else {}),
        "decided_at": one.decided_at,
    }


def line(one: Line) -> dict[str, Any]:
    """A line as JSON, with its newest decision."""
    declared = {name: getattr(one, name) for name, spec in form.LINE.items() if not spec.more} | one.more
    state = {"state": one.state, "outcome": one.outcome, "released_at": one.released_at, "subject": one.subject}
    return {"number": one.number} | declared | state | {"decision": decision(one.decision)}


def brief(one: Declaration) -> dict[str, Any]:
    """A declaration in a list."""
    lines = [{"number": x.number, "name": x.name, "state": x.state, "mode": x.mode} for x in one.line_list]
    times = {"lodged_at": one.lodged_at, "arrives_at": one.arrives_at, "arrived_at": one.arrived_at}
    return {"number": one.number, "version": one.version, "state": one.state, **times, "lines": lines}


def whole(one: Declaration) -> dict[str, Any]:
    """A declaration with lines, containers and documents."""
    return (
        {"number": one.number, "version": one.version, "state": one.state}
        | {"lodged_at": one.lodged_at, "arrived_at": one.arrived_at}
        | {name: getattr(one, name) for name, spec in form.HEADER.items() if not spec.more}
        | one.more
        | {
            "containers": [{"number": c.number, "seal": c.seal} for c in one.container_list],
            "lines": [line(x) for x in one.line_list],
            "documents": [{name: getattr(d, name) for name in form.DOCUMENT} for d in one.document_list],
            "orders": orders_of(one.number),
        }
    )


@router.post("/declarations", response={201: Any, 200: Any}, summary="Lodge a declaration", openapi_extra=LODGE_DOCS)
def lodge(request: HttpRequest) -> Any:
    """201 with the decisions; 200 with the same answer when the Idempotency-Key was seen before."""
    by = actor(request)
    try:
        payload = orjson.loads(request.body)
    except orjson.JSONDecodeError:
        raise GuomenError(W("The body is not valid JSON.", "请求体不是有效的 JSON。"), code="not-json") from None

    def do() -> dict[str, Any]:
        lodged = services.lodge(by, payload)
        return {"number": lodged.number, "lines": [_answer(x) for x in lodged.line_list]}

    answer, is_new = once_request(request, by, do)
    return Status(201 if is_new else 200, answer)


def _answer(one: Line) -> dict[str, Any]:
    keep = ("number", "state", "mode", "level", "reasons")
    return {name: getattr(one, name) for name in keep}


@router.get("/declarations", summary="The newest declarations that you may see")
def declarations(request: HttpRequest) -> Any:
    return [brief(d) for d in queries.declarations(actor(request))]


@router.get("/declarations/{number}", summary="One declaration with every line's decision")
def declaration(request: HttpRequest, number: str) -> Any:
    return whole(queries.declaration(actor(request), number))


@router.get("/declarations/{number}/matches", summary="What else speaks of the declared goods, scored and explained")
def matches(request: HttpRequest, number: str) -> Any:
    """For officers. ``certain``: an identifier that belongs to these goods alone; other matches are suggestions."""
    found = matching.of(actor(request), number)
    return {
        "matches": [_match(one) for one in found.found],
        "unconfirmed": [{"kind": kind, "number": number} for kind, number in found.unconfirmed],
    }


def _match(one: matching.Found) -> dict[str, Any]:
    compared = [
        {"code": s.code, "agrees": s.agrees, "text": say(MATCHES[s.code])} | dict(s.values) for s in one.match.said
    ]
    evidence = {"kind": one.evidence.kind, "name": one.evidence.name, "text": say(EVIDENCE[one.evidence.kind])}
    said = {
        "lines": one.lines,
        "score": one.match.score,
        "certain": one.match.certain,
        "suggested": one.match.suggested,
    }
    return evidence | said | {"compared": compared}


@router.put("/declarations/{number}", summary="Amend a declaration: a new version is screened")
def amend(request: HttpRequest, number: str, body: AmendIn) -> Any:
    """409 once an officer has begun, or the goods were sampled, refused or released on arrival. Same content: no-op."""
    by = actor(request)
    return once_request(request, by, lambda: stands(services.amend(by, number, body.declaration, body.reason)))[0]


@router.get("/performance", summary="What the rules achieve: hits, hit rates, hours, and how many lots are bad in all")
def achieved(request: HttpRequest, days: int = performance.DAYS) -> Any:
    """Of the lines screened in the last ``days``. Shares are fractions with a 95 % interval."""
    return performance.plain(performance.performance(actor(request), days))


@router.get("/declarations/{number}/documents/{sha256}", summary="A document of a declaration")
def document(request: HttpRequest, number: str, sha256: str) -> HttpResponse:
    content, _name = queries.document(actor(request), number, sha256)
    headers = {"Content-Disposition": f'attachment; filename="{sha256[:16]}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


@router.post("/documents", response={201: Any}, summary="Attach a PDF, to be named by a declaration")
def attach(request: HttpRequest, file: File[UploadedFile], kind: Form[str], number: Form[str] = "") -> Any:
    """Content-addressed: sending the same file again is the same document."""
    return Status(201, services.attach(actor(request), file.read(), file.name or "", kind, number))


@router.post("/declarations/{number}/gate", summary="Compare a container at the gate with its declaration")
def gate(request: HttpRequest, number: str, body: GateIn) -> Any:
    by = actor(request)

    def do() -> dict[str, Any]:
        found = services.gate_check(
            by,
            container=body.container,
            seal_read=body.seal_read,
            intact=body.intact,
            gate=body.gate,
            declaration=number,
            alarm=body.portal_alarm,
        )
        return {
            "declaration": found.declaration,
            "container": found.container,
            "match": found.match,
            "reasons": found.reasons,
            "released": found.released,
            "selected": found.selected,
        }

    return once_request(request, by, do)[0]
