"""The application that granian serves: websockets to their handlers, everything else to Django in threads.

Django's pages and API are short transactions in blocking code (decision 1), so each runs whole in one of a few threads,
each with one database connection. What a slow client does happens outside of them: a body is read completely before a
thread begins with it.
"""

import asyncio
import json
import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import quote

from a2wsgi import WSGIMiddleware

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guomen.site.settings")

from django.conf import settings

from guomen.site.wsgi import application as django
from guomen.trace.rest.stream import websocket

# After Django is set up, which a line above does. All addresses come before the first requests, from several threads.
from guomen.faces.edge import front as scan_path  # isort: skip
from guomen.faces.log import front as tiles  # isort: skip
import guomen.site.urls  # isort: skip  # noqa: F401

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

SMALL = 64 * 1024
"""Bodies up to this many bytes are read without waiting for others."""
LARGE_AT_ONCE = 16
"""How many larger bodies a process holds in memory at a time; more wait, unread, with their senders."""
BODY_SECONDS = 120
"""In which a body must arrive."""
_ASCII = bytes(range(128))
_BODILESS = frozenset({"GET", "HEAD", "OPTIONS", "DELETE"})


class Gone(Exception):
    """The client went away before its body was here."""


class Application:
    """One for each web process."""

    def __init__(self, threads: int) -> None:
        self.pages: Any = WSGIMiddleware(django, workers=threads)
        self.large = asyncio.Semaphore(LARGE_AT_ONCE)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            if scan_path.wants(scope["path"]):
                await scan_path.application(scope, receive, send, self.http)
            elif tiles.wants(scope["path"]):
                await tiles.application(scope, receive, send, self.pages.executor, self.http)
            else:
                await self.http(scope, receive, send)
        elif scope["type"] == "websocket":
            await websocket(scope, receive, send)
        else:
            await scan_path.live(receive, send)

    async def http(self, scope: Message, receive: Receive, send: Send) -> None:
        """Django's answer to a request whose body is here."""
        length = _length(scope)
        if length == 0 or (length is None and scope["method"] in _BODILESS):
            await self.answer(scope, b"", send)
        elif length is not None and length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            # Refused by its length, before a byte is read.
            await self.answer(scope, b"", send, length)
        else:
            try:
                if length is not None and length <= SMALL:
                    body = await read(receive)
                    await self.answer(scope, body, send, len(body))
                else:
                    async with self.large:
                        body = await read(receive)
                        await self.answer(scope, body, send, len(body))
            except TimeoutError:
                await late(send)
            except Gone:
                await broken(send)

    async def answer(self, scope: Message, body: bytes, send: Send, length: int = 0) -> None:
        # Underscores become the same variable as hyphens in WSGI: X-Forwarded_For must not pass for X-Forwarded-For.
        dropped = (b"content-length", b"transfer-encoding")
        headers = [(n, v) for n, v in scope["headers"] if b"_" not in n and n not in dropped]
        if length:
            headers.append((b"content-length", str(length).encode()))
        # Some browsers send letters as they are; WSGI's query is ASCII.
        query = quote(scope["query_string"], safe=_ASCII).encode()

        async def whole() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        await self.pages({**scope, "headers": headers, "query_string": query}, whole, send)


def _length(scope: Message) -> int | None:
    """How long the body is said to be; None: not said."""
    values = dict(scope["headers"])
    announced = values.get(b"content-length", b"")
    return int(announced[:18]) if announced.isdigit() and b"transfer-encoding" not in values else None


async def read(receive: Receive) -> bytes:
    """The whole body, or of one that is too large as much as shows it. Raises TimeoutError, Gone."""
    parts: list[bytes] = []
    size, more = 0, True
    async with asyncio.timeout(BODY_SECONDS):
        while more and size <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise Gone
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            more = message.get("more_body", False)
    return b"".join(parts)


async def late(send: Send) -> None:
    """408: the body did not arrive in time."""
    await _refuse(send, 408, "The request's body did not arrive in time. 请求体未在规定时间内到达。")


async def broken(send: Send) -> None:
    """400: the body broke off, or its chunks are none. Whoever is still there gets an answer that says so."""
    await _refuse(send, 400, "The request's body broke off. 请求体不完整。")


async def _refuse(send: Send, status: int, title: str) -> None:
    body = json.dumps({"title": title, "status": status}, ensure_ascii=False).encode()
    headers = [(b"content-type", b"application/problem+json"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


application = Application(settings.GUOMEN.web_threads)
