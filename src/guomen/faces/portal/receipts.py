"""Receipts of the firm's declarations, and the addresses that they are sent to."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from guomen.clearance import receipts, services
from guomen.faces.forms import acted, send_once
from guomen.kit.errors import NotFound
from guomen.kit.web import page
from guomen.parties.actors import Actor, of_request

SHOWN = 50


@require_http_methods(["GET", "HEAD", "POST"])
def listing(request: HttpRequest) -> HttpResponse:
    """The newest receipts, how the addresses fare that receipts are sent to. POST adds or ends an address."""
    by = of_request(request)
    by.require("declarant")
    subscriptions = receipts.subscriptions(by)
    problems, answer = acted(request, lambda: _act(request, by, subscriptions))
    if answer:
        return answer
    context: dict[str, Any] = {
        "receipts": receipts.newest(by, SHOWN),
        "subscriptions": subscriptions,
        "typed": request.POST,
        "problems": problems,
        "problem_map": {p.field: str(p) for p in problems},
    }
    return page(request, "portal/receipts.html", context, status=422 if problems else 200)


def _act(request: HttpRequest, by: Actor, subscriptions: list[receipts.Pushed]) -> str:
    post = request.POST
    match post.get("do"):
        case "add":
            sent = {name: post.get(name, "") for name in ("dest", "secret", "format")}
            send_once(request, by, lambda: services.subscribe_receipts(by, sent))
            return _("Receipts are sent there from now on.")
        case "end":
            id = post.get("subscription", "")
            if id not in {str(one.subscription.id) for one in subscriptions}:
                raise NotFound
            send_once(request, by, lambda: services.unsubscribe_receipts(by, id))
            return _("Nothing is sent there any more.")
    raise NotFound
