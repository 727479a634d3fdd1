"""Subscriptions to named queries over REST; what they find is sent by guomen.trace.delivery."""

from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse

from guomen.kit.words import say
from guomen.parties.api import actor
from guomen.parties.once import once_request
from guomen.trace import subscribing
from guomen.trace.models import Subscription
from guomen.trace.rest.base import ROOT, answer, api, link_next, options, per_page, read_json
from guomen.trace.rest.headers import DELIVERED_TYPES, accepts, announce, formats, negotiate
from guomen.trace.words import DELIVERY_ERRORS


@api.api_operation(
    ["OPTIONS"], "/queries/{name}/subscriptions", auth=None, summary="What subscriptions to a query answer to"
)
def subscriptions_options(request: HttpRequest, name: str) -> HttpResponse:
    return options("GET", "POST")


@api.get("/queries/{name}/subscriptions", summary="Your organisation's subscriptions to a query")
def subscriptions(request: HttpRequest, name: str) -> HttpResponse:
    negotiate(request)
    accepts(request, "application/json")
    page = subscribing.listed(
        actor(request), name, per_page=per_page(request), after=request.GET.get("nextPageToken", "")
    )
    return link_next(request, answer([shown(one) for one in page.subscriptions]), page.next)


@api.post("/queries/{name}/subscriptions", summary="Have what a query finds sent to an address")
def subscribe(request: HttpRequest, name: str) -> HttpResponse:
    """``dest``, and ``stream: true``, a ``schedule`` or a ``trigger``. ``signatureToken`` signs deliveries.

    ``Accept`` says whether deliveries are to be JSON-LD or XML, ``GS1-EPC-Format`` and ``GS1-CBV-Format`` (or
    ``GS1-CBV-XML-Format``) how they are to be spelled. The subscription itself is answered in JSON.
    """
    by = actor(request)
    negotiate(request)
    body = read_json(request)
    media_type = accepts(request, *DELIVERED_TYPES)
    terms = (*formats(request, media_type).values(), media_type)
    id = once_request(request, by, lambda: {"id": str(subscribing.subscribe(by, name, body, *terms).id)})[0]["id"]
    response = answer(shown(subscribing.find(by, name, id)), status=201)
    response.headers["Location"] = f"{ROOT}/queries/{quote(name, safe='')}/subscriptions/{id}"
    return response


@api.api_operation(
    ["OPTIONS"], "/queries/{name}/subscriptions/{id}", auth=None, summary="What one subscription answers to"
)
def subscription_options(request: HttpRequest, name: str, id: str) -> HttpResponse:
    return options("GET", "DELETE")


@api.get("/queries/{name}/subscriptions/{id}", summary="A subscription and how its deliveries go")
def subscription(request: HttpRequest, name: str, id: str) -> HttpResponse:
    negotiate(request)
    accepts(request, "application/json")
    return answer(shown(subscribing.find(actor(request), name, id)))


@api.delete("/queries/{name}/subscriptions/{id}", summary="End a subscription")
def unsubscribe(request: HttpRequest, name: str, id: str) -> HttpResponse:
    negotiate(request)
    subscribing.unsubscribe(actor(request), name, id)
    return announce(HttpResponse(status=204))


def shown(one: Subscription) -> dict[str, Any]:
    """A subscription without its secret, and how its deliveries go."""
    when: dict[str, Any] = {"stream": True}
    if one.schedule is not None:
        when = {"schedule": one.schedule}
    elif one.trigger:
        when = {"trigger": one.trigger}
    return {
        "subscriptionID": str(one.id),
        "queryName": one.query,
        "dest": one.dest,
        "createdAt": _moment(one.created_at),
        "initialRecordTime": _moment(one.initial_record_time or one.created_at),
        "reportIfEmpty": one.report_if_empty,
        **when,
        "delivery": {
            "signed": bool(one.sealed),
            "mediaType": one.media_type,
            "epcFormat": one.epc_format,
            "cbvFormat": one.cbv_format,
            "waiting": one.waiting,
            "failures": one.failures,
            "lastSuccess": _moment(one.succeeded_at),
            "lastFailure": _moment(one.broken_at or one.failed_at),
            "lastError": say(DELIVERY_ERRORS[one.trouble], status=one.status) if one.trouble else None,
            "nextTry": _moment(one.next_try_at) if one.failures else None,
            "nextScheduled": _moment(one.due_at),
        },
    }


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="milliseconds") if moment else None
