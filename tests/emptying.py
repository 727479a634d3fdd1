"""Empty the tables after a test that committed: only those that hold something.

Django truncates every table there is, and PostgreSQL makes a new file for each table and index of them; that took
longer than most tests.
"""

from typing import Any

from django.db import connection, transaction

KEPT = frozenset({"django_content_type", "auth_permission"})
"""What Django makes of the models, always the same."""


def empty(_case: Any = None) -> None:
    """Delete every row of our tables; requests that are still writing are waited for."""
    names = [f'"{n}"' for n in connection.introspection.django_table_names(only_existing=True) if n not in KEPT]
    held = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in names)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {', '.join(names)} IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute(held)
        for (name,) in cursor.fetchall():
            cursor.execute(f"DELETE FROM {name}")
