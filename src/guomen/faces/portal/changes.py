"""What a declarant does with a lodged declaration: amend, withdraw, split, merge, another inspection, arrival."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from guomen.clearance import queries, services, versions
from guomen.clearance.models import Declaration
from guomen.clearance.services.ending import MERGED_ALIKE
from guomen.clearance.services.rows import orders_of
from guomen.clearance.words import DECLARATION_STATES
from guomen.faces.forms import answer_once
from guomen.faces.portal.sections import AMENDS
from guomen.faces.portal.views import called
from guomen.faces.portal.wording import contents, named, valued
from guomen.kit.errors import Invalid, NotFound, Problem, Refused
from guomen.kit.web import page
from guomen.kit.words import W, listed, say
from guomen.parties.actors import Actor, of_request


@require_safe
def history(request: HttpRequest, number: str) -> HttpResponse:
    """Every version with what the next one changed."""
    by = of_request(request)
    by.require("declarant")
    found = versions.versions(by, number)
    context = {
        "number": number,
        "versions": [
            (
                v,
                [(named(c.path), valued(c.path, c.before), valued(c.path, c.after)) for c in v.changes],
                contents(v.content),
            )
            for v in found
        ],
    }
    return page(request, "portal/versions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, number: str) -> HttpResponse:
    """All that can still be done with a declaration. POST ``do``: amend, withdraw, arrival, split, reinspect."""
    by = of_request(request)
    by.require("declarant")
    found = queries.declaration(by, number)
    if found.organisation_id != by.organisation_id:
        raise NotFound
    problems: list[Problem] = []
    if request.method == "POST":
        do = DEEDS.get(request.POST.get("do", ""))
        if do is None:
            raise NotFound
        try:
            answer, is_new = answer_once(request, by, lambda: do(by, number, request))
            if is_new and answer.get("said"):
                messages.success(request, say(answer["said"]))
            return redirect(answer["to"])
        except Invalid as error:
            field = f"reason-{_deed(request)}"
            problems = [Problem(field, p.code, p.words, p.values) if p.field == "reason" else p for p in error.problems]
        except Refused as error:
            problems = [error.about("refused")]
    before, after = versions.kin(number)
    unchanged, stays = services.barred(by, found)
    context = {
        "unchanged": unchanged.sentence() if unchanged else "",
        "stays": stays.sentence() if stays else "",
        "declaration": found,
        "lines": found.line_list,
        "goods": called(found.line_list),
        "orders": [o for o in orders_of(number) if not o["line_numbers"]],
        "refused": [x for x in found.line_list if x.state == "refused" and not x.outcome],
        "state": say(DECLARATION_STATES[found.state]),
        "before": before,
        "after": after,
        "sent": request.POST,
        "problems": problems,
        "problem_map": {p.field: str(p) for p in problems},
    }
    return page(request, "portal/change.html", context, status=422 if problems else 200)


def _deed(request: HttpRequest) -> str:
    """What is done, and to which line: several forms of one page ask why."""
    do, line = request.POST.get("do", ""), request.POST.get("line", "")
    return f"{do}-{line}" if line.isdecimal() else do


def _why(request: HttpRequest) -> str:
    return request.POST.get(f"reason-{_deed(request)}", "")


def _there(number: str, en: str, zh: str) -> dict[str, Any]:
    return {"to": f"/portal/declarations/{number}/", "said": {"en": en, "zh": zh}}


def _amend(by: Actor, number: str, request: HttpRequest) -> dict[str, Any]:
    content = versions.versions(by, number)[0].content
    zone = ZoneInfo(settings.TIME_ZONE)
    arrives = datetime.fromisoformat(content["arrives_at"]).astimezone(zone).isoformat(timespec="minutes")
    draft = services.save_draft(by, content | {"arrives_at": arrives, AMENDS: number})
    return {"to": f"/portal/declare/{draft.id}/"}


def _withdraw(by: Actor, number: str, request: HttpRequest) -> dict[str, Any]:
    services.withdraw(by, number, _why(request))
    return _there(number, "The declaration is withdrawn.", "申报已撤销。")


def _arrival(by: Actor, number: str, request: HttpRequest) -> dict[str, Any]:
    try:
        at = datetime.fromisoformat(request.POST.get("at", ""))
    except ValueError:
        words = W("Enter date and time.", "请填写日期和时间。")
        raise Invalid([Problem("at", "not-a-moment", words)]) from None
    at = at if at.tzinfo else at.replace(tzinfo=ZoneInfo(settings.TIME_ZONE))
    services.report_arrival(by, number, at)
    return _there(number, "The arrival is reported.", "货物运抵已报告。")


def _split(by: Actor, number: str, request: HttpRequest) -> dict[str, Any]:
    post = request.POST
    part = {
        "lines": [n for n in post.getlist("lines") if n.isdecimal()],
        "containers": post.getlist("containers"),
        "orders": post.getlist("orders"),
        "packages": post.get("packages", "").strip()[:12],
        "gross_weight_kg": post.get("gross_weight_kg", "").replace(",", "").strip()[:20],
    }
    made = services.split(by, number, part, _why(request))
    return _there(made[0].number, "Two declarations stand for the former one.", "已拆分为两份申报。")


def _reinspect(by: Actor, number: str, request: HttpRequest) -> dict[str, Any]:
    line = request.POST.get("line", "")
    if not line.isdecimal() or int(line) > 999:
        raise NotFound
    services.request_reinspection(by, number, int(line), _why(request))
    return _there(number, "Other officers will inspect the goods again.", "将由其他查验员复验。")


DEEDS: dict[str, Callable[[Actor, str, HttpRequest], dict[str, Any]]] = {
    "amend": _amend,
    "withdraw": _withdraw,
    "arrival": _arrival,
    "split": _split,
    "reinspect": _reinspect,
}


def _alike(by: Actor) -> list[list[Declaration]]:
    """Own declarations that may become one: those with parties, trade mode and journey in common, together."""
    found: dict[tuple[Any, ...], list[Declaration]] = {}
    for d in queries.declarations(by):
        if d.state == "lodged" and d.organisation_id == by.organisation_id:
            alike = tuple(d.more.get(name) or getattr(d, name, None) for name in MERGED_ALIKE)
            found.setdefault(alike, []).append(d)
    return [several for several in found.values() if len(several) > 1]


@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: HttpRequest) -> HttpResponse:
    """Choose declarations of one consignment that become one."""
    by = of_request(request)
    by.require("declarant")
    problems: list[Problem] = []
    if request.method == "POST":
        numbers, reason = request.POST.getlist("numbers")[:50], request.POST.get("reason", "")
        try:
            answer, _new = answer_once(request, by, lambda: {"number": services.merge(by, numbers, reason).number})
            messages.success(request, _("One declaration stands for those that you chose."))
            return redirect("portal-declaration", number=answer["number"])
        except Invalid as error:
            problems = [
                p
                if p.field in ("numbers", "reason")
                else Problem(
                    "numbers", p.code, W("{what}: {said}", "{what}：{said}"), (("what", named(p.field)), ("said", p))
                )
                for p in error.problems
            ]
        except (Refused, NotFound) as error:
            problems = [error.about("numbers")]
    journeys = _alike(by)
    known = called(line for several in journeys for d in several for line in d.line_list)
    context = {
        "journeys": journeys,
        "goods": {d.number: listed(known[x.subject] for x in d.line_list) for several in journeys for d in several},
        "chosen": request.POST.getlist("numbers"),
        "reason": request.POST.get("reason", ""),
        "problems": problems,
        "problem_map": {p.field: str(p) for p in problems},
    }
    return page(request, "portal/merge.html", context, status=422 if problems else 200)
