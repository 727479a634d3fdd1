"""The reader of the websockets, stepped by hand: places in the ledger, room, schedules.

Over real sockets: tests/site/test_streams.py.
"""

import json
from datetime import timedelta

import pytest

from guomen.core import epcis
from guomen.kit.clock import now
from guomen.ledger.follow import catch_up
from guomen.parties.actors import Actor
from guomen.trace import streaming, watching
from guomen.trace.asked import read
from guomen.trace.services import capture
from guomen.trace.streaming import Full, Hub, Subscriber
from guomen.trace.subscribing import Terms
from guomen.trace.watching import Watch
from tests.trace.goods import ITEM, seen

pytestmark = pytest.mark.django_db
STREAM = Terms(None, "", False, None)


class Client:
    """Who listens, and what came: lists of event ids."""

    def __init__(self, hub: Hub, by: Actor, terms: Terms = STREAM, **query: list[str]) -> None:
        self.hub, self.documents = hub, []
        watch = Watch(by, read(query or {"EQ_bizStep": ["storing"]}))
        self.one = Subscriber(watch, "stored", terms, watching.horizon(), self.documents.append)

    @property
    def got(self) -> list[list[str]]:
        lists = [json.loads(d)["epcisBody"]["queryResults"]["resultsBody"]["eventList"] for d in self.documents]
        return [[event["eventID"] for event in events] for events in lists]

    def takes_all(self) -> None:
        while self.one.made:
            self.hub.sent(self.one)


def store(by: Actor, *numbers: int, step: str = "storing") -> None:
    capture(by, [seen(n % 28, step, ITEM, event_id=f"urn:x:{n}") for n in numbers])
    catch_up()


def read_on(hub: Hub, *clients: Client, taking: bool = True) -> None:
    everybody = [c.one for c in clients]
    while hub.step(everybody):
        for client in clients if taking else ():
            client.takes_all()


def test_each_listener_gets_what_is_its_own(people):
    hub = Hub()
    cy, sam, bo = (Client(hub, getattr(people, name).actor) for name in ("cy", "sam", "bo"))
    store(people.cy.actor, 1)
    store(people.cy.actor, 2, step="shipping")
    store(people.sam.actor, 3)
    read_on(hub, cy, sam, bo)
    assert (cy.got, sam.got) == ([["urn:x:1"]], [["urn:x:3"]])
    assert [e for d in bo.got for e in d] == ["urn:x:1", "urn:x:3"]


def test_a_client_without_room_is_not_read_on_for_and_misses_nothing(people):
    hub = Hub()
    slow, quick = (Client(hub, people.cy.actor) for _ in range(2))
    for n in range(1, 200):
        capture(people.cy.actor, [seen(1, "storing", ITEM, event_id=f"urn:x:{n}")])
    catch_up()
    everybody = [slow.one, quick.one]
    while hub.step(everybody):
        quick.takes_all()
    assert len(slow.documents) == streaming.ROOM
    assert slow.one.position < quick.one.position
    assert len(slow.one.found) < 100
    slow.takes_all()
    read_on(hub, slow, quick)
    for client in (slow, quick):
        assert [e for d in client.got for e in d] == [f"urn:x:{n}" for n in range(1, 200)]


def test_many_events_and_large_ones_come_in_several_documents(people):
    hub = Hub()
    client = Client(hub, people.cy.actor)
    store(people.cy.actor, *range(1, 251))
    read_on(hub, client)
    assert [len(d) for d in client.got] == [100, 100, 50]
    large = [seen(1, "storing", ITEM, event_id=f"urn:large:{n}") | {"ex:note": "x" * 600_000} for n in range(3)]
    capture(people.cy.actor, large, [{"ex": "https://example.test/"}])
    catch_up()
    read_on(hub, client)
    assert [len(d) for d in client.got[3:]] == [1, 1, 1]


def test_a_schedule_waits_for_its_time_and_reports_nothing_when_asked_to(people):
    hub = Hub()
    client = Client(hub, people.cy.actor, Terms({"hour": "1"}, "", True, None))
    store(people.cy.actor, 1)
    read_on(hub, client)
    assert client.got == []
    for _ in range(2):
        client.one.due_at = now() - timedelta(seconds=1)
        read_on(hub, client)
    assert client.got == [["urn:x:1"], []]
    assert client.one.due_at > now()


def test_a_query_that_breaks_ends_its_own_connection_only(people):
    hub = Hub()
    broken, fine = (Client(hub, people.cy.actor) for _ in range(2))
    broken.one.watch = Watch(Actor("x", people.cy.organisation, None, frozenset({"via-token"})), broken.one.watch.asked)
    store(people.cy.actor, 1)
    read_on(hub, fine, broken)
    assert (broken.documents, fine.got) == ([None], [["urn:x:1"]])


def test_only_so_many_of_one_organisation_and_of_all_are_served(people, monkeypatch):
    monkeypatch.setattr(streaming, "OF_ONE_ORGANISATION", 2)
    monkeypatch.setattr(streaming, "MOST", 3)
    hub = Hub()
    hub.thread = object()  # nobody reads in this test
    for name in ("cy", "cy", "sam"):
        hub.add(Client(hub, getattr(people, name).actor).one)
    for name in ("cy", "bo"):
        with pytest.raises(Full):
            hub.add(Client(hub, getattr(people, name).actor).one)


def test_a_listener_that_asked_for_xml_gets_xml(people):
    hub = Hub()
    cy = Client(hub, people.cy.actor)
    cy.one.media_type = "application/xml"
    store(people.cy.actor, 1, 2)
    read_on(hub, cy)
    (message,) = cy.documents
    results = epcis.xml_to_document(message)["epcisBody"]["queryResults"]
    assert (results["queryName"], results["subscriptionID"]) == ("stored", str(cy.one.id))
    assert sorted(e["eventID"] for e in results["resultsBody"]["eventList"]) == ["urn:x:1", "urn:x:2"]
