"""Status lists: the draft's bytes, both ways of signing, and what was not signed by us."""

import base64
import json
import zlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import OKPKey

from guomen.core import cose
from guomen.core.credentials import CredentialError, keys
from guomen.core.credentials.statuslist import (
    CWT_TYPE,
    INVALID,
    SUSPENDED,
    SignedList,
    StatusList,
    as_cwt,
    as_jwt,
    read,
)

KEY, OTHER = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2))
KNOWN = [keys.from_public(key.public_key()) for key in (OTHER, KEY)]
URI = "https://guomen.example/status/7"


@pytest.mark.parametrize(
    ("bits", "states", "raw", "text"),
    [
        (1, [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1], "b9a3", "eNrbuRgAAhcBXQ"),
        (2, [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3], "c944f9", "eNo76fITAAPfAgc"),
    ],
)
def test_the_drafts_examples_come_out(bits, states, raw, text) -> None:
    made = StatusList(bits, len(states), dict(enumerate(states)))
    assert made.raw.hex() == raw
    assert base64.urlsafe_b64encode(made.packed()).rstrip(b"=").decode() == text
    read = StatusList.unpack(bits, made.packed())
    assert [read[at] for at in range(len(states))] == states


@given(st.sampled_from([1, 2, 4, 8]), st.data())
def test_a_state_that_was_set_is_read_and_its_neighbours_stay(bits, data) -> None:
    states = data.draw(st.dictionaries(st.integers(0, 99), st.integers(0, (1 << bits) - 1)))
    made = StatusList(bits, 100, states)
    assert len(made) >= 100
    assert [made[at] for at in range(100)] == [states.get(at, 0) for at in range(100)]
    for at in states:
        made[at] = 0
    assert not any(made.raw)


@given(st.sampled_from([1, 2, 4, 8]), st.data())
def test_a_stretch_is_filled_and_no_more(bits, data) -> None:
    made = StatusList(bits, 100, dict.fromkeys(range(100), 1))
    first, last = data.draw(st.integers(0, 99)), data.draw(st.integers(-1, 99))
    state = data.draw(st.integers(0, (1 << bits) - 1))
    made.fill(first, last, state)
    assert [made[at] for at in range(100)] == [state if first <= at <= last else 1 for at in range(100)]


def test_what_does_not_fit_is_refused() -> None:
    made = StatusList(2, 8)
    for first, last, state in ((0, 8, 1), (-5, 7, 1), (0, 7, 4)):
        with pytest.raises((IndexError, ValueError)):
            made.fill(first, last, state)
    assert not any(made.raw)
    for index in (-1, 8, 1 << 40):
        with pytest.raises(IndexError):
            made[index]
    for state in (-1, 4):
        with pytest.raises(ValueError, match="2 bits"):
            made[0] = state
    with pytest.raises(ValueError, match="1, 2, 4 or 8"):
        StatusList(3, 8)


@pytest.mark.parametrize("packed", [b"", b"no zlib", zlib.compress(b"x" * 99)[:-1], zlib.compress(b"x") + b"y"])
def test_damaged_bytes_are_refused(packed) -> None:
    with pytest.raises(ValueError, match=r"zlib|cut off"):
        StatusList.unpack(1, packed)


def test_a_list_that_would_fill_the_memory_is_refused() -> None:
    packer = zlib.compressobj(9)
    bomb = b"".join(packer.compress(bytes(1 << 20)) for _ in range(65)) + packer.flush()
    assert len(bomb) < 100_000
    with pytest.raises(ValueError, match="too large"):
        StatusList.unpack(1, bomb)


def a_list() -> SignedList:
    return SignedList(URI, 1_700_000_000, StatusList(2, 1000, {5: INVALID, 999: SUSPENDED}), 1_700_086_400, 3600)


def test_both_ways_of_signing_carry_the_same_list() -> None:
    for found in (read(as_jwt(a_list(), KEY), KNOWN), read(as_cwt(a_list(), KEY), KNOWN)):
        assert found._replace(list=None) == a_list()._replace(list=None)
        assert (found.list.bits, found.list.raw) == (2, a_list().list.raw)
    bare = SignedList(URI, 1, StatusList(1, 8))
    assert read(as_jwt(bare, KEY), KNOWN)[3:] == read(as_cwt(bare, KEY), KNOWN)[3:] == (None, None)


def test_the_jwt_has_the_drafts_claims() -> None:
    head, claims, _ = (json.loads(base64.urlsafe_b64decode(p + "==")) if n < 2 else p
                       for n, p in enumerate(as_jwt(a_list(), KEY).split(".")))  # fmt: skip
    assert head == {"alg": "EdDSA", "typ": "statuslist+jwt", "kid": KNOWN[1].id}
    assert claims.keys() == {"sub", "iat", "exp", "ttl", "status_list"}
    assert claims["status_list"].keys() == {"bits", "lst"}


class Module:
    """A key that signs and cannot be read, as in a security module."""

    def sign(self, data: bytes) -> bytes:
        return KEY.sign(data)

    def public_key(self) -> Ed25519PublicKey:
        return KEY.public_key()


def test_a_key_that_cannot_be_read_signs_the_same() -> None:
    assert as_jwt(a_list(), Module()) == as_jwt(a_list(), KEY)
    assert as_cwt(a_list(), Module()) == as_cwt(a_list(), KEY)


def test_another_library_reads_the_jwt() -> None:
    public = OKPKey.import_key(KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    with pytest.warns(UserWarning, match="EdDSA"):
        found = jwt.decode(as_jwt(a_list(), KEY), public, algorithms=["EdDSA"])
    assert found.claims["sub"] == URI


def reason(call, *args) -> str:
    with pytest.raises(CredentialError) as caught:
        call(*args)
    return caught.value.reason


def test_what_was_not_signed_by_a_known_key_is_refused() -> None:
    jwt, cwt = as_jwt(a_list(), KEY), as_cwt(a_list(), KEY)
    head, body, mark = jwt.split(".")
    unsigned = base64.urlsafe_b64encode(b'{"alg":"none","typ":"statuslist+jwt"}').rstrip(b"=").decode()
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    other = base64.urlsafe_b64encode(json.dumps(claims | {"iat": 1}).encode()).rstrip(b"=").decode()
    assert reason(read, f"{head}.{other}.{mark}", KNOWN) == "signature"
    assert reason(read, jwt, KNOWN[:1]) == "key"
    assert reason(read, jwt, []) == "key"
    assert reason(read, f"{unsigned}.{body}.", KNOWN) == "algorithm"
    for text in ("", "a.b", "a.b.c", jwt[: len(head)]):
        assert reason(read, text, KNOWN) == "form"
    assert reason(read, cwt, KNOWN[:1]) == "key"
    assert reason(read, cwt[:-1] + bytes([cwt[-1] ^ 1]), KNOWN) == "signature"
    assert reason(read, cwt + b"\0", KNOWN) == "form"
    assert reason(read, b"", KNOWN) == "form"
    assert reason(read, cose.sign(b"{}", KEY, "another kind"), KNOWN) == "type"
    assert reason(read, cose.sign(b"\x01", KEY, CWT_TYPE), KNOWN) == "model"


@given(st.binary(max_size=200))
def test_any_bytes_are_answered_with_a_reason(data) -> None:
    assert reason(read, data, KNOWN) in {"form", "type", "algorithm", "key", "signature"}
    assert reason(read, data.decode("latin-1"), KNOWN) in {"form", "type", "algorithm", "key"}
