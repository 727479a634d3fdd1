"""SQL helpers that every capability may use."""

from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from typing import Any

import orjson
from django.db import connection
from django.db.models import CharField, Lookup, Model, UUIDField

from guomen.kit import binary


def next_number(sequence: str) -> int:
    """The next value of a PostgreSQL sequence: unique, not gapless and never used as an order."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s::regclass)", [sequence])
        return int(cursor.fetchone()[0])


@UUIDField.register_lookup
class AnyOf(Lookup):
    """``item__any=keys``: as ``item__in``, for a set of thousands of UUIDs, or of their 16 bytes.

    They travel as one parameter. With ``in`` each is prepared, quoted and read by itself: ten times the cost.
    """

    lookup_name = "any"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        column, values = self.process_lhs(compiler, connection)
        words = [id.hex() if isinstance(id, bytes) else id.hex for id in self.rhs]
        return f"{column} = ANY(%s::uuid[])", [*values, "{" + ",".join(words) + "}"]


@CharField.register_lookup
class AnyText(Lookup):
    """``about__any=names``: as ``about__in``, for thousands of texts, which travel as one parameter."""

    lookup_name = "any"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        column, values = self.process_lhs(compiler, connection)
        texts = orjson.dumps(list(self.rhs)).decode()
        return f"{column} = ANY(ARRAY(SELECT json_array_elements_text(%s::json)))", [*values, texts]


def insert_rows(rows: Sequence[Model], *, again: bool = False) -> None:
    """Insert many new rows of one model in one round trip; raises IntegrityError as ``bulk_create`` does.

    ``again``: rows may be there already, and those that are stay as they are.

    Three times as fast as ``bulk_create``, which prepares and escapes every value by itself: here all rows travel as
    one JSON parameter and PostgreSQL reads each value by its column's type. Not for binary columns, nor for keys that
    the database makes.
    """
    if not rows:
        return
    statement, columns = _insert(type(rows[0]))
    values = [{column: state[name] for column, name in columns} for state in map(vars, rows)]
    statement += " ON CONFLICT DO NOTHING" if again else ""
    # Beside the statement: within it, megabytes would be quoted here and read as SQL there.
    with binary.cursor() as cursor:
        cursor.execute(statement, [orjson.dumps(values, default=_text).decode()])
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


def insert_missing(rows: Sequence[Model]) -> list[Model]:
    """:func:`insert_rows` without those whose key is there already, or is being written now; returns the new ones.

    Waits for a transaction that writes the same key, and locks the keys in their order, so that two never deadlock.
    """
    if not rows:
        return []
    statement, columns = _insert(type(rows[0]))
    key = connection.ops.quote_name(rows[0]._meta.pk.column)
    values = [{column: state[name] for column, name in columns} for state in map(vars, sorted(rows, key=_key))]
    with binary.cursor() as cursor:
        cursor.execute(
            f"{statement} ON CONFLICT DO NOTHING RETURNING {key}", [orjson.dumps(values, default=_text).decode()]
        )
        made = {row[0] for row in cursor.fetchall()}
    new = [row for row in rows if row.pk in made]
    for row in new:
        row._state.adding, row._state.db = False, connection.alias
    return new


def _key(row: Model) -> str:
    return str(row.pk)


@cache
def _insert(model: type[Model]) -> tuple[str, tuple[tuple[str, str], ...]]:
    columns = tuple((str(f.column), f.attname) for f in model._meta.concrete_fields if f.column)
    quote = connection.ops.quote_name
    table, names = quote(model._meta.db_table), ", ".join(quote(column) for column, _ in columns)
    read = f"SELECT {names} FROM json_populate_recordset(NULL::{table}, %s::json)"  # noqa: S608  # names of our models
    return f"INSERT INTO {table} ({names}) {read}", columns


def _text(value: Any) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    raise TypeError(f"{type(value).__name__} cannot be a column's value here")
