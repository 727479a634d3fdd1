"""The deliverer: one thread of the worker that sends what is due to subscribers.

It alone uses the database, in short transactions; the sending happens in an event loop beside it, without one.
Receivers wait for each other only when all places are taken, and those that failed last may take only half of them.
"""

import asyncio
import logging
import threading
import time
import uuid
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any

from django.db import InterfaceError, OperationalError, connection

from guomen.core import webhook
from guomen.kit import outbound
from guomen.kit.clock import now
from guomen.kit.outbound import Answer, BadDestination, Unsendable
from guomen.trace import reporting
from guomen.trace.subscribing import allowed

log = logging.getLogger("guomen.deliverer")
AT_ONCE = 16
TROUBLED_AT_ONCE = 8
OF_ONE_ORGANISATION = 6
SECONDS = 20
"""In which a receiver must answer."""
LOOKUPS = 32
LAST_ANSWERS = 4
"""Seconds that a worker which is told to stop waits for answers."""
HANGS = 120
"""Seconds after which a step will not end any more."""
REST = 0.5
LOCK = 7_302_114_905
"""Which of several workers delivers is whose connection holds this advisory lock."""


@dataclass
class Deliverer:
    """``step`` does what is due and returns whether anything moved; ``run`` repeats it until ``stop``.

    ``source`` knows what is due to whom: a module with the functions of :mod:`guomen.trace.reporting`. Its deliveries
    say ``headers`` and, where the body of the answer counts, how much of it (``most``).
    """

    seconds: float = SECONDS
    source: Any = reporting
    lock: int = LOCK
    sending: dict[uuid.UUID, tuple[Any, Future[Answer]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.woken, self.stopping = threading.Event(), threading.Event()
        self.allowed = allowed()
        self.stepped_at: float | None = None
        self.loop: asyncio.AbstractEventLoop | None = None
        self.thread = threading.Thread(target=self.run, name="deliverer", daemon=True)

    def start(self) -> None:
        self.thread.start()

    def wake(self, *_: object) -> None:
        """There may be news."""
        self.woken.set()

    def hangs(self) -> bool:
        """Whether a step takes so long that it will not end."""
        return self.stepped_at is not None and time.monotonic() - self.stepped_at > HANGS

    def stop(self) -> None:
        """Begin nothing new, and wait a little for answers that are on their way."""
        self.stopping.set()
        self.wake()
        if self.thread.is_alive():
            self.thread.join(LAST_ANSWERS + 2)
        if self.loop is not None:
            self.loop.call_soon_threadsafe(self.loop.stop)
            self.loop = None

    def run(self) -> None:
        """Deliver whenever this worker is the one that does; a lost database is waited for, a failure logged."""
        while not self.stopping.is_set():
            try:
                self._lead()
            except (OperationalError, InterfaceError) as error:
                log.warning("database lost: %s", str(error).strip().split("\n")[0])
            except Exception:
                log.exception("the deliverer failed")
            self.stepped_at = None
            connection.close()
            self.stopping.wait(1)

    def _lead(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [self.lock])
            if not cursor.fetchone()[0]:
                return
        while not self.stopping.is_set():
            self.stepped_at = time.monotonic()
            self.woken.clear()
            if not self.step():
                self.woken.wait(REST)
        self.stepped_at = None
        wait([future for _, future in self.sending.values()], LAST_ANSWERS)
        self.collect()

    def step(self) -> bool:
        """Once: what was answered, what is due by the clock, what is new, what may be sent."""
        moved = self.collect()
        moved += self.source.open_due(now())
        moved += self.source.find_due()
        return bool(moved + self.send())

    def collect(self) -> int:
        """Write down what came of deliveries that are done."""
        done = [delivery for delivery, future in self.sending.values() if future.done()]
        for delivery in done:
            self.source.settle(delivery, *_outcome(self.sending[delivery.subscription][1]))
            # Only now: with the database away, the answer is kept until it can be written down.
            del self.sending[delivery.subscription]
        return len(done)

    def send(self) -> int:
        """Start deliveries as far as there is room."""
        started = 0
        of = Counter(delivery.organisation for delivery, _ in self.sending.values())
        troubled = sum(delivery.troubled for delivery, _ in self.sending.values())
        for id, organisation, failures in self.source.ready(now(), list(self.sending)):
            if len(self.sending) >= AT_ONCE:
                break
            if of[organisation] >= OF_ONE_ORGANISATION or (failures and troubled >= TROUBLED_AT_ONCE):
                continue
            delivery = self._take(id)
            started += 1
            if delivery is None:
                continue
            of[organisation] += 1
            troubled += delivery.troubled
            future = asyncio.run_coroutine_threadsafe(self._post(delivery), self._network())
            self.sending[id] = (delivery, future)
            future.add_done_callback(self.wake)
        return started

    def _take(self, id: uuid.UUID) -> Any:
        """What cannot be made for one subscriber waits, as after a failure, and holds nobody else back."""
        try:
            return self.source.take(id)
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            log.exception("a delivery could not be made")
            self.source.put_off(id)
            return None

    def _network(self) -> asyncio.AbstractEventLoop:
        if self.loop is None:
            self.loop = asyncio.new_event_loop()
            # Asking for addresses blocks a thread, for a name server that is slow a long time.
            self.loop.set_default_executor(ThreadPoolExecutor(LOOKUPS, "lookups"))
            threading.Thread(target=_serve, args=(self.loop,), name="webhooks", daemon=True).start()
        return self.loop

    async def _post(self, delivery: Any) -> Answer:
        headers = {"User-Agent": "Guomen", "Idempotency-Key": str(delivery.id), **delivery.headers}
        if delivery.secret:
            headers[webhook.HEADER] = webhook.sign(delivery.secret, delivery.body, now())
        where = {"allowed": self.allowed, "seconds": self.seconds, "most": delivery.most}
        return await outbound.send(delivery.dest, delivery.body, headers, **where)


def _serve(loop: asyncio.AbstractEventLoop) -> None:
    try:
        loop.run_forever()
    finally:
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()


def _outcome(future: Future[Answer]) -> tuple[str, int | None, str, bytes]:
    """What went wrong (empty: nothing), the status, when the receiver wants to be asked again, and what it answered."""
    try:
        answer = future.result()
    except (Unsendable, BadDestination) as error:
        return error.code, None, "", b""
    except Exception:
        log.exception("a delivery broke")
        return "broken-off", None, "", b""
    return ("" if 200 <= answer.status < 300 else "answered"), answer.status, answer.retry_after, answer.body
