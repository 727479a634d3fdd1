"""Record the sale of an item."""

from datetime import timedelta

from django.db import transaction

from guomen.core.gs1 import item_key
from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, Refused
from guomen.kit.words import W
from guomen.ledger.services import append
from guomen.parties.actors import Actor
from guomen.tags import queries
from guomen.tags.keys import retired_at
from guomen.tags.models import Sale
from guomen.tags.rules.lifecycle import CHANGES
from guomen.tags.services.events import tell
from guomen.tags.services.states import hold, keep
from guomen.tags.words import ITEM_STATES

SAME_SALE = timedelta(minutes=10)
"""A till that repeats a sale within this time repeats a lost request; later it is a second sale of one item."""


@transaction.atomic
def sell(by: Actor, gtin: str, serial: str, place: str = "") -> Sale:
    """Record one item's sale. Raises Refused when it is unknown, not released, recalled, withdrawn or already sold."""
    if not by.has("seller"):
        by.require("tags")
        if by.organisation is None or by.organisation.kind != "retailer":
            raise Forbidden
    assert by.organisation is not None
    found = queries.item(gtin, serial)
    if found is not None:
        # A range that is being destroyed or exported waits for this sale, and this sale for it.
        hold([found.range.number], shared=True)
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
    keep([found], "sold", moment, place)
    tell(by, CHANGES["sold"], moment, [found.uri], place)
    append("item.sold", [found.uri], {"gtin": found.gtin, "batch": found.batch, "place": place}, by)
    return sale


def _sellable(found: queries.ItemFacts | None) -> None:
    if found is None:
        raise Refused(
            W("This code does not exist. Do not sell the item.", "该编码不存在，请勿销售。"), code="item-unknown"
        )
    if found.recall:
        raise Refused(W("This item is recalled. Do not sell it.", "该商品已召回，请勿销售。"), code="item-recalled")
    if retired_at(found.range.key_version) is not None:
        words = W(
            "This code proves nothing any more: its keys are known to others. Do not sell the item before it has a new "
            "label.",
            "该编码的密钥已泄露，不再有证明力。更换新标签前请勿销售。",
        )
        raise Refused(words, code="item-keys-retired")
    if found.withdrawn:
        words = W("This code was withdrawn. Do not sell the item.", "该编码已停用，请勿销售。")
        raise Refused(words, code="item-withdrawn")
    if not found.active:
        words = W("This item is not released yet. Do not sell it.", "该商品尚未放行，请勿销售。")
        raise Refused(words, code="item-not-released")
    # Who sells what is sold already learns of the first sale.
    if found.sale is None and found.kept not in CHANGES["sold"].before:
        words = W("This item cannot be sold: it is {state}.", "该商品不能销售：当前状态为“{state}”。")
        raise Refused(words, code=f"item-{found.kept}", state=ITEM_STATES[found.kept])
