"""IETF Token Status List: the state of each of many things in one, two, four or eight bits, signed and compressed.

A thing has an index in a list; the list lies at an address and is fetched whole, so that nobody learns whose state was
asked for. Secured as JWT or as CWT (draft-ietf-oauth-status-list-17). Ours are signed with Ed25519; those of others are
read with any key that is known.
"""

import zlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

import cbor2

from guomen.core import cose
from guomen.core.credentials import cosesign, jose
from guomen.core.credentials.errors import CredentialError
from guomen.core.credentials.keys import PublicKey, Signer
from guomen.core.credentials.strict import base64url, from_base64url, read_cbor

VALID, INVALID, SUSPENDED = 0, 1, 2
"""The registered states; 3 and 0xB to 0xF are left to applications."""
JWT_TYPE, CWT_TYPE = "application/statuslist+jwt", "application/statuslist+cwt"
MAX_BYTES = 64 << 20
"""Of an unpacked list: half a billion things of one bit each."""
_SUB, _EXP, _IAT, _TTL, _LIST = 2, 4, 6, 65534, 65533


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


def as_jwt(signed: SignedList, key: Signer) -> str:
    """The list as a JWT, media type ``JWT_TYPE``; its key id is the one of a key set (RFC 7638)."""
    claims: dict[str, Any] = {"sub": signed.uri, "iat": signed.issued_at, "exp": signed.expires_at, "ttl": signed.ttl}
    claims["status_list"] = {"bits": signed.list.bits, "lst": base64url(signed.list.packed())}
    return jose.sign(_said(claims), key, {"typ": jose.media_type(JWT_TYPE)})


def as_cwt(signed: SignedList, key: Signer) -> bytes:
    """The list as a CWT, media type ``CWT_TYPE``."""
    claims = {_SUB: signed.uri, _IAT: signed.issued_at, _EXP: signed.expires_at, _TTL: signed.ttl}
    numbered = _said(claims) | {_LIST: {"bits": signed.list.bits, "lst": signed.list.packed()}}
    return cose.sign(cbor2.dumps(numbered, canonical=True), key, CWT_TYPE)


def _said(claims: Mapping[Any, Any]) -> dict[Any, Any]:
    return {name: value for name, value in claims.items() if value is not None}


def read(token: str | bytes, known: Iterable[PublicKey]) -> SignedList:
    """The list that one of the known keys signed: text is a JWT, bytes are a CWT. CredentialError otherwise.

    Whether it has expired, and is the list of the address that was asked, the caller judges.
    """
    try:
        if isinstance(token, bytes):
            cwt = cosesign.read(token)
            key = cwt.verify(known, {jose.media_type(CWT_TYPE)})
            claims = read_cbor(cwt.payload)
            names: tuple[Any, ...] = (_SUB, _IAT, _EXP, _TTL)
            found, packed = claims[_LIST], claims[_LIST]["lst"]
        else:
            jws = jose.read(token)
            key = jws.verify(known, {jose.media_type(JWT_TYPE)})
            claims = jws.claims()
            names = ("sub", "iat", "exp", "ttl")
            found, packed = claims["status_list"], from_base64url(claims["status_list"]["lst"])
        address, issued, expires, ttl = (claims.get(name) for name in names)
        states = StatusList.unpack(found["bits"], packed)
    except CredentialError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError):
        raise CredentialError("model", "no status list") from None
    moments = (issued, *(one for one in (expires, ttl) if one is not None))
    if not isinstance(address, str) or not all(isinstance(one, int) for one in moments):
        raise CredentialError("model", "claims of the status list")
    try:
        key.require_in_use(datetime.fromtimestamp(issued, UTC))
    except (ValueError, OverflowError, OSError) as error:
        raise error if isinstance(error, CredentialError) else CredentialError("model", "iat") from None
    return SignedList(address, issued, states, expires, ttl)
