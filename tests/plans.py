"""How often a table was looked through."""

from django.db import connection


def scans_of(table: str) -> int:
    """Scans of a table that this session has not told yet, older ones among them: compare two of these."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq_scan + idx_scan FROM pg_stat_xact_user_tables WHERE relname = %s", [table])
        return cursor.fetchone()[0]
