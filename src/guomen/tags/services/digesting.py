"""Add up new scans: what each item's come to, where an order's codes are checked, and alarms about copies.

``tags_scanbatch`` is an outbox: whoever saw looks writes them once, with their batch in the same transaction. This
takes batches out, in one transaction with everything that follows from their scans. So nothing is counted twice or
forgotten, whatever order the batches were committed in, and memory is bounded by :data:`AT_ONCE`.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from django.db import connection, transaction

from guomen.kit import binary
from guomen.tags.limits import distance, limits
from guomen.tags.rules import CopyLimits, Known, Look, Spoken, Trail, follow, spoken
from guomen.tags.rules.copies import GUESSED, SWEPT, noticed
from guomen.tags.services import sums
from guomen.tags.services.alarms import Raised, raise_alarms

AT_ONCE = 5000
BATCHES = 4
COUNTED = "public"
NO_CODE = -1
"""Index of a code that does not exist."""
_HOUR, _DAY = 3600, 86_400
Visits = Counter[tuple[bytes, int, int]]
"""By visitor, order and day."""


class _Item(NamedTuple):
    """An item that somebody looked at."""

    range_number: int
    index: int
    looks: list[Look]


class _Order(NamedTuple):
    """What is known of a range. ``exceptions``: whether items of it may be in another state than itself."""

    state: str = ""
    markets: tuple[str, ...] = ()
    released_at: int | None = None
    exceptions: bool = False

    def known(self, own: tuple[str, int, str] | None = None) -> Known:
        """What is known of one of its items, which may be in a state of its own."""
        return Known(*(own or (self.state, 0, "")), released_at=self.released_at, markets=self.markets)


class _Traffic:
    """Looks by order, hour and city: of the public, by new phones, of people at work."""

    def __init__(self) -> None:
        self.sums: dict[tuple[int, int, str], list[int]] = defaultdict(lambda: [0, 0, 0])
        self.sweeps: Visits = Counter()

    def new_phone(self, range_number: int, look: Look) -> None:
        self.sums[range_number, look.at - look.at % _HOUR, look.place][1] += 1
        self.sweeps[look.device, range_number, look.at // _DAY] += 1


def work(at_once: int = AT_ONCE) -> int:
    """One step of the worker: some portions, as long as they are full; returns how many scans were added up."""
    done = 0
    for _ in range(BATCHES):
        moved = digest(at_once)
        done += moved
        if moved < at_once:
            break
    return done


@transaction.atomic
def digest(at_once: int = AT_ONCE) -> int:
    """Add up waiting batches until there are ``at_once`` scans or more; returns how many.

    One process at a time: another finds nothing to do.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('tags.digest'))")
        if not cursor.fetchone()[0]:
            return 0
        rows = _taken(at_once)
        if not rows:
            return 0
        traffic, guesses = _Traffic(), Visits()
        items = _sorted(rows, traffic, guesses)
        raised = _add_up(items, traffic)
        raised += _by_visitor(cursor, SWEPT, traffic.sweeps, limits().swept_items)
        raised += _by_visitor(cursor, GUESSED, guesses, limits().guessed_codes)
        _add_traffic(cursor, traffic)
    raise_alarms(raised)
    return len(rows)


def _taken(at_once: int) -> list[tuple[Any, ...]]:
    """The oldest batches, taken out of the outbox: their scans."""
    batches = binary.read(
        # By key, and sought once: an outbox is empty whenever PostgreSQL counts its rows; no plan may rest on it.
        "DELETE FROM tags_scanbatch WHERE batch = ANY(ARRAY(SELECT batch FROM (SELECT batch, "
        "sum(count) OVER (ORDER BY batch) - count AS before FROM (SELECT batch, count FROM tags_scanbatch "
        "ORDER BY batch LIMIT %s) AS oldest) AS due WHERE before < %s)) RETURNING batch",
        [at_once, at_once],
    )
    if not batches:
        return []
    return binary.read(
        "SELECT item, at, range_number, index, channel, device, place, counter FROM tags_scan "
        "WHERE batch = ANY(%s::uuid[])",
        [binary.array(binary.UUIDS, [batch for (batch,) in batches])],
    )


def _sorted(rows: Iterable[tuple[Any, ...]], traffic: _Traffic, guesses: Visits) -> dict[bytes, _Item]:
    """Scans of the public by item; those of others, and of codes that do not exist, are only counted."""
    items: dict[bytes, _Item] = {}
    since_1970, counted = sums.since_1970, traffic.sums
    for item, moment, range_number, index, channel, device, place, counter in rows:
        at = since_1970(moment)
        if index == NO_CODE:
            # Whoever is at work meets strange codes every day.
            if channel == COUNTED:
                guesses[device, range_number, at // _DAY] += 1
            continue
        counts = counted[range_number, at - at % _HOUR, place]
        if channel != COUNTED:
            counts[2] += 1
            continue
        counts[0] += 1
        look = Look(at, device, place, counter)
        found = items.get(item)
        if found is None:
            items[item] = _Item(range_number, index, [look])
        else:
            found.looks.append(look)
    return items


def _add_up(items: dict[bytes, _Item], traffic: _Traffic) -> list[Raised]:
    """Add scans to what is known of their items; alarms that speak now. Rules are asked where they may speak."""
    before, orders = sums.locked(items), _orders({one.range_number for one in items.values()})
    states = _states({key: one for key, one in items.items() if orders[one.range_number].exceptions})
    quiet = _Quiet(orders)
    first: dict[bytes, Look] = {}
    again: dict[bytes, tuple[int, bytes]] = {}
    trails: dict[bytes, Trail] = {}
    raised: list[Raised] = []
    for key, one in items.items():
        known, look = before.get(key), one.looks[0]
        if len(one.looks) == 1:
            if known is None and key not in states and quiet.is_first(one.range_number, look):
                first[key] = look
                traffic.new_phone(one.range_number, look)
                continue
            if known is not None and (newest := known.again(look)):
                again[key] = look.at, newest
                continue
        one.looks.sort()
        trail = trails[key] = known.read() if known else Trail()
        about = orders[one.range_number].known(states.get(key))
        for look in one.looks:
            if follow(trail, [look], about, limits(), distance):
                traffic.new_phone(one.range_number, look)
        raised += _new(key, one, known, spoken(trail, about, limits()))
    sums.write_first(first)
    sums.write_again(again)
    sums.write(trails)
    return raised


class _Quiet:
    """Whether an item's first look, in its range's state, is nothing to any rule. Each kind of look is asked once."""

    def __init__(self, orders: dict[int, _Order]) -> None:
        self._orders, self._found = orders, dict[tuple[int, str, str], bool]()
        self._may_be = _one_is_nothing(limits())

    def is_first(self, range_number: int, look: Look) -> bool:
        order = self._orders[range_number]
        # For an item without a state of its own a look's moment matters for this alone.
        if order.released_at is None or look.at < order.released_at:
            return False
        kind = range_number, look.place, look.counter
        found = self._found.get(kind)
        if found is None:
            found = self._found[kind] = not noticed(look, Trail(), order.known(), limits(), distance)
        return found and self._may_be


@lru_cache(4)
def _one_is_nothing(numbers: CopyLimits) -> bool:
    """Whether no rule speaks about an item only because one phone looked at it once."""
    for place in ("", "CNSHA"):
        trail = Trail()
        trail.add(Look(1, bytes(8), place))
        if spoken(trail, Known(), numbers):
            return False
    return True


def _orders(numbers: Collection[int]) -> dict[int, _Order]:
    rows = binary.read(
        "SELECT r.number, r.state, r.markets::text, a.since, "
        "EXISTS (SELECT FROM tags_segment g WHERE g.range_number = r.number) "
        "OR EXISTS (SELECT FROM tags_itemstate i WHERE i.range_number = r.number) FROM tags_range r "
        "LEFT JOIN tags_activation a ON a.subject = r.subject AND a.ended_at IS NULL WHERE r.number = ANY(%s::int[])",
        [binary.integers(list(numbers))],
    )
    found = dict.fromkeys(numbers, _Order())
    for number, state, markets, since, exceptions in rows:
        released_at = None if since is None else sums.since_1970(since)
        found[number] = _Order(state, tuple(orjson.loads(markets)), released_at, exceptions)
    return found


def _states(items: dict[bytes, _Item]) -> dict[bytes, tuple[str, int, str]]:
    """State, since when and where, of items that have another than their range: their own before their stretch's."""
    if not items:
        return {}
    keys = binary.array(binary.UUIDS, list(items))
    rows = binary.read(
        "SELECT i.item, s.state, s.at, s.place FROM unnest(%s::uuid[], %s::int[], %s::int[]) AS i(item, number, index) "
        "CROSS JOIN LATERAL (SELECT state, at, place, last FROM tags_segment WHERE range_number = i.number "
        "AND first <= i.index ORDER BY first DESC LIMIT 1) AS s WHERE s.last >= i.index",
        [keys, *(binary.integers([one[n] for one in items.values()]) for n in (0, 1))],
    )
    rows += binary.read("SELECT item, state, at, place FROM tags_itemstate WHERE item = ANY(%s::uuid[])", [keys])
    return {item: (state, sums.since_1970(at), place) for item, state, at, place in rows}


def _new(key: bytes, one: _Item, known: sums.Sums | None, found: Iterable[Spoken]) -> list[Raised]:
    if not (found := list(found)):
        return []
    alarms = orjson.loads(known.alarms) if known else ()
    return [
        Raised(UUID(bytes=key), one.range_number, one.index, s.code, dict(s.numbers))
        for s in found
        if s.code not in alarms
    ]


def _by_visitor(cursor: Any, rule: str, looks: Visits, most: int) -> list[Raised]:
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


def _add_traffic(cursor: Any, traffic: _Traffic) -> None:
    if not traffic.sums:
        return
    keys = sorted(traffic.sums)
    numbers, hours, places = zip(*keys, strict=True)
    cursor.execute(
        "INSERT INTO tags_traffic AS t (range_number, hour, place, times, phones, at_work) "
        "SELECT n, to_timestamp(h), p, a, b, c FROM "
        "unnest(%s::int[], %s::bigint[], %s::text[], %s::int[], %s::int[], %s::int[]) AS x(n, h, p, a, b, c) "
        "ON CONFLICT (range_number, hour, place) DO UPDATE SET times = t.times + excluded.times, "
        "phones = t.phones + excluded.phones, at_work = t.at_work + excluded.at_work",
        [
            _array(numbers),
            _array(hours),
            list(places),
            *(_array(column) for column in zip(*(traffic.sums[key] for key in keys), strict=True)),
        ],
    )


def _array(values: Iterable[object]) -> str:
    """Numbers and words without signs as one parameter: thousands of values would each be adapted by themselves."""
    return "{" + ",".join(map(str, values)) + "}"
