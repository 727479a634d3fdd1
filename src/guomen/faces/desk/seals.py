"""The journey of one seal: the way on a map, what was wrong, what it said, and who checked it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guomen.catalogue.places import place
from guomen.clearance.models import Container
from guomen.faces.desk import names
from guomen.kit.errors import NotFound
from guomen.kit.map import Map, Point
from guomen.kit.web import page, written_time
from guomen.kit.words import say
from guomen.parties.actors import of_request
from guomen.seals import queries
from guomen.seals.words import CLASSES, REASONS, STATES

MOST_READINGS = 50


@require_safe
def journey(request: HttpRequest, number: str) -> HttpResponse:
    """One seal, for officers of the authority: controllers and inspectors."""
    by = of_request(request)
    by.require("controller", "inspector")
    if not by.is_authority:
        raise NotFound
    found = queries.journey_for(by, number)
    box = Container.objects.filter(number=found.container, seal=found.seal).order_by("-declaration").first()
    context = {
        "journey": found,
        "chips": _chips(found),
        "head": _head(found),
        "map": track_map(found),
        "alarms": [(say(REASONS[a.code]), a) for a in found.alarms],
        "checks": [(c, _place(c.place), [say(REASONS[r]) for r in c.reasons]) for c in found.checks],
        "readings": found.readings[: -MOST_READINGS - 1 : -1],
        "position": names.position,
        "has_battery": any(r.battery_percent is not None for r in found.readings),
        "has_celsius": any(r.celsius is not None for r in found.readings),
        "more": max(len(found.readings) - MOST_READINGS, 0),
        "declaration": box.declaration if box else "",
    }
    return page(request, "desk/seal.html", context)


def _chips(found: queries.Journey) -> list[tuple[str, str]]:
    """Where the journey stands, and what is wrong with it: a red word never says that all is well."""
    state = say(STATES[found.state])
    if found.tone == "ok":
        return [(state, "ok")]
    return [(names.exception(found), found.tone), *([(state, "")] if found.disarmed_at else [])]


def track_map(found: queries.Journey) -> Map:
    """The way of a seal with its newest position."""
    track = found.track
    points = [Point(*track[-1], found.tone, f"{found.container} · {found.seal}")] if track else []
    return Map(points, track, label=_("Map of the way of seal %(seal)s") % {"seal": found.seal})


def _place(code: str) -> str:
    try:
        return say(place(code).name)
    except KeyError:
        return code


def _head(found: queries.Journey) -> list[tuple[str, Any]]:
    rows = [
        (_("Container"), found.container),
        (_("Kind of seal"), say(CLASSES.get(found.seal_class, found.seal_class))),
        (_("Reported by"), str(found.organisation)),
        (_("Applied"), f"{written_time(found.armed_at)} · {_place(found.place)}"),
        (_("Last heard"), written_time(found.heard_at)),
    ]
    if found.disarmed_at:
        rows.append((_("Removed"), f"{written_time(found.disarmed_at)} · {_place(found.disarmed_place)}"))
    return rows
