"""What is due to a subscriber, and when: by schedule, trigger or stream, only what it may see, nothing passed over."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from guomen.core.webhook import HEADER, verify
from guomen.kit.clock import now
from guomen.trace import reporting
from guomen.trace.models import Event, NamedQuery, Subscription
from guomen.trace.services import capture
from guomen.trace.sharing import share_thing
from tests.trace.goods import ITEM, OTHER_ITEM, document, seen
from tests.trace.subscribers import (
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
PALLET = "https://id.gs1.org/00/095060001343520024"


def test_an_event_that_is_recorded_early_and_committed_late_is_not_passed_over(cy, receiver, deliverer):
    """By record time it would be older than what the subscriber has already got."""
    subscribed(cy, receiver.url)
    store(cy, 1)
    work(deliverer)
    late = store(cy, 2)
    Event.objects.filter(uri=late[0]).update(recorded_at=now() - timedelta(hours=1))
    work(deliverer)
    assert [events_of(r) for r in receiver.requests] == [["urn:x:1"], ["urn:x:2"]]


def test_an_initial_record_time_brings_what_was_recorded_since(cy, receiver, deliverer):
    store(cy, 1)
    work(deliverer)
    Event.objects.update(recorded_at=now() - timedelta(days=1))
    since = now()
    store(cy, 2)
    work(deliverer)
    subscribed(cy, receiver.url, stream=True, initialRecordTime=since.isoformat())
    store(cy, 3)
    work(deliverer)
    assert [events_of(r) for r in receiver.requests] == [["urn:x:2", "urn:x:3"]]


def test_a_declaration_of_an_error_is_news_of_its_own(cy, receiver, deliverer):
    subscribed(cy, receiver.url)
    store(cy, 1)
    work(deliverer)
    wrong = seen(1, "storing", ITEM, event_id="urn:x:1") | {
        "errorDeclaration": {"declarationTime": "2026-10-02T00:00:00Z", "reason": "incorrect_data"}
    }
    assert cy.post("/epcis/v2/capture", document(wrong), content_type="application/json").status_code == 202
    work(deliverer)
    first, second = (
        json.loads(r.body)["epcisBody"]["queryResults"]["resultsBody"]["eventList"] for r in receiver.requests
    )
    assert [len(first), len(second)] == [1, 1]
    assert "errorDeclaration" not in first[0]
    assert second[0]["errorDeclaration"]["reason"] == "incorrect_data"


def test_a_schedule_gathers_what_was_found_until_its_time(cy, receiver, deliverer):
    id = subscribed(cy, receiver.url, schedule={"hour": "1", "minute": "5"})
    store(cy, 1)
    store(cy, 2)
    work(deliverer)
    assert receiver.requests == []
    due = datetime.fromisoformat(state(cy, id)["nextScheduled"])
    assert (due.hour, due.minute, due.second, due.tzinfo) == (1, 5, 0, UTC)
    Subscription.objects.update(due_at=now() - timedelta(days=3))
    work(deliverer)
    store(cy, 3)
    work(deliverer)
    assert [events_of(r) for r in receiver.requests] == [["urn:x:1", "urn:x:2"]]
    assert datetime.fromisoformat(state(cy, id)["nextScheduled"]) > now()


@pytest.mark.parametrize("wants", [True, False])
def test_an_empty_report_comes_only_when_it_is_asked_for(cy, receiver, deliverer, wants):
    subscribed(cy, receiver.url, schedule={"second": "0"}, reportIfEmpty=wants)
    store(cy, 1, step="shipping")
    for _ in range(2):
        Subscription.objects.update(due_at=now() - timedelta(minutes=1))
        work(deliverer)
    assert [events_of(r) for r in receiver.requests] == ([[], []] if wants else [])


def test_an_empty_report_that_was_not_received_comes_again(cy, receiver, deliverer):
    subscribed(cy, receiver.url, schedule={"second": "0"}, reportIfEmpty=True)
    receiver.answers = [500, 200]
    Subscription.objects.update(due_at=now() - timedelta(minutes=1))
    work(deliverer)
    try_again_now()
    work(deliverer)
    first, second = receiver.requests
    assert first.body == second.body


def test_the_trigger_reports_at_each_capture_that_the_subscriber_may_see(cy, receiver, deliverer, people):
    subscribed(cy, receiver.url, trigger="urn:guomen:trigger:captured", reportIfEmpty=True)
    store(cy, 1)
    work(deliverer)
    store(cy, 2, step="shipping")
    work(deliverer)
    stranger = firm(people.sam)
    store(stranger, 5)
    work(deliverer)
    assert [events_of(r) for r in receiver.requests] == [["urn:x:1"], []]


def test_nobody_gets_what_he_may_not_see(people, cy, receiver, deliverer):
    sam = firm(people.sam)
    name_query(sam, "stored")
    name_query(sam, "everything", eventType=["ObjectEvent"])
    authority = firm(people.bo)
    name_query(authority, "everything", eventType=["ObjectEvent"])
    for client, path, name in ((cy, "cy", "stored"), (sam, "sam", "everything"), (authority, "bo", "everything")):
        subscribed(client, f"{receiver.url}/{path}", name)
    store(cy, 1)
    store(sam, 2, step="shipping")
    work(deliverer)
    got: dict[str, list[str]] = {}
    for request in receiver.requests:
        got.setdefault(request.path.removeprefix("/hook/"), []).extend(events_of(request))
    assert got == {"cy": ["urn:x:1"], "sam": ["urn:x:2"], "bo": ["urn:x:1", "urn:x:2"]}


def test_what_was_shared_names_a_party_or_was_handed_over_reaches_it_as_it_may_see_it(people, cy, receiver, deliverer):
    """Subscriptions read no further than the follower that gives events their readers."""
    sam = firm(people.sam)
    name_query(sam, "all", eventType=["ObjectEvent"])
    share_thing(people.cy.actor, ITEM, people.sam.organisation.code)
    subscribed(sam, receiver.url, "all")
    store(cy, 1)
    taker = {"type": "possessing_party", "destination": f"urn:guomen:party:{people.sam.organisation.id}"}
    shipped = seen(3, "shipping", OTHER_ITEM, event_id="urn:x:3") | {"destinationList": [taker]}
    capture(people.cy.actor, [seen(2, "storing", OTHER_ITEM, event_id="urn:x:2"), shipped])
    work(deliverer)
    capture(people.cy.actor, [seen(4, "storing", PALLET, event_id="urn:x:4")])
    work(deliverer)
    results = [json.loads(r.body)["epcisBody"]["queryResults"]["resultsBody"]["eventList"] for r in receiver.requests]
    redacted = {event["eventID"]: "guomen:redacted" in event for events in results for event in events}
    assert redacted == {"urn:x:1": False, "urn:x:2": True, "urn:x:3": False}


def test_a_query_that_breaks_waits_alone_and_goes_on_where_it_was(cy, receiver, deliverer):
    name_query(cy, "other", EQ_bizStep=["storing"])
    id = subscribed(cy, receiver.url + "/broken")
    subscribed(cy, receiver.url + "/fine", "other")
    right = NamedQuery.objects.get(name="stored").parameters
    NamedQuery.objects.filter(name="stored").update(parameters={"EQ_nonsense": ["1"]})
    store(cy, 1)
    work(deliverer)
    (fine,) = (r for r in receiver.requests if r.path == "/hook/fine")
    assert events_of(fine) == ["urn:x:1"]
    assert state(cy, id)["lastError"] == "Its query cannot be asked any more"
    assert "Its query cannot be asked any more" in reporting.state().failing[0]
    NamedQuery.objects.filter(name="stored").update(parameters=right)
    ask_again_now()
    store(cy, 2)
    work(deliverer)
    got = [e for r in receiver.requests[2:] if r.path == "/hook/broken" for e in events_of(r)]
    assert got == ["urn:x:1", "urn:x:2"]
    assert state(cy, id)["lastError"] is None


def ask_again_now() -> None:
    """The pause after a query broke is over."""
    Subscription.objects.exclude(broken="").update(broken_at=now() - timedelta(minutes=2))


def test_the_receiver_is_told_once_that_the_query_broke(cy, receiver, deliverer):
    id = subscribed(cy, receiver.url)
    store(cy, 1)
    work(deliverer)
    right = NamedQuery.objects.get(name="stored").parameters
    NamedQuery.objects.filter(name="stored").update(parameters={"EQ_nonsense": ["1"]})
    receiver.answers[:] = [500, 200]
    store(cy, 2)
    work(deliverer)
    assert state(cy, id)["failures"] == 1
    try_again_now()
    work(deliverer)
    ask_again_now()
    work(deliverer)
    _, failed, told = receiver.requests
    assert failed.headers["Idempotency-Key"] == told.headers["Idempotency-Key"]
    assert told.headers["Content-Type"] == "application/problem+json"
    verify(SECRET, told.headers[HEADER], told.body, now())
    problem = json.loads(told.body)
    assert (problem["type"], problem["queryName"]) == ("epcisException:QueryParameterException", "stored")
    assert problem["subscriptionID"] == id
    NamedQuery.objects.filter(name="stored").update(parameters=right)
    ask_again_now()
    work(deliverer)
    assert events_of(receiver.requests[-1]) == ["urn:x:2"]
    assert state(cy, id)["lastError"] is None


def test_a_problem_that_is_over_before_it_was_told_is_not_told(cy, receiver, deliverer):
    id = subscribed(cy, receiver.url)
    right = NamedQuery.objects.get(name="stored").parameters
    NamedQuery.objects.filter(name="stored").update(parameters={"EQ_nonsense": ["1"]})
    receiver.answers[:] = [500, 200]
    store(cy, 1)
    work(deliverer)
    NamedQuery.objects.filter(name="stored").update(parameters=right)
    ask_again_now()
    try_again_now()
    work(deliverer)
    work(deliverer)
    assert [r.headers["Content-Type"] for r in receiver.requests] == ["application/problem+json", "application/json"]
    assert events_of(receiver.requests[-1]) == ["urn:x:1"]
    assert state(cy, id)["waiting"] == 0
