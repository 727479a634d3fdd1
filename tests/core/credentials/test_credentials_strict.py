"""What is refused before anything is believed: two meanings, depth, size, keys that do not sign so."""

import base64
import contextlib
import gzip
import json
import zlib

import cbor2
import pytest
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from hypothesis import given
from hypothesis import strategies as st

from guomen.core import cose
from guomen.core.credentials import CredentialError, cosesign, jose, keys, peek, recognise, strict

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = keys.from_public(KEY.public_key())
SECP = ec.derive_private_key(12345, ec.SECP256R1())
P256 = keys.from_public(SECP.public_key())


def reason(call, *args, **kwargs) -> str:
    with pytest.raises(CredentialError) as caught:
        call(*args, **kwargs)
    return caught.value.reason


def part(value) -> str:
    return strict.base64url(value if isinstance(value, bytes) else json.dumps(value).encode())


def es256(payload: dict, header: dict) -> str:
    text = f"{part(header)}.{part(payload)}"
    r, s = decode_dss_signature(SECP.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
    return f"{text}.{strict.base64url(r.to_bytes(32) + s.to_bytes(32))}"


def test_json_has_one_meaning_and_bounds():
    assert strict.read_object(b'{"a": [1, {"b": null}]}') == {"a": [1, {"b": None}]}
    for bad in (
        b'{"a":1,"a":2}',
        b'{"x":{"a":1,"a":1}}',
        b'{"a":NaN}',
        b'{"a":-Infinity}',
        b"[1]",
        b"",
        b"\xff{}",
        b"{}x",
    ):
        assert reason(strict.read_object, bad) == "form"
    assert reason(strict.read_json, b"[" * 40 + b"]" * 40) == "form"
    assert reason(strict.read_json, b"[" * 200_000) == "form"
    assert reason(strict.read_json, b'{"a":' * 100_000) == "form"
    assert reason(strict.read_json, b'{"a":' + b"9" * 10_000 + b"}") == "form"
    assert reason(strict.read_json, b'"' + b"x" * (1 << 20) + b'"') == "too-large"


def test_base64url_has_one_spelling():
    assert strict.from_base64url("AQ") == b"\x01"
    for bad in ("AQ==", "A", "AR", "A+", "A/", "A Q", "AQ\n", "Ａ"):
        assert reason(strict.from_base64url, bad) == "form"


@given(st.binary(max_size=60))
def test_base64url_goes_both_ways(data):
    assert strict.from_base64url(strict.base64url(data)) == data


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text(max_size=9) | st.binary(max_size=9),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
        max_leaves=20,
    )
)
def test_what_the_library_writes_is_read(value):
    assert strict.read_cbor(cbor2.dumps(value)) == value


@given(st.binary(max_size=80))
def test_any_bytes_are_read_or_refused(data):
    with contextlib.suppress(CredentialError):
        strict.read_cbor(data)
    for read in (cosesign.read, lambda raw: peek(*recognise(raw))):
        with pytest.raises(CredentialError):
            read(data)


def test_cbor_has_one_meaning_and_bounds():
    deep, wide = b"\x81" * 100 + b"\x00", b"\x9a\x00\x0f\x42\x40" + b"\x00" * 1_000_000
    twice, longer = b"\xa2\x01\x01\x01\x02", b"\xa2\x01\x01\x18\x01\x02"
    endless, pattern, big = b"\x9f\x01\xff", b"\xd8\x23\x61\x61", b"\xc2\x42\x01\x00"
    lying, after = b"\x5b\x7f\xff\xff\xff\xff\xff\xff\xff", b"\x00\x00"
    shared = b"\xd8\x1c\x81\xd8\x1d\x00"
    for bad in (deep, wide, twice, longer, endless, pattern, big, lying, after, shared, b"", b"\x1c"):
        assert reason(strict.read_cbor, bad) == "form"
    assert strict.read_cbor(b"\xfb\x00\x00\x00\x00\x00\x00\x00\x00") == 0.0


def test_no_algorithm_but_the_keys_own():
    good = jose.sign({"a": 1}, KEY, {"typ": "x"})
    assert jose.read(good).verify([P256, PUBLIC], {"x"}) == PUBLIC
    _, payload, signature = good.split(".")
    for name, expected in {
        "none": "algorithm",
        "NONE": "algorithm",
        "HS256": "algorithm",
        "RS256": "algorithm",
    }.items():
        for sign in (signature, ""):
            text = f"{part({'alg': name, 'typ': 'x', 'kid': PUBLIC.id})}.{payload}.{sign}"
            assert reason(jose.read(text).verify, [PUBLIC], {"x"}) == expected
    # The public key as the secret of a MAC.
    head = part({"alg": "HS256", "typ": "x", "kid": PUBLIC.id})
    mac = hmac.HMAC(KEY.public_key().public_bytes_raw(), hashes.SHA256())
    mac.update(f"{head}.{payload}".encode())
    forged = jose.read(f"{head}.{payload}.{strict.base64url(mac.finalize())}")
    assert reason(forged.verify, [PUBLIC], {"x"}) == "algorithm"
    # A key that is called so but signs otherwise.
    other = jose.read(es256({"a": 1}, {"alg": "ES256", "typ": "x", "kid": PUBLIC.id}))
    assert reason(other.verify, [PUBLIC, P256], {"x"}) == "algorithm"
    assert jose.read(es256({"a": 1}, {"alg": "ES256", "typ": "x"})).verify([PUBLIC, P256], {"x"}) == P256


def test_a_header_that_brings_a_key_or_asks_for_more_is_refused():
    for extra, expected in {
        "jwk": "key",
        "jku": "key",
        "x5u": "key",
        "crit": "form",
        "b64": "form",
    }.items():
        assert reason(jose.read, jose.sign({}, KEY, {"typ": "x", extra: ["x"]})) == expected
    for bad in ("", "a.b", "a.b.c.d", "a.b.c", f"{part({})}.!.x", "." * 2):
        assert reason(jose.read, bad) == "form"
    assert reason(jose.read, "x" * (1 << 21)) == "too-large"


def test_a_jws_means_one_thing_by_its_type():
    signed = jose.read(jose.sign({}, KEY, {"typ": "application/statuslist+jwt"}))
    assert signed.verify([PUBLIC], {"statuslist+jwt"}) == PUBLIC
    assert reason(signed.verify, [PUBLIC], {"vc+jwt"}) == "type"
    assert reason(jose.read(jose.sign({}, KEY, {})).verify, [PUBLIC], {"vc+jwt"}) == "type"


def test_ecdsa_signatures_have_the_curves_length_and_none_is_all_zero():
    text, _, signature = es256({"a": 1}, {"alg": "ES256", "typ": "x"}).rpartition(".")
    raw = strict.from_base64url(signature)
    for bad in (b"", bytes(64), raw[:-1], raw + b"\x00", b"\x00" + raw, raw[32:] + raw[:32]):
        assert reason(jose.read(f"{text}.{strict.base64url(bad)}").verify, [P256], {"x"}) == "signature"


def test_keys_are_public_and_of_few_kinds():
    plain = {"kty": "OKP", "crv": "Ed25519", "x": part(KEY.public_key().public_bytes_raw())}
    assert keys.from_jwk(plain).id == PUBLIC.id
    numbers = rsa.generate_private_key(65537, 2048).public_key().public_numbers()
    point = SECP.public_key().public_numbers()
    on_curve = {"kty": "EC", "crv": "P-256", "x": part(point.x.to_bytes(32)), "y": part(point.y.to_bytes(32))}
    assert keys.from_jwk(on_curve).id == P256.id
    for bad in (
        plain | {"d": part(bytes(32))},
        {"kty": "oct", "k": part(bytes(32))},
        {"kty": "RSA", "n": part(numbers.n.to_bytes(256)), "e": "AQAB"},
        plain | {"crv": "X25519"},
        plain | {"alg": "ES256"},
        plain | {"use": "enc"},
        plain | {"key_ops": ["sign"]},
        plain | {"x": "AA"},
        on_curve | {"y": part((point.y ^ 1).to_bytes(32))},
        on_curve | {"kty": "OKP"},
        {},
        {"kty": ["OKP"], "crv": ["Ed25519"]},
    ):
        assert reason(keys.from_jwk, bad) == "key"
    assert [k.id for k in keys.from_jwks({"keys": [plain, {"kty": "RSA", "n": "AQ", "e": "AQ"}]})] == [PUBLIC.id]
    assert reason(keys.from_jwks, {"keys": [plain] * 33}) == "key"
    assert reason(keys.from_jwks, {"keys": [{"kty": "oct", "k": "AA"}]}) == "key"


def test_a_cose_sign1_of_ours_is_read_and_others_are_refused():
    good = cose.sign(b"payload", KEY, "vc+cose")
    assert cosesign.read(good).verify([PUBLIC], {"vc+cose"}) == PUBLIC
    assert cosesign.read(b"\xd8\x3d" + good).payload == b"payload"
    protected, unprotected, payload, signature = cbor2.loads(good).value
    for value, expected in {
        "swapped": ([protected, unprotected, b"other", signature], "signature"),
        "short": ([protected, unprotected, payload, signature[:-1]], "signature"),
    }.values():
        changed = cosesign.read(cbor2.dumps(cbor2.CBORTag(18, value)))
        assert reason(changed.verify, [PUBLIC], {"vc+cose"}) == expected
    hmac_header = cbor2.dumps({1: 5, 4: cose.key_id(KEY.public_key()), 16: "vc+cose"})
    mac = cosesign.read(cbor2.dumps(cbor2.CBORTag(18, [hmac_header, {}, payload, signature])))
    assert reason(mac.verify, [PUBLIC], {"vc+cose"}) == "algorithm"
    for bad in (
        cbor2.CBORTag(18, [protected, {1: -8}, payload, signature]),
        cbor2.CBORTag(18, [cbor2.dumps({1: -8, 2: [99]}), {}, payload, signature]),
        cbor2.CBORTag(18, [protected, {16: "x"}, payload, signature]),
        cbor2.CBORTag(18, [protected, unprotected, None, signature]),
        cbor2.CBORTag(18, [protected, unprotected, payload]),
        [protected, unprotected, payload, signature],
        {},
    ):
        assert reason(cosesign.read, cbor2.dumps(bad)) == "form"


def test_files_of_other_kinds_are_named_and_bombs_do_not_go_off():
    assert recognise(b"%PDF-1.7 ...")[0] == "pdf"
    assert recognise(b"\xef\xbb\xbf <?xml version='1.0'?><a/>")[0] == "xml"
    for bad in (b"", b"hello", b"PK\x03\x04", gzip.compress(b"x" * 10_000), zlib.compress(bytes(10_000)), b"\x00" * 99):
        assert reason(lambda raw: peek(*recognise(raw)), bad) in ("form", "too-large")
    assert reason(recognise, b"a" * (2 << 20)) == "too-large"
    assert reason(recognise, b'{"a": 1}') == "form"
    assert reason(recognise, base64.b64encode(b"\xd2\x84")) == "form"
