"""Handovers, and who may therefore read what: kept up to date after each capture."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from guomen.core.epcis import SOURCE_DEST_TYPE, bare_name
from guomen.core.gs1 import GS1Error, parse_digital_link
from guomen.kit import binary
from guomen.kit.clock import now
from guomen.parties.models import Organisation
from guomen.trace.graph import DEEPEST, MOST_VISITS, batches_of, inside, places
from guomen.trace.models import NOBODY, Event, EventItem, EventReader, Handover
from guomen.trace.rules import END, Given, sights
from guomen.trace.sight import HELD, eyes_of
from guomen.trace.storing import error_id, event_id
from guomen.trace.things import batch_of, key_of, lot_in, name_of, names_in

PARTY = "urn:guomen:party:"
_TAKE = frozenset({"possessing_party", "owning_party"})
_CHUNK = 500
Givens = dict[uuid.UUID, list[Handover]]


def parties_of(pairs: Iterable[tuple[str, str]]) -> list[str]:
    """Of sources or destinations (type, URI): those that are parties, not places, as events write them."""
    return [uri for kind, uri in pairs if bare_name(SOURCE_DEST_TYPE, kind) in _TAKE]


def registered(uris: Iterable[str]) -> dict[str, uuid.UUID]:
    """Which of these names are organisations known here: our URN, or a GLN that is the registration code."""
    ids: dict[str, uuid.UUID] = {}
    codes: dict[str, str] = {}
    for uri in set(uris):
        try:
            if uri.startswith(PARTY):
                ids[uri] = uuid.UUID(uri.removeprefix(PARTY))
            else:
                codes[uri] = parse_digital_link(name_of(uri), associations=False).key[1]
        except (GS1Error, ValueError):
            continue
    known = set(Organisation.objects.filter(id__in=ids.values()).values_list("id", flat=True)) if ids else set()
    by_code = dict(Organisation.objects.filter(code__in=codes.values()).values_list("code", "id")) if codes else {}
    return {u: i for u, i in ids.items() if i in known} | {u: by_code[c] for u, c in codes.items() if c in by_code}


def takers(body: Mapping[str, Any]) -> list[str]:
    """The parties that an event says get its things."""
    return parties_of((d["type"], d["destination"]) for d in body.get("destinationList", ()))


def sources(body: Mapping[str, Any]) -> list[str]:
    """The parties that an event says give its things."""
    return parties_of((s["type"], s["source"]) for s in body.get("sourceList", ()))


def name_readers(named: Mapping[uuid.UUID, Collection[str]], captor: uuid.UUID) -> None:
    """``named``: event -> parties that it names. Those known here may read it, whole."""
    parties = registered(uri for uris in named.values() for uri in uris)
    pairs = {(parties[uri], event) for event, uris in named.items() for uri in uris if uri in parties}
    given = now()
    EventReader.objects.bulk_create(
        [
            EventReader(organisation_id=reader, event_id=event, why="named", given_at=given)
            for reader, event in sorted(pairs)
            if reader != captor
        ],
        ignore_conflicts=True,
    )


def follow(uris: Sequence[str], captor: uuid.UUID) -> None:
    """Bring handovers and readers up to date after these events of ``captor`` were captured."""
    ids = {f(uri).bytes for uri in uris for f in (event_id, error_id)}
    keys, with_ends = {}, set()
    for id, organisation, things, has_ends in _rows(_THINGS, ids):
        if organisation == captor:
            keys[id] = [things[at : at + 16] for at in range(0, len(things), 16)]
            if has_ends:
                with_ends.add(id)
    # Nearly all things were never handed on: only of the others more than their keys is needed.
    handed = {key for (key,) in _rows(_HANDED, {key for some in keys.values() for key in some})}
    known = _givens(handed)
    concerning = {id for id, some in keys.items() if not handed.isdisjoint(some)} if handed else set()
    events = list(Event.objects.filter(event_id__any=concerning | with_ends).defer("facets", "things"))
    # Capture names them too; here once more for what was captured before that was so.
    name_readers({e.event_id: [*sources(e.body), *takers(e.body)] for e in events}, captor)
    concerned = [e for e in events if e.event_id in concerning]
    stale = {h.event_id for e in concerned for h in _touched(e, known)}
    fresh = [e for e in events if e.event_id in stale or takers(e.body)]
    again = Event.objects.filter(event_id__in=stale - {e.event_id for e in fresh})
    changed = _restate([*fresh, *again]) if fresh or stale else set()
    about = EventItem.objects.filter(item__in=changed).values_list("event_id", flat=True)
    _reread({e.event_id for e in concerned} | (set(about) if changed else set()))


# Told by key alone: with the organisation beside it the planner may read all events of that organisation instead.
_THINGS = "SELECT event_id, organisation_id, things, has_ends FROM trace_event WHERE event_id = ANY(%s::uuid[])"
_HANDED = "SELECT DISTINCT uuid_send(item) FROM trace_handover WHERE item = ANY(%s::uuid[])"


def _rows(sql: str, keys: Collection[bytes]) -> list[tuple[Any, ...]]:
    """Rows of a statement about thousands of keys, which travel in binary form, as the answer does."""
    with binary.cursor() as cursor:
        return cursor.execute(sql, [binary.array(binary.UUIDS, list(keys))], binary=True).fetchall()


def _keys(body: Mapping[str, Any]) -> set[uuid.UUID]:
    return {key_of(uri) for uri in names_in(body)}


def _givens(keys: Collection[uuid.UUID] | Collection[bytes]) -> Givens:
    found: Givens = defaultdict(list)
    for given in Handover.objects.filter(item__any=set(keys)) if keys else ():
        found[given.item].append(given)
    return dict(found)


def _touched(event: Event, known: Givens) -> Iterator[Handover]:
    """Handovers that this event may change: those withdrawn by it, later ones, those of a container it fills."""
    fills = event.type in ("AggregationEvent", "AssociationEvent") or _makes(event)
    for key in _keys(event.body):
        for given in known.get(key, ()):
            withdrawn = event.declares_error and given.event_id == event_id(event.uri)
            if withdrawn or ((fills or takers(event.body)) and given.happened_at >= event.happened_at):
                yield given


def _restate(events: Iterable[Event]) -> set[uuid.UUID]:
    """Write the handovers of these events anew, earliest first; return the things of the old ones and the new."""
    ordered = sorted(events, key=lambda e: (e.happened_at, e.event_id))
    old = Handover.objects.filter(event_id__in=[e.event_id for e in ordered])
    changed = set(old.values_list("item", flat=True))
    old.delete()
    declared = Event.objects.filter(event_id__in=[error_id(e.uri) for e in ordered])
    withdrawn = set(declared.values_list("uri", "organisation_id"))
    organisations = registered(uri for e in ordered for uri in takers(e.body))
    for event in ordered:
        if event.declares_error or (event.uri, event.organisation_id) in withdrawn:
            continue
        rows = list(_handovers(event, organisations))
        Handover.objects.bulk_create(rows, batch_size=5000, ignore_conflicts=True)
        changed |= {row.item for row in rows}
    return changed


def _handovers(event: Event, organisations: Mapping[str, uuid.UUID]) -> Iterator[Handover]:
    named = takers(event.body)
    # A party that nobody knows here gets nothing to see, but that the goods went to it matters for their batch.
    takes = {organisations.get(uri) or key_of(uri) for uri in named} - {event.organisation_id}
    goods = {key_of(uri): _Inside() for uri in names_in(event.body) if not _is_kind(uri)}
    if takes & set(organisations.values()):
        _unpack(goods, event)
    for item, how in goods.items():
        for taker in takes:
            yield Handover(
                item=item,
                event_id=event.event_id,
                taker=taker,
                giver=event.organisation_id,
                happened_at=event.happened_at,
                parent=how.parent,
                words=sorted(how.words),
            )


def _is_kind(uri: str) -> bool:
    """A product without batch or serial: everybody has some of it, so having it shows nothing."""
    name = name_of(uri)
    return "/01/" in name and not any(f"/{q}/" in name for q in ("10", "21", "235"))


@dataclass(frozen=True, slots=True)
class _Inside:
    """In what a thing lay, and by whose word beside the giver's, all the way up."""

    parent: uuid.UUID = NOBODY
    words: frozenset[uuid.UUID] = frozenset()


def _unpack(goods: dict[uuid.UUID, _Inside], event: Event) -> None:
    """Add what was in the goods when they were handed over, and the batches of it all.

    What the giver itself put in; and what was in a thing when it was handed to the giver, if the giver did not take it
    out. So nobody can put another's things into a pallet to have them shown along with it: see ``sights``.
    """
    giver, at = event.organisation_id, event.happened_at
    own = eyes_of({giver: END})
    frontier = dict(goods)
    for _ in range(DEEPEST):
        found: dict[uuid.UUID, _Inside] = {}
        for child, parents in inside(frontier, at, own).items():
            for parent in parents:
                _keep(found, child, _Inside(parent, frontier[parent].words))
        got = _got(frontier, giver, at)
        moved = places({row.item for row in got}, at, own)
        for row in got:
            if row.parent in moved.get(row.item, {row.parent}):
                words = frontier[row.parent].words | {row.giver, *row.words}
                _keep(found, row.item, _Inside(row.parent, words))
        frontier = {key: how for key, how in found.items() if key not in goods}
        goods |= frontier
        if not frontier or len(goods) > MOST_VISITS:
            break
    for item, batch in batches_of(list(goods), own).items():
        _keep(goods, batch, _Inside(item, goods[item].words))


def _keep(found: dict[uuid.UUID, _Inside], key: uuid.UUID, how: _Inside) -> None:
    """The way that needs the fewest others' words."""
    if key not in found or len(how.words) < len(found[key].words):
        found[key] = how


def _got(parents: Collection[uuid.UUID], giver: uuid.UUID, at: datetime) -> list[Handover]:
    """What the giver was handed inside of ``parents``, in the last handover of each."""
    direct = Handover.objects.filter(item__in=list(parents), taker=giver, happened_at__lte=at)
    last = {row.item: row.event_id for row in direct.order_by("happened_at", "event_id")}
    rows = Handover.objects.filter(event_id__in=set(last.values()), taker=giver, parent__in=list(parents))
    return [row for row in rows if last[row.parent] == row.event_id and row.item != row.parent]


def _given(row: Handover) -> Given:
    return Given(row.giver, row.taker, row.happened_at, frozenset(row.words))


def _reread(ids: Iterable[uuid.UUID]) -> None:
    """Work out anew who holds things of these events and may therefore read them."""
    wanted = sorted(ids)
    for start in range(0, len(wanted), _CHUNK):
        events = list(Event.objects.filter(event_id__in=wanted[start : start + _CHUNK]))
        givens = _givens({key for e in events for key in _keys(e.body)})
        may = {(e.event_id, reader): things for e in events for reader, things in _readers(e, givens).items()}
        have = EventReader.objects.filter(event_id__in=[e.event_id for e in events], why=HELD)
        old = {(r.event_id, r.organisation_id): set(r.things) for r in have}
        for event, reader in old:
            if old[event, reader] != may.get((event, reader)):
                EventReader.objects.filter(organisation_id=reader, event_id=event, why=HELD).delete()
        given = now()
        EventReader.objects.bulk_create(
            EventReader(organisation_id=reader, event_id=event, why=HELD, things=sorted(things), given_at=given)
            for (event, reader), things in sorted(may.items(), key=lambda one: one[0])
            if old.get((event, reader)) != things
        )


def _readers(event: Event, givens: Givens) -> dict[uuid.UUID, set[uuid.UUID]]:
    """Who may read the event for which of its things."""
    found: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    classes = {key_of(q["epcClass"]) for field in _CLASSES for q in event.body.get(field, ())}
    for key in _keys(event.body):
        handed = givens.get(key)
        if not handed:
            continue
        seen = sights(map(_given, handed))
        here = {h.taker for h in handed if h.event_id == event.event_id}
        for (captor, reader), until in seen.items():
            if captor != event.organisation_id or event.happened_at > until:
                continue
            # Of a batch: how it was made and how it came to the reader, not where else it went.
            on_the_way = reader in here or any((taker, reader) in seen for taker in here)
            if key not in classes or on_the_way or _makes(event):
                found[reader].add(key)
    for things in found.values():
        # Who holds an item may see to which batch it belongs.
        things |= {batch for key, batch in _batches(event.body) if key in things}
    return found


def _batches(body: Mapping[str, Any]) -> Iterator[tuple[uuid.UUID, uuid.UUID]]:
    lot = lot_in(body.get("ilmd", {}))
    for uri in names_in(body):
        if batch := batch_of(uri, lot):
            yield key_of(uri), key_of(batch)


_CLASSES = ("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList")


def _makes(event: Event) -> bool:
    return event.type == "TransformationEvent" or (event.type == "ObjectEvent" and event.body.get("action") == "ADD")
