"""The client beyond capture and query: named queries, subscriptions, chains, sharing, and where codes lead."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from guomen import client as guomen
from guomen.core import epcis, webhook
from tests.trace.goods import BATCH, ITEM, OTHER_ITEM, START, day, document, seen

pytestmark = pytest.mark.django_db
SECRET = "a long random secret"


def test_a_query_is_kept_asked_and_forgotten(program):
    cy = program("cy")
    cy.capture([seen(1, "storing", ITEM), seen(2, "packing", ITEM), seen(3, "packing", OTHER_ITEM)])
    cy.keep_query("packed", {"EQ_bizStep": ["packing"]})
    assert cy.query("packed") == {"name": "packed", "query": {"EQ_bizStep": ["packing"]}}
    assert [q["name"] for q in cy.queries()] == ["packed"]
    assert len(list(cy.events_of_query("packed"))) == 2
    assert len(list(cy.events_of_query("packed", MATCH_epc=[ITEM]))) == 1
    with pytest.raises(guomen.Conflict):
        cy.keep_query("packed", {"EQ_bizStep": ["packing"]})
    cy.forget_query("packed")
    assert list(cy.queries()) == []
    with pytest.raises(guomen.NotFound):
        cy.forget_query("packed")


def test_a_subscription_is_made_watched_and_ended(program):
    cy = program("cy")
    cy.keep_query("a-b", {"EQ_bizStep": ["packing"]})
    made = cy.subscribe(
        "a-b", "https://firm.example/in", signatureToken=SECRET, schedule={"minute": "0"}, initialRecordTime=START
    )
    assert made["delivery"]["signed"]
    assert made["delivery"]["mediaType"] == "application/json"
    assert cy.subscription("a-b", made["subscriptionID"]) == made
    assert [s["subscriptionID"] for s in cy.subscriptions("a-b")] == [made["subscriptionID"]]
    with pytest.raises(guomen.Invalid):
        cy.subscribe("a-b", "https://firm.example/in")
    cy.unsubscribe("a-b", made["subscriptionID"])
    made = cy.subscribe("a-b", "https://firm.example/in", xml=True, stream=True)
    assert made["delivery"]["mediaType"] == "application/xml"
    cy.unsubscribe("a-b", made["subscriptionID"])
    assert list(cy.subscriptions("a-b")) == []


def test_a_delivery_is_believed_only_with_its_signature():
    body = json.dumps(document(seen(1, "storing", ITEM))).encode()
    moment = datetime(2026, 11, 1, tzinfo=UTC)
    headers = {"GS1-SIGNATURE": webhook.sign(SECRET, body, moment), "Idempotency-Key": "d1"}
    got = guomen.read_delivery(SECRET, headers, body, moment + timedelta(minutes=1))
    assert (got.id, [e["bizStep"] for e in got.events]) == ("d1", ["storing"])
    for secret, content, when in (
        ("other", body, moment),
        (SECRET, body + b" ", moment),
        (SECRET, body, moment + timedelta(hours=1)),
    ):
        with pytest.raises(guomen.SignatureError):
            guomen.read_delivery(secret, headers, content, when)
    with pytest.raises(guomen.SignatureError):
        guomen.read_delivery(SECRET, {}, body)


def test_a_delivery_is_read_in_xml_as_well():
    body = epcis.document_to_xml(document(seen(1, "packing", ITEM)))
    moment = datetime(2026, 11, 1, tzinfo=UTC)
    headers = {"GS1-Signature": webhook.sign(SECRET, body, moment), "content-type": "text/xml; charset=utf-8"}
    assert [e["bizStep"] for e in guomen.read_delivery(SECRET, headers, body, moment).events] == ["packing"]
    with pytest.raises(epcis.EpcisError):
        guomen.read_delivery(SECRET, headers | {"content-type": "application/json"}, body, moment)


def test_a_chain_is_asked_whole_or_walked_part_by_part(program):
    cy = program("cy")
    flour, bread = f"{BATCH}1", f"{BATCH}2"
    baked = epcis.transformation_event(
        day(1),
        input_classes=[(flour, 1, "KGM")],
        output_classes=[(bread, 2, None)],
        biz_step="creating_class_instance",
    )
    cy.capture([baked])
    whole = cy.chain(flour, "downstream")
    assert [t["uri"] for t in whole["things"]][-1].endswith("L72")
    parts = list(cy.walk(flour, "downstream", depth=3))
    assert parts[0][0] == "start"
    assert [part for kind, part in parts if kind == "thing"] == whole["things"]
    assert parts[-1][0] == "end"
    assert [t["uri"] for t in cy.chain(bread, "upstream")["things"]][-1].endswith("L71")
    with pytest.raises(guomen.NotFound):
        list(cy.walk(OTHER_ITEM, "downstream"))
    with pytest.raises(guomen.Invalid):
        cy.chain("https://id.gs1.org/01/09506000134353", "upstream")


def test_what_is_shared_is_listed_and_taken_back(program, people):
    cy = program("cy")
    eve = program("eve", "read")
    cy.capture([seen(1, "storing", ITEM)])
    with pytest.raises(guomen.NotFound):
        eve.history(ITEM)
    made = cy.share(people.eve.organisation.code, thing=ITEM)
    assert [s["id"] for s in cy.shares()] == [made["id"]] == [s["id"] for s in eve.shares()]
    assert len(eve.history(ITEM)["events"]) == 1
    cy.unshare(made["id"])
    assert cy.shares()[0]["revoked"]


def test_a_code_leads_where_its_firm_says(program, people):
    from guomen.catalogue.rules import Target
    from guomen.catalogue.services import add_link, register_product
    from tests.catalogue.test_products_api import SHIRT

    register_product(people.cy.actor, **SHIRT)
    shirt = f"https://id.gs1.org/01/{SHIRT['gtin']}"
    target = Target("instructions", "https://firm.example/wash", "Washing")
    add_link(people.cy.actor, f"/01/{SHIRT['gtin']}", target)
    anybody = program()
    assert anybody.resolve(shirt, "gs1:instructions").startswith("https://firm.example/wash")
    assert anybody.resolve(shirt) == f"http://localhost/01/{SHIRT['gtin']}"
    links = anybody.linkset(shirt)
    assert links[0]["https://ref.gs1.org/voc/instructions"][0]["title"] == "Washing"
    with pytest.raises(guomen.NotFound):
        anybody.resolve(shirt, "gs1:recipeInfo")
    with pytest.raises(ValueError, match="check digit"):
        anybody.resolve("https://id.gs1.org/01/09506000134353")


def test_an_epc_leads_where_the_same_code_leads(program):
    with pytest.raises(guomen.NotFound):
        program().resolve("urn:epc:id:sgtin:9506000.113435.7", "gs1:recipeInfo")
