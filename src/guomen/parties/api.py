"""Who may use the JSON API: a program with a bearer token, or a signed-in person."""

from typing import Any

from django.http import HttpRequest
from ninja.security import APIKeyCookie, HttpBearer

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
