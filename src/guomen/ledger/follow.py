"""Followers: what happens afterwards. A name, a cursor and a function, exactly once for our own tables."""

import logging
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from django.apps import apps
from django.db import connection, transaction

from guomen.kit.clock import now
from guomen.ledger.models import Cursor, Entry, Head, Sequenced

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Follower:
    """``handle(entry)`` runs in the same transaction as the cursor moves."""

    name: str
    kinds: frozenset[str]
    handle: Callable[[Entry], None]


@dataclass(frozen=True, slots=True)
class Read:
    """An entry and its place in the order."""

    position: int
    entry: Entry


_registry: dict[str, Follower] = {}


def follower(name: str, *kinds: str) -> Callable[[Callable[[Entry], None]], Callable[[Entry], None]]:
    """Register a function as the follower ``name`` of entries of ``kinds``."""

    def register(handle: Callable[[Entry], None]) -> Callable[[Entry], None]:
        _registry[name] = Follower(name, frozenset(kinds), handle)
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
    ahead = Sequenced.objects.filter(position__gte=position)
    if until is not None:
        ahead = ahead.filter(position__lt=until)
    places = list(ahead.order_by("position").values_list("position", "entry_id")[:limit])
    if not places:
        return position, []
    beyond = places[-1][0] + 1
    wanted = Entry.objects.filter(id__in=[id for _, id in places], kind__in=kinds)
    if most is not None:
        # Which they are comes before what they say: some say much.
        ids = set(wanted.values_list("id", flat=True))
        places = [(place, id) for place, id in places if id in ids]
        if len(places) > most:
            beyond, places = places[most][0], places[:most]
        wanted = Entry.objects.filter(id__in=[id for _, id in places])
    entries = {e.id: e for e in wanted}
    return beyond, [Read(place, entries[id]) for place, id in places if id in entries]


def run_once(one: Follower, limit: int = 200) -> int:
    """Read on by up to ``limit`` entries in one transaction; return how many positions the cursor moved."""
    with transaction.atomic():
        Cursor.objects.get_or_create(name=one.name)
        cursor = Cursor.objects.select_for_update().get(name=one.name)
        if cursor.paused:
            return 0
        begin = cursor.position
        cursor.position, ahead = read_on(begin, one.kinds, limit)
        if cursor.position == begin:
            return 0
        for read in ahead:
            one.handle(read.entry)
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
