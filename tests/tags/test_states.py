"""What became of tags: changed by those who may, one row, one event and one entry for a stretch."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, Invalid, NotFound, Refused
from guomen.kit.ids import Subject, uuid7
from guomen.ledger.models import Entry
from guomen.ledger.queries import history
from guomen.parties.actors import SYSTEM, Actor
from guomen.parties.models import Organisation
from guomen.tags import balances, labels, queries, services
from guomen.tags.models import Alarm, Claim, ItemState, Range, Sale, Segment
from guomen.tags.scheme import batch_uri, scheme
from guomen.tags.services.states import WrongState
from guomen.trace.models import Event
from tests.tags.goods import BATCH, GTIN, LINE

MILLION = 1_000_000


def code(one: Range, index: int) -> tuple[str, str]:
    return GTIN, labels.serials(one, index, 1)[0]


def inner(one: Range, index: int) -> str:
    return scheme(one.key_version).inner(*code(one, index))


def kept(one: Range, *indices: int) -> list[str]:
    return [queries.item(*code(one, n)).kept for n in indices]


@pytest.fixture
def million(people, lodged) -> Range:
    return services.order(people.cy.actor, gtin=GTIN, batch=BATCH, count=MILLION, subject=LINE)


def test_a_million_items_change_with_a_handful_of_rows_and_statements(people, million):
    cy = people.cy.actor
    with CaptureQueriesContext(connection) as few:
        services.change_stretch(cy, million.code, "applied", last=899_999)
        services.activate(people.ana.actor, subject=LINE, at=now())
        services.change_stretch(cy, million.code, "shipped", first=100_000, last=199_999, place="CNSHA")
        services.recall(people.bo.actor, gtin=GTIN, batches=[BATCH], recall="R-1")
    assert len(few) < 80
    assert Segment.objects.count() == 3
    assert ItemState.objects.count() == 0
    assert kept(million, 0, 100_000, 199_999, 200_000, 899_999, 900_000) == [
        *("applied", "shipped", "shipped", "applied", "applied", "ordered")
    ]
    assert queries.item(*code(million, 5)).state == "recalled"
    kinds = [e.kind for e in history(Subject.of("range", million.code))]
    assert kinds == ["tags.ordered", "tags.changed", "tags.activated", "tags.changed", "tags.recalled"]


def test_the_history_of_the_batch_shows_each_change_as_an_event(people, made):
    services.change_stretch(people.cy.actor, made.code, "applied", last=99)
    services.activate(people.ana.actor, subject=LINE, at=now())
    services.recall(people.bo.actor, gtin=GTIN, batches=[BATCH], recall="R-1")
    told = list(Event.objects.order_by("happened_at", "recorded_at").values_list("body", "organisation_id"))
    assert [(b["action"], b.get("bizStep"), b.get("disposition")) for b, _ in told] == [
        ("ADD", "commissioning", "active"),
        ("OBSERVE", "accepting", "sellable_accessible"),
        ("OBSERVE", "holding", None),
    ]
    body, captor = told[0]
    assert captor == people.cy.organisation.id
    assert body["quantityList"] == [{"epcClass": batch_uri(GTIN, BATCH), "quantity": 100}]
    assert (body["guomen:range"], body["guomen:first"], body["guomen:last"]) == (made.code, 0, 99)
    assert told[2][0]["persistentDisposition"] == {"set": ["recalled"]}


def test_the_whole_range_changes_in_its_own_row(people, made):
    services.change_stretch(people.cy.actor, made.code, "printed", first=10, last=19)
    services.change_stretch(people.cy.actor, made.code, "printed", first=0, last=9)
    assert Segment.objects.count() == 1
    services.change_stretch(people.cy.actor, made.code, "applied")
    made.refresh_from_db()
    assert (made.state, Segment.objects.count()) == ("applied", 0)


def test_items_that_went_their_own_way_keep_it_and_are_counted(people, made):
    cy = people.cy.actor
    services.activate(people.ana.actor, subject=LINE, at=now())
    services.sell(people.sam.actor, *code(made, 3))
    services.change_items(cy, [code(made, 4), code(made, 5)], "shipped")
    done = services.change_stretch(cy, made.code, "exported")
    assert (done.count, done.kept) == (499, 1)
    assert kept(made, 3, 4, 5, 6) == ["sold", "exported", "exported", "exported"]
    assert list(ItemState.objects.values_list("state", flat=True)) == ["sold"]


def test_a_stretch_changes_as_a_whole_or_not_at_all(people, made):
    cy = people.cy.actor
    services.change_stretch(cy, made.code, "destroyed", first=50, last=59)
    entries, events = Entry.objects.count(), Event.objects.count()
    with pytest.raises(WrongState) as caught:
        services.change_stretch(cy, made.code, "shipped", first=40, last=80)
    assert "From number 51 on" in caught.value.sentence()
    assert kept(made, 40, 60) == ["ordered", "ordered"]
    assert (Entry.objects.count(), Event.objects.count()) == (entries, events)


def test_a_consignment_ships_although_some_labels_spoiled(people, made):
    cy, second = people.cy.actor, services.order(people.cy.actor, gtin=GTIN, batch=BATCH, count=20, subject=LINE)
    services.change_stretch(cy, made.code, "spoiled", first=44, last=49)
    services.change_stretch(cy, made.code, "applied", first=50)
    services.change_stretch(cy, second.code, "stolen", first=19)
    for _ in range(2):
        done = services.change_consignment(cy, LINE, "shipped", place="CNSHA")
        assert (done.count, done.kept) == (513, 7)
    assert kept(made, 43, 44, 49, 50) == ["shipped", "spoiled", "spoiled", "shipped"]
    entry = Entry.objects.filter(kind="tags.changed", facts__to="shipped").get()
    assert [(s["first"], s["last"]) for s in entry.facts["stretches"]] == [(0, 43), (50, 499), (0, 18)]
    assert services.change_stretch(cy, made.code, "exported").kept == 6
    services.change_stretch(cy, second.code, "destroyed")
    assert kept(second, 0, 19) == ["destroyed", "destroyed"]
    with pytest.raises(WrongState):
        services.change_stretch(cy, second.code, "shipped")


def test_the_same_change_again_writes_nothing(people, made):
    cy = people.cy.actor
    for _ in range(2):
        services.change_stretch(cy, made.code, "applied", last=9)
        services.change_items(cy, [code(made, 20)], "spoiled")
    assert Entry.objects.filter(kind="tags.changed").count() == 2
    assert Event.objects.count() == 2


def test_single_items_change_all_or_none_with_one_event_and_entry(people, made):
    cy = people.cy.actor
    some = [code(made, n) for n in (7, 8, 9)]
    services.change_items(cy, some, "spoiled", why="smeared")
    assert Event.objects.count() == 1
    entry = Entry.objects.get(kind="tags.changed")
    assert (entry.facts["count"], entry.facts["why"], len(entry.subjects)) == (3, "smeared", 3)
    with pytest.raises(WrongState):
        services.change_items(cy, [code(made, 6), code(made, 7)], "shipped")
    assert kept(made, 6) == ["ordered"]
    with pytest.raises(NotFound):
        services.change_items(cy, [code(made, 6), (GTIN, "0" * 20)], "shipped")


def test_labels_spoiled_in_a_stretch_or_as_a_list_show_in_the_balance(people, made):
    cy = people.cy.actor
    Range.objects.filter(number=made.number).update(printed=400)
    services.change_stretch(cy, made.code, "applied", first=0, last=299)
    services.change_stretch(cy, made.code, "spoiled", first=300, last=309)
    services.change_items(cy, [code(made, 350), code(made, 5)], "spoiled")
    services.change_items(cy, [code(made, 8)], "stolen")
    made.refresh_from_db()
    found = balances.balance_of(made)
    assert balances.by_state(made) == {"applied": 298, "spoiled": 12, "ordered": 189, "stolen": 1}
    assert (found.ordered, found.made, found.printed, found.applied, found.spoiled) == (500, 400, 299, 299, 12)
    assert found.missing == 89


def test_a_consignment_changes_with_all_its_ranges_and_one_entry(people, made, lodged):
    other = services.order(people.cy.actor, gtin=GTIN, batch=BATCH, count=7, subject=LINE)
    services.change_consignment(people.bo.actor, LINE, "destroyed", why="Burnt in the port.")
    assert {r.state for r in Range.objects.all()} == {"destroyed"}
    entry = Entry.objects.get(kind="tags.changed")
    assert entry.facts["count"] == 507
    assert {s["range"] for s in entry.facts["stretches"]} == {made.code, other.code}
    with pytest.raises(NotFound):
        services.change_consignment(people.eve.actor, LINE, "stolen")


@pytest.mark.parametrize(
    ("who", "to", "refusal"),
    [
        ("eve", "stolen", NotFound),
        ("sam", "shipped", NotFound),
        ("di", "destroyed", NotFound),
        ("kai", "shipped", NotFound),
        ("bo", "shipped", Forbidden),
        ("ana", "applied", Forbidden),
        ("amy", "destroyed", Forbidden),
        ("bo", "destroyed", None),
        ("ana", "stolen", None),
        ("cy", "exported", None),
        ("cal", "shipped", None),
    ],
)
def test_who_may_change_a_stretch(people, made, who, to, refusal):
    by = getattr(people, who).actor
    if refusal is None:
        assert services.change_stretch(by, made.code, to).count == 500
        return
    with pytest.raises(refusal):
        services.change_stretch(by, made.code, to)
    assert Range.objects.get().state == "ordered"


@pytest.mark.parametrize("to", ["sold", "claimed", "active", "recalled", "ordered", "", "x" * 5000])
def test_what_has_a_door_of_its_own_is_not_written_by_hand(people, made, to):
    with pytest.raises(Invalid):
        services.change_stretch(people.cy.actor, made.code, to)
    with pytest.raises(Invalid):
        services.change_items(people.cy.actor, [code(made, 1)], to)


@pytest.mark.parametrize(
    "wrong",
    [
        {"first": -1},
        {"first": 500},
        {"first": 9, "last": 8},
        {"last": 500},
        {"last": 2**40},
        {"place": "XXXXX"},
        {"why": "\0"},
        {"why": "x" * 501},
    ],
)
def test_a_wrong_stretch_is_named(people, made, wrong):
    with pytest.raises(Invalid):
        services.change_stretch(people.cy.actor, made.code, "shipped", **wrong)


@pytest.mark.parametrize("many", [0, 1001])
def test_a_list_has_bounds(people, made, many):
    with pytest.raises(Invalid):
        services.change_items(people.cy.actor, [code(made, 1)] * many, "shipped")


def test_a_sale_is_a_state_an_event_and_one_entry(people, made):
    services.activate(people.ana.actor, subject=LINE, at=now())
    services.sell(people.sam.actor, *code(made, 2), "CNSHA")
    assert kept(made, 2) == ["sold"]
    event = Event.objects.get(organisation=people.sam.organisation)
    assert (event.body["bizStep"], event.body["disposition"]) == ("retail_selling", "retail_sold")
    assert event.body["readPoint"]["id"].endswith("unlocode#CNSHA")
    assert Entry.objects.filter(kind="item.sold").count() == 1


@pytest.mark.parametrize("state", ["exported", "stolen", "returned", "destroyed"])
def test_what_left_the_market_is_not_sold(people, made, state):
    from guomen.kit.errors import Refused

    services.activate(people.ana.actor, subject=LINE, at=now())
    services.change_stretch(people.cy.actor, made.code, state)
    with pytest.raises(Refused) as caught:
        services.sell(people.sam.actor, *code(made, 0))
    assert caught.value.code == ("item-exported" if state == "exported" else "item-withdrawn")
    assert not Sale.objects.exists()


def test_what_the_system_does_is_told_by_the_authority_once_for_a_range(people, made):
    authority = people.ana.organisation
    services.activate(SYSTEM, subject=LINE, at=now())
    services.deactivate(SYSTEM, subject=LINE, reason="wrong papers")
    services.recall(SYSTEM, gtin=GTIN, batches=[BATCH], recall="R-1")
    told = Event.objects.order_by("happened_at", "recorded_at")
    assert {e.organisation for e in told} == {authority}
    assert [(e.body["bizStep"], e.body.get("disposition")) for e in told] == [
        ("accepting", "sellable_accessible"),
        ("holding", "non_sellable_other"),
        ("holding", None),
    ]
    for e in told:
        assert (e.body["guomen:range"], e.body["guomen:first"], e.body["guomen:last"]) == (made.code, 0, 499)
        assert "epcList" not in e.body or e.body["epcList"] == []
    assert told.last().body["persistentDisposition"] == {"set": ["recalled"]}


def test_without_an_authority_the_ledger_alone_tells_what_the_system_does(people, made):
    Organisation.objects.filter(kind="authority").update(kind="partner")
    services.activate(SYSTEM, subject=LINE, at=now())
    assert not Event.objects.exists()
    assert Entry.objects.filter(kind="tags.activated").count() == 1


@pytest.fixture
def on_sale(people, made) -> Range:
    services.activate(people.ana.actor, subject=LINE, at=now())
    return made


def test_goods_that_come_back_are_sold_and_claimed_again_without_an_alarm(people, on_sale):
    sam, cy, one = people.sam.actor, people.cy.actor, code(on_sale, 3)
    for n in (3, 4):
        services.sell(sam, *code(on_sale, n))
    first = services.claim(*one, inner(on_sale, 3), b"phone 1")
    services.change_items(sam, [one], "returned")
    assert Claim.objects.count() == 0
    with pytest.raises(Refused) as caught:
        services.sell(sam, *one)
    assert caught.value.code == "item-withdrawn"
    services.change_items(cy, [one], "shipped")
    services.sell(sam, *one)
    second = services.claim(*one, inner(on_sale, 3), b"phone 2")
    assert not services.is_mine(*one, first.secret)
    assert services.is_mine(*one, second.secret)
    services.change_stretch(cy, on_sale.code, "returned", last=9)
    assert (Sale.objects.count(), Claim.objects.count(), Alarm.objects.count()) == (0, 0, 0)
    services.change_stretch(cy, on_sale.code, "displayed", last=9)
    services.sell(sam, *code(on_sale, 4))
    kinds = [e.kind for e in history(queries.item(*one).uri)]
    assert (kinds.count("item.sold"), kinds.count("item.claimed")) == (2, 2)


def test_a_shop_takes_back_only_what_it_sold_or_what_nobody_has(people, on_sale):
    other = Actor("web", Organisation.objects.create(kind="retailer", code="SHOP-2"), uuid7(), frozenset({"seller"}))
    services.sell(people.sam.actor, *code(on_sale, 3))
    services.claim(*code(on_sale, 4), inner(on_sale, 4), b"phone")
    for n in (3, 4):
        with pytest.raises(Forbidden):
            services.change_items(other, [code(on_sale, 5), code(on_sale, n)], "returned")
    assert (Sale.objects.count(), Claim.objects.count(), kept(on_sale, 5)) == (1, 1, ["ordered"])
    services.change_items(other, [code(on_sale, 5)], "returned")
    services.change_items(people.sam.actor, [code(on_sale, 3)], "returned")
    services.change_items(people.cy.actor, [code(on_sale, 4)], "returned")
    assert kept(on_sale, 3, 4, 5) == ["returned"] * 3


def test_codes_of_retired_keys_are_neither_sold_nor_claimed_nor_printed(people, on_sale):
    one, code_inside = code(on_sale, 3), inner(on_sale, 3)
    services.rotate_keys(SYSTEM, reason="Found on a stolen laptop")
    services.retire_keys(SYSTEM, on_sale.key_version, reason="Found on a stolen laptop")
    for attempt, refused in (
        (lambda: services.sell(people.sam.actor, *one), "item-keys-retired"),
        (lambda: services.claim(*one, code_inside, b"phone"), "claim-keys-retired"),
        (lambda: services.order_labels(people.cy.actor, on_sale.code, format="csv"), "order-keys-retired"),
    ):
        with pytest.raises(Refused) as caught:
            attempt()
        assert caught.value.code == refused
    assert (Sale.objects.count(), Claim.objects.count()) == (0, 0)
