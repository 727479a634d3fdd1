"""Tagged items on their way to the buyer: sales over the counter, parcels, bonded display."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from guomen.core.gs1 import GS1Error, parse_digital_link
from guomen.faces.forms import send_once
from guomen.faces.portal.tagging import shown, whole_number
from guomen.kit.errors import Invalid, NotFound, Problem, Refused
from guomen.kit.web import page
from guomen.kit.words import W
from guomen.parties.actors import of_request
from guomen.tags import queries as tag_queries
from guomen.tags import services as tag_services
from guomen.tags.services.parcels import MOST_ITEMS, found_parcels


def scanned(code: str, field: str = "code") -> tuple[str, str]:
    """GTIN and serial number of a scanned tag, or of its serial or short code typed by hand. Raises Invalid."""
    text = code.strip()
    if known := tag_queries.long_of(text.rsplit("/", 1)[-1]):
        return known
    if "/" not in text and (gtin := tag_queries.gtin_of(text)):
        return gtin, text
    try:
        found = dict(parse_digital_link(text).ais)
        return found["01"], found["21"]
    except (GS1Error, KeyError) as error:
        words = W("This is not the code of one item. Scan the tag again.", "这不是单件商品的标签码，请重新扫描。")
        raise Invalid([Problem(field, "not-an-item", words)]) from error


@require_http_methods(["GET", "POST"])
def sell(request: HttpRequest) -> HttpResponse:
    """A retailer records the sale of one item by its tag."""
    by = of_request(request)
    by.require("seller")
    problems: list[Problem] = []
    status = 200
    code = request.POST.get("code", "")[:300]
    if request.method == "POST":
        try:
            gtin, serial = scanned(code)

            send_once(request, by, lambda: tag_services.sell(by, gtin, serial, place=by.organisation.place))
            messages.success(request, _("Sale recorded."))
            return redirect("portal-sell")
        except Invalid as error:
            problems, status = error.problems, error.status
        except Refused as error:
            problems, status = [error.about("code")], error.status
    context = {"code": code, "problems": problems, "problem_map": {p.field: str(p) for p in problems}}
    return page(request, "portal/sell.html", context, status=status)


@require_http_methods(["GET", "POST"])
def parcels(request: HttpRequest) -> HttpResponse:
    """Parcels of cross-border orders: pack one, find one by its order, forget its numbers."""
    by = of_request(request)
    by.require("declarant")
    problems: list[Problem] = []
    status = 200
    typed = {name: request.POST.get(name, "") for name in ("parcel", "order", "codes")}
    if request.method == "POST":
        try:
            lines = [line for line in typed["codes"][:200_000].split("\n") if line.strip()][: MOST_ITEMS + 1]
            items = [scanned(line, "codes") for line in lines]
            named = {"parcel": typed["parcel"], "order": typed["order"]}
            send_once(request, by, lambda: tag_services.pack(by, **named, items=items))
            messages.success(request, _("Parcel packed."))
            return redirect("portal-parcels")
        except Invalid as error:
            names = {"items": "codes"}
            problems = [Problem(names.get(p.field, p.field), p.code, p.words, p.values) for p in error.problems]
            status = error.status
        except (Refused, NotFound) as error:
            problems, status = [error.about("codes")], 422
    sought = request.GET.get("order", "")[:60]
    context = {"parcels": found_parcels(by, order=sought), "sought": sought, "typed": typed, "problems": problems}
    context["problem_map"] = {p.field: str(p) for p in problems}
    return page(request, "portal/parcels.html", context, status=status)


@require_POST
def erase(request: HttpRequest, parcel: UUID) -> HttpResponse:
    """Forget the numbers of a parcel."""
    by = of_request(request)
    send_once(request, by, lambda: tag_services.erase_parcel(by, parcel))
    messages.success(request, _("The numbers of this parcel are erased."))
    return redirect("portal-parcels")


@require_POST
def bonded(request: HttpRequest, code: str) -> HttpResponse:
    """Move goods into a bonded display or out of it."""
    by = of_request(request)
    by.require("declarant")
    one, said = tag_queries.range_by_code(by, code), request.POST
    try:
        quantity = whole_number(said.get("quantity", ""), one.count, "quantity")
        named = {"hall": said.get("hall", ""), "kind": said.get("kind", ""), "quantity": quantity}
        send_once(request, by, lambda: tag_services.move_bonded(by, one.code, **named))
        messages.success(request, _("Move recorded."))
        return redirect("portal-tag-order", code=one.code)
    except Invalid as error:
        problems = error.problems
    except Refused as error:
        problems = [error.about("quantity")]
    return page(request, "portal/tag_order.html", shown(request, by, one, problems), status=422)
