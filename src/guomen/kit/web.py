"""The web layer that every face shares: Jinja environment, strict headers, errors as pages or problem documents."""

import json
import logging
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.db import DataError, IntegrityError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import get_template
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from jinja2 import Environment, StrictUndefined
from psycopg.errors import UniqueViolation

from guomen.core.gs1 import printed_gtin
from guomen.kit.errors import GuomenError, Invalid
from guomen.kit.ids import uuid7
from guomen.kit.keystore import KeyMissingError
from guomen.kit.words import W, is_chinese, say

log = logging.getLogger(__name__)
CSP = (
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; "
    "worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def dated(value: date | datetime) -> W:
    """A date written out in both languages: 12 November 2026, 2026年11月12日. Times count in the configured zone."""
    if isinstance(value, datetime):
        value = value.astimezone(ZoneInfo(settings.TIME_ZONE))
    return W(f"{value.day} {_MONTHS[value.month - 1]} {value.year}", f"{value.year}年{value.month}月{value.day}日")


def written_date(value: date | datetime | None) -> str:
    """:func:`dated` in the reader's language."""
    return "—" if value is None else say(dated(value))


def written_time(value: datetime | None) -> str:
    """Date and time of day in the configured zone: 12 November 2026, 14:20."""
    if value is None:
        return "—"
    clock = f"{value.astimezone(ZoneInfo(settings.TIME_ZONE)):%H:%M}"
    return f"{written_date(value)} {clock}" if is_chinese() else f"{written_date(value)}, {clock}"


def number(value: Decimal | int | str | None) -> str:
    """A quantity with thousands separators and no trailing zeros after the point."""
    if value is None:
        return "—"
    amount = Decimal(value)
    text = f"{amount:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def environment(**options: Any) -> Environment:
    """The Jinja environment of all faces: undefined names are errors, gettext is on."""
    options |= {"undefined": StrictUndefined, "extensions": ["jinja2.ext.i18n", "jinja2.ext.do"], "autoescape": True}
    env = Environment(**options)  # noqa: S701 - autoescape is on, one line above
    env.trim_blocks = env.lstrip_blocks = True
    env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    env.globals |= {
        "static": static,
        "url": lambda name, *args, **kwargs: reverse(name, args=args, kwargs=kwargs),
        "say": say,
        "W": W,
        "once_key": lambda: str(uuid7()),
        "get_messages": messages.get_messages,
        "guomen": settings.GUOMEN,
        "is_chinese": is_chinese,
    }
    env.filters |= {"date": written_date, "time": written_time, "number": number, "say": say}
    env.filters["barcode"] = printed_gtin
    return env


def page(request: HttpRequest, template: str, context: dict[str, Any] | None = None, status: int = 200) -> HttpResponse:
    """Render a Jinja page."""
    return render(request, template, context or {}, status=status)


def security_headers(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: strict Content-Security-Policy and friends on every answer; kept by nobody unless a door says so."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", CSP)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("X-Frame-Options", settings.X_FRAME_OPTIONS)
        response.headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(self), microphone=()")
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware


def wants_json(request: HttpRequest) -> bool:
    accept = request.headers.get("Accept", "")
    return request.path_info.startswith(("/api/", "/epcis/")) or ("json" in accept and "text/html" not in accept)


def problem(error: GuomenError, instance: str = "") -> HttpResponse:
    """RFC 9457 problem document: type, title, status, code and, for invalid input, one entry per field."""
    body: dict[str, Any] = {
        "type": f"{settings.GUOMEN.origin}/problems/{error.code}",
        "title": error.sentence(),
        "status": error.status,
        "code": error.code,
    }
    if instance:
        body["instance"] = instance
    if isinstance(error, Invalid):
        body["errors"] = [{"field": p.field, "code": p.code, "detail": str(p)} for p in error.problems]
    return HttpResponse(
        json.dumps(body, ensure_ascii=False), status=error.status, content_type="application/problem+json"
    )


class TooLargeError(GuomenError):
    """More bytes than any door takes."""

    status = 413
    code = "too-large"
    words = W("Send at most 12 MB at once.", "一次最多发送 12 MB。")


class UnusableValueError(GuomenError):
    """A value that the database cannot hold: too long, out of range, or with a NUL character in it."""

    status = 422
    code = "unusable-value"
    words = W(
        "A value is too long, out of range, or holds characters that cannot be kept.",
        "某项内容过长、超出范围，或含有无法保存的字符。",
    )


class AtOnceError(GuomenError):
    """Two requests wrote the same thing at the same moment; sent again, this one finds what the other wrote."""

    status = 409
    code = "at-once"
    words = W(
        "Somebody else did the same at this moment. Please try again.",
        "他人正在同时执行相同操作，请重试。",
    )


class NotAllowedError(GuomenError):
    """A method that this resource does not have; the answer's ``Allow`` names those that it has."""

    status = 405
    code = "method-not-allowed"
    words = W("This resource does not answer to this method.", "该资源不支持此方法。")


class UnavailableError(GuomenError):
    """The database does not answer now; the same request may succeed in a moment."""

    status = 503
    code = "unavailable"
    words = W(
        "The system is restarting. Please try again in a few seconds.",
        "系统正在重新启动，请几秒钟后重试。",
    )


def unavailable(request: HttpRequest, error: Exception) -> HttpResponse:
    """503 with Retry-After, when the database or a key is away. The page reads neither session nor person."""
    log.warning("no database or key for %s %s: %s", request.method, request.path, str(error).strip().split("\n")[0])
    ours = UnavailableError()
    if wants_json(request):
        response = problem(ours, request.path)
    else:
        text = get_template("unavailable.html").render({"error": ours, "language_prefix": request.language_prefix})
        response = HttpResponse(text, status=ours.status)
    response.headers["Retry-After"] = "2"
    response.headers["Cache-Control"] = "no-store"
    return response


def _is_page_visit(request: HttpRequest) -> bool:
    """Whether a browser opens a page. A sent form is not: after signing in its fields would be lost without a word."""
    return request.method in {"GET", "HEAD"} and "text/html" in request.headers.get("Accept", "")


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page and, after it, back here in the same language."""
    prefix = request.language_prefix  # type: ignore[attr-defined]
    query = urlencode({"next": prefix + request.get_full_path()})
    response = HttpResponseRedirect(f"{prefix}{settings.LOGIN_URL}?{query}")
    response.headers["Cache-Control"] = "no-store"
    return response


def _announced(request: HttpRequest) -> int:
    length = str(request.META.get("CONTENT_LENGTH") or "0")
    return int(length[:18]) if length.isascii() and length.isdigit() else 0


def _answered(request: HttpRequest, error: GuomenError) -> HttpResponse:
    if wants_json(request):
        return problem(error, request.path)
    problems = error.problems if isinstance(error, Invalid) else []
    return page(request, "error.html", {"error": error, "problems": problems}, status=error.status)


def answer_errors(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: our errors become a sentence on a page, or a problem document for programs.

    Whoever opens a page without being signed in is sent to sign in first.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code == NotAllowedError.status and wants_json(request):
            allowed = response.headers.get("Allow", "")
            response = problem(NotAllowedError(), request.path)
            response.headers["Allow"] = allowed
        return response

    def process_view(request: HttpRequest, *_view: object) -> HttpResponse | None:
        # Before a byte is read: files are streamed to the disk without a limit of their own.
        if _announced(request) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            return _answered(request, TooLargeError())
        return None

    def process_exception(request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, (OperationalError, InterfaceError, KeyMissingError)):
            return unavailable(request, error)
        if isinstance(error, DataError):
            # Doors check what they are told; what slips through is still the sender's mistake and not a breakdown.
            log.warning("unusable value at %s %s", request.method, ascii(request.path))
            error = UnusableValueError()
        if isinstance(error, IntegrityError) and isinstance(error.__cause__, UniqueViolation):
            log.warning("twice at once at %s %s: %s", request.method, ascii(request.path), ascii(str(error)))
            error = AtOnceError()
        if not isinstance(error, GuomenError):
            return None
        if error.status == 401 and not wants_json(request) and _is_page_visit(request):
            return _to_sign_in(request)
        return _answered(request, error)

    middleware.process_view = process_view  # type: ignore[attr-defined]
    middleware.process_exception = process_exception  # type: ignore[attr-defined]
    return middleware
