"""Scans are appended in batches, off the way of the answers: a verdict waits for no disk.

What the queue holds is lost when the process is killed: at most a tenth of a second's looks, which count nothing
towards whether a code exists. While the database is away looks wait in the queue; when it is full the oldest go.
"""

import asyncio
import logging
from collections import deque
from contextlib import suppress
from datetime import datetime
from functools import lru_cache
from secrets import token_bytes
from typing import NamedTuple

import psycopg

from guomen.faces.edge.gathering import AwayError, Line
from guomen.kit import binary
from guomen.tags import at_scan

log = logging.getLogger(__name__)
PAUSE_SECONDS = 0.1
MOST_AT_ONCE = 5_000
MOST_KEPT = 50_000
_text = lru_cache(4096)(binary.text)
"""Of channels, cities and what counters say there are few."""


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
        # The same batch again has the same ids: it arrives once.
        batch = self._unsure = self._unsure or self._taken()
        try:
            async with self._line.use() as connection:
                try:
                    async with connection.cursor() as cursor, cursor.copy(at_scan.KEEP) as copy:
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
        # Half of an id is the batch's, the other half the look's number in it.
        ours = binary.UUID_SIZE + token_bytes(8)
        rows = [_written(self._rows.popleft(), ours + number.to_bytes(8)) for number in range(count)]
        return _Batch(count, binary.copied(at_scan.KEPT_COLUMNS, rows))

    async def close(self) -> None:
        """Write what is left, if the database is there."""
        self._closing.set()
        if self._writing:
            await self._writing
        await self._line.close()


def _written(row: Row, id: bytes) -> bytes:
    """A row as COPY reads it, in the order of ``at_scan.KEEP``."""
    return b"".join(
        (
            binary.UUID_SIZE,
            row.item,
            id,
            binary.moment(row.at),
            binary.integer(row.range_number),
            binary.bigint(row.index),
            _text(row.channel),
            binary.value(row.device),
            _text(row.place),
            _text(row.counter),
        )
    )
