"""IETF Token Status List: the state of each of many things in one, two, four or eight bits, signed and compressed.

A thing has an index in a list; the list lies at an address and is fetched whole, so that nobody learns whose state was
asked for. Secured as JWT or as CWT (draft-ietf-oauth-status-list).
"""

import base64
import json
import zlib
from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple

import cbor2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jws
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jwk import OKPKey

from guomen.core import cose

VALID, INVALID, SUSPENDED = 0, 1, 2
"""The registered states; 3 and 0xB to 0xF are left to applications."""
JWT_TYPE, CWT_TYPE = "statuslist+jwt", "application/statuslist+cwt"
MAX_BYTES = 64 << 20
"""Of an unpacked list: half a billion things of one bit each."""

_ALGORITHM = "EdDSA"
_SUB, _EXP, _IAT, _TTL, _LIST = 2, 4, 6, 65534, 65533
Reason = Literal["form", "type", "key", "signature"]


class StatusListError(ValueError):
    """A text or bytes are no status list that one of the keys signed; ``reason`` as of :class:`cose.CoseError`."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(f"not a valid status list: {reason}")
        self.reason: Reason = reason


class StatusList:
    """States of ``count`` things, ``bits`` each, all valid at first. The lowest bits of a byte come first."""

    __slots__ = ("bits", "raw")

    def __init__(self, bits: int, count: int = 0, states: Mapping[int, int] | None = None) -> None:
        if bits not in (1, 2, 4, 8):
            raise ValueError("a state has 1, 2, 4 or 8 bits")
        self.bits = bits
        self.raw = bytearray((count * bits + 7) // 8)
        for index, state in (states or {}).items():
            self[index] = state

    def __len__(self) -> int:
        return len(self.raw) * 8 // self.bits

    def __getitem__(self, index: int) -> int:
        at, shift = self._place(index)
        return self.raw[at] >> shift & (1 << self.bits) - 1

    def __setitem__(self, index: int, state: int) -> None:
        self._require(state)
        at, shift = self._place(index)
        self.raw[at] = self.raw[at] & ~((1 << self.bits) - 1 << shift) & 0xFF | state << shift

    def fill(self, first: int, last: int, state: int) -> None:
        """Set the state of all from ``first`` to ``last``, both included."""
        if first > last:
            return
        self._require(state)
        self._place(first), self._place(last)
        a_byte = 8 // self.bits
        start, end = -(-first // a_byte), (last + 1) // a_byte
        if start < end:
            same = sum(state << at for at in range(0, 8, self.bits))
            self.raw[start:end] = bytes([same]) * (end - start)
            edges = [*range(first, start * a_byte), *range(end * a_byte, last + 1)]
        else:
            edges = list(range(first, last + 1))
        for index in edges:
            self[index] = state

    def _require(self, state: int) -> None:
        if not 0 <= state < 1 << self.bits:
            raise ValueError(f"state {state} does not fit {self.bits} bits")

    def _place(self, index: int) -> tuple[int, int]:
        if not 0 <= index < len(self):
            raise IndexError("no such thing in the list")
        bit = index * self.bits
        return bit >> 3, bit & 7

    def packed(self) -> bytes:
        """Compressed as the draft recommends: zlib, level 9."""
        return zlib.compress(self.raw, 9)

    @classmethod
    def unpack(cls, bits: int, packed: bytes) -> "StatusList":
        """The list from its compressed bytes; ValueError for others, and beyond ``MAX_BYTES``."""
        made = cls(bits)
        unpacking = zlib.decompressobj()
        try:
            made.raw = bytearray(unpacking.decompress(packed, MAX_BYTES))
        except zlib.error:
            raise ValueError("not compressed with zlib") from None
        if not unpacking.eof or unpacking.unused_data:
            raise ValueError("cut off, followed by something, or too large")
        return made


class SignedList(NamedTuple):
    """A status list as it is published. Moments are seconds since 1970, ``ttl`` the seconds until a newer one."""

    uri: str
    issued_at: int
    list: StatusList
    expires_at: int | None = None
    ttl: int | None = None


def as_jwt(signed: SignedList, key: cose.Signer) -> str:
    """The list as a JWT, media type ``application/statuslist+jwt``."""
    claims: dict[str, object] = {
        "sub": signed.uri,
        "iat": signed.issued_at,
        "exp": signed.expires_at,
        "ttl": signed.ttl,
    }
    claims["status_list"] = {"bits": signed.list.bits, "lst": _base64url(signed.list.packed())}
    header = {"alg": _ALGORITHM, "kid": cose.key_id(key.public_key()).hex(), "typ": JWT_TYPE}
    known = {name: value for name, value in claims.items() if value is not None}
    # Put together here: the key may stay in a security module, and joserfc wants to hold the keys that it signs with.
    text = ".".join(_base64url(json.dumps(part, separators=(",", ":")).encode()) for part in (header, known))
    return f"{text}.{_base64url(key.sign(text.encode()))}"


def from_jwt(text: str, keys: Iterable[Ed25519PublicKey]) -> SignedList:
    """The list in a JWT that one of ``keys`` signed; StatusListError otherwise. Whether it expired the caller asks."""
    try:
        header = jws.extract_compact(text.encode()).headers()
    except (JoseError, ValueError):
        raise StatusListError("form") from None
    if header.get("typ") != JWT_TYPE:
        raise StatusListError("type")
    public = next((key for key in keys if cose.key_id(key).hex() == header.get("kid")), None)
    if public is None:
        raise StatusListError("key")
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    try:
        payload = jws.deserialize_compact(text, OKPKey.import_key(pem), registry=_OnlyEdDSA()).payload
    except (JoseError, ValueError):
        raise StatusListError("signature") from None
    try:
        claims = json.loads(payload)
        found = claims["status_list"]
        packed = base64.urlsafe_b64decode(found["lst"] + "=" * (-len(found["lst"]) % 4))
        states = StatusList.unpack(found["bits"], packed)
        return SignedList(claims["sub"], claims["iat"], states, claims.get("exp"), claims.get("ttl"))
    except (ValueError, KeyError, TypeError):
        raise StatusListError("form") from None


def as_cwt(signed: SignedList, key: cose.Signer) -> bytes:
    """The list as a CWT, media type ``application/statuslist+cwt``."""
    claims = {_SUB: signed.uri, _IAT: signed.issued_at, _EXP: signed.expires_at, _TTL: signed.ttl}
    known: dict[int, object] = {name: value for name, value in claims.items() if value is not None}
    known[_LIST] = {"bits": signed.list.bits, "lst": signed.list.packed()}
    return cose.sign(cbor2.dumps(known, canonical=True), key, CWT_TYPE)


def from_cwt(data: bytes, keys: Iterable[Ed25519PublicKey]) -> SignedList:
    """The list in a CWT that one of ``keys`` signed; StatusListError otherwise."""
    try:
        payload = cose.verify(data, keys, CWT_TYPE)
    except cose.CoseError as error:
        raise StatusListError(error.reason) from None
    try:
        claims = cbor2.loads(payload)
        states = StatusList.unpack(claims[_LIST]["bits"], claims[_LIST]["lst"])
        return SignedList(claims[_SUB], claims[_IAT], states, claims.get(_EXP), claims.get(_TTL))
    except (ValueError, KeyError, TypeError, cbor2.CBORDecodeError):
        raise StatusListError("form") from None


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class _OnlyEdDSA(jws.JWSRegistry):
    """One algorithm, by the name that today's verifiers know (decision 13)."""

    def get_alg(self, name: str) -> Any:
        if name != _ALGORITHM:
            raise UnsupportedAlgorithmError(f"only {_ALGORITHM} is accepted")
        return self.algorithms[name]
