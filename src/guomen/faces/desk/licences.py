"""Licences with their balances, and the form that puts one on record."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from guomen.catalogue import codes
from guomen.catalogue.units import amount
from guomen.clearance import queries, services
from guomen.faces.desk import names
from guomen.faces.forms import acted, send_once
from guomen.kit.web import page
from guomen.kit.words import say
from guomen.parties.actors import Actor, of_request

FIELDS = ("kind", "number", "holder", "quantity", "unit", "hs_prefix", "valid_from", "valid_until")


@require_http_methods(["GET", "HEAD", "POST"])
def desk(request: HttpRequest) -> HttpResponse:
    """All licences; POST puts one on record."""
    by = of_request(request)
    by.require("controller", "certifier")
    rows = queries.licences(by)
    problems, answer = acted(request, lambda: _register(request, by))
    if answer:
        return answer
    context = {
        "rows": [
            (
                x,
                names.of("document_kind", x.kind),
                say(amount(x.left, x.unit)),
                say(amount(x.quantity, x.unit)),
                round(100 * x.left / x.quantity, 1) if x.quantity else 0,
            )
            for x in rows
        ],
        "today": timezone.localdate(),
        "kinds": codes.table("document_kind").options(),
        "units": codes.table("unit").options(),
        "sent": request.POST,
        "problems": problems,
        "problem_map": {p.field: str(p) for p in problems},
    }
    return page(request, "desk/licences.html", context, status=422 if problems else 200)


def _register(request: HttpRequest, by: Actor) -> str:
    given = {name: request.POST.get(name, "").strip()[:80] for name in FIELDS}
    send_once(request, by, lambda: services.register_licence(by, given))
    return _("The licence is on record.")
