"""The doors: with token and without, own and others' declarations, the same request twice."""

import hashlib
import json

import pytest

from guomen.clearance.models import Declaration
from guomen.parties.services import issue_token

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def bearer(people, name: str, *scopes: str) -> dict[str, str]:
    secret = issue_token("test", list(scopes), getattr(people, name).actor)[1]
    return {"HTTP_AUTHORIZATION": f"Bearer {secret}"}


def post(client, path: str, body: object, **headers: str):
    return client.post(path, json.dumps(body), content_type="application/json", **headers)


def test_a_program_lodges_once_however_often_it_sends(client, people, story) -> None:
    token = bearer(people, "cy", "declare") | {"HTTP_IDEMPOTENCY_KEY": "lodge-1"}
    first = post(client, "/api/declarations", story, **token)
    assert first.status_code == 201, first.content
    assert [line["state"] for line in first.json()["lines"]] == ["to_inspect"] * 3
    again = post(client, "/api/declarations", story, **token)
    assert (again.status_code, again.json()) == (200, first.json())
    assert Declaration.objects.count() == 1


def test_wrong_fields_come_back_as_a_problem_document_that_names_them(client, people, story) -> None:
    token = bearer(people, "cy", "declare")
    story["lines"][0]["gtin"] = "08012345000013"
    story["lines"][0]["unit"] = ""
    story["containers"][0]["number"] = "MSKU1234564"
    answer = post(client, "/api/declarations", story, **token)
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    codes = {e["field"]: e["code"] for e in answer.json()["errors"]}
    assert codes == {
        "lines.0.gtin": "bad-check-digit",
        "lines.0.unit": "missing-unit",
        "containers.0.number": "bad-check-digit",
    }
    assert post(client, "/api/declarations", "not a declaration", **token).status_code == 422
    broken = client.post("/api/declarations", "{", content_type="application/json", **token)
    assert (broken.status_code, broken.json()["code"]) == (400, "not-json")


def test_who_may_read_a_declaration(client, people, lodged, door) -> None:
    path = f"/api/declarations/{lodged.number}"
    for name in ("cy", "cal", "ana", "bo"):
        answer = door(name).get(path)
        assert answer.status_code == 200, name
    assert door("eve").get(path).status_code == 404
    assert door("di").get(path).status_code == 403
    assert door().get(path).status_code == 401
    assert client.get(path, HTTP_AUTHORIZATION="Bearer gm_wrong").status_code == 403
    assert client.get(path, **bearer(people, "eve", "declare")).status_code == 404
    assert client.get(path, **bearer(people, "cy", "seal")).status_code == 403
    answer = client.get(path, **bearer(people, "cy", "read")).json()
    assert answer["lines"][1]["decision"]["rule_pack"] == "2026.2"
    assert answer["lines"][1]["decision"]["reasons"][0]["text"]
    assert answer["gross_weight_kg"] == "14860.000000"


def test_the_importer_sees_what_a_broker_declared_for_it(people, story, door) -> None:
    story["importer_code"] = people.eve.organisation.code
    from guomen.clearance import services

    number = services.lodge(people.cy.actor, story).number
    assert door("eve").get(f"/api/declarations/{number}").status_code == 200
    assert [d["number"] for d in door("eve").get("/api/declarations").json()] == [number]


def test_a_list_holds_only_ones_own(people, lodged, door) -> None:
    assert [d["number"] for d in door("cal").get("/api/declarations").json()] == [lodged.number]
    assert door("eve").get("/api/declarations").json() == []
    assert len(door("bo").get("/api/declarations").json()) == 1
    assert door().get("/api/declarations").status_code == 401


def test_nobody_lodges_without_the_scope(client, people, story) -> None:
    assert post(client, "/api/declarations", story).status_code == 401
    assert post(client, "/api/declarations", story, **bearer(people, "cy", "read")).status_code == 403


def upload(client, content: bytes, **headers: str):
    from django.core.files.uploadedfile import SimpleUploadedFile

    file = SimpleUploadedFile("../../invoice.pdf", content, "application/pdf")
    return client.post("/api/documents", {"file": file, "kind": "101002", "number": "INV-1"}, **headers)


def test_a_document_is_attached_declared_and_read_by_who_may(client, people, story, door) -> None:
    token = bearer(people, "cy", "declare")
    answer = upload(client, PDF, **token)
    assert answer.status_code == 201, answer.content
    paper = answer.json()
    assert paper == {
        "kind": "101002",
        "number": "INV-1",
        "sha256": hashlib.sha256(PDF).hexdigest(),
        "filename": "invoice.pdf",
    }
    story["documents"].append(paper)
    number = post(client, "/api/declarations", story, **token).json()["number"]
    path = f"/api/declarations/{number}/documents/{paper['sha256']}"
    assert door("cal").get(path).content == PDF
    assert door("ana").get(path).content == PDF
    assert door("eve").get(path).status_code == 404
    assert door().get(path).status_code == 401
    assert door("cy").get(f"/api/declarations/{number}/documents/{'0' * 64}").status_code == 404


def test_what_is_not_a_pdf_is_not_kept(client, people) -> None:
    token = bearer(people, "cy", "declare")
    assert upload(client, b"MZ" + PDF, **token).status_code == 422
    assert upload(client, b"%PDF-1.7 cut off", **token).status_code == 422
    assert upload(client, PDF).status_code == 401


def test_a_stranger_cannot_declare_anothers_document(client, people, story) -> None:
    sha256 = upload(client, PDF, **bearer(people, "cy", "declare")).json()["sha256"]
    story["documents"] = [{"kind": "101002", "sha256": sha256}]
    answer = post(client, "/api/declarations", story, **bearer(people, "eve", "declare"))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "documents.0.sha256"


def test_only_the_authority_compares_at_the_gate(client, people, lodged, door) -> None:
    path = f"/api/declarations/{lodged.number}/gate"
    body = {"container": "MSKU1234565", "seal_read": "MSK558201", "intact": True, "gate": "CNYSA"}
    assert post(door(), path, body).status_code == 401
    for name in ("cy", "eve", "kai"):
        assert post(door(name), path, body).status_code == 403, name
    answer = post(door("bo"), path, body)
    assert answer.status_code == 200, answer.content
    assert answer.json()["match"] is False
    assert "SEAL-UNKNOWN" in answer.json()["reasons"]
    assert post(door("bo"), path, body | {"container": "TGHU7654320"}).status_code == 422
