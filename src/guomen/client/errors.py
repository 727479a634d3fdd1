"""What can go wrong between a program and Guomen, as exceptions that a program can tell apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx
import msgspec


class ClientError(Exception):
    """Base of everything that the client raises on purpose."""


class Unreachable(ClientError):
    """No answer, however often it was tried. Whether the last request was carried out is not known."""


class StillRunning(ClientError):
    """A capture job has not finished within the time that the caller wanted to wait."""


class UnexpectedAnswer(ClientError):
    """An answer that is not what the server's own description promises: a proxy's page, for instance."""


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One thing wrong with one field. path: dotted, as ``epcisBody.eventList.3.bizStep``."""

    path: str
    code: str
    sentence: str


class ProblemError(ClientError):
    """The server said no, with a problem document (RFC 9457).

    status: of HTTP. code: for programs, as ``not-found``. type: the problem's URI. path: of the resource that said it.
    sentence: for people, in the client's language. errors: one entry per field.
    """

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        self.status = status
        self.type = str(body.get("type", "about:blank"))
        self.code = str(body.get("code") or self.type.rpartition(":")[2])
        self.path = str(body.get("instance", ""))
        self.sentence = str(body.get("title") or body.get("detail") or f"The server answered {status}.")
        listed = body.get("errors")
        self.errors = tuple(
            FieldProblem(str(e.get("field", "")), str(e.get("code", "")), str(e.get("detail", "")))
            for e in (listed if isinstance(listed, list) else [])
            if isinstance(e, dict)
        )
        first = f" {self.errors[0].path}: {self.errors[0].sentence}" if self.errors else ""
        more = f" (and {len(self.errors) - 1} more)" if len(self.errors) > 1 else ""
        super().__init__(f"{self.sentence}{first}{more} [{status} {self.code}]")


class Invalid(ProblemError):
    """What was sent breaks a rule (400, 422); ``errors`` names each field."""


class NotSignedIn(ProblemError):
    """No token, or none that is valid (401)."""


class Forbidden(ProblemError):
    """This organisation or this token may not do that (403)."""


class NotFound(ProblemError):
    """No such thing, or not for this organisation (404)."""


class Conflict(ProblemError):
    """The state of things does not allow it, or the name is taken (409)."""


class TooLarge(ProblemError):
    """More than the limits announced, or more than a query may give (413)."""


class TooManyRequests(ProblemError):
    """Too often (429), also after waiting as long as the server asked for."""


class NotSupported(ProblemError):
    """A form, type or parameter that this server does not offer (406, 415, 501)."""


class ServerFailed(ProblemError):
    """The server broke down or is not available (5xx), also after trying again."""


_BY_STATUS: dict[int, type[ProblemError]] = {
    400: Invalid, 401: NotSignedIn, 403: Forbidden, 404: NotFound, 406: NotSupported, 409: Conflict, 413: TooLarge,
    415: NotSupported, 422: Invalid, 429: TooManyRequests, 501: NotSupported,
}  # fmt: skip


def problem_of(response: httpx.Response) -> ProblemError:
    """The exception for an answer that is no success. ``response`` must have been read."""
    try:
        body = msgspec.json.decode(response.content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        body = None
    return _kind(response.status_code)(response.status_code, body if isinstance(body, dict) else {})


def refusal(status: int, sentence: str, path: str) -> ProblemError:
    """The exception for what was refused without a problem document: a websocket says only why."""
    return _kind(status)(status, {"title": sentence, "instance": path})


def _kind(status: int) -> type[ProblemError]:
    return _BY_STATUS.get(status, ServerFailed if status >= 500 else ProblemError)
