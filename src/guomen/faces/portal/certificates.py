"""Certificates of a firm: those it holds, what it asked for, and what it declares on its own word."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from guomen.catalogue.queries import registered
from guomen.certificates import kinds, queries, services
from guomen.certificates.services.asking import OWN_WORD
from guomen.certificates.titles import title
from guomen.clearance import queries as clearance
from guomen.core.gs1 import to_digital_link
from guomen.faces import fact_forms, told
from guomen.faces.forms import answer_once, send_once
from guomen.kit.errors import Invalid, NotFound, Problem, Refused
from guomen.kit.web import page
from guomen.kit.words import W
from guomen.parties.actors import Actor, of_request

MOST = 100
_TONES = {"valid": "ok", "open": "wait", "drafted": "ok"}


def _firm(request: HttpRequest) -> Actor:
    by = of_request(request)
    by.require("declarant")
    return by


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Certificates that the firm holds, and its requests with their answers."""
    by = _firm(request)
    held = [(c, title(c.kind), queries.state(c)) for c in queries.held(by)]
    asked = [
        (a, title(a.kind), told.state("request", a.state), _TONES.get(a.state, "bad")) for a in queries.own_asked(by)
    ]
    shown = [(c, words, told.state("certificate", state), _TONES.get(state, "bad")) for c, words, state in held]
    return page(request, "portal/certificates.html", {"held": shown, "asked": asked})


def subjects(by: Actor) -> list[tuple[str, W]]:
    """Goods of the firm: lines that it declared, newest first, and products that it registered."""
    lines = [line for d in clearance.declarations(by)[:MOST] for line in d.line_list]
    names = told.goods(lines)
    found = [(x.subject, W(*[f"{names[x.subject]} · {x.declaration}/{x.number}"] * 2)) for x in lines]
    products = ((str(to_digital_link((("01", p.gtin),))), p) for p in registered(by)[:MOST])
    return found + [(link, W(f"{p.name_en} · {p.gtin}", f"{p.name_zh} · {p.gtin}")) for link, p in products]


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Ask the authority for a certificate."""
    by = _firm(request)
    given = {name: request.POST.get(name, request.GET.get(name, ""))[:1000] for name in ("kind", "subject", "note")}
    problems: list[Problem] = []
    if request.method == "POST":
        try:
            send_once(request, by, lambda: services.ask(by, given["kind"], given["subject"], given["note"]))
            messages.success(request, _("Asked. You see here when an officer takes it up."))
            return redirect("portal-certificates")
        except Invalid as error:
            problems = error.problems
        except NotFound as error:
            problems = [error.about("subject")]
        except Refused as error:
            problems = [error.about("kind")]
    context = {
        "given": given,
        "kinds": [(code, title(code)) for code in kinds.issued_by("authority")],
        "subjects": subjects(by),
    }
    return _shown(request, "portal/ask_certificate.html", context, problems)


@require_http_methods(["GET", "HEAD", "POST"])
def declare(request: HttpRequest) -> HttpResponse:
    """Declare that goods conform: the firm's own word, received by the platform."""
    by, one = _firm(request), kinds.kind(OWN_WORD)
    subject = request.POST.get("subject", request.GET.get("subject", ""))[:200]
    facts: dict[str, Any] = {}
    problems: list[Problem] = []
    if request.method == "POST":
        facts = fact_forms.sent(one, request.POST)
        if request.POST.get("true") != "yes":
            words = W("Confirm that the declaration is true.", "请确认声明内容属实。")
            problems.append(Problem("true", "required", words))
        try:
            if problems:
                raise Invalid([*problems, *kinds.read(one, facts)[1]])
            number = answer_once(request, by, lambda: services.declare(by, subject, facts).number)[0]
            messages.success(request, _("Received as %(number)s.") % {"number": number})
            return redirect("portal-certificates")
        except Invalid as error:
            problems = error.problems
        except NotFound as error:
            problems = [error.about("subject")]
    context = {
        "one": one,
        "sections": fact_forms.sections(one),
        "rows_of": fact_forms.rows_of,
        "given": facts,
        "subject": subject,
        "subjects": subjects(by),
    }
    return _shown(request, "portal/declare_conformity.html", context, problems)


def _shown(request: HttpRequest, template: str, context: dict[str, Any], problems: list[Problem]) -> HttpResponse:
    found = {"problems": problems, "problem_map": {p.field: str(p) for p in problems}}
    return page(request, template, context | found, status=422 if problems else 200)
