"""Events over REST: the simple event query."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from guomen.parties.api import actor
from guomen.trace import asked, queries, written
from guomen.trace.asked import Asked
from guomen.trace.rest.base import api, link_next, options, per_page
from guomen.trace.rest.headers import EVENT_TYPES, accepts, extensions, negotiate
from guomen.trace.rest.writing import answer_query


@api.get("/events", summary="Events that you may see, by the parameters of the simple event query")
def events(request: HttpRequest) -> HttpResponse:
    """An EPCISQueryDocument, oldest event first unless ``orderBy`` is said. More pages: the ``Link`` header."""
    return events_by(request)


@api.api_operation(["OPTIONS"], "/events/{path:event}", auth=None, summary="What one event answers to")
def event_options(request: HttpRequest, event: str) -> HttpResponse:
    return options("GET")


@api.get("/events/{path:event}", summary="One event by its id")
def event_of(request: HttpRequest, event: str) -> HttpResponse:
    """An EPCISQueryDocument with the event of this eventID and, if it was declared an error, the declaration."""
    negotiate(request)
    accepts(request, *EVENT_TYPES)
    # A hash id has a question mark; who does not encode it sends the rest as a query.
    query = request.META.get("QUERY_STRING", "")
    uri = f"{event}?{query}" if event.startswith("ni:") and query else event
    return answer_events(request, queries.Page(queries.event(actor(request), uri), ""))


def events_by(request: HttpRequest, more: Callable[[Asked], Asked] = lambda query: query) -> HttpResponse:
    """What the parameters of the request ask for, and ``more`` that must hold."""
    negotiate(request)
    accepts(request, *EVENT_TYPES)
    by = actor(request)
    parameters = written.of_url(request.META.get("QUERY_STRING", ""))
    query = asked.read(parameters, extensions(request), reader=by.organisation_id)
    token = request.GET.get("nextPageToken", "")
    page = queries.select(by, more(query), per_page=per_page(request), after=token)
    return answer_events(request, page)


def answer_events(request: HttpRequest, page: queries.Page, name: str = "SimpleEventQuery") -> HttpResponse:
    """A page of events as the answer to a query."""
    return link_next(request, answer_query(request, page.events, name), page.next)
