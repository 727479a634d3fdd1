"""How many events a second are captured over HTTP, what each costs in processor time, memory and bytes on disk.

    .venv/bin/python bench/capture.py [--events N] [--upon N] [--kind ObjectEvent|AggregationEvent] [--clients N]
    .venv/bin/python bench/capture.py --growth [ITEMS ...]

A real installation (fsync on, two web processes, one worker) takes documents of 500 events of about 1.5 KB, each about
20 items that no event named before. Every event is validated, hashed, indexed and in the ledger when its answer comes.

Yardstick of the same minute: the same rows of events, items and edges inserted once more into the same tables under
other keys (bench/inserted.py), by one writer and by two; the better one counts.
--upon: fill the tables to so many events first, by statements, so that capture and yardstick meet large ones.
--growth: a table of the same at 0.1, 1 and 10 million event-items, or at other sizes, in one database, filled likewise.
"""

import argparse
import itertools
import json
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import inserted
import machine

SIZE, THINGS = 500, 20
HASH = b"@" * 8
"""Where a template has the number of the document."""
ALSO = ("trace_term", "trace_capturejob", "ledger_entry", "ledger_about", "ledger_sequenced", "ledger_position")
SAMPLE = 20_000
"""Events that the yardstick writes."""
STEPS = ("shipping", "receiving", "storing", "commissioning", "packing")


def gs1(digits: str) -> str:
    from guomen.core.gs1 import check_digit

    return digits + check_digit(digits)


def event(n: int, kind: str) -> dict[str, Any]:
    """One event of a template: of 200 products, 300 places and, each for 50 events, an order."""
    product = f"https://id.gs1.org/01/{gs1(f'0950600{134000 + n % 200:06d}')}/21/"
    things = [f"{product}{HASH.decode()}{n:04d}{k:02d}" for k in range(THINGS)]
    place = f"https://id.gs1.org/414/{gs1(f'9506000{n % 300:05d}')}"
    # The check digit of an SSCC depends on its serial, so a parent is named by an identifier of one's own.
    about: dict[str, Any] = {"epcList": things, "action": "OBSERVE"}
    if kind == "AggregationEvent":
        about = {"parentID": f"urn:example:pallet:{HASH.decode()}{n:04d}", "childEPCs": things, "action": "ADD"}
    return {
        "type": kind,
        "eventID": f"urn:uuid:{HASH.decode()}-0000-4000-8000-{n:012d}",
        "eventTime": f"2026-10-{n % 28 + 1:02d}T{n % 24:02d}:{n % 60:02d}:00.{n % 1000:03d}Z",
        "eventTimeZoneOffset": "+08:00",
        **about,
        "bizStep": STEPS[n % 5],
        "disposition": "in_transit",
        "readPoint": {"id": f"{place}/254/{n % 7}"},
        "bizLocation": {"id": place},
        "bizTransactionList": [
            {"type": "po", "bizTransaction": f"urn:epcglobal:cbv:bt:{gs1('950600000001')}:{n // 50}"}
        ],
    }


def template(kind: str) -> bytes:
    """A document with the place of its number left open: making millions of events must cost the client little."""
    context = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
    document = {
        "@context": [context],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-10-01T00:00:00Z",
        "epcisBody": {"eventList": [event(n, kind) for n in range(SIZE)]},
    }
    return json.dumps(document, separators=(",", ":")).encode()


class Clients:
    """So many connections that post documents one after another, each waiting for its answer."""

    def __init__(self, origin: str, token: str, kind: str) -> None:
        self.address, self.headers = (
            urlparse(origin),
            {
                "Authorization": f"Bearer {token}",
                "Content-Type": "application/json",
            },
        )
        self.template = template(kind)
        self.numbers = itertools.count(1)
        self.sent = 0
        self.failure = ""

    def post(self, connection: HTTPConnection) -> None:
        body = self.template.replace(HASH, b"%08d" % next(self.numbers))
        connection.request("POST", "/epcis/v2/capture", body, self.headers)
        answer = connection.getresponse()
        text = answer.read()
        if answer.status != 202:
            self.failure = f"{answer.status}: {text[:400]!r}"

    def _work(self, documents: Iterator[int]) -> None:
        connection = HTTPConnection(self.address.hostname or "", self.address.port)
        for _ in documents:
            self.post(connection)
            self.sent += SIZE
            if self.failure:
                return

    def send(self, events: int, clients: int) -> float:
        """Post so many events; seconds that it took."""
        documents = iter(range(events // SIZE))
        threads = [threading.Thread(target=self._work, args=(documents,)) for _ in range(clients)]
        start = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if self.failure:
            raise SystemExit(f"a document was not captured: {self.failure}")
        return time.perf_counter() - start


def processes(root: int) -> dict[str, list[int]]:
    """The processes of an installation by what they are."""
    found: dict[str, list[int]] = {"web": [], "worker": [], "PostgreSQL": []}
    for pid in machine.tree_of(root):
        try:
            name = Path(f"/proc/{pid}/comm").read_text().strip()
            command = Path(f"/proc/{pid}/cmdline").read_text()
        except OSError:
            continue
        if name == "postgres":
            found["PostgreSQL"].append(pid)
        elif "guomen.site.worker" in command:
            found["worker"].append(pid)
        elif "guomen.site.web" in command:
            found["web"].append(pid)
    return found


def cpu(root: int) -> dict[str, float]:
    # Connections come and go: of PostgreSQL also the processes that have ended count.
    used = {
        group: sum(machine.cpu_of(pid, with_ended=group == "PostgreSQL") for pid in pids)
        for group, pids in processes(root).items()
    }
    return used | {"client": time.process_time()}


def memory(root: int) -> dict[str, float]:
    """Resident MiB of the web and worker processes; of the web the largest."""
    return {g: max(map(machine.rss_of, pids), default=0.0) for g, pids in processes(root).items() if g != "PostgreSQL"}


def run(clients: Clients, server: int, events: int, threads: int) -> dict[str, Any]:
    """Post the events in three parts; events/s, processor time by group, memory before, between and after."""
    before, rss, took = cpu(server), [memory(server)], 0.0
    for _ in range(3):
        took += clients.send(events // 3 // SIZE * SIZE, threads)
        rss.append(memory(server))
    after, count = cpu(server), events // 3 // SIZE * SIZE * 3
    used = {group: (after[group] - before[group]) / count * 1000 for group in after}
    return {"per_second": count / took, "cpu_ms": used, "rss": rss, "events": count}


def sizes() -> tuple[int, int, int, int]:
    """Bytes of the trace's tables with their indexes, those of the ledger and the rest, events, event-items."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute(
            "SELECT sum(pg_total_relation_size(t::regclass)) FROM unnest(%s::text[]) AS t", [list(inserted.TABLES)]
        )
        ours = int(cursor.fetchone()[0])
        cursor.execute("SELECT sum(pg_total_relation_size(t::regclass)) FROM unnest(%s::text[]) AS t", [list(ALSO)])
        rest = int(cursor.fetchone()[0])
        cursor.execute("SELECT (SELECT count(*) FROM trace_event), (SELECT count(*) FROM trace_eventitem)")
        return ours, rest, *cursor.fetchone()


def checkpoints() -> int:
    """How many there were: after each, PostgreSQL logs pages whole when they are first changed."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT num_timed + num_requested FROM pg_stat_checkpointer")
        return int(cursor.fetchone()[0])


def wait_for_order() -> float:
    """Seconds until every entry has its place in the ledger."""
    from django.db import connection

    start = time.perf_counter()
    while time.perf_counter() - start < 120:
        with connection.cursor() as cursor:
            cursor.execute("SELECT NOT EXISTS (SELECT FROM ledger_waiting)")
            if cursor.fetchone()[0]:
                return time.perf_counter() - start
        time.sleep(0.02)
    raise SystemExit("the worker did not catch up")


def writing(server: int) -> float:
    """Processor time of PostgreSQL and of this process, which the yardstick's writers are in."""
    used = cpu(server)
    return used["PostgreSQL"] + used["client"]


def fill_to(events: int, clients: Clients, threads: int, sample: int) -> None:
    """Capture ``sample`` events, if they are not there yet, and write copies of them until so many are there."""
    if clients.sent < sample:
        clients.send(sample - clients.sent, threads)
    wait_for_order()
    _, _, there, _ = sizes()
    # No two copies have the same keys.
    inserted.multiply(max(0, events - there) // sample, sample, since=there)


def grow(clients: Clients, server: int, threads: int, sizes_asked: list[int]) -> None:
    """The table of figures at 0.1, 1 and 10 million event-items, or at other sizes: filled to, then captured on."""
    print(
        f"\n{'event-items':>12} {'events/s':>9} {'inserted/s':>11} {'ratio':>6} {'web ms':>7} {'worker ms':>10} "
        f"{'PostgreSQL ms':>14} {'inserted ms':>12} {'bytes/event':>12}"
    )
    for items in sizes_asked:
        fill_to(items // THINGS, clients, threads, 8 * SIZE)
        found = run(clients, server, 15_000, threads)
        wait_for_order()
        ours, _, events, there = sizes()
        rows = [inserted.insert(5_000, writers, lambda: writing(server)) for writers in (1, 2)]
        best, used = max(rate for rate, _ in rows), found["cpu_ms"]
        print(
            f"{there:>12,} {found['per_second']:>9,.0f} {best:>11,.0f} {found['per_second'] / best:>6.2f} "
            f"{used['web']:>7.3f} {used['worker']:>10.3f} {used['PostgreSQL']:>14.3f} {rows[0][1]:>12.3f} "
            f"{ours / events:>12,.0f}",
            flush=True,
        )


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--events", type=int, default=60_000)
    asked.add_argument("--upon", type=int, default=0, metavar="EVENTS")
    asked.add_argument("--kind", choices=("ObjectEvent", "AggregationEvent"), default="ObjectEvent")
    asked.add_argument("--clients", type=int, default=4)
    asked.add_argument("--growth", type=int, nargs="*", metavar="ITEMS")
    given = asked.parse_args()
    with machine.server() as (origin, server):
        import django

        django.setup()
        from guomen.demo.people import add_people
        from guomen.parties import actors, services
        from guomen.parties.models import Person

        add_people()
        cy = actors.of_person(Person.objects.get(email="cy@demo.guomen"))
        _, token = services.issue_token("bench", ["capture"], cy)
        clients = Clients(origin, token, given.kind)
        clients.send(SIZE * 8, given.clients)
        if given.growth is not None:
            grow(clients, server, given.clients, given.growth or [100_000, 1_000_000, 10_000_000])
            return
        if given.upon:
            fill_to(given.upon, clients, given.clients, SAMPLE)
        _, _, there, _ = sizes()
        seen = checkpoints()
        found = run(clients, server, given.events, given.clients)
        order, seen = wait_for_order(), checkpoints() - seen
        ours, rest, events, items = sizes()
        (one, raw_ms), (two, _) = (inserted.insert(SAMPLE, writers, lambda: writing(server)) for writers in (1, 2))
    best = max(one, two)
    used, rss = found["cpu_ms"], found["rss"]
    machine.show(
        "capture",
        [
            (
                f"{given.kind}s of {len(clients.template) / SIZE:,.0f} bytes, {THINGS} things",
                f"{found['events']:,} events",
            ),
            ("on tables of", f"{there:,} events"),
            (f"captured in documents of {SIZE}, {given.clients} clients", f"{found['per_second']:,.0f} events/s"),
            *((f"  processor time of each: {group}", f"{used[group]:.3f} ms") for group in used),
            ("  all together", f"{sum(used.values()):.3f} ms"),
            ("checkpoints meanwhile", f"{seen}"),
            ("the same rows only inserted, one writer", f"{one:,.0f} events/s"),
            ("the same rows only inserted, two writers", f"{two:,.0f} events/s"),
            ("ratio", f"{found['per_second'] / best:.2f}"),
            ("  processor time of each inserted", f"{raw_ms:.3f} ms"),
            ("  ratio of processor times", f"{raw_ms / sum(used.values()):.2f}"),
            ("the last entry has its place after", f"{order * 1000:,.0f} ms"),
            *(
                (f"resident memory of {g}, start to end", " → ".join(f"{at[g]:.0f}" for at in rss) + " MiB")
                for g in rss[0]
            ),
            ("on disk, each event with its items and indexes", f"{ours / events:,.0f} bytes"),
            ("  that is, each event-item", f"{ours / max(items, 1):,.0f} bytes"),
            ("  ledger, terms and jobs beside it, each event", f"{rest / clients.sent:,.0f} bytes"),
        ],
        kind=given.kind,
        upon=there,
        events=found["events"],
        per_second=round(found["per_second"]),
        cpu_ms={k: round(v, 3) for k, v in used.items()},
        raw_per_second={"one": round(one), "two": round(two)},
        raw_cpu_ms=round(raw_ms, 3),
        rss_mib=[{k: round(v) for k, v in at.items()} for at in rss],
        bytes_per_event=round(ours / events),
        bytes_per_item=round(ours / max(items, 1)),
    )


if __name__ == "__main__":
    main()
