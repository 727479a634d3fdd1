"""Scans are appended in batches, off the way of the answers: a verdict waits for no disk.

What the queue holds is lost when the process is killed: at most a tenth of a second's looks, which count nothing
towards whether a code exists. While the database is away looks wait in the queue; when it is full the oldest go.
"""

import asyncio
import logging
from collections import deque
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg

from guomen.faces.edge.gathering import AwayError, Line
from guomen.kit.ids import uuid7
from guomen.tags import at_scan

log = logging.getLogger(__name__)
PAUSE_SECONDS = 0.1
MOST_AT_ONCE = 5_000
MOST_KEPT = 50_000
PUBLIC = "public"
Row = tuple[Any, ...]


class Appender:
    """One for each event loop."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._rows: deque[Row] = deque()
        self._unsure: list[Row] = []
        """A batch of which nobody knows whether it arrived."""
        self._writing: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()
        self.lost = 0

    def add(
        self, item: UUID, at: datetime, range_number: int, index: int, device: bytes, place: str, counter: str = ""
    ) -> None:
        """Have one look recorded soon. ``counter``: what a chip's counter was found to be (``rules.Counter``)."""
        if len(self._rows) >= MOST_KEPT:
            self._rows.popleft()
            self.lost += 1
        self._rows.append((item, uuid7(), at, range_number, index, PUBLIC, device, place, counter))
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
        batch = self._unsure or [self._rows.popleft() for _ in range(min(len(self._rows), MOST_AT_ONCE))]
        self._unsure = batch
        try:
            async with self._line.use() as connection:
                try:
                    async with connection.cursor() as cursor, cursor.copy(at_scan.KEEP) as copy:
                        copy.set_types(at_scan.KEPT_TYPES)
                        for row in batch:
                            await copy.write_row(row)
                except psycopg.errors.UniqueViolation:
                    # All or none: the batch arrived the first time, only its confirmation was lost.
                    pass
                except psycopg.DataError:
                    log.exception("%s looks cannot be recorded", len(batch))
                    self.lost += len(batch)
        except AwayError:
            if self.lost:
                log.warning("the database is away; %s looks lost so far", self.lost)
            return
        self._unsure = []

    async def close(self) -> None:
        """Write what is left, if the database is there."""
        self._closing.set()
        if self._writing:
            await self._writing
        await self._line.close()
