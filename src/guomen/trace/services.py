"""Capture: events of organisations come in, validated, once, all or none."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from guomen.core import epcis
from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, Invalid, Problem, Refused
from guomen.kit.ids import Subject
from guomen.kit.words import W
from guomen.ledger.services import append
from guomen.parties.actors import Actor
from guomen.trace.custody import name_readers, parties_of
from guomen.trace.models import Event
from guomen.trace.storing import Ready, insert_edges, insert_events, insert_items, insert_terms, insert_values, ready
from guomen.trace.things import batch_of

MOST_EVENTS = 2000
"""In one capture call."""
MOST_SUBJECTS = 1000
"""Things that one ledger entry names as its subjects; batches come first. The entry says how many it left out."""
CAPTURING_KINDS = {"trader", "retailer", "carrier", "laboratory", "authority"}


class Conflict(Invalid):
    """An event id that is known with other content. ``places``: of these events in the list that was sent."""

    places: tuple[int, ...] = ()

    status = 409
    code = "event-conflict"
    words = W("Some events are already recorded with different content.", "部分事件已以不同内容记录。")


class TooMany(Refused):
    status = 413
    code = "too-many-events"
    words = W("Send at most {most} events at once.", "一次最多发送 {most} 个事件。")


@dataclass(frozen=True, slots=True)
class Captured:
    """Ids of all events of a call, in order, and how many of them are new."""

    ids: list[str]
    new: int


def capture(by: Actor, events: Sequence[Mapping[str, Any]], context: Sequence[Any] = ()) -> list[str]:
    """Record EPCIS 2.0 JSON-LD events of the actor's organisation; returns their ids (eventID or event hash) in order.

    All or none. The same event again changes nothing. ``context``: the JSON-LD context of the document they came from.
    Raises Invalid naming each problem as ``events.<n>.<field>``, Conflict for ids that are known with other content,
    TooMany, Forbidden.
    """
    return record(by, events, context).ids


def record(by: Actor, events: Sequence[Mapping[str, Any]], context: Sequence[Any] = ()) -> Captured:
    """As :func:`capture`, telling also how many events were new."""
    may_capture(by)
    if len(events) > MOST_EVENTS:
        raise TooMany(most=MOST_EVENTS)
    found, problems = [], []
    for index, item in enumerate(events):
        try:
            found.append(ready(item, epcis.parse_event(dict(item), context)))
        except epcis.EpcisError as error:
            problems += [problem_of(p, f"events.{index}") for p in error.problems]
    if problems:
        raise Invalid(problems)
    return write(by, found)


def may_capture(by: Actor) -> None:
    """Raise Forbidden unless the actor may send events: by kind of organisation, and a program by its scope."""
    if by.organisation is None or by.organisation.kind not in CAPTURING_KINDS:
        raise Forbidden
    # Who only administers the authority's accounts has nothing to say about goods.
    if by.is_authority and not (by.is_officer or by.has("capture")):
        raise Forbidden
    if by.has("via-token"):
        by.require("capture")


def problem_of(problem: epcis.Problem, prefix: str = "") -> Problem:
    """What is wrong with a document, in words for people."""
    path = problem.path.strip("/").replace("/", ".")
    field = ".".join(part for part in (prefix, path) if part)
    english = (
        "This {rule}; it is {value}." if problem.rule.startswith(("must", "needs")) else "Here {rule}; it is {value}."
    )
    words = W(english, "不符合 EPCIS 2.0:{rule}(现为 {value})。")
    return Problem(field, "epcis", words, (("rule", W(problem.rule, problem.zh)), ("value", problem.value)))


@transaction.atomic
def write(by: Actor, events: Sequence[Ready]) -> Captured:
    """Record events that are validated. Raises Conflict."""
    if not events:
        return Captured([], 0)
    _same_or_conflict(events, {})
    recorded = now()
    # In one order, so that two captures of the same events wait for each other instead of blocking each other.
    unique = sorted({r.id: r for r in events}.values(), key=lambda r: r.id)
    fresh_ids = insert_events(unique, by, recorded)
    known = [r.id for r in unique if r.id not in fresh_ids]
    digests = {id: bytes(d) for id, d in Event.objects.filter(event_id__in=known).values_list("event_id", "digest")}
    _same_or_conflict(events, digests)
    fresh = [r for r in unique if r.id in fresh_ids]
    if fresh:
        insert_items(fresh, by)
        insert_edges(fresh, by)
        insert_terms(fresh, by)
        insert_values(fresh)
        _name_readers(fresh, by)
        _tell(fresh, by)
    return Captured([r.uri for r in events], len(fresh))


def _name_readers(fresh: Sequence[Ready], by: Actor) -> None:
    named = {}
    for r in fresh:
        ends = [(s.type, s.source) for s in r.event.source_list]
        ends += [(d.type, d.destination) for d in r.event.destination_list]
        if parties := parties_of(ends):
            named[r.id] = parties
    if named:
        name_readers(named, by.organisation_id)


def _same_or_conflict(events: Sequence[Ready], known: dict[uuid.UUID, bytes]) -> None:
    seen, problems, places = dict(known), [], []
    for index, r in enumerate(events):
        if seen.setdefault(r.id, r.digest) != r.digest:
            words = W("Event {id} is known with different content.", "事件 {id} 已存在且内容不同。")
            problems.append(Problem(f"events.{index}.eventID", "conflict", words, (("id", r.uri),)))
            places.append(index)
    if problems:
        conflict = Conflict(problems)
        conflict.places = tuple(places)
        raise conflict


def _tell(fresh: Sequence[Ready], by: Actor) -> None:
    """One ledger entry for the call: the events' ids and hashes, about their batches and items."""
    batches, items = {}, {}
    for r in fresh:
        for thing, name in zip(r.things, r.names, strict=True):
            (batches if thing.is_class else items)[name] = True
            # Looked at here first: most of millions of items name no batch.
            if "/10/" in thing.uri and (batch := batch_of(thing.uri)):
                batches[batch] = True
    named = [*batches, *(i for i in items if i not in batches)]
    facts = {
        "events": [_told(r) for r in fresh],
        "subjects_left_out": max(0, len(named) - MOST_SUBJECTS),
    }
    about = [*named[:MOST_SUBJECTS], Subject.of("party", by.organisation_id)]
    append("event.captured", about, facts, by, happened_at=max(r.happened_at for r in fresh))


def _told(r: Ready) -> dict[str, Any]:
    told = {"id": r.uri, "hash": r.hash, "type": r.event.type, "step": r.event.biz_step or ""}
    return told | {"error": True} if r.declares_error else told
