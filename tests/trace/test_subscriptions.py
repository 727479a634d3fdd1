"""The doors of subscriptions: who may subscribe, see and unsubscribe, and what is refused."""

import uuid

import pytest
from django.test import Client

from guomen.ledger.models import Entry
from guomen.trace import subscribing
from guomen.trace.models import Subscription
from tests.trace.goods import robot
from tests.trace.subscribers import QUERIES, SECRET, firm, loopback, name_query, subscribe, subscribed

__all__ = ["loopback"]
pytestmark = pytest.mark.django_db
DEST = "https://partner.example/hook?key=abc"
THERE = f"{QUERIES}/stored/subscriptions"


@pytest.fixture
def cy(people):
    client = firm(people.cy)
    name_query(client)
    return client


def test_a_subscription_is_answered_without_its_secret_and_found_under_its_address(cy):
    answer = subscribe(cy, DEST, schedule={"hour": "1", "minute": "5"}, reportIfEmpty=True)
    assert answer.status_code == 201
    one = answer.json()
    assert answer["Location"] == f"{THERE}/{one['subscriptionID']}"
    assert (one["dest"], one["queryName"], one["reportIfEmpty"]) == (DEST, "stored", True)
    assert one["schedule"] == {"hour": "1", "minute": "5"}
    assert "stream" not in one
    assert one["createdAt"] == one["initialRecordTime"]
    assert SECRET not in answer.content.decode()
    assert cy.get(answer["Location"]).json() == one
    assert cy.get(THERE).json() == [one]


def test_each_way_of_being_told_is_shown_as_it_was_asked(cy):
    trigger = {"trigger": subscribing.CAPTURED}
    for more in ({"stream": True}, trigger, {"stream": False, "schedule": {"second": "0/30"}}):
        one = subscribe(cy, DEST, **more).json()
        assert {k: one.get(k) for k in more if k != "stream" or more[k]} == {k: v for k, v in more.items() if v}


def test_subscribing_and_unsubscribing_are_in_the_ledger(cy):
    id = subscribed(cy, DEST)
    assert cy.delete(f"{THERE}/{id}").status_code == 204
    told = [(e.kind, e.facts) for e in Entry.objects.filter(kind__startswith="subscription.").order_by("id")]
    assert [kind for kind, _ in told] == ["subscription.started", "subscription.ended"]
    assert told[0][1]["to"] == "https://partner.example"
    assert {facts["subscription"] for _, facts in told} == {id}
    assert cy.delete(f"{THERE}/{id}").status_code == 404


def test_subscriptions_are_listed_page_by_page(cy):
    ids = [subscribed(cy, DEST) for _ in range(5)]
    first = cy.get(THERE + "?perPage=3")
    rest = cy.get(THERE + f"?perPage=3&nextPageToken={first['GS1-Next-Page-Token']}")
    assert 'rel="next"' in first["Link"]
    assert "Link" not in rest
    assert [one["subscriptionID"] for one in first.json() + rest.json()] == ids
    assert cy.get(THERE + "?nextPageToken=nonsense").status_code == 404


def test_options_tell_the_methods(cy):
    for path, allow in ((THERE, "GET, POST, OPTIONS"), (f"{THERE}/{uuid.uuid4()}", "GET, DELETE, OPTIONS")):
        answer = Client().options(path)
        assert (answer.status_code, answer["Allow"]) == (204, allow)
        assert answer["GS1-EPCIS-Version"] == "2.0.0"


def test_a_subscription_is_its_organisations_own(cy, people, door):
    id = subscribed(cy, DEST)
    for colleague in (door("cal"), firm(people.cal)):
        assert colleague.get(f"{THERE}/{id}").status_code == 200
    # A stranger, the authority and a partner each have queries of that name; the subscription is not theirs.
    for stranger in (firm(people.eve), firm(people.bo), firm(people.gao)):
        name_query(stranger)
        assert stranger.get(f"{THERE}/{id}").status_code == 404
        assert stranger.delete(f"{THERE}/{id}").status_code == 404
        assert stranger.get(THERE).json() == []
    nobody = Client()
    assert nobody.get(f"{THERE}/{id}").status_code == 401
    assert nobody.get(THERE).status_code == 401
    assert nobody.delete(f"{THERE}/{id}").status_code == 401
    assert subscribe(nobody, DEST).status_code == 401
    assert robot(people.cy, "tags").get(THERE).status_code == 404
    assert subscribe(robot(people.cy, "seal"), DEST).status_code == 404
    assert Subscription.objects.count() == 1
    assert door("cal").get(THERE).json()[0]["subscriptionID"] == id
    assert door("cal").delete(f"{THERE}/{id}").status_code == 204


def test_the_same_request_repeated_subscribes_once(cy):
    body = {"dest": DEST, "stream": True}
    send = lambda: cy.post(THERE, body, content_type="application/json", headers={"Idempotency-Key": "k1"})  # noqa: E731
    assert send().json() == send().json()
    assert Subscription.objects.count() == 1


@pytest.mark.parametrize(
    ("more", "exception", "field"),
    [
        ({}, "SubscriptionControlsException", "schedule"),
        ({"stream": False}, "SubscriptionControlsException", "schedule"),
        ({"stream": True, "schedule": {"hour": "1"}}, "SubscriptionControlsException", "schedule"),
        ({"stream": True, "trigger": subscribing.CAPTURED}, "SubscriptionControlsException", "schedule"),
        ({"stream": "true"}, "SubscriptionControlsException", "stream"),
        ({"schedule": {"hour": "25"}}, "SubscriptionControlsException", "schedule.hour"),
        ({"schedule": "0 5 * * *"}, "SubscriptionControlsException", "schedule"),
        ({"schedule": {"month": "2", "dayOfMonth": "30"}}, "SubscriptionControlsException", "schedule"),
        ({"trigger": "urn:x:doorbell"}, "SubscriptionControlsException", "trigger"),
        ({"trigger": 5}, "SubscriptionControlsException", "trigger"),
        ({"stream": True, "reportIfEmpty": "yes"}, "SubscriptionControlsException", "reportIfEmpty"),
        ({"stream": True, "initialRecordTime": "yesterday"}, "SubscriptionControlsException", "initialRecordTime"),
        ({"stream": True, "initialRecordTime": "2026-10-01"}, "SubscriptionControlsException", "initialRecordTime"),
        ({"stream": True, "initialRecordTime": 5}, "SubscriptionControlsException", "initialRecordTime"),
        ({"stream": True, "signatureToken": "short"}, "SubscriptionControlsException", "signatureToken"),
        ({"stream": True, "signatureToken": "x" * 257}, "SubscriptionControlsException", "signatureToken"),
        ({"stream": True, "signatureToken": "line\nbreak"}, "SubscriptionControlsException", "signatureToken"),
        ({"stream": True, "signatureToken": ["12345678"]}, "SubscriptionControlsException", "signatureToken"),
        ({"stream": True, "steam": True}, "SubscriptionControlsException", "steam"),
        ({"stream": True, "dest": "http://127.0.0.1/"}, "InvalidURIException", "dest"),
        ({"stream": True, "dest": "http://169.254.169.254/latest"}, "InvalidURIException", "dest"),
        ({"stream": True, "dest": "https://localhost/"}, "InvalidURIException", "dest"),
        ({"stream": True, "dest": "http://partner.example/"}, "InvalidURIException", "dest"),
        ({"stream": True, "dest": "ftp://partner.example/"}, "InvalidURIException", "dest"),
        ({"stream": True, "dest": None}, "InvalidURIException", "dest"),
        ({"stream": True, "dest": ["https://partner.example/"]}, "InvalidURIException", "dest"),
    ],
)  # fmt: skip
def test_a_subscription_that_cannot_be_kept_is_refused_by_the_standards_name(cy, more, exception, field):
    body = {"dest": DEST, "signatureToken": SECRET} | more
    answer = cy.post(THERE, body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["type"] == f"epcisException:{exception}"
    assert field in {problem["field"] for problem in answer.json()["errors"]}
    assert not Subscription.objects.exists()


@pytest.mark.parametrize("body", ["{", "[]", "5", '"x"', "null", '{"dest": "\\u0000"}'])
def test_what_is_no_subscription_is_refused(cy, body):
    assert cy.post(THERE, body, content_type="application/json").status_code == 400
    assert cy.post(THERE, body, content_type="text/plain").status_code == 415
    assert not Subscription.objects.exists()


def test_a_query_with_an_order_or_a_limit_is_not_subscribed_to(cy):
    for n, more in enumerate(
        ({"eventCountLimit": 5, "orderBy": "eventTime"}, {"maxEventCount": 5}, {"orderBy": "recordTime"})
    ):
        name_query(cy, f"limited{n}", eventType=["ObjectEvent"], **more)
        answer = subscribe(cy, DEST, f"limited{n}")
        assert (answer.status_code, answer.json()["type"]) == (400, "epcisException:SubscribeNotPermittedException")


def test_an_unknown_query_or_subscription_is_not_found(cy):
    assert subscribe(cy, DEST, "unknown").status_code == 404
    assert cy.get(f"{QUERIES}/unknown/subscriptions").status_code == 404
    for id in (uuid.uuid4(), "nonsense", "%00"):
        assert cy.get(f"{THERE}/{id}").status_code == 404
        assert cy.delete(f"{THERE}/{id}").status_code == 404


def test_an_organisation_keeps_only_so_many_subscriptions(cy, monkeypatch):
    monkeypatch.setattr(subscribing, "MOST_SUBSCRIPTIONS", 2)
    for _ in range(2):
        subscribed(cy, DEST)
    assert subscribe(cy, DEST).status_code == 409


def test_a_destination_near_by_is_taken_where_the_installation_allows_it(cy, loopback):
    assert subscribe(cy, "http://127.0.0.1:8080/hook").status_code == 201
    assert subscribe(cy, "http://10.0.0.1/hook").status_code == 400
