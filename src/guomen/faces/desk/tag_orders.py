"""Orders of item tags that wait for an officer."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from guomen.catalogue.queries import products
from guomen.faces.forms import send_once
from guomen.kit.errors import Invalid, Problem, Refused
from guomen.kit.web import page
from guomen.kit.words import say
from guomen.parties.actors import of_request
from guomen.tags import queries, services
from guomen.tags.models import Range
from guomen.tags.words import CARRIERS, CHANNELS, ITEM_STATES, ORDER_REASONS


@require_http_methods(["GET", "HEAD", "POST"])
def desk(request: HttpRequest) -> HttpResponse:
    """What waits for a decision, oldest first, and what was decided lately. POST decides one."""
    by = of_request(request)
    by.require("controller")
    problems: list[Problem] = []
    said = request.POST
    if request.method == "POST":
        approve = said.get("decision") == "approve"
        try:
            code, why = said.get("range", "")[:10], said.get("why", "")
            send_once(request, by, lambda: services.decide(by, code, approve=approve, why=why))
            messages.success(request, _("Order approved.") if approve else _("Order refused."))
            return redirect("desk-tags")
        except Refused as error:
            messages.error(request, error.sentence())
            return redirect("desk-tags")
        except Invalid as error:
            problems = error.problems
    asked, decided = queries.decisions(by)
    names = products(r.gtin for r in [*asked, *decided])
    context: dict[str, Any] = {
        "waiting": [_row(r, names) for r in asked],
        "decided": [_row(r, names) for r in decided],
        "wrong": said.get("range", "") if problems else "",
        "typed": said.get("why", "")[:1000],
        "problems": [Problem(f"why-{said.get('range', '')}", p.code, p.words, p.values) for p in problems],
    }
    return page(request, "desk/tag_orders.html", context, status=422 if problems else 200)


def _row(one: Range, names: Any) -> dict[str, Any]:
    return {
        "range": one,
        "name": str(names.get(one.gtin, one.gtin)),
        "channel": say(CHANNELS[one.channel]),
        "carrier": say(CARRIERS[one.carrier]),
        "state": say(ITEM_STATES[one.state]),
        "reasons": [say(ORDER_REASONS[r]) for r in one.asked_because if r in ORDER_REASONS],
    }
