"""The top-level resources: each lists the values of one field of events, and the events that have one of them.

All but ``epcs`` stand for a parameter of the simple event query. Things are items and classes, as events name them.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse

from guomen.core import epcis
from guomen.kit.errors import NotFound
from guomen.parties.api import actor
from guomen.trace import asked, listing, queries
from guomen.trace.rest.base import answer, api, link_next, options, per_page
from guomen.trace.rest.events import events_by
from guomen.trace.rest.headers import CAPTURE_LIMITS, accepts, negotiate
from guomen.trace.rest.writing import spell_values

_PARAMETERS = {
    "eventTypes": "eventType",
    "epcs": "epc",
    "bizSteps": "EQ_bizStep",
    "bizLocations": "EQ_bizLocation",
    "readPoints": "EQ_readPoint",
    "dispositions": "EQ_disposition",
}
TOP_LEVEL = ("capture", "events", *_PARAMETERS, "queries")
_JSON = ("application/ld+json", "application/json")


@api.api_operation(["OPTIONS"], "/", auth=None, summary="What this repository speaks, and its limits")
def root_options(request: HttpRequest) -> HttpResponse:
    return options("GET", **CAPTURE_LIMITS)


@api.get("/", summary="The top-level resources")
def root(request: HttpRequest) -> HttpResponse:
    actor(request)
    return _members(request, list(TOP_LEVEL))


def _members(request: HttpRequest, members: list[str], next_page: str = "", field: str = "") -> HttpResponse:
    """field: of which the members are values."""
    negotiate(request)
    accepts(request, *_JSON)
    members, said = spell_values(request, field, members) if field else (members, {})
    content: dict[str, Any] = {"@context": [epcis.CONTEXT], "type": "Collection", "member": members}
    response = link_next(request, answer(content, media_type="application/ld+json"), next_page)
    for header, value in said.items():
        response.headers[header] = value
    return response


def _exists(resource: str, value: str) -> None:
    """Raise NotFound for a type of event that there is not; other vocabularies are open."""
    if resource == "eventTypes" and value not in epcis.EVENT_TYPES:
        raise NotFound


def _serve(resource: str, parameter: str) -> None:
    """Answer below ``/{resource}``. Routes of their own, so that the API's description names each of them."""
    field = parameter.removeprefix("EQ_")

    def can(request: HttpRequest) -> HttpResponse:
        return options("GET")

    def can_below(request: HttpRequest, value: str) -> HttpResponse:
        return options("GET")

    def values(request: HttpRequest) -> HttpResponse:
        by, size, after = actor(request), per_page(request), request.GET.get("nextPageToken", "")
        if resource == "epcs":
            names = listing.things(by, per_page=size, after=after)
            return _members(request, names.names, names.next, field)
        found = queries.terms(by, field, per_page=size + 1, after=after)
        return _members(request, found[:size], found[size - 1] if len(found) > size else "", field)

    def below(request: HttpRequest, value: str) -> HttpResponse:
        actor(request)
        _exists(resource, value)
        return _members(request, ["events"])

    def events(request: HttpRequest, value: str) -> HttpResponse:
        _exists(resource, value)
        # Proxies merge the two slashes of a URI inside a path.
        scheme, separator, rest = value.partition(":/")
        whole = f"{scheme}://{rest.lstrip('/')}" if separator and scheme in ("http", "https") else value
        if resource == "epcs":
            return events_by(request, lambda query: asked.about(query, whole))
        return events_by(request, lambda query: asked.narrowed(query, parameter, whole))

    for path, view, may, summary in (
        (f"/{resource}/{{path:value}}/events", events, can_below, f"Events of one of the {resource}"),
        (f"/{resource}/{{path:value}}", below, can_below, f"What there is of one of the {resource}: its events"),
        (f"/{resource}", values, can, f"The {resource} that events which you may see have used"),
    ):
        api.api_operation(["OPTIONS"], path, auth=None, summary="What it answers to")(may)
        api.get(path, summary=summary)(view)


for _resource, _parameter in _PARAMETERS.items():
    _serve(_resource, _parameter)
