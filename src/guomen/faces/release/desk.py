"""The desk: the ten modes, instructions with their receipts, checks that were put off."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from guomen.catalogue.packs import current
from guomen.clearance.models import Line
from guomen.clearance.words import CHECKS
from guomen.faces.forms import acted, send_once
from guomen.faces.told import goods
from guomen.kit.clock import now
from guomen.kit.errors import NotFound
from guomen.kit.web import page
from guomen.kit.words import say
from guomen.parties.actors import Actor, of_request
from guomen.release import queries, services
from guomen.release.models import Debt
from guomen.release.rules import OWN_WORD
from guomen.release.words import DUTIES, INSTRUCTIONS, RECEIVER_KINDS

DAYS = 30


def officer(request: HttpRequest, *roles: str) -> Actor:
    by = of_request(request)
    by.require(*(roles or ("controller", "inspector", "certifier")))
    return by


@require_safe
def modes(request: HttpRequest) -> HttpResponse:
    """The ten release modes as the rule pack has them, and how often each was used."""
    officer(request)
    rows = (
        Line.objects.filter(lodged_at__gt=now() - timedelta(days=DAYS)).values_list("mode").annotate(n=Count("number"))
    )
    used = dict(rows)
    every = sum(used.values())
    found = [
        (m, used.get(code, 0), 100 * used.get(code, 0) // every if every else 0) for code, m in current().modes.items()
    ]
    context: dict[str, Any] = {"modes": found, "every": every, "days": DAYS, "pack": current()}
    context["duties_of"] = lambda m: [say(DUTIES[d]) for d in m.duties]
    return page(request, "release/modes.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def releases(request: HttpRequest) -> HttpResponse:
    """Instructions with their receipts, receivers, what waits for a second person. POST adds or ends a receiver."""
    by = officer(request, "controller")
    problems, answer = acted(request, lambda: _receivers(request, by))
    if answer:
        return answer
    sent, overrides, unloadings = (
        queries.instructions(by, request.GET.get("declaration", "")),
        queries.overrides(by),
        queries.unloadings(by),
    )
    context: dict[str, Any] = {
        "sent": sent,
        "called": _called([*(s.instruction for s in sent), *overrides, *unloadings]),
        "declaration": request.GET.get("declaration", "")[:18],
        "receivers": queries.receivers(by),
        "overrides": overrides,
        "unloadings": unloadings,
        "owed": queries.debt_numbers(by),
        "codes": INSTRUCTIONS,
        "kinds": RECEIVER_KINDS,
        "duties": CHECKS | DUTIES,
        "typed": request.POST,
        "problems": problems,
        "problem_map": {p.field: str(p) for p in problems},
    }
    return page(request, "release/releases.html", context, status=422 if problems else 200)


def _called(named: Iterable[Any]) -> dict[tuple[str, int], str]:
    """Declaration and line of each row -> its goods in the reader's language."""
    wanted = {(n.declaration, n.line) for n in named}
    rows = Line.objects.filter(declaration__in={declaration for declaration, _line in wanted})
    lines = [x for x in rows if (x.declaration, x.number) in wanted]
    names = goods(lines)
    return {w: "/".join(map(str, w)) for w in wanted} | {(x.declaration, x.number): names[x.subject] for x in lines}


def _receivers(request: HttpRequest, by: Actor) -> str:
    post = request.POST
    match post.get("do"):
        case "add":
            sent = {name: post.get(name, "") for name in ("organisation", "kind", "dest", "secret", "ports")}
            send_once(request, by, lambda: services.add_receiver(by, sent))
            return _("Instructions are sent there from now on.")
        case "end":
            receiver = post.get("receiver", "")
            if receiver not in {str(g.receiver.id) for g in queries.receivers(by)}:
                raise NotFound
            send_once(request, by, lambda: services.end_receiver(by, receiver))
            return _("Nothing is sent there any more.")
    raise NotFound


@require_http_methods(["GET", "HEAD", "POST"])
def debts(request: HttpRequest) -> HttpResponse:
    """What is owed after releases, by day, with its debtor. POST says what was found of one."""
    return owed(request, officer(request, "controller", "inspector"), "release/debts.html")


def owed(request: HttpRequest, by: Actor, template: str) -> HttpResponse:
    """What the actor sees of what is owed, and the form that says that it is done."""
    problems, answer = acted(request, lambda: _pay(request, by))
    if answer:
        return answer
    key = f"{request.POST.get('declaration', '')}-{request.POST.get('line', '')}-{request.POST.get('debt', '')}"
    problem_map = {f"{p.field}-{key}": str(p) for p in problems}
    for p in problems:
        object.__setattr__(p, "field", f"{p.field}-{key}")
    open_, paid = queries.debts(by), queries.debts(by, paid=True)[:20]
    context = {
        "debts": _by_line(open_),
        "called": _called([*open_, *paid]),
        "paid": paid,
        "numbers": queries.debt_numbers(by),
        "duties": CHECKS | DUTIES,
        "modes": current().modes,
        "own_word": OWN_WORD,
        "at": now(),
        "typed": request.POST,
        "problems": problems,
        "problem_map": problem_map,
    }
    return page(request, template, context, status=422 if problems else 200)


def _by_line(owed: list[Debt]) -> list[list[Debt]]:
    """What is owed for each line, the line with the earliest day first."""
    lines: dict[tuple[str, int], list[Debt]] = {}
    for debt in owed:
        lines.setdefault((debt.declaration, debt.line), []).append(debt)
    return list(lines.values())


def _pay(request: HttpRequest, by: Actor) -> str:
    post = request.POST
    if not (post.get("line", "").isdigit() and post.get("debt", "").isdigit()):
        raise NotFound
    which = (post.get("declaration", ""), int(post["line"][:9]), int(post["debt"][:9]))
    outcome, note = post.get("outcome", ""), post.get("note", "")
    send_once(request, by, lambda: services.pay_debt(by, *which, outcome, note))
    return _("The check is recorded.")
