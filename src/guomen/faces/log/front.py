"""Tiles before Django: a proof needs several of them, and their answers need no session, language or page."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import Executor
from typing import Any

from django.db import Error, close_old_connections

from guomen.core.merkle import TileError, parse_tile_path
from guomen.faces.log.views import TILE_HEADERS, TILE_TYPE
from guomen.kit.errors import NotFound
from guomen.ledger import files

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Onward = Callable[[Message, Receive, Send], Awaitable[None]]
PREFIX = "/log/"


def wants(path: str) -> bool:
    """Whether a path may be a tile's."""
    return path.startswith("/log/tile/")


async def application(scope: Message, receive: Receive, send: Send, threads: Executor, onward: Onward) -> None:
    """Answer with a tile that is there. Whatever else is to be said, Django says."""
    content = None
    if scope["method"] in ("GET", "HEAD"):
        content = await asyncio.get_running_loop().run_in_executor(threads, _tile, scope["path"].removeprefix(PREFIX))
    if content is None:
        await onward(scope, receive, send)
        return
    headers = [(b"content-type", TILE_TYPE.encode()), (b"content-length", str(len(content)).encode())]
    headers += [(name.lower().encode(), value.encode()) for name, value in TILE_HEADERS.items()]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else content})


def _tile(path: str) -> bytes | None:
    """In one of the threads of pages, with its connection."""
    close_old_connections()
    try:
        return files.public_tile(*parse_tile_path(path))
    except (TileError, NotFound, Error):
        return None
    finally:
        close_old_connections()
