"""Events over REST: the simple event query, and the top-level resources that stand for one parameter of it."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse

from guomen.core import epcis
from guomen.kit.clock import now
from guomen.kit.errors import NotFound
from guomen.parties.api import actor
from guomen.trace import asked, queries
from guomen.trace.rest.base import answer, api, link_next, options, per_page
from guomen.trace.rest.headers import accepts, extensions, negotiate

_PARAMETERS = {
    "eventTypes": "eventType",
    "epcs": "MATCH_anyEPC",
    "bizSteps": "EQ_bizStep",
    "bizLocations": "EQ_bizLocation",
    "readPoints": "EQ_readPoint",
    "dispositions": "EQ_disposition",
}
_FIELDS = {name: parameter.removeprefix("EQ_") for name, parameter in _PARAMETERS.items() if name != "epcs"}


@api.get("/events", summary="Events that you may see, by the parameters of the simple event query")
def events(request: HttpRequest) -> HttpResponse:
    """An EPCISQueryDocument, oldest event first unless ``orderBy`` is said. More pages: the ``Link`` header."""
    return _answer(request)


def _answer(request: HttpRequest, *more: Q) -> HttpResponse:
    negotiate(request)
    accepts(request, "application/ld+json", "application/json")
    query = asked.read(dict(request.GET.lists()), extensions(request))
    query.conditions.extend(more)
    token = request.GET.get("nextPageToken", "")
    page = queries.select(actor(request), query, per_page=per_page(request), after=token)
    return link_next(request, answer(_document(page.events), media_type="application/ld+json"), page.next)


def _document(bodies: list[dict[str, Any]]) -> dict[str, Any]:
    """Events with a context of their own keep it: the same prefix may mean two things in two of them."""
    return {
        "@context": [epcis.CONTEXT],
        "type": "EPCISQueryDocument",
        "schemaVersion": "2.0",
        "creationDate": now().isoformat(timespec="milliseconds"),
        "epcisBody": {
            "queryResults": {"queryName": "SimpleEventQuery", "resultsBody": {"eventList": bodies}},
        },
    }


def _known(resource: str) -> None:
    if resource not in _PARAMETERS:
        raise NotFound


@api.get("/{resource}/{path:value}/events", summary="Events of one type, thing, step, place or disposition")
def events_of(request: HttpRequest, resource: str, value: str) -> HttpResponse:
    """``resource``: eventTypes, epcs, bizSteps, bizLocations, readPoints, dispositions. ``value``: percent-encoded."""
    _known(resource)
    # Proxies merge the two slashes of a URI inside a path.
    scheme, separator, rest = value.partition(":/")
    whole = f"{scheme}://{rest.lstrip('/')}" if separator and scheme in ("http", "https") else value
    return _answer(request, asked.condition(_PARAMETERS[resource], [whole]))


@api.api_operation(["OPTIONS"], "/{resource}/{path:value}/events", auth=None, summary="What its events answer to")
def events_of_options(request: HttpRequest, resource: str, value: str) -> HttpResponse:
    return _options(resource)


@api.get("/{resource}/{path:value}", summary="What there is of one value: its events")
def value_of(request: HttpRequest, resource: str, value: str) -> HttpResponse:
    _known(resource)
    negotiate(request)
    return answer(_collection(["events"]), media_type="application/ld+json")


@api.api_operation(["OPTIONS"], "/{resource}/{path:value}", auth=None, summary="What one of its values answers to")
def value_options(request: HttpRequest, resource: str, value: str) -> HttpResponse:
    return _options(resource)


@api.get("/{resource}", summary="The values that events which you may see have used")
def values(request: HttpRequest, resource: str) -> HttpResponse:
    """``resource``: eventTypes, bizSteps, bizLocations, readPoints, dispositions. ``epcs`` is not listed: 501."""
    _known(resource)
    negotiate(request)
    accepts(request, "application/ld+json", "application/json")
    if resource == "epcs":
        raise asked.NotAnswered(name=resource)
    size = per_page(request)
    found = queries.terms(
        actor(request), _FIELDS[resource], per_page=size + 1, after=request.GET.get("nextPageToken", "")
    )
    content = _collection(found[:size])
    return link_next(
        request, answer(content, media_type="application/ld+json"), found[size - 1] if len(found) > size else ""
    )


@api.api_operation(["OPTIONS"], "/{resource}", auth=None, summary="What a top-level resource answers to")
def resource_options(request: HttpRequest, resource: str) -> HttpResponse:
    return _options(resource)


def _options(resource: str) -> HttpResponse:
    _known(resource)
    return options("GET")


def _collection(members: list[str]) -> dict[str, Any]:
    return {"@context": [epcis.CONTEXT], "type": "Collection", "member": members}
