"""Certificates: one source of facts, two documents, a life, and who may do what."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader

from guomen.certificates import credential, formats, queries, rules, services, signing_keys
from guomen.certificates.models import Certificate
from guomen.kit import blobs
from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, Invalid, NotFound, Refused
from guomen.kit.ids import Subject
from guomen.ledger.queries import history
from tests.certificates.making import FACTS, SUBJECT, decided, draft, sign


@pytest.fixture
def drafted(people) -> Certificate:
    decided("line.released")
    return draft(people)


@pytest.fixture
def signed(people, drafted) -> Certificate:
    return sign(people, drafted)


def test_a_draft_is_seen_by_the_authority_only(people, drafted):
    assert queries.certificate(drafted.number, people.bo.actor) == drafted
    assert queries.waiting(people.amy.actor) == [drafted]
    for other in (people.cy.actor, people.eve.actor):
        with pytest.raises(NotFound):
            queries.certificate(drafted.number, other)
        with pytest.raises(Forbidden):
            queries.waiting(other)
    with pytest.raises(NotFound):
        queries.certificate(drafted.number)
    assert queries.of_subject(SUBJECT) == []
    assert queries.verify(drafted.number).reasons == ("CERTIFICATE-UNKNOWN",)


def test_only_the_authority_drafts_and_only_a_certifier_signs(people, drafted):
    with pytest.raises(Forbidden):
        services.draft(people.cy.actor, kind="21", subject=SUBJECT, holder=people.cy.organisation, facts={})
    for other in (people.ana.actor, people.bo.actor, people.cy.actor, people.eve.actor):
        with pytest.raises(Forbidden):
            services.sign(other, drafted.number)
    with pytest.raises(Invalid):
        services.draft(people.ana.actor, kind="XX", subject=SUBJECT, holder=people.cy.organisation, facts={})


def test_a_signed_certificate_verifies_by_number_and_by_its_credential(signed):
    for what in (signed.number, signed.jws):
        found = queries.verify(what)
        assert (found.valid, found.state, found.reasons) == (True, "valid", ())
        assert found.certificate == signed


def test_the_credential_is_a_w3c_vc_2_signed_as_jose(signed, settings):
    header, payload = (json.loads(urlsafe_b64decode(p + "==")) for p in signed.jws.split(".")[:2])
    assert header["typ"] == "vc+jwt"
    assert header["alg"] == "EdDSA"
    assert header["kid"] == signing_keys.jwks()["keys"][0]["kid"]
    assert "d" not in signing_keys.jwks()["keys"][0]
    assert payload["@context"][0] == "https://www.w3.org/ns/credentials/v2"
    assert payload["issuer"]["id"] == settings.GUOMEN.origin
    assert "vc" not in payload
    assert payload["credentialSubject"]["facts"]["tests"][0]["test"] == {"en": "Formaldehyde", "zh": "甲醛"}


def test_the_credential_verifies_with_the_published_key_alone(signed):
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    x = signing_keys.jwks()["keys"][0]["x"]
    key = Ed25519PublicKey.from_public_bytes(urlsafe_b64decode(x + "=="))
    text, _, signature = signed.jws.rpartition(".")
    key.verify(urlsafe_b64decode(signature + "=="), text.encode())


def _altered(jws: str, change) -> str:
    header, payload, signature = jws.split(".")
    claims = json.loads(urlsafe_b64decode(payload + "=="))
    change(claims)
    return f"{header}.{urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip('=')}.{signature}"


def test_a_changed_credential_is_called_forged(signed):
    def more_goods(claims):
        claims["credentialSubject"]["facts"]["quantity"] = "5000 pieces"

    def other_issuer(claims):
        claims["issuer"]["id"] = "https://elsewhere.example"

    assert queries.verify(_altered(signed.jws, more_goods)).reasons == ("CERTIFICATE-FORGED",)
    assert queries.verify(_altered(signed.jws, other_issuer)).reasons == ("CERTIFICATE-OTHER-ISSUER",)
    assert queries.verify(signed.jws[:-8] + "AAAAAAAA").reasons == ("CERTIFICATE-FORGED",)
    for junk in ("a.b.c", "..", "21-2026-000001-AAAAAA", "", "e30.e30.e30"):
        assert not queries.verify(junk).valid


def test_an_unsigned_credential_is_refused(signed):
    payload = signed.jws.split(".")[1]
    none = urlsafe_b64encode(b'{"alg":"none","typ":"vc+jwt"}').decode().rstrip("=")
    assert queries.verify(f"{none}.{payload}.").reasons == ("CERTIFICATE-FORGED",)


def test_facts_changed_in_the_database_do_not_change_what_was_signed(signed):
    other = credential.document(signed)
    other["credentialSubject"]["facts"]["quantity"] = "9"
    reissued = credential.secure(other, signing_keys.signing())
    assert queries.verify(reissued).reasons == ("CERTIFICATE-REPLACED",)


def test_the_paper_says_everything_in_both_languages(signed):
    content = blobs.get(signed.pdf)
    assert len(content) == signed.pdf_size
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    for piece in (
        signed.number,
        "Cotton shirts",
        "白色棉质衬衫",
        "Harbour Imports",
        "海港进口有限公司",
        "甲醛",
        "75 mg/kg",
    ):
        assert piece in text
    for piece in ("洋山口岸局", "Yangshan Port Authority", "上述货物经检验合格", credential.address(signed.number)):
        assert piece in text


def test_the_codes_on_the_paper_lead_to_the_certificate_and_prove_it_without_a_network(signed, settings):
    from guomen.client import CertificateReader
    from tests.codes import codes_in_pdf

    by_length = sorted(codes_in_pdf(blobs.get(signed.pdf)), key=len)
    assert by_length == [credential.address(signed.number), formats.kept(signed.number).slip]
    read = CertificateReader(settings.GUOMEN.origin, signing_keys.jwks()).read(by_length[1])
    assert (read.number, read.ends) == (signed.number, signed.valid_until)
    assert read.facts["goods"] == ("Cotton shirts, white", "白色棉质衬衫")


def test_the_same_facts_give_the_same_bytes(signed):
    from guomen.certificates import paper

    assert paper.render(signed, "0" * 64, "GC1:A", "k") == paper.render(signed, "0" * 64, "GC1:A", "k")
    assert credential.secure(credential.document(signed), signing_keys.signing()) == signed.jws


def test_revocation_is_seen_at_once_and_for_good(people, signed):
    for other in (people.cy.actor, people.ana.actor, people.eve.actor):
        with pytest.raises(Forbidden):
            services.revoke(other, signed.number, "Mistake")
    with pytest.raises(Invalid):
        services.revoke(people.amy.actor, signed.number, "  ")
    services.revoke(people.amy.actor, signed.number, "Wrong quantity")
    for what in (signed.number, signed.jws):
        found = queries.verify(what)
        assert (found.valid, found.state, found.reasons) == (False, "revoked", ("CERTIFICATE-REVOKED",))
    with pytest.raises(Refused):
        services.sign(people.amy.actor, signed.number)


def test_a_draft_cannot_be_revoked(people, drafted):
    with pytest.raises(Refused):
        services.revoke(people.amy.actor, drafted.number, "No")


def test_validity_ends_by_itself(signed):
    Certificate.objects.filter(number=signed.number).update(
        signed_at=now() - timedelta(days=61), valid_until=now() - timedelta(days=1)
    )
    assert queries.verify(signed.number).state == "expired"
    moment = now()
    assert rules.state_at("signed", moment, moment + timedelta(days=1), moment - timedelta(seconds=1)) == "early"
    assert rules.state_at("revoked", moment, moment, moment) == "revoked"


def test_the_ledger_holds_the_digests_of_both_documents(people, signed):
    import hashlib

    services.revoke(people.bo.actor, signed.number, "Recalled")
    entries = history(SUBJECT)
    assert [e.kind for e in entries] == [
        "line.released",
        *(f"certificate.{what}" for what in ("drafted", "reviewed", "signed", "revoked")),
    ]
    facts = entries[3].facts
    assert facts["pdf_sha256"] == signed.pdf == hashlib.sha256(blobs.get(signed.pdf)).hexdigest()
    assert facts["credential_sha256"] == hashlib.sha256(signed.jws.encode()).hexdigest()
    assert history(Subject.of("certificate", signed.number)) == entries[1:]


def test_numbers_cannot_be_guessed_from_one_another(people, drafted):
    other = services.draft(people.ana.actor, kind="21", subject=SUBJECT, holder=people.cy.organisation, facts=FACTS)
    first, second = drafted.number.rsplit("-", 1), other.number.rsplit("-", 1)
    assert first[0] != second[0]
    assert first[1] != second[1]
    assert len(second[1]) == 6
