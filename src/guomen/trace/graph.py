"""Breadth-first walks up the containment graph, level by level with ``= ANY``: what a thing was in, and when."""

import uuid
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any, NamedTuple

from django.db import connection

from guomen.kit import binary
from guomen.trace.rules import BEGIN, END, Inside, Mark, stays_of_class, stays_of_item
from guomen.trace.sight import ALL, Eyes
from guomen.trace.things import NIL

DEEPEST = 8
MOST_VISITS = 100_000
LEVELS_AT_ONCE = 3


@dataclass(frozen=True, slots=True)
class Visit:
    """The thing at ``path[0]`` was in (or was) ``key`` from ``since`` to ``until``.

    ``certain`` is False when only goods of its batch are known to have been there. ``quantity``: how much of a class.
    """

    key: uuid.UUID
    path: tuple[uuid.UUID, ...]
    since: datetime = BEGIN
    until: datetime = END
    certain: bool = True
    is_class: bool = False
    quantity: Decimal | None = None
    uom: str = ""

    @property
    def depth(self) -> int:
        return len(self.path) - 1


class _Row(NamedTuple):
    parent: uuid.UUID
    child: uuid.UUID
    event_id: uuid.UUID
    kind: str
    action: str
    at: datetime
    is_class: bool
    quantity: Decimal | None
    uom: str


@dataclass(frozen=True, slots=True)
class Climb:
    """All visits, and which events emptied a parent (DELETE that names no child)."""

    visits: list[Visit]
    emptied: frozenset[uuid.UUID]
    truncated: bool


_COLUMNS = "parent, child, event_id, kind, action, happened_at, is_class, quantity, uom"


def send(sql: str, eyes: Eyes, keys: Collection[bytes], **values: Any) -> Callable[[], list[tuple[Any, ...]]]:
    """Ask for the rows of a statement about ``%(keys)s``, which travel in binary form, as the answer does."""
    return binary.send(sql, values | eyes.values | {"keys": binary.array(binary.UUIDS, list(keys))})


def read(sql: str, eyes: Eyes, keys: Collection[bytes], **values: Any) -> list[tuple[Any, ...]]:
    """The rows of such a statement."""
    return send(sql, eyes, keys, **values)()


def chunks(keys: Iterable[bytes], size: int = 25_000) -> Iterator[list[bytes]]:
    """Lists of at most ``size`` keys: a statement about many costs less for each than several about few."""
    rest = iter(keys)
    while some := list(islice(rest, size)):
        yield some


def _parents_of(keys: Collection[uuid.UUID], eyes: Eyes) -> tuple[list[_Row], list[_Row]]:
    """What these were in by each statement, batches of items too; and the statements that emptied any of those."""
    found = read(
        f"WITH up AS MATERIALIZED (SELECT {_COLUMNS} FROM trace_edgein edge WHERE child = ANY(%(keys)s::uuid[]) "  # noqa: S608
        f"AND kind <> 'transformation' AND {eyes.sql}) SELECT {_COLUMNS} FROM up UNION ALL "
        f"SELECT {_COLUMNS} FROM trace_edgeout edge WHERE parent = ANY(ARRAY(SELECT DISTINCT parent FROM up "
        f"WHERE kind <> 'lot')) AND child = %(nil)s::uuid AND action = 'DELETE' AND {eyes.sql}",
        eyes,
        [key.bytes for key in keys],
        nil=NIL,
    )
    rows = list(map(_Row._make, found))
    return [r for r in rows if r.child != NIL], [r for r in rows if r.child == NIL]


def _above(keys: Collection[uuid.UUID], eyes: Eyes) -> tuple[dict[uuid.UUID, list["Step"]], set[uuid.UUID]]:
    """Where these were, and what they were in, and what that was in, in one read; and what emptied any of it.

    Item, case, pallet: nearly every walk ends within these levels, and each read would cost as much as its rows.
    """
    edge = f"SELECT {_COLUMNS} FROM trace_edgein edge WHERE kind <> 'transformation' AND {eyes.sql} AND child"  # noqa: S608
    # As an array of its own: PostgreSQL then plans it once for one key or ten (kit.binary.prepared).
    asked = "= ANY(ARRAY(SELECT unnest(%(keys)s::uuid[])))"
    above = "= ANY(ARRAY(SELECT DISTINCT parent FROM {}))"
    found = read(
        f"WITH a AS MATERIALIZED ({edge} {asked}), b AS MATERIALIZED ({edge} {above.format('a')}), "  # noqa: S608
        f"c AS MATERIALIZED ({edge} {above.format('b')}), "
        "up AS MATERIALIZED (SELECT * FROM a UNION SELECT * FROM b UNION SELECT * FROM c) "
        f"SELECT {_COLUMNS} FROM up UNION ALL SELECT {_COLUMNS} FROM trace_edgeout edge WHERE parent "
        "= ANY(ARRAY(SELECT DISTINCT parent FROM up WHERE kind <> 'lot')) AND child = %(nil)s::uuid "
        f"AND action = 'DELETE' AND {eyes.sql}",
        eyes,
        [key.bytes for key in keys],
        nil=NIL,
    )
    rows = list(map(_Row._make, found))
    emptyings = [row for row in rows if row.child == NIL]
    return _steps([row for row in rows if row.child != NIL], emptyings), {row.event_id for row in emptyings}


def _children_of(keys: Collection[uuid.UUID], eyes: Eyes) -> set[uuid.UUID]:
    rows = read(
        "SELECT child FROM trace_edgeout edge WHERE parent = ANY(%(keys)s::uuid[]) "  # noqa: S608
        f"AND kind IN ('aggregation', 'association') AND child <> %(nil)s::uuid AND {eyes.sql}",
        eyes,
        [key.bytes for key in keys],
        nil=NIL,
    )
    return {child for (child,) in rows}


def items_of(batch: uuid.UUID, most: int) -> list[uuid.UUID]:
    """Keys of items that events name as items of ``batch``."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT child FROM trace_edgeout WHERE parent = %s AND kind = 'lot' LIMIT %s", [batch, most]
        )
        return [row[0] for row in cursor.fetchall()]


def batches_of(items: Collection[uuid.UUID], eyes: Eyes = ALL) -> dict[uuid.UUID, uuid.UUID]:
    """Item -> key of the batch that events name for it."""
    where = f"child = ANY(%(keys)s::uuid[]) AND kind = 'lot' AND {eyes.sql}"
    return dict(read(f"SELECT child, parent FROM trace_edgein edge WHERE {where}", eyes, [i.bytes for i in items]))  # noqa: S608


def climb(starts: Iterable[Visit], eyes: Eyes = ALL, depth: int = DEEPEST) -> Climb:
    """Walk from ``starts`` up to everything they were in, along what ``eyes`` see."""
    visits = {(v.path, v.since, v.until): v for v in starts}
    frontier, emptied, steps = list(visits.values()), set(), {}
    for level in range(depth):
        if not frontier or len(visits) >= MOST_VISITS:
            break
        if level % LEVELS_AT_ONCE == 0:
            steps, more = _above({v.key for v in frontier}, eyes)
            emptied |= more
        found = (n for v in frontier for s in steps.get(v.key, ()) if (n := _step(v, s)) is not None)
        frontier = []
        for visit in found:
            way = (visit.path, visit.since, visit.until)
            if way not in visits and len(visits) < MOST_VISITS:
                visits[way] = visit
                frontier.append(visit)
    truncated = len(visits) >= MOST_VISITS or bool(frontier)
    return Climb(list(visits.values()), frozenset(emptied), truncated)


def inside(parents: Collection[uuid.UUID], at: datetime, eyes: Eyes = ALL) -> dict[uuid.UUID, set[uuid.UUID]]:
    """What lay directly in each of ``parents`` at a moment: child -> where it was (a class can be in several)."""
    children = _children_of(parents, eyes)
    return {c: here for c, some in places(children, at, eyes).items() if (here := some & set(parents))}


def stays_up(things: Collection[uuid.UUID], eyes: Eyes = ALL) -> dict[uuid.UUID, list["Step"]]:
    """Where each thing was and when, by what all events together say; the batches of items as ``lot`` steps."""
    return _steps(*_parents_of(things, eyes))


def places(things: Collection[uuid.UUID], at: datetime, eyes: Eyes = ALL) -> dict[uuid.UUID, set[uuid.UUID]]:
    """In what each thing was at a moment. Things of which nothing was said until then are left out."""
    rows, emptyings = _parents_of(things, eyes) if things else ([], [])
    rows = [r for r in rows if r.kind != "lot"]
    steps = _steps(rows, emptyings)
    first: dict[uuid.UUID, datetime] = {}
    for row in rows:
        first[row.child] = min(first.get(row.child, row.at), row.at)
    return {
        child: {s.inside.parent for s in stays if s.inside.since <= at <= s.inside.until}
        for child, stays in steps.items()
        if first[child] <= at or any(s.inside.since <= at <= s.inside.until for s in stays)
    }


@dataclass(frozen=True, slots=True)
class Step:
    inside: Inside
    lot: bool
    is_class: bool


def _steps(rows: Sequence[_Row], emptyings: Sequence[_Row]) -> dict[uuid.UUID, list[Step]]:
    """For each child: where it was and when, by what all events together say."""
    emptied: dict[uuid.UUID, list[_Row]] = defaultdict(list)
    for row in emptyings:
        emptied[row.parent].append(row)
    grouped: dict[tuple[uuid.UUID, str, bool], list[_Row]] = defaultdict(list)
    for row in rows:
        grouped[row.child, row.kind, row.is_class].append(row)
    steps: dict[uuid.UUID, list[Step]] = defaultdict(list)
    for (child, kind, is_class), group in grouped.items():
        if len(group) == 1 and group[0].action == "ADD" and group[0].parent not in emptied and kind != "lot":
            # Nearly all things of a large recall are packed once.
            row = group[0]
            steps[child].append(Step(Inside(row.parent, row.at, END, row.quantity, row.uom), False, is_class))
            continue
        if kind == "lot":
            stays = [Inside(parent, BEGIN, END) for parent in dict.fromkeys(r.parent for r in group)]
        else:
            all_out = [e for parent in dict.fromkeys(r.parent for r in group) for e in emptied[parent]]
            units = {r.parent: r.uom for r in group}
            marks = [Mark(r.at, r.action, r.parent, r.quantity, r.uom) for r in group]
            marks += [Mark(e.at, "EMPTIED", e.parent, None, units[e.parent]) for e in all_out]
            stays = stays_of_class(marks) if is_class else stays_of_item(marks)
        steps[child] += [Step(stay, kind == "lot", is_class) for stay in stays]
    return steps


def _step(visit: Visit, step: Step) -> Visit | None:
    since, until = max(visit.since, step.inside.since), min(visit.until, step.inside.until)
    parent = step.inside.parent
    if since > until or parent in visit.path:
        return None
    quantity, uom = (step.inside.quantity, step.inside.uom) if step.is_class else (visit.quantity, visit.uom)
    # An item of a batch: that some of the batch was in a container does not say that this item was.
    certain = visit.certain and not (step.is_class and visit.depth > 0)
    return Visit(parent, (*visit.path, parent), since, until, certain, step.is_class or visit.is_class, quantity, uom)
