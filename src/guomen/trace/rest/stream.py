"""The websocket of a named query: ``GET /queries/{name}/events`` with ``Upgrade: websocket``.

The standard's query string says when: ``stream=true``, or ``second`` to ``dayOfWeek`` of a schedule; further parameters
of the simple event query must hold as well. Each message is an EPCISQueryDocument, in JSON-LD or, by ``Accept``, XML.
"""

import asyncio
import contextlib
import io
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.handlers.asgi import ASGIRequest
from django.db import DatabaseError, InterfaceError, connections
from django.http import HttpResponse

from guomen.core.epcis.schedule import FIELDS
from guomen.kit.errors import GuomenError, Invalid, Problem
from guomen.ledger.queries import position_since
from guomen.parties.actors import Actor, NotSignedIn, of_person
from guomen.parties.services import actor_of_token
from guomen.trace import named, watching, written
from guomen.trace.rest.base import ROOT
from guomen.trace.rest.headers import DELIVERED_TYPES, accepts, negotiate, translated
from guomen.trace.streaming import HUB, Subscriber
from guomen.trace.subscribing import may_watch, read_terms
from guomen.trace.watching import Watch

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
_PATH = re.compile(re.escape(ROOT) + r"/queries/([^/]+)/events")
_TERMS = frozenset({*FIELDS, "stream", "trigger", "reportIfEmpty", "initialRecordTime"})
SEND_SECONDS = 30
"""In which a client must take a document."""
CHECKED_EVERY = 30.0
"""Seconds after which it is asked again whether the client may still listen."""
MOST_MESSAGES = 1000
"""That a client may send; none is expected."""
BROKEN, TRY_LATER, TOO_SLOW, TALKS = 1011, 1013, 4408, 1008


async def websocket(scope: Message, receive: Receive, send: Send) -> None:
    """Serve one socket until either side ends it. A refusal is closed with 4000 + the HTTP status and a reason."""
    match = _PATH.fullmatch(scope["path"])
    await receive()
    if match is None:
        await send({"type": "websocket.close", "code": 1000})
        return
    loop, documents = asyncio.get_running_loop(), asyncio.Queue[bytes | None]()

    def deliver(document: bytes | None) -> None:
        with contextlib.suppress(RuntimeError):  # the process is ending
            loop.call_soon_threadsafe(documents.put_nowait, document)

    one: Subscriber | None = None
    accepted = False
    try:
        # Its place in the ledger is taken before the client knows that it is connected: nothing after that is missed.
        one = await asyncio.to_thread(_apart, _subscriber, scope, match[1], deliver)
        HUB.add(one)
        await send({"type": "websocket.accept"})
        accepted = True
        code, reason = await _serve(scope, match[1], receive, send, documents, one)
    except GuomenError as error:
        code, reason = _refusal(error)
    except (DatabaseError, InterfaceError):
        code, reason = TRY_LATER, "The system is restarting."
    finally:
        if one is not None:
            HUB.remove(one)
    if code:
        with contextlib.suppress(Exception):  # it is gone
            if not accepted:  # else the client would not get the reason
                await send({"type": "websocket.accept"})
            await send({"type": "websocket.close", "code": code, "reason": reason})


async def _serve(
    scope: Message, name: str, receive: Receive, send: Send, documents: "asyncio.Queue[bytes | None]", one: Subscriber
) -> tuple[int, str]:
    """Send, listen and look whether all is as it was, until one ends; returns why we close, 0 if it is closed."""

    async def write() -> tuple[int, str]:
        while True:
            document = await documents.get()
            if document is None:
                return BROKEN, "The query can no longer be asked."
            try:
                async with asyncio.timeout(SEND_SECONDS):
                    await send({"type": "websocket.send", "text": document.decode()})
            except TimeoutError:
                return TOO_SLOW, "The client does not take what is sent."
            except Exception:
                return 0, ""  # it is gone
            HUB.sent(one)

    async def listen() -> tuple[int, str]:
        for _ in range(MOST_MESSAGES):
            if (await receive())["type"] == "websocket.disconnect":
                return 0, ""
        return TALKS, "Nothing is expected from the client."

    async def check() -> tuple[int, str]:
        while True:
            await asyncio.sleep(CHECKED_EVERY)
            await asyncio.to_thread(_apart, _still, scope, name)

    tasks = [asyncio.create_task(part()) for part in (write, listen, check)]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        return done.pop().result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _refusal(error: GuomenError) -> tuple[int, str]:
    status = 400 if error.status == 422 else error.status
    first = error.problems[0] if isinstance(error, Invalid) else None
    reason = f"{first.field}: {first}" if first else error.sentence()
    # A reason has at most 123 bytes.
    return TRY_LATER if status == 503 else 4000 + status, reason.encode()[:120].decode(errors="ignore")


def _apart(do: Callable[..., Any], *arguments: Any) -> Any:
    """In a thread of the pool, which keeps no connection to the database."""
    try:
        return do(*arguments)
    finally:
        connections.close_all()


def _subscriber(scope: Message, name: str, deliver: Callable[[bytes | None], None]) -> Subscriber:
    """Who asks, what for, and from where on. Raises GuomenError."""
    request = _request(scope)
    by = _actor(request)
    negotiate(request)
    media_type = accepts(request, *DELIVERED_TYPES)
    spell, _ = translated(request, media_type)
    query = named.find(by, name)
    may_watch(query)
    asked_in_url = written.of_url(scope["query_string"].decode("latin-1"))
    said = {field: values[-1] for field, values in asked_in_url.items() if field in _TERMS}
    # A list of a schedule has commas, as lists of values have.
    schedule = {field: ",".join(asked_in_url[field]) for field in FIELDS if field in said}
    truths: dict[str, Any] = {"true": True, "false": False}
    body: dict[str, Any] = {"schedule": schedule or None, "trigger": said.get("trigger")}
    body |= {field: truths.get(said[field], said[field]) for field in ("stream", "reportIfEmpty") if field in said}
    if "initialRecordTime" in said:
        # A plus sign in a query means a space when it is not encoded.
        body["initialRecordTime"] = said["initialRecordTime"].replace(" ", "+")
    problems: list[Problem] = []
    terms = read_terms(body, problems)
    if problems:
        raise Invalid(problems)
    asked = named.asked_by(query, {field: v for field, v in asked_in_url.items() if field not in _TERMS})
    horizon = watching.horizon()
    position = min(horizon, position_since(terms.since)) if terms.since else horizon
    return Subscriber(Watch(by, asked, terms.since), query.name, terms, position, deliver, spell, media_type)


def _still(scope: Message, name: str) -> None:
    """Raise GuomenError when the token was revoked, the session ended or the query was deleted."""
    named.find(_actor(_request(scope)), name)


def _request(scope: Message) -> ASGIRequest:
    return ASGIRequest({**scope, "type": "http", "method": "GET"}, io.BytesIO())


def _actor(request: ASGIRequest) -> Actor:
    """The program of a bearer token, or the person of a session. Raises NotSignedIn, Forbidden."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return actor_of_token(token.strip())
    origin = request.headers.get("Origin", "")
    # Browsers send the session with sockets that other sites open: only pages of ours may use it.
    if origin != settings.GUOMEN.origin and urlsplit(origin).netloc != request.headers.get("Host"):
        raise NotSignedIn
    SessionMiddleware(lambda _: HttpResponse()).process_request(request)
    person = get_user(request)
    if not person.is_authenticated:
        raise NotSignedIn
    return of_person(person)
