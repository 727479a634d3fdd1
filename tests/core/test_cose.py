"""Signed bytes: what a known key signed as the right kind is read, and nothing else, whatever it is made of."""

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from guomen.core import cose

KEY, OTHER = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2))
KNOWN = [OTHER.public_key(), KEY.public_key()]


def reason(data: bytes, kind: str = "note") -> str:
    with pytest.raises(cose.CoseError) as caught:
        cose.verify(data, KNOWN, kind)
    return caught.value.reason


@given(st.binary(max_size=300), st.text(max_size=20))
def test_what_was_signed_is_read(payload, kind) -> None:
    assert cose.verify(cose.sign(payload, KEY, kind), KNOWN, kind) == payload


def test_it_is_a_cose_sign1_as_the_rfc_has_it() -> None:
    """RFC 9052 section 4.4, put together here by hand."""
    made = cbor2.loads(cose.sign(b"payload", KEY, "note"))
    protected, unprotected, payload, signature = made.value
    assert (made.tag, unprotected, payload) == (18, {}, b"payload")
    assert cbor2.loads(protected) == {1: -8, 4: cose.key_id(KEY.public_key()), 16: "note"}
    KEY.public_key().verify(signature, cbor2.dumps(["Signature1", protected, b"", b"payload"]))


def test_another_kind_another_key_and_a_changed_byte_are_refused() -> None:
    made = cose.sign(b"payload", KEY, "note")
    assert reason(made, "list") == "type"
    assert reason(cose.sign(b"payload", Ed25519PrivateKey.generate(), "note")) == "key"
    for at in range(len(made)):
        assert reason(made[:at] + bytes([made[at] ^ 1]) + made[at + 1 :]) in {"form", "type", "key", "signature"}
        assert reason(made[:at]) == "form"
    assert reason(made + b"\0") == "form"


@pytest.mark.parametrize("algorithm", [-7, -19, 0, None, "EdDSA"])
def test_one_algorithm_is_accepted(algorithm) -> None:
    header = cbor2.dumps({1: algorithm, 4: cose.key_id(KEY.public_key()), 16: "note"})
    signature = KEY.sign(cbor2.dumps(["Signature1", header, b"", b"x"]))
    assert reason(cbor2.dumps(cbor2.CBORTag(18, [header, {}, b"x", signature]))) == "type"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x81" * 1_000_000,
        b"\xd2" * 1_000_000,
        b"\x9f" * 100_000,
        bytes.fromhex("bb0000001000000000"),
        bytes.fromhex("9b0000001000000000"),
        bytes.fromhex("9a7fffffff"),
        bytes.fromhex("5b0000001000000000"),
        bytes.fromhex("c1fb7ff0000000000000"),
        bytes.fromhex("c4821b7fffffffffffffff01"),
        bytes.fromhex("d81c81d81d00"),
        bytes.fromhex("d28443a10127a04040"),
        bytes.fromhex("d28444a1810101a04040"),
        bytes.fromhex("d2a1008101"),
        cbor2.dumps(cbor2.CBORTag(18, [b"\xa0", {}, b"", b"", b""])),
        cbor2.dumps(cbor2.CBORTag(98, [b"\xa0", {}, b"", b""])),
        cbor2.dumps(cbor2.CBORTag(18, ["text", {}, b"", b""])),
        b"\0" * (cose.MAX_BYTES + 1),
    ],
    ids=range(18),
)
def test_bytes_that_want_memory_or_depth_are_refused_at_once(data) -> None:
    assert reason(data) in {"form", "type"}


@given(st.binary(max_size=100))
def test_any_bytes_are_answered_with_a_reason(data) -> None:
    assert reason(data) in {"form", "type", "key"}
