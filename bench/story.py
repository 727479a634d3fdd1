"""How long declaration, decision, inspection and release take, and how many declarations a second are screened.

    .venv/bin/python bench/story.py [DECLARATIONS]

Yardstick of the same minute: the same rows (declarations, lines, containers, documents, decisions, ledger, inspection
orders) copied with COPY into tables with the same indexes, in batches of the same size. The ratio is what screening,
reasons and the ledger cost beside writing the rows.
"""

import sys
import time
from io import BytesIO

import machine

BATCH = 100
TABLES = (
    "clearance_declaration", "clearance_line", "clearance_container", "clearance_document", "clearance_decision",
    "inspection_order", "ledger_entry", "ledger_about", "ledger_waiting",
)  # fmt: skip


def play(origin: str) -> dict[str, float]:
    """The story once over HTTP; seconds of its steps."""
    from rich.console import Console

    from guomen.demo.people import add_people
    from guomen.demo.story import Story

    add_people()
    story = Story(origin, Console(quiet=True))
    story.play()
    return story.stage.times


def one_by_one(origin: str, payloads: list[dict], token: str) -> list[float]:
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


def in_batches(payloads: list[dict], by: object) -> float:
    """Declarations screened per second through lodge_many."""
    from guomen.clearance.services import lodge_many

    start = time.perf_counter()
    for first in range(0, len(payloads), BATCH):
        lodge_many(by, payloads[first : first + BATCH])
    return len(payloads) / (time.perf_counter() - start)


def raw(count: int) -> tuple[float, int]:
    """Declarations per second when the same rows are only written; also how many rows that were."""
    from django.db import connection, transaction

    connection.ensure_connection()
    driver = connection.connection
    rows: dict[str, bytes] = {}
    total = 0
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA IF EXISTS bench CASCADE; CREATE SCHEMA bench")
        for table in TABLES:
            cursor.execute(f"CREATE TABLE bench.{table} (LIKE public.{table} INCLUDING ALL)")
            cursor.execute(f"SELECT count(*) FROM public.{table}")
            total += cursor.fetchone()[0]
    for table in TABLES:
        out = BytesIO()
        with driver.cursor().copy(f"COPY public.{table} TO STDOUT") as copy:
            for block in copy:
                out.write(block)
        rows[table] = out.getvalue()
    parts = {t: _split(lines, -(-count // BATCH)) for t, lines in rows.items()}
    start = time.perf_counter()
    for n in range(-(-count // BATCH)):
        with transaction.atomic():
            for table in TABLES:
                with driver.cursor().copy(f"COPY bench.{table} FROM STDIN") as copy:
                    copy.write(parts[table][n])
    took = time.perf_counter() - start
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA bench CASCADE")
    return count / took, total


def _split(content: bytes, parts: int) -> list[bytes]:
    lines = content.splitlines(keepends=True)
    size = -(-len(lines) // parts)
    return [b"".join(lines[i * size : (i + 1) * size]) for i in range(parts)]


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    with machine.server() as origin:
        import django

        django.setup()
        from guomen.kit.clock import now
        from guomen.parties import actors, services
        from guomen.parties.models import Person
        from guomen.site.traffic import day_of_traffic

        times = play(origin)
        cy = actors.of_person(Person.objects.get(email="cy@demo.guomen"))
        _token, secret = services.issue_token("bench", ["declare", "read"], cy)
        payloads = list(day_of_traffic(count + 200, now().date()))
        single = one_by_one(origin, payloads[:200], secret)
        screened = in_batches(payloads[200:], cy)
        written, rows = raw(count)
    lines = sum(len(p["lines"]) for p in payloads[200:]) / count
    machine.show(
        "story",
        [(name, f"{seconds * 1000:,.0f} ms") for name, seconds in times.items()]
        + [
            ("POST of one declaration, median", f"{machine.quantile(single, 0.5) * 1000:.1f} ms"),
            ("POST of one declaration, 95 %", f"{machine.quantile(single, 0.95) * 1000:.1f} ms"),
            (f"screened in batches of {BATCH}", f"{screened:,.0f} declarations/s ({lines:.1f} lines each)"),
            ("the same rows only written (COPY)", f"{written:,.0f} declarations/s ({rows:,} rows)"),
            ("ratio", f"{screened / written:.2f}"),
        ],
        times={k: round(v, 4) for k, v in times.items()},
        post_ms={
            "p50": round(machine.quantile(single, 0.5) * 1000, 1),
            "p95": round(machine.quantile(single, 0.95) * 1000, 1),
        },
        screened_per_second=round(screened),
        raw_per_second=round(written),
    )


if __name__ == "__main__":
    main()
