"""How long declaration, decision, inspection and release take, and how many declarations a second are screened.

    .venv/bin/python bench/story.py [DECLARATIONS]

Yardstick of the same minute: the same rows (declarations, lines, containers, documents, decisions, ledger, inspection
orders) copied with COPY into tables with the same indexes and checks, but no foreign keys, in batches of the same size.
The ratio is what checking, screening, reasons and hashing cost beside writing the rows.

Wall time is what counts and depends on who else uses the machine; processor time hardly does. Both are printed.
"""

import sys
import time
from io import BytesIO
from typing import Any

import machine

BATCH = 100
SINGLE = 200
LINES = 5
TABLES = (
    "clearance_declaration", "clearance_line", "clearance_container", "clearance_document", "clearance_decision",
    "inspection_order", "ledger_entry", "ledger_about", "ledger_waiting",
)  # fmt: skip


def play(origin: str) -> dict[str, float]:
    """The story once over HTTP; seconds of its steps."""
    from rich.console import Console

    from guomen.demo.story import Story

    story = Story(origin, Console(quiet=True))
    story.play()
    return story.stage.times


def of_five_lines(payloads: list[dict[str, Any]], count: int) -> list[dict[str, Any]]:
    """Declarations of exactly five lines: those of the day that have at least so many, cut off."""
    return [p | {"lines": p["lines"][:LINES]} for p in payloads if len(p["lines"]) >= LINES][:count]


def one_by_one(origin: str, payloads: list[dict[str, Any]], token: str) -> list[float]:
    """Seconds of each POST /api/declarations, one after another, durable when answered."""
    import httpx

    took = []
    with httpx.Client(base_url=origin, headers={"Authorization": f"Bearer {token}"}) as client:
        for payload in payloads:
            start = time.perf_counter()
            answer = client.post("/api/declarations", json=payload)
            took.append(time.perf_counter() - start)
            if answer.status_code != 201:
                raise SystemExit(f"a declaration was not accepted: {answer.text[:400]}")
    return took


def in_batches(payloads: list[dict[str, Any]], by: Any) -> tuple[float, float, float]:
    """Lodge and screen all through lodge_many; seconds on the wall, of our processor time and of PostgreSQL's."""
    from django.db import connection

    from guomen.clearance.services import lodge_many

    connection.ensure_connection()
    watch = machine.Watch(connection.connection.info.backend_pid)
    for first in range(0, len(payloads), BATCH):
        lodge_many(by, payloads[first : first + BATCH])
    return watch.read()


def raw() -> tuple[float, int, int]:
    """Write the rows that are there once more: seconds on the wall, declarations, rows."""
    from django.db import connection, transaction

    connection.ensure_connection()
    driver = connection.connection
    rows: dict[str, bytes] = {}
    counts: dict[str, int] = {}
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA IF EXISTS bench CASCADE; CREATE SCHEMA bench")
        for table in TABLES:
            cursor.execute(f"CREATE TABLE bench.{table} (LIKE public.{table} INCLUDING ALL)")
            out = BytesIO()
            with cursor.copy(f"COPY public.{table} TO STDOUT") as copy:
                for block in copy:
                    out.write(block)
            rows[table] = out.getvalue()
            counts[table] = rows[table].count(b"\n")
    declarations = counts["clearance_declaration"]
    batches = -(-declarations // BATCH)
    parts = {t: _split(lines, batches) for t, lines in rows.items()}
    start = time.perf_counter()
    for n in range(batches):
        with transaction.atomic():
            for table in TABLES:
                with driver.cursor().copy(f"COPY bench.{table} FROM STDIN") as copy:
                    copy.write(parts[table][n])
    took = time.perf_counter() - start
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA bench CASCADE")
    return took, declarations, sum(counts.values())


def _split(content: bytes, parts: int) -> list[bytes]:
    lines = content.splitlines(keepends=True)
    size = -(-len(lines) // parts)
    return [b"".join(lines[i * size : (i + 1) * size]) for i in range(parts)]


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    with machine.server() as (origin, server):
        import django

        django.setup()
        from guomen.demo.people import add_people
        from guomen.kit.clock import now
        from guomen.parties import actors, services
        from guomen.parties.models import Person
        from guomen.site.traffic import day_of_traffic

        add_people()
        cy = actors.of_person(Person.objects.get(email="cy@demo.guomen"))
        _token, secret = services.issue_token("bench", ["declare", "read"], cy)
        times = play(origin)
        payloads = list(day_of_traffic(count, now().date()))
        others = list(day_of_traffic(SINGLE * 10, now().date(), seed=1))
        # A tenth before the clock: a web process reads its tables and rule packs on its first declaration.
        five = of_five_lines(others, SINGLE)
        one_by_one(origin, five[: SINGLE // 10], secret)
        used = machine.cpu_of_tree(server)
        single = one_by_one(origin, five[SINGLE // 10 :], secret)
        used = (machine.cpu_of_tree(server) - used) / len(single)
        in_batches(others[:BATCH], cy)
        meanwhile = machine.cpu_of_tree(server)
        wall, ours, theirs = in_batches(payloads, cy)
        meanwhile = machine.cpu_of_tree(server) - meanwhile - theirs
        took, written, rows = raw()
    screened, copied = count / wall, written / took
    lines = sum(len(p["lines"]) for p in payloads) / count
    machine.show(
        "story",
        [(name, f"{seconds * 1000:,.0f} ms") for name, seconds in times.items()]
        + [
            (f"POST of one declaration of {LINES} lines, median", f"{machine.quantile(single, 0.5) * 1000:.1f} ms"),
            (f"POST of one declaration of {LINES} lines, 95 %", f"{machine.quantile(single, 0.95) * 1000:.1f} ms"),
            (
                f"screened in batches of {BATCH}, one process",
                f"{screened:,.0f} declarations/s ({lines:.1f} lines each)",
            ),
            ("  processor time of each", f"{ours / count * 1000:.2f} ms, PostgreSQL {theirs / count * 1000:.2f} ms"),
            ("  order, tree and followers meanwhile", f"{meanwhile / count * 1000:.2f} ms"),
            ("the same rows only written (COPY)", f"{copied:,.0f} declarations/s ({rows:,} rows)"),
            ("ratio", f"{screened / copied:.2f}"),
        ],
        times={k: round(v, 4) for k, v in times.items()},
        post_ms={
            "p50": round(machine.quantile(single, 0.5) * 1000, 1),
            "p95": round(machine.quantile(single, 0.95) * 1000, 1),
            "processor": round(used * 1000, 1),
        },
        screened_per_second=round(screened),
        processor_ms={
            "ours": round(ours / count * 1000, 2),
            "postgresql": round(theirs / count * 1000, 2),
            "meanwhile": round(meanwhile / count * 1000, 2),
        },
        raw_per_second=round(copied),
    )


if __name__ == "__main__":
    main()
