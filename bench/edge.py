"""What a scan costs: verdicts about 10 million active items, as JSON and as pages, from a real installation.

    .venv/bin/python bench/edge.py [ITEMS] [SEEN] [SECONDS]

The demonstration's story is played over HTTP up to the shop; its released goods get ranges of 100,000 items until
there are ITEMS, of which SEEN were looked at before. Nothing is stored for the others. The scan path runs in a process
of its own (GUOMEN_EDGE_PORT), everything on this machine with fsync. The load generator asks for random items.

Processor time counts, because it hardly depends on who else uses the machine: of the scan path's process, of the
PostgreSQL processes that it talks to, and of everything else that a scan sets going (the worker that adds looks up, its
own PostgreSQL process, checkpoints). Yardsticks of the same run: granian with an application that does nothing; one
indexed query for each request; the same verdict without sharing questions (one question for each request).
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import machine
import resolver

HERE = Path(__file__).parent
CONNECTIONS = 64
EACH = 100_000
HUGE = 1_000_000
TIMES = 5


def play(origin: str) -> str:
    """The story up to the shop; the subject of released goods that carry tags."""
    from rich.console import Console

    from guomen.demo.people import add_people
    from guomen.demo.story import STEPS, Story
    from guomen.tags.models import Activation, Range

    add_people()
    stage = Story(origin, Console(quiet=True)).stage
    for title, act in STEPS:
        if title == "Scan":
            break
        act(stage)
    active = set(Activation.objects.filter(ended_at=None).values_list("subject", flat=True))
    return next(r.subject for r in Range.objects.all() if r.subject in active)


def fill(subject: str, items: int) -> list[Any]:
    """Ranges of the goods until there are so many items; the worker publishes them."""
    from guomen.faces.edge import publishing
    from guomen.tags.models import Published, Range

    like = Range.objects.filter(subject=subject).first()
    first = Range.objects.order_by("-number").values_list("number", flat=True)[0] + 1
    made = []
    for number in range(first, first + items // EACH):
        values = {f.attname: getattr(like, f.attname) for f in Range._meta.concrete_fields}
        made.append(Range(**values | {"number": number, "count": EACH}))
    Range.objects.bulk_create(made)
    publishing.mark_outdated()
    wanted = {r.number for r in made}
    while Published.objects.filter(range_number__in=wanted, version__gt=0).count() < len(wanted):
        time.sleep(0.2)
    return made


def see(ranges: list[Any], count: int) -> None:
    """Sums of earlier looks for so many items."""
    from django.db import connection

    from guomen.core.gs1 import item_key
    from guomen.tags.scheme import item_uri, scheme

    each = count // len(ranges)
    recent = json.dumps([[1_790_000_000 + n, f"{n:016x}", ""] for n in range(3)])
    with (
        connection.cursor() as cursor,
        cursor.copy(
            "COPY tags_seen (item, times, first_at, last_at, devices, places, recent, alarms, trail) FROM STDIN"
        ) as copy,
    ):
        for one in ranges:
            for serial in scheme(one.key_version).issue_run(one.gtin, one.number, 0, each):
                key = item_key(item_uri(one.gtin, serial))
                copy.write_row([key, 3, "2026-10-01", "2026-11-01", 2, 1, recent, "[]", "{}"])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE tags_seen")


def codes(ranges: list[Any], count: int) -> list[str]:
    from guomen.tags.scheme import scheme

    found = []
    for _ in range(count):
        one = random.choice(ranges)
        serial = scheme(one.key_version).issue(one.gtin, one.number, random.randrange(one.count))
        found.append(f"/01/{one.gtin}/10/{one.batch}/21/{serial}")
    return found


class Meter:
    """Seconds of processor time by who used them."""

    def __init__(self, root: int) -> None:
        self.root = root

    def read(self) -> dict[str, float]:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SELECT pid FROM pg_stat_activity WHERE usename = 'guomen_edge'")
            theirs = {pid for (pid,) in cursor.fetchall()}
            connection.ensure_connection()
            own = connection.connection.info.backend_pid
        used = {"edge": 0.0, "its PostgreSQL": 0.0, "all else": 0.0}
        edges = {p for p in machine.tree_of(self.root) if b"guomen.site.edge" in _command(p)}
        for pid in machine.tree_of(self.root) - {own}:
            name = "edge" if pid in edges else "its PostgreSQL" if pid in theirs else "all else"
            used[name] += machine.cpu_of(pid)
        return used


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def load(port: int, seconds: float, paths: Path, accept: str, rate: float = 0.0) -> dict[str, Any]:
    command = [sys.executable, str(HERE / "load.py"), str(port), str(CONNECTIONS), str(seconds), str(paths)]
    done = subprocess.run([*command, accept, str(rate)], check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout))


def measured(
    meter: Meter, port: int, seconds: float, paths: Path, accept: str, rest: dict[str, float]
) -> dict[str, Any]:
    """Figures of a load, and microseconds of processor time for each request beyond what rest takes."""
    before, start = meter.read(), time.monotonic()
    found = load(port, seconds, paths, accept)
    # What the scans set going is theirs, too.
    time.sleep(3)
    after, wall = meter.read(), time.monotonic() - start
    us = {name: (after[name] - before[name] - rest[name] * wall) / found["requests"] * 1e6 for name in after}
    answering = us["edge"] + us["its PostgreSQL"]
    return found | {"us": us, "per_cpu_second": 1e6 / answering, "per_cpu_second_of_all": 1e6 / sum(us.values())}


def takes_effect(what: Callable[[], Any], port: int, path: str, state: str) -> float:
    """Seconds from the call until the page of one item says it."""
    import urllib.request

    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Accept": "application/json"})
    start = time.perf_counter()
    what()
    while True:
        with urllib.request.urlopen(request) as answer:
            if json.load(answer)["verdict"]["state"] == state:
                return time.perf_counter() - start
        time.sleep(0.01)


def huge(port: int, subject: str) -> dict[str, list[float]]:
    """Releasing a range of a million items with all others of its goods, taking that back, and recalls; several times.

    "Composed anew": until the whole page says it, which is the followers' work.
    """
    from guomen.kit.clock import now
    from guomen.parties.actors import SYSTEM
    from guomen.tags import services
    from guomen.tags.models import Published, RecalledBatch

    one = fill_one(subject, HUGE)
    path = codes([one], 1)[0]
    found: dict[str, list[float]] = {name: [] for name in ("withdrawn", "activated", "composed anew", "recalled")}
    withdraw = partial(services.deactivate, SYSTEM, subject=subject, reason="bench")
    for _ in range(TIMES):
        found["withdrawn"].append(takes_effect(withdraw, port, path, "doubt"))
        time.sleep(2)
        start = time.perf_counter()
        release = partial(services.activate, SYSTEM, subject=subject, at=now())
        found["activated"].append(takes_effect(release, port, path, "inspected"))
        while Published.objects.get(range_number=one.number).facts["ended"]:
            time.sleep(0.01)
        found["composed anew"].append(time.perf_counter() - start)
    for n in range(TIMES):
        stop = partial(services.recall, SYSTEM, gtin=one.gtin, batches=[one.batch], recall=f"BENCH-{n}")
        found["recalled"].append(takes_effect(stop, port, path, "stop"))
        RecalledBatch.objects.filter(recall=f"BENCH-{n}").delete()
        takes_effect(lambda: None, port, path, "inspected")
    return found


def fill_one(subject: str, count: int) -> Any:
    from guomen.tags.models import Range

    made = fill(subject, EACH)[0]
    Range.objects.filter(number=made.number).update(count=count)
    made.count = count
    return made


def storage(ranges: list[Any], seen: int) -> dict[str, float]:
    """Bytes of each kind of item, and GB for ten billion of which 3 % were looked at and 30 % sold."""
    from django.db import connection

    def size(table: str) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_total_relation_size(%s)", [table])
            return int(cursor.fetchone()[0])

    def rows(table: str) -> int:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {table}")
            return int(cursor.fetchone()[0])

    from guomen.core.gs1 import item_key
    from guomen.kit.clock import now
    from guomen.tags.models import ItemState, Sale
    from guomen.tags.scheme import item_uri, scheme

    one, shop = ranges[0], ranges[0].organisation_id
    keys = [item_key(item_uri(one.gtin, s)) for s in scheme(one.key_version).issue_run(one.gtin, one.number, 0, 20_000)]
    about = {"range_number": one.number, "at": now(), "place": "CNSHA"}
    Sale.objects.bulk_create(
        [Sale(item=k, gtin=one.gtin, batch=one.batch, organisation_id=shop, **about) for k in keys]
    )
    ItemState.objects.bulk_create([ItemState(item=k, index=n, state="sold", **about) for n, k in enumerate(keys)])
    of_range = (size("tags_range") + size("tags_published")) / rows("tags_range")
    sold = size("tags_sale") / rows("tags_sale") + size("tags_itemstate") / rows("tags_itemstate")
    looked = size("tags_seen") / rows("tags_seen")
    unsold = of_range / EACH
    ten = 1e10 * (unsold + 0.3 * sold + 0.03 * looked) / 1e9
    return {"range": of_range, "unsold": unsold, "sold": sold, "looked": looked, "ten billion GB": ten}


def alone(seconds: float, paths: Path, port: int) -> dict[str, Any]:
    """The same verdict with a question to the database for each request."""
    code = "from guomen.faces.edge import gathering; gathering.MOST_AT_ONCE = 1; from guomen.site.web import serve; "
    code += f"serve('guomen.site.edge_asgi:application', '127.0.0.1', {port}, 1)"
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        machine.wait_for(port)
        load(port, 1, paths, "application/json")
        edge, others = machine.cpu_of_tree(process.pid), _backends()
        found = load(port, seconds, paths, "application/json")
        us = (machine.cpu_of_tree(process.pid) - edge + _backends() - others) / found["requests"] * 1e6
        return found | {"per_cpu_second": 1e6 / us}
    finally:
        process.terminate()
        process.wait(20)


def _backends() -> float:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE usename = 'guomen_edge'")
        return sum(machine.cpu_of(pid) for (pid,) in cursor.fetchall())


def main() -> None:
    items, seen = (int(sys.argv[n]) if len(sys.argv) > n else d for n, d in ((1, 10_000_000), (2, 1_000_000)))
    seconds = float(sys.argv[3]) if len(sys.argv) > 3 else 8.0
    port = machine.free_port()
    os.environ["GUOMEN_EDGE_PORT"] = str(port)
    with machine.server() as (origin, pid), tempfile.TemporaryDirectory() as folder:
        import django

        django.setup()
        subject = play(origin)
        ranges = fill(subject, items)
        see(ranges, seen)
        paths, nothing = Path(folder, "codes"), Path(folder, "nothing")
        paths.write_text("\n".join(codes(ranges, 100_000)))
        nothing.write_text("/")
        meter = Meter(pid)
        load(port, 3, paths, "application/json")
        time.sleep(5)
        before = meter.read()
        time.sleep(4)
        rest = {name: (used - before[name]) / 4 for name, used in meter.read().items()}
        found = {
            "JSON": measured(meter, port, seconds, paths, "application/json", rest),
            "page": measured(meter, port, seconds, paths, "text/html", rest),
        }
        half = found["JSON"]["per_cpu_second"] / 2
        found["JSON at half"] = load(port, seconds, paths, "application/json", half)
        without = alone(seconds, paths, machine.free_port())
        stick = resolver.yardsticks(seconds, nothing, paths)
        bytes_of = storage(ranges, seen)
        effect = huge(port, subject)
    show(items, seen, found, without, stick, effect, bytes_of, half)


def show(
    items: int,
    seen: int,
    found: dict[str, dict[str, Any]],
    without: dict[str, Any],
    stick: dict[str, dict[str, Any]],
    effect: dict[str, list[float]],
    bytes_of: dict[str, float],
    half: float,
) -> None:
    rows = []
    for name in ("JSON", "page"):
        f = found[name]
        us = ", ".join(f"{who} {value:.0f}" for who, value in f["us"].items())
        rows.append((f"verdict as {name}", f"{f['per_cpu_second']:,.0f} per CPU second (microseconds: {us})"))
        rows.append(("  with all that it sets going", f"{f['per_cpu_second_of_all']:,.0f} per CPU second"))
        rows.append(("  on the wall", f"{f['per_second']:,.0f}/s, 99 % {f['p99_ms']:.1f} ms; {f['statuses']}"))
    f = found["JSON at half"]
    rows.append(
        (f"JSON at {half:,.0f}/s", f"{f['per_second']:,.0f}/s, 50 % {f['p50_ms']:.1f} ms, 99 % {f['p99_ms']:.1f} ms")
    )
    rows.append(("the same without sharing questions", f"{without['per_cpu_second']:,.0f} per CPU second"))
    rows += [(name, f"{1e6 / f['server_us']:,.0f} per CPU second of granian") for name, f in stick.items()]
    for name, took in effect.items():
        rows.append((f"a million items {name}", f"{min(took):.2f} to {max(took):.2f} s in {len(took)} times"))
    rows += [(f"bytes: {name}" if "GB" not in name else name, f"{value:,.2f}") for name, value in bytes_of.items()]
    data = {"found": found, "without": without, "yardsticks": stick, "effect": effect, "bytes": bytes_of}
    machine.show(f"Scans of {items:,} active items, {seen:,} seen before, {CONNECTIONS} connections", rows, **data)


if __name__ == "__main__":
    main()
