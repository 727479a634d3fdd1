"""Named queries over REST."""

from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse

from guomen.parties.api import actor
from guomen.parties.once import once_request
from guomen.trace import named, written
from guomen.trace import queries as seen
from guomen.trace.models import NamedQuery
from guomen.trace.rest.base import ROOT, answer, api, link_next, options, per_page, read_json
from guomen.trace.rest.events import answer_events
from guomen.trace.rest.headers import EVENT_TYPES, accepts, announce, extensions, negotiate


@api.api_operation(["OPTIONS"], "/queries", auth=None, summary="What the named queries answer to")
def queries_options(request: HttpRequest) -> HttpResponse:
    return options("GET", "POST")


@api.get("/queries", summary="The named queries of your organisation")
def queries(request: HttpRequest) -> HttpResponse:
    negotiate(request)
    accepts(request, "application/json")
    page = named.listed(actor(request), per_page=per_page(request), after=request.GET.get("nextPageToken", ""))
    return link_next(request, answer([_shown(query) for query in page.queries]), page.next)


@api.post("/queries", summary="Keep a query under a name")
def define(request: HttpRequest) -> HttpResponse:
    """``name`` and ``query``, an object with the parameters of the simple event query. 409 when the name is taken."""
    by = actor(request)
    negotiate(request)
    body = read_json(request)
    prefixes = extensions(request)

    def do() -> dict[str, Any]:
        return {"name": named.define(by, body.get("name"), body.get("query"), prefixes).name}

    name = once_request(request, by, do)[0]["name"]
    response = announce(HttpResponse(status=201))
    response.headers["Location"] = f"{ROOT}/queries/{quote(name, safe='')}"
    return response


@api.api_operation(["OPTIONS"], "/queries/{name}", auth=None, summary="What one named query answers to")
def query_options(request: HttpRequest, name: str) -> HttpResponse:
    return options("GET", "DELETE")


@api.get("/queries/{name}", summary="What a named query asks for")
def query(request: HttpRequest, name: str) -> HttpResponse:
    negotiate(request)
    accepts(request, "application/json")
    return answer(_shown(named.find(actor(request), name)))


@api.delete("/queries/{name}", summary="Delete a named query")
def forget(request: HttpRequest, name: str) -> HttpResponse:
    negotiate(request)
    named.forget(actor(request), name)
    return announce(HttpResponse(status=204))


@api.api_operation(["OPTIONS"], "/queries/{name}/events", auth=None, summary="What the results answer to")
def query_events_options(request: HttpRequest, name: str) -> HttpResponse:
    return options("GET")


@api.get("/queries/{name}/events", summary="The events that a named query finds now")
def query_events(request: HttpRequest, name: str) -> HttpResponse:
    """Event parameters may be added: they must hold as well."""
    by = actor(request)
    negotiate(request)
    accepts(request, *EVENT_TYPES)
    query = named.find(by, name)
    more = written.of_url(request.META.get("QUERY_STRING", ""))
    token = request.GET.get("nextPageToken", "")
    page = seen.select(by, named.asked_by(query, more), per_page=per_page(request), after=token)
    return answer_events(request, page, query.name)


def _shown(query: NamedQuery) -> dict[str, Any]:
    context = {"@context": [query.extensions]} if query.extensions else {}
    return {"name": query.name, "query": context | written.to_json(query.parameters)}


@api.delete("/nextPageToken/{path:token}", summary="Say that a page token is not needed any more")
def release(request: HttpRequest, token: str) -> HttpResponse:
    """Tokens say where a list goes on and hold nothing here: there is nothing to release."""
    actor(request)
    negotiate(request)
    return announce(HttpResponse(status=204))
