"""Joint cases: all agencies see the same facts; each decides for itself."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from guomen.cases import queries, services
from guomen.cases.words import CASE_KINDS, DECISIONS, STATES
from guomen.catalogue.queries import products
from guomen.core.gs1 import GS1_BASE
from guomen.faces.forms import acted, send_once
from guomen.faces.told import in_short, told
from guomen.kit.errors import NotFound
from guomen.kit.web import page
from guomen.kit.words import W, say
from guomen.parties.actors import Actor, of_request

INTERESTS = {
    "opened": W("Opened the case", "立案机构"),
    "maker-country": W("Authority of the maker's country", "生产国主管机构"),
    "departure-country": W("Authority of the country of departure", "启运国主管机构"),
    "invited": W("Invited", "受邀机构"),
}
_WORDS = {"kinds": CASE_KINDS, "decisions": DECISIONS, "states": STATES, "interests": INTERESTS}


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The cases of one's own agency."""
    return page(request, "cases/index.html", _WORDS | {"cases": queries.cases(of_request(request))})


def _act(request: HttpRequest, by: Actor, number: str) -> str:
    post = request.POST
    match post.get("do"):
        case "decide":
            decision, note = post.get("decision", ""), post.get("note", "").strip()
            send_once(request, by, lambda: services.decide(by, number, decision, note))
            return _("Your decision is recorded. The other agencies see it now.")
        case "withdraw":
            services.withdraw(by, number)
            return _("Your decision is withdrawn.")
        case "post":
            send_once(request, by, lambda: services.post(by, number, post.get("text", "")))
            return _("Sent to all agencies of this case.")
        case "close":
            services.close(by, number)
            return _("The case is closed.")
    raise NotFound


def _about(subjects: list[str]) -> list[tuple[str, str]]:
    """GTIN and registered name ("" for none) of the products that a case is about."""
    found = {s.split("/01/")[1].split("/")[0] for s in subjects if s.startswith(f"{GS1_BASE}/01/")}
    known = products(found)
    return [(g, say(W(known[g].name_en, known[g].name_zh)) if g in known else "") for g in sorted(found)]


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, number: str) -> HttpResponse:
    """One case. POST ``do``: decide, withdraw, post, close."""
    by = of_request(request)
    view = queries.case(by, number)
    problems, answer = acted(request, lambda: _act(request, by, number))
    if answer:
        return answer
    context: dict[str, Any] = {
        "view": view,
        "case": view.case,
        "facts": in_short(replace(f, lines=()) for f in told(view.facts)),
        "about": _about(view.case.subjects),
        "problems": problems,
        "problem_map": {p.field: str(p) for p in problems},
        "sent": request.POST,
    }
    return page(request, "cases/one.html", _WORDS | context, status=422 if problems else 200)
