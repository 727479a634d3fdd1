"""Events over REST: the simple event query."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from guomen.core import epcis
from guomen.kit.clock import now
from guomen.parties.api import actor
from guomen.trace import asked, queries, written
from guomen.trace.rest.base import answer, api, link_next, per_page
from guomen.trace.rest.headers import accepts, extensions, negotiate


@api.get("/events", summary="Events that you may see, by the parameters of the simple event query")
def events(request: HttpRequest) -> HttpResponse:
    """An EPCISQueryDocument, oldest event first unless ``orderBy`` is said. More pages: the ``Link`` header."""
    return events_by(request)


def events_by(request: HttpRequest, also: tuple[str, str] | None = None) -> HttpResponse:
    """What the parameters of the request ask for, and ``also`` (a parameter and its one value)."""
    negotiate(request)
    accepts(request, "application/ld+json", "application/json")
    query = asked.read(written.of_url(request.META.get("QUERY_STRING", "")), extensions(request))
    if also:
        query = asked.narrowed(query, *also)
    token = request.GET.get("nextPageToken", "")
    page = queries.select(actor(request), query, per_page=per_page(request), after=token)
    return answer_events(request, page)


def answer_events(request: HttpRequest, page: queries.Page, name: str = "SimpleEventQuery") -> HttpResponse:
    """A page of events as the answer to a query."""
    content = query_document(page.events, name)
    return link_next(request, answer(content, media_type="application/ld+json"), page.next)


def query_document(bodies: list[dict[str, Any]], name: str = "SimpleEventQuery") -> dict[str, Any]:
    """An EPCISQueryDocument.

    Events with a context of their own keep it: the same prefix may mean two things in two of them.
    """
    return {
        "@context": [epcis.CONTEXT],
        "type": "EPCISQueryDocument",
        "schemaVersion": "2.0",
        "creationDate": now().isoformat(timespec="milliseconds"),
        "epcisBody": {
            "queryResults": {"queryName": name, "resultsBody": {"eventList": bodies}},
        },
    }
