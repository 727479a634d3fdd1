"""The worker process: adds up scans, gives ledger entries their place, runs followers, periodic tasks and deliveries;
woken by the database."""

import contextlib
import gc
import logging
import os
import signal
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import django
import psycopg
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

if TYPE_CHECKING:
    from guomen.ledger.follow import Follower

log = logging.getLogger("guomen.worker")
CHANNELS = ("guomen_ledger", "guomen_sequenced", "guomen_capture", "guomen_labels")
FALLBACK = 0.5
ROUND = 0.1
"""Seconds from one round to the next at the least: commits that come close together share one round."""


def heartbeat_file(home: Path) -> Path:
    """Touched at each step; its age is the worker's health. The supervisor ends a worker that leaves it untouched."""
    return home / "run" / "worker.beat"


class Worker:
    """One loop over one connection. Each thing it does is one transaction: killed anywhere, it loses nothing."""

    def __init__(self) -> None:
        from guomen.clearance import pushing
        from guomen.ledger import follow
        from guomen.ledger.publishing import Publisher
        from guomen.release import sending
        from guomen.site.schedule import Schedule, tasks
        from guomen.trace.delivery import Deliverer

        self.stopping = False
        self.schedule = Schedule(tasks())
        self.followers = list(follow.all_followers().values())
        self.resting: dict[str, tuple[int, float]] = {}
        self.publisher = Publisher()
        # One for each of what is sent, so that a crowd of slow subscribers to events holds up no instruction.
        self.deliverers = [Deliverer(), *(Deliverer(source=one, lock=one.LOCK) for one in (sending, pushing))]
        self.beat = heartbeat_file(Path(settings.GUOMEN.home))
        self.beat.parent.mkdir(parents=True, exist_ok=True)

    def stop(self, *_: object) -> None:
        self.stopping = True

    def work(self) -> int:
        """Do what is due, add up new scans, sequence what waits, let every follower read on once, capture a chunk of
        what was sent to be done later, compose some of what is due to be published, make a few label files, register
        some chips; returns how much moved.
        """
        from guomen.faces.edge import publishing
        from guomen.ledger import follow, sequencer
        from guomen.tags.services import chip_files, digesting, printing
        from guomen.trace import jobs

        self.schedule.run_due()
        # What is less than a portion does not hurry: the next round takes more of it with as few questions.
        moved = added if (added := digesting.work()) >= digesting.AT_ONCE else 0
        self.beat.touch()
        sequenced = sequencer.run_once()
        if sequenced:
            self.publisher.wake()
        moved += sequenced
        behind = self._behind()
        if behind:
            moved += follow.pass_over(behind)
            behind = self._behind()
        for one in behind:
            if self.stopping:
                break
            self.beat.touch()
            if self.resting.get(one.name, (0, 0.0))[1] <= time.monotonic():
                moved += follow.run_patiently(one)
        if moved:
            for one in self.deliverers:
                one.wake()
        if any(one.hangs() for one in self.deliverers):
            log.error("a deliverer hangs; the worker ends, to be started again")
            self.stopping = True
        self._rest_the_stuck()
        self.beat.touch()
        moved += publishing.work()
        self.beat.touch()
        moved += jobs.work()
        self.beat.touch()
        moved += printing.work()
        moved += chip_files.work()
        self.beat.touch()
        return moved

    def _behind(self) -> list["Follower"]:
        """Followers that have something to read: asking each of them is most of what an idle worker would do."""
        from guomen.ledger import follow
        from guomen.ledger.models import Cursor

        size, read = follow.size(), dict(Cursor.objects.values_list("name", "position"))
        return [one for one in self.followers if read.get(one.name, -1) < size]

    def _rest_the_stuck(self) -> None:
        """A follower that failed is tried again later and later, up to a minute, so that it does not starve others."""
        from guomen.ledger.models import Cursor

        stuck = dict(Cursor.objects.filter(failures__gt=0).values_list("name", "failures"))
        for name, failures in stuck.items():
            if self.resting.get(name, (0, 0.0))[0] != failures:
                self.resting[name] = (failures, time.monotonic() + min(60.0, FALLBACK * 2 ** min(failures, 8)))
        for name in set(self.resting) - set(stuck):
            del self.resting[name]

    def listen(self) -> None:
        """Work, then wait for news or :data:`FALLBACK` seconds, until told to stop or the connection breaks."""
        from guomen.ledger import publishing

        connection.close()
        publishing.guard()
        with psycopg.connect(**connection.get_connection_params() | {"autocommit": True}) as ear:
            for channel in CHANNELS:
                ear.execute(f"LISTEN {channel}")  # type: ignore[call-overload]
            log.info("worker listens; followers: %s", ", ".join(f.name for f in self.followers) or "none yet")
            while not self.stopping:
                begun = time.monotonic()
                if not self.work():
                    _drain(ear.notifies(timeout=FALLBACK, stop_after=1))
                time.sleep(max(0.0, begun + ROUND - time.monotonic()))

    def run(self) -> None:
        """Run until SIGTERM or SIGINT; a lost database is waited for."""
        pause = 0.1
        for one in (*self.deliverers, self.publisher):
            one.start()
        while not self.stopping:
            started = time.monotonic()
            try:
                self.listen()
            except (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError) as error:
                pause = 0.1 if time.monotonic() - started > 10 else min(5.0, pause * 2)
                log.warning("database lost, trying again in %.1f s: %s", pause, str(error).strip().split("\n")[0])
                connection.close()
                if self.beat.exists():
                    self.beat.touch()  # waiting is not hanging
                time.sleep(pause)
        for one in (self.publisher, *self.deliverers):
            one.stop()


def _drain(notices: Iterable[object]) -> None:
    for _ in notices:
        pass


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guomen.site.settings")
    django.setup()
    worker = Worker()
    # As in the web processes: what is imported stays.
    gc.freeze()
    signal.signal(signal.SIGTERM, worker.stop)
    signal.signal(signal.SIGINT, worker.stop)
    with contextlib.suppress(KeyboardInterrupt):
        worker.run()


if __name__ == "__main__":
    main()
