"""Where a thing came from and where it went: breadth first, level by level, each level one or two indexed reads.

Upstream of a thing are its batch and what went into the transformations that made it; downstream the items of a batch
and what was made of it. What lay in a container belongs to it in both directions. Then: in what these goods travelled
meanwhile, and which events moved them, from whom to whom.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any, Literal, NamedTuple, get_args
from uuid import UUID

from msgspec import Struct

from guomen.parties.actors import Actor
from guomen.parties.models import Organisation
from guomen.trace.custody import registered
from guomen.trace.graph import packed_once, read, stays_up
from guomen.trace.holders import STEPS, party_uri, possessor
from guomen.trace.models import Event, EventItem, EventReader
from guomen.trace.rules import BEGIN, END
from guomen.trace.sight import HELD, Eyes, Shown, eyes, item_eyes, scope, shown, visible_items
from guomen.trace.storing import error_id
from guomen.trace.things import key_of, name_of, names_of

Direction = Literal["upstream", "downstream"]
DEPTH, DEEPEST = 8, 20
BREADTH, WIDEST = 1000, 1_000_000
MOST_THINGS = 1_000_000
_CHUNK = 2000
Key = bytes
"""Of a thing or an event: the 16 bytes of its UUID, which are quicker to make, to look up and to send."""


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


@dataclass(frozen=True, slots=True)
class Party:
    """Who gave or got goods; ``organisation`` None: not registered here."""

    uri: str
    organisation: Organisation | None

    def __str__(self) -> str:
        return str(self.organisation or self.uri)


@dataclass(frozen=True, slots=True)
class Move:
    """An event that moved goods of the chain, or what they were in then. A party None: not said, or hidden.

    ``things``: how many things of the chain.
    """

    event: str
    at: datetime
    step: str
    by: Organisation
    giver: Party | None
    taker: Party | None
    things: int
    withdrawn: bool


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


class _Step(NamedTuple):
    key: Key
    of: Key
    event: Key
    how: str
    at: datetime | None
    quantity: Decimal | None = None
    uom: str = ""


def walk(
    uri: str, direction: Direction, by: Actor | None = None, *, depth: int = DEPTH, breadth: int = BREADTH
) -> Iterator[Part]:
    """The chain of a thing as it is found: level by level its goods, then carriers and moves, then how it ended.

    ``breadth``: at most so many things of a level are followed. Memory holds a key per thing, not the events.
    Raises GS1Error for a name that is none (at the first step).
    """
    name, sight, end = name_of(uri), eyes(by), End()
    start = key_of(name).bytes
    yield Start(name, direction, depth, breadth)
    goods: dict[Key, _Window] = {start: ALWAYS}
    names: dict[Key, str] = {start: name}
    frontier = [start]
    for level in range(1, depth + 2):
        found = _next(frontier, direction, goods, sight, by, end)
        if not found:
            break
        if level > depth:
            end.stop("depth")
            break
        if len(found) > breadth or len(goods) + len(found) > MOST_THINGS:
            end.stop("breadth" if len(found) > breadth else "size")
            found = dict(list(found.items())[: max(0, min(breadth, MOST_THINGS - len(goods)))])
        goods |= {key: window for key, (_, window) in found.items()}
        frontier = list(found)
        # Names are needed once more only for what the next level hangs on.
        names = yield from _told(list(found.values()), level, names, by)
        end.things += len(found)
    yield from _moves(goods, sight, by, end)
    yield end


def is_known(uri: str, by: Actor | None) -> bool:
    """Whether the actor may see anything of this thing. Raises GS1Error."""
    key, sight = key_of(uri), eyes(by)
    if visible_items(EventItem.objects.filter(item=key), by).exists():
        return True
    return any(True for direction in get_args(Direction) for _ in _edges([key.bytes], direction, sight))


_Window = tuple[datetime, datetime]
_Next = dict[Key, tuple[_Step, _Window]]
ALWAYS = (BEGIN, END)


def _next(
    frontier: list[Key], direction: Direction, goods: Mapping[Key, _Window], sight: Eyes, by: Actor | None, end: End
) -> _Next:
    found: _Next = {}
    for keys in _chunks(frontier):
        events: dict[Key, Key] = {}
        contents: dict[Key, Key] = {}
        for one, other, event, kind in _edges(keys, direction, sight):
            if kind == "transformation":
                events[event] = one
            elif kind != "lot":
                contents[other] = event
            elif other not in goods:
                how = "item" if direction == "downstream" else "batch"
                found.setdefault(other, (_Step(other, one, event, how, None), ALWAYS))
        steps = [(step, ALWAYS) for step in _made(events, direction, sight, by, end)] if events else []
        steps += _contents(contents, frozenset(keys), goods, sight) if contents else []
        for step, window in steps:
            if step.key not in goods:
                found.setdefault(step.key, (step, window))
    return found


def _edges(keys: list[Key], direction: Direction, sight: Eyes) -> Iterator[tuple[Any, ...]]:
    """From each thing on: the thing, what is next, the event that says so, and how."""
    inside = "child <> '00000000-0000-0000-0000-000000000000'"
    down = "SELECT uuid_send(parent), uuid_send(child), uuid_send(event_id), kind FROM trace_edgeout edge "
    down += f"WHERE parent = ANY(%(keys)s::uuid[]) AND {inside}"
    if direction == "downstream":
        yield from read(f"{down} AND {sight.sql}", sight, keys)
        return
    up = "SELECT uuid_send(child), uuid_send(parent), uuid_send(event_id), kind FROM trace_edgein edge "
    up += "WHERE child = ANY(%(keys)s::uuid[])"
    yield from read(f"{up} AND kind IN ('lot', 'transformation') AND {sight.sql}", sight, keys)
    yield from read(f"{down} AND kind IN ('aggregation', 'association') AND {sight.sql}", sight, keys)


def _made(of: Mapping[Key, Key], direction: Direction, sight: Eyes, by: Actor | None, end: End) -> Iterator[_Step]:
    """Through transformations: their events (each with a thing that leads to it) stand between inputs and outputs."""
    table, mine, other = ("edgeout", "parent", "child") if direction == "downstream" else ("edgein", "child", "parent")
    end.hidden += _partly(of, by)
    rows = read(
        f"SELECT uuid_send({other}), uuid_send(event_id), happened_at, quantity, uom FROM trace_{table} edge "  # noqa: S608
        f"WHERE {mine} = ANY(%(keys)s::uuid[]) AND kind = 'transformation' AND {sight.sql}",
        sight,
        of,
    )
    how = "output" if direction == "downstream" else "input"
    for key, event, at, quantity, uom in rows:
        yield _Step(key, of[event], event, how, at, quantity, uom)


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
    events: Mapping[Key, Key], parents: frozenset[Key], goods: Mapping[Key, _Window], sight: Eyes
) -> Iterator[tuple[_Step, _Window]]:
    """What lay in these while they were of the chain, out of what ever did (with an event that says so)."""
    for thing, stays in stays_up([UUID(bytes=key) for key in events], sight).items():
        child = thing.bytes
        for stay in stays:
            parent = stay.inside.parent.bytes
            if parent in parents and not stay.lot:
                since, until = max(goods[parent][0], stay.inside.since), min(goods[parent][1], stay.inside.until)
                if since <= until:
                    step = _Step(child, parent, events[child], "contents", _moment(since), stay.inside.quantity)
                    yield step._replace(uom=stay.inside.uom), (since, until)


def _moment(at: datetime) -> datetime | None:
    return None if at == BEGIN else at


def _told(
    found: list[tuple[_Step, _Window]], level: int, before: Mapping[Key, str], by: Actor | None
) -> Iterator[Found]:
    """Give what was found, with names out of the events that state it; return the names."""
    names: dict[Key, str] = {}
    # By events, so that each is read once.
    by_event: dict[Key, list[_Step]] = defaultdict(list)
    for step, _ in found:
        by_event[step.event].append(step)
    for keys in _chunks(by_event, 200):
        # Seen redacted, an event still names what the walk may find by it: both ends of its edges are for the reader.
        ids = [UUID(bytes=key) for key in keys]
        events = list(Event.objects.filter(event_id__in=ids).only("event_id", "uri", "body"))
        uris = {e.event_id.bytes: e.uri for e in events}
        steps = [step for key in keys for step in by_event[key]]
        names |= names_of((s.key for s in steps), (e.body for e in events))
        for s in steps:
            name = names.get(s.key) or names.setdefault(s.key, f"urn:uuid:{UUID(bytes=s.key)}")
            yield Found(name, level, s.how, before.get(s.of, ""), uris.get(s.event, ""), s.at, s.quantity, s.uom)
    return names


_Windows = dict[tuple[datetime, datetime], int]


def _moves(goods: Mapping[Key, _Window], sight: Eyes, by: Actor | None, end: End) -> Iterator[Move]:
    """Which events moved the goods, themselves or what carried them."""
    counts: dict[Key, int] = defaultdict(int)
    mentions = item_eyes(by)
    for keys in _chunks(goods):
        for event, n in _movers(keys, mentions):
            counts[event] += n
    carried = _carriers(goods, sight)
    for keys in _chunks(carried):
        for item, event, at in _moved(keys, mentions):
            counts[event] += sum(n for (since, until), n in carried[item].items() if since <= at <= until)
    ids = [UUID(bytes=id) for id, n in counts.items() if n]
    for at in range(0, len(ids), _CHUNK):
        found = Event.objects.filter(event_id__in=ids[at : at + _CHUNK]).select_related("organisation")
        yield from _as_moves(
            shown(list(found.defer("facets", "things").order_by("happened_at", "event_id")), by), counts, end
        )


def _as_moves(events: list[Shown], counts: Mapping[Key, int], end: End) -> Iterator[Move]:
    declared = Event.objects.filter(event_id__in=[error_id(one.event.uri) for one in events])
    withdrawn = set(declared.values_list("uri", "organisation_id"))
    ends = [(possessor(one.body, "source"), possessor(one.body, "destination")) for one in events]
    known = registered(uri for pair in ends for uri in pair if uri)
    organisations = Organisation.objects.in_bulk(set(known.values()))
    for one, pair in zip(events, ends, strict=True):
        e = one.event
        if e.declares_error:
            continue
        giver, taker = (Party(uri, organisations.get(known.get(uri))) if uri else None for uri in pair)
        if STEPS[e.biz_step] == "receive":
            taker = taker or Party(party_uri(e.organisation_id), e.organisation)
        else:
            giver = giver or Party(party_uri(e.organisation_id), e.organisation)
        end.moves += 1
        wrong = (e.uri, e.organisation_id) in withdrawn
        yield Move(e.uri, e.happened_at, e.biz_step, e.organisation, giver, taker, counts[e.event_id.bytes], wrong)


def _chunks(keys: Iterable[Key], size: int = 10_000) -> Iterator[list[Key]]:
    rest = iter(keys)
    while some := list(islice(rest, size)):
        yield some


def _movers(keys: list[Key], mentions: Eyes) -> list[tuple[Any, ...]]:
    """Events that move these things, with how many of them."""
    return read(
        "WITH named AS MATERIALIZED (SELECT event_id, count(DISTINCT item) AS n FROM trace_eventitem mention "  # noqa: S608
        f"WHERE item = ANY(%(keys)s::uuid[]) AND {mentions.sql} GROUP BY event_id) "
        f"SELECT uuid_send(event_id), n FROM named JOIN trace_event USING (event_id) WHERE biz_step IN ({_MOVING})",
        mentions,
        keys,
    )


def _moved(keys: list[Key], mentions: Eyes) -> list[tuple[Any, ...]]:
    """Which of these carriers were moved by which event, when."""
    return read(
        "SELECT DISTINCT uuid_send(item), uuid_send(event_id), mention.happened_at FROM trace_eventitem mention "  # noqa: S608
        "JOIN trace_event USING (event_id) "
        f"WHERE item = ANY(%(keys)s::uuid[]) AND biz_step IN ({_MOVING}) AND {mentions.sql}",
        mentions,
        keys,
    )


_MOVING = ", ".join(f"'{step}'" for step in sorted(STEPS))


def _carriers(goods: Mapping[Key, _Window], sight: Eyes) -> dict[Key, _Windows]:
    """In what the goods lay and when, at any height, with how many of them."""
    level: dict[Key, _Windows] = {}
    for keys in _chunks(goods):
        once, others = packed_once([key for key in keys if goods[key] == ALWAYS], sight)
        for parent, since, until, n in once:
            slots = level.setdefault(parent, {})
            slots[since, until] = slots.get((since, until), 0) + n
        others += [key for key in keys if goods[key] != ALWAYS]
        if others:
            _climb(others, {key: {(goods[key][0], END): 1} for key in others}, sight, level)
    carried: dict[Key, _Windows] = {}
    for _ in range(DEPTH):
        level = {key: windows for key, windows in level.items() if key not in goods and key not in carried}
        if not level:
            break
        carried |= level
        above: dict[Key, _Windows] = {}
        for keys in _chunks(level):
            _climb(keys, level, sight, above)
        level = above
    return carried


def _climb(keys: list[Key], windows: Mapping[Key, _Windows], sight: Eyes, above: dict[Key, _Windows]) -> None:
    for child, stays in stays_up([UUID(bytes=key) for key in keys], sight).items():
        for stay in stays:
            if stay.lot:
                continue
            parent = stay.inside.parent.bytes
            for (since, until), n in windows[child.bytes].items():
                here = (max(since, stay.inside.since), min(until, stay.inside.until))
                if here[0] <= here[1]:
                    slots = above.setdefault(parent, {})
                    slots[here] = slots.get(here, 0) + n
