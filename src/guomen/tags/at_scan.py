"""What a scan asks and writes, as SQL for any connection: Django's, or the scan path's own with its few rights."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

RANGES = "SELECT number, gtin, batch, count, key_version FROM tags_range WHERE number = ANY(%s)"
"""Of ranges what never changes."""
PUBLISHED = (
    "SELECT range_number, version, facts::text, pages::text FROM tags_published "
    "WHERE range_number = ANY(%s) AND version > 0"
)
NEWER = "SELECT range_number, version FROM tags_published WHERE version > %s ORDER BY version LIMIT 10000"
"""Ranges that were composed since a version."""
NEWEST = "SELECT coalesce(max(version), 0) FROM tags_published"
NEWER_RECALLS = "SELECT recall, version, facts::text FROM tags_publishedrecall WHERE version > %s ORDER BY version"
MARKS_CHANGED = (
    "SELECT count(*), coalesce(bit_xor(hashtextextended(gtin || '/' || batch || '/' || recall, 0)), 0) "
    "FROM tags_recalledbatch"
)
"""A fingerprint of the recalls in force."""
MARKS = "SELECT gtin, batch, recall FROM tags_recalledbatch ORDER BY since"
STATES = "SELECT item, state FROM tags_itemstate WHERE item = ANY(%s)"
STRETCHES = (
    "SELECT p.item, s.state FROM unnest(%s::uuid[], %s::int[], %s::int[]) AS p(item, number, index) "
    "CROSS JOIN LATERAL (SELECT state, last FROM tags_segment WHERE range_number = p.number AND first <= p.index "
    "ORDER BY first DESC LIMIT 1) AS s WHERE s.last >= p.index"
)
"""States of the stretches that items are in; one look into the index for each item."""
SALES = (
    "SELECT s.item, s.at, s.place, o.kind, o.name_en, o.name_zh FROM tags_sale s "
    "JOIN parties_organisation o ON o.id = s.organisation_id WHERE s.item = ANY(%s)"
)
SEEN = (
    "SELECT item, times, first_at, last_at, devices, places, recent::text, alarms::text "
    "FROM tags_seen WHERE item = ANY(%s)"
)
SALTS = "SELECT day, salt FROM tags_dailysalt ORDER BY day DESC LIMIT 3"
KEEP = "COPY tags_scan (item, id, at, range_number, index, channel, device, place, counter) FROM STDIN (FORMAT BINARY)"
"""Append scans; :data:`KEPT_TYPES` in this order."""
KEPT_TYPES = ("uuid", "uuid", "timestamptz", "int4", "int8", "text", "bytea", "text", "text")
COUNT = """
WITH asked AS (SELECT * FROM unnest(%s::bytea[], %s::int[]) AS a(uid, told)),
held AS (
    SELECT c.uid, c.item, c.range_number, c.index, c.kind, c.key_version, c.counter AS before, c.counted_at, a.told
    FROM tags_chip c JOIN asked a USING (uid) ORDER BY c.uid FOR UPDATE OF c),
moved AS (
    UPDATE tags_chip c SET counter = h.told, counted_at = now() FROM held h
    WHERE c.uid = h.uid AND c.counter < h.told RETURNING c.uid)
SELECT uid, item, range_number, index, kind, key_version, before, counted_at FROM held
"""
"""Compare and set the counters of chips, each uid once: the rows as they were before."""


def of_items(keys: list[UUID], numbers: list[int], indices: list[int]) -> Iterator[tuple[str, list[Any]]]:
    """The questions about items, with their parameters: keys, and ranges and indices in the same order."""
    yield STRETCHES, [keys, numbers, indices]
    for question in (STATES, SALES, SEEN):
        yield question, [keys]
