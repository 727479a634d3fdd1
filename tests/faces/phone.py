"""A phone that asks the scan path alone."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

from guomen.faces.edge import front, publishing
from guomen.ledger.follow import catch_up

HTML = {"accept": "text/html"}
JSON = {"accept": "application/json"}


class Phone:
    """What comes back: status, headers, body."""

    def __init__(self, sent: list[Any]) -> None:
        start, body = sent
        self.status, self.body = start["status"], body["body"]
        self.headers = {name.decode(): value.decode() for name, value in start["headers"]}

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def words(self) -> str:
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", self.body.decode()).replace("&#39;", "'"))


def asked(path: str, query: str, method: str, headers: dict[str, str]) -> dict[str, Any]:
    """A request as a server hands it to the scan path."""
    return {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(name.replace("_", "-").lower().encode(), value.encode()) for name, value in headers.items()],
    }


async def look(path: str, method: str = "GET", peer: str = "192.0.2.7", **headers: str) -> Phone:
    path, _, query = path.partition("?")
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = asked(path, query, method, headers) | {"client": (peer, 1)}
    await front.alone(scope, None, send)
    return Phone(sent)


def run(scans: Callable[[], Awaitable[Any]]) -> Any:
    async def whole() -> Any:
        try:
            return await scans()
        finally:
            await front.edge.close()

    return asyncio.run(whole())


def one(path: str, **options: Any) -> Phone:
    return run(lambda: look(path, **options))


def publish(*_: Any) -> None:
    catch_up()
    publishing.work_all()


def in_thread(work: Callable[[], Any]) -> None:
    from django.db import connection

    try:
        work()
    finally:
        connection.close()
