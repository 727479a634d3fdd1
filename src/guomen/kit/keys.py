"""Secret keys of this installation: 32 random bytes each, in a file that only the service can read.

The files under ``<home>/keys`` belong in the backup: without them the log cannot go on and tags cannot be checked.
"""

import contextlib
import os
import secrets
from functools import cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings


def load_or_create(folder: Path, name: str) -> bytes:
    """The key ``name`` in ``folder``, made on first use. Two processes that race both get the same key."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / name
    try:
        return path.read_bytes()
    except FileNotFoundError:
        pass
    temporary = folder / f".{name}.{os.getpid()}.{secrets.token_hex(4)}"
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_bytes(32))
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(FileExistsError):
        os.link(temporary, path)
    os.unlink(temporary)
    return path.read_bytes()


@cache
def secret(name: str) -> bytes:
    """32 secret bytes called ``name``."""
    return load_or_create(Path(settings.GUOMEN.home) / "keys", name)


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


def signer(name: str) -> Ed25519PrivateKey:
    """The Ed25519 key called ``name``."""
    return Ed25519PrivateKey.from_private_bytes(secret(name))
