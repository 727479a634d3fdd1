"""Scans are appended in batches, off the way of the answers: a verdict waits for no disk.

What the queue holds is lost when the process is killed: at most a tenth of a second's looks, which count nothing
towards whether a code exists. While the database is away looks wait in the queue; when it is full the oldest go.
"""

import asyncio
import logging
import struct
from collections import deque
from contextlib import suppress
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

import psycopg

from guomen.faces.edge.gathering import AwayError, Line
from guomen.kit import binary
from guomen.kit.ids import uuid7
from guomen.tags import at_scan

log = logging.getLogger(__name__)
PAUSE_SECONDS = 0.1
MOST_AT_ONCE = 5_000
MOST_KEPT = 50_000
_text = lru_cache(4096)(binary.text)
"""Of channels, cities and what counters say there are few."""
_NUMBER = struct.Struct("!ihi").pack
"""A look's number in its batch, and the length of the UUID that follows."""


class Row(NamedTuple):
    """One look. ``item``: 16 bytes; ``counter``: what a chip's counter was found to be (``rules.Counter``)."""

    item: bytes
    at: datetime
    range_number: int
    index: int
    device: bytes
    place: str
    counter: str = ""
    channel: str = "public"


class _Batch(NamedTuple):
    """Looks as COPY reads them."""

    id: UUID
    count: int
    content: bytes


class Appender:
    """One for each event loop."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._rows: deque[Row] = deque()
        self._unsure: _Batch | None = None
        """A batch of which nobody knows whether it arrived."""
        self._writing: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()
        self.lost = 0

    def add(self, row: Row) -> None:
        """Have one look recorded soon."""
        if len(self._rows) >= MOST_KEPT:
            self._rows.popleft()
            self.lost += 1
        self._rows.append(row)
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())

    async def _write(self) -> None:
        while self._rows or self._unsure:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), PAUSE_SECONDS)
            await self._write_once()
            if self._unsure and self._closing.is_set():
                return

    async def _write_once(self) -> None:
        # The same batch again has the same key: it arrives once.
        batch = self._unsure = self._unsure or self._taken()
        try:
            async with self._line.use() as connection:
                try:
                    async with connection.transaction(), connection.cursor() as cursor:
                        await cursor.execute(at_scan.ADD_UP, [batch.id, batch.count])
                        async with cursor.copy(at_scan.KEEP) as copy:
                            await copy.write(batch.content)
                except psycopg.errors.UniqueViolation:
                    # All or none: the batch arrived the first time, only its confirmation was lost.
                    pass
                except psycopg.DataError:
                    log.exception("%s looks cannot be recorded", batch.count)
                    self.lost += batch.count
        except AwayError:
            if self.lost:
                log.warning("the database is away; %s looks lost so far", self.lost)
            return
        self._unsure = None

    def _taken(self) -> _Batch:
        count = min(len(self._rows), MOST_AT_ONCE)
        id = uuid7()
        key = binary.uuid(id)
        rows = [_written(self._rows.popleft(), key, number) for number in range(count)]
        return _Batch(id, count, binary.copied(at_scan.KEPT_COLUMNS, rows))

    async def close(self) -> None:
        """Write what is left, if the database is there."""
        self._closing.set()
        if self._writing:
            await self._writing
        await self._line.close()


def _written(row: Row, batch: bytes, number: int) -> bytes:
    """A row as COPY reads it, in the order of ``at_scan.KEEP``."""
    return b"".join(
        (
            batch,
            _NUMBER(2, number, 16),
            row.item,
            binary.moment(row.at),
            binary.integer(row.range_number),
            binary.bigint(row.index),
            _text(row.channel),
            binary.value(row.device),
            _text(row.place),
            _text(row.counter),
        )
    )
