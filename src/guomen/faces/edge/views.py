"""A Digital Link where it becomes a page for people: our own page, a choice of links, or why there is nothing."""

from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from guomen.catalogue import codes
from guomen.core.gs1 import GS1Error
from guomen.core.resolver import CONTEXT, CORS, VOCABULARY, Answer, Asked, Link, ask, linkset_link, options
from guomen.faces.consumer import views as consumer
from guomen.faces.edge import pages
from guomen.faces.edge.known import decided, known
from guomen.kit.errors import GuomenError, NotFound
from guomen.kit.web import page, problem
from guomen.kit.words import W

WRONG = W(
    "This is not a right GS1 Digital Link: {why}.",
    "GS1 数字链接有误：{why}。",
)
NO_LINK = W("There is no such link for this code.", "该编码没有此类链接。")


# Nothing is written here: another site's form changes nothing.
@csrf_exempt
def resolve(request: HttpRequest, thing: str) -> HttpResponse:
    """Everything under a GS1 primary key. ``thing`` is not used: its escapes are lost."""
    if request.method == "OPTIONS":
        return _as_response(options())
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD", "OPTIONS"])
    accept = request.headers.get("Accept", "")
    try:
        asked = ask(_path(request), request.META.get("QUERY_STRING", ""), accept, _languages(request))
    except GS1Error as error:
        why = W(str(error), error.zh)
        wrong = GuomenError(WRONG, code=error.code, why=why)
        again = _("A digit may be wrong or missing. Scan it again, or type it as it is printed.")
        return _error(request, wrong, title=_("We cannot use this code"), lead=again, detail=str(why))
    found = known(asked.thing)
    answer = decided(asked, found)
    if answer.in_place:
        return _with_headers(_our_page(request, asked), answer)
    if answer.status == 404:
        return _nothing(request, asked, found.links)
    if answer.choices and "text/html" in accept:
        context = {"title": _("Choose where to go"), "lead": "", "detail": "", "links": _shown(answer.choices)}
        return _with_headers(page(request, "edge/links.html", context, status=300), answer)
    return _as_response(answer)


def _path(request: HttpRequest) -> str:
    """The path as it was sent, without the language before it. Django's own has lost which slashes were escaped."""
    raw = request.META.get("asgi.scope", {}).get("raw_path")
    if raw is None:
        return quote(request.path_info)
    sent = bytes(raw).partition(b"?")[0].decode("latin-1")
    return sent.removeprefix(request.language_prefix)  # type: ignore[attr-defined]


def _languages(request: HttpRequest) -> str:
    chosen = request.language_prefix.lstrip("/")  # type: ignore[attr-defined]
    return chosen or request.headers.get("Accept-Language", "")


def _our_page(request: HttpRequest, asked: Asked) -> HttpResponse:
    thing = asked.thing
    if serial := thing.get("21"):
        return pages.item(request, thing.gtin, serial, thing.get("10"))
    return consumer.of_class(request, thing.gtin, thing.get("10"))


def _as_response(answer: Answer) -> HttpResponse:
    response = HttpResponse(answer.body, status=answer.status)
    response.headers.pop("Content-Type", None)
    return _with_headers(response, answer)


def _with_headers(response: HttpResponse, answer: Answer) -> HttpResponse:
    """The answer's headers on a response; a page keeps its own type."""
    for name, value in answer.headers:
        if name == "Vary":
            patch_vary_headers(response, value.split(", "))
        else:
            response.headers.setdefault(name, value)
    return response


def _error(request: HttpRequest, error: GuomenError, **more: Any) -> HttpResponse:
    """A page for who reads pages, a problem document for everybody else."""
    if "text/html" in request.headers.get("Accept", ""):
        context = {"title": error.sentence(), "lead": "", "detail": "", "links": []} | more
        response = page(request, "edge/links.html", context, status=error.status)
    else:
        response = problem(error, request.path)
    return _with_headers(response, Answer(error.status, (*CORS, ("Vary", "Accept, Accept-Language"))))


def _nothing(request: HttpRequest, asked: Asked, links: tuple[Link, ...]) -> HttpResponse:
    lead = _("What there is instead:") if links else ""
    response = _error(request, NotFound(NO_LINK, code="no-such-link"), links=_shown(links), lead=lead)
    if links or asked.thing.gtin:
        response.headers["Link"] = linkset_link(asked.thing, settings.GUOMEN.origin)
    return response


def _shown(links: tuple[Link, ...]) -> list[tuple[Link, W | None]]:
    table = codes.table("link_type")
    return [(link, table.get(link.type)) for link in links]


@require_safe
def description(request: HttpRequest) -> JsonResponse:
    """What this resolver is and can (RFC 8615, GS1-Conformant Resolver 1.2.0)."""
    ours = settings.GUOMEN
    body = {
        "name": f"{ours.authority_en} / {ours.authority_zh}",
        "resolverRoot": ours.origin,
        "supportedPrimaryKeys": ["all"],
        "supportedLinkType": [{"namespace": VOCABULARY, "prefix": "gs1:"}],
        "linkTypeDefaultCanBeLinkset": False,
        "supportedContextValuesEnumerated": [code for code, _words in codes.table("country").options()],
        "contact": {"fn": ours.authority_en},
        "jsonLdContextLocation": CONTEXT,
    }
    response = JsonResponse(body, json_dumps_params={"ensure_ascii": False})
    response.headers["Cache-Control"] = "public, max-age=3600"
    for name, value in CORS:
        response.headers[name] = value
    return response
