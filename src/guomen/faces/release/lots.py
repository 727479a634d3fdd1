"""A large lot part by part, and a release before all checks: pages of one line."""

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from guomen.catalogue import codes
from guomen.catalogue.units import amount
from guomen.clearance import queries as clearance
from guomen.clearance.models import Line
from guomen.clearance.services.undone import undone
from guomen.clearance.words import CHECKS
from guomen.faces.forms import acted, send_once
from guomen.faces.release.desk import officer
from guomen.faces.told import goods, state
from guomen.kit.errors import NotFound
from guomen.kit.web import page
from guomen.kit.words import W
from guomen.parties.actors import Actor
from guomen.release import queries, services
from guomen.release.models import Part
from guomen.release.words import DUTIES

OUTCOMES = (("TREAT", W("Treat", "除害处理")), ("RETURN", W("Return", "退运")), ("DESTROY", W("Destroy", "销毁")))
VERDICTS = (("pass", W("Conforms", "合格")), ("fail", W("Does not conform", "不合格")))


def _line(by: Actor, declaration: str, number: int) -> Line:
    row = next((x for x in clearance.declaration(by, declaration).line_list if x.number == number), None)
    if row is None:
        raise NotFound
    return row


@require_http_methods(["GET", "HEAD", "POST"])
def parts(request: HttpRequest, declaration: str, line: int) -> HttpResponse:
    """The parts of a line with their states, drawn as one bar. POST unloads, examines, settles, resumes, finishes."""
    by = officer(request, "inspector", "controller")
    row = _line(by, declaration, line)
    problems, answer = acted(request, lambda: _act(request, by, declaration, line))
    if answer:
        return answer
    found = queries.unloading(by, declaration, line)
    rest = row.quantity - sum((p.quantity for p in found.parts), Decimal(0)) if found else row.quantity
    context: dict[str, Any] = {
        "line": row,
        "name": goods([row])[row.subject],
        "state": state("line", row.state),
        "found": found,
        "bar": _bar(found.parts, row.quantity) if found else [],
        "rest": rest,
        "whole": amount(row.quantity, row.unit),
        "left": amount(rest, row.unit),
        "shown": lambda p: amount(p.quantity, p.unit),
        "words": lambda kind, code: state(kind, code),
        "outcomes": OUTCOMES,
        "verdicts": VERDICTS,
        "may_look": by.has("inspector"),
        "may_settle": by.has("controller"),
        "typed": request.POST,
        "problems": problems,
        "problem_map": {p.field: str(p) for p in problems},
    }
    return page(request, "release/parts.html", context, status=422 if problems else 200)


def _bar(found: list[Part], whole: Decimal) -> list[tuple[str, Decimal, Decimal]]:
    """State, start and width of each part, in thousandths of the whole."""
    start, bars = Decimal(0), []
    for part in found:
        width = (part.quantity * 1000 / whole).quantize(Decimal("0.01"))
        bars.append((part.state, start, width))
        start += width
    return bars


def _act(request: HttpRequest, by: Actor, declaration: str, line: int) -> str:
    post = request.POST
    digits = post.get("part", "")
    part = int(digits[:6]) if digits.isdigit() else 0
    match post.get("do"):
        case "start":
            send_once(request, by, lambda: services.start_unloading(by, declaration, line, post.get("store", "")))
            return _("Unloading has started.")
        case "unload":
            quantity, place = post.get("quantity", ""), post.get("place", "")
            send_once(request, by, lambda: services.unload_part(by, declaration, line, quantity, place))
            return _("The part is written down.")
        case "examine":
            verdict, note = post.get("verdict", ""), post.get("note", "")
            send_once(request, by, lambda: services.examine_part(by, declaration, line, part, verdict, note))
            return _("What was found is recorded.")
        case "settle":
            outcome, note = post.get("outcome", ""), post.get("note", "")
            send_once(request, by, lambda: services.settle_part(by, declaration, line, part, outcome, note))
            return _("What happens to the part is recorded.")
        case "resume":
            send_once(request, by, lambda: services.resume_unloading(by, declaration, line, post.get("reason", "")))
            return _("Unloading goes on.")
        case "finish":
            send_once(request, by, lambda: services.finish_unloading(by, declaration, line))
            return _("The line is released.")
    raise NotFound


FIELDS = (
    "reason",
    "days",
    "destination",
    "guarantor",
    "guarantee",
    "amount",
    "currency",
    "guaranteed_until",
)


@require_http_methods(["GET", "HEAD", "POST"])
def override(request: HttpRequest, declaration: str, line: int) -> HttpResponse:
    """Propose a release before all checks are done, or decide about a colleague's proposal."""
    by = officer(request, "controller")
    row = _line(by, declaration, line)
    problems, answer = acted(request, lambda: _decide(request, by, declaration, line))
    if answer:
        return answer
    found = queries.override_of(by, declaration, line)
    waiting = found if found and found.state == "proposed" else None
    context = {
        "line": row,
        "name": goods([row])[row.subject],
        "state": state("line", row.state),
        "skip": undone(row),
        "waiting": waiting,
        "own": bool(waiting and waiting.proposed_by == by.person_id),
        "last": found,
        "last_state": state("override", found.state) if found else "",
        "duties": CHECKS | DUTIES,
        "currencies": list(codes.table("currency").options()),
        "typed": {name: request.POST.get(name, "")[:2000] for name in FIELDS},
        "problems": problems,
        "problem_map": {p.field: str(p) for p in problems},
    }
    return page(request, "release/override.html", context, status=422 if problems else 200)


def _decide(request: HttpRequest, by: Actor, declaration: str, line: int) -> str:
    match request.POST.get("do"):
        case "propose":
            sent = {name: request.POST.get(name, "") for name in FIELDS}
            send_once(request, by, lambda: services.propose_override(by, declaration, line, sent))
            return _("A second person has to agree now.")
        case "approve":
            send_once(request, by, lambda: services.approve_override(by, declaration, line))
            return _("Released. What was put off stands in the list of checks owed.")
        case "refuse":
            send_once(request, by, lambda: services.refuse_override(by, declaration, line))
            return _("The proposal is refused.")
    raise NotFound
