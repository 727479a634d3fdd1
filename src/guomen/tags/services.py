"""What people can do with tags: order, print, make valid, withdraw, sell, recall, scan."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection, transaction

from guomen.core.gs1 import GS1Error, check_value, item_key, valid_gtin
from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, Invalid, NotFound, Problem, Refused
from guomen.kit.ids import Subject, uuid7
from guomen.kit.sql import next_number
from guomen.kit.words import W
from guomen.ledger.queries import history
from guomen.ledger.services import Draft, append, append_many
from guomen.parties.actors import SYSTEM, Actor
from guomen.tags import labels, queries
from guomen.tags.models import Activation, Range, RecalledBatch, Sale, Scan, Withdrawn
from guomen.tags.rules import Scans
from guomen.tags.scheme import batch_uri

MAX_COUNT = 1_000_000
SAME_SALE = timedelta(minutes=10)
"""A till that repeats a sale within this time repeats a lost request; later it is a second sale of one item."""
WITHDRAWALS = frozenset({"destroyed", "stolen", "spoiled", "returned"})
CHANNELS = frozenset({"public", "retailer", "inspector"})


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


def _takes_part(by: Actor, subject: str) -> bool:
    """Whether the actor's firm declared the goods or is their importer: else anybody could tag others' goods."""
    declaration = subject.removeprefix("urn:guomen:line:").split("/")[0]
    for entry in history(Subject.declaration(declaration), kinds=frozenset({"declaration.lodged"})):
        named = {entry.actor.get("organisation"), entry.facts.get("importer"), entry.facts.get("importer_code")}
        if by.organisation is not None and named & {str(by.organisation.id), by.organisation.code}:
            return True
    return False


def _declared(subject: str, gtin: str, batch: str) -> bool:
    """Whether the goods line declares this product and batch: else tags of good products could go onto other goods."""
    screened = history(subject, kinds=frozenset({"line.screened"}))
    return any((e.facts.get("gtin"), e.facts.get("batch")) == (gtin.zfill(14), batch) for e in screened)


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
) -> Range:
    """Order ``count`` tags for a batch of the goods line ``subject``. They are valid from its release.

    Declarants and programs with the scope ``tags``, of the firm that declared or imports. Raises Invalid, also when the
    line declares another product or batch, Forbidden, NotFound for goods of others.
    """
    by.require("declarant", "tags")
    problems = _checked(gtin, batch, count, produced_on, expires_on)
    if problems:
        raise Invalid(problems)
    if not _takes_part(by, subject):
        raise NotFound(W("We cannot find this consignment among yours.", "在贵单位的货物中找不到该批。"))
    if not _declared(subject, gtin, batch):
        words = W("This goods line declares another product or batch.", "该项货物申报的商品或批号与此不同。")
        raise Invalid([Problem("subject", "other-goods", words)])
    assert by.organisation is not None
    made = Range.objects.create(
        number=next_number("tags_range_number"),
        gtin=gtin.zfill(14),
        batch=batch,
        count=count,
        produced_on=produced_on,
        expires_on=expires_on,
        subject=subject,
        organisation=by.organisation,
    )
    facts = {"range": made.code, "gtin": made.gtin, "batch": batch, "count": count}
    append("tags.ordered", _about(made), facts | {"produced_on": produced_on, "expires_on": expires_on}, by)
    return made


def _about(one: Range) -> list[str]:
    return [Subject.of("range", one.code), one.subject, batch_uri(one.gtin, one.batch)]


@transaction.atomic
def label_sheet(
    by: Actor,
    range_code: str,
    template: str = "A4-40",
    *,
    first: int = 0,
    count: int | None = None,
    again: bool = False,
) -> bytes:
    """The labels of a range as PDF, ready to print: from index ``first``, at most 2,000 in one file.

    ``again``: the same request as before, whose answer was lost; it is no second print.
    Raises NotFound for others' ranges, Invalid for an unknown template.
    """
    by.require("declarant", "tags")
    one = queries.range_by_code(by, range_code)
    if template not in labels.TEMPLATES:
        words = W("This label sheet does not exist.", "没有这种标签版式。")
        raise Invalid([Problem("template", "unknown-template", words)])
    last = min(one.count, first + min(count or labels.MAX_SHEET, labels.MAX_SHEET))
    if not 0 <= first < last:
        raise Invalid([Problem("first", "out-of-range", W("There is no such label.", "没有该序号的标签。"))])
    content = labels.sheet(one, first, last - first, template)
    if not again:
        _printed(by, one, first, last, template, hashlib.sha256(content).hexdigest())
    return content


@transaction.atomic
def labels_csv(by: Actor, range_code: str, *, again: bool = False) -> Iterator[str]:
    """All codes of a range for a printer or an encoding house, as lines of CSV, however many there are.

    ``again`` as in :func:`label_sheet`.
    """
    by.require("declarant", "tags")
    one = queries.range_by_code(by, range_code)
    if not again:
        _printed(by, one, 0, one.count, "CSV", "")
    return labels.csv_lines(one)


def _printed(by: Actor, one: Range, first: int, last: int, template: str, digest: str) -> None:
    Range.objects.filter(number=one.number, printed__lt=last).update(printed=last)
    facts = {"range": one.code, "first": first, "count": last - first, "template": template}
    append("tags.printed", [Subject.of("range", one.code)], facts | ({"sha256": digest} if digest else {}), by)


@transaction.atomic
def activate(by: Actor, *, subject: str, at: datetime) -> int:
    """Make the tags of a released goods line valid, also those ordered later; returns how many ranges there are.

    Called by the release itself; it has no door of its own. Doing it twice changes nothing.
    """
    return activate_many(by, subjects=[subject], at=at)[subject]


@transaction.atomic
def activate_many(by: Actor, *, subjects: Sequence[str], at: datetime) -> dict[str, int]:
    """:func:`activate` for many goods lines in few round trips; returns how many ranges each has."""
    if not subjects:
        return {}
    with connection.cursor() as cursor:
        # A release that was taken back begins anew; one that holds stays as it is.
        cursor.execute(
            "INSERT INTO tags_activation AS a (subject, since, ended_at, reason) "
            "SELECT s, %s, NULL, '' FROM unnest(%s::text[]) AS s ON CONFLICT (subject) DO UPDATE "
            "SET since = excluded.since, ended_at = NULL, reason = '' WHERE a.ended_at IS NOT NULL RETURNING subject",
            [at, sorted(set(subjects))],
        )
        changed = {row[0] for row in cursor.fetchall()}
    codes: dict[str, list[str]] = {s: [] for s in subjects}
    for one in Range.objects.filter(subject__in=codes).order_by("number"):
        codes[one.subject].append(one.code)
    append_many([_activated(s, codes[s], at) for s in codes if s in changed], by)
    return {s: len(found) for s, found in codes.items()}


def _activated(subject: str, codes: list[str], at: datetime) -> Draft:
    about = [subject, *(Subject.of("range", c) for c in codes)]
    return Draft("tags.activated", about, {"since": at, "ranges": codes})


@transaction.atomic
def deactivate(by: Actor, *, subject: str, reason: str) -> None:
    """Withdraw the tags of a goods line, for example when its release was taken back."""
    if not (by is SYSTEM or by.is_authority):
        raise Forbidden
    changed = Activation.objects.filter(subject=subject, ended_at=None).update(ended_at=now(), reason=reason)
    if changed:
        append("tags.deactivated", [subject], {"reason": reason}, by)


@transaction.atomic
def withdraw_item(by: Actor, gtin: str, serial: str, reason: str) -> None:
    """Take one item's tag out of use: destroyed, stolen, spoiled or returned. Its firm and the authority may."""
    found = queries.item(gtin, serial)
    if found is None or not (by.is_authority or found.range.organisation_id == by.organisation_id):
        raise NotFound
    if reason not in WITHDRAWALS:
        raise Invalid([Problem("reason", "unknown-reason", W("Choose a reason from the list.", "请从列表选择原因。"))])
    key = item_key(found.uri)
    _, is_new = Withdrawn.objects.get_or_create(item=key, defaults={"reason": reason, "at": now()})
    if is_new:
        append("tags.deactivated", [found.uri], {"reason": reason, "range": found.range.code}, by)


@transaction.atomic
def sell(by: Actor, gtin: str, serial: str, place: str = "") -> Sale:
    """Record one item's sale. Raises Refused when it is unknown, not released, recalled, withdrawn or already sold."""
    if not by.has("seller"):
        by.require("tags")
        if by.organisation is None or by.organisation.kind != "retailer":
            raise Forbidden
    assert by.organisation is not None
    found = queries.item(gtin, serial)
    _sellable(found)
    assert found is not None
    moment = now()
    row = Sale(
        item=item_key(found.uri),
        range_number=found.range.number,
        gtin=found.gtin,
        batch=found.batch,
        organisation=by.organisation,
        person=by.person_id,
        place=place,
        at=moment,
    )
    # Two tills at once: the primary key lets one in, the other finds its sale.
    Sale.objects.bulk_create([row], ignore_conflicts=True)
    sale = Sale.objects.select_related("organisation").get(item=row.item)
    if sale.at != moment or sale.organisation_id != by.organisation.id:
        if sale.organisation_id == by.organisation.id and moment - sale.at <= SAME_SALE:
            return sale
        words = W(
            "This item was already sold. Keep it aside: one of the two codes is a copy.",
            "该商品已售出。请暂扣：其中一个编码可能是复制的。",
        )
        raise Refused(words, code="item-already-sold")
    append("item.sold", [found.uri], {"gtin": found.gtin, "batch": found.batch, "place": place}, by)
    return sale


def _sellable(found: queries.ItemFacts | None) -> None:
    if found is None:
        raise Refused(
            W("This code does not exist. Do not sell the item.", "该编码不存在，请勿销售。"), code="item-unknown"
        )
    if found.recall:
        raise Refused(W("This item is recalled. Do not sell it.", "该商品已召回，请勿销售。"), code="item-recalled")
    if found.withdrawn:
        words = W("This code was withdrawn. Do not sell the item.", "该编码已停用，请勿销售。")
        raise Refused(words, code="item-withdrawn")
    if not found.active:
        words = W("This item is not released yet. Do not sell it.", "该商品尚未放行，请勿销售。")
        raise Refused(words, code="item-not-released")


@transaction.atomic
def recall(by: Actor, *, gtin: str, batches: Sequence[str] | None, recall: str) -> int:
    """Mark batches (None: every batch) as recalled, in one step however many items; returns how many ranges.

    Called by the order of a recall; controllers and the system may. Doing it twice changes nothing.
    """
    if by is not SYSTEM:
        by.require("controller")
    gtin, moment = gtin.zfill(14), now()
    wanted = [""] if batches is None else sorted(set(batches))
    known = set(RecalledBatch.objects.filter(gtin=gtin, recall=recall).values_list("batch", flat=True))
    new = [b for b in wanted if b not in known]
    RecalledBatch.objects.bulk_create([RecalledBatch(gtin=gtin, batch=b, recall=recall, since=moment) for b in new])
    hit = Range.objects.filter(gtin=gtin)
    hit = list(hit if "" in new else hit.filter(batch__in=new))
    facts = {"gtin": gtin, "recall": recall}
    drafts = [
        Draft("tags.recalled", _about(r), facts | {"range": r.code, "batch": r.batch, "count": r.count}) for r in hit
    ]
    append_many(drafts, by)
    return len(hit)


@dataclass(frozen=True, slots=True)
class ScanView:
    """What one look at a code found: the item (None: no such code) and all public scans including this one."""

    item: queries.ItemFacts | None
    scans: Scans


@transaction.atomic
def scan(gtin: str, serial: str, *, channel: str = "public", device_hash: bytes, place: str = "") -> ScanView:
    """Record one look at an item's code and say what is known. Codes that do not exist leave no trace.

    ``channel`` is public, retailer or inspector; only public scans count. ``device_hash`` comes from
    :func:`guomen.tags.visitors.visitor_hash`; ``place`` is a UN/LOCODE or empty.
    """
    if channel not in CHANNELS:
        raise ValueError(f"unknown channel {channel!r}")
    found = queries.item(gtin, serial)
    if found is None:
        return ScanView(None, Scans())
    key, moment = item_key(found.uri), now()
    Scan.objects.create(item=key, id=uuid7(), at=moment, channel=channel, device=device_hash, place=place)
    return ScanView(found, queries.scans_of(found.gtin, found.serial))
