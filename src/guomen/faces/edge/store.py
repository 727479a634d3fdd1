"""What the scan path knows: recalls and ranges in memory, at most 0.2 s old, and one question for all items asked for.

No Django, no session: a connection of a role that may read what is published and little else.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import orjson
import psycopg

from guomen.faces.edge.gathering import Gathering, Line
from guomen.faces.edge.items import NOTHING, items_of
from guomen.faces.edge.judging import Decision, Item, Stopped
from guomen.faces.edge.memory import Latest
from guomen.faces.edge.showing import Pages, pages
from guomen.kit import binary
from guomen.kit.clock import now
from guomen.tags import at_scan

FRESH_SECONDS = 0.2
SALT_SECONDS = 60
MOST_RANGES = 100_000
MOST_RELEASES = 20_000
EARLIER = timedelta(hours=1)
"""Of releases before the start those are read that facts may not know yet."""
OVERLAP = timedelta(seconds=5)
"""A release shows when it is committed, up to so long after the moment that it names; later its facts tell it."""
MOST_BYTES = 128 * 1024 * 1024
"""Of published facts and pieces, in each process."""


Place = tuple[bytes, int, int]
"""An item: its key of 16 bytes, and where it is in which range."""


@dataclass(frozen=True, slots=True)
class RangeRow:
    """What never changes of a range."""

    number: int
    gtin: str
    batch: str
    count: int
    key_version: int


class Release(NamedTuple):
    """That goods are released, or no longer, as it became known at a moment."""

    since: datetime
    ended: bool
    changed_at: datetime


@dataclass(slots=True)
class Shared:
    """What is published of a range, read."""

    version: int
    facts: dict[str, Any]
    stored: dict[str, Any]
    length: int = 0
    """Of both as text."""
    decisions: dict[Any, Decision] = field(default_factory=dict)
    """What was decided about items of the range, by what it rests on."""
    _pages: dict[str, Pages] = field(default_factory=dict)

    @property
    def goods(self) -> str:
        """Key of the goods that the range is for; empty in facts of an older release."""
        return str(self.facts.get("goods", ""))

    def learn(self, news: Release) -> None:
        """Tell a release, or its end, that the facts do not know yet; the rest follows when they are composed anew."""
        known = self.facts["activation_at"]
        if known is None or datetime.fromisoformat(known) < news.changed_at:
            since, at = news.since.isoformat(), news.changed_at.isoformat()
            self.facts = self.facts | {"since": since, "ended": news.ended, "activation_at": at}
            self.decisions = {}

    @property
    def size(self) -> int:
        """Bytes in memory, about: as objects five times the text, and what was written of each decision."""
        return self.length * (10 + 5 * len(self.decisions)) // 2

    def pages(self, language: str) -> Pages:
        if language not in self._pages:
            self._pages[language] = pages(self.stored, language)
        return self._pages[language]


class Store:
    """One for each event loop."""

    def __init__(self, line: Line, clock: Callable[[], float] = time.monotonic) -> None:
        self._line, self._clock = line, clock
        self._ranges: Latest[int, RangeRow] = Latest(MOST_RANGES)
        self._published: Latest[int, Shared] = Latest(MOST_BYTES)
        self._items: Gathering[Place, Item] = Gathering(self._ask_items)
        self._numbers: Gathering[int, RangeRow] = Gathering(self._ask_ranges)
        self._facts: Gathering[int, Shared] = Gathering(self._ask_published)
        self._refreshes: Gathering[None, None] = Gathering(self._ask_nothing)
        self._marks: dict[tuple[str, str], str] = {}
        self._recalls: dict[str, Stopped] = {}
        self._fingerprint: Any = None
        self._releases: Latest[str, Release] = Latest(MOST_RELEASES)
        self._released = now() - EARLIER
        self._version = self._recall_version = -1
        self._refreshed = self._salted = float("-inf")
        self.salts: dict[date, bytes] = {}
        self.as_of: datetime | None = None
        """When the database was last asked for news."""

    async def item(self, key: bytes, number: int, index: int) -> Item:
        """What the tables say now of the item with this key, range and index. Raises AwayError, BusyError."""
        return await self._items.ask((key, number, index)) or NOTHING

    async def refresh(self) -> None:
        """Have recalls and versions at most :data:`FRESH_SECONDS` old. Raises AwayError."""
        if self._is_old():
            await self._refreshes.ask(None)

    async def range(self, number: int) -> RangeRow | None:
        """A range by its number, or None. Raises AwayError for one that is not in memory."""
        return self._ranges.get(number) or await self._numbers.ask(number)

    async def published(self, number: int) -> Shared | None:
        """What is published of a range; None: nothing yet. Raises AwayError for one that is not in memory."""
        shared = self._published.get(number) or await self._facts.ask(number)
        if shared and (news := self._releases.get(shared.goods)):
            shared.learn(news)
        if shared and shared.size != self._published.size_of(number) and self._published.get(number) is shared:
            # Strangers choose in how many ways they look at one range. What was dropped meanwhile stays dropped.
            self._published.put(number, shared, shared.size)
        return shared

    def stopped(self, gtin: str, batch: str) -> Stopped | None:
        """The newest recall in force for a batch or for all of its product."""
        number = self._marks.get((gtin, batch)) or self._marks.get((gtin, ""))
        return self._recalls.get(number) or Stopped(number) if number else None

    def _is_old(self) -> bool:
        return self._clock() - self._refreshed > FRESH_SECONDS

    async def _ask_items(self, places: list[Place]) -> Mapping[Place, Item]:
        keys, numbers, indices = (list(column) for column in zip(*places, strict=True))
        async with self._line.use() as connection:
            if self._is_old():
                await self._read_news(connection)
            cursor = connection.cursor(binary=True)
            asked = {
                "keys": binary.array(binary.UUIDS, keys),
                "numbers": binary.integers(numbers),
                "indices": binary.integers(indices),
            }
            await cursor.execute(at_scan.ITEMS, asked, prepare=True)
            rows = await cursor.fetchall()
        found = items_of(rows)
        return {place: found[place[0]] for place in places if place[0] in found} if found else {}

    async def _ask_nothing(self, keys: list[None]) -> Mapping[None, None]:
        async with self._line.use() as connection:
            if self._is_old():
                await self._read_news(connection)
        return {}

    async def _ask_ranges(self, numbers: list[int]) -> Mapping[int, RangeRow]:
        async with self._line.use() as connection:
            rows = await (await connection.execute(at_scan.RANGES, [numbers], prepare=True)).fetchall()
        found = {row[0]: RangeRow(*row) for row in rows}
        for number, one in found.items():
            self._ranges.put(number, one)
        return found

    async def _ask_published(self, numbers: list[int]) -> Mapping[int, Shared]:
        async with self._line.use() as connection:
            rows = await (await connection.execute(at_scan.PUBLISHED, [numbers], prepare=True)).fetchall()
        found = {}
        for number, version, facts, stored in rows:
            one = found[number] = Shared(version, orjson.loads(facts), orjson.loads(stored), len(facts) + len(stored))
            self._published.put(number, one, one.size)
        return found

    async def _read_news(self, connection: psycopg.AsyncConnection[Any]) -> None:
        if self._version < 0:
            # Nothing is in memory yet that an older version could have changed.
            row = await (await connection.execute(at_scan.NEWEST)).fetchone()
            self._version = row[0] if row else 0
        async with connection.pipeline():
            newer = await connection.execute(at_scan.NEWER, [self._version], prepare=True)
            recalls = await connection.execute(at_scan.NEWER_RECALLS, [self._recall_version], prepare=True)
            changed = await connection.execute(at_scan.MARKS_CHANGED, prepare=True)
            released = await connection.execute(at_scan.ACTIVATED, [self._released - OVERLAP], prepare=True)
            ranges, said = await newer.fetchall(), await recalls.fetchall()
            fingerprint, releases = await changed.fetchone(), await released.fetchall()
        for number, version in ranges:
            self._published.drop(number)
            self._version = version
        # The newest first.
        for goods, *release in reversed(releases):
            self._releases.put(str(goods), Release(*release))
            self._released = release[-1]
        for number, version, facts in said:
            self._recalls[number] = Stopped(number, orjson.loads(facts), version)
            self._recall_version = version
        if fingerprint != self._fingerprint:
            rows = await (await connection.execute(at_scan.MARKS)).fetchall()
            self._marks = {(gtin, batch): recall for gtin, batch, recall in rows}
            self._fingerprint = fingerprint
        self._refreshed, self.as_of = self._clock(), now()
        # A new installation has no salt of the day until its worker made one.
        if self._refreshed - self._salted > SALT_SECONDS or self.as_of.date() not in self.salts:
            rows = await (await connection.execute(at_scan.SALTS)).fetchall()
            self.salts, self._salted = dict(rows), self._refreshed
