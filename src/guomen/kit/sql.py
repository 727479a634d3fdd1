"""SQL helpers that every capability may use."""

from django.db import connection


def next_number(sequence: str) -> int:
    """The next value of a PostgreSQL sequence: unique, not gapless and never used as an order."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s::regclass)", [sequence])
        return int(cursor.fetchone()[0])
