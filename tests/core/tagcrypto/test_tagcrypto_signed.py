"""Signed codes: anybody with the public key reads them, nobody without the private key makes them."""

from datetime import UTC, datetime, timedelta

import base45
import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from guomen.core import cose
from guomen.core.tagcrypto.signed import KIND, PREFIX, SignedCode, SignedCodeError, Status, read, sign

KEY, OTHER, EVE = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2, 3))
KNOWN = [OTHER.public_key(), KEY.public_key()]
AT = datetime(2026, 11, 26, tzinfo=UTC)
CODE = SignedCode("https://guomen.example", "https://id.gs1.org/00/395200010000000017", AT, AT + timedelta(days=90))


def in_base45(data: bytes) -> str:
    return base45.b45encode(data).decode()


def test_a_signed_code_is_read_by_whoever_knows_the_issuer() -> None:
    text = sign(CODE, KEY)
    assert read(text, KNOWN, AT) == CODE
    assert read(text + "\n", KNOWN, AT) == CODE
    assert set(text) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")
    assert len(text) < 270
    forever = CODE._replace(expires_at=None)
    assert read(sign(forever, KEY), KNOWN, AT + timedelta(days=9999)) == forever


def test_a_code_says_where_its_state_stands() -> None:
    listed = CODE._replace(status=Status(1_048_575, "https://guomen.example/tags/status/codes-0"))
    assert read(sign(listed, KEY), KNOWN, AT) == listed
    assert len(sign(listed, KEY)) < 400
    for wrong in ({"status_list": {"idx": 1}}, {"status_list": 5}, {"idx": 1, "uri": "x"}, [1], "x"):
        claims = {1: "https://guomen.example", 2: CODE.subject, 6: int(AT.timestamp()), 65535: wrong}
        text = PREFIX + in_base45(cose.sign(cbor2.dumps(claims), KEY, KIND))
        assert reason(text) == "form"


def reason(text: str, keys=None, at: datetime = AT) -> str:
    with pytest.raises(SignedCodeError) as caught:
        read(text, KNOWN if keys is None else keys, at)
    return caught.value.reason


def test_what_is_no_signed_code_says_why() -> None:
    text = sign(CODE, KEY)
    assert reason(sign(CODE, EVE)) == "key"
    assert reason(text, []) == "key"
    assert reason(text, at=AT + timedelta(days=90)) == "expired"
    assert reason(text.removeprefix(PREFIX)) == "form"
    assert reason(text + "0" * 2000) == "form"
    assert reason(text[:-3]) == "form"
    assert reason(PREFIX + in_base45(cose.sign(b"", KEY, "something else"))) == "type"
    assert reason(PREFIX + in_base45(cose.sign(b"\x80", KEY, KIND))) == "form"
    assert reason(PREFIX + in_base45(cose.sign(b"\xa3\x01\x61a\x02\x61b\x06\x1b" + b"\xff" * 8, KEY, KIND))) == "form"


@given(st.data())
def test_no_changed_byte_passes(data) -> None:
    raw = bytearray(base45.b45decode(sign(CODE, KEY).removeprefix(PREFIX)))
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at] ^= data.draw(st.integers(1, 255))
    assert reason(PREFIX + in_base45(bytes(raw))) in {"form", "type", "key", "signature"}


@given(st.text(max_size=80))
def test_any_text_is_answered_with_a_reason(text) -> None:
    for tried in (text, PREFIX + text):
        assert reason(tried) in {"form", "type", "key", "signature"}
