"""EPCIS over HTTP: capture and query, and the history of a thing."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from guomen.core import epcis
from guomen.core.gs1 import GS1Error
from guomen.kit.clock import now
from guomen.kit.errors import Invalid, NotFound, Problem
from guomen.kit.words import W
from guomen.parties.api import SIGNED_IN, actor
from guomen.trace import queries

router = Router(tags=["trace"], auth=SIGNED_IN)
_json = msgspec.json.Encoder(decimal_format="number")


def _answer(content: Any, media_type: str = "application/json") -> HttpResponse:
    return HttpResponse(_json.encode(content), content_type=media_type)


@router.get("/epcis/events", summary="Events that you may see")
def events(
    request: HttpRequest,
    epc: Annotated[list[str], Query(default_factory=list)],
    biz_step: Annotated[str, Query(alias="bizStep")] = "",
    per_page: Annotated[int, Query(alias="perPage", ge=1, le=500)] = 30,
    next_page: Annotated[str, Query(alias="nextPageToken")] = "",
) -> Any:
    """An EPCISQueryDocument, oldest event first. More pages: the ``Link`` header and ``GS1-Next-Page-Token``."""
    step = epcis.bare_name(epcis.BIZ_STEP, biz_step)
    try:
        page = queries.find(actor(request), epcs=epc, biz_step=step, per_page=per_page, after=next_page)
    except GS1Error as error:
        raise Invalid([_wrong_uri("epc", error)])
    response = _answer(_query_document(page.events, now()), "application/ld+json")
    if page.next:
        values = request.GET.copy()
        values["nextPageToken"] = page.next
        response.headers["GS1-Next-Page-Token"] = page.next
        response.headers["Link"] = f'<{request.build_absolute_uri(request.path)}?{values.urlencode()}>; rel="next"'
    return response


def _wrong_uri(field: str, error: GS1Error) -> Problem:
    words = W("This is not a right GS1 identifier: {why}.", "GS1 标识有误:{why}。")
    return Problem(field, error.code, words, (("why", str(error)),))


def _query_document(bodies: list[dict[str, Any]], created: datetime) -> dict[str, Any]:
    return {
        "@context": [epcis.CONTEXT],
        "type": "EPCISQueryDocument",
        "schemaVersion": "2.0",
        "creationDate": created.isoformat(timespec="milliseconds"),
        "epcisBody": {
            "queryResults": {"queryName": "SimpleEventQuery", "resultsBody": {"eventList": bodies}},
        },
    }


@router.get("/trace/{path:uri}", summary="The history of an item, a batch or a container")
def history(request: HttpRequest, uri: str) -> Any:
    """``uri``: a GS1 Digital Link, its path alone (``01/…/21/…``), an EPC URN, or ``urn:guomen:container:…``."""
    try:
        found = queries.history(_whole(uri), actor(request))
    except GS1Error as error:
        raise Invalid([_wrong_uri("uri", error)])
    if not found.events:
        raise NotFound
    return _answer(
        {
            "uri": found.uri,
            "batch": found.batch,
            "truncated": found.truncated,
            "stays": [
                {"thing": s.thing, "inside": s.inside, "since": s.since, "until": s.until, "certain": s.certain}
                for s in found.stays
            ],
            "events": [
                {
                    "id": e.id,
                    "at": e.at,
                    "bizStep": e.biz_step,
                    "by": {"id": str(e.organisation.id), "name": str(e.organisation)},
                    "via": e.via,
                    "certain": e.certain,
                    "withdrawn": e.withdrawn,
                    "event": e.body,
                }
                for e in found.events
            ],
        }
    )


def _whole(uri: str) -> str:
    if uri[:1].isdigit():
        return f"https://id.gs1.org/{uri}"
    scheme, separator, rest = uri.partition(":/")
    # Proxies merge the two slashes of a URI inside a path.
    return f"{scheme}://{rest.lstrip('/')}" if separator else uri
