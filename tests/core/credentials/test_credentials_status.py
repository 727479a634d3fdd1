"""Lists of states, slips, and the one door for every form."""

import gzip
import json
from datetime import UTC, datetime, timedelta

import cbor2
import pytest
from base45 import b45encode
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from guomen.core import cose
from guomen.core.credentials import (
    CredentialError,
    Reference,
    bitstring,
    jose,
    keys,
    peek,
    recognise,
    slip,
    status,
    statuslist,
    verify,
)
from guomen.core.credentials.statuslist import SignedList, StatusList
from guomen.core.credentials.strict import base64url

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
PUBLIC = [keys.from_public(KEY.public_key())]
AT = datetime(2026, 11, 26, 6, 0, tzinfo=UTC)
HERE = "https://gate.example/certificates/status/0"
STATES = {7: statuslist.INVALID, 8: statuslist.SUSPENDED, 9: 3}


def reason(call, *args, **kwargs) -> str:
    with pytest.raises(CredentialError) as caught:
        call(*args, **kwargs)
    return caught.value.reason


def tokens(uri: str = HERE, until: datetime | None = None, key=KEY) -> list[str | bytes]:
    ends = int((until or AT + timedelta(days=1)).timestamp())
    signed = SignedList(uri, int(AT.timestamp()), StatusList(2, 64, STATES), ends, 60)
    return [statuslist.as_jwt(signed, key), statuslist.as_cwt(signed, key)]


def test_a_token_status_list_tells_three_states_and_says_when_it_cannot():
    for token in tokens():
        found = [status.state_in(token, Reference(HERE, index), PUBLIC, AT) for index in (0, 7, 8, 9)]
        assert found == ["valid", "invalid", "suspended", "unknown"]
        assert statuslist.read(token, PUBLIC).ttl == 60


def test_a_list_of_another_place_time_or_signer_is_refused():
    for token in [*tokens("https://gate.example/other"), *tokens(until=AT)]:
        assert reason(status.state_in, token, Reference(HERE, 0), PUBLIC, AT) == "model"
    for token in tokens(key=OTHER):
        assert reason(status.state_in, token, Reference(HERE, 0), PUBLIC, AT) == "key"
    for token in tokens():
        assert reason(status.state_in, token, Reference(HERE, 64), PUBLIC, AT) == "model"
        assert reason(status.state_in, token, Reference(HERE, 0, "revocation"), PUBLIC, AT) == "type"
    credential = jose.sign({"sub": HERE, "iat": 1, "status_list": {"bits": 2, "lst": "eA"}}, KEY, {"typ": "vc+jwt"})
    assert reason(statuslist.read, credential, PUBLIC) == "type"


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"sub": HERE, "iat": 1},
        {"sub": HERE, "iat": 1, "status_list": {"bits": 3, "lst": base64url(b"x")}},
        {"sub": HERE, "iat": 1, "status_list": {"bits": 2, "lst": base64url(gzip.compress(b"x"))}},
        {"sub": HERE, "iat": "x", "status_list": {"bits": 2, "lst": base64url(StatusList(2, 8).packed())}},
        {"sub": 5, "iat": 1, "status_list": {"bits": 2, "lst": base64url(StatusList(2, 8).packed())}},
        {"sub": HERE, "iat": 1, "status_list": []},
    ],
    ids=["empty", "no-list", "bits", "gzip", "iat", "sub", "array"],
)
def test_a_list_that_is_none(claims):
    assert reason(statuslist.read, jose.sign(claims, KEY, {"typ": "statuslist+jwt"}), PUBLIC) == "model"
    assert reason(statuslist.read, cose.sign(cbor2.dumps(claims), KEY, statuslist.CWT_TYPE), PUBLIC) == "model"


def test_a_bitstring_has_its_first_bit_on_the_left_and_at_least_16_kilobytes():
    raw = bitstring.unpack(bitstring.pack([0, 9]))
    assert (len(raw), raw[0], raw[1]) == (16384, 0b1000_0000, 0b0100_0000)
    assert [bitstring.is_set(raw, index) for index in (0, 1, 9)] == [True, False, True]
    for bad in (bitstring.pack([])[1:], "u" + base64url(gzip.compress(bytes(100))), "u!", "uAAAA", "u"):
        assert reason(bitstring.unpack, bad) in ("form", "model")
    bomb = "u" + base64url(gzip.compress(bytes(64 << 20)))
    assert reason(bitstring.unpack, bomb) == "too-large"
    assert reason(bitstring.is_set, raw, len(raw) * 8) == "model"
    with pytest.raises(ValueError):
        bitstring.pack([], 1000)
    with pytest.raises(IndexError):
        bitstring.pack([bitstring.LEAST])


def test_a_status_list_credential_is_one_for_each_purpose():
    for purpose, said in {"revocation": "invalid", "suspension": "suspended"}.items():
        document = bitstring.document(HERE, "https://gate.example", purpose, [7], AT, AT + timedelta(days=1))
        token = jose.sign(document, KEY, {"typ": "vc+jwt", "cty": "vc"})
        assert status.state_in(token, Reference(HERE, 7, purpose), PUBLIC, AT) == said
        assert status.state_in(token, Reference(HERE, 8, purpose), PUBLIC, AT) == "valid"
        other = "suspension" if purpose == "revocation" else "revocation"
        assert reason(status.state_in, token, Reference(HERE, 7, other), PUBLIC, AT) == "model"
        assert reason(status.state_in, token, Reference(HERE + "x", 7, purpose), PUBLIC, AT) == "model"
        assert reason(status.state_in, token, Reference(HERE, 7, purpose), PUBLIC, AT + timedelta(days=2)) == "model"


def test_references_are_found_in_every_form_and_odd_ones_refused():
    entry = {"type": "BitstringStatusListEntry", "statusPurpose": "revocation"}
    claims = {
        "status": {"status_list": {"idx": 3, "uri": HERE}},
        "credentialStatus": [
            entry | {"statusListIndex": "94567", "statusListCredential": HERE},
            {"type": "SomethingElse", "id": "x"},
        ],
    }
    assert status.references(claims) == [Reference(HERE, 3), Reference(HERE, 94567, "revocation")]
    assert status.references({65535: {"status_list": {"idx": 1, "uri": HERE}}}) == [Reference(HERE, 1)]
    assert status.references({}) == []
    for bad in (
        {"status": {"status_list": {"idx": -1, "uri": HERE}}},
        {"status": {"status_list": {"idx": True, "uri": HERE}}},
        {"status": {"status_list": {"idx": 1}}},
        {"status": {"status_list": 4}},
        {"credentialStatus": entry | {"statusListIndex": "x", "statusListCredential": HERE}},
        {"credentialStatus": entry | {"statusListIndex": "9" * 99, "statusListCredential": HERE}},
    ):
        assert reason(status.references, bad) == "model"
    assert reason(status.references, {"credentialStatus": [entry] * 9}) == "too-large"


SLIP = slip.Slip(
    "https://gate.example",
    "https://gate.example/certificates/21-2026-000001-ABCDEF",
    AT,
    AT + timedelta(days=60),
    {"kind": "21", "goods": ("Cotton shirts, white", "白色棉质衬衫"), "quantity": "500 pieces"},
    Reference(HERE, 7),
)


def test_a_slip_goes_both_ways_and_fits_a_code_for_paper():
    text = slip.sign(SLIP, KEY)
    assert slip.read(text, PUBLIC) == SLIP
    assert len(text) < 500
    long = SLIP._replace(facts=dict.fromkeys(slip.FACTS.values(), ("x" * 500, "货" * 500)))
    cut = slip.sign(long, KEY)
    assert len(cut) < 900
    kept = slip.read(cut, PUBLIC)
    assert kept.subject == SLIP.subject
    assert kept.facts["kind"] == ("x" * 40, "货" * 40)
    assert "origin" not in kept.facts


def test_a_changed_slip_is_none():
    text = slip.sign(SLIP, KEY)
    assert reason(slip.read, text, [keys.from_public(OTHER.public_key())]) == "key"
    assert reason(slip.read, "GM1:" + text[4:], PUBLIC) == "form"
    assert reason(slip.read, text[:-2], PUBLIC) in ("form", "signature")
    assert reason(slip.read, "GC1:é", PUBLIC) == "form"
    assert reason(slip.read, "GC1:" + "A" * 3000, PUBLIC) == "form"
    for payload in ({}, {1: "x", 2: "y", 4: 1, 6: 1, slip.FACTS_CLAIM: {1: 5}}, {1: "x", 2: "y", 4: 1e300, 6: 1}):
        raw = cose.sign(cbor2.dumps(payload), KEY, slip.TYPE)
        assert reason(slip.read, "GC1:" + b45encode(raw).decode(), PUBLIC) == "model"


def test_one_door_reads_every_form():
    vc_claims = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": "urn:x:1",
        "type": ["VerifiableCredential", "Phyto"],
        "issuer": {"id": "https://plants.example"},
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {"id": "urn:lot:1"},
    }
    as_jose = jose.sign(vc_claims, KEY, {"typ": "vc+jwt"})
    as_cose = cose.sign(json.dumps(vc_claims).encode(), KEY, "application/vc+cose")
    as_slip = slip.sign(SLIP, KEY)
    for data, form in {
        as_jose.encode(): "vc+jwt",
        f"\n{as_jose}\r\n".encode(): "vc+jwt",
        as_cose: "vc+cose",
        as_cose.hex().encode(): "vc+cose",
        base64url(as_cose).encode(): "vc+cose",
        as_slip.encode(): "cwt",
    }.items():
        found, body = recognise(data)
        assert found == form
        claimed, proven = peek(found, body), verify(found, body, PUBLIC)
        assert claimed == proven._replace(key=None)
        assert proven.key is not None
        assert proven.begins is not None
        assert reason(verify, found, body, [keys.from_public(OTHER.public_key())]) == "key"
    assert verify(*recognise(as_jose.encode()), PUBLIC).names == ("Phyto",)
