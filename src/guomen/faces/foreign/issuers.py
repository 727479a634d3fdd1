"""The trust list: what waits for a second person, who is trusted for what, and who was."""

from datetime import datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from guomen.catalogue.codes import table
from guomen.certificates import queries, trust
from guomen.certificates.models import TrustedIssuer
from guomen.certificates.services import trusting
from guomen.faces.forms import acted, send_once
from guomen.faces.told import country, state
from guomen.kit.errors import Invalid, NotFound
from guomen.kit.web import page
from guomen.parties.actors import Actor, of_request

LISTS = ("kinds", "countries", "headings", "status_addresses")
TEXTS = ("identifier", "name_en", "name_zh", "country", "keys", "roots")
TONES = {"active": "ok", "proposed": "wait", "withdrawn": "bad"}


def _keeper(request: HttpRequest) -> Actor:
    by = of_request(request)
    trusting.require_keeper(by)
    return by


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The trust list, what waits first."""
    _keeper(request)
    rows = queries.issuers()
    groups = [
        (_("Waits for a second person"), [_row(r) for r in rows if r.state == "proposed"]),
        (_("Trusted"), [_row(r) for r in rows if r.state == "active"]),
        (_("Not trusted any more"), [_row(r) for r in rows if r.state not in ("proposed", "active")][:20]),
    ]
    return page(request, "foreign/issuers.html", {"groups": groups})


def _row(one: TrustedIssuer) -> dict[str, Any]:
    return {
        "one": one,
        "country": country(one.country),
        "places": [country(c) for c in one.countries],
        "chip": state("issuer", one.state),
        "tone": TONES.get(one.state, ""),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, issuer: UUID) -> HttpResponse:
    """One entry with its keys and its scope. POST ``do``: confirm, decline, withdraw."""
    by = _keeper(request)
    found = queries.issuer(issuer)
    problems, answer = acted(request, lambda: _decide(request, by, issuer))
    if answer:
        return answer
    context = _row(found) | {
        "keys": trust.keys_of(found),
        "before": queries.issuer_before(found),
        "mine": found.proposed_by == by.person_id,
        "problems": problems,
        "problem_map": {p.field: str(p) for p in problems},
    }
    return page(request, "foreign/issuer.html", context, status=422 if problems else 200)


def _decide(request: HttpRequest, by: Actor, issuer: UUID) -> str:
    reason = request.POST.get("reason", "")
    match request.POST.get("do"):
        case "confirm":
            send_once(request, by, lambda: trusting.confirm(by, issuer))
            return _("The issuer is on the trust list.")
        case "decline":
            send_once(request, by, lambda: trusting.decline(by, issuer, reason))
            return _("Declined.")
        case "withdraw":
            send_once(request, by, lambda: trusting.withdraw(by, issuer, reason))
            return _("The issuer is off the trust list from now on.")
    raise NotFound


@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest) -> HttpResponse:
    """The form for an issuer, empty or with what is on the list now (``?change=``)."""
    by = _keeper(request)
    problems, values = [], _values_of(request)
    if request.method == "POST":
        try:
            send_once(request, by, lambda: trusting.propose(by, _entry(values)))
        except Invalid as error:
            problems = error.problems
        else:
            messages.success(request, _("Proposed. A colleague confirms it."))
            return redirect("issuers")
    context = {
        "values": values,
        "countries": table("country").options(),
        "problems": problems,
        "problem_map": {p.field: str(p) for p in problems},
    }
    return page(request, "foreign/propose.html", context, status=422 if problems else 200)


def _values_of(request: HttpRequest) -> dict[str, str]:
    names = (*TEXTS, *LISTS, "valid_from", "valid_until")
    if request.method == "POST" or "change" not in request.GET:
        return {name: request.POST.get(name, "") for name in names}
    found = trust.issuer(request.GET["change"])
    if found is None:
        raise NotFound
    values = {name: str(getattr(found, name)) for name in TEXTS if name != "keys"}
    values |= {name: "\n".join(getattr(found, name)) for name in LISTS}
    zone = ZoneInfo(settings.TIME_ZONE)
    values |= {name: f"{getattr(found, name).astimezone(zone):%Y-%m-%d}" for name in ("valid_from", "valid_until")}
    return values | {"keys": trust.key_set(found)}


def _entry(values: dict[str, str]) -> dict[str, Any]:
    entry: dict[str, Any] = {name: values[name] for name in TEXTS} | {name: values[name].splitlines() for name in LISTS}
    return entry | {name: _day(values[name]) for name in ("valid_from", "valid_until")}


def _day(text: str) -> datetime | None:
    try:
        return datetime.combine(datetime.fromisoformat(text).date(), time(), ZoneInfo(settings.TIME_ZONE))
    except ValueError:
        return None
