"""What people can see of the goods flow: events, the history of a thing, who holds goods of a batch."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from guomen.kit.clock import now
from guomen.kit.errors import NotFound, Refused
from guomen.kit.words import W
from guomen.parties.actors import Actor
from guomen.trace import ordering
from guomen.trace.asked import Asked
from guomen.trace.histories import MOST_EVENTS, History, HistoryEvent, history
from guomen.trace.holders import Holder, holders
from guomen.trace.models import CaptureJob, Event, EventItem, Term
from guomen.trace.sight import bodies, parts, scope, visible, visible_items
from guomen.trace.storing import error_id, event_id
from guomen.trace.things import key_of
from guomen.trace.tokens import place_of, token_of

__all__ = ["History", "HistoryEvent", "Holder", "events_of", "history", "holders", "scope", "select", "visible"]


def events_of(by: Actor | None, *uris: str) -> list[dict[str, Any]]:
    """EPCIS events that name any of ``uris``, oldest first. ``by`` None: all of them, for callers that authorise."""
    items = visible_items(EventItem.objects.filter(item__in=[key_of(u) for u in uris]), by)
    events = Event.objects.filter(event_id__in=list(items.values_list("event_id", flat=True)[:MOST_EVENTS]))
    return bodies(list(events.order_by("happened_at", "event_id")), by)


@dataclass(frozen=True, slots=True)
class Page:
    """Some events and where to go on; ``next`` is empty on the last page."""

    events: list[dict[str, Any]]
    next: str


class TooLargeAnswer(Refused):
    status = 413
    code = "query-too-large"
    words = W("More than {most} events match.", "匹配的事件超过 {most} 个。")


def select(by: Actor, asked: Asked, *, per_page: int = 30, after: str = "") -> Page:
    """Events that the actor may see and the query asks for. ``after``: the ``next`` of the page before.

    Pages neither repeat nor shift while others capture: they hold what was recorded before the first one. Raises
    NotFound for a token that is none or is of another query, TooLargeAnswer when more match than ``asked.most``,
    TooComplex when too many match to be ordered by an extension field.
    """
    found = parts(Event.objects.filter(*asked.conditions), by, asked)
    if asked.most is not None and sum(part[: asked.most + 1].count() for part in found) > asked.most:
        raise TooLargeAnswer(most=asked.most)
    if asked.field:
        return Page(*ordering.page(by, asked, per_page=per_page, after=after))
    snapshot, left, beyond = now(), asked.limit, Q()
    if after:
        snapshot, left, at, id = _place(after, asked.fingerprint)
        way = "lt" if asked.newest_first else "gt"
        beyond = Q(**{f"{asked.order}__{way}": at}) | Q(**{asked.order: at, f"event_id__{way}": id})
    sign = "-" if asked.newest_first else ""
    size = per_page if left is None else min(per_page, left)
    rows = [
        row
        for part in found
        for row in part.filter(beyond, recorded_at__lte=snapshot)
        .order_by(f"{sign}{asked.order}", f"{sign}event_id")
        .defer("facets", "things")[: size + 1]
    ]
    rows.sort(key=lambda row: (getattr(row, asked.order), row.event_id), reverse=asked.newest_first)
    left = None if left is None else left - size
    if len(rows) <= size or left == 0:
        return Page(bodies(rows[:size], by), "")
    last = rows[size - 1]
    place = [snapshot, left, getattr(last, asked.order), last.event_id, asked.fingerprint]
    return Page(bodies(rows[:size], by), token_of(place))


def _place(token: str, fingerprint: str) -> tuple[datetime, int | None, datetime, uuid.UUID]:
    snapshot, left, at, id, of = place_of(token, tuple[datetime, int | None, datetime, uuid.UUID, str])
    if of != fingerprint or (left is not None and left < 1):
        raise NotFound
    return snapshot, left, at, id


def terms(by: Actor, field: str, *, per_page: int = 30, after: str = "") -> list[str]:
    """The values that events which the actor may see have used, in order, those after ``after``."""
    organisation = scope(by)
    found = Term.objects.filter(field=field, value__gt=after)
    if organisation:
        found = found.filter(organisation_id=organisation)
    return list(found.values_list("value", flat=True).distinct().order_by("value")[:per_page])


def event(by: Actor, uri: str) -> list[dict[str, Any]]:
    """The event of this id, and the declaration that it was an error if there is one. Raises NotFound."""
    found = visible(Event.objects.filter(event_id__in=[event_id(uri), error_id(uri)]), by)
    first, *later = found.order_by("declares_error") or [None]
    if first is None:
        raise NotFound
    # Nobody withdraws what another said.
    return bodies([first, *(e for e in later if e.organisation_id == first.organisation_id)], by)


@dataclass(frozen=True, slots=True)
class Jobs:
    """Some capture jobs and where to go on; ``next`` is empty on the last page."""

    jobs: list[CaptureJob]
    next: str


def jobs(by: Actor, *, per_page: int = 30, after: str = "") -> Jobs:
    """Capture jobs of the actor's organisation (the authority sees all), newest first."""
    organisation = scope(by)
    found = CaptureJob.objects.all()
    if organisation:
        found = found.filter(organisation_id=organisation)
    if after:
        at, id = place_of(after, tuple[datetime, uuid.UUID])
        found = found.filter(Q(created_at__lt=at) | Q(created_at=at, id__lt=id))
    page = list(found.order_by("-created_at", "-id")[: per_page + 1])
    last = page[per_page - 1] if len(page) > per_page else None
    return Jobs(page[:per_page], token_of((last.created_at, last.id)) if last else "")


def job(by: Actor, id: uuid.UUID) -> CaptureJob:
    """One capture job. Raises NotFound also for one of somebody else."""
    organisation = scope(by)
    found = CaptureJob.objects.filter(id=id)
    if organisation:
        found = found.filter(organisation_id=organisation)
    one = found.first()
    if one is None:
        raise NotFound
    return one
