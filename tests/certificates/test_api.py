"""Certificates over HTTP: the same rules as behind the pages, problem documents, and nothing done twice."""

import pytest
from django.test import Client

from guomen.certificates.models import Certificate
from guomen.clearance import services as clearance
from guomen.kit.ids import Subject
from guomen.ledger.models import Entry
from tests.certificates.kinds import PACKAGING
from tests.certificates.making import SUBJECT, decided, draft, sign
from tests.clearance.conftest import example

pytestmark = pytest.mark.django_db
FACTS = {
    "goods": "Shirts",
    "batch": "M-1",
    "quantity": {"value": "500", "unit": "C62"},
    "origin": "IT",
    "decision": {"en": "Meets the requirements.", "zh": "合格。"},
}
CODE = "91310115MA1K4NAB5L"
BODY = {"kind": "21", "subject": SUBJECT, "holder": CODE, "facts": FACTS}


@pytest.fixture(autouse=True)
def released(people) -> None:
    decided("line.released")
    _ = people.cy


def post(client: Client, path: str, body: object = None, **headers: str):
    return client.post(f"/api/certificates{path}", body or {}, content_type="application/json", headers=headers)


def test_a_certificate_lives_over_http(door):
    drafted = post(door("ana"), "", BODY).json()
    number = drafted["number"]
    assert (drafted["state"], drafted["holder"]) == ("draft", CODE)
    assert [c["number"] for c in door("amy").get("/api/certificates").json()] == [number]
    returned = post(door("ari"), f"/{number}/send-back", {"reason": "Which quantity?"}).json()
    assert (returned["state"], returned["returned_reason"]) == ("returned", "Which quantity?")
    facts = FACTS | {"quantity": {"value": "480", "unit": "C62"}}
    changed = door("ana").put(f"/api/certificates/{number}", {"facts": facts}, content_type="application/json").json()
    assert (changed["state"], changed["facts"]["quantity"]["zh"]) == ("draft", "480 件")
    assert post(door("ari"), f"/{number}/review").json()["state"] == "reviewed"
    assert post(door("amy"), f"/{number}/sign").json()["state"] == "valid"
    assert post(door("amy"), f"/{number}/suspend", {"reason": "Why", "code": "goods"}).json()["state"] == "suspended"
    assert post(door("bo"), f"/{number}/resume").json()["state"] == "valid"
    again = post(door("ana"), "", BODY | {"replaces": number}).json()["number"]
    post(door("ari"), f"/{again}/review")
    assert post(door("amy"), f"/{again}/sign").json()["replaces"] == number
    old = door("cy").get(f"/api/certificates/{number}").json()
    assert (old["state"], old["replaced_by"]) == ("replaced", again)
    assert post(door("bo"), f"/{again}/revoke", {"reason": "Wrong", "code": "false-facts"}).json()["state"] == "revoked"


def test_what_is_not_possible_is_a_problem_document(door, people):
    number = post(door("ana"), "", BODY).json()["number"]
    for client, path, body, status, code in (
        (door("amy"), f"/{number}/sign", None, 409, "certificate-draft"),
        (door("amy"), f"/{number}/resume", None, 409, "certificate-draft"),
        (door("ari"), f"/{number}/send-back", {"reason": " "}, 422, "invalid"),
        (door("ari"), f"/{number}/send-back", None, 422, "invalid"),
        (door("cy"), f"/{number}/sign", None, 403, "forbidden"),
        (door("amy"), "/21-2026-000000-XXXXXX/sign", None, 404, "not-found"),
        (door("ana"), "", BODY | {"kind": "XX"}, 422, "invalid"),
        (door("ana"), "", BODY | {"holder": "nobody"}, 422, "invalid"),
        (door("ana"), "", BODY | {"valid_days": 0}, 422, "invalid"),
        (door("ana"), "", {"kind": []}, 422, "invalid"),
        (door("ana"), "", BODY | {"facts": FACTS | {"origin": "Atlantis", "quantity": {"value": 0.5}}}, 422, "invalid"),
        (door(), "", BODY, 401, "not-signed-in"),
    ):
        answer = post(client, path, body)
        assert (answer.status_code, answer.json()["code"]) == (status, code), path
        assert answer.headers["Content-Type"] == "application/problem+json"
    assert Certificate.objects.get().state == "draft"


def test_a_repeated_request_does_nothing_twice(door):
    first = post(door("ana"), "", BODY, **{"Idempotency-Key": "d1"}).json()
    assert post(door("ana"), "", BODY, **{"Idempotency-Key": "d1"}).json() == first
    assert Certificate.objects.count() == 1
    number = first["number"]
    for _ in range(2):
        assert post(door("ari"), f"/{number}/review", **{"Idempotency-Key": "r1"}).status_code == 200
    for _ in range(2):
        assert post(door("amy"), f"/{number}/sign", **{"Idempotency-Key": "s1"}).json()["state"] == "valid"
    assert Entry.objects.filter(kind="certificate.signed").count() == 1


def test_kinds_say_what_they_need_without_an_account(door):
    found = {k["kind"]: k for k in door().get("/api/certificates/kinds").json()["kinds"]}
    assert "97" not in found
    needed = [f["name"] for f in found["18"]["facts"] if f["needed"]]
    assert {"exporter", "consignee", "plants", "import_country"} <= set(needed)
    assert found["18"]["title"]["zh"] == "植物检疫证书"


def test_a_firm_asks_and_declares_over_http(door, people):
    line = Subject.line(clearance.lodge(people.cy.actor, example()).number, 1)
    sent = {"kind": "21", "subject": line}
    asked = post(door("cy"), "/requests", sent, **{"Idempotency-Key": "a"}).json()
    assert post(door("cy"), "/requests", sent, **{"Idempotency-Key": "a"}).json() == asked
    assert door("cal").get("/api/certificates/requests").json()["requests"] == [asked]
    assert door("bo").get("/api/certificates/requests").json()["requests"] == [asked]
    assert door("di").get("/api/certificates/requests").status_code == 403
    assert post(door("eve"), "/requests", sent).status_code == 404
    declined = post(door("bo"), f"/requests/{asked['id']}/decline", {"reason": "Not released."}).json()
    assert (declined["state"], declined["reason"]) == ("declined", "Not released.")
    word = {"subject": line, "facts": {"goods": "Shirts", "standard": "GB 18401-2010", "statement": "They conform."}}
    for _ in range(2):
        made = post(door("cy"), "/declarations", word, **{"Idempotency-Key": "d"}).json()
    assert (made["kind"], made["state"]) == ("CD", "valid")
    assert Certificate.objects.filter(kind="CD").count() == 1
    problems = post(door("cy"), "/declarations", {"subject": line, "facts": {"goods": 5}}).json()
    assert problems["code"] == "invalid"


def test_the_balance_of_packages_is_read_over_http(door, people):
    one = sign(people, draft(people, "urn:guomen:packaging:C231234", kind="PP", facts=PACKAGING, valid_days=100))
    assert door("cy").get(f"/api/certificates/{one.number}/packages").json()["left"] == 5000
    assert door().get(f"/api/certificates/{one.number}/packages").status_code == 401


def test_a_draft_is_seen_by_officers_only(door):
    number = post(door("ana"), "", BODY).json()["number"]
    for name, status in (("ana", 200), ("bo", 200), ("cy", 404), ("eve", 404), ("di", 404), ("", 401)):
        assert door(name).get(f"/api/certificates/{number}").status_code == status, name
    for name, status in (("cy", 403), ("eve", 403), ("di", 403), ("", 401)):
        assert door(name).get("/api/certificates").status_code == status, name
