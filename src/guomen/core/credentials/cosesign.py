"""COSE_Sign1 (RFC 9052, section 4.2) of any issuer. What we sign ourselves is narrower: :mod:`guomen.core.cose`."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import cbor2

from guomen.core.credentials import keys
from guomen.core.credentials.errors import CredentialError
from guomen.core.credentials.jose import media_type
from guomen.core.credentials.keys import PublicKey
from guomen.core.credentials.strict import read_cbor

_ALG, _CRIT, _CONTENT, _KID, _TYPE = 1, 2, 3, 4, 16
_SIGN1, _CWT = 18, 61


@dataclass(frozen=True, slots=True)
class Sign1:
    """A COSE_Sign1, read but not believed."""

    protected: Mapping[Any, Any]
    unprotected: Mapping[Any, Any]
    payload: bytes
    signed: bytes
    signature: bytes

    @property
    def type(self) -> str:
        """The type (RFC 9596) from the protected header as :func:`media_type` shortens it."""
        return media_type(self.protected.get(_TYPE))

    @property
    def content(self) -> str:
        return media_type(self.protected.get(_CONTENT))

    def verify(self, known: Iterable[PublicKey], types: Collection[str]) -> PublicKey:
        """The key that signed it, as one of ``types`` ("" for none); CredentialError otherwise."""
        if self.type not in types:
            raise CredentialError("type", f"signed as {self.type or 'nothing'!r}"[:80])
        algorithm = keys.of_cose(self.protected.get(_ALG))
        name = self.protected.get(_KID, self.unprotected.get(_KID))
        if name is not None and not isinstance(name, bytes):
            raise CredentialError("form", "a key id is bytes")
        for key in keys.candidates(known, name, algorithm):
            if key.verify(self.signed, self.signature):
                return key
        raise CredentialError("signature")


def read(data: bytes) -> Sign1:
    """Take a COSE_Sign1 apart, with or without the tag of a CWT before it; CredentialError when it is none."""
    found = read_cbor(data)
    if isinstance(found, cbor2.CBORTag) and found.tag == _CWT:
        found = found.value
    if not isinstance(found, cbor2.CBORTag) or found.tag != _SIGN1:
        raise CredentialError("form", "not a COSE_Sign1")
    match found.value:
        case [bytes() as head, dict() as unprotected, bytes() as payload, bytes() as signature]:
            protected = read_cbor(head) if head else {}
        case _:
            raise CredentialError("form", "not a COSE_Sign1")
    if not isinstance(protected, dict) or protected.keys() & unprotected.keys():
        raise CredentialError("form", "headers")
    if _CRIT in protected or _CRIT in unprotected or _ALG in unprotected:
        raise CredentialError("form", "an extension that must be understood, or an algorithm that nobody signed")
    signed = cbor2.dumps(["Signature1", head, b"", payload])
    return Sign1(protected, unprotected, payload, signed, signature)
