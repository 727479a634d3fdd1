"""Followers: what happens afterwards. A name, a cursor and a function, exactly once for our own tables."""

import logging
import time
import traceback
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from uuid import UUID

import orjson
from django.apps import apps
from django.db import connection, transaction
from psycopg.types.json import set_json_loads

from guomen.kit import binary
from guomen.kit.clock import now
from guomen.ledger.models import Cursor, Entry, Head, Sequenced

log = logging.getLogger(__name__)


AT_ONCE, MANY = 200, 2000
"""Entries that a follower handles in one transaction: one after the other, and where it takes all of them together."""
SPARSE = 20
"""Positions that are looked at for each entry that a follower may take at a time."""


@dataclass(frozen=True, slots=True)
class Follower:
    """``handle(entries)`` runs in the same transaction as the cursor moves.

    ``again``: handling an entry a second time leaves everything as after the first, so that it may be replayed.
    """

    name: str
    kinds: frozenset[str]
    handle: Callable[[Sequence[Entry]], None]
    again: bool = False
    at_once: int = AT_ONCE


@dataclass(frozen=True, slots=True)
class Read:
    """An entry and its place in the order."""

    position: int
    entry: Entry


_registry: dict[str, Follower] = {}


def one_by_one(handle: Callable[[Entry], None]) -> Callable[[Sequence[Entry]], None]:
    """What handles entries together, of what handles one."""

    def each(entries: Sequence[Entry]) -> None:
        for entry in entries:
            handle(entry)

    return each


def follower(
    name: str, *kinds: str, again: bool = False
) -> Callable[[Callable[[Entry], None]], Callable[[Entry], None]]:
    """Register a function as the follower ``name`` of entries of ``kinds``; ``again`` as in :class:`Follower`."""

    def register(handle: Callable[[Entry], None]) -> Callable[[Entry], None]:
        _registry[name] = Follower(name, frozenset(kinds), one_by_one(handle), again)
        return handle

    return register


def follower_of_many(
    name: str, *kinds: str, again: bool = False
) -> Callable[[Callable[[Sequence[Entry]], None]], Callable[[Sequence[Entry]], None]]:
    """Like :func:`follower` for a function that takes entries together: for what comes with every line."""

    def register(handle: Callable[[Sequence[Entry]], None]) -> Callable[[Sequence[Entry]], None]:
        _registry[name] = Follower(name, frozenset(kinds), handle, again, MANY)
        return handle

    return register


def all_followers() -> dict[str, Follower]:
    """Every follower of the installed capabilities (their ``followers.py``)."""
    for config in apps.get_app_configs():
        if config.name.startswith("guomen."):
            try:
                import_module(f"{config.name}.followers")
            except ModuleNotFoundError as error:
                if error.name != f"{config.name}.followers":
                    raise
    return dict(sorted(_registry.items()))


def read_on(
    position: int, kinds: frozenset[str], limit: int, until: int | None = None, most: int | None = None
) -> tuple[int, list[Read]]:
    """Read ``limit`` positions from ``position`` on, none at or past ``until``, and ``most`` entries of ``kinds``.

    Returns the next position to read and the entries, each with its position, in order. By positions nothing is passed
    over that was committed late, as it would be by times.
    """
    # Entries and the head change together: what is there below the head stays as it is.
    end = min(size(), position + limit, until if until is not None else position + limit)
    if end <= position:
        return position, []
    ahead = Sequenced.objects.filter(position__gte=position, position__lt=end, kind__in=kinds).order_by("position")
    places = list(ahead.values_list("position", "entry_id")[: None if most is None else most + 1])
    if most is not None and len(places) > most:
        end, places = places[most][0], places[:most]
    entries = _entries([id for _, id in places])
    return end, [Read(place, entries[id]) for place, id in places if id in entries]


_ENTRIES = (
    "SELECT id, kind, subjects, facts, actor, happened_at, recorded_at FROM ledger_entry WHERE id = ANY(%s::uuid[])"
)
_FIELDS = [field.attname for field in Entry._meta.concrete_fields]


def _entries(ids: Sequence[UUID]) -> dict[UUID, Entry]:
    """Entries by id, as ``in_bulk`` gives them at a third of its time: every follower reads thousands at a time."""
    if not ids:
        return {}
    with binary.cursor() as cursor:
        set_json_loads(orjson.loads, cursor)
        rows = cursor.execute(_ENTRIES, [binary.array(binary.UUIDS, [id.bytes for id in ids])], binary=True)
        return {row[0]: Entry.from_db(connection.alias, _FIELDS, row) for row in rows}


def pass_over(followers: Iterable[Follower], limit: int = 5000) -> int:
    """Move cursors over entries of kinds that their followers do not read; returns how many positions.

    Most entries concern few followers. One read of their kinds serves all that stand at the same place.
    """
    end, kinds = size(), {one.name: one.kinds for one in followers}
    standing: dict[int, list[str]] = defaultdict(list)
    for name, position in Cursor.objects.filter(name__in=kinds, paused=False, failures=0).values_list(
        "name", "position"
    ):
        if position < end:
            standing[position].append(name)
    moved = 0
    for position, names in standing.items():
        ahead = Sequenced.objects.filter(position__gte=position).order_by("position").values_list("position", "kind")
        rows = list(ahead[:limit])
        beyond = rows[-1][0] + 1 if rows else position
        first: dict[str, int] = {}
        for place, kind in rows:
            first.setdefault(kind, place)
        to: dict[int, list[str]] = defaultdict(list)
        for name in names:
            to[min((first[kind] for kind in kinds[name] if kind in first), default=beyond)].append(name)
        for place, movers in to.items():
            if place > position:
                there = Cursor.objects.filter(name__in=movers, position=position, paused=False)
                moved += there.update(position=place, read_at=now()) * (place - position)
    return moved


def run_once(one: Follower, limit: int | None = None) -> int:
    """Handle up to ``limit`` entries in one transaction; return how many positions the cursor moved."""
    limit = limit or one.at_once
    with transaction.atomic():
        Cursor.objects.get_or_create(name=one.name)
        cursor = Cursor.objects.select_for_update().get(name=one.name)
        if cursor.paused:
            return 0
        begin = cursor.position
        cursor.position, ahead = read_on(begin, one.kinds, SPARSE * limit, most=limit)
        if cursor.position == begin:
            return 0
        if ahead:
            one.handle([read.entry for read in ahead])
        cursor.read_at = now()
        cursor.failures, cursor.error = 0, ""
        cursor.save()
    return cursor.position - begin


def run_patiently(one: Follower) -> int:
    """Like :func:`run_once`; a failure is recorded on the cursor. After a failed batch, entries are tried singly.

    A lost database is nobody's failure: the error is passed on.
    """
    try:
        return run_once(one)
    except Exception:
        if not connection.is_usable():
            raise
        log.warning("follower %s failed on a batch, trying one entry at a time", one.name)
    try:
        return run_once(one, limit=1)
    except Exception:
        if not connection.is_usable():
            raise
        problem = traceback.format_exc(limit=8)
        log.exception("follower %s is stuck", one.name)
        row, _ = Cursor.objects.get_or_create(name=one.name)
        Cursor.objects.filter(name=one.name).update(failures=row.failures + 1, error=problem[-2000:])
        return 0


def catch_up(seconds: float = 30) -> None:
    """Sequence and follow until nothing is left (tests, scripts). Raises TimeoutError when a follower is stuck."""
    from guomen.ledger import publishing, sequencer

    end = time.monotonic() + seconds
    followers = all_followers().values()
    while True:
        moved = sequencer.run_once() + publishing.run_once() + sum(run_once(f) for f in followers)
        if not moved:
            return
        if time.monotonic() > end:
            raise TimeoutError("followers did not catch up")


def size() -> int:
    """How many entries have a position."""
    return Head.objects.filter(name="log").values_list("size", flat=True).first() or 0


def read_by(name: str) -> int:
    """The next position that the follower of this name reads."""
    return Cursor.objects.filter(name=name).values_list("position", flat=True).first() or 0


def lag() -> dict[str, int]:
    """How many positions each follower is behind the head."""
    head = size()
    at = dict(Cursor.objects.values_list("name", "position"))
    return {name: head - at.get(name, 0) for name in all_followers()}
