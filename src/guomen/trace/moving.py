"""Which events moved some goods, themselves or what carried them, and from whom to whom."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from guomen.kit import binary
from guomen.parties.actors import Actor
from guomen.parties.models import Organisation
from guomen.trace.custody import registered
from guomen.trace.graph import chunks, read, send, stays_up
from guomen.trace.holders import STEPS, party_uri, possessor
from guomen.trace.models import Event
from guomen.trace.rules import BEGIN, END
from guomen.trace.sight import Eyes, Shown, shown
from guomen.trace.storing import error_id
from guomen.trace.things import NIL

_HEIGHT = 8
_AT_ONCE = 2000
Key = bytes
"""Of a thing or an event: the 16 bytes of its UUID, which are quicker to make, to look up and to send."""
Window = tuple[datetime, datetime]
ALWAYS = (BEGIN, END)
_Windows = dict[Window, int]
_Answer = Callable[[], list[tuple[Any, ...]]]
PackedRow = tuple[Key, datetime, str, bytes | None]
"""Parent, moment, action, things put in or taken out joined; EMPTIED names none."""


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


class Moves:
    """Asks for the moves of goods as they are found, and counts them in the end."""

    def __init__(self, sight: Eyes, mentions: Eyes) -> None:
        self.sight, self.mentions = sight, mentions
        self._movers: list[_Answer] = []
        self._packed: list[Callable[[], list[PackedRow]]] = []

    def ask(self, keys: list[Key], goods: Mapping[Key, Window], *, packed: bool = True) -> None:
        """Ask what moved these and in what they were. ``goods``: since when and until when each is of the chain.

        ``packed`` False: somebody else asks in what they were, and tells by :meth:`told`.
        """
        self._movers.append(send(_MOVERS.format(sight=self.mentions.sql), self.mentions, keys))
        always = [key for key in keys if goods[key] == ALWAYS]
        if always and packed:
            self._packed.append(send(_PACKED.format(sight=self.sight.sql), self.sight, always, nil=NIL))

    def told(self, keys: list[Key], goods: Mapping[Key, Window], rows: list[PackedRow]) -> None:
        """In what these were, read for another reason. Those that are of the chain for a time only are left out."""
        always = {key for key in keys if goods[key] == ALWAYS}
        if len(always) < len(keys):
            rows = [
                (parent, at, action, joined and b"".join(key for key in binary.uuids(joined) if key in always))
                for parent, at, action, joined in rows
            ]
        self._packed.append(lambda: rows)

    def counted(self, goods: Mapping[Key, Window]) -> dict[Key, int]:
        """Event -> how many of the goods it moved."""
        counts: dict[Key, int] = defaultdict(int)
        for answer in self._movers:
            for event, n in answer():
                counts[event] += n
        carried = self._carriers(goods)
        for keys in chunks(carried):
            for item, event, at in read(_MOVED.format(sight=self.mentions.sql), self.mentions, keys):
                counts[event] += sum(n for (since, until), n in carried[item].items() if since <= at <= until)
        return {event: n for event, n in counts.items() if n}

    def _carriers(self, goods: Mapping[Key, Window]) -> dict[Key, _Windows]:
        """In what the goods lay and when, at any height, with how many of them."""
        level: dict[Key, _Windows] = {}
        others = [key for key, window in goods.items() if window != ALWAYS]
        for answer in self._packed:
            once, more = _once(answer())
            for parent, since, until, n in once:
                slots = level.setdefault(parent, {})
                slots[since, until] = slots.get((since, until), 0) + n
            others += more
        for keys in chunks(others):
            self._climb(keys, {key: {(goods[key][0], END): 1} for key in keys}, level)
        carried: dict[Key, _Windows] = {}
        for _ in range(_HEIGHT):
            level = {key: windows for key, windows in level.items() if key not in goods and key not in carried}
            if not level:
                break
            carried |= level
            above: dict[Key, _Windows] = {}
            for keys in chunks(level):
                self._climb(keys, level, above)
            level = above
        return carried

    def _climb(self, keys: list[Key], windows: Mapping[Key, _Windows], above: dict[Key, _Windows]) -> None:
        for child, stays in stays_up([UUID(bytes=key) for key in keys], self.sight).items():
            for stay in stays:
                if stay.lot:
                    continue
                parent = stay.inside.parent.bytes
                for (since, until), n in windows[child.bytes].items():
                    here = (max(since, stay.inside.since), min(until, stay.inside.until))
                    if here[0] <= here[1]:
                        slots = above.setdefault(parent, {})
                        slots[here] = slots.get(here, 0) + n


_STEPS = ", ".join(f"'{step}'" for step in sorted(STEPS))
_MOVERS = (
    "WITH named AS MATERIALIZED (SELECT item, event_id FROM trace_eventitem mention "  # noqa: S608
    "WHERE item = ANY(%(keys)s::uuid[]) AND {sight}), moving AS MATERIALIZED (SELECT event_id FROM trace_event "
    f"WHERE event_id = ANY(ARRAY(SELECT DISTINCT event_id FROM named)) AND biz_step IN ({_STEPS})) "
    "SELECT uuid_send(event_id), count(DISTINCT item) FROM named JOIN moving USING (event_id) GROUP BY event_id"
)
"""Events that move these things, with how many of them."""
_MOVED = (
    "SELECT DISTINCT uuid_send(item), uuid_send(event_id), mention.happened_at FROM trace_eventitem mention "  # noqa: S608
    f"JOIN trace_event USING (event_id) WHERE item = ANY(%(keys)s::uuid[]) AND biz_step IN ({_STEPS}) AND {{sight}}"
)
"""Which of these carriers were moved by which event, when."""
EMPTYINGS = (
    "FROM trace_edgeout edge WHERE parent = ANY(ARRAY(SELECT DISTINCT parent FROM up)) AND child = %(nil)s::uuid "
    "AND action = 'DELETE' AND {sight}"
)
_PACKED = (
    "WITH up AS MATERIALIZED (SELECT parent, happened_at, action, string_agg(uuid_send(child), '') AS children "  # noqa: S608
    "FROM trace_edgein edge WHERE child = ANY(%(keys)s::uuid[]) AND kind IN ('aggregation', 'association') "
    "AND {sight} GROUP BY parent, happened_at, action) "
    "SELECT uuid_send(parent), happened_at, action, children FROM up UNION ALL "
    "SELECT uuid_send(parent), happened_at, 'EMPTIED', NULL " + EMPTYINGS
)
"""In what these things were put, those that were put together; and when any of that was emptied."""


def _once(rows: list[PackedRow]) -> tuple[list[tuple[Key, datetime, datetime, int]], list[Key]]:
    """Of things put into something once and nothing else said: parent, since, until, how many. And the other things.

    Most of a large recall is so, and takes no more than this.
    """
    emptied: dict[Key, list[datetime]] = defaultdict(list)
    groups: list[tuple[Key, datetime, list[Key]]] = []
    seen: set[Key] = set()
    others: set[Key] = set()
    for parent, at, action, joined in rows:
        if action == "EMPTIED":
            emptied[parent].append(at)
            continue
        children = binary.uuids(joined or b"")
        again = seen.intersection(children)
        seen.update(children)
        others |= again if len(set(children)) == len(children) else set(children)
        if action == "DELETE":
            others.update(children)
        else:
            groups.append((parent, at, children))
    once = []
    for parent, at, children in groups:
        n = len(children) - sum(child in others for child in children) if others else len(children)
        if n:
            once.append((parent, at, min((e for e in emptied[parent] if e >= at), default=END), n))
    return once, list(others)


def moves_of(counts: Mapping[Key, int], by: Actor | None) -> Iterator[Move]:
    """The moves that these events are. ``counts``: event -> how many things."""
    ids = [UUID(bytes=id) for id in counts]
    for at in range(0, len(ids), _AT_ONCE):
        found = Event.objects.filter(event_id__in=ids[at : at + _AT_ONCE]).select_related("organisation")
        events = list(found.defer("facets", "things").order_by("happened_at", "event_id"))
        yield from _as_moves(shown(events, by), counts)


def _as_moves(events: list[Shown], counts: Mapping[Key, int]) -> Iterator[Move]:
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
        wrong = (e.uri, e.organisation_id) in withdrawn
        yield Move(e.uri, e.happened_at, e.biz_step, e.organisation, giver, taker, counts[e.event_id.bytes], wrong)
