"""How fast the simple event query answers, beside the bare SQL that the indexes allow, as the tables grow.

    .venv/bin/python bench/query.py [--event-items 1000000] [--growth]

A real installation is filled by statements (bench/fill.py); every receipt gets a temperature, two hundred events a rare
field. The first page of 30 events is read through the function (reading the parameters, rights, page) and through one
statement written by hand, in the same minute.
"""

import argparse
import random
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import fill
import machine
from history import taken

RARE = "https://example.test/ns#quality"
PAGE = 30
BODY = "SELECT body, happened_at, event_id FROM trace_event e WHERE {} ORDER BY happened_at, event_id LIMIT 31"
BARE = {
    "by thing": BODY.format(
        "event_id IN (SELECT event_id FROM trace_eventitem WHERE item = %s AND role IN ('epc', 'child'))"
    ),
    "by step and hour": BODY.format("facets && ARRAY[%s]::bigint[] AND happened_at >= %s AND happened_at < %s"),
    "by rare field": BODY.format("facets && ARRAY[%s]::bigint[]"),
    "by temperature": BODY.format(
        "event_id IN (SELECT event_id FROM trace_eventvalue WHERE field = %s AND number > %s AND number <= %s)"
    ),
    "by number of quantity": BODY.format(
        "event_id IN (SELECT event_id FROM trace_eventvalue WHERE field = %s AND number = %s)"
    ),
}


def season() -> None:
    """Temperatures from 0 to 30 for receipts, in steps of a millionth, and a field that few events have."""
    from django.db import connection

    from guomen.trace.facets import facet

    fields = [facet("sensor", "value", "CEL", kind) for kind in ("", "Temperature")]
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE trace_eventvalue")
        cursor.execute(
            "INSERT INTO trace_eventvalue (event_id, field, report, number) SELECT event_id, field, 1, "
            "('x' || substr(md5(event_id::text), 1, 7))::bit(28)::bigint %% 30000000 / 1000000.0 "
            "FROM trace_event, unnest(%s::bigint[]) AS field WHERE biz_step IN ('receiving', 'stocking')",
            [fields],
        )
        cursor.execute(
            "INSERT INTO trace_eventvalue (event_id, field, report, number) SELECT event_id, %s, 0, "
            "('x' || substr(md5(event_id::text), 1, 4))::bit(16)::int FROM trace_event WHERE biz_step = 'packing'",
            [facet("quantity")],
        )
        cursor.execute(
            "UPDATE trace_event SET facets = facets || %s::bigint WHERE NOT facets && ARRAY[%s]::bigint[] "
            "AND event_id IN (SELECT event_id FROM trace_event ORDER BY md5(event_id::text || 'x') LIMIT 200)",
            [facet("", RARE), facet("", RARE)],
        )
        cursor.execute("VACUUM ANALYZE trace_event, trace_eventvalue")


def asked_for(choose: random.Random, items: int, last: datetime) -> dict[str, tuple[dict[str, list[str]], list[Any]]]:
    """One question of each kind: its parameters, and the values of the statement that asks the same."""
    from guomen.trace.facets import facet
    from guomen.trace.things import key_of

    uri = fill.item(choose.randrange(items))
    start = datetime.fromisoformat(fill.START) + (last - datetime.fromisoformat(fill.START)) * choose.random()
    window = [start, start + timedelta(hours=1)]
    low = Decimal(choose.randrange(29_900_000)) / 1_000_000
    high = low + Decimal("0.01")
    step = choose.choice([step for step, *_ in fill.EVENTS])
    count = str(choose.randrange(65_536))
    return {
        "by thing": ({"MATCH_epc": [uri]}, [key_of(uri)]),
        "by step and hour": (
            {
                "EQ_bizStep": [step],
                "GE_eventTime": [window[0].isoformat()],
                "LT_eventTime": [window[1].isoformat()],
            },
            [facet("bizStep", step), *window],
        ),
        "by rare field": ({f"EXISTS_{RARE}": []}, [facet("", RARE)]),
        "by temperature": (
            {"EQ_type": ["Temperature"], "GT_value_CEL": [str(low)], "LE_value_CEL": [str(high)]},
            [facet("sensor", "value", "CEL", "Temperature"), low, high],
        ),
        "by number of quantity": ({"EQ_quantity": [count]}, [facet("quantity"), count]),
    }


def measure(items: int, readers: dict[str, Any], seed: int = 1, times: int = 200) -> dict[str, Any]:
    from django.db import connection
    from django.db.models import Max

    from guomen.trace import asked, queries
    from guomen.trace.models import Event

    last = Event.objects.aggregate(last=Max("happened_at"))["last"]
    found: dict[str, Any] = {}
    for name, statement in BARE.items():
        choose = random.Random(seed)
        questions = [asked_for(choose, items, last)[name] for _ in range(times + 20)]

        def plain(question: Any, statement: str = statement) -> int:
            with connection.cursor() as cursor:
                cursor.execute(statement, question[1])
                return len(cursor.fetchall())

        def whole(question: Any, by: Any) -> int:
            return len(queries.select(by, asked.read(question[0]), per_page=PAGE).events)

        same = [plain(q) - whole(q, readers["officer"]) in (0, 1) for q in questions[:20]]
        if not all(same):
            raise SystemExit(f"{name}: the two did not find the same")
        bare, bare_cpu = taken(plain, questions[20:])
        row = {"bare": [machine.quantile(bare, q) for q in (0.5, 0.99)], "cpu": [bare_cpu]}
        for reader, by in readers.items():
            seconds, cpu = taken(lambda q, by=by: whole(q, by), questions[20:])
            row[reader] = [machine.quantile(seconds, q) for q in (0.5, 0.99)]
            row["cpu"].append(cpu)
        found[name] = row
    return found


def report(size: int, found: dict[str, Any]) -> None:
    rows = []
    for name, row in found.items():
        parts = [f"{who} {row[who][0]:.2f} / {row[who][1]:.2f}" for who in ("bare", "officer", "party")]
        cpu = " / ".join(f"{value:.2f}" for value in row["cpu"])
        rows.append((name, f"{'; '.join(parts)} ms (p50 / p99); processor {cpu} ms"))
    machine.show(
        f"queries at {size:,} event-items", rows, size=size, **{k.replace(" ", "_"): v for k, v in found.items()}
    )


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--event-items", type=int, default=1_000_000)
    given.add_argument("--growth", action="store_true")
    options = given.parse_args()
    sizes = [100_000, 1_000_000, 10_000_000] if options.growth else [options.event_items]
    with machine.server():
        import django

        django.setup()
        from guomen.parties.actors import Actor
        from guomen.parties.services import register_organisation

        maker, shop = fill.organisations()
        authority = register_organisation("authority", "Bench Port", "基准口岸", "CN", "BENCH-PORT")
        readers = {
            "officer": Actor("api", authority, None, frozenset({"read", "via-token"})),
            "party": Actor("api", maker, None, frozenset({"read", "via-token"})),
        }
        there = 0
        for size in sizes:
            items = max(1, round(size / fill.PER_ITEM / fill.IN_BATCH)) * fill.IN_BATCH
            seconds = fill.timed(items, maker, shop, since=there)
            print(f"filled to {items:,} items in {seconds:.0f} s", flush=True)
            there = items
            season()
            report(size, measure(items, readers))


if __name__ == "__main__":
    main()
