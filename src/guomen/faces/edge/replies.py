"""Answers of the scan path as status, headers and body; what is the same for all is put together once."""

import secrets
from functools import cache
from math import ceil
from typing import Any, NamedTuple

import orjson
from django.conf import settings
from django.template.loader import get_template
from django.utils import translation

from guomen.core.resolver import CORS, LINKSET_TYPE
from guomen.core.resolver import Answer as Resolved
from guomen.core.resolver import options as resolver_options
from guomen.core.tagcrypto import normalise
from guomen.faces.consumer.lookup import path_of
from guomen.faces.edge import showing
from guomen.faces.edge.asking import Request
from guomen.faces.edge.judging import Answer
from guomen.faces.edge.pieces import LANGUAGES
from guomen.faces.edge.store import Shared
from guomen.kit.errors import GuomenError
from guomen.kit.web import CSP, NotAllowedError, UnavailableError
from guomen.kit.words import W

Header = tuple[bytes, bytes]
OWN_SALT = secrets.token_bytes(32)
"""For the moments before the day's salt is known: visitors are told apart by this process alone."""
_ORDINARY = frozenset("0123456789ABCDEFGHJKMNPQRSTVWXYZ")


class TooManyError(GuomenError):
    """More questions from one address than anybody asks by hand."""

    status = 429
    code = "too-many-questions"
    words = W(
        "Very many codes were checked from this connection. Please wait a moment and try again.",
        "来自该网络的查验过于频繁，请稍候再试。",
    )


class NotHereError(GuomenError):
    """Not a code; the scan path alone has nothing else."""

    status = 404
    code = "not-a-code"
    words = W(
        "There is no such code here. Scan the code on the pack again, or type it on the page for checking.",
        "此处没有该编码。请重新扫描包装上的编码，或在查验页面输入。",
    )


class Reply(NamedTuple):
    """An answer. A HEAD request gets it without its body."""

    status: int
    headers: list[Header]
    body: bytes = b""


def spelled(serial: str) -> str:
    """A serial in its one spelling."""
    return serial if _ORDINARY.issuperset(serial) else normalise(serial)


@cache
def _common() -> list[Header]:
    headers = {
        "Content-Security-Policy": CSP,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": settings.X_FRAME_OPTIONS,
        "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(self), geolocation=(self), microphone=()",
        "Cache-Control": "no-store",
        "Vary": "Accept, Accept-Language, Cookie",
    } | dict(CORS)
    if settings.SECURE_HSTS_SECONDS:
        headers["Strict-Transport-Security"] = f"max-age={settings.SECURE_HSTS_SECONDS}"
    return _bytes(headers.items())


def _bytes(headers: Any) -> list[Header]:
    return [(name.lower().encode(), value.encode()) for name, value in headers]


@cache
def _typed(kind: str, language: str) -> list[Header]:
    told = [("Content-Type", kind), ("Content-Language", {"en": "en", "zh": "zh-CN"}[language])]
    return _common() + _bytes(told)


def item(request: Request, a: Answer, shared: Shared | None) -> Reply:
    """The page of an item, or its facts as JSON; 404 for a code that does not exist."""
    language = request.language
    address = address_of(a)
    if request.wants_json:
        kind, body = "application/json", showing.json(a, address)
    else:
        kind = "text/html; charset=utf-8"
        pieces = shared.pages(language) if shared else None
        body = showing.html(a, pieces, language, request.prefix, request.address).encode()
    link = f'<{address}?linkType=linkset>; rel="linkset"; type="{LINKSET_TYPE}"; title="Links"'
    headers = [*_typed(kind, language), (b"link", link.encode()), (b"content-length", b"%d" % len(body))]
    return Reply(200 if a.decision.facts else 404, headers, body)


def address_of(a: Answer) -> str:
    """The item's address on this host."""
    return f"{settings.GUOMEN.origin}{path_of(a.code.gtin, a.code.batch, a.code.serial)}"


def resolved(answer: Resolved) -> Reply:
    """A redirect or a list of links."""
    more = [("Content-Length", str(len(answer.body))), ("X-Content-Type-Options", "nosniff")]
    if settings.SECURE_HSTS_SECONDS:
        more.append(("Strict-Transport-Security", f"max-age={settings.SECURE_HSTS_SECONDS}"))
    return Reply(answer.status, _bytes((*answer.headers, *more)), answer.body)


def options() -> Reply:
    """What may be asked."""
    return resolved(resolver_options())


def too_many(request: Request, seconds: float) -> Reply:
    return _refused(request, TooManyError(), ceil(seconds))


def unavailable(request: Request) -> Reply:
    """The database is away, and what is in memory does not answer this."""
    return _refused(request, UnavailableError(), 2)


def not_here(request: Request) -> Reply:
    return _refused(request, NotHereError())


def not_allowed(request: Request) -> Reply:
    """Nothing can be written here."""
    answer = _refused(request, NotAllowedError())
    return answer._replace(headers=[*answer.headers, (b"allow", b"GET, HEAD, OPTIONS")])


def _refused(request: Request, error: GuomenError, seconds: int = 0) -> Reply:
    language = request.language
    if request.wants_json or b"text/html" not in request.headers.get(b"accept", b""):
        kind, body = "application/problem+json", _problem(type(error), language)
    else:
        kind, body = "text/html; charset=utf-8", _page(type(error), language, request.prefix)
    later = [(b"retry-after", b"%d" % seconds)] if seconds else []
    return Reply(error.status, [*_typed(kind, language), *later, (b"content-length", b"%d" % len(body))], body)


@cache
def _problem(kind: type[GuomenError], language: str) -> bytes:
    with translation.override(LANGUAGES[language]):
        error = kind()
        address = f"{settings.GUOMEN.origin}/problems/{error.code}"
        return orjson.dumps({"type": address, "title": error.sentence(), "status": error.status, "code": error.code})


@cache
def _page(kind: type[GuomenError], language: str, prefix: str) -> bytes:
    with translation.override(LANGUAGES[language]):
        text: str = get_template("consumer/refused.html").render({"error": kind(), "prefix": prefix})
    return text.encode()
