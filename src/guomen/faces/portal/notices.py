"""Recall notices: what a firm must stop selling, and its answer."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guomen.catalogue.queries import products
from guomen.catalogue.units import amount
from guomen.faces.forms import send_once
from guomen.faces.portal.views import TRADERS
from guomen.kit.errors import Problem
from guomen.kit.web import page
from guomen.kit.words import W, say
from guomen.parties.actors import Actor, of_request
from guomen.warning import queries as warnings
from guomen.warning import services as warning_services
from guomen.warning.words import HOLDER_ROLES


def listing(request: HttpRequest) -> HttpResponse:
    """Recall notices to the organisation. Every organisation may hold recalled goods, so everyone may look."""
    return _notices(request, of_request(request), "", [])


def _notices(request: HttpRequest, by: Actor, at: str, problems: list[Problem]) -> HttpResponse:
    found = warnings.noticed(by)
    known = products(recall.gtin for _n, recall in found)
    rows = [(n, recall, str(known.get(recall.gtin, "")), _why(n)) for n, recall in found]
    context = {
        "notices": rows,
        "problems": problems,
        "problem_map": {f"units-{at}": str(p) for p in problems},
        "may_trade": by.has(*TRADERS),
    }
    return page(request, "portal/notices.html", context, status=422 if problems else 200)


def _why(notice: Any) -> list[str]:
    """Why the organisation is thought to hold the goods, and how many units."""
    return [
        f"{say(HOLDER_ROLES.get(w['role'], w['role']))}{' · ' + say(amount(w['units'], 'C62')) if w['units'] else ''}"
        for w in notice.why
    ]


@require_POST
def acknowledge(request: HttpRequest, notice: Any) -> HttpResponse:
    """Confirm that a recall notice was read and acted on, then or later with how many units were taken back."""
    by = of_request(request)
    units = request.POST.get("units", "").strip().replace(",", "")
    if units and not (units.isascii() and units.isdigit() and len(units) < 10):
        words = W("Give a whole number, zero or more.", "请填写不小于零的整数。")
        return _notices(request, by, str(notice), [Problem(f"units-{notice}", "not-a-count", words)])
    send_once(request, by, lambda: warning_services.acknowledge(by, notice, int(units) if units else None))
    messages.success(request, _("Thank you. The authority sees that you have the notice."))
    return redirect("portal-notices")
