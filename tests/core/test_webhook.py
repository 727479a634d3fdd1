"""The signature of a delivery."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest

from guomen.core.webhook import SignatureError, sign, verify

NOW = datetime(2026, 10, 1, 8, tzinfo=UTC)


def test_what_was_signed_is_believed_for_five_minutes_and_no_longer():
    header = sign("a secret", b"{}", NOW)
    verify("a secret", header, b"{}", NOW + timedelta(minutes=5))
    for late in (timedelta(minutes=5, seconds=1), timedelta(minutes=-6)):
        with pytest.raises(SignatureError, match="too old"):
            verify("a secret", header, b"{}", NOW + late)


@pytest.mark.parametrize(
    ("secret", "change", "body"),
    [
        ("another", lambda h: h, b"{}"),
        ("a secret", lambda h: h, b"{ }"),
        ("a secret", lambda h: h.replace("t=17", "t=18"), b"{}"),
        ("a secret", lambda h: "", b"{}"),
        ("a secret", lambda h: h + ",v1=" + "0" * 64, b"{}"),
        ("a secret", lambda h: h.upper(), b"{}"),
    ],
)
def test_a_signature_of_anything_else_is_not_believed(secret, change, body):
    with pytest.raises(SignatureError):
        verify(secret, change(sign("a secret", b"{}", NOW)), body, NOW)


def test_a_receiver_can_check_it_with_nothing_but_an_hmac():
    """As the documentation tells receivers to do it, in any language."""
    time, digest = sign("s3cret-s3cret", b'{"a":1}', NOW).split(",")
    wanted = hmac.new(b"s3cret-s3cret", time.removeprefix("t=").encode() + b"." + b'{"a":1}', hashlib.sha256)
    assert digest == f"v1={wanted.hexdigest()}"
