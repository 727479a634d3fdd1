"""Certificates of others: what was checked, what was not, and what a stranger can do with one."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from guomen.certificates import checking, trust
from guomen.certificates.foreign import Goods
from guomen.certificates.models import FetchedList, ForeignCertificate
from guomen.certificates.services import receiving, trusting
from guomen.core.credentials import jose, sdjwt
from guomen.kit import blobs
from guomen.kit.clock import now
from guomen.kit.errors import Invalid
from guomen.ledger.queries import history
from tests.certificates import issuing
from tests.certificates.issuing import EVE, INVALID, LIST, SUSPENDED, as_cose, as_jose, as_sd_jwt, listed, trusted
from tests.certificates.making import SUBJECT
from tests.kit.receiver import Receiver

pytestmark = pytest.mark.django_db
APPLES = Goods("NZ", "0808108000")


def checks(content: bytes, goods: Goods | None = APPLES) -> dict[str, str]:
    return {c.name: f"{c.result} {c.code}" for c in checking.check(content, goods).checks}


def verdict(content: bytes, goods: Goods | None = APPLES) -> str:
    return checking.check(content, goods).verdict


def fetched(body: bytes, at=None, address: str = LIST) -> None:
    FetchedList.objects.update_or_create(address=address, defaults={"body": body, "fetched_at": at or now()})


def test_a_credential_of_a_trusted_issuer_is_checked_in_every_form(people):
    trusted(people)
    for content in (as_jose(), as_cose()):
        found = checking.check(content, APPLES)
        assert found.verdict == "valid"
        assert found.genuine
        assert found.facts["commodity"] == "Apples"
        assert checks(content) == {
            "form": "passed readable",
            "signature": "passed signed",
            "issuer": "passed trusted",
            "scope": "passed in-scope",
            "status": "open status-none",
            "subject": "passed goods-match",
            "time": "passed in-time",
        }
    fetched(listed({}))
    found = checking.check(as_sd_jwt(), APPLES)
    assert (found.verdict, found.hidden, found.facts) == (
        "valid",
        0,
        {"commodity": "Apples", "grower": "Fen's orchard"},
    )


def test_who_is_not_on_the_list_is_unknown_however_well_he_signs(people):
    found = checking.check(as_jose())
    assert (found.verdict, found.genuine) == ("unknown-issuer", False)
    assert checks(as_jose())["signature"] == "open no-key"
    one = trusted(people)
    assert verdict(as_jose(EVE)) == "unproven"
    assert verdict(as_jose(issuer="https://plants.example.evil.example")) == "unknown-issuer"
    trusting.withdraw(people.bo.actor, one.id, "Stolen key")
    assert verdict(as_jose()) == "unknown-issuer"
    assert checks(as_jose())["issuer"] == "failed no-longer-trusted"


def test_an_entry_ends_with_its_validity(people):
    trusted(people, valid_until=now() - timedelta(days=1))
    assert checks(as_jose())["issuer"] == "failed no-longer-trusted"


def test_a_changed_credential_is_forged(people):
    trusted(people)
    text = as_jose().decode()
    head, _, signature = text.split(".")
    other = jose.sign(
        issuing.claims(credentialSubject={"id": "urn:lot:7", "quantity": "2000 t"}), EVE, {"typ": "vc+jwt"}
    )
    assert verdict(f"{head}.{other.split('.')[1]}.{signature}".encode()) == "invalid"
    name = trust.keys_of(trust.issuer(issuing.ISSUER))[0].id
    stolen_name = jose.sign(issuing.claims(), EVE, {"typ": "vc+jwt", "kid": name})
    assert checks(stolen_name.encode())["signature"] == "failed forged"


def test_a_status_list_is_no_certificate_though_the_same_key_signed_it(people):
    trusted(people)
    assert verdict(listed({})) == "invalid"


def test_scope_time_and_goods_are_compared(people):
    trusted(people)
    assert checks(as_jose(type=["VerifiableCredential", "WineCertificate"]))["scope"] == "failed other-kind"
    assert verdict(as_jose(type=["VerifiableCredential"])) == "out-of-scope"
    old, soon = (now() - timedelta(days=1)).isoformat(), (now() + timedelta(days=1)).isoformat()
    assert verdict(as_jose(validUntil=old)) == "expired"
    assert verdict(as_jose(validFrom=soon)) == "early"
    assert checks(as_jose(), Goods("CL", "0808108000"))["subject"] == "failed other-origin"
    assert checks(as_jose(), Goods("NZ", "2204210000"))["subject"] == "failed other-goods"
    assert verdict(as_jose(), None) == "valid"
    without_end = {k: v for k, v in issuing.claims().items() if k != "validUntil"}
    assert checks(jose.sign(without_end, issuing.KEY, {"typ": "vc+jwt"}).encode())["time"] == "open no-end"


def test_the_state_comes_from_a_list_that_was_fetched_and_nowhere_else(people):
    trusted(people)
    assert (verdict(as_sd_jwt()), checks(as_sd_jwt())["status"]) == ("state-unknown", "open status-unfetched")
    fetched(listed({3: SUSPENDED, 4: INVALID}))
    assert [verdict(as_sd_jwt(index=index)) for index in (2, 3, 4)] == ["valid", "suspended", "revoked"]
    assert checks(as_sd_jwt(index=5000))["status"] == "open status-unreadable"
    elsewhere = as_sd_jwt(uri="https://169.254.169.254/latest")
    assert (verdict(elsewhere), checks(elsewhere)["status"]) == ("state-unknown", "open status-elsewhere")
    fetched(listed({3: SUSPENDED}), at=now() - timedelta(days=2))
    assert checks(as_sd_jwt())["status"] == "open status-old"
    for body in (
        listed({}, EVE),
        listed({}, uri=LIST + "0"),
        b"<html>",
        b"\xd2\x84",
        listed({}, made=now() - timedelta(days=9)),
    ):
        fetched(body)
        assert checks(as_sd_jwt())["status"] == "open status-unreadable"


def test_a_certificate_is_kept_with_its_bytes_and_what_was_found(people):
    trusted(people)
    content = as_jose()
    kept, found = receiving.receive(people.cy.actor, SUBJECT, content, "phyto.jwt", APPLES)
    assert found.verdict == kept.verdict == "valid"
    assert blobs.get(kept.digest) == content
    (entry,) = history(SUBJECT)
    assert (entry.kind, entry.facts["sha256"], entry.facts["verdict"]) == ("foreign.received", kept.digest, "valid")
    again, _ = receiving.receive(people.cy.actor, SUBJECT, content, "phyto.jwt", APPLES)
    assert again == kept
    assert ForeignCertificate.objects.count() == len(history(SUBJECT)) == 1


def test_the_same_certificate_for_other_goods_shows_in_whatever_envelope_it_comes(people):
    trusted(people)
    receiving.receive(people.cy.actor, SUBJECT, as_jose(), "a.jwt", APPLES)
    _, found = receiving.receive(people.eve.actor, "urn:guomen:line:1/1", as_cose(), "b.cose", APPLES)
    assert {c.name: c.code for c in found.checks}["elsewhere"] == "elsewhere"
    assert SUBJECT not in str(found)


def test_an_sd_jwt_shown_in_two_ways_is_one_certificate(people):
    trusted(people)
    text = as_sd_jwt(jti="urn:plants:NZ-2").decode()
    bare = sdjwt.present(text, lambda one: False).encode()
    one, two = checking.check(text.encode()), checking.check(bare)
    assert one.identity == two.identity
    assert (one.hidden, two.hidden) == (0, 1)


def test_what_is_no_certificate_is_not_kept(people):
    for content in (b"", b"hello", b"{}", b"PK\x03\x04", b"\xd2\x84", b"[" * 100_000, b"x" * (5 << 20)):
        with pytest.raises(Invalid):
            receiving.receive(people.cy.actor, SUBJECT, content, "x", APPLES)
    assert not ForeignCertificate.objects.exists()
    assert not history(SUBJECT)


def test_the_worker_fetches_the_lists_of_attached_certificates_and_revocation_shows(people, settings):
    settings.GUOMEN = replace(settings.GUOMEN, webhook_networks="127.0.0.0/8")
    with Receiver() as office:
        where = f"http://127.0.0.1:{office.port}/status/"
        trusted(people, status_addresses=[where])
        uri = f"{where}1"
        content = as_sd_jwt(uri=uri)
        assert verdict(content) == "state-unknown"
        assert not FetchedList.objects.exists()
        receiving.receive(people.cy.actor, SUBJECT, content, "a", APPLES)
        receiving.receive(people.cy.actor, SUBJECT, as_sd_jwt(EVE, uri=f"{where}2"), "b", APPLES)
        receiving.receive(people.cy.actor, SUBJECT, as_sd_jwt(uri="http://127.0.0.1:9/other"), "c", APPLES)
        office.answers = [(200, {"Content-Type": "application/statuslist+jwt"}, listed({}, uri=uri))]
        assert receiving.fetch_due() == 1
        assert verdict(content) == "valid"
        assert receiving.fetch_due() == 0
        assert [request.path for request in office.requests] == ["/status/1"]
        office.answers = [(200, {"Content-Type": "application/statuslist+jwt"}, listed({3: INVALID}, uri=uri))]
        FetchedList.objects.update(tried_at=now() - timedelta(minutes=6))
        assert receiving.fetch_due() == 1
        assert verdict(content) == "revoked"
        # A list that does not come leaves the last word standing, and says so when that is too old.
        office.answers = [503]
        FetchedList.objects.update(tried_at=now() - timedelta(minutes=6))
        assert receiving.fetch_due() == 0
        assert FetchedList.objects.get().error == "answered-503"
        assert verdict(content) == "revoked"
        trusting.withdraw(people.bo.actor, trust.issuer(issuing.ISSUER).id, "Closed")
        FetchedList.objects.update(tried_at=None)
        assert receiving.fetch_due() == 0


def test_facts_of_strangers_are_data_and_nothing_else(people):
    trusted(people)
    found = checking.check(
        as_jose(credentialSubject={"id": "x", "<script>": "<img src=x onerror=alert(1)>", "n": [{}]})
    )
    assert json.loads(json.dumps(dict(found.facts)))["<script>"] == "<img src=x onerror=alert(1)>"
