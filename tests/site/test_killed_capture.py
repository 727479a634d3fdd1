"""The worker is killed while it captures documents that were left to it: each event is captured, once."""

import json
import os
import signal

import httpx
import pytest

from tests.site.tree import until
from tests.trace.goods import ITEM, document, seen

pytestmark = pytest.mark.slow
EVENTS = 2000
TOKEN = """
from guomen.parties import actors, services
from guomen.parties.models import Person
cy = actors.of_person(Person.objects.get(email="cy@example.test"))
print(json.dumps(services.issue_token("robot", ["capture", "read"], cy)[1]))
"""
CAPTURED = """
from collections import Counter
from guomen.ledger.models import Entry
from guomen.trace.models import Event, WaitingDocument
told = Counter(e["id"] for x in Entry.objects.filter(kind="event.captured") for e in x.facts["events"])
print(json.dumps([Event.objects.count(), len(told), max(told.values()), WaitingDocument.objects.count()]))
"""


def test_kill_9_of_the_worker_in_the_middle_of_documents_captures_each_event_once(tree):
    tree.start()
    tree.add_people()
    headers = {
        "Authorization": f"Bearer {tree.ask(TOKEN)}",
        "Prefer": "respond-async",
        "Content-Type": "application/json",
    }
    with httpx.Client(base_url=tree.address, headers=headers, timeout=30) as client:
        jobs = []
        for n, behaviour in enumerate(("proceed", "rollback", "proceed")):
            events = [
                seen(k % 300, "storing", ITEM, event_id=f"urn:x:{k}") for k in range(n * EVENTS, (n + 1) * EVENTS)
            ]
            answer = client.post(
                "/epcis/v2/capture",
                content=json.dumps(document(*events)),
                headers={"GS1-Capture-Error-Behaviour": behaviour},
            )
            assert answer.status_code == 202, answer.text
            jobs.append(answer.headers["Location"])

        def job(at: int) -> dict:
            return client.get(jobs[at]).json()

        for at in range(3):
            until(lambda at=at: job(at)["processedEvents"] > 0, why="the worker begins")
            old = tree.pid("worker")
            os.kill(old, signal.SIGKILL)
            until(lambda old=old: tree.pid("worker") not in (0, old), why="the worker is started again")
        until(lambda: not any(job(at)["running"] for at in range(3)), why="all documents are done")
        assert [(job(at)["success"], job(at)["newEvents"]) for at in range(3)] == [(True, EVENTS)] * 3
    assert tree.ask(CAPTURED) == [3 * EVENTS, 3 * EVENTS, 1, 0]
    assert tree.stop() == 0
