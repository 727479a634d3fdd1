"""Where a thing came from and where it went: breadth first, level by level, each level one or two indexed reads.

Upstream of a thing are its batch and what went into the transformations that made it; downstream the items of a batch
and what was made of it. What lay in a container belongs to it in both directions. Then: in what these goods travelled
meanwhile, and which events moved them, from whom to whom (guomen.trace.moving).
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any, Literal, NamedTuple, get_args
from uuid import UUID

from django.db import transaction
from msgspec import Struct

from guomen.core import epcis
from guomen.kit import binary
from guomen.parties.actors import Actor
from guomen.trace.graph import chunks, read, send, stays_up
from guomen.trace.models import Event, EventItem, EventReader
from guomen.trace.moving import ALWAYS, EMPTYINGS, Key, Move, Moves, Party, Window, moves_of
from guomen.trace.rules import BEGIN
from guomen.trace.sight import ALL, HELD, Eyes, eyes, item_eyes, scope, visible_items
from guomen.trace.things import NIL, key_of, name_of, names_of

__all__ = ["End", "Found", "Move", "Part", "Party", "Start", "is_known", "walk"]

Direction = Literal["upstream", "downstream"]
DEPTH, DEEPEST = 8, 20
BREADTH, WIDEST = 1000, 1_000_000
MOST_THINGS = 1_000_000
_EVENTS_AT_ONCE = 100
_BY_INDEXES = (
    "SELECT set_config('enable_seqscan', 'off', true), set_config('max_parallel_workers_per_gather', '0', true), "
    "set_config('work_mem', '32MB', true)"
)
"""Asked about some ten thousand keys PostgreSQL would rather read a table of millions whole, and for each such question
again, with workers beside it: several times the work of looking each key up."""


@dataclass(frozen=True, slots=True)
class Start:
    """What was asked."""

    uri: str
    direction: Direction
    depth: int
    breadth: int


class Found(Struct, frozen=True, gc=False, omit_defaults=True):
    """A thing of the chain, ``level`` steps from the start, and how it is known from ``of``.

    how: batch (upstream) or item (downstream) of it; input or output of a transformation; contents of a container.
    """

    uri: str
    level: int
    how: str
    of: str
    event: str
    at: datetime | None = None
    quantity: Decimal | None = None
    uom: str = ""


@dataclass(slots=True)
class End:
    """How much there was. ``truncated``: depth, breadth or size, where the walk stopped short of the end.

    ``hidden``: transformations of which the asker may not see the other things.
    """

    things: int = 0
    moves: int = 0
    hidden: int = 0
    truncated: list[str] = field(default_factory=list)

    def stop(self, why: str) -> None:
        if why not in self.truncated:
            self.truncated.append(why)


Part = Start | Found | Move | End


class _Link(NamedTuple):
    """How things are known. Many share one: the items of a batch that one event names."""

    of: Key
    event: Key
    how: str
    at: datetime | None = None
    quantity: Decimal | None = None
    uom: str = ""


_Next = dict[Key, tuple[_Link, Window]]


def walk(
    uri: str, direction: Direction, by: Actor | None = None, *, depth: int = DEPTH, breadth: int = BREADTH
) -> Iterator[Part]:
    """The chain of a thing as it is found: level by level its goods, then carriers and moves, then how it ended.

    ``breadth``: at most so many things of a level are followed. Memory holds a key per thing, not the events.
    While things are told, PostgreSQL already looks for what comes after them and for what moved them.
    Raises GS1Error for a name that is none (at the first step).
    """
    name, sight, end = name_of(uri), eyes(by), End()
    start = key_of(name).bytes
    yield Start(name, direction, depth, breadth)
    goods: dict[Key, Window] = {start: ALWAYS}
    names: dict[Key, str] = {start: name}
    with transaction.atomic(), binary.pipeline():
        binary.send(_BY_INDEXES, {})
        moves = Moves(sight, item_eyes(by))
        edges = _Edges(direction, sight, moves, goods)
        edges.ask([start])
        for level in range(1, depth + 2):
            found = _next(edges, goods, by, end)
            if not found:
                break
            if level > depth:
                end.stop("depth")
                break
            if len(found) > breadth or len(goods) + len(found) > MOST_THINGS:
                end.stop("breadth" if len(found) > breadth else "size")
                found = dict(islice(found.items(), max(0, min(breadth, MOST_THINGS - len(goods)))))
            goods |= {key: window for key, (_, window) in found.items()}
            edges = _Edges(direction, sight, moves, goods)
            # Names are needed once more only for what the next level hangs on.
            names = yield from _told(found, level, names, _ahead(list(found), edges))
            end.things += len(found)
        counts = moves.counted(goods)
    for move in moves_of(counts, by):
        end.moves += 1
        yield move
    yield end


def is_known(uri: str, by: Actor | None) -> bool:
    """Whether the actor may see anything of this thing. Raises GS1Error."""
    key, sight = key_of(uri), eyes(by)
    if visible_items(EventItem.objects.filter(item=key), by).exists():
        return True
    return any(_Edges(direction, sight).known(key.bytes) for direction in get_args(Direction))


class _Edges:
    """What is next to some things in one direction: answers that PostgreSQL was asked for beforehand.

    What moved the same things is asked with it, and in what they were: upstream that is read together.
    """

    def __init__(
        self, direction: Direction, sight: Eyes, moves: Moves | None = None, goods: Mapping[Key, Window] | None = None
    ) -> None:
        self.direction, self.sight, self.moves, self.goods = direction, sight, moves, goods or {}
        self._waiting: list[tuple[list[Key], list[Callable[[], list[tuple[Any, ...]]]]]] = []

    def ask(self, keys: list[Key]) -> None:
        statements = _NEIGHBOURS[self.direction]
        asked = [send(sql.format(sight=self.sight.sql), self.sight, keys, nil=NIL) for sql in statements]
        self._waiting.append((keys, asked))
        if self.moves:
            self.moves.ask(keys, self.goods, packed=self.direction == "downstream")

    def answers(self) -> Iterator[tuple[list[Key], list[tuple[str, Key, bytes, bytes]]]]:
        """Things, and their edges by event: kind, event, keys of the things joined, keys of what is next joined."""
        for keys, asked in self._waiting:
            rows = [row for answer in asked for row in answer()]
            if self.direction == "upstream":
                packed = [(parent, at, action, ones) for kind, parent, ones, _, at, action in rows if kind == "packed"]
                rows = [row[:4] for row in rows if row[0] != "packed"]
                if self.moves:
                    self.moves.told(keys, self.goods, packed)
            yield keys, rows

    def known(self, key: Key) -> bool:
        self.ask([key])
        return any(rows for _, rows in self.answers())


# The edges of one event travel together: it names a hundred items.
_JOINED = (
    "SELECT kind, uuid_send(event_id), string_agg(uuid_send({mine}), ''), string_agg(uuid_send({other}), '') "
    "FROM trace_{table} edge WHERE {mine} = ANY(%(keys)s::uuid[]) AND {where} AND {{sight}} GROUP BY kind, event_id"
)
_INSIDE = "kind IN ('aggregation', 'association')"
_IS_THING = "child <> '00000000-0000-0000-0000-000000000000'"
_NEIGHBOURS = {
    "downstream": (_JOINED.format(table="edgeout", mine="parent", other="child", where=_IS_THING),),
    "upstream": (
        # What these came from and in what they were: to look many keys up takes longer than all else.
        "WITH near AS MATERIALIZED (SELECT kind, event_id, parent, child, happened_at, action FROM trace_edgein edge "  # noqa: S608
        "WHERE child = ANY(%(keys)s::uuid[]) AND {sight}), up AS MATERIALIZED (SELECT parent, happened_at, action, "
        f"string_agg(uuid_send(child), '') AS children FROM near WHERE {_INSIDE} GROUP BY parent, happened_at, action) "
        "SELECT kind, uuid_send(event_id), string_agg(uuid_send(child), ''), string_agg(uuid_send(parent), ''), "
        "NULL::timestamptz, NULL::text FROM near WHERE kind IN ('lot', 'transformation') GROUP BY kind, event_id "
        "UNION ALL SELECT 'packed', uuid_send(parent), children, NULL, happened_at, action FROM up "
        "UNION ALL SELECT 'packed', uuid_send(parent), NULL, NULL, happened_at, 'EMPTIED' " + EMPTYINGS,
        _JOINED.format(table="edgeout", mine="parent", other="child", where=f"{_INSIDE} AND {_IS_THING}"),
    ),
}


def _ahead(frontier: list[Key], edges: _Edges) -> Iterator[None]:
    """Ask, some thousands of things a step, what comes after them and what moved them."""
    for keys in chunks(frontier):
        edges.ask(keys)
        yield


def _next(edges: _Edges, goods: Mapping[Key, Window], by: Actor | None, end: End) -> _Next:
    found: _Next = {}
    how = "item" if edges.direction == "downstream" else "batch"
    for keys, rows in edges.answers():
        through: dict[Key, Key] = {}
        contents: dict[Key, Key] = {}
        for kind, event, ones, others in rows:
            if kind == "transformation":
                through[event] = ones[:16]
            elif kind != "lot":
                contents |= dict.fromkeys(binary.uuids(others), event)
            else:
                _lot(event, how, ones, others, goods, found)
        if through:
            _made(through, edges, goods, found)
            end.hidden += _partly(through, by)
        for key, known in _contents(contents, frozenset(keys), goods, edges.sight) if contents else ():
            if key not in goods:
                found.setdefault(key, known)
    return found


def _lot(event: Key, how: str, ones: bytes, others: bytes, goods: Mapping[Key, Window], found: _Next) -> None:
    """Items of a batch, or batches of items, that one event names."""
    of, known = b"", (_Link(b"", event, how), ALWAYS)
    for one, other in zip(binary.uuids(ones), binary.uuids(others), strict=True):
        if one != of:
            of, known = one, (_Link(one, event, how), ALWAYS)
        if other not in goods:
            found.setdefault(other, known)


def _made(of: Mapping[Key, Key], edges: _Edges, goods: Mapping[Key, Window], found: _Next) -> None:
    """Through transformations: their events (each with a thing that leads to it) stand between inputs and outputs."""
    downstream = edges.direction == "downstream"
    table, mine, other = ("edgeout", "parent", "child") if downstream else ("edgein", "child", "parent")
    rows = read(
        f"SELECT uuid_send(event_id), happened_at, quantity, uom, string_agg(uuid_send({other}), '') "  # noqa: S608
        f"FROM trace_{table} edge WHERE {mine} = ANY(%(keys)s::uuid[]) AND kind = 'transformation' "
        f"AND {edges.sight.sql} GROUP BY event_id, happened_at, quantity, uom",
        edges.sight,
        of,
    )
    how = "output" if downstream else "input"
    for event, at, quantity, uom, others in rows:
        known = (_Link(of[event], event, how, at, quantity, uom), ALWAYS)
        for key in binary.uuids(others):
            if key not in goods:
                found.setdefault(key, known)


def _partly(events: Collection[Key], by: Actor | None) -> int:
    """How many of these events the actor sees only redacted."""
    party = scope(by)
    if party is None:
        return 0
    ids = {UUID(bytes=key) for key in events}
    own = Event.objects.filter(event_id__in=ids, organisation_id=party).values_list("event_id", flat=True)
    whole = EventReader.objects.filter(organisation_id=party, event_id__in=ids).exclude(why=HELD)
    return len(ids - set(own) - set(whole.values_list("event_id", flat=True)))


def _contents(
    events: Mapping[Key, Key], parents: frozenset[Key], goods: Mapping[Key, Window], sight: Eyes
) -> Iterator[tuple[Key, tuple[_Link, Window]]]:
    """What lay in these while they were of the chain, out of what ever did (with an event that says so)."""
    for thing, stays in stays_up([UUID(bytes=key) for key in events], sight).items():
        child = thing.bytes
        for stay in stays:
            parent = stay.inside.parent.bytes
            if parent in parents and not stay.lot:
                since, until = max(goods[parent][0], stay.inside.since), min(goods[parent][1], stay.inside.until)
                if since <= until:
                    link = _Link(parent, events[child], "contents", _moment(since), stay.inside.quantity)
                    yield child, (link._replace(uom=stay.inside.uom), (since, until))


def _moment(at: datetime) -> datetime | None:
    return None if at == BEGIN else at


# Seen redacted, an event still names what the walk may find by it: both ends of its edges are for the reader.
_STATED = "SELECT uuid_send(event_id), uri, body::text FROM trace_event WHERE event_id = ANY(%(keys)s::uuid[])"


def _told(found: _Next, level: int, before: Mapping[Key, str], ahead: Iterator[None]) -> Iterator[Found]:
    """Give what was found, with names out of the events that state it; return the names.

    ``ahead`` is gone on with while this works, and to its end.
    """
    names: dict[Key, str] = {}
    # By events, so that each is read once.
    by_event: dict[Key, list[Key]] = defaultdict(list)
    for key, (link, _) in found.items():
        by_event[link.event].append(key)
    some = chunks(by_event, _EVENTS_AT_ONCE)
    events = next(some, None)
    answer = send(_STATED, ALL, events) if events else None
    while events and answer:
        later = next(some, None)
        rows = answer()
        # First what has short answers: PostgreSQL waits with a long one until it is taken.
        next(ahead, None)
        answer = send(_STATED, ALL, later) if later else None
        uris = {event: uri for event, uri, _ in rows}
        names |= names_of((k for event in events for k in by_event[event]), (epcis.decode(body) for *_, body in rows))
        for event in events:
            uri = uris.get(event, "")
            for key in by_event[event]:
                of, _, how, at, quantity, uom = found[key][0]
                name = names.get(key) or names.setdefault(key, f"urn:uuid:{UUID(bytes=key)}")
                yield Found(name, level, how, before.get(of, ""), uri, at, quantity, uom)
        events = later
    for _ in ahead:
        pass
    return names
