"""How fast the history of one item is found, and what was upstream and downstream of a recall, as the tables grow.

    .venv/bin/python bench/history.py [--event-items 1000000] [--growth] [--plot docs/history.svg]

A real installation is filled by statements (bench/fill.py). The histories of items picked at random are read one after
the other: by the function, and over HTTP. Yardstick of the same minute: one indexed query for the rows that the history
is made of, when one knows beforehand what the item was in. Then the chain of 100,000 items, downstream and upstream, as
lines. --growth: the same at 0.1, 1 and 10 million event-items.
"""

import argparse
import random
import time
from datetime import datetime, timedelta
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlparse

import fill
import machine

RECALL = 100_000
"""Items made of one batch of an ingredient."""
FLOUR = "https://id.gs1.org/01/09506000134369/10/F1"
AT_ONCE = 200
"""Items that one event mixes."""
MIX = "https://id.gs1.org/01/09506000134376/10/M1"
BARE = (
    "SELECT DISTINCT ON (event_id) event_id, uri, type, e.happened_at, biz_step, disposition, e.organisation_id, body "
    "FROM trace_eventitem i JOIN trace_event e USING (event_id) WHERE i.item = ANY(%s)"
)


def bare(uri: str) -> int:
    """The rows that the history of an item is made of, when one knows beforehand what it was in."""
    from django.db import connection

    from guomen.trace.things import key_of

    n = int(uri.rpartition("S")[2])
    keys = [uri, fill.batch(n // fill.IN_BATCH), fill.case(n // fill.IN_CASE), fill.pallet(n // fill.ON_PALLET)]
    with connection.cursor() as cursor:
        cursor.execute(BARE, [[key_of(k) for k in keys]])
        return len(cursor.fetchall())


def taken(one: Any, uris: list[str]) -> tuple[list[float], float]:
    """Milliseconds of each call, and of processor time (this process and its backend) of one on average."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        watch = machine.Watch(cursor.fetchone()[0])
    times = []
    for uri in uris:
        start = time.perf_counter()
        one(uri)
        times.append((time.perf_counter() - start) * 1000)
    _, own, backend = watch.read()
    return times, (own + backend) / len(uris) * 1000


def over_http(origin: str, token: str, uris: list[str]) -> list[float]:
    address, times = urlparse(origin), []
    connection = HTTPConnection(address.hostname or "", address.port)
    for uri in uris:
        start = time.perf_counter()
        path = "/api/trace/" + uri.removeprefix("https://id.gs1.org/")
        connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
        answer = connection.getresponse()
        content = answer.read()
        times.append((time.perf_counter() - start) * 1000)
        if answer.status != 200:
            raise SystemExit(f"{answer.status}: {content[:300]!r}")
    return times


def bake(maker: Any) -> None:
    """Flour becomes ten batches of 10,000 items; the items of all of them, one by one, go into one batch of a mix."""
    from guomen.core import epcis
    from guomen.parties.actors import Actor
    from guomen.trace import services

    at = datetime.fromisoformat(fill.START)
    made = [(fill.batch(n), fill.IN_BATCH, None) for n in range(RECALL // fill.IN_BATCH)]
    events = [epcis.transformation_event(at, input_classes=[(FLOUR, 500, "KGM")], output_classes=made)]
    for n in range(0, RECALL, AT_ONCE):
        items = [fill.item(k) for k in range(n, n + AT_ONCE)]
        out = [(MIX, AT_ONCE, None)]
        events.append(epcis.transformation_event(at + timedelta(days=90, seconds=n), inputs=items, output_classes=out))
    by = Actor("api", maker, None, frozenset({"capture"}))
    for n in range(0, len(events), 100):
        services.capture(by, [epcis.event_to_dict(event) for event in events[n : n + 100]])


def chain(origin: str, server: int, token: str, uri: str, direction: str) -> dict[str, float]:
    """Seconds to the first and the last line of a streamed chain, of processor time of all processes; lines, size."""
    address = urlparse(origin)
    connection = HTTPConnection(address.hostname or "", address.port)
    start, before = time.perf_counter(), machine.cpu_of_tree(server)
    path = f"/api/trace/{uri}?direction={direction}&breadth=1000000"
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/x-ndjson"}
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    first, size, lines = 0.0, 0, 0
    while part := answer.read1(65536):
        first = first or time.perf_counter() - start
        size += len(part)
        lines += part.count(b"\n")
    last, cpu = time.perf_counter() - start, machine.cpu_of_tree(server) - before
    return {"first": first, "last": last, "cpu": cpu, "lines": lines, "MiB": size / 2**20}


def measure(origin: str, server: int, tokens: dict[str, str], items: int, seed: int = 1) -> dict[str, Any]:
    from guomen.trace import queries

    choose = random.Random(seed)
    uris = [fill.item(choose.randrange(items)) for _ in range(600)]
    found = queries.history(uris[0])
    steps = [e.biz_step for e in found.events]
    if not {step for step, *_ in fill.EVENTS} <= set(steps):
        raise SystemExit(f"the tables are not as they should be: {steps}")
    for one in (bare, queries.history):
        taken(one, uris[:100])
    plain, plain_cpu = taken(bare, uris[100:])
    whole, whole_cpu = taken(queries.history, uris[100:])
    http = over_http(origin, tokens["officer"], uris[100:400])
    party = over_http(origin, tokens["party"], uris[100:400])
    result = {
        "bare": [machine.quantile(plain, q) for q in (0.5, 0.99)],
        "function": [machine.quantile(whole, q) for q in (0.5, 0.99)],
        "http": [machine.quantile(http, q) for q in (0.5, 0.95)],
        "party": [machine.quantile(party, q) for q in (0.5, 0.95)],
        "cpu": [plain_cpu, whole_cpu],
    }
    if items >= RECALL:
        result["downstream"] = chain(origin, server, tokens["officer"], FLOUR, "downstream")
        result["upstream"] = chain(origin, server, tokens["officer"], MIX, "upstream")
    return result


def tokens(maker: Any) -> dict[str, str]:
    from guomen.parties import actors, services
    from guomen.parties.models import Person

    found = {}
    for name, organisation in (("officer", None), ("party", maker)):
        if organisation is None:
            admin = Person.objects.filter(organisation__kind="authority", roles__contains=["admin"]).first()
        else:
            admin = services.add_person(organisation, "bench@demo.guomen", "B", "correct-horse-battery", ["admin"])
        found[name] = services.issue_token("bench", ["read"], actors.of_person(admin))[1]
    return found


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--event-items", type=int, default=1_000_000)
    asked.add_argument("--growth", action="store_true")
    asked.add_argument("--plot")
    given = asked.parse_args()
    sizes = [100_000, 1_000_000, 10_000_000] if given.growth else [given.event_items]
    with machine.server() as (origin, server):
        import django

        django.setup()
        from guomen.demo.people import add_people

        add_people()
        maker, shop = fill.organisations()
        keys = tokens(maker)
        bake(maker)
        there, results = 0, []
        for size in sizes:
            items = max(1, round(size / fill.PER_ITEM / fill.IN_BATCH)) * fill.IN_BATCH
            seconds = fill.timed(items, maker, shop, since=there)
            print(f"filled to {items:,} items in {seconds:.0f} s", flush=True)
            there = items
            results.append((size, measure(origin, server, keys, items)))
            report(*results[-1])
    if given.plot:
        plot(given.plot, results)


def report(size: int, found: dict[str, Any]) -> None:
    def pair(name: str) -> str:
        return " / ".join(f"{value:.2f} ms" for value in found[name])

    rows = [
        ("bare query, p50 / p99", pair("bare")),
        ("history, p50 / p99", pair("function")),
        ("ratio p50, p99", " / ".join(f"{a / b:.1f}" for a, b in zip(found["function"], found["bare"], strict=True))),
        ("processor time, bare / history", pair("cpu")),
        ("HTTP as an officer, p50 / p95", pair("http")),
        ("HTTP as a party, p50 / p95", pair("party")),
    ]
    for way in ("downstream", "upstream"):
        if way in found:
            one = found[way]
            rows.append(
                (
                    way,
                    f"{one['last']:.2f} s, first line {one['first']:.2f} s, processor {one['cpu']:.2f} s, "
                    f"{one['lines']:,} lines, {one['MiB']:.1f} MiB",
                )
            )
    machine.show(f"history at {size:,} event-items", rows, size=size, **found)


def plot(path: str, results: list[tuple[int, dict[str, Any]]]) -> None:
    """Milliseconds over event-items, both logarithmic."""
    import curves

    lines = {
        "bare query, p50": [(size, found["bare"][0]) for size, found in results],
        "history, p99": [(size, found["function"][1]) for size, found in results],
        "processor, bare": [(size, found["cpu"][0]) for size, found in results],
        "processor, history": [(size, found["cpu"][1]) for size, found in results],
        "over HTTP, p95": [(size, found["http"][1]) for size, found in results],
    }
    curves.draw(path, "History of one item", "event-items", "ms", lines)


if __name__ == "__main__":
    main()
