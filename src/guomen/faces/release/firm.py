"""What firms and listed bodies do: announce tests and air samples, ask for admission, file reports."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from guomen.adoption import queries, services
from guomen.adoption.services.reports import MAX_BYTES
from guomen.catalogue import codes
from guomen.catalogue.packs import current
from guomen.catalogue.units import amount
from guomen.faces.forms import acted, send_once
from guomen.faces.release.desk import owed
from guomen.faces.told import country, sentence, state
from guomen.kit.errors import Forbidden, NotFound
from guomen.kit.web import page
from guomen.parties.actors import Actor, of_request

LOT = ("gtin", "hs_code", "maker_name", "batch", "goods", "quantity", "unit")
FLIGHT = ("origin", "waybill", "arrives_on")
RESULT = ("verdict", "tested_on", "standards")


def _moment(text: str) -> str:
    """A time as the form writes it, in the configured zone, as one with its zone."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return text
    return text if found.tzinfo else found.replace(tzinfo=ZoneInfo(settings.TIME_ZONE)).isoformat()


@require_http_methods(["GET", "HEAD", "POST"])
def evidence(request: HttpRequest) -> HttpResponse:
    """A firm's results from elsewhere: what counts and how much is left, samples, reports, admissions. POST adds."""
    by = of_request(request)
    by.require("declarant")
    if by.organisation is None or by.organisation.kind != "trader":
        raise Forbidden
    problems, answer = acted(request, lambda: _act(request, by))
    if answer:
        return answer
    pack = current()
    context: dict[str, Any] = {
        "evidence": queries.evidence(by),
        "samples": queries.air_samples(by),
        "reports": queries.reports(by),
        "standings": queries.standings(by),
        "bodies": [(b.organisation.code, str(b.organisation)) for b in queries.bodies() if b.state == "listed"],
        "modes": pack.modes,
        "askable": [(m.code, m.name) for m in pack.modes.values() if m.standing or m.guarantee],
        "units": list(codes.table("unit").options()),
        "countries": list(codes.table("country").options()),
        "words": state,
        "country": country,
        "sentence": sentence,
        "amount": amount,
        "do": request.POST.get("do", ""),
        "typed": request.POST,
        "problems": problems,
        "problem_map": {p.field: str(p) for p in problems},
    }
    return page(request, "release/own.html", context, status=422 if problems else 200)


def _act(request: HttpRequest, by: Actor) -> str:
    post = request.POST
    lot = {name: post.get(name, "") for name in LOT}
    match post.get("do"):
        case "sample":
            sent = lot | {name: post.get(name, "") for name in FLIGHT}
            send_once(request, by, lambda: services.declare_air_sample(by, sent))
            return _("The air sample is declared.")
        case "report":
            sent = lot | {"body": post.get("body", ""), "due_at": _moment(post.get("due_at", ""))}
            send_once(request, by, lambda: services.ask_report(by, sent))
            return _("The test is announced. The body files its report here.")
        case "late":
            number, reason, due = post.get("report", ""), post.get("reason", ""), _moment(post.get("due_at", ""))
            send_once(request, by, lambda: services.notify_late(by, number, reason, due))
            return _("The notice is recorded.")
        case "standing":
            mode, guarantee = post.get("mode", ""), post.get("guarantee", "")
            send_once(request, by, lambda: services.ask_standing(by, mode, guarantee))
            return _("An officer looks at it.")
    raise NotFound


@require_http_methods(["GET", "HEAD", "POST"])
def reports(request: HttpRequest) -> HttpResponse:
    """Tests that importers announced to this body. POST files the result of one with its PDF."""
    by = of_request(request)
    by.require("analyst")
    body = queries.body_of(by.organisation)
    if body is None:
        raise NotFound
    problems, answer = acted(request, lambda: _file(request, by))
    if answer:
        return answer
    context = {
        "body": body,
        "reports": queries.reports(by),
        "words": state,
        "amount": amount,
        "typed": request.POST,
        "problems": problems,
        "problem_map": {p.field: str(p) for p in problems},
    }
    return page(request, "release/reports.html", context, status=422 if problems else 200)


def _file(request: HttpRequest, by: Actor) -> str:
    upload = request.FILES.get("file")
    content = upload.read(MAX_BYTES + 1) if upload else b""
    sent = {name: request.POST.get(name, "") for name in RESULT}
    number = request.POST.get("report", "")
    send_once(request, by, lambda: services.file_report(by, number, sent, content))
    return _("The report is filed.")


@require_http_methods(["GET", "HEAD", "POST"])
def duties(request: HttpRequest) -> HttpResponse:
    """What a firm owes after releases of its goods, until when, and what follows. POST says that one is done."""
    by = of_request(request)
    by.require("declarant")
    if by.organisation is None or by.organisation.kind != "trader":
        raise Forbidden
    return owed(request, by, "release/duties.html")
