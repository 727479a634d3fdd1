"""What the resolver knows, for the scan path: many who ask at the same time share one question to the database.

One connection for each web process. While a question is on its way, those who come meanwhile gather for the next. An
answer is kept for one second, so that a changed link shows at once for people and a code on a poster costs nothing.
"""

import asyncio
from collections import defaultdict
from time import monotonic
from typing import Any

import psycopg
from django.db import connections

from guomen.catalogue.queries import LINKS, link_of_row
from guomen.core.resolver import Known, Link, Thing
from guomen.tags.queries import RECALLED

KEPT_SECONDS = 1
MOST_KEPT = 20_000
"""Links and things together: what strangers ask for must not fill the memory."""
MOST_AT_ONCE = 500
PATIENCE_SECONDS = 5


class Lookup:
    """One for each event loop. Raises psycopg.Error or TimeoutError when the database does not answer."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[float, Known]] = {}
        self._size = 0
        self._waiting: dict[str, tuple[Thing, asyncio.Future[Known]]] = {}
        self._asking: asyncio.Task[None] | None = None
        self._connection: psycopg.AsyncConnection[Any] | None = None

    async def known(self, thing: Thing) -> Known:
        """Links and recall of a thing, at most a second old."""
        name = thing.anchor
        kept = self._kept.get(name)
        if kept and monotonic() - kept[0] < KEPT_SECONDS:
            return kept[1]
        if name not in self._waiting:
            self._waiting[name] = (thing, asyncio.get_running_loop().create_future())
        answer = self._waiting[name][1]
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask())
        # Shielded: one visitor who goes away must not take the answer from the others.
        return await asyncio.shield(answer)

    async def _ask(self) -> None:
        while self._waiting:
            names = list(self._waiting)[:MOST_AT_ONCE]
            asked = {name: self._waiting.pop(name) for name in names}
            try:
                found = await asyncio.wait_for(self._query([thing for thing, _ in asked.values()]), PATIENCE_SECONDS)
            except (psycopg.Error, OSError, TimeoutError) as error:
                await self.close()
                for _, future in asked.values():
                    future.set_exception(error)
                    future.exception()
                continue
            self._keep(found)
            for name, (_, future) in asked.items():
                future.set_result(found[name])

    def _keep(self, found: dict[str, Known]) -> None:
        if self._size > MOST_KEPT:
            self._kept.clear()
            self._size = 0
        self._size += sum(1 + len(known.links) for known in found.values())
        at = monotonic()
        self._kept.update((name, (at, known)) for name, known in found.items())

    async def _query(self, things: list[Thing]) -> dict[str, Known]:
        connection = await self._connected()
        anchors = list({level for thing in things for level in thing.levels})
        gtins = list({thing.gtin for thing in things if thing.gtin})
        async with connection.pipeline():
            links = await connection.execute(LINKS, [anchors], prepare=True)
            marks = await connection.execute(RECALLED, [gtins], prepare=True)
            rows, recalled = await links.fetchall(), set(await marks.fetchall())
        of: dict[str, list[tuple[Link, str]]] = defaultdict(list)
        for row in rows:
            of[row[0]].append((link_of_row(row), row[-1]))
        return {thing.anchor: _known(thing, of, recalled) for thing in things}

    async def _connected(self) -> psycopg.AsyncConnection[Any]:
        if self._connection is None or self._connection.closed:
            there = connections["default"].settings_dict
            self._connection = await psycopg.AsyncConnection.connect(
                autocommit=True,
                dbname=there["NAME"],
                user=there["USER"],
                password=there["PASSWORD"],
                host=there["HOST"],
                port=there["PORT"],
                **there.get("OPTIONS", {}),
            )
            # Both questions go by indexes: planned once, and no table is read whole because its size is unknown yet.
            await self._connection.execute("SET plan_cache_mode = force_generic_plan")
            await self._connection.execute("SET enable_seqscan = off")
        return self._connection

    async def close(self) -> None:
        """Let go of the connection; the next question opens another."""
        if self._connection is not None:
            await self._connection.close()
        self._connection = None


def _known(thing: Thing, of: dict[str, list[tuple[Link, str]]], recalled: set[tuple[str, str]]) -> Known:
    found = [pair for level in thing.levels for pair in of.get(level, ())]
    marks = {(thing.gtin, ""), (thing.gtin, thing.get("10"))}
    return Known(tuple(link for link, _ in found), found[0][1] if found else "", bool(marks & recalled))
