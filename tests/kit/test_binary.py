"""Rows in PostgreSQL's binary form arrive as they were meant."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import DataError, IntegrityError, connection, transaction

from guomen.kit import binary

pytestmark = pytest.mark.django_db
COLUMNS = {"a": "uuid", "b": "text", "c": "timestamptz", "d": "numeric(20, 6)", "e": "boolean"}
ROWS = [
    (UUID(int=7), "国门 \\ \t'\"\n", datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC), Decimal("-1234.56"), True),
    (UUID(int=0), "", datetime(1, 1, 2, tzinfo=UTC), None, False),
    (UUID(int=2**128 - 1), "x", datetime(9999, 1, 1, tzinfo=timezone(timedelta(hours=8))), Decimal("0.000001"), True),
]


@pytest.fixture
def table() -> str:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE sent (" + ", ".join(map(" ".join, COLUMNS.items())) + ", UNIQUE (a))")
    return "sent"


def row(a, b, c, d, e) -> bytes:
    return binary.uuid(a) + binary.text(b) + binary.moment(c) + binary.decimal(d) + binary.boolean(e)


def test_copied_rows_are_read_back_as_they_were(table):
    binary.copy(table, list(COLUMNS), [row(*values) for values in ROWS])
    binary.copy(table, list(COLUMNS), [])
    with connection.cursor() as cursor:
        cursor.execute("SELECT a, b, c, d, e FROM sent")
        assert cursor.fetchall() == ROWS


def test_arrays_are_parameters_of_any_statement():
    with binary.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM unnest(%s::uuid[], %s::text[], %s::timestamptz[], %s::bytea[], %s::jsonb[])",
            [
                binary.array(binary.UUIDS, [a.bytes for a, *_ in ROWS]),
                binary.array(binary.TEXTS, [b.encode() for _, b, *_ in ROWS]),
                binary.array(binary.MOMENTS, [binary.microseconds(c) for _, _, c, *_ in ROWS]),
                binary.array(binary.BYTES, [b"\0\xff", b"", b"x"]),
                binary.array(binary.JSONBS, [b'{"kg": 1.10}', b"[]", b"1"]),
            ],
        )
        found = cursor.fetchall()
        cursor.execute("SELECT cardinality(%s::uuid[])", [binary.array(binary.UUIDS, [])])
        assert cursor.fetchone() == (0,)
    assert [line[:3] for line in found] == [values[:3] for values in ROWS]
    assert [bytes(line[3]) for line in found] == [b"\0\xff", b"", b"x"]
    assert found[0][4] == '{"kg": 1.10}'


def test_what_the_database_refuses_is_raised_as_django_does(table):
    with pytest.raises(IntegrityError), transaction.atomic():
        binary.copy(table, list(COLUMNS), [row(*ROWS[0])] * 2)


def test_what_is_sent_ahead_is_answered_in_its_order_and_errors_come_with_the_answer():
    keys = [a.bytes for a, *_ in ROWS]
    with binary.pipeline():
        first = binary.send("SELECT unnest(%(k)s::uuid[])", {"k": binary.array(binary.UUIDS, keys)})
        second = binary.send(
            "SELECT string_agg(uuid_send(k), '') FROM unnest(%(k)s::uuid[]) AS k",
            {"k": binary.array(binary.UUIDS, keys)},
        )
        assert binary.uuids(second()[0][0]) == keys
        assert [a for (a,) in first()] == [a for a, *_ in ROWS]
    with pytest.raises(DataError), transaction.atomic(), binary.pipeline():
        binary.send("SELECT 1 / %(n)s::int", {"n": 0})()
    assert binary.send("SELECT 1::bigint", {})() == [(1,)]
