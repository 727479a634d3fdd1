"""Chips of an order: registered by file, handed to an encoding house; and the orders that a house was given."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from guomen.catalogue.queries import product, products
from guomen.faces.forms import send_once
from guomen.kit.errors import Forbidden, Invalid, Problem, Refused
from guomen.kit.web import page
from guomen.kit.words import W, say
from guomen.parties.actors import Actor, of_request
from guomen.tags import encoding
from guomen.tags import keys as tag_keys
from guomen.tags import services as tag_services
from guomen.tags.models import Range
from guomen.tags.services import chip_files
from guomen.tags.services.chips import Report
from guomen.tags.words import CHIP_KINDS, CHIP_ROWS

_PAGE = 50
MOST_SHOWN = 50
"""Refused rows of a large file that the page names."""


@require_safe
def orders(request: HttpRequest) -> HttpResponse:
    """Orders whose chips the actor's house writes."""
    by = of_request(request)
    by.require("declarant")
    ranges = encoding.given_to(by)
    known = products(r.gtin for r in ranges)
    rows = [{"range": r, "name": str(known.get(r.gtin, r.gtin)), "firm": say(_named(r.organisation))} for r in ranges]
    return page(request, "portal/encoding.html", {"rows": rows, "approval": encoding.approved(by.organisation)})


@require_http_methods(["GET", "POST"])
def chips(request: HttpRequest, code: str) -> HttpResponse:
    """Chips of one order. POST takes a file of chips, names a house, or hands out what a house needs."""
    by = of_request(request)
    by.require("declarant")
    one = encoding.range_of(by, code)
    problems: list[Problem] = []
    report, status = None, 200
    if request.method == "POST":
        try:
            done = _act(request, by, one)
            if isinstance(done, HttpResponse | StreamingHttpResponse):
                return done
            report = done
        except Invalid as error:
            problems, status = error.problems, error.status
        except (Refused, Forbidden) as error:
            problems, status = [error.about("file")], error.status
    return page(request, "portal/chips.html", _shown(request, by, one, report, problems), status=status)


def _act(request: HttpRequest, by: Actor, one: Range) -> Any:
    said, do = request.POST, request.POST.get("do", "")
    if do == "house":
        send_once(request, by, lambda: tag_services.name_house(by, one.code, said.get("house", "")[:60]))
        messages.success(request, _("Encoding house named."))
        return redirect("portal-chips", code=one.code)
    if do == "provisioning":
        asked = {"lrp": said.get("lrp") == "1", "kind": said.get("written", "ntag424")}
        lines = tag_services.provisioning(by, one.code, **asked)
        return _attached(lines, f"chips-{one.code}.csv", "text/csv; charset=utf-8")
    if do == "keys":
        return _attached(
            tag_services.export_chip_keys(by, one.code), f"chip-keys-{one.code}.jwe", "text/plain; charset=us-ascii"
        )
    file = request.FILES.get("file")
    if file is None:
        raise Invalid([Problem("file", "no-file", W("Choose a file.", "请选择文件。"))])
    found = chip_files.take(by, one.code, file.read(), said.get("kind", ""))
    if isinstance(found, Report):
        return found
    messages.success(request, _("The chips are being registered. This page shows how far they are."))
    return redirect("portal-chips", code=one.code)


@require_safe
def progress(request: HttpRequest, code: str) -> HttpResponse:
    """The large files alone, asked for again and again while one is being registered."""
    by = of_request(request)
    by.require("declarant")
    one = encoding.range_of(by, code)
    return page(request, "portal/chip_files.html", {"range": one, "files": _files(by, one)})


def _files(by: Actor, one: Range) -> list[dict[str, Any]]:
    return [
        {
            "file": f,
            "percent": f.done * 100 // f.size,
            "refused": [(line, uid, say(CHIP_ROWS[code])) for line, uid, code in f.rows[:MOST_SHOWN]],
        }
        for f in chip_files.files_of(by, one)
    ]


def _attached(lines: Any, name: str, media_type: str) -> StreamingHttpResponse:
    headers = {"Content-Disposition": content_disposition_header(True, name) or "attachment"}
    return StreamingHttpResponse(lines, content_type=media_type, headers=headers)


def _named(organisation: Any) -> W:
    return W(organisation.name_en, organisation.name_zh)


def _shown(
    request: HttpRequest, by: Actor, one: Range, report: Report | None, problems: list[Problem]
) -> dict[str, Any]:
    house, counts, known = encoding.house_of(one), encoding.counts(one), product(one.gtin)
    after = request.GET.get("after", "0")[:12]
    start = int(after) if after.isascii() and after.isdigit() else 0
    listed = encoding.chips_of(one, start - 1, _PAGE)
    is_house = house is not None and house.id == by.organisation_id
    return {
        "range": one,
        "name": str(known) if known else one.gtin,
        "is_firm": one.organisation_id == by.organisation_id,
        "is_house": is_house,
        "may_have_keys": is_house and encoding.approved(house) is not None,
        "house": say(_named(house)) if house else "",
        "houses": [(h.organisation.code, _named(h.organisation)) for h in encoding.houses()],
        "counts": [(say(CHIP_KINDS[kind]), n) for kind, n in counts.items()],
        "missing": one.count - sum(counts.values()),
        "retired": tag_keys.retired_at(one.key_version),
        "kinds": CHIP_KINDS.items(),
        "written": [(kind, CHIP_KINDS[kind]) for kind in encoding.WRITTEN],
        "rows": [(chip, serial, bytes(chip.uid).hex().upper(), say(CHIP_KINDS[chip.kind])) for chip, serial in listed],
        "next": listed[-1][0].index + 1 if len(listed) == _PAGE else None,
        "files": _files(by, one),
        "report": report,
        "refused": [(r.line, r.uid, say(CHIP_ROWS[r.code])) for r in report.rows] if report else [],
        "typed": {"kind": request.POST.get("kind", "ntag424"), "house": house.code if house else ""},
        "problems": problems,
        "problem_map": {p.field: str(p) for p in problems},
    }
