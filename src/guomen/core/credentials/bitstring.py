"""W3C Bitstring Status List v1.0: one bit for each credential and purpose, compressed, inside a credential."""

import gzip
import zlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from guomen.core.credentials import vc
from guomen.core.credentials.errors import CredentialError
from guomen.core.credentials.strict import base64url, from_base64url

LEAST = 131_072
"""Bits of a list (section 3.2 of the recommendation): so many that asking for a list says little about one of them."""
MAX_BYTES = 4 << 20
"""Of an unpacked list: 33 million credentials."""


def pack(indexes: Iterable[int], count: int = LEAST) -> str:
    """The list in which the bits of ``indexes`` are set; the first bit is the highest of the first byte."""
    if count < LEAST or count % 8:
        raise ValueError(f"a list has at least {LEAST} bits, and whole bytes")
    raw = bytearray(count // 8)
    for index in indexes:
        if not 0 <= index < count:
            raise IndexError("no such credential in the list")
        raw[index >> 3] |= 128 >> (index & 7)
    return "u" + base64url(gzip.compress(bytes(raw), 9, mtime=0))


def unpack(text: str) -> bytes:
    """The bits of a list; CredentialError when it is none, too short, or unpacks beyond ``MAX_BYTES``."""
    if not text.startswith("u"):
        raise CredentialError("form", "not multibase of base64url")
    unpacking = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        raw = unpacking.decompress(from_base64url(text[1:]), MAX_BYTES)
    except zlib.error:
        raise CredentialError("form", "not compressed with gzip") from None
    if unpacking.unconsumed_tail:
        raise CredentialError("too-large", f"unpacks to more than {MAX_BYTES} bytes")
    if not unpacking.eof or unpacking.unused_data:
        raise CredentialError("form", "cut off, or followed by something")
    if len(raw) * 8 < LEAST:
        raise CredentialError("model", "the list is too short to hide in")
    return raw


def is_set(raw: bytes, index: int) -> bool:
    """Whether the bit of a credential is set; CredentialError beyond the end."""
    if not 0 <= index < len(raw) * 8:
        raise CredentialError("model", "no such credential in the list")
    return bool(raw[index >> 3] & 128 >> (index & 7))


def document(
    address: str, issuer: Any, purpose: str, indexes: Iterable[int], made: datetime, until: datetime
) -> dict[str, Any]:
    """The credential that holds a list. purpose: "revocation" or "suspension"; moments are aware."""
    return {
        "@context": [vc.CONTEXT],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer,
        "validFrom": stamp(made),
        "validUntil": stamp(until),
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "encodedList": pack(indexes),
        },
    }


def read(claims: Mapping[str, Any], address: str, purpose: str) -> bytes:
    """The bits in a verified status list credential that lies at ``address``; CredentialError when it is another."""
    subject = claims.get("credentialSubject")
    if claims.get("id") not in (None, address) or "BitstringStatusListCredential" not in claims.get("type", []):
        raise CredentialError("model", "not the list of this address")
    if not isinstance(subject, dict) or subject.get("type") != "BitstringStatusList":
        raise CredentialError("model", "no status list")
    purposes = subject.get("statusPurpose")
    if purpose not in (purposes if isinstance(purposes, list) else [purposes]):
        raise CredentialError("model", "a list for another purpose")
    if not isinstance(subject.get("encodedList"), str):
        raise CredentialError("model", "no list")
    return unpack(subject["encodedList"])


def stamp(moment: datetime) -> str:
    """A moment as the data model writes it, in UTC and whole seconds."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
