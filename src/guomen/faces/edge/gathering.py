"""Many who ask at the same time share one question to the database.

While a question is on its way, those who come meanwhile gather for the next. So the busier a process is, the less each
answer costs: one round trip and one plan for hundreds of items.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Generic, TypeVar

import psycopg
from psycopg.types.string import ByteaBinaryLoader

from guomen.kit import binary

log = logging.getLogger(__name__)
K = TypeVar("K")
V = TypeVar("V")
MOST_AT_ONCE = 500
MOST_WAITING = 5_000
"""Keys that wait for the next questions."""
MOST_WAITERS = 20_000
"""Who waits for them: very many may want to know the same."""
PATIENCE_SECONDS = 5
AGAIN_SECONDS = 0.5
"""After the database was away, how long nobody tries again: those who ask meanwhile are told at once."""


class AwayError(Exception):
    """The database does not answer."""


class BusyError(Exception):
    """More wait than can be answered in time."""


class Line:
    """One connection to the database, made when it is first needed and again when it broke; one user at a time."""

    def __init__(self, parameters: Callable[[], Mapping[str, Any]]) -> None:
        self._parameters = parameters
        self._lock = asyncio.Lock()
        self._connection: psycopg.AsyncConnection[Any] | None = None
        self._away_until = 0.0

    @asynccontextmanager
    async def use(self) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
        """The connection, for this user alone. Raises AwayError, also when what the user does with it fails."""
        async with self._lock:
            if time.monotonic() < self._away_until:
                raise AwayError
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    yield await self._connected()
            except (psycopg.Error, OSError, TimeoutError) as error:
                log.warning("the database is away: %s", str(error).strip().partition("\n")[0] or type(error).__name__)
                self._away_until = time.monotonic() + AGAIN_SECONDS
                await self._let_go()
                raise AwayError from error

    async def _connected(self) -> psycopg.AsyncConnection[Any]:
        if self._connection is None or self._connection.closed:
            made = await psycopg.AsyncConnection.connect(autocommit=True, **self._parameters())
            # All questions go by indexes: planned once, and no table is read whole because its size is unknown yet.
            binary.register(made)
            # Keys are compared and looked up, never shown.
            made.adapters.register_loader("uuid", ByteaBinaryLoader)
            await made.execute("SET plan_cache_mode = force_generic_plan")
            await made.execute("SET enable_seqscan = off")
            # What nobody waits for any more is not worked on any more.
            await made.execute(f"SET statement_timeout = {int(PATIENCE_SECONDS * 1000)}")
            self._connection = made
        return self._connection

    async def close(self) -> None:
        """Let go of the connection; the next user opens another."""
        async with self._lock:
            await self._let_go()

    async def _let_go(self) -> None:
        if self._connection is not None:
            await self._connection.close()
        self._connection = None


class Gathering(Generic[K, V]):
    """One question for many keys: ``question(keys)`` returns what is known of them, by key."""

    def __init__(self, question: Callable[[list[K]], Awaitable[Mapping[K, V]]]) -> None:
        self._question = question
        self._waiting: dict[K, list[asyncio.Future[V | None]]] = {}
        self._asking: asyncio.Task[None] | None = None
        self._waiters = 0

    async def ask(self, key: K) -> V | None:
        """What is known of a key, or None. Raises AwayError and BusyError."""
        # A future for each who waits: one who goes away must not take the answer from the others.
        answer: asyncio.Future[V | None] = asyncio.get_running_loop().create_future()
        if self._waiters >= MOST_WAITERS or (key not in self._waiting and len(self._waiting) >= MOST_WAITING):
            raise BusyError
        self._waiting.setdefault(key, []).append(answer)
        self._waiters += 1
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask())
        return await answer

    async def _ask(self) -> None:
        while self._waiting:
            keys = list(self._waiting)[:MOST_AT_ONCE]
            asked = {key: self._waiting.pop(key) for key in keys}
            self._waiters -= sum(map(len, asked.values()))
            try:
                found = await self._question(keys)
            except Exception as error:
                for futures in asked.values():
                    for future in futures:
                        if not future.done():
                            future.set_exception(error)
                if not isinstance(error, AwayError):
                    raise
                continue
            for key, futures in asked.items():
                value = found.get(key)
                for future in futures:
                    if not future.done():
                        future.set_result(value)
