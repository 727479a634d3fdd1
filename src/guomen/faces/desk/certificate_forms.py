"""Draft a certificate of any kind by form, correct one that was sent back, take up or decline what a firm asked for."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from guomen.certificates import kinds, queries, services
from guomen.certificates.models import Asked, Certificate
from guomen.certificates.titles import title
from guomen.clearance.queries import declaration, line_by_subject
from guomen.faces import fact_forms
from guomen.faces.desk.drafting import facts_of_line
from guomen.faces.forms import answer_once, send_once
from guomen.faces.told import goods
from guomen.kit.errors import Invalid, NotFound, Problem, Refused
from guomen.kit.web import page
from guomen.kit.words import W
from guomen.parties.actors import Actor, of_request
from guomen.parties.models import Organisation

ROLES = ("controller", "certifier")


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A new draft. Without ``kind`` the kinds to choose from. ``asked`` and ``replaces`` say what it answers."""
    by = of_request(request)
    by.require(*ROLES)
    start = _start(by, request)
    if start.get("declined"):
        return redirect("desk-certificates")
    if "kind" not in start:
        return page(request, "desk/certificate_kinds.html", {"kinds": _choices()})
    one = kinds.kind(start["kind"])
    problems: list[Problem] = []
    if request.method == "POST":
        facts = fact_forms.kept(one, start["facts"]) | fact_forms.sent(one, request.POST)
        try:
            made = _draft(request, by, one, start, facts)
            messages.success(request, _("The certificate waits for a colleague to review it."))
            return redirect("desk-certificate", made)
        except Invalid as error:
            problems = error.problems
        except Refused as error:
            problems = [Problem("kind", error.code, error.words, tuple(error.values.items()))]
        start["facts"] = facts
    return _shown(request, one, start, problems)


def _choices() -> list[tuple[str, W]]:
    return [(code, title(code)) for code in kinds.issued_by("authority")]


def _start(by: Actor, request: HttpRequest) -> dict[str, Any]:
    """What the form begins with: kind, subject, holder and facts, from a request or from what it replaces."""
    asked, replaces = request.GET.get("asked", ""), request.GET.get("replaces", "")
    if asked:
        return _of_request(by, request, asked)
    if replaces:
        old = queries.certificate(replaces, by)
        _known(old.kind)
        fixed = {"kind": old.kind, "subject": old.subject, "holder": old.holder.code}
        return fixed | {"facts": old.facts, "fixed": True, "replaces": replaces}
    kind = request.GET.get("kind", "")
    if not kind:
        return {}
    _known(kind)
    typed = {name: request.POST.get(name, request.GET.get(name, "")).strip()[:200] for name in ("subject", "holder")}
    return {"kind": kind, "facts": {}, "fixed": False, "replaces": ""} | typed


def _known(kind: str) -> None:
    if kind not in kinds.issued_by("authority"):
        raise NotFound


def _of_request(by: Actor, request: HttpRequest, asked: str) -> dict[str, Any]:
    try:
        found = next((a for a in queries.asked(by) if a.id == UUID(asked)), None)
    except ValueError:
        found = None
    if found is None:
        raise NotFound
    if request.method == "POST" and request.POST.get("do") == "decline":
        try:
            send_once(request, by, lambda: services.decline(by, found.id, request.POST.get("reason", "")))
            messages.success(request, _("The firm sees why."))
            return {"declined": True}
        except Invalid as error:
            messages.error(request, str(error.problems[0]))
            return {"declined": True}
    return _asked_start(by, found)


def _asked_start(by: Actor, found: Asked) -> dict[str, Any]:
    named, facts = line_by_subject(found.subject), dict[str, Any]()
    if named is not None:
        whole = declaration(by, named.declaration)
        facts = facts_of_line(whole, next(x for x in whole.line_list if x.number == named.number), found.kind)
    kept = kinds.read(kinds.kind(found.kind), facts)[0]
    fixed = {"kind": found.kind, "subject": found.subject, "holder": found.organisation.code}
    return fixed | {"facts": kept, "fixed": True, "replaces": "", "asked": found}


def _draft(request: HttpRequest, by: Actor, one: kinds.Kind, start: dict[str, Any], facts: dict[str, Any]) -> str:
    holder = Organisation.objects.filter(code=start["holder"]).first()
    problems = []
    if holder is None:
        words = W("No organisation is registered under this code.", "没有以该代码登记的组织。")
        problems.append(Problem("holder", "unknown-organisation", words))
    if not start["subject"]:
        words = W("Say what the certificate is about.", "请填写证书所指的货物。")
        problems.append(Problem("subject", "required", words))
    if problems:
        raise Invalid([*problems, *kinds.read(one, facts)[1]])
    assert holder is not None

    def do() -> str:
        made = services.draft(
            by, kind=one.code, subject=start["subject"], holder=holder, facts=facts, replaces=start["replaces"]
        )
        return made.number

    return str(answer_once(request, by, do)[0])


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, number: str) -> HttpResponse:
    """Correct a draft that nobody has reviewed yet."""
    by = of_request(request)
    by.require(*ROLES)
    found: Certificate = queries.certificate(number, by)
    _known(found.kind)
    one, problems = kinds.kind(found.kind), list[Problem]()
    start = {"subject": found.subject, "holder": found.holder.code, "fixed": True, "facts": found.facts}
    if request.method == "POST":
        facts = fact_forms.kept(one, found.facts) | fact_forms.sent(one, request.POST)
        try:
            send_once(request, by, lambda: services.change(by, number, facts))
            messages.success(request, _("The certificate waits for a colleague to review it."))
            return redirect("desk-certificate", number)
        except Invalid as error:
            problems, start["facts"] = error.problems, facts
        except Refused as error:
            messages.error(request, error.sentence())
            return redirect("desk-certificate", number)
    return _shown(request, one, start | {"number": number}, problems)


def _about(subject: str) -> str:
    """What a certificate is about, in words where it is goods of a declaration."""
    line = line_by_subject(subject)
    return f"{goods([line])[subject]} · {line.declaration}/{line.number}" if line else subject


def _shown(request: HttpRequest, one: kinds.Kind, start: dict[str, Any], problems: list[Problem]) -> HttpResponse:
    context = {"number": "", "replaces": "", "asked": None} | start
    context |= {
        "one": one,
        "title": title(one.code),
        "sections": fact_forms.sections(one),
        "about": _about(start["subject"]) if start["fixed"] else "",
        "given": start["facts"],
        "rows_of": fact_forms.rows_of,
        "problems": problems,
        "problem_map": {p.field: str(p) for p in problems},
    }
    return page(request, "desk/certificate_form.html", context, status=422 if problems else 200)
