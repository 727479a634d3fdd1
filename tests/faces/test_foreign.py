"""Certificates of other issuers on declared goods, and the list of whom we believe."""

from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from guomen.certificates import trust
from guomen.certificates.models import ForeignCertificate, TrustedIssuer
from guomen.clearance import services as clearance
from guomen.kit import blobs
from guomen.ledger.models import Entry
from tests.certificates.issuing import ISSUER, as_cose, as_jose, jwks, trusted
from tests.clearance.conftest import example
from tests.faces.story import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def number(people) -> str:
    people.di  # noqa: B018
    return clearance.lodge(people.cy.actor, example()).number


def file(content: bytes = b"", name: str = "phyto.jwt") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content or as_jose())


def entries() -> int:
    return Entry.objects.filter(kind="foreign.received").count()


def test_a_broker_attaches_and_officers_see_what_was_checked(people, door, number):
    trusted(people, countries=[], headings=[])
    page = f"/foreign/{number}/1/"
    assert "Nothing is attached yet." in words(door("cy").get(page))
    assert door("cy").post(page, {"file": file(), "once": "k"}).headers["Location"] == page
    for who in ("cy", "cal", "bo", "ana", "amy"):
        text = words(door(who).get(page))
        for said in ("Plant Health Office", "genuine and valid", "Signature: Passed", "Present state: Not checked"):
            assert said in text
        assert ("Attach a certificate" in text) is (who in ("cy", "cal"))
    assert "植物卫生局" in words(door("bo").get(f"/zh{page}"))
    (kept,) = ForeignCertificate.objects.all()
    original = door("bo").get(f"{page}{kept.id}")
    assert original.content == blobs.get(kept.digest)
    assert original.headers["Content-Type"] == "application/octet-stream"
    assert original.headers["Content-Disposition"].startswith("attachment")


def test_whose_goods_they_are_not_neither_sees_nor_attaches(people, door, number):
    page = f"/foreign/{number}/1/"
    door("cy").post(page, {"file": file()})
    (kept,) = ForeignCertificate.objects.all()
    for who, statuses in {"": (401,), "eve": (404,), "di": (403,), "gao": (403,), "sam": (403,)}.items():
        client = door(who)
        assert client.get(page).status_code in statuses, who
        assert client.post(page, {"file": file(as_cose())}).status_code in (*statuses, 403), who
        assert client.get(f"{page}{kept.id}").status_code in statuses, who
    assert door("bo").post(page, {"file": file(as_cose())}).status_code == 403
    # Of another line, or of goods of her own, a certificate's id opens nothing.
    assert door("cy").get(f"/foreign/{number}/2/{kept.id}").status_code == 404
    assert door("cy").get(f"/foreign/{number}/99/").status_code == 404
    assert entries() == 1


def test_pressing_twice_or_sending_again_attaches_once(people, door, number):
    page, client = f"/foreign/{number}/1/", door("cy")
    text = as_jose().decode()
    for once in ("k", "k", "other", ""):
        client.post(page, {"text": text, "once": once})
    assert ForeignCertificate.objects.count() == entries() == 1


def test_what_is_no_certificate_is_refused_beside_the_field(people, door, number):
    page = f"/foreign/{number}/1/"
    for sent in ({}, {"text": "hello"}, {"file": file(b"PK\x03\x04")}, {"file": file(b"x" * (5 << 20))}):
        answer = door("cy").post(page, sent)
        assert answer.status_code == 422
        assert b'id="file-problem"' in answer.content
    assert not ForeignCertificate.objects.exists()
    assert entries() == 0


def test_programs_attach_and_read_with_reasons(people, door, number):
    path = f"/api/declarations/{number}/lines/1/certificates"
    client = door("cy")
    made = client.post(path, {"file": file()})
    assert made.status_code == 201
    assert made.json()["verdict"] == "unknown-issuer"
    assert client.post(path, {"file": file()}).json()["id"] == made.json()["id"]
    trusted(people)
    (shown,) = client.get(path).json()
    assert shown["verdict_at_receipt"] == "unknown-issuer"
    assert (shown["genuine"], shown["verdict"]) == (True, "out-of-scope")
    assert {c["name"]: c["code"] for c in shown["checks"]}["subject"] == "other-origin"
    assert client.get(f"{path}/{shown['id']}").content == blobs.get(shown["sha256"])
    refused = client.post(path, {"file": file(b"hello")})
    assert (refused.status_code, refused.headers["Content-Type"]) == (422, "application/problem+json")
    assert client.post(path, {}).status_code == 422
    for who, status in {"": 401, "eve": 404, "di": 403}.items():
        assert door(who).get(path).status_code == status
        assert door(who).post(path, {"file": file()}).status_code == status
    assert entries() == 1


FORM = {
    "identifier": ISSUER,
    "name_en": "Plant Health Office",
    "name_zh": "植物卫生局",
    "country": "NZ",
    "kinds": "PhytosanitaryCertificate\r\n\r\n",
    "countries": "NZ",
    "headings": "",
    "status_addresses": "https://plants.example/status/",
    "keys": jwks(),
    "roots": "",
    "valid_from": "2026-01-01",
    "valid_until": "2036-01-01",
}


def test_two_keep_the_trust_list_on_its_pages(people, door):
    bo, amy = door("bo"), door("amy")
    assert bo.post("/foreign/issuers/propose/", FORM).headers["Location"] == "/foreign/issuers/"
    (one,) = TrustedIssuer.objects.all()
    page = f"/foreign/issuers/{one.id}/"
    assert one.valid_from == datetime(2025, 12, 31, 16, tzinfo=UTC)
    assert one.kinds == ["PhytosanitaryCertificate"]
    assert "You proposed this. A colleague confirms it." in words(bo.get(page))
    bo.post(page, {"do": "confirm"})
    assert trust.issuer(ISSUER) is None
    assert "Confirm: put it on the list" in words(amy.get(page))
    amy.post(page, {"do": "confirm"})
    assert trust.issuer(ISSUER) == one
    change = bo.get(f"/foreign/issuers/propose/?change={ISSUER}")
    assert "植物卫生局" in change.content.decode()
    assert bo.post(page, {"do": "withdraw", "reason": ""}).status_code == 422
    bo.post(page, {"do": "withdraw", "reason": "Stolen key"})
    assert "Not trusted any more" in words(bo.get("/foreign/issuers/"))
    wrong = bo.post("/foreign/issuers/propose/", FORM | {"keys": "{}", "valid_until": "x"})
    assert wrong.status_code == 422
    assert "Give a JWK Set of public keys" in words(wrong)
    assert TrustedIssuer.objects.count() == 1


def test_the_trust_list_is_shut_to_others(people, door):
    one = trusted(people)
    for who in ("ana", "cy", "eve", "di", "gao"):
        for page in ("/foreign/issuers/", "/foreign/issuers/propose/", f"/foreign/issuers/{one.id}/"):
            assert door(who).get(page).status_code == 403, (who, page)
            assert door(who).post(page, FORM | {"do": "withdraw", "reason": "x"}).status_code in (403, 405)
    one.refresh_from_db()
    assert one.state == "active"
