"""The control room: four numbers that demand action, what to decide next, and the seals that need a look."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from guomen.catalogue import codes
from guomen.clearance import queries as clearance
from guomen.clearance.models import Container, Line
from guomen.faces.desk import duties, names
from guomen.faces.desk.load import charts
from guomen.faces.told import goods, in_one, sentence, state
from guomen.inspection import queries as inspection
from guomen.inspection.models import Order
from guomen.kit.clock import now
from guomen.kit.map import ASIA, Map, Point
from guomen.kit.web import page
from guomen.kit.words import say
from guomen.parties.actors import Actor, of_request
from guomen.seals import queries as seals
from guomen.warning import queries as warning

HOLD_LIMIT = timedelta(hours=24)
"""How long goods may be held before somebody decides. A house rule."""
ROWS, ALL = 12, 100


@dataclass(frozen=True, slots=True)
class Number:
    """One of the four numbers: a count, what it is of, where it leads, and whether it demands something now."""

    count: int
    words: str
    href: str
    calm: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One line to decide. ``why``: the first reasons, ``more``: how many more; ``due``: day and time."""

    line: Line
    goods: str
    origin: str
    state: str
    why: str
    more: int
    due: tuple[str, str]
    late: bool
    owner: str


@dataclass(frozen=True, slots=True)
class Exceptional:
    """A seal that needs a look, as words; ``declaration`` is "" while its container is not declared."""

    chip: str
    tone: str
    seal: str
    container: str
    place: str
    at: str
    declaration: str


@require_safe
def room(request: HttpRequest) -> HttpResponse:
    """The whole page. Certifying officers are led to their own desk."""
    by = of_request(request)
    if by.has("certifier") and not by.has("controller"):
        return redirect("desk-certificates")
    return page(request, "desk/room.html", _context(request, by) | charts(by))


@require_safe
def now_fragment(request: HttpRequest) -> HttpResponse:
    """What changes, for the page that is open: fetched every five seconds."""
    response = page(request, "desk/now.html", _context(request, of_request(request)))
    response["Cache-Control"] = "no-store"
    return response


def _context(request: HttpRequest, by: Actor) -> dict[str, Any]:
    """``?rows=100`` shows more than the dozen to decide next."""
    by.require("controller")
    under_way = seals.under_way(by)
    everything = request.GET.get("rows") == str(ALL)
    rows, more = _rows(by, ALL if everything else ROWS)
    return {
        "numbers": _numbers(by),
        "rows": rows,
        "more": more and not everything,
        "most": ALL,
        "all": everything,
        "map": _map(under_way),
        "exceptions": [_exceptional(j) for j in under_way if j.tone != "ok"],
        "under_way": len(under_way),
        "duties": duties.of(by),
        "at": names.clock(now()),
        "office": by.organisation,
    }


def _numbers(by: Actor) -> list[Number]:
    port, counts = clearance.port_numbers(), inspection.counts()
    unowned, waiting, held, arriving = warning.unowned(by), counts["waiting"], port["held"], port["arriving_24h"]
    late = Line.objects.filter(state="held", decided_at__lt=now() - HOLD_LIMIT).count()
    oldest = counts["oldest_waiting_at"]
    waits = _("waiting for inspection")
    if oldest and now() - oldest >= timedelta(minutes=1):
        minutes = int((now() - oldest).total_seconds()) // 60
        age = _("%(minutes)s min") % {"minutes": minutes}
        if minutes >= 60:
            age = _("%(hours)s h %(minutes)s min") % {"hours": minutes // 60, "minutes": minutes % 60}
        waits = _("waiting for inspection, oldest %(age)s") % {"age": age}
    holds = _("held, none over its time limit")
    if late:
        text = ngettext("held, %(n)s over its time limit", "held, %(n)s over their time limit", late)
        holds = text % {"n": late}
    return [
        Number(unowned, ngettext("alert nobody owns", "alerts nobody owns", unowned), "/desk/warnings/", not unowned),
        Number(waiting, waits, "#decide", not waiting),
        Number(held, holds, "#decide", not held),
        Number(arriving, _("arriving in 24 hours"), "", True),
    ]


def _rows(by: Actor, most: int) -> tuple[list[Row], bool]:
    """The lines to decide next, the worst first, and whether there are more."""
    lines = clearance.lines_to_decide(by)
    refused = Line.objects.filter(state="refused", outcome="").order_by("-score", "arrives_at")
    waiting = [x for x in lines if x.state != "sampled"] + list(refused[:ALL])
    lines = sorted(waiting, key=lambda x: (-x.score, x.arrives_at))[:most]
    found = Order.objects.filter(subject__in=[x.subject for x in lines], state__in=["waiting", "taken"])
    orders = {o.subject: o for o in found}
    owners = names.people(o.officer_id for o in orders.values())
    called = goods(lines)
    rows = [_row(line, called[line.subject], orders.get(line.subject), owners) for line in lines]
    return rows, len(waiting) > len(rows)


def _row(line: Line, goods: str, order: Order | None, owners: dict[Any, str]) -> Row:
    due = order.due_at if order else line.decided_at + HOLD_LIMIT
    # The score stands in front of the row already.
    reasons = [r for r in line.reasons if r["code"] != "HIGH-SCORE"] or line.reasons
    owner = owners.get(order.officer_id, "") if order else ""
    return Row(
        line,
        goods,
        say(codes.table("country").get(line.origin) or line.origin),
        state("line", line.state),
        in_one(sentence(r) for r in reasons[:2]),
        max(len(reasons) - 2, 0),
        names.day_and_time(due),
        due is not None and due < now(),
        owner,
    )


def _map(under_way: list[seals.Journey]) -> Map:
    points = [
        Point(j.lat, j.lon, j.tone, f"{j.container} · {j.seal}" if j.tone != "ok" else "")
        for j in under_way
        if j.lat is not None and j.lon is not None
    ]
    odd = sum(j.tone != "ok" for j in under_way)
    label = _("Map of %(n)s seals under way, %(odd)s of them with an exception") % {"n": len(under_way), "odd": odd}
    return Map(points, label=label, window=None if points else ASIA)


def _exceptional(j: seals.Journey) -> Exceptional:
    chip = names.exception(j)
    box = Container.objects.filter(number=j.container).order_by("-declaration").first()
    place = names.position(j.lat, j.lon) if j.lat is not None and j.lon is not None else ""
    return Exceptional(
        chip, j.tone, j.seal, j.container, place, names.moment(j.heard_at), box.declaration if box else ""
    )
