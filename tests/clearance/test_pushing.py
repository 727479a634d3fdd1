"""Receipts that are sent: signed, in the order of the ledger, again until they are received, and never after that."""

import json

import pytest
from lxml import etree

from guomen.clearance import pushing, receipts, schema, services
from guomen.clearance.models import ReceiptDelivery, ReceiptSubscription
from guomen.core import webhook
from guomen.kit.clock import now
from guomen.ledger.follow import catch_up
from guomen.trace.delivery import Deliverer
from tests.clearance.test_api import bearer
from tests.kit.receiver import Receiver
from tests.trace.subscribers import loopback, receiver, work

__all__ = ["loopback", "receiver"]
pytestmark = pytest.mark.django_db
SECRET = "sixteen characters or more"
PATH = "/api/receipt-subscriptions"


@pytest.fixture
def sender(loopback):
    one = Deliverer(seconds=5, source=pushing, lock=pushing.LOCK)
    yield one
    one.stop()


def again(sender) -> None:
    ReceiptSubscription.objects.update(next_try_at=now())
    work(sender)


def ids(request) -> list[str]:
    return [r["id"] for r in json.loads(request.body)["receipts"]]


def test_a_firm_gets_its_receipts_signed_until_it_has_them_and_sees_what_it_answered(
    client, people, story, receiver, sender
) -> None:
    token = bearer(people, "cy", "declare", "read")
    catch_up()
    sent = {"dest": receiver.url, "secret": SECRET}
    keyed = token | {"HTTP_IDEMPOTENCY_KEY": "s-1"}
    first, second = (client.post(PATH, sent, content_type="application/json", **keyed) for _ in range(2))
    assert (first.status_code, second.status_code, first.json()) == (201, 200, second.json())
    assert SECRET not in first.content.decode()
    services.lodge(people.eve.actor, story | {"importer_code": people.eve.organisation.code})
    services.lodge(people.cy.actor, story)
    receiver.answers = [503, "hang up", (200, {}, b'{"receipt": "ERP-7"}'), 200]
    work(sender)
    shown = client.get(f"{PATH}/{first.json()['id']}", **token).json()
    assert (shown["waiting"], shown["failures"], shown["error"]) == (6, 1, "The receiver answered 503")
    for _ in range(2):
        again(sender)
    tries = receiver.requests
    assert len({r.headers["Idempotency-Key"] for r in tries}) == len({r.body for r in tries}) == 1
    webhook.verify(SECRET, tries[2].headers[webhook.HEADER], tries[2].body, now())
    asked = receipts.since(people.cy.actor)
    assert json.loads(tries[2].body)["receipts"] == asked
    shown = client.get(f"{PATH}/{first.json()['id']}", **token).json()
    assert (shown["waiting"], shown["failures"], shown["deliveries"][0]["receipt"]) == (0, 0, "ERP-7")
    again(sender)
    assert len(receiver.requests) == 3
    services.lodge(people.cy.actor, story)
    work(sender)
    assert len(receiver.requests) == 4
    assert ids(receiver.requests[3]) == [r["id"] for r in receipts.since(people.cy.actor, asked[-1]["position"])]
    assert client.delete(f"{PATH}/{first.json()['id']}", **token).status_code == 204
    services.lodge(people.cy.actor, story)
    work(sender)
    assert len(receiver.requests) == 4


def test_xml_in_portions_from_any_place_follows_the_schema(people, story, receiver, sender, monkeypatch) -> None:
    monkeypatch.setattr(pushing, "AT_ONCE", 2)
    services.lodge(people.cy.actor, story)
    catch_up()
    services.subscribe_receipts(people.cy.actor, {"dest": receiver.url, "secret": SECRET, "format": "xml", "after": -1})
    with Receiver() as other:
        services.subscribe_receipts(people.cy.actor, {"dest": other.url, "secret": SECRET})
        work(sender)
        assert other.requests == []
    roots = [etree.fromstring(r.body) for r in receiver.requests]
    assert [schema.errors(root) for root in roots] == [[], [], []]
    assert [len(root) for root in roots] == [3, 2, 1]
    assert [r.get("id") for root in roots for r in root] == [r["id"] for r in receipts.since(people.cy.actor)]
    assert {r.headers["Idempotency-Key"] for r in receiver.requests} == {root.get("id") for root in roots}
    assert ReceiptDelivery.objects.count() == 3


def test_a_secret_that_cannot_be_opened_sends_nothing_unsigned(people, story, receiver, sender) -> None:
    services.subscribe_receipts(people.cy.actor, {"dest": receiver.url, "secret": SECRET})
    ReceiptSubscription.objects.update(sealed=b"x" * 60)
    services.lodge(people.cy.actor, story)
    work(sender)
    assert receiver.requests == []
    assert str(ReceiptSubscription.objects.get().trouble_said()).startswith("Its secret cannot be opened")


def test_only_a_declarant_subscribes_and_only_to_a_public_address(door, people, client) -> None:
    sent = {"dest": "https://erp.example/in", "secret": SECRET}
    made = door("cy").post(PATH, sent, content_type="application/json").json()["id"]
    answers = {
        n: door(n).post(PATH, sent, content_type="application/json").status_code for n in ("bo", "sam", "di", "")
    }
    assert answers == {"bo": 403, "sam": 403, "di": 403, "": 401}
    seen = {n: door(n).get(f"{PATH}/{made}").status_code for n in ("cal", "eve", "bo", "")}
    assert seen == {"cal": 200, "eve": 404, "bo": 403, "": 401}
    assert {n: door(n).delete(f"{PATH}/{made}").status_code for n in ("eve", "bo", "cal")} == {
        "eve": 404, "bo": 403, "cal": 204,
    }  # fmt: skip
    wrong = {"dest": "http://169.254.169.254/", "secret": "short", "format": "csv", "after": "1", "colour": 1}
    answer = door("cy").post(PATH, wrong, content_type="application/json")
    assert answer.status_code == 422
    assert {p["field"] for p in answer.json()["errors"]} == {"dest", "secret", "format", "after", "colour"}


def test_the_page_shows_receipts_and_addresses_to_the_firm_alone(door, people, story) -> None:
    here, cy = "/portal/receipts/", door("cy")
    assert cy.post(here, {"do": "add", "dest": "https://erp.example/in", "secret": "x"}).status_code == 422
    sent = {"do": "add", "dest": "https://erp.example/in", "secret": SECRET, "format": "json", "once": "k"}
    for _ in range(2):
        assert cy.post(here, sent).status_code == 302
    one = ReceiptSubscription.objects.get()
    services.lodge(people.cy.actor, story)
    catch_up()
    seen = door("cal").get(here).content.decode()
    assert "https://erp.example/in" in seen
    assert "Formally accepted" in seen
    assert SECRET not in seen
    stranger = door("eve").get(here).content.decode()
    assert "erp.example" not in stranger
    assert "Formally accepted" not in stranger
    assert door("eve").post(here, {"do": "end", "subscription": str(one.id)}).status_code == 404
    assert {n: door(n).get(here).status_code for n in ("bo", "sam", "")} == {"bo": 403, "sam": 403, "": 401}
    assert door("cal").post(here, {"do": "end", "subscription": str(one.id)}).status_code == 302
    assert ReceiptSubscription.objects.get().ended_at
