"""Item tags: ordering them for a goods line, and what became of the labels of each order."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guomen.catalogue import codes
from guomen.catalogue.queries import product, products
from guomen.clearance import queries as clearance
from guomen.clearance.models import Line
from guomen.faces.forms import send_once
from guomen.faces.portal.files import file_choices, shown_jobs
from guomen.faces.portal.views import called
from guomen.kit.errors import GuomenError, Invalid, NotFound, Problem, Refused
from guomen.kit.ids import Subject
from guomen.kit.web import number, page, written_date
from guomen.kit.words import W, listed, say
from guomen.parties.actors import Actor, of_request
from guomen.tags import balances
from guomen.tags import keys as tag_keys
from guomen.tags import queries as tag_queries
from guomen.tags import services as tag_services
from guomen.tags.models import Range
from guomen.tags.rules.lifecycle import CHANGES, NOT_MADE
from guomen.tags.words import BONDED_MOVES, CARRIERS, CHANNELS, ITEM_STATES, ORDER_REASONS

BY_HAND = [to for to, change in CHANGES.items() if "firm" in change.who]
"""Changes that a firm can make to a stretch of labels on the page."""
MOST_TYPED = 100_000
"""Tags in one order by hand; programs may order more."""


def whole_number(text: str, most: int, field: str) -> int:
    """A number that people typed. Raises Invalid."""
    text = text.strip()
    if not (text.isascii() and text.isdigit() and len(text) < 10) or not 1 <= int(text) <= most:
        words = W("Give a whole number from 1 to {most}.", "请填写 1 至 {most} 的整数。")
        raise Invalid([Problem(field, "not-a-count", words, (("most", f"{most:,}"),))])
    return int(text)


@require_http_methods(["GET", "POST"])
def order_tags(request: HttpRequest, number: str, line: int) -> HttpResponse:
    """Order item tags for one line."""
    by = of_request(request)
    by.require("declarant")
    found = next((x for x in clearance.declaration(by, number).line_list if x.number == line), None)
    if found is None or not (found.gtin and found.batch):
        raise NotFound
    problems: list[Problem] = []
    blank = _BLANK | {"count": _counted(found)}
    typed = {name: request.POST.get(name, value)[:200] for name, value in blank.items()}
    if request.method == "POST":
        try:
            made: list[Range] = []

            def order() -> None:
                made.append(
                    tag_services.order(
                        by,
                        gtin=found.gtin,
                        batch=found.batch,
                        produced_on=found.produced_on,
                        expires_on=found.expires_on,
                        count=whole_number(typed["count"], MOST_TYPED, "count"),
                        subject=Subject.line(number, line),
                        channel=typed["channel"],
                        carrier=typed["carrier"],
                        markets=typed["markets"].replace(",", " ").split(),
                    )
                )

            send_once(request, by, order)
            if made and made[0].state == "asked":
                messages.warning(request, _("Ordered. An officer must approve this order before labels are made."))
            else:
                messages.success(request, _("Tags ordered. Make the label files next."))
            return redirect("portal-tags")
        except Invalid as error:
            names = {"subject": "count"}
            problems = [Problem(names.get(p.field, p.field), p.code, p.words, p.values) for p in error.problems]
    context = {
        "line": found,
        "goods": called([found])[found.subject],
        "number": number,
        "typed": typed,
        "channels": CHANNELS.items(),
        "carriers": CARRIERS.items(),
        "state": found.state,
        "problems": problems,
    }
    context["problem_map"] = {p.field: str(p) for p in problems}
    return page(request, "portal/order_tags.html", context, status=422 if problems else 200)


def _counted(line: Line) -> str:
    """How many items a line declares, to begin with; nothing where its unit does not count them."""
    counts = codes.table("unit").rows.get(line.unit, {}).get("counts")
    return str(int(line.quantity)) if counts and 1 <= line.quantity <= MOST_TYPED else ""


_BLANK = {"count": "", "channel": "general", "carrier": "print", "markets": ""}


@require_safe
def tags(request: HttpRequest) -> HttpResponse:
    """Tag orders of the organisation, newest first."""
    by = of_request(request)
    by.require("declarant")
    ranges = tag_queries.ranges(by)
    known = products(r.gtin for r in ranges)
    rows = [{"range": r, "name": str(known.get(r.gtin, r.gtin)), "chip": state_chip(r)} for r in ranges]
    return page(request, "portal/tags.html", {"ranges": rows})


def state_chip(one: Range) -> tuple[str, str]:
    """The one thing to know of an order, and its tone."""
    if one.state in NOT_MADE:
        return say(ITEM_STATES[one.state]), {"asked": "wait", "refused": "bad"}.get(one.state, "")
    if tag_queries.recall_in_force(one.gtin, one.batch):
        return _("Recalled"), "bad"
    if tag_keys.retired_at(one.key_version) is not None:
        return _("Keys retired"), "bad"
    since = tag_queries.active_since(one)
    if since is None:
        line = clearance.line_by_subject(one.subject)
        if line is not None and line.state == "refused":
            return _("Goods refused"), "bad"
        return _("Valid after release"), "wait"
    return _("Valid since %(when)s") % {"when": written_date(since)}, "ok"


@require_http_methods(["GET", "POST"])
def one_order(request: HttpRequest, code: str) -> HttpResponse:
    """One order: its labels, their files, what became of them. POST changes the state of a stretch, or cancels."""
    by = of_request(request)
    by.require("declarant")
    one = tag_queries.range_by_code(by, code)
    problems: list[Problem] = []
    status = 200
    if request.method == "POST":
        try:
            messages.success(request, _act(request, by, one))
            return redirect("portal-tag-order", code=one.code)
        except Invalid as error:
            problems, status = error.problems, error.status
        except Refused as error:
            problems, status = [error.about("to")], error.status
    return page(request, "portal/tag_order.html", shown(request, by, one, problems), status=status)


def shown(request: HttpRequest, by: Actor, one: Range, problems: list[Problem]) -> dict[str, Any]:
    """Everything on the page of one order, also when a form on it was wrong."""
    known = product(one.gtin)
    countries = codes.table("country")
    markets = listed(say(countries.get(m) or m) for m in one.markets)
    retired = tag_keys.retired_at(one.key_version)
    keys = _("version %(version)d") % {"version": one.key_version}
    if retired:
        keys = _("version %(version)d, retired on %(when)s: the codes prove nothing any more") % {
            "version": one.key_version,
            "when": written_date(retired),
        }
    stock, moves = tag_queries.bonded(one) if one.channel == "bonded" else ([], [])
    return {
        "range": one,
        "name": str(known) if known else one.gtin,
        "retired": retired,
        "chip": state_chip(one),
        "made": one.state not in NOT_MADE,
        "facts": [
            (_("Batch"), one.batch),
            (_("Ordered"), ngettext("%(count)s tag", "%(count)s tags", one.count) % {"count": number(one.count)}),
            (_("Channel"), say(CHANNELS[one.channel])),
            (_("Carrier of the code"), say(CARRIERS[one.carrier])),
            (_("Markets"), markets or "—"),
            (_("Keys"), keys),
        ],
        "reasons": [say(ORDER_REASONS[reason]) for reason in one.asked_because if reason in ORDER_REASONS],
        "balance": balances.balance_of(one),
        "stretches": [(s.first + 1, s.last + 1, say(ITEM_STATES[s.state])) for s in balances.stretches_of(one)][:50],
        "may_cancel": one.state in {"asked", "ordered"} and not one.printed,
        "states": [(to, ITEM_STATES[to]) for to in BY_HAND],
        "files": file_choices(),
        "jobs": shown_jobs(by, one),
        "bonded_moves": BONDED_MOVES.items(),
        "move_words": BONDED_MOVES,
        "stock": stock,
        "moves": moves,
        "typed": {name: request.POST.get(name, "")[:200] for name in _TYPED},
        "problems": problems,
        "problem_map": {p.field: str(p) for p in problems},
    }


_TYPED = ("to", "first", "last", "place", "why", "file", "dpi", "from", "until", "hall", "kind", "quantity")


@require_POST
def order_labels(request: HttpRequest, code: str) -> HttpResponse:
    """Ask for label files."""
    by = of_request(request)
    by.require("declarant")
    one, said = tag_queries.range_by_code(by, code), request.POST
    try:
        format, _space, size = said.get("file", "").partition(" ")
        first = whole_number(said.get("from") or "1", one.count, "from")
        last = whole_number(said.get("until") or str(one.count), one.count, "until")
        dpi = whole_number(said.get("dpi") or "203", 600, "dpi")
        more: dict[str, Any] = {"format": format, "size": size, "dpi": dpi, "first": first - 1}
        send_once(request, by, lambda: tag_services.order_labels(by, code, **more, count=last - first + 1))
        messages.success(request, _("The files are being made. This page shows how far they are."))
        return redirect("portal-tag-order", code=one.code)
    except Invalid as error:
        names = {"format": "file", "size": "file", "first": "from"}
        problems = [Problem(names.get(p.field, p.field), p.code, p.words, p.values) for p in error.problems]
    except GuomenError as error:
        if error.status not in {409, 429}:
            raise
        problems = [error.about("file")]
    return page(request, "portal/tag_order.html", shown(request, by, one, problems), status=422)


def _act(request: HttpRequest, by: Actor, one: Range) -> str:
    said = request.POST
    if "cancel" in said:
        send_once(request, by, lambda: tag_services.cancel(by, one.code))
        return _("Order cancelled.")
    # Nothing stands for the whole order here: an empty field must not destroy it.
    first = whole_number(said.get("first", ""), one.count, "first")
    last = whole_number(said.get("last", ""), one.count, "last")
    place, why = said.get("place", "").strip().upper(), said.get("why", "").strip()

    def change() -> None:
        tag_services.change_stretch(
            by, one.code, said.get("to", ""), first=first - 1, last=last - 1, place=place, why=why
        )

    send_once(request, by, change)
    return _("Changed: labels %(first)d to %(last)d.") % {"first": first, "last": last}
