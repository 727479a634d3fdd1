"""What a webhook gets: each event, in order, until it said that it has it, and then never again."""

import json
import time
import uuid
from datetime import timedelta

import pytest
from django.db import OperationalError, connection

from guomen.core.webhook import HEADER, verify
from guomen.kit.clock import now
from guomen.ledger.follow import catch_up
from guomen.trace import reporting
from guomen.trace.delivery import Deliverer
from guomen.trace.models import Due, Subscription
from tests.kit.receiver import Receiver
from tests.trace.goods import ITEM, document, seen
from tests.trace.subscribers import (
    QUERIES,
    SECRET,
    cy,
    deliverer,
    events_of,
    firm,
    loopback,
    name_query,
    receiver,
    state,
    store,
    subscribed,
    try_again_now,
    work,
)

__all__ = ["cy", "deliverer", "loopback", "receiver"]
pytestmark = pytest.mark.django_db


def test_a_stream_brings_what_the_query_finds_signed_and_named(cy, receiver, deliverer):
    store(cy, 1)
    work(deliverer)
    id = subscribed(cy, receiver.url + "?key=1")
    store(cy, 2, 3)
    store(cy, 4, step="shipping")
    work(deliverer)
    (request,) = receiver.requests
    assert request.path == "/hook?key=1"
    verify(SECRET, request.headers[HEADER], request.body, now())
    content = json.loads(request.body)
    assert content["id"] == f"urn:uuid:{request.headers['Idempotency-Key']}"
    assert (content["type"], content["schemaVersion"]) == ("EPCISQueryDocument", "2.0")
    results = content["epcisBody"]["queryResults"]
    assert (results["queryName"], results["subscriptionID"]) == ("stored", id)
    assert sorted(events_of(request)) == ["urn:x:2", "urn:x:3"]
    assert results["resultsBody"]["eventList"][0]["recordTime"]
    told = state(cy, id)
    assert (told["waiting"], told["failures"], told["lastError"]) == (0, 0, None)
    assert told["lastSuccess"]


def test_what_was_received_is_never_sent_again(cy, receiver, deliverer):
    subscribed(cy, receiver.url)
    store(cy, 1)
    for _ in range(3):
        work(deliverer)
    store(cy, 1)
    work(deliverer)
    assert [events_of(r) for r in receiver.requests] == [["urn:x:1"]]
    assert not Due.objects.exists()


@pytest.mark.parametrize("answer", [500, 404, 302, 429, "hang up", "silence"])
def test_what_was_not_received_comes_again_with_the_same_id_before_anything_newer(cy, receiver, deliverer, answer):
    id = subscribed(cy, receiver.url)
    receiver.answers = [answer, 503, 200]
    store(cy, 1)
    work(deliverer)
    store(cy, 2)
    work(deliverer)
    told = state(cy, id)
    assert (len(receiver.requests), told["failures"], told["waiting"]) == (1, 1, 2)
    assert told["lastError"]
    assert told["nextTry"] > now().isoformat()
    for _ in range(2):
        try_again_now()
        work(deliverer)
    first, second, third, last = receiver.requests
    assert [events_of(r) for r in receiver.requests] == [["urn:x:1"], ["urn:x:1"], ["urn:x:1"], ["urn:x:2"]]
    assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"] == third.headers["Idempotency-Key"]
    assert first.body == third.body
    assert last.headers["Idempotency-Key"] != third.headers["Idempotency-Key"]
    assert (state(cy, id)["failures"], state(cy, id)["lastError"]) == (0, None)


def test_pauses_between_tries_grow_to_an_hour_and_go_on_for_days(cy, receiver, deliverer):
    id = subscribed(cy, receiver.url)
    receiver.answers = [500]
    store(cy, 1)
    pauses = []
    for _ in range(16):
        work(deliverer)
        one = Subscription.objects.get(id=id)
        pauses.append((one.next_try_at - one.failed_at).total_seconds())
        try_again_now()
    assert 1.4 < pauses[0] <= 2
    assert 2.9 < pauses[1] <= 4
    assert all(2700 <= pause <= 3600 for pause in pauses[12:])
    assert state(cy, id)["lastError"] == "The receiver answered 500"
    assert state(cy, id)["failures"] == 16


def test_a_receiver_may_say_when_it_wants_to_be_asked_again(cy, receiver, deliverer):
    id = subscribed(cy, receiver.url)
    receiver.answers = [(503, {"Retry-After": "120"}), 200]
    store(cy, 1)
    work(deliverer)
    assert Subscription.objects.get(id=id).next_try_at > now() + timedelta(seconds=110)


def test_a_receiver_that_says_it_is_too_much_gets_less_at_a_time(cy, receiver, deliverer):
    subscribed(cy, receiver.url)
    receiver.answers = [413, 413, 200]
    store(cy, *range(1, 9))
    work(deliverer)
    sizes = [len(events_of(r)) for r in receiver.requests]
    assert sizes == [8, 4, 2, 2, 2, 2]
    assert sorted(e for r in receiver.requests[2:] for e in events_of(r)) == sorted(f"urn:x:{n}" for n in range(1, 9))


def test_events_come_in_the_order_of_the_ledger_and_in_deliveries_of_a_bounded_size(cy, receiver, deliverer):
    id = subscribed(cy, receiver.url)
    Subscription.objects.filter(id=id).update(batch=3)
    for n in range(1, 8):
        store(cy, n)
    work(deliverer)
    assert [events_of(r) for r in receiver.requests] == [
        [f"urn:x:{n}" for n in part] for part in ((1, 2, 3), (4, 5, 6), (7,))
    ]


def test_large_events_go_in_several_deliveries(cy, receiver, deliverer):
    subscribed(cy, receiver.url)
    long = [seen(1, "storing", ITEM, event_id=f"urn:x:{n}") | {"ex:note": "x" * 1_500_000} for n in range(4)]
    assert cy.post("/epcis/v2/capture", document(*long), content_type="application/json").status_code == 202
    work(deliverer)
    assert [len(events_of(r)) for r in receiver.requests] == [2, 2]


def test_what_waits_is_not_sent_after_the_subscription_ended(cy, receiver, deliverer):
    id = subscribed(cy, receiver.url)
    receiver.answers = [500, 200]
    store(cy, 1)
    work(deliverer)
    assert cy.delete(f"{QUERIES}/stored/subscriptions/{id}").status_code == 204
    try_again_now()
    work(deliverer)
    assert len(receiver.requests) == 1
    assert not Due.objects.exists()


def test_unsubscribing_while_a_delivery_is_on_its_way_leaves_nothing(cy, receiver, deliverer):
    id = subscribed(cy, receiver.url)
    receiver.answers = [0.3]
    store(cy, 1)
    catch_up()
    deliverer.step()
    receiver.wait_for(1)
    assert cy.delete(f"{QUERIES}/stored/subscriptions/{id}").status_code == 204
    work(deliverer)
    assert (Subscription.objects.count(), Due.objects.count(), len(receiver.requests)) == (0, 0, 1)


def test_deleting_a_query_ends_its_subscriptions(cy, receiver, deliverer):
    subscribed(cy, receiver.url)
    assert cy.delete(f"{QUERIES}/stored").status_code == 204
    store(cy, 1)
    work(deliverer)
    assert (receiver.requests, Subscription.objects.count()) == ([], 0)


def test_a_slow_receiver_and_a_dead_one_do_not_hold_others_back(cy, receiver, deliverer):
    with Receiver(answers=["silence"]) as slow:
        subscribed(cy, slow.url)
        subscribed(cy, "http://127.0.0.1:9/")
        subscribed(cy, receiver.url)
        store(cy, 1)
        deliverer.seconds = 30
        catch_up()
        while len(receiver.requests) < 3:
            deliverer.step()
            if len(receiver.requests) == 1:
                store(cy, 2)
                catch_up()
                deliverer.step()
                receiver.wait_for(2)
                store(cy, 3)
                catch_up()
        assert [events_of(r) for r in receiver.requests] == [["urn:x:1"], ["urn:x:2"], ["urn:x:3"]]
        assert len(slow.requests) == 1


def test_for_a_receiver_that_is_away_only_so_much_is_written_down(cy, receiver, deliverer, monkeypatch):
    monkeypatch.setattr(reporting, "MOST_WAITING", 4)
    id = subscribed(cy, receiver.url)
    receiver.answers = [500]
    for n in range(1, 40):
        store(cy, n)
    work(deliverer)
    assert Due.objects.count() <= 4 + 20
    receiver.answers = [200]
    try_again_now()
    work(deliverer)
    got = [e for r in receiver.requests[1:] for e in events_of(r)]
    assert got == [f"urn:x:{n}" for n in range(1, 40)]
    assert state(cy, id)["waiting"] == 0


def test_nothing_is_sent_without_the_key_that_opens_the_secret(cy, receiver, deliverer):
    id = subscribed(cy, receiver.url)
    Subscription.objects.filter(id=id).update(sealed=b"x" * 40)
    store(cy, 1)
    work(deliverer)
    assert receiver.requests == []
    assert state(cy, id)["lastError"] == "Its secret cannot be opened with the key of this installation"


def test_a_destination_is_judged_again_at_each_delivery(cy, receiver, loopback, settings, deliverer):
    id = subscribed(cy, receiver.url)
    deliverer.allowed = ()
    store(cy, 1)
    work(deliverer)
    assert receiver.requests == []
    assert state(cy, id)["lastError"] == "Its address is not one of the public Internet"


def test_a_secret_is_in_no_column_and_no_ledger_entry(cy, receiver, deliverer):
    subscribed(cy, receiver.url + "/path-secret")
    with connection.cursor() as cursor:
        cursor.execute("SELECT s::text, encode(s.sealed, 'escape') FROM trace_subscription s")
        assert SECRET not in str(cursor.fetchall())
        cursor.execute("SELECT string_agg(e::text, '') FROM ledger_entry e")
        entries = cursor.fetchone()[0]
    assert "subscription.started" in entries
    assert SECRET not in entries
    assert "path-secret" not in entries


def test_neither_the_secret_nor_the_path_of_a_receiver_is_logged(cy, receiver, deliverer, caplog):
    caplog.set_level("INFO")
    subscribed(cy, receiver.url + "/path-secret")
    receiver.answers = [500, 200]
    store(cy, 1)
    work(deliverer)
    try_again_now()
    work(deliverer)
    assert len(receiver.requests) == 2
    assert "path-secret" not in caplog.text
    assert SECRET not in caplog.text


def test_a_delivery_that_was_settled_is_not_settled_twice(cy, receiver, deliverer):
    id = subscribed(cy, receiver.url)
    store(cy, 1)
    catch_up()
    reporting.find_due()
    taken = reporting.take(uuid.UUID(id))
    again = reporting.take(uuid.UUID(id))
    assert (taken.id, taken.body) == (again.id, again.body)
    reporting.settle(taken, "", 200)
    store(cy, 2)
    catch_up()
    reporting.find_due()
    reporting.settle(again, "", 200)
    assert Subscription.objects.get(id=id).waiting == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_one_delivers_and_the_other_takes_over(people, receiver, loopback):
    client = firm(people.cy)
    name_query(client)
    subscribed(client, receiver.url)
    first, second = Deliverer(seconds=5), Deliverer(seconds=5)
    try:
        first.start()
        store(client, 1)
        catch_up()
        receiver.wait_for(1)
        second.start()
        for n in range(2, 6):
            store(client, n)
            catch_up()
        receiver.wait_for(2)
        first.stop()
        store(client, 6)
        catch_up()
        got: list[str] = []
        while "urn:x:6" not in got:
            got = [e for r in receiver.wait_for(len(receiver.requests)) for e in events_of(r)]
            time.sleep(0.05)
        assert got == [f"urn:x:{n}" for n in range(1, 7)]
    finally:
        first.stop()
        second.stop()


def test_an_answer_is_kept_while_it_cannot_be_written_down(cy, receiver, deliverer, monkeypatch):
    subscribed(cy, receiver.url)
    store(cy, 1)
    catch_up()
    deliverer.step()
    receiver.wait_for(1)
    settle = reporting.settle

    def away(*_: object) -> None:
        raise OperationalError("the database is away")

    monkeypatch.setattr(reporting, "settle", away)
    time.sleep(0.2)
    with pytest.raises(OperationalError):
        deliverer.step()
    monkeypatch.setattr(reporting, "settle", settle)
    work(deliverer)
    assert len(receiver.requests) == 1
