"""Requests that are tried again where that is safe, and answers that are problems raised as exceptions."""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from guomen.client.errors import Unreachable, problem_of

TRY_AGAIN = frozenset({429, 502, 503, 504})
_REPEATABLE = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
_NEVER_ARRIVED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_FIRST_WAIT = 0.2
LONGEST_WAIT = 60.0
"""Seconds. A server that asks for a longer pause than this is not waited for."""

Params = Sequence[tuple[str, str]]


class Transport:
    """One connection pool to one server. Not more than ``attempts`` tries for one request."""

    def __init__(
        self, url: str, token: str, *, timeout: float, attempts: int, language: str, http: httpx.BaseTransport | None
    ) -> None:
        if not url.startswith(("http://", "https://")):
            raise ValueError(f"an address begins with https:// or http://, unlike {url!r}")
        headers = {"Accept-Language": language, "User-Agent": "guomen-client"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        self.attempts, self._headers = max(1, attempts), headers
        # Redirects are answers here (the resolver's), and following one could carry the token to another host.
        self._http = httpx.Client(
            base_url=url.rstrip("/"), headers=headers, timeout=timeout, follow_redirects=False, transport=http
        )

    def close(self) -> None:
        self._http.close()

    def send(
        self,
        method: str,
        path: str,
        *,
        params: Params = (),
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> httpx.Response:
        """The answer, when it is a success or a redirect; else the problem that it is. Raises Unreachable too."""
        request = self._http.build_request(method, path, params=list(params), headers=headers, content=content)
        return self._answer(request, whole=True)

    @contextlib.contextmanager
    def stream(
        self,
        method: str,
        path: str,
        *,
        params: Params = (),
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> Iterator[httpx.Response]:
        """As :meth:`send`, with a body that is still to be read."""
        request = self._http.build_request(method, path, params=list(params), headers=headers, content=content)
        response = self._answer(request, whole=False)
        try:
            yield response
        finally:
            response.close()

    def websocket(self, address: str) -> tuple[str, dict[str, str]]:
        """Where a websocket of this server is, and the headers to open it with."""
        url = self._http.build_request("GET", address).url
        return str(url.copy_with(scheme={"https": "wss"}.get(url.scheme, "ws"))), self._headers

    def _answer(self, request: httpx.Request, *, whole: bool) -> httpx.Response:
        repeatable = request.method in _REPEATABLE or "Idempotency-Key" in request.headers
        for attempt in range(1, self.attempts + 1):
            last = attempt == self.attempts
            try:
                response = self._http.send(request, stream=True)
                good = response.is_success or response.is_redirect
                if whole or not good:
                    response.read()
                if good:
                    return response
            except httpx.RequestError as error:
                if last or not (repeatable or isinstance(error, _NEVER_ARRIVED)):
                    what = f"{request.method} {request.url.path}"
                    raise Unreachable(
                        f"{what}: no answer after {attempt} tries ({error or type(error).__name__})."
                    ) from error
                pause = back_off(attempt)
            else:
                if attempt > 1 and request.method == "DELETE" and response.status_code == 404:
                    return response  # an earlier try deleted it, only its answer was lost
                asked = _asked_for(response)
                if response.status_code not in TRY_AGAIN or last or not repeatable or asked > LONGEST_WAIT:
                    raise problem_of(response)
                pause = max(asked, back_off(attempt))
            time.sleep(pause)
        raise AssertionError("unreachable: the last attempt returns or raises")


def back_off(attempt: int) -> float:
    """0.2, 0.4, 0.8 … seconds, each shortened at random by up to half, so that many programs do not come at once."""
    return float(min(LONGEST_WAIT, _FIRST_WAIT * 2 ** (attempt - 1)) * (1 - random.random() / 2))  # noqa: S311


def _asked_for(response: httpx.Response) -> float:
    """Seconds in ``Retry-After``, which may also be a date; 0 when it says nothing that can be understood."""
    text = response.headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        then = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return 0.0
    then = then if then.tzinfo else then.replace(tzinfo=UTC)
    return max(0.0, (then - datetime.now(UTC)).total_seconds())


def as_params(parameters: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Query parameters as they are sent: each of several values under its name, None left out."""
    found = []
    for name, value in parameters.items():
        several = not isinstance(value, str) and hasattr(value, "__iter__")
        found += [(name, _as_text(one)) for one in (value if several else [value]) if one is not None]
    return found


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        return value.isoformat()
    return str(value)
