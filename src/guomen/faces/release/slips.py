"""The driver's slip: signed for a container, shown on a phone or on paper, read at the gate."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from markupsafe import Markup

from guomen.core import gateslip
from guomen.faces.forms import answer_once
from guomen.kit import paper
from guomen.kit.clock import now
from guomen.kit.errors import NotFound
from guomen.kit.web import page
from guomen.kit.words import say, vocabulary
from guomen.parties.actors import of_request
from guomen.release import services
from guomen.release.services import slips
from guomen.release.words import INSTRUCTIONS


@require_POST
def issue(request: HttpRequest, number: str) -> HttpResponse:
    """Sign a slip for a container of one's declaration and open its page."""
    by = of_request(request)
    box = request.POST.get("container", "")[:11]
    text, _new = answer_once(request, by, lambda: services.issue_slip(by, number, box))
    return redirect("slip", slips.address(text))


@require_safe
def show(request: HttpRequest, signed: str) -> HttpResponse:
    """The slip in its own address: nothing is looked up, its signature is checked. Public: who has it has all of it."""
    text = slips.of_address(signed[:4000])
    try:
        slip = slips.read(text)
    except gateslip.SlipError:
        raise NotFound from None
    context = {
        "slip": slip,
        "old": slip.expires_at < now(),
        "codes": INSTRUCTIONS,
        "qr": Markup(paper.qr_svg(text)),  # noqa: S704 - made here, of a signed text
        "tones": {"RELEASE": "ok", "HOLD": "wait", "RETURN": "bad", "DESTROY": "bad"},
    }
    return page(request, "release/slip.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def gate(request: HttpRequest) -> HttpResponse:
    """The gate reads a slip for the container that stands there."""
    by = of_request(request)
    by.require("inspector", "controller", "carrier")
    found, words = None, vocabulary("REASONS")
    text, box = request.POST.get("text", "")[:5000], request.POST.get("container", "")[:20]
    if request.method == "POST":
        found = services.read_slip(by, text, box, request.POST.get("gate", ""))
    context = {
        "found": found,
        "reasons": [say(words[r]) for r in found.reasons] if found else [],
        "codes": INSTRUCTIONS,
        "text": text,
        "container": box,
        "gate": request.POST.get("gate", "")[:60],
        "title": _("Read a slip at the gate"),
    }
    return page(request, "release/gate.html", context)
