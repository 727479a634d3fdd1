"""Signed codes of cartons and documents: made, shown to print, revoked."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from markupsafe import Markup

from guomen.faces.forms import send_once
from guomen.kit import paper
from guomen.kit.clock import now
from guomen.kit.errors import Invalid, NotFound, Problem
from guomen.kit.web import page
from guomen.kit.words import W
from guomen.parties.actors import Actor, of_request
from guomen.tags import services
from guomen.tags.models import SignedCode
from guomen.tags.services import signing


@require_http_methods(["GET", "HEAD", "POST"])
def desk(request: HttpRequest) -> HttpResponse:
    """The form and the newest codes. POST signs one or revokes one."""
    by = of_request(request)
    by.require("controller", "certifier")
    problems: list[Problem] = []
    if request.method == "POST":
        try:
            _act(request, by)
            return redirect("desk-codes")
        except Invalid as error:
            number = request.POST.get("number", "")
            names = {"why": f"why-{number}"}
            problems = [Problem(names.get(p.field, p.field), p.code, p.words, p.values) for p in error.problems]
    context: dict[str, Any] = {
        "codes": [_row(row) for row in signing.newest_codes(by)],
        "typed": {name: request.POST.get(name, "")[:500] for name in ("subject", "days", "why", "number")},
        "problems": problems,
        "problem_map": {p.field: str(p) for p in problems},
    }
    return page(request, "desk/codes.html", context, status=422 if problems else 200)


def _act(request: HttpRequest, by: Actor) -> None:
    said = request.POST
    if said.get("do") == "revoke":
        number = said.get("number", "")
        if not (number.isascii() and number.isdigit() and len(number) < 16):
            raise NotFound
        send_once(request, by, lambda: services.revoke_code(by, int(number), said.get("why", "")))
        messages.success(request, _("Code revoked. Devices learn it within minutes of meeting a network."))
        return
    days = said.get("days", "").strip()
    if days and not (days.isascii() and days.isdigit() and len(days) < 6):
        words = W("Give a whole number of days, or nothing.", "请填写整数天数，或留空。")
        raise Invalid([Problem("days", "not-a-number", words)])
    subject = said.get("subject", "").strip()
    send_once(request, by, lambda: services.sign_code(by, subject, days=int(days) if days else None))
    messages.success(request, _("Code signed."))


def _row(row: SignedCode) -> dict[str, Any]:
    text = signing.text_of(row)
    return {
        "row": row,
        "text": text,
        "has_ended": row.expires_at is not None and row.expires_at <= now(),
        "picture": Markup(paper.qr_svg(text)),  # noqa: S704  # squares, made here
    }
