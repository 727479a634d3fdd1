"""Webhooks of a real installation: its worker is killed while a receiver takes its time."""

import json
import os
import signal
from collections.abc import Iterator

import httpx
import pytest

from tests.clearance.conftest import example
from tests.kit.receiver import Receiver
from tests.site.tree import Tree, open_folder, until
from tests.trace.goods import ITEM, document, seen
from tests.trace.subscribers import events_of

pytestmark = pytest.mark.slow
TOKEN = """
from guomen.parties.actors import of_person
from guomen.parties.models import Person
from guomen.parties.services import issue_token
print(json.dumps(issue_token("robot", ["capture", "declare", "read"], of_person(Person.objects.get()))[1]))
"""


@pytest.fixture
def tree() -> Iterator[Tree]:
    with open_folder() as folder:
        made = Tree(folder / "home", GUOMEN_WEBHOOK_NETWORKS="127.0.0.0/8")
        yield made
        if made.process and made.process.poll() is None:
            made.stop()


@pytest.fixture
def firm(tree) -> Iterator[httpx.Client]:
    """Cy's program, with a query for what was stored."""
    tree.start()
    tree.add_people()
    headers = {"Authorization": f"Bearer {tree.ask(TOKEN)}"}
    with httpx.Client(base_url=f"{tree.address}/epcis/v2", headers=headers, timeout=20) as client:
        query = {"name": "stored", "query": {"EQ_bizStep": ["storing"]}}
        assert client.post("/queries", json=query).status_code == 201
        yield client


def store(firm: httpx.Client, n: int) -> None:
    one = document(seen(n, "storing", ITEM, event_id=f"urn:x:{n}"))
    assert firm.post("/capture", json=one).status_code == 202


def test_a_worker_killed_during_a_delivery_sends_it_again_under_its_id_and_nothing_is_lost(tree, firm):
    with Receiver(answers=[3.0, 200]) as receiver:
        terms = {"dest": receiver.url, "signatureToken": "a long secret", "stream": True}
        made = firm.post("/queries/stored/subscriptions", json=terms)
        assert made.status_code == 201, made.text
        store(firm, 1)
        receiver.wait_for(1)
        worker = tree.pid("worker")
        os.kill(worker, signal.SIGKILL)
        store(firm, 2)
        first, again, *more = receiver.wait_for(3)
        assert tree.pid("worker") != worker
        assert events_of(first) == events_of(again) == ["urn:x:1"]
        assert first.headers["Idempotency-Key"] == again.headers["Idempotency-Key"]
        assert first.body == again.body
        assert [event for request in more for event in events_of(request)] == ["urn:x:2"]
        address = f"/queries/stored/subscriptions/{made.json()['subscriptionID']}"
        until(lambda: firm.get(address).json()["delivery"]["waiting"] == 0, why="all is delivered")
        # A worker that is killed after an answer was written down sends nothing a second time.
        os.kill(tree.pid("worker"), signal.SIGKILL)
        store(firm, 3)
        receiver.wait_for(4)
        assert [events_of(request) for request in receiver.requests[3:]] == [["urn:x:3"]]
        checked = tree.run("check")
        assert "1 subscriptions, 0 events wait" in checked.stdout


def test_receipts_come_in_order_each_until_it_is_received_although_the_worker_is_killed(tree, firm):
    api = f"{tree.address}/api"
    with Receiver(answers=[3.0, (200, {}, b'{"receipt": "ERP-1"}')]) as receiver:
        sent = {"dest": receiver.url, "secret": "sixteen characters or more"}
        made = firm.post(f"{api}/receipt-subscriptions", json=sent)
        assert made.status_code == 201, made.text
        lodge = lambda: firm.post(f"{api}/declarations", json=example()).raise_for_status().json()["number"]  # noqa: E731
        first = lodge()
        receiver.wait_for(1)
        worker = tree.pid("worker")
        os.kill(worker, signal.SIGKILL)
        second = lodge()
        unanswered, again, *_ = receiver.wait_for(3)
        assert tree.pid("worker") != worker
        assert unanswered.headers["Idempotency-Key"] == again.headers["Idempotency-Key"]
        assert unanswered.body == again.body
        state = f"{api}/receipt-subscriptions/{made.json()['id']}"
        until(lambda: firm.get(state).json()["waiting"] == 0, why="all is delivered")
        os.kill(tree.pid("worker"), signal.SIGKILL)
        third = lodge()
        until(lambda: third in received(receiver)[-1]["declaration"], why="the third one comes")
        until(lambda: firm.get(state).json()["waiting"] == 0, why="all is delivered")
        told = received(receiver)
        assert [r["id"] for r in told] == [r["id"] for r in firm.get(f"{api}/declaration-receipts").json()["receipts"]]
        assert list(dict.fromkeys(r["declaration"] for r in told)) == [first, second, third]
        assert firm.get(state).json()["deliveries"][0]["receipt"] == "ERP-1"


def received(receiver: Receiver) -> list[dict[str, str]]:
    """Receipts of all deliveries but the first, which nobody answered for the worker that was killed."""
    return [one for request in receiver.requests[1:] for one in json.loads(request.body)["receipts"]]
