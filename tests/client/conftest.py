"""Programs that speak through the real client with the real application, without a socket between them."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from guomen.client import Client


@pytest.fixture
def program(people) -> Iterator[Callable[..., Client]]:
    """``program("cy", "capture")`` is a client with a token of Cy's firm; ``program()`` has no token."""
    # As Django's own test client does: the test's connection holds the test's transaction and must stay open.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)

    def enter(name: str = "", *scopes: str, **more: Any) -> Client:
        from django.core.handlers.wsgi import WSGIHandler

        from tests.trace.goods import token

        secret = token(getattr(people, name), *(scopes or ("capture",))) if name else ""
        return Client("http://localhost", secret, http=httpx.WSGITransport(WSGIHandler()), **more)

    yield enter
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)
