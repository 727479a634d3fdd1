"""What is due to subscribers: found in the ledger, written down exactly once, taken for delivery, and crossed off.

Every function is one short transaction, and none of them talks to a receiver: guomen.trace.delivery does.
"""

import logging
import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.db import DataError, connection, transaction
from django.db.models import F, Min, Q, Sum

from guomen.core import epcis
from guomen.kit.clock import now
from guomen.kit.errors import GuomenError
from guomen.kit.ids import uuid7
from guomen.parties.actors import Actor
from guomen.trace import named, watching
from guomen.trace.addressed import in_turn
from guomen.trace.asked import Asked
from guomen.trace.documents import content_type, encode, query_document
from guomen.trace.exceptions import exception_of
from guomen.trace.models import Due, NamedQuery, Subscription
from guomen.trace.subscribing import Terms
from guomen.trace.watching import News, Watch
from guomen.trace.words import DELIVERY_ERRORS

log = logging.getLogger(__name__)
MOST_WAITING = 10_000
"""Events that wait for one receiver; beyond that it is not read on for it, so that nothing grows while it is away."""
FAR = 1000
"""Positions without news after which a cursor is written all the same."""
BROKEN_PAUSE = timedelta(minutes=1)
"""After which a query that broke is asked again."""


def eyes(one: Subscription) -> Actor:
    """Who a subscription sees for."""
    return Actor("subscription", one.organisation, None, frozenset(one.roles))


def open_due(moment: datetime) -> int:
    """Let scheduled subscriptions whose time has come read up to now; returns how many. Missed times count once."""
    with transaction.atomic():
        due = list(Subscription.objects.select_for_update().filter(due_at__lte=moment).order_by("id")[:500])
        if due:
            horizon = watching.horizon()
        for one in due:
            one.open_to = max(one.position, horizon)
            one.owes_report = one.report_if_empty
            one.due_at = Terms(one.schedule, "", False, None).due_after(moment)
        Subscription.objects.bulk_update(due, ["open_to", "owes_report", "due_at"])
    return len(due)


def find_due() -> int:
    """Read on for those that are behind; returns how many subscriptions moved.

    Those at the same place, nearly all of them, read together.
    """
    horizon = watching.horizon()
    behind = Subscription.objects.filter(waiting__lt=MOST_WAITING, position__lt=horizon)
    behind = behind.filter(Q(open_to=None) | Q(open_to__gt=F("position"))).order_by("position", "id")
    behind = behind.exclude(broken_at__gt=now() - BROKEN_PAUSE)
    groups: dict[tuple[int, int], list[uuid.UUID]] = defaultdict(list)
    for id, position, open_to in behind.values_list("id", "position", "open_to")[:1000]:
        groups[position, horizon if open_to is None else min(open_to, horizon)].append(id)
    return sum(_read_on(position, until, ids) for (position, until), ids in groups.items())


@transaction.atomic
def _read_on(position: int, until: int, ids: Sequence[uuid.UUID]) -> int:
    """Write down what is due to these subscriptions and move their cursors: both, or neither."""
    # Of a subscription that was just ended or moved by another process, nothing is left to do.
    locked = Subscription.objects.select_for_update(of=("self",)).select_related("organisation")
    subscriptions = list(locked.filter(id__in=ids, position=position).order_by("id"))
    beyond, news = watching.read(position, until)
    if not news:
        # A cursor that only passes over what is nobody's news is not written for each entry.
        idle = [one.id for one in subscriptions if one.open_to is not None or beyond - position >= FAR]
        return Subscription.objects.filter(id__in=idle).update(position=beyond)
    known: dict[tuple[Any, ...], list[News]] = {}
    quiet: list[uuid.UUID] = []
    for one in subscriptions:
        key = (one.organisation_id, one.query, tuple(one.roles), one.initial_record_time)
        try:
            if key not in known:
                # A query that breaks must not break those of others.
                with transaction.atomic():
                    known[key] = watching.found(_watch(one), news)
        except (GuomenError, DataError) as error:
            log.exception("the query of subscription %s broke", one.id)
            owes = one.owes_problem or not one.broken
            _mark(one.id, broken=exception_of(error), broken_at=now(), owes_problem=owes)
            continue
        if one.broken:
            _mark(one.id, broken="", broken_at=None, owes_problem=False)
        found = known[key]
        owes = bool(one.trigger) and one.report_if_empty and bool(watching.found(Watch(eyes(one), Asked()), news))
        if found or owes:
            _write(one.id, found)
            one.position, one.waiting, one.owes_report = beyond, one.waiting + len(found), one.owes_report or owes
            one.save(update_fields=["position", "waiting", "owes_report"])
        else:
            quiet.append(one.id)
    Subscription.objects.filter(id__in=quiet).update(position=beyond)
    return len(subscriptions)


def _mark(id: uuid.UUID, **fields: Any) -> None:
    Subscription.objects.filter(id=id).update(**fields)


def _watch(one: Subscription) -> Watch:
    query = NamedQuery.objects.filter(organisation_id=one.organisation_id, name=one.query).first()
    if query is None:
        raise named.NoSuchQuery
    return Watch(eyes(one), named.asked_by(query), one.initial_record_time)


def _write(id: uuid.UUID, news: Sequence[News]) -> None:
    if not news:
        return
    columns = [[n.position for n in news], [n.number for n in news], [n.event_id for n in news]]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO trace_due (subscription_id, position, number, event_id) "
            "SELECT %s, * FROM unnest(%s::bigint[], %s::int[], %s::uuid[])",
            [id, *columns],
        )


@dataclass(frozen=True, slots=True)
class Delivery:
    """What is sent: the same id and events however often it is tried. ``count``: of events."""

    id: uuid.UUID
    subscription: uuid.UUID
    organisation: uuid.UUID
    dest: str
    secret: str
    epc_format: str
    cbv_format: str
    media_type: str
    body: bytes
    count: int
    is_problem: bool
    """Not events but that the query broke."""
    troubled: bool
    """The attempt before failed."""
    most: int = 0
    """Nothing is read of the answer but its status."""

    @property
    def headers(self) -> dict[str, str]:
        return {
            "Content-Type": self.media_type,
            "GS1-EPCIS-Version": "2.0.0",
            "GS1-CBV-Version": "2.0.0",
            "GS1-EPC-Format": self.epc_format,
            "GS1-CBV-Format": self.cbv_format,
        }


def ready(moment: datetime, busy: Collection[uuid.UUID]) -> list[tuple[uuid.UUID, uuid.UUID, int]]:
    """Subscriptions with something to send now, not ``busy`` sending: id, organisation and failures.

    Those that wait longest come first.
    """
    has_read = Q(open_to=None) | Q(open_to__lte=F("position"))
    something = Q(waiting__gt=0) | Q(delivery__isnull=False) | Q(owes_problem=True) | (Q(owes_report=True) & has_read)
    return in_turn(Subscription.objects.filter(something), moment, busy)


def take(id: uuid.UUID) -> Delivery | None:
    """The next delivery of a subscription, or once more the one that is not done. None: there is nothing to send."""
    with transaction.atomic():
        one = _locked(id)
        if one is None:
            return None
        if one.delivery is None:
            _begin(one)
        due = _due(one).order_by("position", "number")
        ids = list(due.values_list("event_id", flat=True))
        bodies = watching.bodies(eyes(one), ids)
        is_problem = one.owes_problem and not ids
        if not bodies and not one.owes_report and not is_problem:
            # Everything that was due may no longer be seen.
            _cross_off(one)
            one.save()
            return None
        try:
            secret = one.secret()
        except ValueError:
            one.fail("no-key", None)
            one.save()
            return None
        one.save()
    if is_problem:
        document, media_type = _problem(one), "application/problem+json"
    else:
        media_type = one.media_type
        bodies = [epcis.translate(body, one.epc_format, one.cbv_format) for body in bodies]
        document = query_document(bodies, one.query, subscription=str(one.id), id=one.delivery, at=one.delivery_at)
    return Delivery(
        one.delivery,
        one.id,
        one.organisation_id,
        one.dest,
        secret,
        one.epc_format,
        one.cbv_format,
        content_type(media_type),
        encode(document, media_type),
        len(bodies),
        is_problem,
        one.failures > 0,
    )


def _problem(one: Subscription) -> dict[str, Any]:
    """Why nothing comes any more: the standard's callback of an exception, as a problem document (RFC 9457)."""
    return {
        "type": f"epcisException:{one.broken}",
        "title": DELIVERY_ERRORS["query"].en,
        "status": 500,
        "queryName": one.query,
        "subscriptionID": str(one.id),
    }


def _locked(id: uuid.UUID) -> Subscription | None:
    rows = Subscription.objects.select_for_update(of=("self",)).select_related("organisation")
    return rows.filter(id=id).first()


def _due(one: Subscription) -> Any:
    upto = Q(position__lt=one.upto_position) | Q(position=one.upto_position, number__lte=one.upto_number)
    return Due.objects.filter(upto, subscription_id=one.id)


def _begin(one: Subscription) -> None:
    """Fix which events the next delivery holds, so that a repeated one is the same."""
    rows = Due.objects.filter(subscription_id=one.id).order_by("position", "number")
    first = list(rows.values_list("position", "number", "event_id")[: one.batch])
    if first:
        last = watching.fitting([event_id for _, _, event_id in first]) - 1
        one.upto_position, one.upto_number, _ = first[last]
    else:
        one.upto_position, one.upto_number = 0, -1
    one.delivery, one.delivery_at = uuid7(), now()


def _cross_off(one: Subscription) -> None:
    one.waiting -= _due(one).delete()[0]
    one.delivery, one.delivery_at, one.owes_report = None, None, False


def settle(delivery: Delivery, error: str, status: int | None, retry_after: str = "", _answer: bytes = b"") -> None:
    """Write down how a delivery went. ``error`` empty: the receiver has it, and it is never sent again."""
    with transaction.atomic():
        one = _locked(delivery.subscription)
        if one is None or one.delivery != delivery.id:
            return
        if not error:
            if delivery.is_problem:
                one.delivery, one.delivery_at, one.owes_problem = None, None, False
            else:
                _cross_off(one)
            one.succeed(status)
        elif status == 413 and delivery.count > 1:
            # The standard's way to ask for less at a time.
            one.batch, one.delivery, one.status = delivery.count // 2, None, status
        else:
            one.fail(error, status, retry_after)
        one.save()


put_off = Subscription.put_off


@dataclass(frozen=True, slots=True)
class State:
    """How deliveries go. ``behind``: positions that the one furthest behind could read; ``failing``: a few of them."""

    subscriptions: int
    waiting: int
    behind: int
    failing: list[str]


def state() -> State:
    """For those who look after the installation: where to without paths, which may hold secrets of receivers."""
    every = Subscription.objects
    free = every.filter(open_to=None, waiting__lt=MOST_WAITING).aggregate(least=Min("position"))["least"]
    failing = every.filter(Q(failures__gt=0) | ~Q(broken="")).order_by("-failures")[:5]
    return State(
        every.count(),
        every.aggregate(all=Sum("waiting"))["all"] or 0,
        0 if free is None else watching.horizon() - free,
        [
            f"{urlsplit(one.dest).hostname} failed {one.failures} times: "
            + DELIVERY_ERRORS[one.trouble].en.format(status=one.status)
            for one in failing
        ],
    )
