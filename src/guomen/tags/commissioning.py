"""Reading the proof of print: EPCIS events in which a firm says that labels were printed, or are on the goods.

A firm names single items, or a stretch of a range in our own fields (``guomen:range``, ``guomen:first``,
``guomen:last``). The encoding house that a firm named for a range says the same of its chips, as long as the authority
approves it. Events of other organisations prove nothing: anybody could send them.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from guomen.core.gs1 import GS1Error, parse_digital_link
from guomen.parties.actors import Actor
from guomen.parties.models import Organisation
from guomen.tags import encoding, queries
from guomen.tags.models import Range
from guomen.tags.rules.lifecycle import NOT_MADE, Stretch, runs
from guomen.tags.services.events import NAMESPACE
from guomen.tags.services.states import report_made
from guomen.trace.models import Event
from guomen.trace.storing import event_id
from guomen.trace.things import name_of

STEPS = frozenset({"commissioning", "encoding"})


def read(uris: Sequence[str], captor: UUID) -> None:
    """Note what the events with these ids say about labels that are the captor's own, or its to write."""
    by = Actor("trace", Organisation.objects.get(id=captor))
    events = Event.objects.filter(event_id__in=[event_id(uri) for uri in uris], organisation_id=captor)
    for event in events.order_by("happened_at", "event_id"):
        to = _says(event.body)
        for number, stretches in (_labels(event.body, by) if to else {}).items():
            report_made(by, Range.objects.get(number=number), stretches, to, event.happened_at, event.uri)


def _says(body: Mapping[str, Any]) -> str:
    """``printed`` for encoding, ``applied`` for commissioning with ADD, else nothing."""
    step, disposition = (
        str(body.get(k) or "").rpartition("-")[2].rpartition(":")[2] for k in ("bizStep", "disposition")
    )
    if step == "encoding" or (step == "commissioning" and disposition == "encoded"):
        return "printed" if body.get("action") in ("ADD", "OBSERVE") else ""
    return "applied" if step == "commissioning" and body.get("action") == "ADD" else ""


def _labels(body: Mapping[str, Any], by: Actor) -> dict[int, list[Stretch]]:
    found: dict[int, list[Stretch]] = defaultdict(list)
    named = _stretch(body, by)
    if named:
        found[named[0]].append(named[1])
    indices: dict[int, list[int]] = defaultdict(list)
    for number, index in _items(body.get("epcList") or (), by):
        indices[number].append(index)
    for number, ones in indices.items():
        found[number] += runs(ones)
    return found


def _stretch(body: Mapping[str, Any], by: Actor) -> tuple[int, Stretch] | None:
    prefixes = {p for part in _contexts(body) for p, uri in part.items() if uri == NAMESPACE}
    for prefix in prefixes:
        code, first, last = (body.get(f"{prefix}:{name}") for name in ("range", "first", "last"))
        if not (isinstance(code, str) and isinstance(first, int) and isinstance(last, int) and 0 <= first <= last):
            continue
        one = queries.range_named(code)
        if one is not None and one.state not in NOT_MADE and _may_say(by, one):
            return one.number, Stretch(first, last)
    return None


def _may_say(by: Actor, one: Range) -> bool:
    """Whether this organisation's word about labels of a range is a proof."""
    if one.organisation_id == by.organisation_id:
        return True
    house = encoding.house_of(one)
    return house is not None and house.id == by.organisation_id and encoding.approved(house) is not None


def _contexts(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    given = body.get("@context") or []
    return [part for part in (given if isinstance(given, list) else [given]) if isinstance(part, dict)]


def _items(epcs: Iterable[Any], by: Actor) -> Iterable[tuple[int, int]]:
    codes = []
    for uri in epcs:
        try:
            found = dict(parse_digital_link(name_of(str(uri))).ais)
            codes.append((found["01"], found["21"]))
        except (GS1Error, KeyError):
            continue
    may_say: dict[int, bool] = {}
    for located in queries.locate_many(codes):
        if located is None:
            continue
        one, index, _ = located
        if one.number not in may_say:
            may_say[one.number] = _may_say(by, one)
        if may_say[one.number]:
            yield one.number, index
