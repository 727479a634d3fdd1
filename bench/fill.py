"""Millions of events in the tables within minutes, in the shape that a goods flow has, written by a few statements.

Of every 20 items in a case and 50 cases on a pallet: commissioned by hundreds with their batch of 10,000, packed,
put on the pallet, shipped, received, taken off the pallet, stocked. An item is named by 3.1 event-items.
Keys are those of the names, as capture would make them; ids of events are not (nothing here asks for them).
"""

import json
import time
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from typing import Any

from django.db import connection

START = "2026-01-01T00:00:00Z"
IN_CASE, ON_PALLET, IN_BATCH, TOGETHER = 20, 1_000, 10_000, 100
ITEMS_PER_ROUND = 200_000
PER_ITEM = 3.13
"""Event-items for each item."""


def digit(digits: str) -> str:
    from guomen.core.gs1 import check_digit

    return digits + check_digit(digits)


def gtin(n: int) -> str:
    return digit(f"0950600{n % 200:06d}")


def item(n: int) -> str:
    """The name of the item with this number."""
    return f"https://id.gs1.org/01/{gtin(n // IN_BATCH)}/21/S{n:09d}"


def batch(n: int) -> str:
    """The name of the batch with this number: items n * 10,000 and following."""
    return f"https://id.gs1.org/01/{gtin(n)}/10/B{n:06d}"


def pallet(n: int) -> str:
    return "https://id.gs1.org/00/" + digit(f"1950600{n:010d}")


def case(n: int) -> str:
    return "https://id.gs1.org/00/" + digit(f"0950600{n:010d}")


def _key(name: str) -> str:
    return blake2b(name.encode(), digest_size=16).hexdigest()


def _named(make: Any, numbers: Iterable[int]) -> Iterator[str]:
    for n in numbers:
        name = make(n)
        yield f"{n}\t{_key(name)}\t{name}\n"


def _copy(cursor: Any, table: str, make: Any, numbers: Iterable[int]) -> None:
    cursor.execute(f"CREATE TEMP TABLE IF NOT EXISTS {table} (n bigint PRIMARY KEY, key uuid, name text)")
    cursor.execute(f"TRUNCATE {table}")
    with cursor.copy(f"COPY {table} FROM STDIN") as copy:
        for line in _named(make, numbers):
            copy.write(line)


# One kind of event each: step, type, action, hours after the first.
EVENTS = (
    ("commissioning", "ObjectEvent", "ADD", 0),
    ("packing", "AggregationEvent", "ADD", 5),
    ("loading", "AggregationEvent", "ADD", 9),
    ("shipping", "ObjectEvent", "OBSERVE", 24),
    ("receiving", "ObjectEvent", "OBSERVE", 72),
    ("unloading", "AggregationEvent", "DELETE", 75),
    ("stocking", "ObjectEvent", "OBSERVE", 90),
)
_TIME = f"timestamptz '{START}' + ((g.n * g.size) / 1000) * interval '7 minutes' + %(hours)s * interval '1 hour'"


def fill(items: int, maker: Any, shop: Any, *, since: int = 0) -> None:
    """Write the events of items ``since`` to ``items``, both of them whole batches, by these organisations."""
    for first in range(since, items, ITEMS_PER_ROUND):
        last = min(items, first + ITEMS_PER_ROUND)
        with connection.cursor() as cursor:
            for table, make, size in (("items", item, 1), ("cases", case, 20), ("pallets", pallet, 1000)):
                _copy(cursor, table, make, range(first // size, last // size))
            _copy(cursor, "batches", batch, range(first // IN_BATCH, last // IN_BATCH))
            _round(cursor, maker, shop)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE trace_event, trace_eventitem, trace_edgeout, trace_edgein")


# The things of each group of an event: its number, their role, key and name as the body writes it.
_GROUPS = {
    "commissioning": (
        100,
        "SELECT i.n / 100 AS n, 'epc' AS role, i.key, b.name || '/21/S' || lpad(i.n::text, 9, '0') "
        "AS name FROM items i JOIN batches b ON b.n = i.n / 10000",
    ),
    "packing": (
        20,
        "SELECT n / 20 AS n, 'child' AS role, key, name FROM items UNION ALL SELECT n, 'parent', key, name FROM cases",
    ),
    "loading": (
        1000,
        "SELECT n / 50 AS n, 'child' AS role, key, name FROM cases "
        "UNION ALL SELECT n, 'parent', key, name FROM pallets",
    ),
    "shipping": (1000, "SELECT n, 'epc' AS role, key, name FROM pallets"),
    "receiving": (1000, "SELECT n, 'epc' AS role, key, name FROM pallets"),
    "unloading": (1000, "SELECT n, 'parent' AS role, key, name FROM pallets"),
    "stocking": (20, "SELECT n / 20 AS n, 'epc' AS role, key, name FROM items"),
}


def _round(cursor: Any, maker: Any, shop: Any) -> None:
    from guomen.trace.facets import facet
    from guomen.trace.holders import party_uri

    for step, type, action, hours in EVENTS:
        size, things = _GROUPS[step]
        by = shop if step in ("receiving", "unloading", "stocking") else maker
        ends = {
            "sourceList": [{"type": "possessing_party", "source": party_uri(maker.id)}],
            "destinationList": [{"type": "possessing_party", "destination": party_uri(shop.id)}],
        }
        more = {"type": type, "action": action, "bizStep": step, "eventTimeZoneOffset": "+08:00"}
        more |= ends if step in ("shipping", "receiving") else {}
        values = {
            "step": step,
            "type": type,
            "action": action,
            "hours": hours,
            "by": by.id,
            "size": size,
            "more": json.dumps(more),
            "children": "childEPCs" if type == "AggregationEvent" else "epcList",
            "facets": sorted([facet("eventType", type), facet("action", action), facet("bizStep", step)]),
            "ends": step in ("shipping", "receiving"),
        }
        cursor.execute(
            f"CREATE TEMP TABLE now AS SELECT g.n, md5(%(step)s || g.n)::uuid AS event_id, {_TIME} AS at, "
            "g.parent, g.parent_name, g.names, g.keys FROM (SELECT n, %(size)s::bigint AS size, "
            "string_agg(uuid_send(key), '') AS keys, "
            "(array_agg(key) FILTER (WHERE role = 'parent'))[1] AS parent, "
            "min(name) FILTER (WHERE role = 'parent') AS parent_name, "
            f"json_agg(name ORDER BY name) FILTER (WHERE role <> 'parent') AS names FROM ({things}) t GROUP BY n) g",
            values,
        )
        cursor.execute(
            "INSERT INTO trace_event (event_id, uri, digest, type, happened_at, recorded_at, biz_step, disposition, "
            "declares_error, organisation_id, body, facets, things, has_ends) "
            "SELECT event_id, 'urn:uuid:' || event_id, decode(md5(event_id::text), 'hex'), %(type)s, at, "
            "at + interval '1 minute', %(step)s, '', false, %(by)s, "
            "%(more)s::jsonb || jsonb_build_object('eventID', 'urn:uuid:' || event_id, 'eventTime', at) || "
            "CASE WHEN parent IS NULL THEN '{}'::jsonb ELSE jsonb_build_object('parentID', parent_name) END || "
            "CASE WHEN names IS NULL THEN '{}'::jsonb ELSE jsonb_build_object(%(children)s::text, names) END, "
            "%(facets)s::bigint[], keys, %(ends)s FROM now",
            values,
        )
        cursor.execute(
            "INSERT INTO trace_eventitem (item, event_id, role, happened_at, organisation_id) "
            f"SELECT t.key, now.event_id, t.role, now.at, %(by)s FROM ({things}) t JOIN now USING (n) ORDER BY t.key",
            values,
        )
        for table, first in (("trace_edgeout", "1"), ("trace_edgein", "2")):
            head = (
                f"INSERT INTO {table} (parent, child, event_id, kind, action, happened_at, is_class, quantity, uom, "
                "organisation_id) "
            )
            if type == "AggregationEvent" and action == "ADD":
                cursor.execute(
                    f"{head} SELECT now.parent, t.key, now.event_id, 'aggregation', 'ADD', now.at, false, "
                    f"NULL::numeric, '', %(by)s FROM ({things}) t JOIN now USING (n) WHERE t.role = 'child' "
                    f"ORDER BY {first}",
                    values,
                )
            elif type == "AggregationEvent":
                cursor.execute(
                    f"{head} SELECT parent, '00000000-0000-0000-0000-000000000000'::uuid, event_id, 'aggregation', "
                    f"'DELETE', at, false, NULL::numeric, '', %(by)s FROM now ORDER BY {first}",
                    values,
                )
            elif step == "commissioning":
                cursor.execute(
                    f"{head} SELECT b.key, i.key, now.event_id, 'lot', 'ADD', now.at, false, NULL::numeric, '', %(by)s "
                    f"FROM items i JOIN batches b ON b.n = i.n / 10000 JOIN now ON now.n = i.n / 100 ORDER BY {first}",
                    values,
                )
        cursor.execute("DROP TABLE now")


def organisations() -> tuple[Any, Any]:
    """Whose events the tables are filled with."""
    from guomen.parties.services import register_organisation

    maker = register_organisation("trader", "Maker", "制造商", "CN", "BENCH-MAKER")
    return maker, register_organisation("retailer", "Shop", "商店", "CN", "BENCH-SHOP")


def timed(items: int, maker: Any, shop: Any, *, since: int = 0) -> float:
    """:func:`fill`, and the seconds that it took."""
    start = time.perf_counter()
    fill(items, maker, shop, since=since)
    return time.perf_counter() - start
