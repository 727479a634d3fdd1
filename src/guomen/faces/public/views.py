"""Recalls, and what we know of visitors: for anyone to read."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from guomen.catalogue import codes
from guomen.catalogue.queries import products
from guomen.kit.web import page
from guomen.kit.words import W
from guomen.warning.queries import public_recalls
from guomen.warning.words import STATES


@require_safe
def recalls(request: HttpRequest) -> HttpResponse:
    """Every recall, newest first, for people."""
    found = public_recalls()
    known = products(r.gtin for r in found)
    context = {
        "recalls": found,
        "goods": {g: W(p.name_en, p.name_zh) for g, p in known.items()},
        "brands": {g: p.brand for g, p in known.items()},
        "hazard": codes.table("hazard").get,
        "states": STATES,
    }
    return page(request, "public/recalls.html", context)


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept of people who check products or report something, and for how long."""
    return page(request, "public/privacy.html")
