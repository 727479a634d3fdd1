"""Order tags for a batch of declared goods; approve, refuse or cancel an order."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Sum

from guomen.catalogue import codes
from guomen.core.gs1 import GS1Error, check_value, valid_gtin
from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, Invalid, NotFound, Problem, Refused
from guomen.kit.ids import Subject
from guomen.kit.sql import next_number
from guomen.kit.words import W
from guomen.ledger.queries import history
from guomen.ledger.services import append
from guomen.parties.actors import Actor
from guomen.risk.queries import active_measures
from guomen.tags.keys import newest_version
from guomen.tags.models import KeyVersion, LabelJob, Range
from guomen.tags.queries import about, range_by_code
from guomen.tags.rules.approval import CARRIERS, CHANNELS, LIMITS, OrderFacts, needs_approval
from guomen.tags.rules.lifecycle import NOT_MADE
from guomen.tags.services.validity import join

MAX_COUNT = 1_000_000
MOST_MARKETS = 60


def _checked(gtin: str, batch: str, count: int, produced: date | None, expires: date | None) -> list[Problem]:
    problems = []
    if not valid_gtin(gtin) or len(gtin) > 14:
        words = W("This is not a valid product number (GTIN).", "商品条码（GTIN）无效。")
        problems.append(Problem("gtin", "bad-gtin", words))
    try:
        check_value("10", batch)
    except GS1Error:
        words = W("A batch has 1 to 20 letters, digits or signs.", "批号为 1 至 20 位字母、数字或符号。")
        problems.append(Problem("batch", "bad-batch", words))
    if not 1 <= count <= MAX_COUNT:
        words = W("Order between 1 and {max} tags.", "订购数量应为 1 至 {max}。")
        problems.append(Problem("count", "out-of-range", words, (("max", MAX_COUNT),)))
    if produced and expires and expires < produced:
        words = W("The use-by date lies before the date of production.", "保质期早于生产日期。")
        problems.append(Problem("expires_on", "before-production", words))
    return problems


def _checked_way(channel: str, carrier: str, markets: Sequence[str]) -> list[Problem]:
    problems = []
    if channel not in CHANNELS:
        words = W("Choose a channel from the list.", "请从列表选择销售渠道。")
        problems.append(Problem("channel", "unknown-channel", words))
    if carrier not in CARRIERS:
        words = W("Choose a printed code or a chip.", "请选择印刷码或芯片。")
        problems.append(Problem("carrier", "unknown-carrier", words))
    if len(markets) > MOST_MARKETS or any(m not in codes.table("country") for m in markets):
        words = W("Name countries by their two letters, as CN or IT.", "请用两位字母代码填写国家，如 CN、IT。")
        problems.append(Problem("markets", "unknown-country", words))
    return problems


def _takes_part(by: Actor, subject: str) -> bool:
    """Whether the actor's firm declared the goods or is their importer: else anybody could tag others' goods."""
    declaration = subject.removeprefix("urn:guomen:line:").split("/")[0]
    for entry in history(Subject.declaration(declaration), kinds=frozenset({"declaration.lodged"})):
        named = {entry.actor.get("organisation"), entry.facts.get("importer"), entry.facts.get("importer_code")}
        if by.organisation is not None and named & {str(by.organisation.id), by.organisation.code}:
            return True
    return False


def _refused(subject: str) -> bool:
    """Whether the newest decision about a goods line refused it."""
    decided = history(subject, kinds=frozenset({"line.released", "line.refused", "line.held", "line.selected"}))
    return bool(decided) and decided[-1].kind == "line.refused"


def _declared(subject: str, gtin: str, batch: str) -> dict[str, Any] | None:
    """What screening said of the goods line, when it declares this product and batch.

    Else tags of good products could go onto other goods.
    """
    screened = history(subject, kinds=frozenset({"line.screened"}))
    matching = (e.facts for e in screened if (e.facts.get("gtin"), e.facts.get("batch")) == (gtin.zfill(14), batch))
    return next(matching, None)


def _items_declared(facts: dict[str, Any]) -> int | None:
    """How many items the line declares; None when its unit does not count items."""
    unit = codes.table("unit").rows.get(str(facts.get("unit", "")))
    return int(Decimal(facts["quantity"])) if unit and unit["counts"] and facts.get("quantity") else None


def _asked_because(by: Actor, line: dict[str, Any], made: Range) -> tuple[str, ...]:
    assert by.organisation is not None
    # Who has to label goods anew, because their keys were retired, does not order more than there are.
    void = KeyVersion.objects.exclude(retired_at=None).values("version")
    earlier = Range.objects.filter(subject=made.subject).exclude(state__in=["refused", "cancelled"])
    earlier = earlier.exclude(key_version__in=void)
    goods = {"gtin": made.gtin, "batch": made.batch, "hs": line.get("hs", ""), "origin": line.get("origin", "")}
    return needs_approval(
        OrderFacts(
            count=made.count,
            ordered_before=earlier.aggregate(n=Sum("count"))["n"] or 0,
            declared=_items_declared(line),
            credit=by.organisation.credit_class,
            watched=bool(active_measures(**goods)),
            carrier=made.carrier,
        )
    )


@transaction.atomic
def order(
    by: Actor,
    *,
    gtin: str,
    batch: str,
    count: int,
    subject: str,
    produced_on: date | None = None,
    expires_on: date | None = None,
    channel: str = "general",
    carrier: str = "print",
    markets: Sequence[str] = (),
) -> Range:
    """Order ``count`` tags for a batch of the goods line ``subject``. They are valid from its release, also a past one.

    Where the rules ask for it (``rules.approval``), the order waits for an officer: its state is ``asked``.
    Declarants and programs with the scope ``tags``, of the firm that declared or imports. Raises Invalid, also when the
    line declares another product or batch, Forbidden, NotFound for goods of others.
    """
    by.require("declarant", "tags")
    markets = sorted({m.strip().upper() for m in markets})
    problems = _checked(gtin, batch, count, produced_on, expires_on) + _checked_way(channel, carrier, markets)
    if problems:
        raise Invalid(problems)
    if not _takes_part(by, subject):
        raise NotFound(W("We cannot find this consignment among yours.", "在贵单位的货物中找不到该批。"))
    if _refused(subject):
        words = W("These goods were refused at the border: they get no tags.", "该项货物不予放行，不能订购标签。")
        raise Invalid([Problem("subject", "goods-refused", words)])
    line = _declared(subject, gtin, batch)
    if line is None:
        words = W("This goods line declares another product or batch.", "该项货物申报的商品或批号与此不同。")
        raise Invalid([Problem("subject", "other-goods", words)])
    assert by.organisation is not None
    made = Range(
        number=next_number("tags_range_number"),
        gtin=gtin.zfill(14),
        batch=batch,
        count=count,
        produced_on=produced_on,
        expires_on=expires_on,
        subject=subject,
        organisation=by.organisation,
        channel=channel,
        carrier=carrier,
        markets=markets,
        ordered_by=by.person_id,
        key_version=newest_version(),
    )
    made.asked_because = list(_asked_because(by, line, made))
    made.state = "asked" if made.asked_because else "ordered"
    made.save(force_insert=True)
    facts = {"range": made.code, "gtin": made.gtin, "batch": batch, "count": count, "channel": channel}
    facts |= {"carrier": carrier, "markets": markets, "produced_on": produced_on, "expires_on": expires_on}
    facts |= {"state": made.state, "asked_because": made.asked_because, "rules": LIMITS.version}
    append("tags.ordered", about(made), facts, by)
    if made.state == "ordered":
        join(made)
    return made


@transaction.atomic
def decide(by: Actor, code: str, *, approve: bool, why: str = "") -> Range:
    """Approve or refuse an order that waits; a refusal needs its reason. Controllers, never who ordered.

    Raises NotFound, Invalid, Forbidden, Refused when nothing waits. The same decision again changes nothing.
    """
    by.require("controller")
    one = _locked(range_by_code(by, code))
    wanted = "ordered" if approve else "refused"
    if one.state == wanted and one.decided_by == by.person_id:
        return one
    if one.state != "asked":
        raise Refused(W("This order does not wait for a decision.", "该订单不在待批状态。"), code="not-asked")
    if by.person_id is None or by.person_id == one.ordered_by:
        raise Forbidden
    why = _reason(why, required=not approve)
    _decided(by, one, wanted, why, "tags.approved" if approve else "tags.refused")
    if approve:
        join(one)
    return one


@transaction.atomic
def cancel(by: Actor, code: str, why: str = "") -> Range:
    """Cancel an order of which no label was made. Raises NotFound, Forbidden, Invalid, Refused."""
    by.require("declarant", "tags")
    one = _locked(range_by_code(by, code))
    if one.state == "cancelled":
        return one
    if (
        one.state not in {"asked", "ordered"}
        or one.printed
        or LabelJob.objects.filter(range_number=one.number).exists()
    ):
        words = W(
            "Labels of this order were made already. Strike them instead.", "该订单的标签已制作，请改为作废标签。"
        )
        raise Refused(words, code="labels-made")
    return _decided(by, one, "cancelled", _reason(why, required=False), "tags.cancelled")


def _locked(one: Range) -> Range:
    return Range.objects.select_for_update(of=("self",)).select_related("organisation").get(number=one.number)


def _reason(why: str, *, required: bool) -> str:
    why = why.strip()
    if required and not why:
        raise Invalid([Problem("why", "missing", W("Say why, in a sentence.", "请说明原因。"))])
    if len(why) > 1000 or "\0" in why:
        raise Invalid([Problem("why", "too-long", W("Use at most 1,000 characters.", "最多 1000 个字符。"))])
    return why


def _decided(by: Actor, one: Range, state: str, why: str, kind: str) -> Range:
    one.state, one.decided_by, one.decided_at, one.decision = state, by.person_id, now(), why
    one.save(update_fields=["state", "decided_by", "decided_at", "decision"])
    append(kind, about(one), {"range": one.code, "why": why, "asked_because": one.asked_because}, by)
    return one


def require_made(one: Range) -> None:
    """Raise Refused for an order that is not approved (yet)."""
    if one.state in NOT_MADE:
        words = W("This order is not approved, so it has no labels.", "该订单未获批准，没有标签。")
        raise Refused(words, code="order-not-approved")
