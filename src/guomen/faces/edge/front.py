"""The scan path before Django: redirects and lists of links without session, middleware or thread.

Whatever is a page for people goes onward to Django: our own page of a thing, a choice of several, an error. There
``views.resolve`` takes the same decision.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import psycopg
from django.conf import settings

from guomen.core.gs1 import GS1Error
from guomen.core.resolver import Answer, ask, is_resolvable
from guomen.faces.edge.known import decided
from guomen.faces.edge.lookup import Lookup

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Onward = Callable[[Message, Receive, Send], Awaitable[None]]

wants = is_resolvable
"""Whether a path is a Digital Link's, so that a request for it is for :func:`application`."""
_lookup = Lookup()


async def application(scope: Message, receive: Receive, send: Send, onward: Onward) -> None:
    """Answer a request for a Digital Link, or give it to ``onward``."""
    answer = await _answer(scope)
    if answer is None:
        await onward(scope, receive, send)
    else:
        await _send(answer, scope["method"] == "HEAD", send)


async def _answer(scope: Message) -> Answer | None:
    if scope["method"] not in ("GET", "HEAD"):
        return None
    accept, languages = _header(scope, b"accept"), _header(scope, b"accept-language")
    try:
        asked = ask(raw_path(scope), scope["query_string"].decode("latin-1"), accept, languages)
        if asked.is_for_our_page:
            return None
        answer = decided(asked, await _lookup.known(asked.thing))
    except (GS1Error, psycopg.Error, OSError, TimeoutError):
        return None
    is_page = answer.in_place or answer.status >= 400 or (answer.status == 300 and "text/html" in accept)
    return None if is_page else answer


def raw_path(scope: Message) -> str:
    """The path as it was sent: a slash inside a value is still percent-encoded."""
    return bytes(scope["raw_path"]).partition(b"?")[0].decode("latin-1")


def _header(scope: Message, name: bytes) -> str:
    return b", ".join(value for found, value in scope["headers"] if found == name).decode("latin-1")


async def _send(answer: Answer, is_head: bool, send: Send) -> None:
    more = [("Content-Length", str(len(answer.body))), ("X-Content-Type-Options", "nosniff")]
    if settings.SECURE_HSTS_SECONDS:
        more.append(("Strict-Transport-Security", f"max-age={settings.SECURE_HSTS_SECONDS}"))
    headers = [(name.lower().encode(), value.encode()) for name, value in (*answer.headers, *more)]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if is_head else answer.body})
