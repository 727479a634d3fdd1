"""Keys of certificates take turns: what old ones signed stays proven, until others know them."""

from datetime import timedelta

import pytest
from django.test import Client
from joserfc import jws as jose_library
from joserfc.jwk import KeySet

from guomen.certificates import checking, formats, queries, services, signing_keys, statuses
from guomen.certificates.models import Certificate, IssuingKey
from guomen.client import CertificateReader, CredentialError
from guomen.core.credentials import jose, keys, statuslist
from guomen.core.credentials.statuslist import SignedList, StatusList
from guomen.kit import blobs
from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, Invalid, NotFound, Refused
from guomen.kit.ids import Subject
from guomen.kit.keys import signer
from guomen.ledger.queries import history
from guomen.parties.actors import SYSTEM
from tests.certificates.making import decided, draft, sign

pytestmark = pytest.mark.django_db


@pytest.fixture
def old(people) -> Certificate:
    """Signed with the key that was there first."""
    decided("line.released")
    return sign(people, draft(people))


def ways(one: Certificate) -> dict[str, bytes]:
    forms = formats.kept(one.number)
    return {
        "paper": blobs.get(one.pdf),
        "vc": one.jws.encode(),
        "sd-jwt": forms.sd_jwt.encode(),
        "kept back": formats.shown(forms, {"goods"}).encode(),
        "slip": forms.slip.encode(),
    }


def signatures(one: Certificate) -> dict[str, str]:
    """What is said of the signature in each form; all of them are genuine and valid."""
    found = {way: checking.check(content) for way, content in ways(one).items()}
    assert {(f.verdict, f.genuine) for f in found.values()} == {("valid", True)}
    return {way: next(c.code for c in f.checks if c.name == "signature") for way, f in found.items()}


def reader(settings) -> CertificateReader:
    return CertificateReader(settings.GUOMEN.origin, Client().get("/.well-known/jwks.json").json())


def ask(address: str, accept: str) -> str | bytes:
    answer = Client().get("/" + address.split("/", 3)[3], headers={"Accept": accept})
    return answer.content if answer.headers["Content-Type"].endswith("cwt") else answer.content.decode()


def test_after_a_rotation_new_certificates_have_the_new_key_and_old_ones_still_verify(people, old, settings):
    first = signing_keys.public(signing_keys.current()).id
    statuses.token(formats.kept(old.number).list)  # made with the old key a moment ago
    made = services.rotate_keys(people.bo.actor, reason="Yearly rotation")
    second = signing_keys.public(made).id
    new = sign(people, draft(people))
    assert [jose.read(one.jws).header["kid"] for one in (old, new)] == [first, second]
    assert set(signatures(old).values()) == {"same-paper", "signed-before"}
    assert set(signatures(new).values()) == {"same-paper", "signed"}
    for one in (old, new):
        assert queries.verify(one.jws).valid
        inside = {c.name: c.code for c in checking.check(blobs.get(one.pdf)).checks}["inside"]
        assert inside == "inside-holds"
        device = reader(settings)
        for way, text in ways(one).items():
            if way != "paper":
                assert device.renew(device.read(text), ask)
                assert device.read(text).state == "valid"
    token = ask(statuses.address(formats.kept(old.number).list), "application/statuslist+jwt")
    assert jose.read(str(token)).header["kid"] == second
    (told,) = history(Subject.of("certificate-key", 2))
    assert (told.kind, told.facts["key"], told.facts["instead_of"]) == ("certificate-key.added", second, first)


def test_both_keys_are_published_with_their_dates_and_a_library_of_others_takes_them(people, old):
    services.rotate_keys(SYSTEM, reason="Yearly rotation")
    jwks, did = (Client().get(f"/.well-known/{name}.json").json() for name in ("jwks", "did"))
    now_, before = jwks["keys"]
    assert before["exp"] == now_["iat"]
    assert "exp" not in now_
    registry = jose_library.JWSRegistry(algorithms=["EdDSA"], strict_check_header=False)
    with pytest.warns(UserWarning, match="EdDSA"):
        assert jose_library.deserialize_compact(old.jws, KeySet.import_key_set(jwks), registry=registry)
    assert [m["publicKeyJwk"]["kid"] for m in did["verificationMethod"]] == [now_["kid"], before["kid"]]
    assert did["assertionMethod"] == [m["id"] for m in did["verificationMethod"]]
    assert ["expires" in m for m in did["verificationMethod"]] == [False, True]
    for path, words in (("/certificates/keys", "Retired on"), ("/zh/certificates/keys", "已于")):
        page = Client().get(path).content.decode()
        assert words in page
        assert before["kid"] in page


def test_what_is_signed_with_a_retired_key_after_its_end_is_refused(old):
    one = signing_keys.public(signing_keys.current())
    services.rotate_keys(SYSTEM, reason="Yearly rotation")
    key, later = signer("certificates"), now() + timedelta(days=1)
    (known,) = [k for k in keys.from_jwks(signing_keys.jwks()) if k.id == one.id]
    listed = SignedList("https://x.example/1", int(later.timestamp()), StatusList(2, 8))
    for token in (statuslist.as_jwt(listed, key), statuslist.as_cwt(listed, key)):
        with pytest.raises(CredentialError, match="stopped signing"):
            statuslist.read(token, [known])
    revoked = dict(signing_keys.jwks()["keys"][1], revoked={"revoked_at": 1, "reason": "compromised"})
    assert keys.from_jwks({"keys": [revoked]}) == []


def test_a_key_that_others_know_proves_nothing_but_the_register_does(people, old, settings):
    first = signing_keys.public(signing_keys.current()).id
    with pytest.raises(Refused) as caught:
        services.distrust_key(SYSTEM, first, reason="A copy was found")
    assert caught.value.code == "certificate-key-in-use"
    services.rotate_keys(SYSTEM, reason="A copy was found")
    at = now() - timedelta(days=3)
    for _ in range(2):
        services.distrust_key(people.bo.actor, first, reason="A copy was found", since=at)
    kinds = [e.kind for e in history(Subject.of("certificate-key", 1))]
    assert kinds == ["certificate-key.distrusted"]
    # The thief writes a certificate about the same goods: under the old number, and as a slip of another one.
    claims = jose.read(old.jws).claims() | {"validUntil": "2099-01-01T00:00:00Z"}
    forged = jose.sign(claims, signer("certificates"), {"typ": "vc+jwt", "cty": "vc"})
    found = checking.check(forged.encode())
    assert (found.verdict, found.checks[1].code) == ("invalid", "leaked-key")
    assert signatures(old) == dict.fromkeys(ways(old), "registered") | {"paper": "same-paper"}
    assert {c.name: c.code for c in checking.check(blobs.get(old.pdf)).checks}["inside"] == "inside-leaked"
    assert queries.verify(old.jws).valid
    # A device has no register: it believes neither.
    device = reader(settings)
    for text in (forged, old.jws, formats.kept(old.number).slip):
        with pytest.raises(CredentialError) as refused:
            device.read(text)
        assert refused.value.reason == "key"
    did = Client().get("/.well-known/did.json").json()
    leaked = did["verificationMethod"][1]
    assert leaked["revoked"] == f"{at:%Y-%m-%dT%H:%M:%S}Z"
    assert leaked["id"] not in did["assertionMethod"]
    assert "Its signature proves nothing." in Client().get("/certificates/keys").content.decode()


def test_keys_are_changed_by_those_who_may_with_a_reason(people):
    for who in (people.ana.actor, people.amy.actor, people.cy.actor, people.eve.actor):
        with pytest.raises(Forbidden):
            services.rotate_keys(who, reason="I want to")
        with pytest.raises(Forbidden):
            services.distrust_key(who, "x", reason="I want to")
    with pytest.raises(Invalid):
        services.rotate_keys(SYSTEM, reason=" ")
    with pytest.raises(NotFound):
        services.distrust_key(SYSTEM, "x", reason="A copy was found")
    services.rotate_keys(SYSTEM, reason="Yearly rotation")
    first = signing_keys.jwks()["keys"][1]["kid"]
    with pytest.raises(Invalid):
        services.distrust_key(SYSTEM, first, reason="Tomorrow", since=now() + timedelta(days=1))
    assert IssuingKey.objects.filter(leaked_at=None).count() == 2


def test_a_key_that_is_not_on_this_machine_is_not_made_anew(people, old):
    services.rotate_keys(SYSTEM, reason="Yearly rotation")
    IssuingKey.objects.filter(number=2).update(public="00" * 32)
    ready = draft(people)
    services.review(people.ari.actor, ready.number)
    with pytest.raises(signing_keys.KeyAbsentError):
        services.sign(people.amy.actor, ready.number)
    assert Certificate.objects.get(number=ready.number).state == "reviewed"
    answer = Client().get(f"/certificates/status/{formats.kept(old.number).list}", HTTP_ACCEPT="application/json")
    assert (answer.status_code, answer.json()["code"]) == (503, "certificate-key-absent")
