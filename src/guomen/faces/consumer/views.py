"""What anybody with a phone sees of a batch or a product. The page of one item is the scan path's (faces/edge)."""

import json
from dataclasses import asdict
from typing import Any
from urllib.parse import urlparse
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from guomen.core.gs1 import valid_gtin
from guomen.faces.consumer import as_json, view_model
from guomen.faces.consumer.links import links_of_firm
from guomen.faces.consumer.lookup import destination
from guomen.kit.errors import GuomenError, NotFound
from guomen.kit.web import page, wants_json
from guomen.ledger.models import Entry
from guomen.ledger.queries import prove

PUBLIC_KINDS = frozenset(
    {
        "line.released",
        "line.refused",
        "recall.ordered",
        "tags.recalled",
        "sample.reported",
        "certificate.signed",
        "certificate.revoked",
    }
)


def answered(request: HttpRequest, template: str, context: dict[str, Any], body: Any, status: int) -> HttpResponse:
    """The page, or the same facts as JSON. Never from a cache: a recall must show at once."""
    if wants_json(request):
        dumps = {"ensure_ascii": False}
        response: HttpResponse = JsonResponse(body, status=status, json_dumps_params=dumps)
    else:
        response = page(request, template, context, status=status)
    response.headers["Cache-Control"] = "no-store"
    patch_vary_headers(response, ["Accept"])
    return response


@require_safe
def of_class(request: HttpRequest, gtin: str, batch: str = "") -> HttpResponse:
    """A product, or one batch of it: what a code without a serial number can say, and what it cannot."""
    if not valid_gtin(gtin):
        raise NotFound
    answer = view_model.class_answer(gtin.zfill(14), batch)
    context = {
        "a": answer,
        "links": links_of_firm(request.LANGUAGE_CODE, answer.gtin, batch)
        if answer.exists and not answer.recall
        else [],
    }
    return answered(request, "consumer/class.html", context, as_json.of_class(answer), 200 if answer.exists else 404)


@require_safe
def verify(request: HttpRequest) -> HttpResponse:
    """Lead a typed or pasted code to its page; say so when it is not ours."""
    code, gtin = request.GET.get("code", "")[:400], request.GET.get("gtin", "")[:14]
    host = urlparse(settings.GUOMEN.origin).netloc
    if not code.strip():
        return page(request, "consumer/verify.html", {"error": None, "code": "", "host": host})
    try:
        path = destination(code, gtin)
    except GuomenError as error:
        if wants_json(request):
            raise
        context = {"error": error, "code": code, "host": host}
        return page(request, "consumer/verify.html", context, status=error.status)
    return HttpResponseRedirect(request.language_prefix + path)  # type: ignore[attr-defined]


@require_safe
def record(request: HttpRequest, entry: UUID) -> HttpResponse:
    """The signed record of a public decision: entry, inclusion proof, checkpoint and key, checkable without us."""
    found = Entry.objects.filter(id=entry, kind__in=PUBLIC_KINDS).first()
    proof = prove(found) if found else None
    if proof is None:
        raise NotFound
    body = json.dumps(asdict(proof), ensure_ascii=False, indent=1)
    headers = {"Content-Disposition": f'attachment; filename="record-{proof.position}.json"'}
    # The checkpoint in it grows, and every one of them proves the entry.
    headers["Cache-Control"] = "public, max-age=300"
    return HttpResponse(body, content_type="application/json", headers=headers)
