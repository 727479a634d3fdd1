"""Item tags: ordering them for a goods line, printing them, recording the sale of a tagged item."""

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from guomen.catalogue.queries import products
from guomen.clearance import queries as clearance
from guomen.core.gs1 import GS1Error, parse_digital_link
from guomen.faces.forms import send_once
from guomen.faces.portal.views import called
from guomen.kit.errors import Invalid, NotFound, Problem, Refused
from guomen.kit.ids import Subject
from guomen.kit.web import page
from guomen.kit.words import W
from guomen.parties.actors import Actor, of_request
from guomen.tags import queries as tag_queries
from guomen.tags import services as tag_services
from guomen.tags.labels import MAX_SHEET


@require_http_methods(["GET", "POST"])
def order_tags(request: HttpRequest, number: str, line: int) -> HttpResponse:
    """Order item tags for one line."""
    by = of_request(request)
    by.require("declarant")
    found = next((x for x in clearance.declaration(by, number).line_list if x.number == line), None)
    if found is None or not (found.gtin and found.batch):
        raise NotFound
    problems: list[Problem] = []
    count = request.POST.get("count", "500").strip()
    if request.method == "POST":
        try:
            if not (count.isascii() and count.isdigit()) or not 1 <= int(count) <= 100_000:
                words = W("Give a whole number from 1 to 100,000.", "请填写 1 至 100000 的整数。")
                raise Invalid([Problem("count", "not-a-count", words)])

            def order() -> None:
                tag_services.order(
                    by,
                    gtin=found.gtin,
                    batch=found.batch,
                    produced_on=found.produced_on,
                    expires_on=found.expires_on,
                    count=int(count),
                    subject=Subject.line(number, line),
                )

            send_once(request, by, order)
            messages.success(request, _("Tags ordered. Print the label sheet below."))
            return redirect("portal-tags")
        except Invalid as error:
            problems = error.problems
    context = {
        "line": found,
        "goods": called([found])[found.subject],
        "number": number,
        "count": count,
        "problems": problems,
    }
    context["problem_map"] = {p.field: str(p) for p in problems}
    return page(request, "portal/order_tags.html", context, status=422 if problems else 200)


def tags(request: HttpRequest) -> HttpResponse:
    """Tag orders of the organisation, with their sheets."""
    by = of_request(request)
    by.require("declarant")
    ranges = tag_queries.ranges(by)
    known = products(r.gtin for r in ranges)
    rows = [
        {
            "range": r,
            "name": str(known.get(r.gtin, r.gtin)),
            "since": tag_queries.active_since(r),
            "recall": tag_queries.recall_in_force(r.gtin, r.batch),
            "sheets": range(0, r.count, MAX_SHEET),
        }
        for r in ranges
    ]
    return page(request, "portal/tags.html", {"ranges": rows, "size": MAX_SHEET})


@require_POST
def labels(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """Print: the label sheet (pdf) or the list of codes (csv) of one order. Sent again, it is the same print."""
    by = of_request(request)
    first = request.POST.get("first", "0")
    if not (first.isascii() and first.isdigit() and len(first) < 8) or kind not in PRINTED:
        raise NotFound
    make, media_type = PRINTED[kind]
    made: list[Any] = []
    send_once(request, by, lambda: made.append(make(by, code, int(first), False)))
    content = made[0] if made else make(by, code, int(first), True)
    name = f"labels-{code}-{int(first) + 1}" if int(first) else f"labels-{code}"
    named = {"Content-Disposition": content_disposition_header(True, f"{name}.{kind}") or "attachment"}
    answer = HttpResponse if isinstance(content, bytes) else StreamingHttpResponse
    return answer(content, content_type=media_type, headers=named)


def _sheet(by: Actor, code: str, first: int, again: bool) -> bytes:
    return tag_services.label_sheet(by, code, first=first, again=again)


def _codes(by: Actor, code: str, _first: int, again: bool) -> Iterator[str]:
    return tag_services.labels_csv(by, code, again=again)


PRINTED: dict[str, tuple[Callable[..., Any], str]] = {
    "pdf": (_sheet, "application/pdf"),
    "csv": (_codes, "text/csv; charset=utf-8"),
}


def _item(code: str) -> tuple[str, str]:
    """GTIN and serial number of a scanned tag, or of its serial typed by hand. Raises Invalid."""
    text = code.strip()
    if "/" not in text and (gtin := tag_queries.gtin_of(text)):
        return gtin, text
    try:
        found = dict(parse_digital_link(text).ais)
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
    status = 200
    code = request.POST.get("code", "")[:300]
    if request.method == "POST":
        try:
            gtin, serial = _item(code)

            send_once(request, by, lambda: tag_services.sell(by, gtin, serial, place=by.organisation.place))
            messages.success(request, _("Sale recorded."))
            return redirect("portal-sell")
        except Invalid as error:
            problems, status = error.problems, error.status
        except Refused as error:
            problems, status = [Problem("code", error.code, error.words)], error.status
    context = {"code": code, "problems": problems, "problem_map": {p.field: str(p) for p in problems}}
    return page(request, "portal/sell.html", context, status=status)
