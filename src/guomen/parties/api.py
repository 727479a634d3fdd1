"""Who may use the JSON API: a program with a bearer token, or a signed-in person."""

from typing import Any

import orjson
from django.http import HttpRequest
from ninja.security import APIKeyCookie, HttpBearer

from guomen.kit.errors import GuomenError
from guomen.kit.words import W
from guomen.ledger.services import plain
from guomen.parties import actors
from guomen.parties.services import actor_of_token


class Token(HttpBearer):
    """``Authorization: Bearer gm_…`` of an organisation's program."""

    def authenticate(self, request: HttpRequest, token: str) -> actors.Actor:
        return actor_of_token(token)


class Session(APIKeyCookie):
    """A person's own session, from our pages; protected against cross-site requests."""

    param_name = "guomen"

    def __init__(self) -> None:
        super().__init__(csrf=True)

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        return actors.of_person(request.user, via="web") if request.user.is_authenticated else None


SIGNED_IN = [Token(), Session()]


def actor(request: HttpRequest) -> actors.Actor:
    """The actor that :data:`SIGNED_IN` found."""
    return request.auth


def sent_object(request: HttpRequest) -> dict[str, Any]:
    """The JSON object that was sent. Raises GuomenError (400) for anything else."""
    try:
        found = orjson.loads(request.body)
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        raise GuomenError(W("The body is not a JSON object.", "请求体不是 JSON 对象。"), code="not-json")
    return found


def shown(row: Any, *names: str, **more: Any) -> dict[str, Any]:
    """Fields of a row as JSON holds them: decimals and times as text."""
    return dict(plain({name: getattr(row, name) for name in names} | more))
