"""Secret keys of this installation by name, for every capability; :mod:`guomen.kit.keystore` keeps them.

They belong in the backup: without them the log cannot go on and tags cannot be checked.
"""

import secrets
from functools import cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from guomen.kit.keystore import KeyMissingError, Keystore, P256Signer, Secret, Signer, keystore

__all__ = [
    "KeyMissingError",
    "P256Signer",
    "Secret",
    "Signer",
    "names",
    "p256",
    "seal",
    "secret",
    "signer",
    "store",
    "unseal",
]


def store() -> Keystore:
    """The keystore of this installation."""
    return keystore(Path(settings.GUOMEN.home), settings.GUOMEN.keys_unlock)


@cache
def secret(name: str, *, make: bool = True) -> Secret:
    """32 secret bytes called ``name``, made on first use; KeyMissingError when they are absent and not ``make``."""
    return store().secret(name, make=make)


def names() -> frozenset[str]:
    """The keys that exist now."""
    return store().names()


def seal(name: str, plain: bytes, about: bytes) -> bytes:
    """Encrypt for our own tables with the key ``name`` (AES-256-GCM): who reads only the database learns nothing.

    ``about`` says whose it is, so that a row cannot be copied to another place.
    """
    nonce = secrets.token_bytes(12)
    return nonce + AESGCM(secret(name)).encrypt(nonce, plain, about)


def unseal(name: str, sealed: bytes, about: bytes) -> bytes:
    """What :func:`seal` encrypted. Raises ValueError when it was with another key, or is of another place."""
    try:
        return AESGCM(secret(name)).decrypt(sealed[:12], sealed[12:], about)
    except InvalidTag:
        raise ValueError(f"the key {name} does not open this")


@cache
def p256(name: str) -> P256Signer:
    """The P-256 key called ``name``, for PDF and X.509, whose readers know no Ed25519."""
    return store().p256(name)


@cache
def signer(name: str) -> Signer:
    """The Ed25519 key called ``name``."""
    return store().signer(name)
