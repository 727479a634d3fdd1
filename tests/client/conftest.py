"""Programs that speak through the real client with the real application, without a socket between them."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from guomen.client import Client


@pytest.fixture
def program(people, application) -> Callable[..., Client]:
    """``program("cy", "capture")`` is a client with a token of Cy's firm; ``program()`` has no token."""

    def enter(name: str = "", *scopes: str, **more: Any) -> Client:
        from tests.trace.goods import token

        secret = token(getattr(people, name), *(scopes or ("capture",))) if name else ""
        return Client("http://localhost", secret, http=httpx.WSGITransport(application), **more)

    return enter
