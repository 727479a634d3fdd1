"""Every address and every operation, tried by those it does not belong to. A door that nobody thought of fails here."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver

from guomen.ledger.models import Entry
from guomen.site.api import api
from tests.safety.bodies import bodies
from tests.safety.world import World, build, file, nothing_to_say

pytestmark = pytest.mark.django_db

SHUT = {401, 403, 404, 405}
PUBLIC = {
    "": "the front page",
    "health": "says only that the service answers",
    "log": "what the public log is",
    "log/check": "what a proof proves that one has",
    "log/entries/<int:position>": "the public log: hashes and commitments, no facts",
    "log/proofs/<int:position>": "the public log: hashes and commitments, no facts",
    "log/checkpoint": "the signed head of the ledger",
    "log/<path:tile>": "the public log: hashes and commitments, no facts",
    "recalls": "recalls are open data",
    "privacy": "what is known of visitors",
    "developers": "how to use the API",
    "verify": "leads a code to its page",
    "verify/record/<uuid:entry>.json": "the proof of a public decision",
    "<digital_link:thing>": "a shopper's page, and where a code leads",
    ".well-known/gs1resolver": "what the resolver is and can",
    "report/<kind>/01/<gtin:gtin>": "anybody may report",
    "report/<kind>/01/<gtin:gtin>/10/<batch>": "anybody may report",
    "report/<kind>/01/<gtin:gtin>/21/<serial>": "anybody may report",
    "report/<kind>/01/<gtin:gtin>/10/<batch>/21/<serial>": "anybody may report",
    "report/thanks/<kind>": "a page of thanks without facts",
    "report/thanks/<kind>/<uuid:number>": "a page of thanks without facts",
    "certificates/authority.crt": "a public key",
    "certificates/check": "anybody may check a paper",
    ".well-known/jwks.json": "public keys",
    ".well-known/did.json": "public keys",
    "certificates/keys": "public keys",
    ".well-known/jwt-vc-issuer": "public keys",
    "certificates/status/<int:number>": "states of certificates by places that only their holders know",
    "certificates/status/<int:number>/<purpose>": "states of certificates by places that only their holders know",
    "tags/status/<str:name>": "states of items by places that only holders of keys find",
    "products/<str:gtin>/picture": "the shopper compares it with what is in the hand",
    "accounts/login/": "where one signs in",
    "accounts/logout/": "leads home",
    "accounts/closed/": "says that an account is closed",
    "accounts/passkeys/webauthn/login/": "where one signs in with a passkey",
    "api/openapi.json": "how to call the API",
    "epcis/v2/openapi.json": "how to call the API",
    "GET api/recalls": "recalls are open data",
    "inspection-bodies/": "the list of bodies is published",
    "slip/<str:signed>.pdf": "says only what the slip in its own address says",
    "slip/<str:signed>": "says only what the slip in its own address says",
    "GET api/inspection-bodies": "the list of bodies is published",
    "GET api/declaration-messages/schema.xsd": "the schema of messages is published",
    "POST api/tags/claims": "the buyer has no account; the code from inside the pack is the key",
    "POST api/tags/claims/check": "the buyer has no account; the secret of the claim is the key",
    "POST api/tags/claims/end": "the buyer has no account; the secret of the claim is the key",
    "GET api/tags/keys": "public keys",
    "POST api/tags/codes/check": "says only what the code itself says",
    "GET api/certificates/kinds": "what certificates there are holds no goods",
    "GET api/codes/{name}": "code tables hold no goods",
    "GET api/products/{gtin}": "what a shopper's page says of the product too",
}
for _item in ("01/<gtin:gtin>/21/<serial>", "01/<gtin:gtin>/10/<batch>/21/<serial>"):
    PUBLIC[f"claim/{_item}"] = "the buyer has no account; the code from inside the pack is the key"
    PUBLIC[f"claim/mine/{_item}"] = "the buyer has no account; the secret of the claim is the key"
"""What anybody may open, and why. Everything else is for somebody."""
OWN = {
    "account/": "her own account",
    "account/tokens": "her own organisation's tokens",
    "accounts/": "her own password and passkeys",
    "portal/": "her own consignments",
    "epcis/v2/capture": "her own events",
    "epcis/v2/events": "her own events",
    "epcis/v2/": "says only what there is",
    "epcis/v2/queries": "her own organisation's named queries",
    "epcis/v2/queries/<name>/subscriptions": "subscriptions to her own organisation's queries",
    "trace/": "a field for a code",
    "portal/declare/": "her own new declaration",
    "portal/tags/": "her own tags",
    "portal/declarations/merge": "her own declarations",
    "portal/declarations/file": "a file of her own declarations",
    "portal/licences/": "her own licences",
    "portal/receipts/": "her own receipts, and where they are sent",
    "portal/parcels/": "her own parcels",
    "portal/encoding/": "orders that firms gave to her own house",
    "offline/": "her own retailers, and files of her own goods",
    "offline/file": "a file of her own goods",
    "portal/shares/": "what her own firm shares",
    "portal/duties/": "what her own firm owes",
    "portal/evidence/": "results about her own goods",
    "portal/certificates/": "certificates of her own firm",
    "portal/certificates/ask": "certificates of her own goods",
    "portal/certificates/declare": "her own firm's word about its own goods",
    "portal/products/": "her own products",
    "portal/products/add/": "her own products",
    "portal/notices/": "notices to her own firm",
    "scans/": "scans of her own goods",
    "scans/scans.csv": "scans of her own goods",
    "scans/alarms/": "alarms about her own goods",
}
for _resource in ("eventTypes", "epcs", "bizSteps", "bizLocations", "readPoints", "dispositions"):
    OWN[f"epcis/v2/{_resource}"] = "what her own events have used"
    OWN[f"epcis/v2/{_resource}/<path:value>"] = "says only that a value has events"
    OWN[f"epcis/v2/{_resource}/<path:value>/events"] = "her own events"
"""What a trader without any consignment may open: it shows her only what is hers."""
OWN_OPERATIONS = {
    "GET api/declarations": [],
    "GET api/licences": {"licences": []},
    "GET api/declaration-files/template": None,
    "GET api/declaration-receipts": {"receipts": []},
    "GET api/receipt-subscriptions": {"subscriptions": []},
    "POST api/receipt-subscriptions": None,
    "POST api/declaration-files": None,
    "POST api/declaration-messages": None,
    "GET api/tags/ranges": {"ranges": []},
    "GET api/tags/parcels": {"parcels": []},
    "GET api/reports": {"reports": []},
    "POST api/reports": None,
    "GET api/air-samples": {"air_samples": []},
    "POST api/air-samples": None,
    "GET api/evidence": {"evidence": []},
    "GET api/standings": {"standings": []},
    "GET api/debts": {"debts": [], "owed": 0, "overdue": 0},
    "POST api/standings": None,
    "GET api/tags/scans": None,
    "GET api/tags/scans.csv": None,
    "GET api/tags/alarms": {"alarms": []},
    "GET api/tags/encoding-houses": {"houses": []},
    "GET api/tags/bundle": None,
    "GET api/tags/dealers": {"dealers": []},
    "PUT api/tags/dealers/{code}": None,
    "GET api/seals": [],
    "GET api/certificates/requests": {"requests": []},
    "GET api/notices": [],
    "GET api/links": {"links": []},
    "GET api/trace-shares": [],
    "POST api/trace-shares": None,
    "GET api/codes/{name}": None,
    "GET api/products/{gtin}": None,
    "POST api/products": None,
    "POST api/declarations": None,
    "POST api/documents": None,
}
"""What the API lets a trader do on her own, with the answer where she must see nothing of others."""
NAMES = {
    "portal/declarations/": {"number": "declaration", "sha256": "document"},
    "portal/declare/": {"key": "=parties", "index": "=0"},
    "portal/tags/": {"code": "range"},
    "portal/labels/": {"job": "labels"},
    "desk/declarations/": {"number": "declaration"},
    "desk/rules/": {"version": "=2026.2+0000000000", "section": "=profiles"},
    "api/rule-packs": {"version": "=2026.2+0000000000", "section": "=profiles"},
    "api/sampling-plans": {"kind": "=single"},
    "desk/seals/": {"number": "seal"},
    "desk/warnings/": {"number": "alert"},
    "desk/models/": {"id": "=00000000-0000-4000-8000-000000000000"},
    "cases/": {"number": "case"},
    "tags/status/": {"name": "range"},
    "foreign/": {
        "declaration": "declaration",
        "line": "=1",
        "certificate": "=00000000-0000-4000-8000-000000000000",
        "issuer": "=00000000-0000-4000-8000-000000000000",
    },
    "certificates/status/": {"number": "=0", "purpose": "=revocation"},
    "certificates/": {"number": "certificate"},
    "desk/certificates/": {"number": "certificate"},
    "api/certificates": {"number": "certificate", "request_id": "entry"},
    "laboratory/reports/": {"number": "certificate"},
    "laboratory/": {"number": "sample"},
    "field/": {"digest": "photo"},
    "account/tokens": {"id": "token"},
    "report/": {"kind": "=problem", "number": "entry"},
    "accounts/": {"pk": "=1"},
    "api/tags/dealers/": {"code": "=SHOP-1"},
    "api/tags/chip-files/": {"job": "labels"},
    "api/tags/": {"code": "range", "job": "labels", "number": "=1", "house": "=HOUSE-1"},
    "api/inspections": {"order_id": "order"},
    "api/samples": {"number": "sample"},
    "api/alerts": {"number": "alert"},
    "api/risk/models": {"id": "=00000000-0000-4000-8000-000000000000"},
    "api/cases": {"number": "case"},
    "api/declarations": {
        "number": "declaration",
        "sha256": "document",
        "line": "=1",
        "version": "=1",
        "part_number": "=1",
        "debt_number": "=1",
        "id": "=00000000-0000-4000-8000-000000000000",
    },
    "api/codes": {"name": "=port"},
    "desk/lines/": {"declaration": "declaration", "line": "=1"},
    "api/inspection-bodies": {"body_id": "=00000000-0000-4000-8000-000000000000", "change": "=delist"},
    "api/reports": {"report_number": "=R2026000001"},
    "api/air-samples": {"air_sample": "=A2026000001"},
    "api/receivers": {"receiver": "=00000000-0000-4000-8000-000000000000"},
    "api/receipt-subscriptions": {"subscription_id": "=00000000-0000-4000-8000-000000000000"},
    "api/instructions": {"number": "declaration", "sequence": "=1"},
    "slip/": {"signed": "=AAAA"},
    "epcis/v2/": {
        "id": "=00000000-0000-4000-8000-000000000000",
        "job": "entry",
        "event": "=urn:uuid:00000000-0000-4000-8000-000000000000",
        "name": "=somebodys",
        "value": "=packing",
        "token": "=somewhere",
        "rest": "=nothing",
    },
    "api/links": {"id": "link"},
    "api/trace-shares": {"id": "share"},
    "portal/products/": {"link": "link"},
    "trace/": {"uri": "=01/09506000134352/21/S1"},
    "api/trace": {"uri": "=01/09506000134352/21/S1"},
}
"""Which thing a name in an address stands for, where it is not the name of the thing. ``=x`` is x itself."""


def addresses(patterns: Any = None, before: str = "") -> Iterator[str]:
    for one in get_resolver().url_patterns if patterns is None else patterns:
        route = before + str(one.pattern)
        if hasattr(one, "url_patterns"):
            yield from addresses(one.url_patterns, route)
        elif not route.startswith("api/") or route == "api/openapi.json":
            yield route


FILES = {
    "POST api/documents",
    "POST api/reports/{report_number}/result",
    "POST api/tags/ranges/{code}/chips",
    "POST api/declarations/{number}/lines/{line}/certificates",
}
"""Operations that take a file."""


def operations() -> list[tuple[str, str]]:
    paths = api.get_openapi_schema()["paths"]
    return [(method.upper(), path.strip("/")) for path, found in paths.items() for method in found]


def filled(route: str, world: World) -> str:
    """The address with names of real things in it."""
    near = next((v for k, v in NAMES.items() if route.startswith(k)), {})

    def one(match: re.Match[str]) -> str:
        name = match.group(1).split(":")[-1]
        meant = near.get(name, name)
        if meant.startswith("="):
            return meant[1:]
        assert meant in world.names, f"{route}: say in NAMES which thing {name} stands for"
        return world.names[meant]

    return "/" + re.sub(r"[<{]([^>}]+)[>}]", one, route)


def is_shut(answer: Any) -> bool:
    # The list of passkeys stands on the account page: it leads there, and from there to signing in.
    led_away = answer.status_code == 302 and answer["Location"].startswith(("/accounts/login/", "/account/"))
    return answer.status_code in SHUT or led_away or (answer.status_code == 204 and not answer.content)


FORM = {
    "do": "decide", "decision": "agree", "outcome": "release", "reason": "I say so", "note": "x", "text": "x",
    "once": "k",
    "count": "5", "units": "3", "choice": "conforms", "name": "mine", "code": "x", "number": "1", "laboratory": "LAB-1",
    "quantity": "1", "unit": "C62", "seal_number": "X1", "second": "ana", "item": "T-LABEL",
}  # fmt: skip


def tried(client: Client, path: str) -> list[tuple[str, Any]]:
    html = {"HTTP_ACCEPT": "text/html,*/*;q=0.8"}
    return [
        ("GET", client.get(path, **html)),
        ("POST", client.post(path, FORM, **html)),
        ("PUT", client.put(path, "x", **html)),
        ("DELETE", client.delete(path, **html)),
    ]


@pytest.fixture
def world(people) -> World:
    return build(people)


def strangers(door, people) -> dict[str, Client]:
    return {"nobody": door(), "eve": door("eve"), "ada": nothing_to_say(people)}


def test_every_address_is_shut_to_those_it_does_not_belong_to(door, people, world):
    open_, entries = [], Entry.objects.count()
    for who, client in strangers(door, people).items():
        before = Entry.objects.count()
        for route in sorted(set(addresses())):
            if route in PUBLIC or (who != "nobody" and (route in OWN or route.startswith("accounts/"))):
                continue
            for method, answer in tried(client, filled(route, world)):
                if not is_shut(answer):
                    open_.append(f"{who}: {method} {route} -> {answer.status_code}")
        after = Entry.objects.count()
        if after != before:
            open_.append(f"{who} wrote {after - before} entries into the ledger")
    assert not open_, "\n".join(open_)
    assert Entry.objects.count() >= entries


def test_every_operation_is_shut_to_those_it_does_not_belong_to(door, people, world):
    known, open_ = bodies(world), []
    for who, client in strangers(door, people).items():
        before = Entry.objects.count()
        for method, path in operations():
            name = f"{method} {path}"
            if name in PUBLIC or (who == "eve" and name in OWN_OPERATIONS):
                continue
            if method != "GET":
                assert name in known, f"say in bodies() what a stranger would send to {name}"
            body = known.get(name) or {}
            if name in FILES:
                answer = client.post(filled(path, world), {"file": file(), "kind": "101001"})
            else:
                answer = client.generic(method, filled(path, world), json.dumps(body), "application/json")
            empty = (who, method, answer.status_code) == ("ada", "GET", 200) and not shown(answer, world)
            if answer.status_code not in {401, 403, 404} and not empty:
                open_.append(f"{who}: {name} -> {answer.status_code} {answer.content[:200]!r}")
        if Entry.objects.count() != before:
            open_.append(f"{who} wrote into the ledger")
    assert not open_, "\n".join(open_)


def test_what_a_stranger_may_ask_shows_nothing_of_others(door, people, world):
    eve = door("eve")
    for name, expected in OWN_OPERATIONS.items():
        method, path = name.split(" ")
        assert (method, path) in operations(), f"{name} is gone: take it off the list"
        if expected is not None:
            assert eve.get(filled(path, world)).json() == expected, name
    for path in ("events", "bizSteps/packing/events", "epcs/01%2F09506000134352/events"):
        found = eve.get(f"/epcis/v2/{path}").json()
        assert found["epcisBody"]["queryResults"]["resultsBody"]["eventList"] == [], path
    assert eve.get("/epcis/v2/bizSteps").json()["member"] == []
    hers = [*(r for r in OWN if r.startswith("portal/") and "add" not in r and "declare" not in r), "account/"]
    for route in hers:
        assert shown(eve.get(f"/{route}"), world) == [], route


def shown(answer: Any, world: World) -> list[str]:
    """Names of Cy's things that an answer gives away."""
    text = answer.content.decode()
    return [v for k, v in world.names.items() if len(v) > 5 and k != "lodge" and v in text]


def test_the_lists_of_open_doors_name_only_doors_that_exist():
    routes = set(addresses()) | {f"{m} {p}" for m, p in operations()}
    assert (set(PUBLIC) | set(OWN)) - routes - {"accounts/"} == set()
