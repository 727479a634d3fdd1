"""Subscriptions that last as long as a connection: one reader of the ledger for all websockets of a process.

Each subscriber has a place in the ledger and room for a few documents. Who has no room is not read on for; so a slow
client costs what was made for it already, and nothing more.
"""

import logging
import threading
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from guomen.kit.clock import now
from guomen.kit.errors import GuomenError
from guomen.kit.words import W
from guomen.trace import watching
from guomen.trace.asked import Asked
from guomen.trace.documents import encode, query_document
from guomen.trace.subscribing import Terms
from guomen.trace.watching import News, Watch

log = logging.getLogger(__name__)
ROOM = 2
"""Documents that are made for a subscriber and not sent yet."""
BATCH = 100
"""Events in one document."""
REST = 0.2
"""Seconds from one look at the ledger to the next, while anybody is there."""
LARGEST = 1024 * 1024
"""Bytes of one document, unless a single event has more."""
MOST = 200
"""Subscribers of one process."""
OF_ONE_ORGANISATION = 50


class Full(GuomenError):
    """Too many are connected already."""

    status = 503
    code = "too-many-sockets"
    words = W("Too many connections are open. Try again later.", "打开的连接过多，请稍后再试。")


@dataclass(eq=False)
class Subscriber:
    """One connection. ``deliver`` is called from the reader's thread with each document; None: its query broke.

    ``made``: documents that are not sent yet.
    """

    watch: Watch
    query: str
    terms: Terms
    position: int
    deliver: Callable[[bytes | None], None]
    spell: Callable[[dict[str, Any]], dict[str, Any]] = lambda event: event
    media_type: str = "application/json"
    id: uuid.UUID = field(default_factory=uuid.uuid4)
    found: list[News] = field(default_factory=list)
    made: int = 0
    open_to: int | None = None
    due_at: datetime | None = None
    owes_report: bool = False

    def __post_init__(self) -> None:
        self.due_at = self.terms.due_after(now())
        self.open_to = self.position if self.terms.schedule else None


class Hub:
    """The subscribers of a process and the thread that reads for them; it lives while there are any."""

    def __init__(self) -> None:
        self.lock, self.woken = threading.Lock(), threading.Event()
        self.subscribers: set[Subscriber] = set()
        self.thread: threading.Thread | None = None

    def add(self, one: Subscriber) -> None:
        """Raises Full."""
        with self.lock:
            of = Counter(s.watch.by.organisation_id for s in self.subscribers)
            if len(self.subscribers) >= MOST or of[one.watch.by.organisation_id] >= OF_ONE_ORGANISATION:
                raise Full
            self.subscribers.add(one)
            if self.thread is None:
                self.thread = threading.Thread(target=self._run, name="streams", daemon=True)
                self.thread.start()

    def remove(self, one: Subscriber) -> None:
        with self.lock:
            self.subscribers.discard(one)
        self.woken.set()

    def sent(self, one: Subscriber) -> None:
        """A document is on its way: there is room for another."""
        with self.lock:
            one.made -= 1
        self.woken.set()

    def _run(self) -> None:
        try:
            while True:
                self.woken.clear()
                with self.lock:
                    if not self.subscribers:
                        self.thread = None
                        return
                    everybody = list(self.subscribers)
                try:
                    moved = self.step(everybody)
                except Exception:
                    log.exception("the reader for websockets failed")
                    connection.close()
                    moved = False
                if not moved:
                    self.woken.wait(REST)
        finally:
            connection.close()

    def step(self, everybody: list[Subscriber]) -> bool:
        """Read on once for everybody who has room; returns whether anybody moved."""
        horizon, moment = watching.horizon(), now()
        behind: dict[tuple[int, int], list[Subscriber]] = defaultdict(list)
        moved = False
        for one in everybody:
            if one.due_at is not None and one.due_at <= moment:
                one.open_to, one.owes_report = max(one.position, horizon), one.terms.report_if_empty
                one.due_at = one.terms.due_after(moment)
            moved |= self._try(one, self._make)
            until = horizon if one.open_to is None else min(one.open_to, horizon)
            if not one.found and one.made < ROOM and one.position < until:
                behind[one.position, until].append(one)
        for (position, until), group in behind.items():
            beyond, news = watching.read(position, until)
            moved |= beyond > position
            for one in group:
                one.position = beyond
                self._try(one, self._find, news)
                self._try(one, self._make)
        return moved

    def _try(self, one: Subscriber, do: Callable[..., bool], *more: Any) -> bool:
        """What breaks for one must not break for others; a lost database is nobody's failure."""
        try:
            return do(one, *more)
        except Exception:
            if not connection.is_usable():
                raise
            log.exception("a websocket's query broke")
            self.remove(one)
            one.deliver(None)
            return False

    @staticmethod
    def _find(one: Subscriber, news: list[News]) -> bool:
        one.found = watching.found(one.watch, news) if news else []
        if news and one.terms.trigger and one.terms.report_if_empty and not one.found:
            one.owes_report = bool(watching.found(Watch(one.watch.by, Asked()), news))
        return bool(one.found)

    def _make(self, one: Subscriber) -> bool:
        """Make documents of what was found, as far as there is room; an empty one when it is owed."""
        made = False
        while one.made < ROOM and (one.found or (one.owes_report and self._is_there(one))):
            ids = [n.event_id for n in one.found[:BATCH]]
            size = watching.fitting(ids, LARGEST)
            del one.found[:size]
            bodies = watching.bodies(one.watch.by, ids[:size])
            made = True
            if not bodies and not one.owes_report:
                continue
            one.owes_report = False
            document = query_document(
                [one.spell(body) for body in bodies], one.query, subscription=str(one.id), id=uuid.uuid4()
            )
            with self.lock:
                one.made += 1
            one.deliver(encode(document, one.media_type))
        return made

    @staticmethod
    def _is_there(one: Subscriber) -> bool:
        return one.open_to is None or one.position >= one.open_to


HUB = Hub()
"""Of this process."""
