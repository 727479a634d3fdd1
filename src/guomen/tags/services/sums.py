"""What the scans of single items add up to, as ``tags_seen`` keeps it: read, and written in three ways.

Of most scans almost nothing is new: an item is looked at for the first time, or by a phone that looked before on this
day. What their rows say is known without asking the copy rules, and is written as text.
"""

from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import Any, NamedTuple

import orjson
from django.db import IntegrityError, transaction

from guomen.kit import binary
from guomen.tags.rules import Look, Trail
from guomen.tags.rules.trail import RECENT, read

_DAY = 86_400
_words = lru_cache(4096)(orjson.dumps)
"""Of cities there are few."""


class Sums(NamedTuple):
    """One row as it is stored; moments in microseconds since 2000, ``recent``, ``alarms`` and ``trail`` as JSON."""

    times: int
    first_at: int
    last_at: int
    recent: str
    alarms: str
    trail: str

    def read(self) -> Trail:
        first_at, last_at = since_1970(self.first_at), since_1970(self.last_at)
        return read(self.times, first_at, last_at, orjson.loads(self.recent), orjson.loads(self.trail))

    def again(self, look: Look) -> bytes | None:
        """The newest looks after this one, when nothing else changes: its phone and its city are known on its day."""
        trail = orjson.loads(self.trail)
        if trail.get("d") != look.at // _DAY or look.place not in trail["h"]:
            return None
        phones, mine = trail["k"], look.device[:4].hex()
        if mine not in [phones[n : n + 8] for n in range(0, len(phones), 8)]:
            return None
        if look.place and look.place not in trail["p"]:
            return None
        newest = orjson.loads(self.recent)
        if newest and look.at < newest[0][0]:
            return None
        return orjson.dumps([[look.at, look.device.hex(), look.place], *newest[: RECENT - 1]])


def since_1970(moment: int) -> int:
    """Whole seconds of a moment in microseconds since 2000."""
    return moment // 1_000_000 + binary.SECONDS_TO_EPOCH


def locked(items: Collection[bytes]) -> dict[bytes, Sums]:
    """What was known of items until now, locked: somebody may undo an alarm at the same time."""
    rows = binary.read(
        "SELECT item, times, first_at, last_at, recent::text, alarms::text, trail::text FROM tags_seen "
        "WHERE item = ANY(%s::uuid[]) ORDER BY item FOR UPDATE",
        [binary.array(binary.UUIDS, list(items))],
    )
    return {item: Sums(*rest) for item, *rest in rows}


def write_first(looks: dict[bytes, Look]) -> None:
    """Items with the one look that was ever taken at each: by COPY, at half of what INSERT costs."""
    if not looks:
        return
    keys = sorted(looks)
    try:
        with transaction.atomic():
            binary.copy("tags_seen", _COLUMNS, [_row(key, looks[key]) for key in keys])
    except IntegrityError:
        # Somebody's claim was refused at this very moment, which makes a row without looks.
        trails = {key: Trail() for key in keys}
        for key, look in looks.items():
            trails[key].add(look)
        write(trails)


_COLUMNS = ("item", "times", "first_at", "last_at", "devices", "places", "recent", "alarms", "trail")
_ONE, _NONE = binary.integer(1), binary.integer(0)
_NO_ALARMS = binary.jsonb(b"[]")


def _row(item: bytes, look: Look) -> bytes:
    at = binary.value(binary.seconds(look.at))
    places = _ONE if look.place else _NONE
    recent, trail = binary.jsonb(_only(look)), binary.jsonb(_started(look))
    return b"".join((binary.UUID_SIZE, item, _ONE, at, at, _ONE, places, recent, _NO_ALARMS, trail))


def _only(look: Look) -> bytes:
    return b'[[%d,"%b",%b]]' % (look.at, look.device.hex().encode(), _words(look.place))


def _started(look: Look) -> bytes:
    place = _words(look.place)
    places = place if look.place else b""
    phone = look.device[:4].hex().encode()
    return b'{"e":0,"d":%d,"k":"%b","h":[%b],"p":[%b],"m":{}}' % (look.at // _DAY, phone, place, places)


def write_again(looks: dict[bytes, tuple[int, bytes]]) -> None:
    """Items with one more look that :meth:`Sums.again` knows: its moment, and the newest looks as JSON."""
    if not looks:
        return
    keys = sorted(looks)
    with binary.cursor() as cursor:
        cursor.execute(
            "UPDATE tags_seen AS s SET times = s.times + 1, last_at = greatest(s.last_at, x.at), recent = x.recent "
            "FROM unnest(%s::uuid[], %s::timestamptz[], %s::jsonb[]) AS x(item, at, recent) WHERE s.item = x.item",
            [
                binary.array(binary.UUIDS, keys),
                binary.moments([looks[key][0] for key in keys]),
                binary.array(binary.JSONBS, [looks[key][1] for key in keys]),
            ],
        )


def write(trails: dict[bytes, Trail]) -> None:
    """Items of which anything may have changed."""
    if not trails:
        return
    keys = sorted(trails)
    ordered = [trails[key] for key in keys]
    with binary.cursor() as cursor:
        cursor.execute(
            "INSERT INTO tags_seen (item, times, first_at, last_at, devices, places, recent, alarms, trail) "
            "SELECT item, times, first_at, last_at, devices, places, recent, '[]', trail FROM unnest(%s::uuid[], "
            "%s::int[], %s::timestamptz[], %s::timestamptz[], %s::int[], %s::int[], %s::jsonb[], %s::jsonb[]) "
            "AS x(item, times, first_at, last_at, devices, places, recent, trail) ON CONFLICT (item) DO UPDATE SET "
            "times = excluded.times, first_at = excluded.first_at, last_at = excluded.last_at, "
            "devices = excluded.devices, places = excluded.places, recent = excluded.recent, trail = excluded.trail",
            [
                binary.array(binary.UUIDS, keys),
                binary.integers([trail.times for trail in ordered]),
                binary.moments([trail.first_at for trail in ordered]),
                binary.moments([trail.last_at for trail in ordered]),
                binary.integers([trail.phones for trail in ordered]),
                binary.integers([len(trail.places) for trail in ordered]),
                binary.array(binary.JSONBS, [_recent(trail.recent) for trail in ordered]),
                binary.array(binary.JSONBS, [orjson.dumps(trail.stored()) for trail in ordered]),
            ],
        )


def _recent(looks: Iterable[Look]) -> bytes:
    told: list[Any] = [[look.at, look.device.hex(), look.place] for look in looks]
    return orjson.dumps(told)
