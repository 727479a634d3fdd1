"""Every path and operation of the EPCIS 2.0 REST binding (its OpenAPI 2.0.1: 29 paths, 63 operations) is answered."""

import json

import pytest
from django.test import Client

from guomen.trace import services
from tests.trace.goods import ITEM, document, robot, seen

ROOT = "/epcis/v2"
STEP, PLACE = "storing", "https://id.gs1.org/414/9506000134352"
COLLECTIONS = {
    "eventTypes": "ObjectEvent",
    "epcs": ITEM,
    "bizSteps": STEP,
    "bizLocations": PLACE,
    "readPoints": PLACE,
    "dispositions": "active",
}
SUBSCRIPTION = {"dest": "https://receiver.example/hook", "signatureToken": "x" * 32, "stream": True}
LD = "application/ld+json"


def quoted(value: str) -> str:
    return value.replace(":", "%3A").replace("/", "%2F")


# Path, then for each method the status and the media type of the answer.
OPERATIONS: dict[str, dict[str, tuple[int, str]]] = {
    "/": {"OPTIONS": (204, ""), "GET": (200, LD)},
    "/capture": {"OPTIONS": (204, ""), "GET": (200, "application/json"), "POST": (202, "")},
    "/capture/{job}": {"OPTIONS": (204, ""), "GET": (200, "application/json")},
    "/events": {"OPTIONS": (204, ""), "GET": (200, LD), "POST": (201, LD)},
    "/events/{event}": {"OPTIONS": (204, ""), "GET": (200, LD)},
    **{
        path: {"OPTIONS": (204, ""), "GET": (200, LD)}
        for name, value in COLLECTIONS.items()
        for path in (f"/{name}", f"/{name}/{quoted(value)}", f"/{name}/{quoted(value)}/events")
    },
    "/queries": {"OPTIONS": (204, ""), "GET": (200, "application/json"), "POST": (201, "")},
    "/queries/{query}": {"OPTIONS": (204, ""), "GET": (200, "application/json"), "DELETE": (204, "")},
    "/queries/{query}/events": {"OPTIONS": (204, ""), "GET": (200, LD)},
    "/queries/{query}/subscriptions": {
        "OPTIONS": (204, ""), "GET": (200, "application/json"), "POST": (201, "application/json"),
    },
    "/queries/{query}/subscriptions/{subscription}": {
        "OPTIONS": (204, ""), "GET": (200, "application/json"), "DELETE": (204, ""),
    },
    "/nextPageToken/{token}": {"DELETE": (204, "")},
}  # fmt: skip
EVERYWHERE = ("GS1-EPCIS-Version", "GS1-EPCIS-Min", "GS1-EPCIS-Max", "GS1-CBV-Version")
DISCOVERED = (*EVERYWHERE, "GS1-CBV-Min", "GS1-CBV-Max", "GS1-EPC-Format", "GS1-Extensions", "GS1-Vendor-Version")
LIMITS = ("GS1-EPCIS-Capture-Limit", "GS1-EPCIS-Capture-File-Size-Limit", "GS1-Capture-Error-Behaviour")
OPERATION = [(path, method) for path, methods in OPERATIONS.items() for method in methods]


@pytest.fixture
def firm(people):
    event = seen(1, STEP, ITEM, event_id="urn:e:1", disposition="active", read_point=PLACE, biz_location=PLACE)
    services.record(people.cy.actor, [event])
    return robot(people.cy, "read", "capture")


def test_the_table_is_the_whole_binding():
    assert (len(OPERATIONS), len(OPERATION)) == (29, 63)


@pytest.mark.parametrize(("path", "method"), OPERATION)
def test_each_operation_is_answered_as_specified(firm, path, method):
    answer = call(firm, path, method)
    status, media_type = OPERATIONS[path][method]
    assert (answer.status_code, answer.headers.get("Content-Type", "").partition(";")[0]) == (status, media_type)
    assert [header for header in EVERYWHERE if header not in answer.headers] == []
    if method == "OPTIONS":
        assert set(answer.headers["Allow"].split(", ")) == set(OPERATIONS[path])
        assert [header for header in DISCOVERED if header not in answer.headers] == []
        if path in ("/", "/capture"):
            assert [header for header in LIMITS if header not in answer.headers] == []
    if answer.headers.get("Content-Type") == LD:
        assert answer.json()["type"] in ("Collection", "EPCISQueryDocument", "ObjectEvent")


@pytest.mark.parametrize(("path", "method"), OPERATION)
def test_only_options_are_told_to_nobody(firm, path, method):
    answer = call(Client(), path, method, known=firm)
    assert answer.status_code == (204 if method == "OPTIONS" else 401)
    if method != "OPTIONS":
        assert answer.json()["type"] == "epcisException:SecurityException"


def call(client, path, method, known=None):
    """The operation, on things that exist because ``known`` (or ``client`` itself) has made them."""
    known = known or client
    bodies = {
        "/capture": document(seen(2, STEP, ITEM)),
        "/events": seen(3, STEP, ITEM),
        "/queries": {"name": "other", "query": {"EQ_bizStep": [STEP]}},
        "/queries/{query}/subscriptions": SUBSCRIPTION,
    }
    values = {"event": quoted("urn:e:1"), "query": "mine", "token": "abc"}
    if "{query}" in path:
        post(known, f"{ROOT}/queries", {"name": "mine", "query": {"EQ_bizStep": [STEP]}})
    if "{job}" in path:
        values["job"] = post(known, f"{ROOT}/capture", bodies["/capture"]).headers["Location"].rpartition("/")[2]
    if "{subscription}" in path:
        made = post(known, f"{ROOT}/queries/mine/subscriptions", SUBSCRIPTION)
        values["subscription"] = made.headers["Location"].rpartition("/")[2]
    body = json.dumps(bodies[path]) if method == "POST" else ""
    return client.generic(method, ROOT + path.format(**values), body, "application/json" if body else "")


def post(client, path, body):
    answer = client.post(path, json.dumps(body), "application/json")
    assert answer.status_code in (201, 202), answer.content
    return answer


def test_the_root_lists_the_top_level_resources(firm):
    assert set(firm.get(f"{ROOT}/").json()["member"]) == {"capture", "events", "queries", *COLLECTIONS}


@pytest.mark.parametrize("path", ["/elsewhere", "/eventTypes/QuantityEvent", "/eventTypes/None/events", "/capture/x"])
def test_what_there_is_not_is_no_such_resource(firm, path):
    answer = firm.get(ROOT + path)
    assert (answer.status_code, answer.json()["type"]) == (404, "epcisException:NoSuchResourceException")
