"""COSE_Sign1 (RFC 9052) with Ed25519: bytes that anybody with the public key can check without asking.

The signing itself is the library `cwt`; here is what we ask of it: one algorithm, a key id of eight bytes, a type that
keeps one kind of signed bytes from being taken for another (RFC 9596), and nothing after the end.
"""

import hashlib
from collections.abc import Iterable
from io import BytesIO
from typing import Any, Literal, Protocol

import cbor2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cwt import COSE, COSEKey
from cwt.cose_key_interface import COSEKeyInterface

MAX_BYTES = 16 << 20
Reason = Literal["form", "type", "key", "signature"]

_ALG, _KID, _TYPE = 1, 4, 16
_EDDSA = -8


class Signer(Protocol):
    """An Ed25519 key that signs; it may stay in a security module."""

    def sign(self, data: bytes, /) -> bytes:
        """The 64 bytes of the signature."""

    def public_key(self) -> Ed25519PublicKey:
        """The public half."""


class CoseError(ValueError):
    """Bytes are no signature of ours: ``reason`` is "form", "type", "key" (nobody we know) or "signature"."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(f"not a valid signature: {reason}")
        self.reason: Reason = reason


def key_id(public: Ed25519PublicKey) -> bytes:
    """The first eight bytes of the SHA-256 of the public key."""
    return hashlib.sha256(public.public_bytes_raw()).digest()[:8]


def sign(payload: bytes, key: Signer, kind: str) -> bytes:
    """Sign bytes as ``kind`` (a media type or a name of ours). Signing the same twice gives the same bytes."""
    protected = {_ALG: _EDDSA, _KID: key_id(key.public_key()), _TYPE: kind}
    return bytes(COSE.new().encode(payload, _Outside(key), protected))


class _Outside(COSEKeyInterface):
    """A key that the library asks to sign without holding it."""

    def __init__(self, key: Signer) -> None:
        super().__init__({1: 1, 3: _EDDSA, 4: [1]})
        self._signer = key

    @property
    def key(self) -> Any:
        return self._signer

    def sign(self, msg: bytes) -> bytes:
        return self._signer.sign(msg)


def verify(data: bytes, keys: Iterable[Ed25519PublicKey], kind: str) -> bytes:
    """The payload that one of ``keys`` signed as ``kind``; CoseError otherwise."""
    header = _protected(data)
    if header.get(_ALG) != _EDDSA or header.get(_TYPE) != kind:
        raise CoseError("type")
    public = next((key for key in keys if key_id(key) == header.get(_KID)), None)
    if public is None:
        raise CoseError("key")
    try:
        return bytes(COSE.new().decode(data, COSEKey.new(_parameters(public))))
    except Exception:  # the library's own errors, and what malformed CBOR makes of it
        raise CoseError("signature") from None


def _protected(data: bytes) -> dict[object, object]:
    if len(data) > MAX_BYTES:
        raise CoseError("form")
    stream = BytesIO(data)
    try:
        found = cbor2.load(stream)
        protected = cbor2.loads(found.value[0])
    except Exception:  # CBOR can break off or nest anywhere
        raise CoseError("form") from None
    if found.tag != 18 or len(found.value) != 4 or stream.read(1) or not isinstance(protected, dict):
        raise CoseError("form")
    return protected


def _parameters(public: Ed25519PublicKey) -> dict[int, object]:
    return {1: 1, 2: key_id(public), 3: _EDDSA, -1: 6, -2: public.public_bytes_raw()}
