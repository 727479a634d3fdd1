"""Certificates as anybody can open and check them."""

import gzip

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from guomen.certificates import formats
from guomen.certificates import queries as certificates
from guomen.certificates import services as certifying
from guomen.faces.consumer import checking
from guomen.kit import blobs
from guomen.kit.words import W
from tests.certificates.issuing import as_jose, trusted
from tests.certificates.making import sign
from tests.certificates.test_checking import picture
from tests.faces.story import words

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}


@pytest.fixture
def signed(people, formula):
    facts = {
        "goods": W("Infant formula", "婴儿配方奶粉"),
        "batch": formula.range.batch,
        "quantity": {"value": "18400", "unit": "CA"},
        "origin": "NZ",
        "decision": W("Meets.", "合格。"),
    }
    drafted = certifying.draft(
        people.bo.actor, kind="21", subject=formula.subject, holder=people.cy.organisation, facts=facts
    )
    return sign(people, drafted)


def test_a_certificate_is_on_the_items_page_and_has_its_own(people, door, formula, signed):
    text = words(door().get(formula.path()))
    assert signed.number in text
    assert "signature valid" in text
    page = door().get(f"/certificates/{signed.number}")
    assert "This certificate is valid" in words(page)
    assert not page.cookies
    assert "该证书有效" in words(door().get(f"/zh/certificates/{signed.number}"))
    paper = door().get(f"/certificates/{signed.number}.pdf")
    assert paper.headers["Content-Type"] == "application/pdf"
    credential = door().get(f"/certificates/{signed.number}.jwt")
    assert credential.headers["Content-Type"] == "application/vc+jwt"
    assert certificates.verify(credential.content.decode()).valid
    assert door().get("/.well-known/jwks.json").json()["keys"][0]["crv"] == "Ed25519"


def test_a_draft_is_nobodys_business(people, door, formula):
    drafted = certifying.draft(
        people.bo.actor, kind="21", subject=formula.subject, holder=people.cy.organisation, facts={}
    )
    for who in ("", "cy", "eve", "amy"):
        for ending in ("", ".pdf", ".jwt"):
            assert door(who).get(f"/certificates/{drafted.number}{ending}").status_code == 404


def test_a_revoked_certificate_says_so_everywhere(people, door, formula, signed):
    certifying.revoke(people.amy.actor, signed.number, "Wrong batch")
    page = words(door().get(f"/certificates/{signed.number}"))
    assert "Do not rely on it. Revoked." in page
    assert "Wrong batch" in page
    facts = door().get(f"/certificates/{signed.number}", headers=JSON).json()
    assert (facts["valid"], facts["state"]) == (False, "revoked")
    assert "revoked" in words(door().get(formula.path()))


def test_what_somebody_holds_can_be_checked(people, door, signed):
    client, page = door(), f"/certificates/{signed.number}"
    assert client.get("/certificates/check").status_code == 200
    for sent in (signed.number, f" {signed.number.lower()} ", f"http://x{page}.pdf"):
        assert client.post("/certificates/check", {"text": sent}).headers["Location"] == page
    forms = formats.kept(signed.number)
    paper = SimpleUploadedFile("c.pdf", blobs.get(signed.pdf))
    photo = SimpleUploadedFile("c.jpg", picture(forms.slip, "JPEG"))
    for sent in ({"text": signed.jws}, {"text": forms.sd_jwt}, {"text": forms.slip}, {"file": paper}, {"photo": photo}):
        answer = client.post("/certificates/check", sent)
        text = words(answer)
        assert "This certificate is genuine and valid" in text
        assert page in answer.content.decode()
        assert "Signature: Passed" in text
        assert "Present state: Passed" in text
        assert not answer.cookies


def test_what_was_changed_or_is_nothing_is_said_so_in_both_languages(people, door, signed):
    client = door()
    content = blobs.get(signed.pdf)
    changed = SimpleUploadedFile("c.pdf", content.replace(b"/Title", b"/Tixle"))
    assert "not a certificate as we made it" in words(client.post("/certificates/check", {"file": changed}))
    added = client.post("/certificates/check", {"file": SimpleUploadedFile("c.pdf", content + b" ")})
    assert "What a reader shows may not be what we signed." in words(added)
    assert f"/certificates/{signed.number}" in added.content.decode()
    forged = {"text": signed.jws[:-6] + "AAAAAA"}
    assert "The signature does not match the content." in words(client.post("/certificates/check", forged))
    assert "签名与内容不符" in words(client.post("/zh/certificates/check", forged))
    for nothing in (
        {"text": ""},
        {},
        {"text": "hello"},
        {"file": SimpleUploadedFile("a.gz", gzip.compress(b"x" * 9**6))},
    ):
        answer = client.post("/certificates/check", nothing)
        assert answer.status_code == 200
        assert "It is no certificate of a form that we know." in words(answer)


def test_a_certificate_of_somebody_else_is_checked_by_the_trust_list(people, door):
    sent = {"text": as_jose().decode()}
    unknown = words(door().post("/certificates/check", sent))
    assert "We do not know the issuer" in unknown
    assert "Nobody whom we trust has vouched for what follows." in unknown
    trusted(people)
    known = words(door().post("/certificates/check", sent))
    assert "This certificate is genuine and valid" in known
    assert "Present state: Not checked" in known
    assert "Plant Health Office" in known
    hostile = as_jose(credentialSubject={"id": "x", "<script>alert(1)</script>": "<img src=x onerror=alert(1)>"})
    answer = door().post("/certificates/check", {"text": hostile.decode()})
    assert b"<script>alert" not in answer.content
    assert b"<img src=x" not in answer.content


def test_programs_get_every_check_with_its_code(people, door, signed):
    answer = door().post("/certificates/check", {"text": signed.jws}, headers=JSON).json()
    assert (answer["valid"], answer["verdict"], answer["number"]) == (True, "valid", signed.number)
    assert {c["name"]: c["result"] for c in answer["checks"]}["signature"] == "passed"
    certifying.suspend(people.amy.actor, signed.number, "Looking into it")
    answer = door().post("/certificates/check", {"text": signed.jws}, headers=JSON).json()
    assert (answer["valid"], answer["verdict"], answer["genuine"]) == (False, "suspended", True)
    by_number = door().post("/certificates/check", {"text": signed.number}, headers=JSON).json()
    assert (by_number["verdict"], by_number["genuine"]) == ("suspended", False)


def test_a_machine_that_checks_without_end_is_stopped_for_the_day(door, monkeypatch):
    monkeypatch.setattr(checking, "MOST_A_DAY", 2)
    client = door()
    assert [client.post("/certificates/check", {"text": "x"}).status_code for _ in range(3)] == [200, 200, 429]
    assert client.get("/certificates/check").status_code == 200
    refused = client.post("/certificates/check", {"text": "x"}, headers=JSON)
    assert (refused.status_code, refused.json()["code"]) == (429, "too-many-checks")
