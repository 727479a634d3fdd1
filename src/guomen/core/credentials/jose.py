"""JWS in its compact form (RFC 7515) as credentials use it: a type, one algorithm, no extension that must be known."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from guomen.core.credentials import keys
from guomen.core.credentials.errors import CredentialError
from guomen.core.credentials.keys import PublicKey, Signer
from guomen.core.credentials.strict import MAX_BYTES, base64url, from_base64url, read_object

_APPLICATION = "application/"
_KEYS_INSIDE = ("jwk", "jku", "x5u")


@dataclass(frozen=True, slots=True)
class Jws:
    """A compact JWS, read but not believed."""

    header: Mapping[str, Any]
    payload: bytes
    signed: bytes
    signature: bytes

    @property
    def type(self) -> str:
        """The header's type without ``application/``, in small letters; empty when there is none."""
        return media_type(self.header.get("typ"))

    def claims(self) -> dict[str, Any]:
        return read_object(self.payload)

    def verify(self, known: Iterable[PublicKey], types: Collection[str]) -> PublicKey:
        """The key that signed it, as one of ``types``; CredentialError otherwise."""
        if self.type not in types:
            raise CredentialError("type", f"signed as {self.type or 'nothing'!r}"[:80])
        algorithm = keys.of_jose(self.header.get("alg"))
        name = self.header.get("kid")
        if name is not None and not isinstance(name, str):
            name = str(name)
        for key in keys.candidates(known, name, algorithm):
            if key.verify(self.signed, self.signature):
                return key
        raise CredentialError("signature")


def media_type(value: object) -> str:
    """A media type as headers shorten it: without ``application/`` and parameters, in small letters."""
    text = value.partition(";")[0].strip().lower() if isinstance(value, str) else ""
    return text.removeprefix(_APPLICATION)


def read(text: str) -> Jws:
    """Take a compact JWS apart; CredentialError when it is none, or when a reader of it would have to know more.

    A key that the text brings along (``jwk``, ``jku``, ``x5u``) is nobody's word for anything. It is refused rather
    than passed over: nobody adds it without hoping that somebody uses it. ``x5c`` may be there; it is not used.
    """
    if len(text) > MAX_BYTES:
        raise CredentialError("too-large", f"more than {MAX_BYTES} characters")
    parts = text.split(".")
    if len(parts) != 3:
        raise CredentialError("form", "not a compact JWS")
    header = read_object(from_base64url(parts[0]))
    if "crit" in header or "b64" in header:
        raise CredentialError("form", "an extension that must be understood")
    for name in _KEYS_INSIDE:
        if name in header:
            raise CredentialError("key", f"brings its own key ({name})")
    payload, signature = from_base64url(parts[1]), from_base64url(parts[2])
    return Jws(header, payload, f"{parts[0]}.{parts[1]}".encode(), signature)


def sign(payload: Mapping[str, Any], key: Signer, header: Mapping[str, Any]) -> str:
    """Sign claims with Ed25519. Signing the same twice gives the same text.

    Put together here: the key may stay in a security module, and joserfc wants to hold the keys that it signs with.
    """
    full = {"alg": "EdDSA", "kid": keys.from_public(key.public_key()).id} | dict(header)
    body = json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    parts = [json.dumps(full, separators=(",", ":")), body]
    text = ".".join(base64url(part.encode()) for part in parts)
    return f"{text}.{base64url(key.sign(text.encode()))}"
