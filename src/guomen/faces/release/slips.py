"""The driver's slip: signed for a container, shown on a phone or on paper, read at the gate."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from markupsafe import Markup

from guomen.certificates.checking import MAX_FILE, code_in
from guomen.core import gateslip
from guomen.faces.forms import answer_once
from guomen.kit import paper
from guomen.kit.clock import now
from guomen.kit.errors import Invalid, NotFound, Problem
from guomen.kit.web import page
from guomen.kit.words import W, say, vocabulary
from guomen.parties.actors import Actor, of_request
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
        "signed": signed,
        "qr": Markup(paper.qr_svg(text)),  # noqa: S704 - made here, of a signed text
        "tones": {"RELEASE": "ok", "HOLD": "wait", "RETURN": "bad", "DESTROY": "bad"},
    }
    return page(request, "release/slip.html", context)


@require_safe
def paper_slip(request: HttpRequest, signed: str) -> HttpResponse:
    """The slip as a PDF of one page A6, for a printer at the counter. Public, as its page is."""
    text = slips.of_address(signed[:4000])
    try:
        content = slips.pdf(text)
        name = slips.read(text).container
    except gateslip.SlipError:
        raise NotFound from None
    headers = {"Content-Disposition": f'inline; filename="slip-{name}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


@require_http_methods(["GET", "HEAD", "POST"])
def gate(request: HttpRequest) -> HttpResponse:
    """The gate reads a slip for the container that stands there: camera, hand scanner, photo, or typed."""
    by = of_request(request)
    by.require("inspector", "controller", "carrier")
    found: dict[str, Any] | None = None
    problems: list[Problem] = []
    post = request.POST
    text, box, where = post.get("text", "").strip()[:5000], post.get("container", "")[:20], post.get("gate", "")[:60]
    if request.method == "POST":
        if not text and (photo := request.FILES.get("photo")):
            text = code_in(photo.read(MAX_FILE + 1)) or ""
            if not text:
                words = W("No code could be read in the photo.", "照片中未能识别出码。")
                problems.append(Problem("photo", "no-code", words))
        elif not text:
            words = W("Scan the driver's code, or type it.", "请扫描司机的码，或手工输入。")
            problems.append(Problem("text", "missing", words))
        if not problems:
            try:
                found, _new = answer_once(request, by, lambda: _read(by, text, box, where), text)
            except Invalid as error:
                problems = error.problems
    reasons = vocabulary("REASONS")
    context = {
        "found": found,
        "reasons": [say(reasons[r]) for r in found["reasons"]] if found else [],
        # The next lorry begins with empty fields.
        "text": "" if found else text,
        "container": "" if found else box,
        "gate": where,
        "problems": problems,
        "problem_map": {p.field: str(p) for p in problems},
        "title": _("Read a slip at the gate"),
    }
    return page(request, "release/gate.html", context, status=422 if problems else 200)


def _read(by: Actor, text: str, box: str, where: str) -> dict[str, Any]:
    found = services.read_slip(by, text, box, where)
    slip = {"declaration": found.slip.declaration, "container": found.slip.container} if found.slip else {}
    return {"good": found.good, "reasons": list(found.reasons), "stands": box.strip().upper(), **slip}
