"""Certificates over HTTP: for the authority's officers and programs, laboratories and firms."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from guomen.certificates import kinds, queries, services
from guomen.certificates.models import Asked, Certificate
from guomen.certificates.titles import title
from guomen.kit.errors import Invalid, Problem
from guomen.kit.words import W
from guomen.ledger.services import plain
from guomen.parties.api import SIGNED_IN, actor
from guomen.parties.models import Organisation
from guomen.parties.once import once_request

router = Router(tags=["certificates"], auth=SIGNED_IN)
_SHOWN = (
    *("number", "kind", "subject", "facts", "valid_days", "drafted_at", "returned_reason", "reviewed_at", "signed_at"),
    *("valid_until", "replaces", "replaced_by", "replaced_at", "suspended_at", "suspend_code", "suspend_reason"),
    *("revoked_at", "revoke_code", "revoke_reason"),
)


class DraftIn(Schema):
    """``holder``: registration code of the organisation. ``replaces``: number of the certificate that ends with it."""

    kind: str
    subject: str
    holder: str
    facts: dict[str, Any] = {}
    valid_days: int | None = None
    replaces: str = ""


class ChangeIn(Schema):
    facts: dict[str, Any]
    valid_days: int | None = None


class AskIn(Schema):
    kind: str
    subject: str
    note: str = ""


class DeclareIn(Schema):
    """``facts``: see the kind CD."""

    subject: str
    facts: dict[str, Any]
    valid_days: int | None = None


class ReasonIn(Schema):
    reason: str


class CodedReasonIn(ReasonIn):
    """``code``: why, by code; ``reason``: in a sentence that everybody may read."""

    code: str = "other"


def shown(one: Certificate) -> dict[str, Any]:
    """A certificate as JSON. Names of persons never leave the house."""
    values = {name: getattr(one, name) for name in _SHOWN}
    office = one.office.code if one.office else None
    more = {"state": queries.state(one), "title": title(one.kind), "holder": one.holder.code, "office": office}
    return dict(plain(values | more))


def _kind(one: kinds.Kind) -> dict[str, Any]:
    facts = [
        {
            "name": f.name,
            "label": f.label,
            "needed": f.name in one.needs,
            "type": f.type.widget,
            "codes": [code for code, _words in f.type.options()] if hasattr(f.type, "options") else None,
            "columns": [c.name for c in f.type.columns] if f.type.widget == "rows" else None,
        }
        for f in kinds.fields_of(one)
    ]
    limits = {"valid_days": one.days, "longest": one.longest, "issuer": one.issuer, "basis": one.basis}
    return dict(plain({"kind": one.code, "title": title(one.code), "facts": facts} | limits))


def _asked(one: Asked) -> dict[str, Any]:
    names = ("id", "kind", "subject", "note", "state", "reason", "certificate", "asked_at", "answered_at")
    return dict(plain({name: getattr(one, name) for name in names} | {"organisation": one.organisation.code}))


def _holder(code: str) -> Organisation:
    found = Organisation.objects.filter(code=code).first()
    if found is None:
        words = W("No organisation is registered under this code.", "没有以该代码登记的组织。")
        raise Invalid([Problem("holder", "unknown-organisation", words)])
    return found


@router.get("/certificates", summary="Certificates that are not signed yet")
def waiting(request: HttpRequest) -> Any:
    return [shown(c) for c in queries.waiting(actor(request))]


@router.post("/certificates", summary="Draft a certificate")
def draft(request: HttpRequest, body: DraftIn) -> Any:
    by = actor(request)

    def do() -> dict[str, Any]:
        return shown(services.draft(by, **(body.dict() | {"holder": _holder(body.holder)})))

    return once_request(request, by, do)[0]


@router.get("/certificates/kinds", summary="Kinds of certificates, and the facts that each needs", auth=None)
def all_kinds(request: HttpRequest) -> Any:
    return {"kinds": [_kind(one) for one in kinds.KINDS.values() if one.ended is None]}


@router.get("/certificates/requests", summary="Requests for certificates: a firm's own; for officers those that wait")
def requests(request: HttpRequest) -> Any:
    by = actor(request)
    found = queries.asked(by) if by.is_officer else queries.own_asked(by)
    return {"requests": [_asked(one) for one in found]}


@router.post("/certificates/requests", summary="Ask for a certificate about goods of one's own")
def ask(request: HttpRequest, body: AskIn) -> Any:
    by = actor(request)
    return once_request(request, by, lambda: _asked(services.ask(by, body.kind, body.subject, body.note)))[0]


@router.post("/certificates/requests/{uuid:request_id}/decline", summary="Decline a request (officers)")
def decline(request: HttpRequest, request_id: str, body: ReasonIn) -> Any:
    by = actor(request)
    return once_request(request, by, lambda: _asked(services.decline(by, request_id, body.reason)))[0]


@router.post("/certificates/declarations", summary="Declare on the firm's own word that goods conform")
def declare(request: HttpRequest, body: DeclareIn) -> Any:
    by = actor(request)

    def do() -> dict[str, Any]:
        return shown(services.declare(by, body.subject, body.facts, body.valid_days))

    return once_request(request, by, do)[0]


@router.get("/certificates/{number}/packages", summary="What was written off a packaging performance result")
def packages(request: HttpRequest, number: str) -> Any:
    one = queries.certificate(number, actor(request))
    rows = [
        {"packages": w.packages, "left": w.balance, "use_result": w.use_result, "at": w.at}
        for w in queries.write_offs(number)
    ]
    return plain({"number": one.number, "left": queries.packages_left(one), "write_offs": rows})


@router.get("/certificates/{number}", summary="One certificate")
def certificate(request: HttpRequest, number: str) -> Any:
    return shown(queries.certificate(number, actor(request)))


@router.put("/certificates/{number}", summary="Correct a draft: all its facts are given")
def change(request: HttpRequest, number: str, body: ChangeIn) -> Any:
    by = actor(request)
    return once_request(request, by, lambda: shown(services.change(by, number, body.facts, body.valid_days)))[0]


@router.post("/certificates/{number}/review", summary="Say that a draft is complete and right")
def review(request: HttpRequest, number: str) -> Any:
    by = actor(request)
    return once_request(request, by, lambda: shown(services.review(by, number)))[0]


@router.post("/certificates/{number}/send-back", summary="Send a draft back to its drafter")
def send_back(request: HttpRequest, number: str, body: ReasonIn) -> Any:
    by = actor(request)
    return once_request(request, by, lambda: shown(services.send_back(by, number, body.reason)))[0]


@router.post("/certificates/{number}/sign", summary="Sign a reviewed certificate")
def sign(request: HttpRequest, number: str) -> Any:
    by = actor(request)
    return once_request(request, by, lambda: shown(services.sign(by, number)))[0]


@router.post("/certificates/{number}/suspend", summary="Stop a certificate for now")
def suspend(request: HttpRequest, number: str, body: CodedReasonIn) -> Any:
    by = actor(request)
    return once_request(request, by, lambda: shown(services.suspend(by, number, body.reason, body.code)))[0]


@router.post("/certificates/{number}/resume", summary="Make a suspended certificate valid again")
def resume(request: HttpRequest, number: str) -> Any:
    by = actor(request)
    return once_request(request, by, lambda: shown(services.resume(by, number)))[0]


@router.post("/certificates/{number}/revoke", summary="Revoke a certificate, for good")
def revoke(request: HttpRequest, number: str, body: CodedReasonIn) -> Any:
    by = actor(request)
    return once_request(request, by, lambda: shown(services.revoke(by, number, body.reason, body.code)))[0]
