"""Add up new scans: what each item's come to, where an order's codes are checked, and alarms about copies.

``tags_scan`` is an outbox: whoever saw a look appends it, this takes it out again, in one transaction with everything
that follows from it. So nothing is counted twice or forgotten, whatever order the looks were committed in, and memory
is bounded by :data:`AT_ONCE`.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson
from django.db import connection, transaction

from guomen.kit import binary
from guomen.tags.limits import distance, limits
from guomen.tags.rules import Known, Look, Spoken, Trail, follow, spoken
from guomen.tags.rules.copies import GUESSED, SWEPT
from guomen.tags.rules.trail import read
from guomen.tags.services.alarms import Raised, raise_alarms

AT_ONCE = 5000
BATCHES = 4
COUNTED = "public"
NO_CODE = -1
"""Index of a code that does not exist."""
_HOUR = 3600


@dataclass(slots=True)
class _Item:
    """An item that somebody looked at."""

    range_number: int
    index: int
    looks: list[Look] = field(default_factory=list)
    trail: Trail = field(default_factory=Trail)
    known: Known = field(default_factory=Known)
    alarms: list[str] = field(default_factory=list)


def work(at_once: int = AT_ONCE) -> int:
    """One step of the worker: some batches, as long as they are full; returns how many scans were added up."""
    done = 0
    for _ in range(BATCHES):
        moved = digest(at_once)
        done += moved
        if moved < at_once:
            break
    return done


@transaction.atomic
def digest(at_once: int = AT_ONCE) -> int:
    """Add up to ``at_once`` waiting scans; returns how many. One process at a time: another finds nothing to do."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('tags.digest'))")
        if not cursor.fetchone()[0]:
            return 0
        # An outbox is empty whenever PostgreSQL counts its rows: it would compare each of thousands with each.
        cursor.execute("SET LOCAL enable_nestloop = off")
        rows = _taken(cursor, at_once)
        if not rows:
            return 0
        traffic: dict[tuple[int, int, str], list[int]] = defaultdict(lambda: [0, 0, 0])
        items: dict[str, _Item] = {}
        guesses: Counter[tuple[bytes, int, int]] = Counter()
        for item, at, range_number, index, channel, device, place, counter, is_new in rows:
            if not is_new:
                continue
            if index == NO_CODE:
                # Whoever is at work meets strange codes every day.
                if channel == COUNTED:
                    guesses[bytes(device), range_number, at // 86_400] += 1
                continue
            sums = traffic[range_number, at - at % _HOUR, place]
            if channel != COUNTED:
                sums[2] += 1
                continue
            sums[0] += 1
            found = items.setdefault(item, _Item(range_number, index))
            found.looks.append(Look(at, bytes(device), place, counter))
        _read(cursor, items)
        sweeps: Counter[tuple[bytes, int, int]] = Counter()
        raised: list[Raised] = []
        for key, one in items.items():
            one.looks.sort()
            for look in one.looks:
                if follow(one.trail, [look], one.known, limits(), distance):
                    traffic[one.range_number, look.at - look.at % _HOUR, look.place][1] += 1
                    sweeps[look.device, one.range_number, look.at // 86_400] += 1
            raised += _new(key, one, spoken(one.trail, one.known, limits()))
        raised += _by_visitor(cursor, SWEPT, sweeps, limits().swept_items)
        raised += _by_visitor(cursor, GUESSED, guesses, limits().guessed_codes)
        _write(items)
        _add_traffic(cursor, traffic)
    raise_alarms(raised)
    return len(rows)


def _taken(cursor: Any, at_once: int) -> Sequence[Any]:
    cursor.execute(
        "WITH taken AS (DELETE FROM tags_scan WHERE (item, id) IN "
        "(SELECT item, id FROM tags_scan LIMIT %s FOR UPDATE SKIP LOCKED) RETURNING *), "
        # One that was sent twice, because its first answer was lost, is one look.
        "kept AS (INSERT INTO tags_pastscan (item, id, at, channel, device, place, counter) "
        "SELECT item, id, at, channel, device, place, counter FROM taken WHERE index >= 0 "
        "ON CONFLICT DO NOTHING RETURNING item, id) "
        "SELECT t.item::text, extract(epoch FROM t.at)::bigint, t.range_number, t.index, t.channel, t.device, t.place, "
        "t.counter, k.id IS NOT NULL OR t.index < 0 FROM taken t LEFT JOIN kept k USING (item, id)",
        [at_once],
    )
    return cursor.fetchall()


def _read(cursor: Any, items: dict[str, _Item]) -> None:
    """What was known of the items until now, locked: somebody may undo an alarm at the same time."""
    cursor.execute(
        "SELECT item::text, times, extract(epoch FROM first_at)::bigint, extract(epoch FROM last_at)::bigint, "
        "recent::text, alarms::text, trail::text FROM tags_seen WHERE item = ANY(%s::uuid[]) ORDER BY item FOR UPDATE",
        [_array(items)],
    )
    for item, times, first_at, last_at, recent, alarms, trail in cursor.fetchall():
        items[item].trail = read(times, first_at, last_at, orjson.loads(recent), orjson.loads(trail))
        items[item].alarms = orjson.loads(alarms)
    cursor.execute(
        "SELECT r.number, r.state, r.markets::text, extract(epoch FROM a.since)::bigint FROM tags_range r "
        "LEFT JOIN tags_activation a ON a.subject = r.subject AND a.ended_at IS NULL WHERE r.number = ANY(%s)",
        [list({one.range_number for one in items.values()})],
    )
    ranges = {number: (state, tuple(orjson.loads(markets)), at) for number, state, markets, at in cursor.fetchall()}
    states = _states(cursor, items)
    for key, one in items.items():
        whole, markets, released_at = ranges.get(one.range_number, ("", (), None))
        one.known = Known(*states.get(key, (whole, 0, "")), released_at=released_at, markets=markets)


def _states(cursor: Any, items: dict[str, _Item]) -> dict[str, tuple[str, int, str]]:
    """State, since when and where, of items that have another than their range: their own before their stretch's."""
    cursor.execute(
        "SELECT i.item::text, s.state, extract(epoch FROM s.at)::bigint, s.place "
        "FROM unnest(%s::uuid[], %s::int[], %s::bigint[]) AS i(item, number, index) CROSS JOIN LATERAL "
        "(SELECT state, at, place, last FROM tags_segment WHERE range_number = i.number AND first <= i.index "
        "ORDER BY first DESC LIMIT 1) AS s WHERE s.last >= i.index",
        [_array(items), _array(i.range_number for i in items.values()), _array(i.index for i in items.values())],
    )
    found = {item: rest for item, *rest in cursor.fetchall()}
    cursor.execute(
        "SELECT item::text, state, extract(epoch FROM at)::bigint, place FROM tags_itemstate "
        "WHERE item = ANY(%s::uuid[])",
        [_array(items)],
    )
    return found | {item: rest for item, *rest in cursor.fetchall()}


def _new(key: str, one: _Item, found: Iterable[Spoken]) -> list[Raised]:
    return [
        Raised(UUID(key), one.range_number, one.index, s.code, dict(s.numbers))
        for s in found
        if s.code not in one.alarms
    ]


def _by_visitor(cursor: Any, rule: str, looks: Counter[tuple[bytes, int, int]], most: int) -> list[Raised]:
    """Count for each visitor, order and day; an alarm about the order where one visitor reached ``most``."""
    if not looks:
        return []
    keys, what = sorted(looks), rule.removeprefix("TAG-").lower()
    cursor.execute(
        "WITH up AS (INSERT INTO tags_tally AS t (visitor, what, day, count) "
        "SELECT decode(v, 'hex'), w, 'epoch'::date + d, n "
        "FROM unnest(%s::text[], %s::text[], %s::int[], %s::int[]) AS x(v, w, d, n) "
        "ON CONFLICT (visitor, what, day) DO UPDATE SET count = t.count + excluded.count RETURNING what, day, count) "
        "SELECT what, day, max(count) FROM up WHERE count >= %s GROUP BY what, day",
        [
            _array(v.hex() for v, _, _ in keys),
            _array(f"{what}:{number}" for _, number, _ in keys),
            _array(day for _, _, day in keys),
            _array(looks[k] for k in keys),
            most,
        ],
    )
    return [
        Raised(None, int(told.partition(":")[2]), NO_CODE, rule, {"count": count, "day": str(day)})
        for told, day, count in cursor.fetchall()
    ]


def _write(items: dict[str, _Item]) -> None:
    if not items:
        return
    keys = sorted(items)
    trails = [items[key].trail for key in keys]
    with binary.cursor() as raw:
        raw.execute(
            "INSERT INTO tags_seen (item, times, first_at, last_at, devices, places, recent, alarms, trail) "
            "SELECT * FROM unnest(%s::uuid[], %s::int[], %s::timestamptz[], %s::timestamptz[], %s::int[], %s::int[], "
            "%s::jsonb[], %s::jsonb[], %s::jsonb[]) ON CONFLICT (item) DO UPDATE SET "
            "times = excluded.times, first_at = excluded.first_at, last_at = excluded.last_at, "
            "devices = excluded.devices, places = excluded.places, recent = excluded.recent, trail = excluded.trail",
            [
                binary.array(binary.UUIDS, [bytes.fromhex(key.replace("-", "")) for key in keys]),
                binary.integers([trail.times for trail in trails]),
                binary.array(binary.MOMENTS, [binary.seconds(trail.first_at) for trail in trails]),
                binary.array(binary.MOMENTS, [binary.seconds(trail.last_at) for trail in trails]),
                binary.integers([trail.phones for trail in trails]),
                binary.integers([len(trail.places) for trail in trails]),
                binary.array(binary.JSONBS, [_recent(trail) for trail in trails]),
                binary.array(binary.JSONBS, [orjson.dumps(items[key].alarms) for key in keys]),
                binary.array(binary.JSONBS, [orjson.dumps(trail.stored()) for trail in trails]),
            ],
        )


def _recent(trail: Trail) -> bytes:
    return orjson.dumps([[look.at, look.device.hex(), look.place] for look in trail.recent])


def _add_traffic(cursor: Any, traffic: dict[tuple[int, int, str], list[int]]) -> None:
    keys = sorted(traffic)
    cursor.execute(
        "INSERT INTO tags_traffic AS t (range_number, hour, place, times, phones, at_work) "
        "SELECT n, to_timestamp(h), p, a, b, c FROM "
        "unnest(%s::int[], %s::bigint[], %s::text[], %s::int[], %s::int[], %s::int[]) AS x(n, h, p, a, b, c) "
        "ON CONFLICT (range_number, hour, place) DO UPDATE SET times = t.times + excluded.times, "
        "phones = t.phones + excluded.phones, at_work = t.at_work + excluded.at_work",
        [list(column) for column in zip(*((*k, *traffic[k]) for k in keys), strict=True)] if keys else [[]] * 6,
    )


def _array(values: Iterable[object]) -> str:
    """Numbers and words without signs as one parameter: thousands of values would each be adapted by themselves."""
    return "{" + ",".join(map(str, values)) + "}"
