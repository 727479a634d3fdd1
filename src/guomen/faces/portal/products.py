"""Products of a firm: register them once, then declarations, labels and the shopper's page know them by GTIN."""

import hashlib
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from guomen.catalogue import codes, queries, services
from guomen.faces.forms import send_once
from guomen.kit.errors import Invalid, Problem, Refused
from guomen.kit.pictures import image_kind
from guomen.kit.web import page
from guomen.kit.words import W, say
from guomen.parties.actors import Actor, of_request

ASKED = ("gtin", "name_en", "name_zh", "brand", "hs_code", "maker_name", "maker_country")
PICTURE_AGE = 86_400
"""Seconds for which others may keep a picture."""


def listing(request: HttpRequest) -> HttpResponse:
    """The products that the organisation registered."""
    by = of_request(request)
    by.require("declarant")
    hs, countries = codes.table("hs"), codes.table("country")
    rows = [
        (p, say(hs.get(p.hs_code) or ""), say(countries.get(p.maker_country) or p.maker_country))
        for p in queries.registered(by)
    ]
    return page(request, "portal/products.html", {"products": rows})


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Register a product."""
    by = of_request(request)
    by.require("declarant")
    given = {name: request.POST.get(name, "").strip()[:200] for name in ASKED}
    problems: list[Problem] = []
    status = 200
    if request.method == "POST":
        try:
            _register(request, by, given)
            messages.success(request, _("Product registered."))
            return redirect("portal-products")
        except Invalid as error:
            problems, status = error.problems, error.status
        except Refused as error:
            problems, status = [Problem("gtin", error.code, error.words)], error.status
    countries = [(code, W(f"{code} {w.en}", f"{code} {w.zh}")) for code, w in codes.table("country").options()]
    context: dict[str, Any] = {
        "given": given,
        "countries": countries,
        "headings": codes.table("hs").options(),
        "meaning": say(codes.table("hs").get(given["hs_code"]) or ""),
        "problems": problems,
        "problem_map": {p.field: str(p) for p in problems},
    }
    return page(request, "portal/add_product.html", context, status=status)


def _register(request: HttpRequest, by: Actor, given: dict[str, str]) -> None:
    file = request.FILES.get("image")
    content = file.read() if file else b""

    def register() -> None:
        known = queries.product(given["gtin"])
        if known is not None and known.organisation_id == by.organisation_id:
            words = W("You registered this GTIN already.", "贵单位已登记该 GTIN。")
            raise Refused(words, code="registered-already")
        image = services.keep_picture(by, content) if content else ""
        services.register_product(by, **given, image=image)

    send_once(request, by, register, hashlib.sha256(content).hexdigest())


def picture(request: HttpRequest, gtin: str) -> HttpResponse:
    """A product's picture, for anyone: the shopper compares it with what is in the hand."""
    content = queries.picture(gtin)
    headers = {"Cache-Control": f"public, max-age={PICTURE_AGE}", "Content-Disposition": "inline"}
    return HttpResponse(content, content_type=f"image/{image_kind(content)}", headers=headers)
