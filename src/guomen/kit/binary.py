"""Many rows to PostgreSQL in its own binary form: no quoting here and no reading of texts there.

Values are made as bytes once and joined; a row costs a fraction of a microsecond. Shapes: PostgreSQL's documentation of
COPY (binary format) and of its send and receive functions. Everything here runs in the caller's transaction.
"""

import struct
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection
from psycopg.abc import AdaptContext
from psycopg.adapt import Dumper
from psycopg.pq import Format
from psycopg.types.numeric import DecimalBinaryDumper, Int8BinaryLoader
from psycopg.types.string import ByteaBinaryLoader

_HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_END = b"\xff\xff"
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
SECONDS_TO_EPOCH = int(_EPOCH.timestamp())
"""From 1970 to the moment from which PostgreSQL counts."""
_MICROSECOND = timedelta(microseconds=1)
_length = struct.Struct("!i").pack
_int64 = struct.Struct("!q").pack
_decimals = DecimalBinaryDumper(Decimal)

NULL = b"\xff\xff\xff\xff"
"""A value that is not there."""
UUID_SIZE = b"\0\0\0\x10"
"""What stands before the 16 bytes of a UUID."""
UUIDS, TEXTS, BYTES, MOMENTS, JSONBS, BOOLEANS, INTEGERS = 2950, 25, 17, 1184, 3802, 16, 23
"""Types of array elements: PostgreSQL's object identifiers."""


class _Sent(bytes):
    """A parameter in binary form; its type is what the statement casts it to."""


class _AsItIs(Dumper):
    format = Format.BINARY

    def dump(self, obj: _Sent) -> bytes:
        return obj


def value(content: bytes) -> bytes:
    """A value with its length before it."""
    return _length(len(content)) + content


def uuid(content: UUID) -> bytes:
    return UUID_SIZE + content.bytes


def text(content: str) -> bytes:
    return value(content.encode())


def jsonb(content: bytes) -> bytes:
    """JSON text for a column of type jsonb."""
    return _length(len(content) + 1) + b"\x01" + content


def boolean(content: bool) -> bytes:
    return b"\0\0\0\x01\x01" if content else b"\0\0\0\x01\x00"


def bigint(content: int) -> bytes:
    return b"\0\0\0\x08" + _int64(content)


def integer(content: int) -> bytes:
    return b"\0\0\0\x04" + _length(content)


def smallint(content: int) -> bytes:
    return b"\0\0\0\x02" + content.to_bytes(2, signed=True)


def microseconds(moment: datetime) -> bytes:
    """An aware moment as PostgreSQL has it, without its length."""
    return _int64((moment - _EPOCH) // _MICROSECOND)


def seconds(since_1970: int) -> bytes:
    """A moment as PostgreSQL has it, without its length."""
    return _int64((since_1970 - SECONDS_TO_EPOCH) * 1_000_000)


def moment(content: datetime) -> bytes:
    return b"\0\0\0\x08" + microseconds(content)


def decimal(content: Decimal | None) -> bytes:
    return NULL if content is None else value(bytes(_decimals.dump(content) or b""))


def array(kind: int, values: Sequence[bytes]) -> bytes:
    """A parameter for ``%s::uuid[]`` and the like; ``values`` are contents without their lengths."""
    if kind == JSONBS:
        values = [b"\x01" + content for content in values]
    if not values:
        return _Sent(struct.pack("!iiI", 0, 0, kind))
    head = struct.pack("!iiIii", 1, 0, kind, len(values), 1)
    if kind == UUIDS:
        # All of one length: a tenth of the time, and there may be a hundred thousand.
        return _Sent(head + UUID_SIZE + UUID_SIZE.join(values))
    return _Sent(head + b"".join([value(content) for content in values]))


def moments(since_1970: Sequence[int]) -> bytes:
    """A parameter for ``%s::timestamptz[]``, of whole seconds."""
    return array(MOMENTS, [seconds(one) for one in since_1970])


def integers(values: Sequence[int]) -> bytes:
    """A parameter for ``%s::int[]``."""
    flat = [4] * (2 * len(values))
    flat[1::2] = values
    return _Sent(struct.pack(f"!iiIii{len(flat)}i", 1, 0, INTEGERS, len(values), 1, *flat))


def register(context: AdaptContext) -> None:
    """Let a connection or a cursor send :func:`array` and :func:`integers` as they are."""
    context.adapters.register_dumper(_Sent, _AsItIs)


def uuids(joined: bytes) -> list[bytes]:
    """The UUIDs in ``string_agg(uuid_send(…), '')``, each as its 16 bytes."""
    return [one for (one,) in struct.iter_unpack("16s", joined)]


@contextmanager
def pipeline() -> Iterator[None]:
    """Within it statements are sent without waiting for the answers of those before: see :func:`send`."""
    connection.ensure_connection()
    with connection.wrap_database_errors, connection.connection.pipeline():
        yield


def send(sql: str, values: Mapping[str, Any]) -> Callable[[], list[tuple[Any, ...]]]:
    """Send a statement; what is returned gives its rows, in binary form, when they are needed.

    Within :func:`pipeline` PostgreSQL works meanwhile, on one statement after the other.
    """
    connection.ensure_connection()
    one = psycopg.Cursor(connection.connection)
    register(one)
    with connection.wrap_database_errors:
        one.execute(sql, values, binary=True)

    def rows() -> list[tuple[Any, ...]]:
        with connection.wrap_database_errors, one:
            return one.fetchall()

    return rows


@contextmanager
def cursor() -> Iterator[psycopg.Cursor[Any]]:
    """A cursor of Django's connection that sends parameters beside the statement. Raises Django's database errors."""
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as one:
        register(one)
        yield one


def read(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Rows of a statement with little work for each value: UUIDs are their 16 bytes, moments microseconds since 2000.

    A row of eight columns takes a microsecond. Parameters as :func:`array` and :func:`integers` make them.
    """
    with cursor() as one:
        plain(one)
        return one.execute(sql, values, binary=True).fetchall()


def plain(context: AdaptContext) -> None:
    """Let a connection or a cursor give UUIDs as their 16 bytes and moments as microseconds since 2000."""
    context.adapters.register_loader("uuid", ByteaBinaryLoader)
    context.adapters.register_loader("timestamptz", Int8BinaryLoader)


@contextmanager
def prepared() -> Iterator[None]:
    """Statements that are sent within it are kept, and planned once for each connection where PostgreSQL sees no harm.

    Planning a few joins costs more than finding a few rows. PostgreSQL sees no harm when its guesses do not depend on
    the values: write ``ANY(ARRAY(SELECT unnest(…)))`` for keys of which there may be one or ten. It decides after five.
    """
    connection.ensure_connection()
    raw = connection.connection
    raw.prepare_threshold = 0
    try:
        yield
    finally:
        raw.prepare_threshold = None


def copied(columns: int, rows: Iterable[bytes]) -> bytes:
    """What COPY reads: each row its values, each with its length, joined."""
    return struct.pack("!h", columns).join([_HEADER, *rows]) + _END


def copy(table: str, columns: Sequence[str], rows: Iterable[bytes]) -> None:
    """Write rows with COPY: half of what INSERT costs. A row is its values, each with its length, joined.

    For rows that cannot be there yet: COPY knows no ON CONFLICT.
    """
    content = copied(len(columns), rows)
    with cursor() as one, one.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT BINARY)") as out:
        out.write(content)
