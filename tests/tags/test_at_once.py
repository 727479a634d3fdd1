"""Two at once: stock is not spent twice, an item goes into one parcel, and is not sold and exported together."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from guomen.kit.clock import now
from guomen.kit.errors import GuomenError
from guomen.ledger.models import Entry
from guomen.tags import labels, queries, services
from guomen.tags.models import BondedMove, BondedStock, ItemState, ParcelItem, Range
from tests.tags.goods import BATCH, GTIN, LINE

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*dos: Callable[[], object]) -> list[str]:
    """What became of each: ``done`` or the code of its refusal."""
    start = Barrier(len(dos))

    def one(do: Callable[[], object]) -> str:
        try:
            start.wait()
            do()
        except GuomenError as error:
            return error.code
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(dos)) as pool:
        return sorted(pool.map(one, dos))


def ordered(people, channel: str) -> Range:
    return services.order(people.cy.actor, gtin=GTIN, batch=BATCH, count=50, subject=LINE, channel=channel)


def test_stock_is_not_spent_twice(people, lodged):
    one, cy = ordered(people, "bonded"), people.cy.actor
    move = {"hall": "H-1", "quantity": 10}
    services.move_bonded(cy, one.code, kind="in", hall="H-1", quantity=15)
    out = [lambda: services.move_bonded(cy, one.code, kind="back", **move)] * 3
    assert at_once(*out) == ["done", "not-so-many", "not-so-many"]
    assert BondedStock.objects.get().quantity == 5
    into = [lambda: services.move_bonded(cy, one.code, kind="in", hall="H-2", quantity=40)] * 2
    assert at_once(*into) == ["done", "not-so-many"]
    assert BondedMove.objects.count() == 3


def test_an_item_goes_into_one_of_two_parcels(people, lodged):
    one, cy = ordered(people, "cross-border"), people.cy.actor
    items = [(GTIN, serial) for serial in labels.serials(one, 0, 3)]
    packs = [lambda n=n: services.pack(cy, parcel=f"LP-{n}00", order="O-17", items=items) for n in range(3)]
    found = at_once(*packs)
    assert found.count("done") == 1
    assert ParcelItem.objects.values("parcel").distinct().count() == 1


def test_an_item_is_sold_or_destroyed_with_its_range_but_never_both(people, lodged):
    one = ordered(people, "general")
    services.activate(people.ana.actor, subject=LINE, at=now())
    serial, cy, sam = labels.serials(one, 0, 1)[0], people.cy.actor, people.sam.actor
    found = at_once(lambda: services.sell(sam, GTIN, serial), lambda: services.change_stretch(cy, one.code, "exported"))
    kept = queries.item(GTIN, serial).kept
    # Sold first, it keeps its own way; exported first, the till is told so.
    assert (found, kept) in [(["done", "done"], "sold"), (["done", "item-exported"], "exported")]
    assert ItemState.objects.count() == (kept == "sold")


def test_an_order_and_the_release_of_its_goods_never_miss_each_other(people, lodged):
    orders = [lambda: ordered(people, "general")] * 3
    release = lambda: services.activate(people.ana.actor, subject=LINE, at=now())  # noqa: E731
    people.cy, people.ana  # noqa: B018 - made before the start
    assert at_once(*orders, release) == ["done"] * 4
    told = [code for entry in Entry.objects.filter(kind="tags.activated") for code in entry.facts["ranges"]]
    assert sorted(told) == sorted(r.code for r in Range.objects.all())
