"""What a keystore can do, and how it fails."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from guomen.kit.keystore.secret import Secret


class KeystoreError(ValueError):
    """Keys cannot be reached; the message is a sentence for the operator and never holds key material."""


class KeyMissingError(KeystoreError):
    """A key that must exist does not: making another would quietly spoil all that the lost one protects."""


class Signer(Protocol):
    """An Ed25519 key that signs. Where it is, and whether it can be read, is its own matter."""

    def sign(self, data: bytes, /) -> bytes:
        """The 64 bytes of the signature."""

    def public_key(self) -> Ed25519PublicKey:
        """The public half."""


class P256Signer(Protocol):
    """A P-256 key that signs with ECDSA (FIPS 186-5), for readers that know no Ed25519: PDF and X.509."""

    def sign(self, data: bytes, /) -> bytes:
        """The signature over the SHA-256 of ``data``, in DER (RFC 3279, 2.2.3)."""

    def public_key(self) -> EllipticCurvePublicKey:
        """The public half."""


@dataclass(frozen=True, slots=True)
class Key:
    """What may be told of a key: its name, where it is ("file" or "hsm"), since when, and how to recognise it."""

    name: str
    where: str
    since: datetime | None
    check: str
    """8 hex digits that differ when the key differs: to compare a backup with the original."""


class Keystore(Protocol):
    """Named keys. Names have small letters, digits and hyphens."""

    def secret(self, name: str, *, make: bool = True) -> Secret:
        """The 32 secret bytes called ``name``, made on first use. KeyMissingError when absent and not ``make``."""

    def signer(self, name: str) -> Signer:
        """The Ed25519 key called ``name``, made on first use."""

    def p256(self, name: str) -> P256Signer:
        """The P-256 key called ``name``, made on first use."""

    def names(self) -> frozenset[str]:
        """The names of all keys that exist now."""

    def describe(self, name: str) -> Key:
        """What may be told of a key."""
