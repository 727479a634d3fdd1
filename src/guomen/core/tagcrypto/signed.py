"""Signed codes for cartons and documents: anybody with the issuer's public key reads them without a network.

The text is ``GM1:`` and, in base45, a COSE_Sign1 over CWT claims (RFC 8392): issuer, subject, issued, expires, and
where a status list tells whether it was revoked (draft-ietf-oauth-status-list, claim 65535). It fits a QR code in its
alphanumeric mode. It proves who issued it, not that this print is the first: a photograph verifies too
(class C of :mod:`guomen.core.tagcrypto.chips`).
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple

import base45  # type: ignore[import-untyped]
import cbor2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from guomen.core import cose

PREFIX = "GM1:"
KIND = "gm1"
MAX_LENGTH = 2000
_ISS, _SUB, _EXP, _IAT, _STATUS = 1, 2, 4, 6, 65535

Reason = Literal["form", "type", "key", "signature", "expired", "revoked"]


class SignedCodeError(ValueError):
    """A text is no valid code: ``reason`` is "form", "type", "key" (nobody we know), "signature", "expired", "revoked".

    Only who asks a status list knows "revoked".
    """

    def __init__(self, reason: Reason) -> None:
        super().__init__(f"not a valid signed code: {reason}")
        self.reason: Reason = reason


class Status(NamedTuple):
    """Where a code's state stands: its number (from 0) in the status list at an address."""

    number: int
    uri: str


class SignedCode(NamedTuple):
    """What a signed code says: who issued it about what (a URI), when, and until when it may be relied on."""

    issuer: str
    subject: str
    issued_at: datetime
    expires_at: datetime | None = None
    status: Status | None = None


def sign(code: SignedCode, key: cose.Signer) -> str:
    """The text for the QR code. Moments are cut to whole seconds."""
    claims: dict[int, object] = {_ISS: code.issuer, _SUB: code.subject, _IAT: int(code.issued_at.timestamp())}
    if code.expires_at is not None:
        claims[_EXP] = int(code.expires_at.timestamp())
    if code.status is not None:
        claims[_STATUS] = {"status_list": {"idx": code.status.number, "uri": code.status.uri}}
    return PREFIX + str(base45.b45encode(cose.sign(cbor2.dumps(claims, canonical=True), key, KIND)), "ascii")


def read(text: str, keys: Iterable[Ed25519PublicKey], at: datetime) -> SignedCode:
    """Check a scanned text against the keys of known issuers, at a moment; SignedCodeError otherwise."""
    text = text.strip("\r\n\t")
    if not text.startswith(PREFIX) or len(text) > MAX_LENGTH:
        raise SignedCodeError("form")
    try:
        payload = cose.verify(base45.b45decode(text.removeprefix(PREFIX)), keys, KIND)
    except cose.CoseError as error:
        raise SignedCodeError(error.reason) from None
    except ValueError:
        raise SignedCodeError("form") from None
    try:
        claims = cbor2.loads(payload)
        expires = claims.get(_EXP)
        until = _moment(expires) if expires else None
        code = SignedCode(claims[_ISS], claims[_SUB], _moment(claims[_IAT]), until, _status(claims.get(_STATUS)))
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, cbor2.CBORDecodeError):
        raise SignedCodeError("form") from None
    if code.expires_at is not None and at >= code.expires_at:
        raise SignedCodeError("expired")
    return code


def _status(found: Any) -> Status | None:
    return Status(int(found["status_list"]["idx"]), str(found["status_list"]["uri"])) if found else None


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
