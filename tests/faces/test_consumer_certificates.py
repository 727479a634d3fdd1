"""Certificates as anybody can open and check them."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from guomen.certificates import queries as certificates
from guomen.certificates import services as certifying
from guomen.kit import blobs
from guomen.kit.words import W
from tests.certificates.making import sign
from tests.faces.story import words

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}


@pytest.fixture
def signed(people, formula):
    facts = {
        "goods": W("Infant formula", "婴儿配方奶粉"),
        "batch": formula.range.batch,
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
    paper = SimpleUploadedFile("c.pdf", blobs.get(signed.pdf))
    for sent in ({"text": signed.number}, {"text": signed.jws}, {"file": paper}, {"text": f"http://x{page}"}):
        assert client.post("/certificates/check", sent).headers["Location"] == page
    changed = SimpleUploadedFile("c.pdf", blobs.get(signed.pdf) + b" ")
    assert "not a certificate as we made it" in words(client.post("/certificates/check", {"file": changed}))
    forged = client.post("/certificates/check", {"text": signed.jws[:-6] + "AAAAAA"})
    assert "The signature does not match the content." in words(forged)
    assert client.post("/certificates/check", {"text": ""}).status_code == 200
