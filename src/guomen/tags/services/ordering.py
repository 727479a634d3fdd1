"""Order tags for a batch of declared goods."""

from datetime import date

from django.db import transaction

from guomen.core.gs1 import GS1Error, check_value, valid_gtin
from guomen.kit.errors import Invalid, NotFound, Problem
from guomen.kit.ids import Subject
from guomen.kit.sql import next_number
from guomen.kit.words import W
from guomen.ledger.queries import history
from guomen.ledger.services import append
from guomen.parties.actors import Actor
from guomen.tags.models import Range
from guomen.tags.queries import about

MAX_COUNT = 1_000_000


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
    append("tags.ordered", about(made), facts | {"produced_on": produced_on, "expires_on": expires_on}, by)
    return made
