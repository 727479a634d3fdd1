"""Yardsticks of the ledger: its own rows once more, written by who does nothing but write.

Rows are lifted out of the ledger's tables beforehand, as PostgreSQL's binary COPY gives them, and copied from memory
into tables of the same shape with the same indexes, a transaction for each batch, by two writers. And, for entries that
come singly: one bare row of an entry a commit, prepared, by as many processes as append.
"""

import threading
import time
from typing import Any
from uuid import uuid4

TABLES = ("ledger_entry", "ledger_about", "ledger_sequenced", "ledger_position")
Batch = list[tuple[str, bytes]]


def lift(entries: int, batch: int) -> list[Batch]:
    """What is to be copied: the newest entries with all rows that belong to them, batch by batch."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE picked AS SELECT entry_id, (row_number() OVER () - 1) / %s AS n "
            "FROM (SELECT entry_id FROM ledger_sequenced ORDER BY position DESC LIMIT %s) AS newest",
            [batch, entries],
        )
        cursor.execute("SELECT max(n) + 1 FROM picked")
        batches: list[Batch] = [[] for _ in range(cursor.fetchone()[0] or 0)]
        for table in TABLES:
            key = "id" if table == "ledger_entry" else "entry_id"
            cursor.execute(f"CREATE TABLE raw_{table} (LIKE {table} INCLUDING ALL)")
            cursor.execute(
                f"CREATE TEMP TABLE lifted AS SELECT n, t FROM {table} t JOIN picked p ON p.entry_id = t.{key}"
            )
            cursor.execute("CREATE INDEX ON lifted (n)")
            for n, one in enumerate(batches):
                with cursor.copy(f"COPY (SELECT (t).* FROM lifted WHERE n = {n}) TO STDOUT (FORMAT BINARY)") as out:
                    one.append((table, b"".join(map(bytes, out))))
            cursor.execute("DROP TABLE lifted")
        cursor.execute("DROP TABLE picked")
    return batches


def copy(batches: list[Batch], batch: int, writers: int) -> float:
    """Entries a second."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(f'raw_{table}' for table in TABLES)}")
    start = time.perf_counter()
    threads = [threading.Thread(target=_copy, args=(batches[n::writers],)) for n in range(writers)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    took = time.perf_counter() - start
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM raw_ledger_entry")
        written = cursor.fetchone()[0]
    if written <= (len(batches) - 1) * batch:
        raise SystemExit("the yardstick did not write all rows")
    return float(written / took)


def _copy(batches: list[Batch]) -> None:
    from django.db import connection, transaction

    for one in batches:
        with transaction.atomic(), connection.cursor() as cursor:
            for table, content in one:
                with cursor.copy(f"COPY raw_{table} FROM STDIN (FORMAT BINARY)") as into:
                    into.write(content)
    connection.close()


def commit_rows(facts: Any, seconds: float) -> int:
    """Insert bare rows of entries for so long, each with a commit of its own; returns how many. In one process."""
    import orjson

    from guomen.kit import binary
    from guomen.kit.clock import now

    told, about, actor = orjson.dumps(facts).decode(), ["urn:guomen:line:20260000000/1"], '{"kind":"system"}'
    moment, n, end = now(), 0, time.monotonic() + seconds
    sql = "INSERT INTO raw_ledger_entry VALUES (%s, 'line.screened', %s, %s::jsonb, %s::jsonb, %s, %s)"
    while time.monotonic() < end:
        with binary.prepared(), binary.cursor() as cursor:
            cursor.execute(sql, [uuid4(), about, told, actor, moment, moment])
        n += 1
    return n


def drop() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {', '.join(f'raw_{table}' for table in TABLES)}")
