"""What a trader sees: consignments with their next step, tags, sales, recall notices."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from guomen.certificates.queries import of_subject
from guomen.clearance import queries as clearance
from guomen.core.gs1 import GS1Error, parse_digital_link
from guomen.faces.portal.next_step import next_step
from guomen.kit.errors import Invalid, NotFound, Problem
from guomen.kit.ids import Subject
from guomen.kit.web import page
from guomen.kit.words import W, vocabulary
from guomen.parties.actors import of_request
from guomen.parties.once import once
from guomen.tags import queries as tag_queries
from guomen.tags import services as tag_services
from guomen.warning import queries as warnings
from guomen.warning import services as warning_services

TRADERS = ("declarant", "seller", "carrier")


def home(request: HttpRequest) -> HttpResponse:
    """Consignments of the organisation, newest first, each with one next step."""
    by = of_request(request)
    by.require(*TRADERS)
    declarations = clearance.declarations(by)[:100] if by.has("declarant") else []
    context = {
        "drafts": clearance.drafts(by) if by.has("declarant") else [],
        "rows": [(d, d.line_list, next_step(d.line_list)) for d in declarations],
        "notices": [n for n in warnings.notices(by) if n.acknowledged_at is None],
        "may_declare": by.has("declarant"),
        "may_sell": by.has("seller"),
    }
    return page(request, "portal/home.html", context)


def declaration(request: HttpRequest, number: str) -> HttpResponse:
    """One declaration: each line's decision in words, documents, certificates, tags."""
    by = of_request(request)
    found = clearance.declaration(by, number)
    subjects = [Subject.line(number, line.number) for line in found.line_list]
    context = {
        "declaration": found,
        "step": next_step(found.line_list),
        "states": vocabulary("STATES"),
        "reasons": vocabulary("REASONS"),
        "certificates": of_subject(*subjects),
        "ranges": {r.subject: r for r in tag_queries.ranges(by)},
        "subject": lambda line: Subject.line(number, line.number),
    }
    return page(request, "portal/declaration.html", context)


@require_http_methods(["GET", "POST"])
def order_tags(request: HttpRequest, number: str, line: int) -> HttpResponse:
    """Order item tags for one line."""
    by = of_request(request)
    by.require("declarant")
    found = next((x for x in clearance.declaration(by, number).line_list if x.number == line), None)
    if found is None or not found.gtin:
        raise NotFound
    problems: list[Problem] = []
    count = request.POST.get("count", "500").strip()
    if request.method == "POST":
        try:
            if not count.isdigit() or not 1 <= int(count) <= 100_000:
                words = W("Give a whole number from 1 to 100,000.", "请填写 1 至 100000 的整数。")
                raise Invalid([Problem("count", "not-a-count", words)])

            def order() -> dict[str, str]:
                made = tag_services.order(
                    by,
                    gtin=found.gtin,
                    batch=found.batch,
                    produced_on=found.produced_on,
                    expires_on=found.expires_on,
                    count=int(count),
                    subject=Subject.line(number, line),
                )
                return {"code": made.code}

            once(by, request.POST.get("once"), f"{number}/{line}/{count}".encode(), order)
            messages.success(request, _("Tags ordered. Print the label sheet below."))
            return redirect("portal-tags")
        except Invalid as error:
            problems = error.problems
    context = {"line": found, "number": number, "count": count, "problems": problems}
    context["problem_map"] = {p.field: str(p) for p in problems}
    return page(request, "portal/order_tags.html", context, status=422 if problems else 200)


def tags(request: HttpRequest) -> HttpResponse:
    """Tag orders of the organisation, with their sheets."""
    by = of_request(request)
    by.require("declarant", "seller")
    rows = [
        (r, tag_queries.active_since(r), tag_queries.recall_in_force(r.gtin, r.batch)) for r in tag_queries.ranges(by)
    ]
    return page(request, "portal/tags.html", {"ranges": rows})


def labels(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """The label sheet (pdf) or the list of codes (csv) of one order."""
    by = of_request(request)
    named = {"Content-Disposition": f'attachment; filename="labels-{code}.{kind}"'}
    if kind == "pdf":
        return HttpResponse(tag_services.label_sheet(by, code), content_type="application/pdf", headers=named)
    if kind == "csv":
        lines = tag_services.labels_csv(by, code)
        return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=named)
    raise NotFound


def _item(code: str) -> tuple[str, str]:
    """GTIN and serial number of a scanned tag. Raises Invalid."""
    try:
        found = dict(parse_digital_link(code.strip()).ais)
        return found["01"], found["21"]
    except (GS1Error, KeyError) as error:
        words = W("This is not the code of one item. Scan the tag again.", "这不是单件商品的标签码，请重新扫描。")
        raise Invalid([Problem("code", "not-an-item", words)]) from error


@require_http_methods(["GET", "POST"])
def sell(request: HttpRequest) -> HttpResponse:
    """A retailer records the sale of one item by its tag."""
    by = of_request(request)
    by.require("seller")
    problems: list[Problem] = []
    code = request.POST.get("code", "")[:300]
    if request.method == "POST":
        try:
            gtin, serial = _item(code)

            def record() -> dict[str, Any]:
                tag_services.sell(by, gtin, serial, place=by.organisation.place)
                return {"serial": serial}

            once(by, request.POST.get("once"), code.encode(), record)
            messages.success(request, _("Sale recorded."))
            return redirect("portal-sell")
        except Invalid as error:
            problems = error.problems
    context = {"code": code, "problems": problems, "problem_map": {p.field: str(p) for p in problems}}
    return page(request, "portal/sell.html", context, status=422 if problems else 200)


def notices(request: HttpRequest) -> HttpResponse:
    """Recall notices to the organisation."""
    by = of_request(request)
    return page(request, "portal/notices.html", {"notices": warnings.notices(by)})


@require_POST
def acknowledge(request: HttpRequest, notice: Any) -> HttpResponse:
    """Confirm that a recall notice was read and acted on."""
    by = of_request(request)
    body = json.dumps({"notice": str(notice)}).encode()
    once(by, request.POST.get("once"), body, lambda: warning_services.acknowledge(by, notice) and None)
    messages.success(request, _("Thank you. The authority sees that you have the notice."))
    return redirect("portal-notices")
