"""Certificates for everybody: the state page, the paper, the credential, and the public keys."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from guomen.certificates import chain, credential, ephyto, kinds, paper, queries, signing_keys
from guomen.certificates.kinds.values import both
from guomen.certificates.titles import title
from guomen.certificates.words import REASONS, STATES
from guomen.faces.consumer.as_json import plain
from guomen.faces.consumer.views import answered
from guomen.kit import blobs
from guomen.kit.clock import now
from guomen.kit.errors import NotFound
from guomen.kit.web import page

_TONES = {"valid": "ok", "revoked": "bad", "suspended": "bad"}


def _shown(found: queries.Verification) -> dict[str, Any]:
    one = found.certificate
    site, tests = paper.checks(one.facts) if one else ([], [])
    return {
        "found": found,
        "one": one,
        "title": title(one.kind) if one else None,
        "tone": _TONES.get(found.state, "doubt"),
        "state": STATES.get(f"certificate.{found.state}", STATES["certificate.invalid"]),
        "reasons": [REASONS[r] for r in found.reasons],
        "sections": paper.sections(one.kind, one.facts) if one else [],
        "left": queries.packages_left(one) if one else None,
        "has_xml": one is not None and one.kind == ephyto.KIND,
        "own_word": one is not None and kinds.kind(one.kind).issuer == "firm",
        "lasting": one is not None and kinds.kind(one.kind).lasting,
        "site": site,
        "tests": tests,
        "decision": both(one.facts.get("decision")) if one and one.facts.get("decision") else None,
    }


def _body(found: queries.Verification) -> dict[str, Any]:
    one = found.certificate
    body: dict[str, Any] = {
        "valid": found.valid,
        "state": found.state,
        "reasons": [{"code": r, "words": REASONS[r]} for r in found.reasons],
        "checked_at": found.checked_at,
    }
    if one is not None:
        body |= {
            "number": one.number,
            "kind": {"code": one.kind, "name": title(one.kind)},
            "signed_at": one.signed_at,
            "valid_until": one.valid_until,
            "suspended_at": one.suspended_at,
            "revoked_at": one.revoked_at,
            "replaces": one.replaces or None,
            "replaced_by": one.replaced_by or None,
            "credential": f"{credential.address(one.number)}.jwt",
            "paper": f"{credential.address(one.number)}.pdf",
        }
    return dict(plain(body))


@require_safe
def certificate(request: HttpRequest, number: str) -> HttpResponse:
    """The present state of a certificate. A draft is nobody's business but the authority's: 404."""
    queries.certificate(number)
    found = queries.verify(number)
    return answered(request, "consumer/certificate.html", _shown(found), _body(found), 200)


@require_safe
def pdf(request: HttpRequest, number: str) -> HttpResponse:
    """The paper."""
    one = queries.certificate(number)
    if not one.pdf:
        raise NotFound
    headers = {"Content-Disposition": f'inline; filename="{number}.pdf"'}
    return HttpResponse(blobs.get(one.pdf), content_type="application/pdf", headers=headers)


@require_safe
def jwt(request: HttpRequest, number: str) -> HttpResponse:
    """The credential: a W3C VC 2.0 as a compact JWS."""
    one = queries.certificate(number)
    if not one.jws:
        raise NotFound
    return HttpResponse(one.jws, content_type=credential.MEDIA_TYPE)


@require_safe
def sps(request: HttpRequest, number: str) -> HttpResponse:
    """A phytosanitary certificate as the message that countries exchange: UN/CEFACT SPSCertificate."""
    one = queries.certificate(number)
    if one.kind != ephyto.KIND:
        raise NotFound
    headers = {"Content-Disposition": f'attachment; filename="{number}.xml"'}
    return HttpResponse(ephyto.xml(one), content_type=ephyto.MEDIA_TYPE, headers=headers)


@require_safe
def authority(request: HttpRequest) -> HttpResponse:
    """The X.509 certificate above the signatures of our PDF files, for who wants to trust it."""
    response = HttpResponse(chain.authority_der(), content_type="application/pkix-cert")
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


@require_safe
def jwks(request: HttpRequest) -> HttpResponse:
    """The public keys of credentials."""
    return _few_minutes(JsonResponse(signing_keys.jwks()))


@require_safe
def did(request: HttpRequest) -> HttpResponse:
    """The same as a DID document, also with the keys that others know."""
    return _few_minutes(JsonResponse(signing_keys.did(), content_type="application/did+json"))


@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """The keys for people: which signs now, which did, and which is not to be relied on."""
    rows = [(one, signing_keys.public(one).id) for one in reversed(signing_keys.every())]
    return page(request, "consumer/keys.html", {"rows": rows, "at": now()})


def _few_minutes(response: HttpResponse) -> HttpResponse:
    # A new key signs from the moment on when it is made: who keeps these for long knows it late.
    response.headers["Cache-Control"] = "public, max-age=300"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
