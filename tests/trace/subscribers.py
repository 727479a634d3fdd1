"""Receivers of what subscriptions find, and the deliverer, stepped by hand."""

import dataclasses
import json
import time
from collections.abc import Iterator

import pytest
from django.test import Client

from guomen.ledger.follow import catch_up
from guomen.trace import delivery
from guomen.trace.models import Subscription
from tests.kit.receiver import Receiver, Request
from tests.trace.goods import ITEM, document, robot, seen

QUERIES = "/epcis/v2/queries"
SECRET = "0435ojtojt02"
ROBOTS: dict[str, Client] = {}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as made:
        yield made


@pytest.fixture
def loopback(settings) -> None:
    """The installation lets webhooks reach this machine."""
    settings.GUOMEN = dataclasses.replace(settings.GUOMEN, webhook_networks="127.0.0.0/8")


@pytest.fixture
def deliverer(loopback) -> Iterator[delivery.Deliverer]:
    one = delivery.Deliverer(seconds=2)
    yield one
    one.stop()


def firm(person) -> Client:
    """A program that captures and reads for the person's organisation."""
    return robot(person, "capture", "read")


def name_query(client: Client, name: str = "stored", **query: object) -> None:
    body = {"name": name, "query": query or {"EQ_bizStep": ["storing"]}}
    answer = client.post(QUERIES, body, content_type="application/json")
    assert answer.status_code == 201, answer.content


def subscribe(client: Client, dest: str, name: str = "stored", **more: object):
    body = {"dest": dest, "signatureToken": SECRET} | (more or {"stream": True})
    return client.post(f"{QUERIES}/{name}/subscriptions", body, content_type="application/json")


def subscribed(client: Client, dest: str, name: str = "stored", **more: object) -> str:
    answer = subscribe(client, dest, name, **more)
    assert answer.status_code == 201, answer.content
    return answer.json()["subscriptionID"]


def work(deliverer: delivery.Deliverer, seconds: float = 20) -> None:
    """Sequence, follow and deliver until nothing is left that can be done now."""
    catch_up()
    end = time.monotonic() + seconds
    while deliverer.step() or deliverer.sending:
        assert time.monotonic() < end, "the deliverer does not come to rest"
        time.sleep(0.005)


def try_again_now() -> None:
    """The pause after a failure is over."""
    Subscription.objects.filter(failures__gt=0).update(next_try_at="2020-01-01T00:00:00Z")


def events_of(request: Request) -> list[str]:
    """Ids of the events in a delivery."""
    results = json.loads(request.body)["epcisBody"]["queryResults"]
    return [event["eventID"] for event in results["resultsBody"]["eventList"]]


@pytest.fixture
def cy(people):
    """Cy's program, with a query for what was stored."""
    client = firm(people.cy)
    name_query(client)
    return client


def store(client, *numbers: int, step: str = "storing") -> list[str]:
    """Capture one document with an event for each number."""
    ids = [f"urn:x:{n}" for n in numbers]
    events = [seen(n % 28, step, ITEM, event_id=id) for n, id in zip(numbers, ids, strict=True)]
    answer = client.post("/epcis/v2/capture", document(*events), content_type="application/json")
    assert answer.status_code == 202, answer.content
    return ids


def state(client, id: str, name: str = "stored") -> dict:
    return client.get(f"{QUERIES}/{name}/subscriptions/{id}").json()["delivery"]
