"""Scans on a map and over time, suspicious clusters, one alarm and its undoing."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from guomen.catalogue.places import place
from guomen.catalogue.queries import products
from guomen.faces.forms import acted, send_once
from guomen.faces.told import state as state_words
from guomen.kit.chart import Bar, Bars
from guomen.kit.errors import Invalid, NotFound, Problem
from guomen.kit.map import ASIA, Map, Point
from guomen.kit.web import number, page, written_date
from guomen.kit.words import W, say
from guomen.parties.actors import of_request
from guomen.tags import traffic
from guomen.tags.limits import position
from guomen.tags.models import Alarm, Range
from guomen.tags.services import alarms as services
from guomen.tags.words import ALARMS, CAUSES, ENDS, REASONS

DAYS = (7, 30, 90, 365)
NOWHERE = W("Place not known", "地点不明")
MOST_AT_ONCE = 100
"""Alarms that are undone together: as many as the page shows."""
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
KINDS = {
    "copy": W("In force", "生效中"),
    "data": W("Data problems", "数据问题"),
    "undone": W("Undone", "已撤销"),
}


def _wanted(request: HttpRequest) -> traffic.Wanted:
    days = request.GET.get("days", "")
    gtin = "".join(c for c in request.GET.get("gtin", "") if c.isascii() and c.isdigit())[:14]
    return traffic.Wanted(gtin, request.GET.get("batch", "").strip()[:20], int(days) if days in map(str, DAYS) else 30)


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Scans of one's own goods; for the authority, of all."""
    by, wanted = of_request(request), _wanted(request)
    found = traffic.overview(by, wanted)
    names = _names([o.range for o in found.orders] + [c.range for c in found.clusters])
    context = {
        "wanted": wanted,
        "days": [(d, ngettext("last %(num)s day", "last %(num)s days", d) % {"num": d}) for d in DAYS],
        "orders": [(o, names[o.range.gtin]) for o in found.orders],
        "total": sum(times for _day, times in found.days),
        "places": [(city(code), times, phones) for code, times, phones in found.places],
        "map": _map(found),
        "chart": _chart(found),
        "clusters": [(c, names[c.range.gtin], say(REASONS[c.rule]), in_words(c.places)) for c in found.clusters],
        "query": urlencode({"gtin": wanted.gtin, "batch": wanted.batch, "days": wanted.days}),
    }
    return page(request, "scans/index.html", context)


def _names(ranges: Iterable[Range]) -> dict[str, str]:
    wanted = {r.gtin for r in ranges}
    known = products(wanted)
    return {g: say(W(known[g].name_en, known[g].name_zh)) if g in known else g for g in wanted}


def city(code: str) -> str:
    """The name of a place in the reader's language."""
    try:
        return say(place(code).name) if code else say(NOWHERE)
    except KeyError:
        return code


def in_words(places: Iterable[str], most: int = 5) -> str:
    found = [city(p) for p in places]
    more = len(found) - most
    shown = _(", ").join(found[:most])
    return _("%(places)s and %(more)s more") % {"places": shown, "more": more} if more > 0 else shown


def _map(found: traffic.Overview) -> Map:
    odd = {code for cluster in found.clusters if cluster.kind == "copy" for code in cluster.places}
    most = max((times for _code, times, _phones in found.places), default=0)
    points = [
        Point(*there, "bad" if code in odd else "wait" if times * 4 >= most else "ok", f"{city(code)}: {number(times)}")
        for code, times, _phones in found.places
        if (there := position(code))
    ]
    label = ngettext("Map of scans in %(num)s city", "Map of scans in %(num)s cities", len(points))
    return Map(points, label=label % {"num": len(points)}, window=None if points else ASIA)


def _chart(found: traffic.Overview) -> Bars:
    bars = [Bar(f"{day:%m-%d}", times, f"{written_date(day)}: {number(times)}") for day, times in found.days]
    label = _("Scans on each day from %(first)s to %(last)s") % {
        "first": written_date(found.days[0][0]),
        "last": written_date(found.days[-1][0]),
    }
    return Bars(bars, label)


@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """The same scans as CSV, by hour, order and city."""
    lines = traffic.csv_lines(of_request(request), _wanted(request))
    headers = {"Content-Disposition": 'attachment; filename="scans.csv"'}
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)


def sentence(one: Alarm) -> str:
    """What an alarm says, with its numbers."""
    values = {k: say(ENDS.get(v, v)) if k == "state" else v for k, v in one.facts.items()}
    return say(ALARMS[one.rule], **values)


@require_http_methods(["GET", "HEAD", "POST"])
def alarms(request: HttpRequest) -> HttpResponse:
    """Alarms in force, data problems, or what was undone. POST undoes the chosen ones together, with one reason."""
    by, kind, code = of_request(request), request.GET.get("kind", "copy"), request.GET.get("order", "")[:4]
    found = traffic.alarms(by, kind, code)
    post, chosen = request.POST, _chosen(request, found)
    problems, answer = acted(request, lambda: _undo_many(request, by, chosen))
    if answer:
        return redirect(f"{request.path}?{urlencode({'kind': kind, 'order': code})}")
    names = _names(v.range for v in found if v.range)
    context = {
        "kind": kind,
        "kinds": KINDS,
        "order": code,
        "rows": [(v, names.get(v.range.gtin, "") if v.range else "", sentence(v.alarm)) for v in found],
        "undoable": [v.alarm.id for v in found if v.may_undo and v.alarm.undone_at is None],
        "chosen": chosen,
        "causes": causes_for(by),
        "sent": post,
        "problems": problems,
        "problem_map": _by_field(problems),
    }
    return page(request, "scans/alarms.html", context, status=422 if problems else 200)


def _chosen(request: HttpRequest, found: Iterable[traffic.AlarmView]) -> list[UUID]:
    """The alarms that a sent form names; with the word "all", those on the page that may be undone."""
    if request.POST.get("all") == "1":
        return [v.alarm.id for v in found if v.may_undo and v.alarm.undone_at is None]
    chosen = []
    for text in request.POST.getlist("alarm")[:MOST_AT_ONCE]:
        try:
            chosen.append(UUID(text))
        except ValueError:
            raise NotFound from None
    return chosen


def _undo_many(request: HttpRequest, by: Any, chosen: list[UUID]) -> str:
    if not chosen:
        raise Invalid([Problem("all", "nothing-chosen", W("Choose at least one alarm.", "请至少选择一条警示。"))])
    post, done = request.POST, len(chosen)
    send_once(request, by, lambda: services.undo(by, chosen, post.get("cause", "data"), post.get("why", "")))
    return ngettext("%(num)s alarm is undone.", "%(num)s alarms are undone.", done) % {"num": number(done)}


def causes_for(by: Any) -> list[tuple[str, W]]:
    """The reasons from which an actor chooses: a firm can only say that its records were wrong."""
    return list(CAUSES.items()) if by.is_authority else [("data", CAUSES["data"])]


@require_http_methods(["GET", "HEAD", "POST"])
def alarm(request: HttpRequest, alarm: UUID) -> HttpResponse:
    """One alarm: what it says, what it rests on; POST undoes it with a reason."""
    by = of_request(request)
    view, looks = traffic.alarm(by, alarm)
    if request.method == "POST" and not view.may_undo and not by.is_officer:
        raise NotFound
    post = request.POST
    problems, answer = acted(request, lambda: _undo(request, by, alarm, post.get("cause", "data"), post.get("why", "")))
    if answer:
        return answer
    one = view.range
    context: dict[str, Any] = {
        "view": view,
        "name": _names([one])[one.gtin] if one else "",
        "sentence": sentence(view.alarm),
        "rule": say(REASONS[view.alarm.rule]),
        "looks": _looks(looks),
        "causes": causes_for(by),
        "cause": say(CAUSES[view.alarm.cause]) if view.alarm.cause else "",
        "sent": post,
        "problems": problems,
        "problem_map": _by_field(problems),
        "state": state_words,
    }
    return page(request, "scans/alarm.html", context, status=422 if problems else 200)


def _by_field(problems: list[Problem]) -> dict[str, str]:
    return {p.field: str(p) for p in problems}


def _undo(request: HttpRequest, by: Any, id: UUID, cause: str, why: str) -> str:
    send_once(request, by, lambda: services.undo(by, [id], cause, why))
    return _("The alarm is undone. The item's page no longer speaks of it.")


def _looks(looks: list[Any]) -> list[tuple[Any, str, str]]:
    """Scans with their city and a letter for each phone of a day: nothing that says whose it is."""
    letters: dict[bytes, str] = {}
    for one in reversed(looks):
        n = len(letters)
        letters.setdefault(bytes(one.device), LETTERS[n] if n < len(LETTERS) else str(n + 1))
    return [(one, city(one.place), letters[bytes(one.device)]) for one in looks]
