"""Checks without a network: files for devices, who may have them, and signed codes of cartons and documents."""

import hashlib
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Schema

from guomen.core.tagcrypto import signed
from guomen.kit import paper
from guomen.kit.errors import Forbidden, GuomenError
from guomen.kit.keys import signer
from guomen.kit.words import W
from guomen.parties.api import actor
from guomen.parties.once import once_request
from guomen.tags import services
from guomen.tags.api.router import router
from guomen.tags.models import SignedCode
from guomen.tags.services import bundling, dealers, signing

BUNDLE_TYPE = 'application/cose; cose-type="cose-sign1"'
"""RFC 9052, section 10."""
MOST_PRODUCTS = 200
_CODE_REASONS = {
    "form": W("This is no signed code.", "这不是签名码。"),
    "type": W("This is signed, but not as a code.", "该内容有签名，但不是签名码。"),
    "key": W("Nobody whom we know signed this code.", "签名方未知。"),
    "signature": W("The signature is not valid: the code was changed.", "签名无效，编码已被改动。"),
    "expired": W("This code has run out.", "该签名码已过期。"),
    "revoked": W("This code was revoked.", "该签名码已吊销。"),
}


class NotValid(GuomenError):
    """A text is no valid signed code."""

    status = 422
    code = "not-valid"
    words = _CODE_REASONS["form"]


class CodeIn(Schema):
    """``subject``: a GS1 Digital Link or a certificate's address on this host. ``days``: null for no end."""

    subject: str
    days: int | None = None


class TextIn(Schema):
    text: str


class WhyIn(Schema):
    why: str


def public_key(name: str) -> str:
    return signer(name).public_key().public_bytes_raw().hex()


@router.get("/tags/keys", auth=None, summary="Public keys with which devices check bundles, status lists and codes")
def keys(request: HttpRequest, response: HttpResponse) -> Any:
    response.headers["Cache-Control"] = "public, max-age=3600"
    return {"bundles": public_key(bundling.SIGNER), "codes": public_key(signing.SIGNER)}


@router.get("/tags/bundle", summary="The signed file with which your devices check items without a network")
def bundle(
    request: HttpRequest,
    audience: Literal["", "inspector", "retailer"] = "",
    days: int = 7,
    gtin: str = "",
) -> Any:
    """``audience``: inspector or retailer; without it, what fits the caller. ``gtin``: only these, with commas between.

    With ``If-None-Match`` it answers 304 while a file of today says the same.
    """
    by = actor(request)
    return bundle_answer(request, by, audience, days, gtin)


def bundle_answer(request: HttpRequest, by: Any, audience: str, days: int, gtin: str = "") -> HttpResponse:
    """The file, or 304 for who has the same already. Raises Forbidden, Invalid."""
    wanted = audience or bundling.audience_of(by)
    if wanted is None:
        raise Forbidden
    gtins = [one.strip()[:14] for one in gtin.split(",")[:MOST_PRODUCTS] if one.strip()] or None
    prepared = bundling.prepare(by, audience=wanted, days=days, gtins=gtins)  # type: ignore[arg-type]
    # Weak: the same content again has another moment in it.
    tag = f'W/"{prepared.tag}"'
    known = [one.strip() for one in request.headers.get("If-None-Match", "").split(",")]
    if request.method in ("GET", "HEAD") and tag in known:
        answer = HttpResponse(status=304)
    else:
        answer = HttpResponse(bundling.issue(by, prepared), content_type=BUNDLE_TYPE)
        answer.headers["Content-Disposition"] = f'attachment; filename="guomen-{wanted}.bundle"'
    answer.headers["ETag"] = tag
    # One for inspectors has keys in it: nothing on the way may keep it.
    answer.headers["Cache-Control"] = "no-store" if wanted == "inspector" else "private, no-cache"
    answer.headers["Vary"] = "Authorization, Cookie"
    return answer


@router.get("/tags/dealers", summary="Retailers that may check your goods without a network")
def listed(request: HttpRequest) -> Any:
    found = dealers.dealers(actor(request))
    named = [{"code": d.retailer.code, "name": _name(d.retailer), "since": d.since.isoformat()} for d in found]
    return {"dealers": named}


def _name(one: Any) -> dict[str, str]:
    return {"en": one.name_en, "zh": one.name_zh}


@router.put("/tags/dealers/{code}", summary="Let a retailer check your goods without a network")
def name_dealer(request: HttpRequest, code: str) -> Any:
    found = services.name_dealer(actor(request), code)
    return {"code": found.code, "name": _name(found)}


@router.delete("/tags/dealers/{code}", summary="Give a retailer no more files of your goods")
def drop_dealer(request: HttpRequest, code: str) -> Any:
    services.drop_dealer(actor(request), code)
    return {"code": code}


def _code(row: SignedCode) -> dict[str, Any]:
    return {
        "number": row.number,
        "subject": row.subject,
        "text": signing.text_of(row),
        "issued_at": row.issued_at.isoformat(),
        "expires_at": row.expires_at.isoformat() if row.expires_at else None,
        "revoked_at": row.revoked_at.isoformat() if row.revoked_at else None,
    }


@router.post("/tags/codes", summary="Sign a code for a carton or a document (controllers, certifiers)")
def sign(request: HttpRequest, body: CodeIn) -> Any:
    by = actor(request)
    return once_request(request, by, lambda: _code(services.sign_code(by, body.subject, days=body.days).row))[0]


@router.get("/tags/codes", summary="The newest signed codes (controllers, certifiers)")
def codes(request: HttpRequest) -> Any:
    return {"codes": [_code(row) for row in signing.newest_codes(actor(request))]}


@router.post("/tags/codes/check", auth=None, summary="Whether a text is a valid code of ours, and what it says")
def check(request: HttpRequest, body: TextIn) -> Any:
    try:
        code = services.read_signed(body.text)
    except signed.SignedCodeError as error:
        raise NotValid(_CODE_REASONS[error.reason], code=f"code-{error.reason}")
    return {
        "issuer": code.issuer,
        "subject": code.subject,
        "issued_at": code.issued_at.isoformat(),
        "expires_at": code.expires_at.isoformat() if code.expires_at else None,
        "status_list": {"uri": code.status.uri, "idx": code.status.number} if code.status else None,
    }


@router.post("/tags/codes/{int:number}/revoke", summary="Make a signed code invalid (controllers, certifiers)")
def revoke(request: HttpRequest, number: int, body: WhyIn) -> Any:
    return _code(services.revoke_code(actor(request), number, body.why))


@router.get("/tags/codes/{int:number}.svg", summary="A signed code as a QR code to print")
def picture(request: HttpRequest, number: int) -> HttpResponse:
    row = signing.code_of(actor(request), number)
    svg = paper.qr_svg(signing.text_of(row)).encode()
    headers = {"ETag": f'"{hashlib.sha256(svg).hexdigest()[:32]}"', "Cache-Control": "private, no-cache"}
    return HttpResponse(svg, content_type="image/svg+xml", headers=headers)
