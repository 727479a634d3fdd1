"""A file of declarations with its report by row and column, and the firm's licences with their balances."""

import hashlib
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_safe

from guomen.catalogue import codes
from guomen.catalogue.units import amount
from guomen.clearance import queries, services
from guomen.faces.forms import answer_once
from guomen.kit.tables import BadFileError
from guomen.kit.web import page
from guomen.kit.words import W, say
from guomen.parties.actors import of_request

SHOWN = 500
"""Problems that the page lists; there may be very many."""
TAKEN, BACK = W("{amount} taken", "核销 {amount}"), W("{amount} given back", "退还 {amount}")


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Lodge a CSV or XLSX file."""
    by = of_request(request)
    by.require("declarant")
    report: dict[str, Any] | None = None
    problem = ""
    each = request.POST.get("each") == "1"
    if request.method == "POST":
        file = request.FILES.get("file")
        if file is None:
            problem = say(W("Choose a CSV or XLSX file.", "请选择 CSV 或 XLSX 文件。"))
        else:
            content = file.read()
            digest = hashlib.sha256(content).hexdigest()
            try:
                report, _new = answer_once(
                    request, by, lambda: services.lodge_file(by, content, whole=not each), digest
                )
            except BadFileError as error:
                problem = error.sentence()
    wrong = bool(problem or (report and report["problems"]))
    context = {
        "report": report,
        "shown": report["problems"][:SHOWN] if report else [],
        "left_off": max(0, len(report["problems"]) - SHOWN) if report else 0,
        "problem_map": {"file": problem} if problem else {},
        "each": each,
    }
    return page(
        request, "portal/bulk.html", context, status=422 if wrong and not (report and report["lodged"]) else 200
    )


@require_safe
def licences(request: HttpRequest) -> HttpResponse:
    """What is left of each licence, and who took from it."""
    by = of_request(request)
    by.require("declarant")
    kinds = codes.table("document_kind")
    rows = [
        {
            "licence": x,
            "kind": say(kinds.get(x.kind) or x.kind),
            "left": say(amount(x.left, x.unit)),
            "of": say(amount(x.quantity, x.unit)),
            "uses": [
                (use, say(BACK if use.quantity < 0 else TAKEN, amount=say(amount(abs(use.quantity), x.unit))))
                for use in queries.licence_uses(by, x.key)
            ],
        }
        for x in queries.licences(by)
    ]
    return page(request, "portal/licences.html", {"rows": rows})
