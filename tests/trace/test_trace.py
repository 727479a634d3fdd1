"""Capture, history and holders in the database and over HTTP, and who may see what."""

import threading
from decimal import Decimal

import pytest
from django.db import connection, connections

from guomen.core import epcis
from guomen.core.gs1 import check_digit, item_key
from guomen.kit.errors import Forbidden, Invalid
from guomen.ledger.queries import history as entries
from guomen.parties.actors import PUBLIC, SYSTEM
from guomen.trace import queries, services
from guomen.trace.holders import party_uri
from guomen.trace.models import EdgeIn, EdgeOut, Event, EventItem
from guomen.trace.things import key_of
from tests.trace.goods import BATCH, GTIN, ITEM, ITEM_WITH_LOT, OTHER_ITEM, day, seen

BOX = "urn:epc:id:bic:CSQU3054383"


def sent(event: epcis.Event) -> dict:
    return epcis.event_to_dict(event)


def amount(n: int, step: str, quantity: int | None, **more) -> dict:
    return sent(epcis.object_event(day(n), "OBSERVE", classes=[(BATCH, quantity, None)], biz_step=step, **more))


def packed(n: int, action: str, parent: str, *children: str, **more) -> dict:
    return sent(epcis.aggregation_event(day(n), action, parent, children=children, **more))


@pytest.fixture
def case() -> str:
    return "https://id.gs1.org/00/09506000134352000" + check_digit("09506000134352000")


def names(history: queries.History) -> list[tuple[str, str]]:
    return [(e.biz_step or e.body["action"], e.via[-1].rsplit("/", 1)[-1].rsplit(":", 1)[-1]) for e in history.events]


def test_an_items_history_has_its_batch_and_what_it_was_in_while_it_was_in_it(people, case):
    services.capture(
        people.cy.actor,
        [
            amount(0, "commissioning", 500),
            seen(1, "commissioning", ITEM_WITH_LOT),
            packed(2, "ADD", case, ITEM, OTHER_ITEM),
            seen(1, "storing", case),
            packed(3, "ADD", BOX, case),
            seen(4, "departing", BOX),
            packed(4, "ADD", BOX, f"https://id.gs1.org/01/{GTIN}/21/X"),
            seen(5, "arriving", "urn:guomen:container:CSQU3054383"),
            packed(6, "DELETE", BOX),
            seen(7, "departing", BOX),
            seen(8, "receiving", case),
            packed(9, "DELETE", case, ITEM),
            seen(10, "receiving", case),
            seen(11, "retail_selling", ITEM),
        ],
    )
    history = queries.history(ITEM)
    assert history.batch == BATCH
    box, sscc = "CSQU3054383", case.rsplit("/", 1)[-1]
    assert names(history) == [
        ("commissioning", "L7"),
        ("commissioning", "S1"),
        ("ADD", "S1"),
        ("ADD", sscc),
        ("departing", box),
        ("arriving", box),
        ("DELETE", box),
        ("receiving", sscc),
        ("DELETE", "S1"),
        ("retail_selling", "S1"),
    ]
    assert all(e.certain for e in history.events)
    stays = {(s.inside.rsplit("/", 1)[-1].rsplit(":", 1)[-1], s.since, s.until) for s in history.stays}
    assert stays == {(sscc, day(2), day(9)), (box, day(3), day(6))}
    departing = next(e for e in history.events if e.biz_step == "departing")
    assert departing.via == (ITEM, case, "urn:guomen:container:CSQU3054383")


@pytest.mark.parametrize("uri", [ITEM, ITEM_WITH_LOT, BATCH, "urn:epc:id:sgtin:9506000.013435.S1", "urn:x:anything"])
def test_the_key_of_a_thing_is_the_key_that_gs1_identity_gives(uri):
    assert key_of(uri) == item_key(uri)


def test_an_event_keeps_the_keys_of_what_it_names_and_whether_it_says_from_whom_to_whom(people, case):
    amounts = amount(2, "shipping", 5, destinations=[("possessing_party", party_uri(people.sam.organisation.id))])
    services.capture(people.cy.actor, [packed(1, "ADD", case, ITEM, OTHER_ITEM), amounts])
    pack, ship = Event.objects.order_by("happened_at")
    assert bytes(pack.things) == b"".join(key_of(uri).bytes for uri in (case, ITEM, OTHER_ITEM))
    assert (bytes(ship.things), pack.has_ends, ship.has_ends) == (key_of(BATCH).bytes, False, True)


def test_a_container_has_one_name():
    assert key_of(BOX) == key_of("urn:guomen:container:CSQU3054383")


def test_where_only_the_batch_was_seen_the_items_stay_is_not_certain(people):
    events = [
        seen(1, "commissioning", ITEM_WITH_LOT),
        sent(epcis.aggregation_event(day(2), "ADD", BOX, classes=[(BATCH, 500, None)])),
        seen(3, "departing", BOX),
    ]
    services.capture(people.cy.actor, events)
    of_item = {e.biz_step: e.certain for e in queries.history(ITEM).events}
    assert of_item == {"commissioning": True, "": True, "departing": False}
    assert all(e.certain for e in queries.history(BATCH).events)


def test_the_batch_is_also_known_from_the_lot_number_at_commissioning(people):
    made = epcis.object_event(day(0), "ADD", epcs=[ITEM], biz_step="commissioning", ilmd={"cbvmda:lotNumber": "L7"})
    services.capture(people.cy.actor, [sent(made)], [epcis.CONTEXT])
    assert queries.history(ITEM).batch == BATCH


def test_the_same_event_again_changes_nothing_and_other_content_is_a_conflict(people):
    event = seen(1, "storing", ITEM, event_id="urn:uuid:5a3c1c5e-0f1e-4c7e-9c1e-0f1e4c7e9c1e")
    first = services.record(people.cy.actor, [event])
    again = services.record(people.cy.actor, [event, event])
    assert (first.new, again.new, again.ids) == (1, 0, [*first.ids, *first.ids])
    with pytest.raises(services.Conflict) as caught:
        services.capture(people.cy.actor, [seen(2, "storing", OTHER_ITEM), event | {"bizStep": "shipping"}])
    assert [(p.field, p.code) for p in caught.value.problems] == [("events.1.eventID", "conflict")]
    with pytest.raises(services.Conflict):
        services.capture(
            people.cy.actor, [event | {"eventID": "urn:x:1"}, event | {"eventID": "urn:x:1", "action": "ADD"}]
        )
    assert Event.objects.count() == 1
    assert len(entries(ITEM)) == 1


def test_an_event_without_id_is_named_by_its_content(people):
    event = seen(1, "storing", ITEM)
    ids = services.capture(people.cy.actor, [event, event | {"recordTime": "2026-10-02T00:00:00Z"}])
    assert ids[0] == ids[1] == epcis.event_hash(event)
    body = queries.events_of(None, ITEM)[0]
    assert body["eventID"] == ids[0]
    assert epcis.event_hash(body) == ids[0]


def test_all_or_none_with_every_problem_named(people):
    events = [
        seen(1, "storing", ITEM),
        {"type": "ObjectEvent"},
        seen(1, "storing", ITEM) | {"epcList": [ITEM[:-5] + "x"]},
    ]
    events[2]["epcList"] = ["https://id.gs1.org/01/09506000134353/21/S1"]
    with pytest.raises(Invalid) as caught:
        services.capture(people.cy.actor, events)
    fields = {p.field for p in caught.value.problems}
    assert {"events.1.eventTime", "events.1.action", "events.2.epcList.0"} <= fields
    assert "INCORRECT_CHECK_DIGIT" in str(next(p for p in caught.value.problems if p.field == "events.2.epcList.0"))
    assert not Event.objects.exists()
    assert not EventItem.objects.exists()


def test_it_refuses_more_events_than_it_announces(people):
    with pytest.raises(services.TooMany):
        services.capture(people.cy.actor, [{}] * (services.MOST_EVENTS + 1))


def test_one_capture_is_one_entry_about_batches_items_and_the_organisation(people, monkeypatch):
    monkeypatch.setattr(services, "MOST_SUBJECTS", 3)
    services.capture(
        people.cy.actor, [seen(1, "storing", ITEM_WITH_LOT, OTHER_ITEM, ITEM + "9"), amount(2, "storing", 5)]
    )
    entry = entries(BATCH)[0]
    assert entry.kind == "event.captured"
    assert entry.subjects[0] == BATCH
    assert len(entry.subjects) == 4
    assert entry.facts["subjects_left_out"] == 1
    assert [e["step"] for e in sorted(entry.facts["events"], key=lambda e: e["step"])] == ["storing", "storing"]


def withdrawn_of(event: dict) -> dict:
    return event | {"errorDeclaration": {"declarationTime": "2026-10-20T00:00:00Z", "reason": "did_not_occur"}}


@pytest.mark.parametrize("error_first", [False, True])
def test_an_event_declared_an_error_stays_visible_but_no_longer_counts(people, case, error_first):
    wrong = packed(2, "ADD", case, ITEM, event_id="urn:uuid:5a3c1c5e-0f1e-4c7e-9c1e-0f1e4c7e9c1f")
    sold = amount(1, "receiving", 5, event_id="urn:uuid:5a3c1c5e-0f1e-4c7e-9c1e-0f1e4c7e9c20")
    for event in (wrong, sold):
        pair = [event, withdrawn_of(event)]
        for one in reversed(pair) if error_first else pair:
            services.capture(people.cy.actor, [one])
    services.capture(people.cy.actor, [seen(3, "departing", case)])
    history = queries.history(ITEM)
    assert [e.withdrawn for e in history.events] == [True, True]
    assert history.stays == []
    assert not EdgeIn.objects.exists()
    assert not EdgeOut.objects.exists()
    assert queries.holders(GTIN, "L7") == []


def between(source, destination) -> dict:
    return {
        "sources": [("possessing_party", party_uri(source.organisation.id))],
        "destinations": [("possessing_party", party_uri(destination.organisation.id))],
    }


def test_holders_are_who_received_and_did_not_pass_all_on(people):
    services.capture(
        people.kai.actor,
        [amount(1, "receiving", 500, destinations=[("possessing_party", party_uri(people.cy.organisation.id))])],
    )
    services.capture(people.cy.actor, [amount(2, "shipping", 300, **between(people.cy, people.sam))])
    on_the_way = {h.name: (h.role, h.quantity) for h in queries.holders(GTIN, "L7")}
    assert on_the_way == {"Harbour Imports": ("holder", 200), "Corner Shop": ("addressee", 300)}
    services.capture(people.sam.actor, [amount(3, "receiving", 300), amount(4, "retail_selling", 120)])
    services.capture(
        people.cy.actor,
        [amount(5, "shipping", 200, destinations=[("possessing_party", "urn:epc:id:pgln:4012345.00002")])],
    )
    found = queries.holders(GTIN, "L7")
    assert [(h.organisation, h.role, h.quantity, h.since) for h in found] == [
        (people.sam.organisation, "holder", Decimal(180), day(2)),
        (None, "addressee", Decimal(200), day(5)),
    ]
    assert found[1].name.startswith("https://id.gs1.org/417/")
    assert queries.holders(GTIN, "OTHER") == []


@pytest.mark.parametrize(("gtin", "batch"), [(GTIN, ""), (GTIN, "批号七"), (GTIN, "L" * 21), ("123", "L7")])
def test_a_batch_that_no_event_can_name_has_no_holders(db, gtin, batch):
    assert queries.holders(gtin, batch) == []


def test_goods_inside_a_container_count_by_what_was_in_it_then(people, case):
    more = between(people.cy, people.sam)
    services.capture(
        people.cy.actor,
        [
            sent(epcis.aggregation_event(day(1), "ADD", BOX, classes=[(BATCH, 40, None)])),
            packed(1, "ADD", case, ITEM_WITH_LOT, OTHER_ITEM),
            seen(2, "shipping", BOX, **more),
            packed(3, "DELETE", BOX),
            seen(4, "shipping", BOX, **between(people.cy, people.kai)),
        ],
    )
    assert [(h.name, h.quantity) for h in queries.holders(GTIN, "L7")] == [("Corner Shop", Decimal(40))]
    services.capture(people.cy.actor, [seen(5, "shipping", case, **between(people.cy, people.kai))])
    assert {(h.name, h.quantity) for h in queries.holders(GTIN, "L7")} == {
        ("Corner Shop", Decimal(40)),
        ("Long Sea Lines", Decimal(2)),
    }


def test_single_items_sold_are_counted_once_each(people):
    services.capture(people.sam.actor, [seen(1, "receiving", ITEM_WITH_LOT, OTHER_ITEM)])
    services.capture(people.sam.actor, [seen(2, "retail_selling", ITEM)])
    assert [(h.name, h.quantity) for h in queries.holders(GTIN, "L7")] == [("Corner Shop", Decimal(1))]
    services.capture(people.sam.actor, [seen(3, "retail_selling", OTHER_ITEM)])
    assert queries.holders(GTIN, "L7") == []


def test_who_may_send_events(people):
    for one in (people.cy, people.sam, people.kai, people.di, people.ana):
        services.capture(one.actor, [seen(1, "storing", ITEM, event_id=f"urn:x:{one.person.name}")])
    assert set(Event.objects.values_list("organisation__kind", flat=True)) == {
        "trader",
        "retailer",
        "carrier",
        "laboratory",
        "authority",
    }
    for actor in (people.gao.actor, PUBLIC, SYSTEM):
        with pytest.raises(Forbidden):
            services.capture(actor, [seen(1, "storing", ITEM)])


def test_an_organisation_sees_its_own_events_and_not_what_others_say(people, case):
    services.capture(people.cy.actor, [seen(1, "storing", ITEM), packed(2, "ADD", case, ITEM)])
    services.capture(people.kai.actor, [seen(3, "departing", case)])
    assert len(queries.events_of(people.cal.actor, ITEM, case)) == 2
    assert len(queries.events_of(people.kai.actor, ITEM, case)) == 1
    assert queries.events_of(people.eve.actor, ITEM, case) == []
    assert len(queries.events_of(people.bo.actor, ITEM, case)) == len(queries.events_of(None, ITEM, case)) == 3
    assert len(queries.history(ITEM, people.cal.actor).events) == 2
    # The carrier moved the case, but does not learn from others that this item was in it.
    assert queries.history(ITEM, people.kai.actor).events == []
    assert len(queries.history(ITEM, people.bo.actor).events) == 3


@pytest.mark.django_db(transaction=True)
def test_the_same_events_from_many_senders_at_once_are_stored_once(people):
    by, events, outcomes = people.cy.actor, [seen(n, "storing", ITEM) for n in range(20)], []

    def work(mine: list[dict]) -> None:
        try:
            outcomes.append(services.record(by, mine).new)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(e,)) for e in (events, events[::-1], events[5:], events[:10])]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert sum(outcomes) == Event.objects.count() == 20


@pytest.mark.parametrize("reader", ["bo", "cy"])
def test_the_statements_of_histories_are_planned_once_for_many(people, reader, case):
    services.capture(people.cy.actor, [seen(0, "storing", ITEM), packed(1, "ADD", case, ITEM)])
    for _ in range(8):
        assert len(queries.history(ITEM, getattr(people, reader).actor).events) == 2
    with connection.cursor() as cursor:
        cursor.execute("SELECT generic_plans FROM pg_prepared_statements WHERE statement LIKE '%trace_edge%'")
        climbs = cursor.fetchall()
        cursor.execute("SELECT generic_plans FROM pg_prepared_statements WHERE statement LIKE '%trace_eventitem%'")
        assert climbs == cursor.fetchall() == [(3,)]


@pytest.mark.parametrize(
    "path", [ITEM, f"01/{GTIN}/21/S1", ITEM.replace("://", ":/"), "urn:epc:id:sgtin:9506000.013435.S1"]
)
def test_a_things_history_is_found_under_any_of_its_names(people, door, path):
    services.capture(people.cy.actor, [seen(1, "storing", ITEM_WITH_LOT)])
    answer = door("cy").get(f"/api/trace/{path}")
    assert answer.status_code == 200
    assert answer.json()["uri"] == ITEM
    assert answer.json()["batch"] == BATCH
    assert answer.json()["events"][0]["by"]["name"] == "Harbour Imports"


def test_the_doors_let_in_only_whom_they_should(people, door):
    services.capture(people.cy.actor, [seen(1, "storing", ITEM)])
    history = {name: door(name).get(f"/api/trace/{ITEM}").status_code for name in ("cy", "cal", "bo", "eve", "gao", "")}
    assert history == {"cy": 200, "cal": 200, "bo": 200, "eve": 404, "gao": 404, "": 401}
