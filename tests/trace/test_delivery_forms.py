"""In which form a webhook gets its events: spelling, JSON or XML, and what happens when one cannot be made."""

import json

import pytest

from guomen.core import epcis
from guomen.core.webhook import HEADER, verify
from guomen.kit.clock import now
from guomen.trace.models import Event, Subscription
from tests.trace.subscribers import (
    QUERIES,
    SECRET,
    cy,
    deliverer,
    firm,
    loopback,
    name_query,
    receiver,
    store,
    subscribed,
    try_again_now,
    work,
)

__all__ = ["cy", "deliverer", "loopback", "receiver"]
pytestmark = pytest.mark.django_db


def test_deliveries_are_spelled_as_the_subscriber_asked(cy, receiver, deliverer):
    body = {"dest": receiver.url, "stream": True}
    there = f"{QUERIES}/stored/subscriptions"
    spelling = {"GS1-EPC-Format": "Always_EPC_URN", "GS1-CBV-Format": "Always_Web_URI"}
    made = cy.post(there, body, content_type="application/json", headers=spelling)
    assert made.json()["delivery"]["epcFormat"] == "Always_EPC_URN"
    assert cy.post(there, body, content_type="application/json", headers={"GS1-EPC-Format": "?"}).status_code == 400
    store(cy, 1)
    work(deliverer)
    (request,) = receiver.requests
    assert (request.headers["GS1-EPC-Format"], request.headers["GS1-CBV-Format"]) == tuple(spelling.values())
    assert HEADER not in request.headers
    (event,) = json.loads(request.body)["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
    assert event["epcList"][0].startswith("urn:epc:id:sgtin:950600")
    assert event["bizStep"] == "https://ref.gs1.org/cbv/BizStep-storing"


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("application/xml", "application/xml"),
        ("text/xml, application/json;q=0.5", "text/xml; charset=utf-8"),
        ("application/ld+json", "application/ld+json"),
        ("application/*", "application/json"),
    ],
)
def test_deliveries_come_in_the_media_type_that_the_subscriber_accepts(cy, receiver, deliverer, accept, kind):
    there = f"{QUERIES}/stored/subscriptions"
    body = {"dest": receiver.url, "stream": True, "signatureToken": SECRET}
    spelling = {"Accept": accept, "GS1-EPC-Format": "Always_EPC_URN", "GS1-CBV-XML-Format": "Always_URN"}
    made = cy.post(there, body, content_type="application/json", headers=spelling)
    assert (made.status_code, made.headers["Content-Type"]) == (201, "application/json")
    assert made.json()["delivery"]["mediaType"] == kind.partition(";")[0]
    store(cy, 1, 2)
    work(deliverer)
    (request,) = receiver.requests
    assert request.headers["Content-Type"] == kind
    verify(SECRET, request.headers[HEADER], request.body, now())
    is_xml = "xml" in kind
    document = epcis.xml_to_document(request.body) if is_xml else json.loads(request.body)
    results = document["epcisBody"]["queryResults"]
    assert (results["queryName"], results["subscriptionID"]) == ("stored", made.json()["subscriptionID"])
    events = results["resultsBody"]["eventList"]
    assert sorted(event["eventID"] for event in events) == ["urn:x:1", "urn:x:2"]
    assert all(event["epcList"][0].startswith("urn:epc:id:sgtin:950600") for event in events)
    assert (b"<bizStep>urn:epcglobal:cbv:bizstep:storing</bizStep>" in request.body) == is_xml


def test_xml_comes_again_as_it_was_with_the_same_id_and_in_smaller_parts_when_asked(cy, receiver, deliverer):
    there = f"{QUERIES}/stored/subscriptions"
    body = {"dest": receiver.url, "stream": True, "signatureToken": SECRET}
    cy.post(there, body, content_type="application/json", headers={"Accept": "application/xml"})
    receiver.answers[:] = [500, 413, 200]
    store(cy, *range(1, 5))
    work(deliverer)
    try_again_now()
    work(deliverer)
    first, second, *parts = receiver.requests
    assert (first.headers["Idempotency-Key"], first.body) == (second.headers["Idempotency-Key"], second.body)
    assert len(parts) == 2
    read = [epcis.event_objects(epcis.xml_to_document(part.body))[1] for part in parts]
    assert [len(events) for events in read] == [2, 2]
    assert len({event["eventID"] for events in read for event in events}) == 4


def test_a_subscriber_that_accepts_neither_json_nor_xml_is_refused(cy, receiver, loopback):
    body = {"dest": receiver.url, "stream": True}
    answer = cy.post(
        f"{QUERIES}/stored/subscriptions", body, content_type="application/json", headers={"Accept": "text/csv"}
    )
    assert (answer.status_code, answer.json()["type"]) == (406, "epcisException:NotAcceptableException")
    assert Subscription.objects.count() == 0


def test_what_cannot_be_made_for_one_subscriber_holds_nobody_else_back(cy, people, receiver, deliverer, caplog):
    other = firm(people.sam)
    name_query(other)
    subscribed(cy, receiver.url + "?who=cy")
    subscribed(other, receiver.url + "?who=sam")
    store(cy, 1)
    store(other, 2)
    # What no capture leaves behind: a body that is no event any more.
    Event.objects.filter(uri="urn:x:1").update(body={"type": 1, "recordTime": "?"})
    Subscription.objects.filter(organisation_id=people.cy.actor.organisation_id).update(media_type="application/xml")
    work(deliverer)
    assert [request.path for request in receiver.requests] == ["/hook?who=sam"]
    (broken,) = Subscription.objects.filter(failures=1)
    assert (broken.error, broken.organisation_id) == ("not-made", people.cy.actor.organisation_id)
    assert "could not be made" in caplog.text
