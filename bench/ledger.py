"""How fast entries are appended, put in order, hashed and published, and how soon the checkpoint covers them.

    .venv/bin/python bench/ledger.py [--seconds 60] [--batch 500] [--rate 0] [--single]

A real installation (fsync on): writers, each a process of its own, append; the worker orders, hashes, signs and
publishes. --single: one entry a transaction, from eight writers. --rate: so many entries a second together instead of
as many as they can. A watcher reads the public checkpoint: from the commit of an entry to the first checkpoint that
covers it. Longer runs (--seconds 300) are also told minute by minute.

Yardsticks, right before and right after (bench/copied.py): the ledger's own rows copied from memory into tables of the
same shape by two writers; with --single also one bare row a commit; and bare SHA-256 of leaves and nodes.
"""

import argparse
import multiprocessing
import os
import threading
import time
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import copied
import machine

FACTS = {
    "gtin": "09506000134352",
    "batch": "B-2026-11",
    "score": 37,
    "mode": "check-and-release",
    "why": ["R-101", "R-204"],
}
SAMPLE, COPIED = 40_000, 500
"""Entries of the yardstick, and how many of them are one transaction."""
PATIENCE = 120


def drafts(n: int) -> list[Any]:
    from guomen.ledger.services import Draft

    return [
        Draft("line.screened", [f"urn:guomen:line:2026{i:07d}/1", "urn:guomen:declaration:2026"], FACTS | {"n": i})
        for i in range(n)
    ]


@dataclass
class Written:
    """What one writer did. ``marks``: ids, and when the transaction was committed that wrote them."""

    entries: int = 0
    cpu: float = 0.0
    marks: list[tuple[Any, float]] = field(default_factory=list)


def write(batch: int, seconds: float, pause: float, ready: Any, into: Any) -> None:
    """A writer process: append for so long; ``pause`` is the least time from one transaction to the next."""
    import django

    django.setup()
    from django.db import transaction

    from guomen.ledger.services import append_alone, append_many
    from guomen.parties.actors import SYSTEM

    what, done = drafts(batch), Written()
    ready.wait()
    one, due, until = what[0], time.time(), time.time() + seconds
    begun = time.process_time()
    while (moment := time.time()) < until:
        if pause and moment < due:
            time.sleep(due - moment)
        due += pause
        if batch == 1:
            id = append_alone(one.kind, one.subjects, one.facts, SYSTEM)
        else:
            with transaction.atomic():
                id = append_many(what, SYSTEM)[-1]
        done.entries += batch
        # Of single entries one in eight: enough for a hundredth, and they fit into memory.
        if batch > 1 or not done.entries % 8:
            done.marks.append((id, time.time()))
    done.cpu = time.process_time() - begun
    into.put(done)


def commit(seconds: float, ready: Any, into: Any) -> None:
    """A process of the yardstick for single entries."""
    import django

    django.setup()
    ready.wait()
    into.put(copied.commit_rows(FACTS, seconds))


def together(target: Any, count: int, *arguments: Any) -> list[Any]:
    """Run a function that puts one thing into a queue in so many processes, begun at once; returns those things."""
    context = multiprocessing.get_context("spawn")
    queue, ready = context.Queue(), context.Barrier(count)
    processes = [context.Process(target=target, args=(*arguments, ready, queue)) for _ in range(count)]
    for one in processes:
        one.start()
    found = [queue.get() for _ in processes]
    for one in processes:
        one.join()
    return found


class Watcher(threading.Thread):
    """Notes each public size and when it was first seen."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.stopping = False
        self.sizes: list[tuple[int, float]] = []

    def run(self) -> None:
        from django.db import connection

        last = -1
        while not self.stopping:
            size = public_size()
            if size != last:
                self.sizes.append((size, time.time()))
                last = size
            time.sleep(0.01)
        connection.close()


def public_size() -> int:
    from guomen.ledger.models import Publication

    return Publication.objects.values_list("size", flat=True).first() or 0


def hashes() -> float:
    """Leaves a second that SHA-256 alone would put into a tree: a leaf of 130 bytes and one node each."""
    leaf, node = os.urandom(131), os.urandom(65)
    start = time.process_time()
    for _ in range(200_000):
        sha256(leaf).digest()
        sha256(node).digest()
    return 200_000 / (time.process_time() - start)


def raw(batches: list[copied.Batch], writers: int, single: bool) -> dict[str, float]:
    """The yardsticks, now."""
    found = {"copied": copied.copy(batches, COPIED, 2), "hashed": hashes()}
    if single:
        found["committed"] = sum(together(commit, writers, 5.0)) / 5.0
    return found


def run(seconds: float, batch: int, writers: int, rate: float, server: int) -> dict[str, Any]:
    before, watcher = public_size(), Watcher()
    watcher.start()
    cpu = machine.cpu_of_tree(server)
    pause = writers * batch / rate if rate else 0.0
    done: list[Written] = together(write, writers, batch, seconds, pause)
    written = sum(one.entries for one in done)
    # Others may have written meanwhile: until the last of ours is covered, and the watcher has seen it.
    places = places_of(done)
    wait_for(max(before + written, max(places.values()) + 1))
    time.sleep(0.5)
    watcher.stopping = True
    watcher.join()
    cpu = machine.cpu_of_tree(server) - cpu
    lags = lags_of(done, places, watcher.sizes)
    begun = min(at for at, _ in lags)
    ended, covered = max(at for at, _ in lags), watcher.sizes[-1][1]
    return {
        "entries": written,
        "appended": written / (ended - begun),
        "sustained": written / (covered - begun),
        "lag": [machine.quantile([lag for _, lag in lags], q) for q in (0.5, 0.99)],
        "cpu": cpu / written * 1e6,
        "own": sum(one.cpu for one in done) / written * 1e6,
        "minutes": minutes(lags, watcher.sizes, begun, ended) if seconds > 60 else [],
    }


def wait_for(size: int) -> None:
    end = time.time() + PATIENCE
    while public_size() < size:
        time.sleep(0.02)
        if time.time() > end:
            raise SystemExit("not everything was published")


def places_of(done: list[Written]) -> dict[Any, int]:
    """Of each mark, its position, once all have one."""
    from guomen.ledger.models import Position

    marks, places = [id for one in done for id, _ in one.marks], {}
    end = time.time() + PATIENCE
    while len(places) < len(marks):
        if time.time() > end:
            raise SystemExit("not everything got its position")
        for n in range(0, len(marks), 50_000):
            some = Position.objects.filter(entry_id__any=marks[n : n + 50_000])
            places |= dict(some.values_list("entry_id", "position"))
    return places


def lags_of(done: list[Written], places: dict[Any, int], sizes: list[tuple[int, float]]) -> list[tuple[float, float]]:
    """Of each mark: when it was committed, and how long until a public checkpoint covered it."""
    marks = [mark for one in done for mark in one.marks]
    lags, seen = [], iter(sizes)
    size, at = next(seen)
    for id, committed in sorted(marks, key=lambda mark: places[mark[0]]):
        while size <= places[id]:
            size, at = next(seen)
        lags.append((committed, max(0.0, at - committed)))
    return lags


def minutes(
    lags: list[tuple[float, float]], sizes: list[tuple[int, float]], begun: float, ended: float
) -> list[tuple[float, float]]:
    """Of each whole minute: entries a second that became public in it, and the 99 % of what was committed in it."""
    found, first = [], begun
    while (last := first + 60) <= ended + 1:
        at = [max((size for size, seen in sizes if seen <= moment), default=sizes[0][0]) for moment in (first, last)]
        late = machine.quantile([lag for committed, lag in lags if first <= committed < last], 0.99)
        found.append(((at[1] - at[0]) / 60, late))
        first = last
    return found


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--seconds", type=float, default=60)
    asked.add_argument("--batch", type=int, default=500)
    asked.add_argument("--rate", type=float, default=0)
    asked.add_argument("--single", action="store_true")
    given = asked.parse_args()
    batch, writers = (1, 8) if given.single else (given.batch, 2)
    with machine.server() as (_origin, server):
        import django

        django.setup()
        run(2, 500, 2, 0, server)
        batches = copied.lift(SAMPLE, COPIED)
        yards = [raw(batches, writers, given.single)]
        found = run(given.seconds, batch, writers, given.rate, server)
        yards.append(raw(batches, writers, given.single))
        copied.drop()
    show(found, yards, batch, writers)


def show(found: dict[str, Any], yards: list[dict[str, float]], batch: int, writers: int) -> None:
    mean = {name: sum(one[name] for one in yards) / len(yards) for name in yards[0]}
    told = {
        "copied": f"yardstick: the same rows only copied, {COPIED} a transaction, two writers",
        "committed": f"yardstick: one bare row of an entry a commit, {writers} processes",
        "hashed": "yardstick: bare SHA-256 of leaf and node, one core",
    }
    rows = [
        ("appended", f"{found['appended']:,.0f} entries/s in transactions of {batch} from {writers} processes"),
        ("appended, ordered, hashed, signed, published", f"{found['sustained']:,.0f} entries/s ({found['entries']:,})"),
        ("commit to public checkpoint, p50 / p99", f"{found['lag'][0]:.2f} s / {found['lag'][1]:.2f} s"),
        ("processor of each entry: writers / server with PostgreSQL", f"{found['own']:.0f} us / {found['cpu']:.0f} us"),
    ]
    for n, (rate, late) in enumerate(found["minutes"], 1):
        rows.append((f"minute {n}", f"{rate:,.0f} entries/s public, p99 {late:.2f} s"))
    for name, words in told.items():
        if name in mean:
            each = " and ".join(f"{one[name]:,.0f}" for one in yards)
            rows.append((words, f"{each}/s before and after: ratio {found['sustained'] / mean[name]:.3f}"))
    machine.show("ledger", rows, yards=yards, **found)


if __name__ == "__main__":
    main()
