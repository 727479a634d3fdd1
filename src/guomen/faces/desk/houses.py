"""Encoding houses: which organisations the authority trusts to write chips, and with which key."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from guomen.faces.forms import send_once
from guomen.kit.errors import Invalid, NotFound, Problem
from guomen.kit.web import page
from guomen.kit.words import W
from guomen.parties.actors import Actor, of_request
from guomen.tags import encoding, services

UNKNOWN = W("No organisation has this registration code.", "没有组织使用该登记代码。")


@require_http_methods(["GET", "HEAD", "POST"])
def desk(request: HttpRequest) -> HttpResponse:
    """Houses that are approved. POST approves one with its public key, or withdraws one."""
    by = of_request(request)
    by.require("controller")
    problems: list[Problem] = []
    if request.method == "POST":
        try:
            _act(request, by)
            return redirect("desk-houses")
        except Invalid as error:
            names = {"reason": f"reason-{request.POST.get('house', '')}"}
            problems = [Problem(names.get(p.field, p.field), p.code, p.words, p.values) for p in error.problems]
        except NotFound:
            problems = [Problem("house", "unknown-firm", UNKNOWN)]
    context: dict[str, Any] = {
        "houses": encoding.houses(),
        "typed": {name: request.POST.get(name, "")[:8000] for name in ("house", "key", "reason")},
        "problems": problems,
        "problem_map": {p.field: str(p) for p in problems},
    }
    return page(request, "desk/houses.html", context, status=422 if problems else 200)


def _act(request: HttpRequest, by: Actor) -> None:
    said = request.POST
    house = said.get("house", "").strip()[:40]
    if said.get("do") == "withdraw":
        send_once(request, by, lambda: services.withdraw_house(by, house, said.get("reason", "")))
        messages.success(request, _("Encoding house withdrawn. It gets no keys from now on."))
    else:
        key = said.get("key", "")[:8001]
        send_once(request, by, lambda: services.approve_house(by, house, key))
        messages.success(request, _("Encoding house approved."))
