"""Subscriptions: what a named query finds is sent to an address, by schedule, by trigger or as a stream."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from guomen.core import epcis
from guomen.kit.clock import now
from guomen.kit.errors import Invalid, NotFound, Problem, Refused
from guomen.kit.ids import Subject, uuid7
from guomen.kit.outbound import BadDestination, networks, read_destination
from guomen.kit.words import W
from guomen.ledger.queries import position_since
from guomen.ledger.services import append
from guomen.parties.actors import Actor
from guomen.trace import named, watching
from guomen.trace.addressed import sealed
from guomen.trace.ending import end
from guomen.trace.models import NamedQuery, Subscription
from guomen.trace.words import DELIVERY_ERRORS

MOST_SUBSCRIPTIONS = 100
"""Of one organisation."""
CAPTURED = "urn:guomen:trigger:captured"
"""The one trigger that there is: a capture with events that the subscriber may see."""
_FIELDS = frozenset(
    {"dest", "signatureToken", "secret", "reportIfEmpty", "initialRecordTime", "schedule", "stream", "trigger"}
)


class TooManySubscriptions(Refused):
    code = "too-many-subscriptions"
    words = W("An organisation keeps at most {most} subscriptions.", "每个机构最多保存 {most} 个订阅。")


class NotSubscribable(Refused):
    status = 400
    code = "subscribe-not-permitted"
    words = W(
        "A query with an order or a limit can be asked, but not subscribed to.", "带有排序或数量限制的查询不能订阅。"
    )


class NoSuchSubscription(NotFound):
    code = "no-such-subscription"
    words = W("There is no such subscription.", "没有此订阅。")


@dataclass(frozen=True, slots=True)
class Terms:
    """When something is reported: at the times of a schedule, at each capture (``trigger``), or when it is found."""

    schedule: dict[str, Any] | None
    trigger: str
    report_if_empty: bool
    since: datetime | None

    def due_after(self, moment: datetime) -> datetime | None:
        return epcis.read_schedule(self.schedule).next_after(moment) if self.schedule else None


def read_terms(body: Mapping[str, Any], problems: list[Problem]) -> Terms:
    """The terms that a body names; what is wrong is added to ``problems``."""
    schedule, trigger = body.get("schedule"), body.get("trigger")
    if (schedule is not None) + (trigger is not None) + (body.get("stream") is True) != 1:
        words = W(
            "Give a schedule, or a trigger, or set stream to true.",
            "请给出 schedule 或 trigger,或将 stream 设为 true。",
        )
        problems.append(Problem("schedule", "subscription-controls", words))
    if schedule is not None:
        try:
            epcis.read_schedule(schedule)
        except epcis.EpcisError as error:
            words = W("This {rule}.", "不符合要求:{rule}。")
            problems += [
                Problem(
                    p.path.strip("/").replace("/", "."), "subscription-controls", words, (("rule", W(p.rule, p.zh)),)
                )
                for p in error.problems
            ]
    if trigger is not None and trigger != CAPTURED:
        words = W("The only trigger is {name}.", "唯一可用的 trigger 是 {name}。")
        problems.append(Problem("trigger", "subscription-controls", words, (("name", CAPTURED),)))
    for field in ("stream", "reportIfEmpty"):
        if not isinstance(body.get(field, False), bool):
            problems.append(
                Problem(field, "subscription-controls", W("This is true or false.", "此处须为 true 或 false。"))
            )
    return Terms(
        schedule if isinstance(schedule, dict) else None,
        trigger if isinstance(trigger, str) else "",
        body.get("reportIfEmpty") is True,
        _moment(body.get("initialRecordTime"), problems),
    )


def _moment(text: Any, problems: list[Problem]) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        moment = None
    if moment is not None and moment.utcoffset() is not None:
        return moment
    words = W("This is a date and time with a zone.", "此处须为带时区的日期和时间。")
    problems.append(Problem("initialRecordTime", "subscription-controls", words))
    return None


def may_watch(query: NamedQuery) -> None:
    """Raise NotSubscribable for a query that has an order or a limit."""
    asked = named.asked_by(query)
    if asked.limit is not None or asked.most is not None or "orderBy" in query.parameters:
        raise NotSubscribable


@transaction.atomic
def subscribe(
    by: Actor,
    name: str,
    body: Any,
    epc_format: str = "No_Preference",
    cbv_format: str = "No_Preference",
    media_type: str = "application/json",
) -> Subscription:
    """Subscribe the actor's organisation to its query ``name``. ``body``: the subscription object of the standard.

    The formats are those of :func:`guomen.core.epcis.translate`, the media type one of JSON or XML. Raises Invalid
    naming each field, NotSubscribable, TooManySubscriptions, NoSuchQuery.
    """
    query = NamedQuery.objects.select_for_update().get(pk=named.find(by, name).pk)  # not to be deleted meanwhile
    may_watch(query)
    problems: list[Problem] = []
    if not isinstance(body, dict):
        raise Invalid([Problem("", "subscription-controls", W("Send an object.", "请发送一个对象。"))])
    words = W("There is no such field.", "没有此字段。")
    problems += [Problem(str(field), "subscription-controls", words) for field in sorted(set(body) - _FIELDS)]
    terms = read_terms(body, problems)
    dest = body.get("dest")
    where, secret = origin_of(dest, problems), _secret(body, problems)
    if problems:
        raise Invalid(problems)
    if Subscription.objects.filter(organisation_id=by.organisation_id).count() >= MOST_SUBSCRIPTIONS:
        raise TooManySubscriptions(most=MOST_SUBSCRIPTIONS)
    moment, id = now(), uuid7()
    # Without a time given, what was committed since now counts, even if it was recorded a moment earlier.
    position = min(watching.horizon(), position_since(terms.since)) if terms.since else watching.horizon()
    one = Subscription.objects.create(
        id=id,
        organisation=by.organisation,
        query=query.name,
        roles=sorted(by.roles),
        dest=dest,
        sealed=sealed(secret, id),
        schedule=terms.schedule,
        trigger=terms.trigger,
        report_if_empty=terms.report_if_empty,
        epc_format=epc_format,
        cbv_format=cbv_format,
        media_type=media_type,
        initial_record_time=terms.since,
        created_at=moment,
        position=position,
        open_to=position if terms.schedule else None,
        due_at=terms.due_after(moment),
        next_try_at=moment,
    )
    # Only where to: paths of receivers often hold a secret of theirs.
    facts = {"subscription": str(id), "query": str(query.id), "to": where}
    append("subscription.started", [Subject.of("party", by.organisation_id)], facts, by)
    return one


def allowed() -> tuple[Any, ...]:
    """Networks that this installation lets webhooks reach although they are not public."""
    return networks(settings.GUOMEN.webhook_networks)


def origin_of(dest: Any, problems: list[Problem]) -> str:
    """Where ``dest`` leads, without its path; what is wrong with it is added to ``problems``."""
    try:
        return read_destination(dest if isinstance(dest, str) else "", allowed()).origin
    except BadDestination as error:
        problems.append(Problem("dest", "destination", DELIVERY_ERRORS[error.code]))
        return ""


def _secret(body: Mapping[str, Any], problems: list[Problem]) -> str:
    """``secret`` is what drafts of the standard called ``signatureToken``."""
    value = body.get("signatureToken", body.get("secret", ""))
    if isinstance(value, str) and (value == "" or (8 <= len(value) <= 256 and value.isprintable() and value.isascii())):
        return value
    words = W("A secret has 8 to 256 printable ASCII characters.", "签名密钥为 8 至 256 个可打印的 ASCII 字符。")
    problems.append(Problem("signatureToken", "subscription-controls", words))
    return ""


@dataclass(frozen=True, slots=True)
class Subscriptions:
    """Some subscriptions and where to go on; ``next`` is empty on the last page."""

    subscriptions: list[Subscription]
    next: str


def listed(by: Actor, name: str, *, per_page: int = 30, after: str = "") -> Subscriptions:
    """Subscriptions of the actor's organisation to its query ``name``, oldest first. Raises NoSuchQuery, NotFound."""
    query = named.find(by, name)
    found = Subscription.objects.filter(organisation_id=by.organisation_id, query=query.name)
    if after:
        found = found.filter(id__gt=_id(after))
    page = list(found.order_by("id")[: per_page + 1])
    return Subscriptions(page[:per_page], str(page[per_page - 1].id) if len(page) > per_page else "")


def find(by: Actor, name: str, id: str) -> Subscription:
    """One subscription of the actor's organisation. Raises NoSuchQuery, NoSuchSubscription."""
    query = named.find(by, name)
    one = Subscription.objects.filter(id=_id(id), organisation_id=by.organisation_id, query=query.name).first()
    if one is None:
        raise NoSuchSubscription
    return one


def _id(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise NoSuchSubscription


@transaction.atomic
def unsubscribe(by: Actor, name: str, id: str) -> None:
    """End a subscription: what waits is not sent any more. Raises NoSuchQuery, NoSuchSubscription."""
    end(Subscription.objects.filter(id=find(by, name, id).id), by)
