"""Every operation of the REST binding and of histories with paths, queries, headers and keys of an attacker."""

import base64
import json

import pytest
from django.test import Client

from guomen.site.api import api
from guomen.trace.models import Event, NamedQuery, Subscription
from guomen.trace.rest import api as binding
from guomen.trace.rest.openapi import FIXED_PARAMETERS
from tests.trace.goods import ITEM, document, robot, seen
from tests.trace.hostile import EVENT, JSON, LD, listed, send, unchanged

__all__ = ["send", "unchanged"]
pytestmark = pytest.mark.django_db
OPERATIONS = [
    (method.upper(), path)
    for one in (binding, api)
    for path, methods in one.get_openapi_schema()["paths"].items()
    if path.startswith(("/epcis/v2", "/api/trace"))
    for method in methods
]
VALUES = [
    "%00",
    "a%00b",
    "%FF%FE",
    "%ED%A0%80",
    "%F4%90%80%80",
    "%EF%BF%BF",
    "%E2%80%AE",
    "%0d%0aX-Evil:%20yes",
    "%25",
    "%2e%2e%2f%2e%2e",
    "'%20OR%201=1--",
    "%22;DROP%20TABLE",
    "%5B" * 3000,
    "x" * 8000,
    "9" * 5000,
    "-1",
    "1e999",
    "NaN",
    "0x10",
    "%20",
    "*",
    "https://id.gs1.org/01/09506000134353",
    "urn:epc:id:sgtin:" + "9" * 3000,
    "https://id.gs1.org/" + "01/" * 500,
    "urn:epc:idpat:sgtin:*.*.*",
    "99999-01-01T00:00:00Z",
    "2026-01-01T00:00:00%2B99:99",
    "0001-01-01T00:00:00%2B14:00",
    "9999-12-31T23:59:59-14:00",
    "%7C" * 2000,
    "," * 2000,
]
TOKENS = [
    "W10",
    "x",
    "%00",
    base64.urlsafe_b64encode(b'["2026-01-01T00:00:00Z", -1, {}, [], ""]').decode(),
    "e30=",
    "=" * 999,
    base64.urlsafe_b64encode(b"[" * 5000).decode(),
    base64.urlsafe_b64encode(b'["9999-99-99", 1, "x", "y", "z"]').decode(),
]


def filled(path: str, value: str) -> str:
    parts = [value if part.startswith("{") else part for part in path.split("/")]
    return "/".join(parts)


def test_no_value_in_a_path_breaks_an_operation_or_writes_anything(send, unchanged):
    for method, path in OPERATIONS:
        for value in VALUES if "{" in path else ():
            send(method, filled(path, value), "{}" if method == "POST" else b"")


def test_no_value_of_a_query_parameter_breaks_the_query(send, unchanged):
    families = [
        "EQ_bizTransaction_po",
        "EQ_source_owning_party",
        "EQ_ILMD_cbvmda:lotNumber",
        "EXISTS_ILMD_a:b",
        "GT_x%23y",
        "EQ_INNER_x%23y",
        "HASATTR_x%23y",
        "EQATTR_x%23y",
        "GE_SENSORREPORT_value",
        "EQ_value_CEL",
        "EQ_",
        "EQ__",
        "_",
        "%00",
        "%ED%A0%80",
        "EQ_ILMD_",
        "EQ_ILMD_:",
        "EQ_%23",
        "x" * 3000,
    ]
    for name in [*FIXED_PARAMETERS, *families]:
        for value in ("%00", "%ED%A0%80", "9" * 400, "x" * 3000, "1e999", "-", "%7C" * 600, "99999-01-01T00:00:00Z"):
            send("GET", f"/epcis/v2/events?{name}={value}")
    for value in VALUES:
        send("GET", f"/epcis/v2/events?EQ_bizStep={value}")
        send("GET", f"/epcis/v2/events?MATCH_anyEPC={value}")


@pytest.mark.parametrize("name", ["perPage", "nextPageToken"])
def test_no_page_breaks_a_list(send, unchanged, name):
    for method, path in OPERATIONS:
        if method == "GET" and "{" not in path:
            for value in (*VALUES, *TOKENS):
                send(method, f"{path}?{name}={value}")


@pytest.mark.parametrize(
    "header",
    [
        "Accept",
        "Accept-Language",
        "GS1-EPCIS-Version",
        "GS1-EPCIS-Min",
        "GS1-EPCIS-Max",
        "GS1-CBV-Version",
        "GS1-EPC-Format",
        "GS1-CBV-Format",
        "GS1-Extensions",
        "GS1-Capture-Error-Behaviour",
        "Content-Encoding",
        "Range",
        "If-None-Match",
    ],
)
def test_no_header_breaks_an_operation(send, header):
    values = [
        "\x00",
        "\xff\xfe",
        "é中".encode().decode("latin-1"),
        "a" * 7000,
        ",;=" * 900,
        "=",
        "a=",
        "1.1.1.1.1",
        "-1.0",
        "9" * 400,
        "application/xml;q=x",
        "*/*;q=0",
        "a/b/c",
        "zh-" * 500,
    ]
    for value in values:
        for path in ("/epcis/v2/events", "/epcis/v2/bizSteps", "/epcis/v2/queries", f"/api/trace/{ITEM}"):
            send("GET", path, **{header: value})
        send("POST", "/epcis/v2/capture", json.dumps(document()), LD, **{header: value})


@pytest.mark.parametrize("key", ["k", "\x00", "é中".encode().decode("latin-1"), "x" * 5000, " ", "a\tb"])
def test_a_key_that_is_used_again_for_something_else_is_refused_whatever_it_is(send, key):
    first, other = json.dumps(document(EVENT)), json.dumps(document(seen(2, "storing", ITEM)))
    answer = send("POST", "/epcis/v2/capture", first, LD, Idempotency_Key=key)
    if answer.status_code != 202:
        return
    assert (
        send("POST", "/epcis/v2/capture", first, LD, Idempotency_Key=key).headers["Location"]
        == answer.headers["Location"]
    )
    for method, path, body in (
        ("POST", "/epcis/v2/capture", other),
        ("POST", "/epcis/v2/events", json.dumps(EVENT)),
        ("POST", "/epcis/v2/queries", json.dumps({"name": "a", "query": {}})),
    ):
        assert send(method, path, body, Idempotency_Key=key).json()["code"] == "idempotency-key-reused", path
    assert Event.objects.count() == 1


def test_what_belongs_to_another_organisation_is_not_there(send, people):
    theirs = robot(people.sam, "capture", "read")
    job = theirs.post("/epcis/v2/capture", json.dumps(document(seen(3, "storing", ITEM, event_id="urn:x:9"))), LD)
    theirs.post("/epcis/v2/queries", json.dumps({"name": "mine", "query": {"EQ_bizStep": ["storing"]}}), JSON)
    terms = {"dest": "https://sam.example/", "stream": True}
    made = theirs.post("/epcis/v2/queries/mine/subscriptions", json.dumps(terms), JSON)
    assert made.status_code == 201, made.content
    for path in (
        job.headers["Location"],
        "/epcis/v2/events/urn:x:9",
        "/epcis/v2/queries/mine",
        "/epcis/v2/queries/mine/events",
        "/epcis/v2/queries/mine/subscriptions",
        made.headers["Location"],
        f"/api/trace/{ITEM}",
    ):
        assert send("GET", path).status_code == 404, path
    for path in ("/epcis/v2/queries/mine", made.headers["Location"]):
        assert send("DELETE", path).status_code == 404, path
    assert listed(send) == listed(send, "EQ_eventID=urn:x:9") == []
    assert (NamedQuery.objects.count(), Subscription.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer gm_" + "x" * 5000,
        "Bearer \x00",
        "Basic eDp5",
        "Bearer é".encode().decode("latin-1"),
    ],
)
def test_nobody_gets_in_with_a_token_that_is_none(db, authorization):
    client = Client(raise_request_exception=False, headers={"Authorization": authorization} if authorization else {})
    for method, path in OPERATIONS:
        if method != "OPTIONS":
            answer = client.generic(method, filled(path, "01a21520-752d-7b16-aeb9-798b60209104"), b"{}", JSON)
            assert answer.status_code in (401, 403), (method, path, answer.status_code, answer.content)
