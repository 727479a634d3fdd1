"""Capture over REST: documents, their capture jobs, and single events."""

from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse

from guomen.core import epcis
from guomen.kit.errors import Invalid, NotFound, Problem
from guomen.kit.words import W
from guomen.parties.api import actor
from guomen.parties.once import once_request
from guomen.trace import jobs, queries, services
from guomen.trace.exceptions import EXCEPTIONS
from guomen.trace.models import CaptureJob
from guomen.trace.rest.base import ROOT, answer, api, link_next, options, per_page, read_document
from guomen.trace.rest.headers import (
    ASYNC,
    CAPTURE_LIMITS,
    EVENT_TYPES,
    LENIENT,
    XML_TYPES,
    accepts,
    announce,
    error_behaviour,
    extensions,
    negotiate,
    prefers_async,
    prefers_lenience,
)
from guomen.trace.rest.writing import answer_event


@api.api_operation(["OPTIONS"], "/capture", auth=None, summary="What can be captured, and how much at once")
def capture_options(request: HttpRequest) -> HttpResponse:
    return options("GET", "POST", **CAPTURE_LIMITS)


@api.post("/capture", summary="Capture an EPCIS 2.0 document in JSON-LD or XML, or an EPCIS 1.2 document in XML")
def capture(request: HttpRequest) -> HttpResponse:
    """202 and the address of the capture job. The job is finished when the answer comes; ask it how it ended.

    ``Prefer: respond-async``: the document is kept and done by the worker; the job tells how far it is, and also what
    is wrong with events.

    ``GS1-Capture-Error-Behaviour``: ``rollback`` (all or none; an event that breaks the standard is a 400 and makes
    no job) or ``proceed`` (the right events; the job names the others). ``Idempotency-Key`` repeats safely.

    ``Prefer: handling=lenient``: CBV words in other spellings, comment keys and the like are put right first; the job
    lists the changes.
    """
    by = actor(request)
    services.may_capture(by)
    negotiate(request)
    proceed = error_behaviour(request)
    later, lenient = prefers_async(request), prefers_lenience(request)
    document, changes = read_document(request), []
    if lenient:
        document, changes = epcis.normalise(document, extensions(request))

    def do() -> dict[str, str]:
        take = jobs.accept_later if later else jobs.accept
        return {"id": str(take(by, document, proceed=proceed, changes=changes).id)}

    job = once_request(request, by, do)[0]["id"]
    response = announce(HttpResponse(status=202))
    response.headers["Location"] = f"{ROOT}/capture/{job}"
    response.headers["GS1-Capture-Error-Behaviour"] = "proceed" if proceed else "rollback"
    _applied(response, *([ASYNC] if later else []), *([LENIENT] if lenient else []))
    return response


def _applied(response: HttpResponse, *preferences: str) -> None:
    if preferences:
        response.headers["Preference-Applied"] = ", ".join(preferences)


def _job(job: CaptureJob) -> dict[str, Any]:
    return {
        "captureID": str(job.id),
        "createdAt": job.created_at,
        "finishedAt": job.finished_at,
        "running": job.finished_at is None,
        "success": bool(job.success),
        "captureErrorBehaviour": "proceed" if job.proceed else "rollback",
        "events": job.events,
        "processedEvents": job.done,
        "newEvents": job.new,
        "errors": [_job_error(error) for error in job.errors],
        **({"masterData": job.master_data} if job.master_data else {}),
        **({"changes": job.changes} if job.changes else {}),
    }


_ERRORS = {"conflict": ("ResourceAlreadyExistsException", 409), "internal": ("ImplementationException", 500)}


def _job_error(error: dict[str, str]) -> dict[str, Any]:
    name, status = _ERRORS.get(error["code"], (EXCEPTIONS[400], 400))
    return {
        "type": f"epcisException:{name}",
        "title": str(Problem("", "", W(error["en"], error["zh"]))),
        "status": status,
        "instance": "/" + error["field"].replace(".", "/"),
    }


@api.get("/capture", summary="Your capture jobs, newest first")
def jobs_of(request: HttpRequest) -> HttpResponse:
    negotiate(request)
    accepts(request, "application/json")
    page = queries.jobs(actor(request), per_page=per_page(request), after=request.GET.get("nextPageToken", ""))
    return link_next(request, answer([_job(job) for job in page.jobs]), page.next)


@api.api_operation(["OPTIONS"], "/capture/{uuid:job}", auth=None, summary="What a capture job answers to")
def job_options(request: HttpRequest, job: str) -> HttpResponse:
    return options("GET")


@api.get("/capture/{uuid:job}", summary="What became of a captured document")
def job_of(request: HttpRequest, job: str) -> HttpResponse:
    negotiate(request)
    accepts(request, "application/json")
    return answer(_job(queries.job(actor(request), job)))


@api.api_operation(["OPTIONS"], "/events", auth=None, summary="What the events resource answers to")
def events_options(request: HttpRequest) -> HttpResponse:
    return options("GET", "POST", **CAPTURE_LIMITS)


@api.post("/events", summary="Capture one EPCIS 2.0 event")
def captureevent_object(request: HttpRequest) -> HttpResponse:
    """201 with the event and its address; 200 when it was known already. In XML: a document with one event."""
    by = actor(request)
    services.may_capture(by)
    negotiate(request)
    accepts(request, *EVENT_TYPES)
    body = read_document(request)
    events, context = [body], []
    if request.content_type in XML_TYPES:
        context, (_, events) = body["@context"], epcis.event_objects(body)
    lenient = prefers_lenience(request)
    if lenient:
        events = [epcis.normalise_event(event, extensions(request))[0] for event in events]
    if len(events) != 1 or not isinstance(events[0], dict):
        raise Invalid([Problem("", "not-an-event", W("Send one event.", "请发送一个事件。"))])

    def do() -> dict[str, Any]:
        done = services.record(by, events, context)
        return {"id": done.ids[0], "new": done.new}

    done = once_request(request, by, do)[0]
    try:
        body = queries.event(by, done["id"])[-1]
    except NotFound:
        # Another organisation sent the very same event first; whoever sends it again is told what it said itself.
        body = events[0] | {"eventID": done["id"], "@context": events[0].get("@context", context)}
    response = answer_event(request, body, 201 if done["new"] else 200)
    response.headers["Location"] = f"{ROOT}/events/{_quoted(done['id'])}"
    _applied(response, *([LENIENT] if lenient else []))
    return response


def _quoted(uri: str) -> str:
    return quote(uri, safe="")
