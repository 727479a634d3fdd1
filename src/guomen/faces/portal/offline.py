"""Checks without a network: the file for one's own devices, and the retailers that may have one of a firm's goods."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from guomen.faces.forms import send_once
from guomen.faces.portal.tagging import whole_number
from guomen.kit.errors import Forbidden, Invalid, NotFound, Problem
from guomen.kit.web import page
from guomen.parties.actors import Actor, of_request
from guomen.tags import services
from guomen.tags.api.offline import bundle_answer, public_key
from guomen.tags.services import bundling, dealers


@require_http_methods(["GET", "HEAD", "POST"])
def offline(request: HttpRequest) -> HttpResponse:
    """What the actor's devices can have. POST names a retailer, or takes one off the list."""
    by = of_request(request)
    if bundling.audience_of(by) is None:
        raise Forbidden
    problems: list[Problem] = []
    if request.method == "POST":
        by.require("declarant")
        try:
            _act(request, by)
            return redirect("offline")
        except Invalid as error:
            problems = error.problems
        except NotFound as error:
            problems = [error.about("code")]
    return page(request, "portal/offline.html", _shown(request, by, problems), status=422 if problems else 200)


def _act(request: HttpRequest, by: Actor) -> None:
    code = request.POST.get("code", "")[:60]
    if request.POST.get("do") == "drop":
        send_once(request, by, lambda: services.drop_dealer(by, code))
        messages.success(request, _("This retailer gets no more files of your goods."))
    else:
        send_once(request, by, lambda: services.name_dealer(by, code))
        messages.success(request, _("This retailer may check your goods without a network."))


def _shown(request: HttpRequest, by: Actor, problems: list[Problem]) -> dict[str, Any]:
    audience, is_firm = bundling.audience_of(by), by.has("declarant")
    return {
        "audience": audience,
        "most": _most(by),
        "days": request.GET.get("days", "") if problems else str(min(7, _most(by))),
        "key": public_key(bundling.SIGNER),
        "is_firm": is_firm,
        "dealers": dealers.dealers(by) if is_firm else [],
        "suppliers": dealers.suppliers(by),
        "typed": request.POST.get("code", "")[:60],
        "problems": problems,
        "problem_map": {p.field: str(p) for p in problems},
    }


def _most(by: Actor) -> int:
    is_inspector = by.is_authority and not by.has("controller")
    return bundling.INSPECTORS_DAYS if is_inspector else bundling.MAX_DAYS


@require_safe
def file(request: HttpRequest) -> HttpResponse:
    """The file itself; the page again, with what is wrong, when its days cannot be."""
    by = of_request(request)
    try:
        days = whole_number(request.GET.get("days", ""), _most(by), "days")
        return bundle_answer(request, by, "", days)
    except Invalid as error:
        return page(request, "portal/offline.html", _shown(request, by, error.problems), status=422)
