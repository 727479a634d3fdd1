"""One thing's page: what happened to it, where it came from and where it went; and the field that leads to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guomen.catalogue import queries as catalogue
from guomen.core.gs1 import GS1Error
from guomen.faces.trace.codes import gtins_in, path_of, read, spoken, why_wrong, with_batch
from guomen.faces.trace.diagram import Diagram, boxes
from guomen.faces.trace.reading import Moment, moment, parties_of, title
from guomen.kit.map import Map, Point
from guomen.kit.web import page
from guomen.parties.actors import Actor, of_request
from guomen.trace import chain, queries
from guomen.trace.places import position
from guomen.trace.sight import scope
from guomen.trace.things import name_of, names_in, uri_of_path

DEPTH, BREADTH = 6, 2000
MOST_MOVES = 60


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """The field for a code, and the way to the thing's page."""
    by = of_request(request)
    scope(by)
    code = request.GET.get("code", "")
    uri = read(code) if code.strip() else None
    if uri:
        return redirect(request.language_prefix + reverse("trace-thing", args=[path_of(uri)]))
    wrong = bool(code.strip())
    why = why_wrong(code) if wrong else None
    return page(request, "trace/search.html", {"code": code, "wrong": wrong, "why": why, "unknown": False})


@dataclass(frozen=True, slots=True)
class Chain:
    """One direction: what was found, who moved it, and where it stopped short."""

    found: list[chain.Found]
    moves: list[chain.Move]
    end: chain.End


@require_safe
def thing(request: HttpRequest, uri: str) -> HttpResponse:
    """What the reader may see of one thing. A thing that nobody has told of, or not to the reader, says what to do."""
    by = of_request(request)
    scope(by)
    try:
        whole = uri_of_path(uri)
        name = name_of(whole)
    except GS1Error:
        context = {"code": uri, "wrong": True, "why": why_wrong(uri_of_path(uri)), "unknown": False}
        return page(request, "trace/search.html", context, status=404)
    # What is known of an item's batch is known of the item, too, and its name does not say which batch it is of.
    history = queries.history(with_batch(whole), by)
    if not history.events and not chain.is_known(name, by):
        return page(request, "trace/search.html", {"code": name, "wrong": False, "unknown": True}, status=404)
    up, down = (_walked(name, direction, by) for direction in ("upstream", "downstream"))
    products = _products([name, *(f.uri for c in (up, down) for f in c.found), *_named(history)])
    parties = parties_of(event.body for event in history.events)
    moments = [moment(event, products, parties) for event in reversed(history.events)]
    moves = sorted({m.event: m for m in [*up.moves, *down.moves]}.values(), key=lambda m: m.at)
    title_here = spoken(name, products)
    context: dict[str, Any] = {
        "uri": name,
        "title": title_here,
        "batch": (spoken(history.batch, products), path_of(history.batch)) if history.batch else None,
        "moments": moments,
        "stays": [
            (spoken(s.thing, products), spoken(s.inside, products), path_of(s.inside), s.since, s.until, s.certain)
            for s in history.stays
        ],
        "truncated": history.truncated or bool(up.end.truncated or down.end.truncated) or len(moves) > MOST_MOVES,
        "hidden": up.end.hidden + down.end.hidden,
        "redacted": any(m.redacted for m in moments),
        "map": _map(history, moments),
        "diagram": _diagram(title_here, up, down, products),
        "up": _listed(up, products),
        "down": _listed(down, products),
        "counts": (up.end.things, down.end.things),
        "moves": [(m, title({}, m.step, "ObjectEvent")) for m in moves[-MOST_MOVES:]],
    }
    return page(request, "trace/thing.html", context)


def _walked(name: str, direction: chain.Direction, by: Actor) -> Chain:
    parts = list(chain.walk(name, direction, by, depth=DEPTH, breadth=BREADTH))
    return Chain(
        [p for p in parts if isinstance(p, chain.Found)],
        [p for p in parts if isinstance(p, chain.Move)],
        next(p for p in parts if isinstance(p, chain.End)),
    )


def _named(history: queries.History) -> Iterable[str]:
    return {uri for event in history.events for uri in [*event.via, *list(names_in(event.body))[:20]]}


def _products(uris: Iterable[str]) -> dict[str, object]:
    return dict(catalogue.products(gtins_in(uris)))


def _listed(one: Chain, products: dict[str, object]) -> list[tuple[str, str]]:
    return [(spoken(f.uri, products), path_of(f.uri)) for f in one.found[:50]]


def _diagram(name: str, up: Chain, down: Chain, products: dict[str, object]) -> Diagram | None:
    if not up.found and not down.found:
        return None
    label = _("Diagram: %(thing)s came from %(up)s things and went into %(down)s.") % {
        "thing": name,
        "up": up.end.things,
        "down": down.end.things,
    }
    return Diagram(boxes(up.found, products), name, boxes(down.found, products), label)


def _map(history: queries.History, moments: list[Moment]) -> Map | None:
    """Where the events happened that say where; the newest stands out."""
    known = [(event, there) for event in history.events if not event.withdrawn and (there := position(event.body))]
    if not known:
        return None
    track = [there for _event, there in known]
    words = {m.id: f"{m.title} · {m.place}" for m in moments}
    points = [
        Point(*there, "wait" if n == len(known) else "ok", words[event.id]) for n, (event, there) in enumerate(known, 1)
    ]
    return Map(points, track, label=_("Map of where it was"))
