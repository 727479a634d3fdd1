"""The scan path as an ASGI application: before Django in each web process, and alone in a process of its own."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from django.conf import settings
from django.db import connections

from guomen.core.resolver import is_resolvable
from guomen.faces.edge import asking, replies
from guomen.faces.edge.application import Edge, channel_of
from guomen.faces.edge.replies import Reply
from guomen.kit.clock import now
from guomen.tags import passes

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Onward = Callable[[Message, Receive, Send], Awaitable[None]]


def wants(path: str) -> bool:
    """Whether a path is a code's, so that a request for it is for :func:`application`."""
    path = path[3:] if path.startswith(("/en/", "/zh/")) else path
    return is_resolvable(path) or path == "/t" or (len(path) == 17 and path[1:].isalnum() and path.isascii())


def is_at_work(request: asking.Request) -> bool:
    """Whether a pass says that somebody at work is looking."""
    return channel_of(request, now()) != passes.PUBLIC


def parameters() -> dict[str, Any]:
    """How to reach the database, in the scan path's own role."""
    there = connections["default"].settings_dict | settings.EDGE_DATABASE
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    return {name: there[key] for name, key in names.items()} | there.get("OPTIONS", {})


def make() -> Edge:
    ours = settings.GUOMEN
    return Edge(parameters, rate=ours.edge_rate, burst=ours.edge_rate * 10)


edge = make()


async def application(scope: Message, receive: Receive, send: Send, onward: Onward) -> None:
    """Answer a request for a code, or give it to ``onward``: pages of products, choices, and people at work."""
    request = asking.read(scope)
    # A session or a token without a pass may say that somebody at work is looking: Django knows who it is.
    unknown = request is not None and request.has_credentials and request.is_of_item and not is_at_work(request)
    answer = None if request is None or unknown else await edge.answer(request)
    if answer is None:
        await onward(scope, receive, send)
    else:
        await reply(answer, scope["method"], send)


async def alone(scope: Message, receive: Receive, send: Send) -> None:
    """The process of its own: whatever is no code is not here."""
    if scope["type"] == "lifespan":
        await live(receive, send)
    elif scope["type"] == "http":
        request = asking.read(scope)
        answer = None
        if request is not None and wants(scope["path"]):
            is_readable = request.method in ("GET", "HEAD", "OPTIONS")
            answer = await edge.answer(request) if is_readable else replies.not_allowed(request)
        elif request is not None and request.path == "/health":
            answer = await edge.health()
        await reply(answer or replies.not_here(request or asking.NOTHING), scope["method"], send)
    else:
        await send({"type": "websocket.close"})


async def live(receive: Receive, send: Send) -> None:
    """The start and end of a process: what is left to write is written."""
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        else:
            await edge.close()
            await send({"type": "lifespan.shutdown.complete"})
            return


async def reply(answer: Reply, method: str, send: Send) -> None:
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else answer.body})
