"""How fast entries are appended, put in order, hashed and published, and how soon the checkpoint covers them.

    .venv/bin/python bench/ledger.py [--seconds 60] [--batch 500] [--single]

A real installation (fsync on): this process appends, the worker orders, hashes, signs and publishes. --single: one
entry a transaction, from eight writers. A watcher reads the public checkpoint: from the commit of an entry to the
first checkpoint that covers it. Yardsticks of the same minute: COPY of the same rows into tables with the same indexes,
and bare SHA-256 of leaves and nodes.
"""

import argparse
import os
import threading
import time
from hashlib import sha256
from typing import Any

import machine

FACTS = {
    "gtin": "09506000134352",
    "batch": "B-2026-11",
    "score": 37,
    "mode": "check-and-release",
    "why": ["R-101", "R-204"],
}


def drafts(n: int) -> list[Any]:
    from guomen.ledger.services import Draft

    return [
        Draft("line.screened", [f"urn:guomen:line:2026{i:07d}/1", "urn:guomen:declaration:2026"], FACTS | {"n": i})
        for i in range(n)
    ]


class Writer(threading.Thread):
    """Appends batches until told to stop; remembers when each entry was committed."""

    def __init__(self, batch: int) -> None:
        super().__init__(daemon=True)
        self.batch, self.stopping, self.written = batch, False, 0
        self.marks: list[tuple[Any, float]] = []

    def run(self) -> None:
        from django.db import connection, transaction

        from guomen.ledger.services import append_many
        from guomen.parties.actors import SYSTEM

        what = drafts(self.batch)
        while not self.stopping:
            with transaction.atomic():
                ids = append_many(what, SYSTEM)
            self.written += self.batch
            self.marks.append((ids[-1], time.time()))
        connection.close()


class Watcher(threading.Thread):
    """Notes each public size and when it was first seen."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.stopping = False
        self.sizes: list[tuple[int, float]] = []

    def run(self) -> None:
        from django.db import connection

        from guomen.ledger.models import Publication

        last = -1
        while not self.stopping:
            size = Publication.objects.values_list("size", flat=True).first() or 0
            if size != last:
                self.sizes.append((size, time.time()))
                last = size
            time.sleep(0.01)
        connection.close()


def raw(n: int, batch: int) -> float:
    """Rows a second of the same shape written with COPY into empty tables with the same indexes."""
    from django.db import connection

    from guomen.ledger.models import Entry

    with connection.cursor() as cursor:
        for table in ("ledger_entry", "ledger_about", "ledger_sequenced", "ledger_position"):
            cursor.execute(f"CREATE TABLE raw_{table} (LIKE {table} INCLUDING ALL)")
        rows = list(Entry.objects.order_by("-id").values_list("id", flat=True)[:n])
        cursor.execute("CREATE TEMP TABLE picked (n int, id uuid)")
        with cursor.copy("COPY picked FROM STDIN") as copy:
            for place, id in enumerate(rows):
                copy.write_row((place, id))
        cursor.execute("CREATE INDEX ON picked (n)")
        cursor.execute("ANALYZE picked, ledger_entry, ledger_about, ledger_sequenced, ledger_position")
        start = time.perf_counter()
        for first in range(0, len(rows), batch):
            where = f"JOIN picked p ON p.id = t.{{}} WHERE p.n >= {first} AND p.n < {first + batch}"
            for table, key in (
                ("ledger_entry", "id"),
                ("ledger_about", "entry_id"),
                ("ledger_sequenced", "entry_id"),
                ("ledger_position", "entry_id"),
            ):
                cursor.execute(f"INSERT INTO raw_{table} SELECT t.* FROM {table} t {where.format(key)}")
        seconds = time.perf_counter() - start
        for table in ("ledger_entry", "ledger_about", "ledger_sequenced", "ledger_position"):
            cursor.execute(f"DROP TABLE raw_{table}")
    return len(rows) / seconds


def hashes() -> float:
    """Leaves a second that SHA-256 alone would put into a tree: a leaf of 130 bytes and one node each."""
    leaf, node = os.urandom(131), os.urandom(65)
    start = time.process_time()
    for _ in range(200_000):
        sha256(leaf).digest()
        sha256(node).digest()
    return 200_000 / (time.process_time() - start)


def run(seconds: float, batch: int, writers: int, server: int) -> dict[str, Any]:
    from guomen.ledger.models import Position, Publication

    threads = [Writer(batch) for _ in range(writers)]
    watcher = Watcher()
    before, cpu, started = (
        Publication.objects.values_list("size", flat=True).first() or 0,
        machine.cpu_of_tree(server),
        time.time(),
    )
    own = time.process_time()
    for one in (watcher, *threads):
        one.start()
    time.sleep(seconds)
    for one in threads:
        one.stopping = True
    for one in threads:
        one.join()
    written = sum(one.written for one in threads)
    ended = time.time()
    while (Publication.objects.values_list("size", flat=True).first() or 0) < before + written:
        time.sleep(0.02)
        if time.time() - ended > 120:
            raise SystemExit("not everything was published")
    covered = time.time()
    watcher.stopping = True
    watcher.join()
    watcher.sizes.append((before + written, covered))
    marks = [mark for one in threads for mark in one.marks]
    places = dict(Position.objects.filter(entry_id__in=[id for id, _ in marks]).values_list("entry_id", "position"))
    lags, sizes = [], iter(watcher.sizes)
    size, at = next(sizes)
    for id, committed in sorted(marks, key=lambda mark: places[mark[0]]):
        while size <= places[id]:
            size, at = next(sizes)
        lags.append(max(0.0, at - committed))
    return {
        "appended": written / (ended - started),
        "sustained": written / (covered - started),
        "lag": [machine.quantile(lags, q) for q in (0.5, 0.99)],
        "cpu": (machine.cpu_of_tree(server) - cpu) / written * 1e6,
        "own": (time.process_time() - own) / written * 1e6,
        "entries": written,
    }


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--seconds", type=float, default=60)
    asked.add_argument("--batch", type=int, default=500)
    asked.add_argument("--single", action="store_true")
    given = asked.parse_args()
    batch, writers = (1, 8) if given.single else (given.batch, 2)
    with machine.server() as (_origin, server):
        import django

        django.setup()
        found = run(given.seconds, batch, writers, server)
        yard = raw(20_000, 500)
    bare = hashes()
    rows = [
        ("appended", f"{found['appended']:,.0f} entries/s in transactions of {batch} from {writers} writers"),
        ("appended, ordered, hashed, signed, published", f"{found['sustained']:,.0f} entries/s ({found['entries']:,})"),
        ("commit to public checkpoint, p50 / p99", f"{found['lag'][0]:.2f} s / {found['lag'][1]:.2f} s"),
        ("processor of each entry: writers / server with PostgreSQL", f"{found['own']:.0f} us / {found['cpu']:.0f} us"),
        ("the same rows only inserted, batches of 500", f"{yard:,.0f} entries/s"),
        ("ratio", f"{found['sustained'] / yard:.2f}"),
        ("bare SHA-256 of leaf and node, one core", f"{bare:,.0f} entries/s"),
    ]
    machine.show("ledger", rows, raw=yard, bare=bare, **found)


if __name__ == "__main__":
    main()
