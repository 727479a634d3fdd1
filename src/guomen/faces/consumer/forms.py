"""The signed forms of a certificate for whoever has its number, the status lists, and where the keys are."""

import hashlib

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.views.decorators.http import require_safe

from guomen.certificates import credential, formats, queries, signing_keys, statuses
from guomen.core.credentials.statuslist import CWT_TYPE, JWT_TYPE
from guomen.kit.errors import GuomenError
from guomen.kit.words import W


def published(request: HttpRequest, body: bytes, media_type: str, seconds: int = statuses.FRESH) -> HttpResponse:
    """Something public that anybody may keep for so many seconds, also from a page of another host."""
    response = HttpResponse(body, content_type=media_type)
    response.headers["Cache-Control"] = f"public, max-age={seconds}"
    response.headers["Access-Control-Allow-Origin"] = "*"
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    response.headers["ETag"] = etag
    return get_conditional_response(request, etag=etag, response=response) or response


class OnlyNowError(GuomenError):
    """Lists of earlier moments are not kept: draft-ietf-oauth-status-list, historical resolution, asks for 501."""

    status = 501
    code = "only-now"
    words = W("Only the present list is published.", "仅发布当前状态列表。")


def only_now(request: HttpRequest) -> None:
    """Raise OnlyNowError for who asks what a list said at another time.

    One made today with an older ``iat`` would be a false word about when it was signed. What became of a certificate
    when, its page and the public log say.
    """
    if {"time", "timestamp"} & request.GET.keys():
        raise OnlyNowError


@require_safe
def status_list(request: HttpRequest, number: int) -> HttpResponse:
    """A Token Status List: as a JWT, or as a CWT for who asks for it."""
    only_now(request)
    wants_cwt = request.get_preferred_type([JWT_TYPE, CWT_TYPE]) == CWT_TYPE
    response = published(request, statuses.token(number, cwt=wants_cwt), CWT_TYPE if wants_cwt else JWT_TYPE)
    patch_vary_headers(response, ["Accept"])
    return response


@require_safe
def status_credential(request: HttpRequest, number: int, purpose: str) -> HttpResponse:
    """A Bitstring Status List Credential for revocation or suspension."""
    only_now(request)
    return published(request, statuses.credential(number, purpose), credential.MEDIA_TYPE)


@require_safe
def sd_jwt(request: HttpRequest, number: str) -> HttpResponse:
    """The SD-JWT: all of it, or with ``?show=`` once for each fact that is to be shown."""
    queries.certificate(number)
    forms = formats.kept(number)
    chosen = set(request.GET.getlist("show"))
    text = formats.shown(forms, chosen) if "show" in request.GET else forms.sd_jwt
    headers = {"Content-Disposition": f'attachment; filename="{number}.sd-jwt"'}
    return HttpResponse(text, content_type=formats.SD_JWT_MEDIA_TYPE, headers=headers)


@require_safe
def slip(request: HttpRequest, number: str) -> HttpResponse:
    """The text of the code for a paper slip."""
    queries.certificate(number)
    return HttpResponse(formats.kept(number).slip, content_type="text/plain; charset=us-ascii")


@require_safe
def issuer(request: HttpRequest) -> HttpResponse:
    """Where verifiers of SD-JWT VCs look for the keys (draft-ietf-oauth-sd-jwt-vc, section 5)."""
    response = JsonResponse({"issuer": settings.GUOMEN.origin, "jwks": signing_keys.jwks()})
    response.headers["Cache-Control"] = "public, max-age=300"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
