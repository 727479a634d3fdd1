"""What a scan asks and writes, as SQL for any connection: Django's, or the scan path's own with its few rights."""

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
ACTIVATED = (
    "SELECT goods, since, ended_at IS NOT NULL, changed_at FROM tags_activation "
    "WHERE changed_at > %s ORDER BY changed_at DESC LIMIT 20000"
)
"""Goods whose release, or its end, became known since a moment."""
STRETCH, STATE, SALE, SUMS = range(4)
ITEMS = """
SELECT 0::int2, p.item, s.state::text FROM unnest(%(keys)s::uuid[], %(numbers)s::int[], %(indices)s::int[])
    AS p(item, number, index)
CROSS JOIN LATERAL (SELECT state, last FROM tags_segment WHERE range_number = p.number AND first <= p.index
    ORDER BY first DESC LIMIT 1) AS s WHERE s.last >= p.index
UNION ALL
SELECT 1::int2, item, state::text FROM tags_itemstate WHERE item = ANY(%(keys)s)
UNION ALL
SELECT 2::int2, s.item, json_build_array(extract(epoch FROM s.at), s.place, o.kind, o.name_en, o.name_zh)::text
FROM tags_sale s JOIN parties_organisation o ON o.id = s.organisation_id WHERE s.item = ANY(%(keys)s)
UNION ALL
SELECT 3::int2, item, json_build_array(times, extract(epoch FROM first_at), extract(epoch FROM last_at),
    devices, places, recent, alarms)::text FROM tags_seen WHERE item = ANY(%(keys)s)
"""
"""All that is kept of single items: rows of kind, item and text. Most items have none.

One statement, because a question costs a busy process more by its number of statements than by its number of items. Of
a sale and of the sums of looks the text is a JSON array, moments in seconds since 1970. Stretches are looked up by one
look into their index for each item.
"""
SALTS = "SELECT day, salt FROM tags_dailysalt ORDER BY day DESC LIMIT 3"
KEEP = (
    "COPY tags_scan (batch, number, item, at, range_number, index, channel, device, place, counter) "
    "FROM STDIN (FORMAT BINARY)"
)
"""Append scans: UUID, smallint, UUID, moment, integer, bigint, text, bytes and two texts."""
KEPT_COLUMNS = 10
ADD_UP = "INSERT INTO tags_scanbatch (batch, count) VALUES (%s, %s)"
"""Have a batch of scans added up; in the transaction that appends them."""
COUNT = """
WITH asked AS (SELECT * FROM unnest(%s::bytea[], %s::int[], %s::int[]) AS a(uid, told, version)),
held AS (
    SELECT c.uid, a.version, c.item, c.range_number, c.index, c.kind, c.counter AS before, a.told FROM tags_chip c
    JOIN asked a ON a.uid = c.uid AND a.version IN (-1, c.key_version) ORDER BY c.uid FOR UPDATE OF c),
moved AS (
    UPDATE tags_chip c SET counter = h.told, counted_at = now() FROM held h
    WHERE c.uid = h.uid AND c.counter < h.told RETURNING c.uid)
SELECT uid, version, item, range_number, index, kind, before FROM held
"""
"""Compare and set the counters of chips, each uid and version once in a statement: the rows as they were before.

A chip is found only by a message that was made with its own version of the keys (-1: without any).
"""


def about(keys: list[UUID], numbers: list[int], indices: list[int]) -> dict[str, Any]:
    """Parameters of :data:`ITEMS`: keys of items, and their ranges and indices in the same order."""
    return {"keys": keys, "numbers": numbers, "indices": indices}
