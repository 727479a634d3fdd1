"""The yardstick of capture: rows like those that were captured, only inserted, into the very tables that capture fills.

They are read back, get other keys, and go in once more by INSERT from UNNEST of binary arrays, in the order of their
keys, 500 events a commit. So the tables, their indexes and their size are the same for both.
"""

import threading
import time
from collections.abc import Callable
from hashlib import blake2b
from typing import Any
from uuid import UUID

TABLES = {"trace_event": "event_id", "trace_eventitem": "item", "trace_edgeout": "parent", "trace_edgein": "child"}
"""Each with what its index begins with."""
KEYS = ("event_id", "item", "parent", "child")
NIL = UUID(int=0)
COMMIT = 500
"""Events of one transaction."""


def columns_of(cursor: Any, table: str) -> dict[str, str]:
    """Name and type of each column."""
    cursor.execute(
        "SELECT column_name, udt_name FROM information_schema.columns "
        "WHERE table_name = %s AND table_schema = 'public' ORDER BY ordinal_position",
        [table],
    )
    return dict(cursor.fetchall())


def multiply(times: int, sample: int = 20_000, since: int = 0) -> None:
    """Write the first ``sample`` events of the tables ``times`` times more under other keys, by statements.

    ``since``: how often that was done before.
    """
    from django.db import connection

    with connection.cursor() as cursor:
        chosen = "SELECT event_id FROM trace_event ORDER BY recorded_at, event_id LIMIT %s"
        for table in TABLES:
            cursor.execute(
                f"CREATE TEMP TABLE many_{table} AS SELECT * FROM {table} WHERE event_id IN ({chosen})", [sample]
            )
        for n in range(since, since + times):
            for table in TABLES:
                columns = columns_of(cursor, table)
                key = f"CASE {{0}} WHEN '{NIL}' THEN {{0}} ELSE md5({{0}} || '{n}')::uuid END"
                new = {c: key.format(c) for c in KEYS} | {"uri": f"uri || '{n}'", "recorded_at": "now()"}
                # In the order of the first key, as capture writes them.
                cursor.execute(
                    f"INSERT INTO {table} ({', '.join(columns)}) "
                    f"SELECT {', '.join(new.get(c, c) for c in columns)} FROM many_{table} ORDER BY 1"
                )
        for table in TABLES:
            cursor.execute(f"DROP TABLE many_{table}")
        cursor.execute("VACUUM ANALYZE")


def insert(sample: int, writers: int, used: Callable[[], float]) -> tuple[float, float]:
    """Insert the latest ``sample`` events once more: events/s, and milliseconds of processor time of each.

    ``used``: seconds of processor time until now of all that takes part.
    """
    from django.db import connection

    salt = time.time_ns().to_bytes(8)
    with connection.cursor() as cursor:
        cursor.execute("SELECT event_id FROM trace_event ORDER BY recorded_at DESC LIMIT %s", [sample])
        ids = [row[0] for row in cursor.fetchall()]
        batches = [_batch(cursor, ids[n : n + COMMIT], salt) for n in range(0, len(ids), COMMIT)]
        cursor.execute("SELECT count(*) FROM trace_event")
        before = cursor.fetchone()[0]
    start, cost = time.perf_counter(), used()
    threads = [threading.Thread(target=_insert, args=(batches[n::writers],)) for n in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took, cost = time.perf_counter() - start, used() - cost
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM trace_event")
        written = cursor.fetchone()[0] - before
    if written != len(ids):
        raise SystemExit("the yardstick did not write all rows")
    return len(ids) / took, cost / len(ids) * 1000


def _batch(cursor: Any, ids: list[Any], salt: bytes) -> list[tuple[str, list[Any]]]:
    """The statements, with all their values ready, that write these events and what belongs to them under new keys."""
    from guomen.kit import binary

    kinds = _kinds()
    statements = []
    # By the index of each table: none begins with the event.
    cursor.execute("SELECT things FROM trace_event WHERE event_id = ANY(%s)", [ids])
    keys = [*ids, *{key for (things,) in cursor.fetchall() for key in _keys(things)}]
    for table, first in TABLES.items():
        columns = columns_of(cursor, table)
        as_text = {name: kind not in kinds for name, kind in columns.items()}
        read = ", ".join(f"{name}::text" if as_text[name] or columns[name] == "jsonb" else name for name in columns)
        cursor.execute(f"SELECT {read} FROM {table} WHERE {first} = ANY(%s) AND event_id = ANY(%s)", [keys, ids])
        found = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
        if not found:
            continue
        for row in found:
            row |= {key: _other(row[key], salt) for key in KEYS if key in row}
            if "things" in row:
                row["things"] = b"".join(_other(key, salt).bytes for key in _keys(row["things"]))
        found.sort(key=lambda row: next(iter(row.values())))
        values = []
        for name, kind in columns.items():
            oid, encode = kinds.get(kind, (binary.TEXTS, str.encode))
            values.append(binary.array(oid, [encode("" if row[name] is None else row[name]) for row in found]))
        types = [f"%s::{'text' if as_text[name] else kind}[]" for name, kind in columns.items()]
        # Only a number may be absent; a text may be empty.
        given = [
            f"NULLIF({n}, '')::numeric" if k == "numeric" else f"{n}::{k.lstrip('_') + '[]' * k.startswith('_')}"
            for n, k in columns.items()
        ]
        sql = f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(given)} "
        statements.append((sql + f"FROM unnest({', '.join(types)}) AS t({', '.join(columns)})", values))
    return statements


def _keys(things: bytes) -> list[UUID]:
    return [UUID(bytes=bytes(things[at : at + 16])) for at in range(0, len(things), 16)]


def _other(key: UUID, salt: bytes) -> UUID:
    return key if key == NIL else UUID(bytes=blake2b(key.bytes, digest_size=16, key=salt).digest())


def _kinds() -> dict[str, tuple[int, Any]]:
    from guomen.kit import binary

    return {
        "uuid": (binary.UUIDS, lambda v: v.bytes),
        "timestamptz": (binary.MOMENTS, binary.microseconds),
        "bytea": (binary.BYTES, bytes),
        "jsonb": (binary.JSONBS, str.encode),
    }


def _insert(batches: list[list[tuple[str, list[Any]]]]) -> None:
    from django.db import connection, transaction

    from guomen.kit import binary

    try:
        for statements in batches:
            with transaction.atomic(), binary.cursor() as cursor:
                for sql, values in statements:
                    cursor.execute(sql, values)
    finally:
        connection.close()
