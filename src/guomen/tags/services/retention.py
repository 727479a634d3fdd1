"""Forget single scans after some days: what remains are sums by item, and by order, day and city."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from guomen.kit.clock import now

AT_ONCE = 20_000
MOST_BATCHES = 50


def forget() -> int:
    """Delete scans that are older than the setting ``scan_days``; returns how many. The worker does it each hour.

    With an item's last scan of that age its recent looks go, too: what is left says how often, in how many cities, and
    the first and the last moment. Hours of traffic become days.
    """
    until = now() - timedelta(days=settings.GUOMEN.scan_days)
    gone = 0
    with connection.cursor() as cursor:
        for _ in range(MOST_BATCHES):
            deleted = _forgotten(cursor, until)
            gone += deleted
            if deleted < AT_ONCE:
                break
        _sum_up_days(cursor, until)
    return gone


def _forgotten(cursor: Any, until: datetime) -> int:
    cursor.execute(
        # What still waits to be added up is kept, however old it is. A batch goes as a whole, whatever the limit.
        "DELETE FROM tags_scan WHERE at < %s AND batch = ANY(ARRAY(SELECT batch FROM tags_scan AS s WHERE at < %s "
        "AND NOT EXISTS (SELECT FROM tags_scanbatch AS w WHERE w.batch = s.batch) LIMIT %s)) RETURNING item",
        [until, until, AT_ONCE],
    )
    items = [item for (item,) in cursor.fetchall()]
    cursor.execute(
        "UPDATE tags_seen SET recent = coalesce((SELECT jsonb_agg(look ORDER BY n) "
        "FROM jsonb_array_elements(recent) WITH ORDINALITY AS r(look, n) WHERE (look->>0)::bigint >= %s), '[]') "
        "WHERE item = ANY(%s) AND recent <> '[]'",
        [int(until.timestamp()), sorted(set(items))],
    )
    return len(items)


def _sum_up_days(cursor: Any, until: datetime) -> None:
    """Hours before the day of ``until`` become one row for the day, at its first moment in the local time zone."""
    cursor.execute(
        "WITH zone AS (SELECT %s::text AS z), old AS (DELETE FROM tags_traffic t USING zone "
        "WHERE t.hour < date_trunc('day', %s AT TIME ZONE z) AT TIME ZONE z "
        "AND t.hour <> date_trunc('day', t.hour AT TIME ZONE z) AT TIME ZONE z RETURNING t.*) "
        "INSERT INTO tags_traffic AS t (range_number, hour, place, times, phones, at_work) "
        "SELECT range_number, date_trunc('day', hour AT TIME ZONE z) AT TIME ZONE z, place, sum(times), sum(phones), "
        "sum(at_work) FROM old, zone GROUP BY 1, 2, 3 ON CONFLICT (range_number, hour, place) DO UPDATE SET "
        "times = t.times + excluded.times, phones = t.phones + excluded.phones, "
        "at_work = t.at_work + excluded.at_work",
        [settings.TIME_ZONE, until],
    )
