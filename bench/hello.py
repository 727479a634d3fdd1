"""Yardsticks of bench/resolver.py as a bare ASGI application: nothing at all, or one indexed query, per request."""

import asyncio
import json
import os
from typing import Any

import psycopg

STATE: dict[str, Any] = {}
SQL = "SELECT href FROM catalogue_link WHERE anchor = ANY(%s)"


async def application(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] != "http":
        return
    body = b"hello"
    if scope["path"].startswith("/01/"):
        body = await query(scope["path"])
    headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def query(path: str) -> bytes:
    if "lock" not in STATE:
        STATE["lock"] = asyncio.Lock()
    async with STATE["lock"]:
        if "connection" not in STATE:
            STATE["connection"] = await psycopg.AsyncConnection.connect(
                autocommit=True, **json.loads(os.environ["BENCH_DATABASE"])
            )
        rows = await STATE["connection"].execute(SQL, [[path, path.partition("/10/")[0]]], prepare=True)
        return str(len(await rows.fetchall())).encode()
