"""Parcels of cross-border orders, and bonded display."""

import uuid

import pytest

from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, Invalid, NotFound, Refused
from guomen.ledger.models import Entry
from guomen.tags import labels, queries, services
from guomen.tags.models import BondedMove, BondedStock, Parcel, ParcelItem, Range
from guomen.tags.services.parcels import commitment, found_parcels
from guomen.tags.services.states import WrongState
from guomen.trace.models import Event
from tests.tags.goods import BATCH, GTIN, LINE

PARCEL = {"parcel": "LP00123456789CN", "order": "2026-11-0042"}


@pytest.fixture
def cross(people, lodged) -> Range:
    more = {"gtin": GTIN, "batch": BATCH, "count": 50, "subject": LINE}
    return services.order(people.cy.actor, **more, channel="cross-border")


@pytest.fixture
def bonded(people, lodged) -> Range:
    return services.order(people.cy.actor, gtin=GTIN, batch=BATCH, count=50, subject=LINE, channel="bonded")


def some(one: Range, *indices: int) -> list[tuple[str, str]]:
    return [(GTIN, labels.serials(one, n, 1)[0]) for n in indices]


def test_a_parcel_says_which_items_travel_and_the_ledger_names_nobody(people, cross):
    row = services.pack(people.cy.actor, **PARCEL, items=some(cross, 1, 2))
    assert ParcelItem.objects.filter(parcel=row.id).count() == 2
    assert queries.item(*some(cross, 1)[0]).kept == "shipped"
    assert Event.objects.get().body["bizStep"] == "shipping"
    for entry in Entry.objects.all():
        whole = f"{entry.subjects} {entry.facts}"
        assert PARCEL["parcel"] not in whole
        assert PARCEL["order"] not in whole
    entry = Entry.objects.get(kind="parcel.packed")
    assert entry.facts["parcel"] == commitment(PARCEL["parcel"], bytes(Parcel.objects.get().salt))


def test_an_order_leads_its_firm_to_the_parcel_until_it_is_erased(people, cross):
    row = services.pack(people.cy.actor, **PARCEL, items=some(cross, 1))
    assert found_parcels(people.cal.actor, order=PARCEL["order"]) == [row]
    assert found_parcels(people.cal.actor, order="2026-11-0043") == []
    assert found_parcels(people.eve.actor, order=PARCEL["order"]) == []
    with pytest.raises(NotFound):
        services.erase_parcel(people.eve.actor, row.id)
    for _ in range(2):
        services.erase_parcel(people.cal.actor, row.id)
    left = Parcel.objects.get()
    assert (left.number, bytes(left.order_hash), bytes(left.salt)) == ("", b"", b"")
    assert found_parcels(people.cal.actor, order=PARCEL["order"]) == []
    assert Entry.objects.filter(kind="parcel.erased").count() == 1
    with pytest.raises(Refused):
        services.pack(people.cy.actor, **PARCEL, items=some(cross, 2))


def test_the_same_parcel_again_changes_nothing_and_another_content_is_refused(people, cross):
    first = services.pack(people.cy.actor, **PARCEL, items=some(cross, 1, 2))
    assert services.pack(people.cal.actor, **PARCEL, items=some(cross, 2, 1)).id == first.id
    assert Entry.objects.filter(kind="parcel.packed").count() == 1
    for changed in ({"items": some(cross, 1)}, {"items": some(cross, 1, 2), "order": "2026-11-0043"}):
        with pytest.raises(Refused) as caught:
            services.pack(people.cy.actor, **PARCEL | changed)
        assert caught.value.code == "parcel-exists"


def test_an_item_travels_in_one_parcel_and_only_what_can_be_shipped(people, cross):
    services.pack(people.cy.actor, **PARCEL, items=some(cross, 1))
    with pytest.raises(Refused):
        services.pack(people.cy.actor, parcel="LP2", order="O-2", items=some(cross, 0, 1))
    services.change_items(people.cy.actor, some(cross, 5), "stolen")
    with pytest.raises(WrongState):
        services.pack(people.cy.actor, parcel="LP3", order="O-2", items=some(cross, 4, 5))


def test_who_may_pack_what(people, cross, made):
    with pytest.raises(NotFound):
        services.pack(people.eve.actor, **PARCEL, items=some(cross, 1))
    for other in (people.sam.actor, people.bo.actor, people.ana.actor):
        with pytest.raises(Forbidden):
            services.pack(other, **PARCEL, items=some(cross, 1))
    with pytest.raises(Refused) as caught:
        services.pack(people.cy.actor, **PARCEL, items=some(made, 1))
    assert caught.value.code == "other-channel"
    assert not Parcel.objects.exists()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"parcel": ""}, "parcel"),
        ({"parcel": "x" * 61}, "parcel"),
        ({"parcel": "LP\0123"}, "parcel"),
        ({"order": "=cmd()"}, "order"),
        ({"order": "张三的订单"}, "order"),
    ],
)
def test_wrong_numbers_are_named_at_their_field(people, cross, changed, field):
    with pytest.raises(Invalid) as caught:
        services.pack(people.cy.actor, **PARCEL | changed, items=some(cross, 1))
    assert {p.field for p in caught.value.problems} == {field}


@pytest.mark.parametrize("indices", [(), (1, 1), range(501)])
def test_a_parcel_has_some_items_each_once(people, cross, indices):
    with pytest.raises((Invalid, NotFound)):
        services.pack(people.cy.actor, **PARCEL, items=some(cross, *indices))


# ---- bonded display


def move(by, one: Range, kind: str, quantity: int, hall: str = "WGQ-1") -> BondedMove:
    return services.move_bonded(by, one.code, hall=hall, kind=kind, quantity=quantity)


def test_stock_follows_the_moves_and_is_never_negative(people, bonded):
    cy = people.cy.actor
    assert move(cy, bonded, "in", 20).left == 20
    assert move(cy, bonded, "in", 5, "wgq-2").left == 5
    assert move(cy, bonded, "back", 3).left == 17
    assert move(cy, bonded, "sample", 1).left == 16
    with pytest.raises(Refused) as caught:
        move(cy, bonded, "back", 17)
    assert (caught.value.code, caught.value.values["count"]) == ("not-so-many", 16)
    with pytest.raises(Refused):
        move(cy, bonded, "back", 1, "NO-HALL")
    assert {s.hall: s.quantity for s in queries.bonded(bonded)[0]} == {"WGQ-1": 16, "WGQ-2": 5}
    assert sum(BondedMove.objects.values_list("quantity", flat=True)) == 21
    assert Entry.objects.filter(kind="bonded.moved").count() == 4
    assert Event.objects.count() == 4


def test_no_more_goods_come_in_than_there_are(people, bonded):
    cy = people.cy.actor
    move(cy, bonded, "in", 40)
    move(cy, bonded, "destroyed", 10)
    with pytest.raises(Refused) as caught:
        move(cy, bonded, "in", 11)
    assert caught.value.values["count"] == 10
    move(cy, bonded, "back", 30)
    assert move(cy, bonded, "in", 40).left == 40


def test_goods_are_cleared_only_after_their_release(people, bonded):
    cy = people.cy.actor
    move(cy, bonded, "in", 5)
    with pytest.raises(Refused) as caught:
        move(cy, bonded, "cleared", 1)
    assert caught.value.code == "not-released"
    services.activate(people.ana.actor, subject=LINE, at=now())
    assert move(cy, bonded, "cleared", 1).left == 4


def test_who_may_move_bonded_goods(people, bonded, made):
    with pytest.raises(NotFound):
        move(people.eve.actor, bonded, "in", 1)
    for other in (people.sam.actor, people.bo.actor, people.kai.actor):
        with pytest.raises(Forbidden):
            move(other, bonded, "in", 1)
    with pytest.raises(Refused):
        move(people.cy.actor, made, "in", 1)
    assert not BondedStock.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"hall": "a hall"}, "hall"),
        ({"hall": "X" * 21}, "hall"),
        ({"kind": "lost"}, "kind"),
        ({"quantity": 0}, "quantity"),
        ({"quantity": 51}, "quantity"),
        ({"quantity": 2**40}, "quantity"),
    ],
)
def test_a_wrong_move_is_named_at_its_field(people, bonded, wrong, field):
    plain = {"hall": "H-1", "kind": "in", "quantity": 1}
    with pytest.raises(Invalid) as caught:
        services.move_bonded(people.cy.actor, bonded.code, **plain | wrong)
    assert {p.field for p in caught.value.problems} == {field}


def test_a_parcels_name_in_the_ledger_cannot_be_found_by_trying_numbers(people, cross):
    row = services.pack(people.cy.actor, **PARCEL, items=some(cross, 1))
    assert row.id != uuid.uuid5(uuid.NAMESPACE_OID, PARCEL["parcel"])
    other = services.pack(people.cy.actor, parcel="LP9", order=PARCEL["order"], items=some(cross, 2))
    assert bytes(other.order_hash) == bytes(row.order_hash)
    assert other.id != row.id
