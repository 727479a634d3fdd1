"""The default keystore: a folder with one encrypted file for each key (AES-256-GCM under the store's key).

A file's name is bound into its encryption: who can write into the folder cannot put one key in another's place. Files
of versions before encryption, 32 plain bytes, are encrypted where they are when the folder is opened.
"""

import hmac
import re
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from guomen.kit import disk
from guomen.kit.keystore.interface import Key, KeyMissingError, KeystoreError, P256Signer, Signer
from guomen.kit.keystore.secret import Secret

_MAGIC = b"GUOMEN-KEY-1\n"
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_SIZE = 32
_NONCE = 12
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def check_of(secret: bytes) -> str:
    """Eight hex digits by which a key is recognised; they tell nothing else about it."""
    return hmac.digest(secret, b"guomen key check", "sha256")[:4].hex()


def seal(key: bytes, plain: bytes, about: bytes) -> bytes:
    """Encrypt ``plain``, bound to what it is about."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, about)


def unseal(key: bytes, sealed: bytes, about: bytes) -> Secret:
    """What :func:`seal` encrypted. Raises InvalidTag."""
    return Secret(AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], about))


def p256_of(secret: bytes) -> ec.EllipticCurvePrivateKey:
    """The P-256 key that 32 secret bytes stand for: 128 bits more than the order, reduced (FIPS 186-5, A.2.1)."""
    wide = HKDFExpand(SHA256(), 48, b"guomen P-256").derive(secret)
    return ec.derive_private_key(int.from_bytes(wide) % (_ORDER - 1) + 1, ec.SECP256R1())


class FileP256:
    """A P-256 key in memory."""

    def __init__(self, key: ec.EllipticCurvePrivateKey) -> None:
        self._key = key

    def sign(self, data: bytes, /) -> bytes:
        return self._key.sign(data, ec.ECDSA(SHA256()))

    def public_key(self) -> ec.EllipticCurvePublicKey:
        return self._key.public_key()


class SealedFolder:
    """A folder of encrypted keys, open."""

    def __init__(self, folder: Path, store_key: Secret) -> None:
        self.folder, self._store_key, self._known = folder, store_key, dict[str, Secret]()
        for name in self.names():
            self._encrypt_plain(name)

    def __repr__(self) -> str:
        return f"SealedFolder({str(self.folder)!r})"

    def secret(self, name: str, *, make: bool = True) -> Secret:
        known = self._known.get(name)
        if known is None:
            known = self._known[name] = self._read(name, make)
        return known

    def signer(self, name: str) -> Signer:
        return Ed25519PrivateKey.from_private_bytes(self.secret(name))

    def p256(self, name: str) -> P256Signer:
        return FileP256(p256_of(self.secret(name)))

    def names(self) -> frozenset[str]:
        return frozenset(p.name for p in self.folder.glob("*") if _NAME.fullmatch(p.name) and p.is_file())

    def describe(self, name: str) -> Key:
        secret = self.secret(name, make=False)
        since = datetime.fromtimestamp(self._path(name).stat().st_mtime, UTC)
        return Key(name, "file", since, check_of(secret))

    def reseal(self, how: Callable[[Path, Secret], None]) -> None:
        """Let something else open this folder from now on: ``how`` seals the store's key anew."""
        how(self.folder, self._store_key)

    def put(self, name: str, secret: bytes) -> None:
        """Keep a key that was made elsewhere, in place of one of the same name."""
        disk.replace(self._path(name), self._sealed(name, secret))
        self._known.pop(name, None)

    def drop(self, name: str) -> None:
        """Forget a key that is kept elsewhere now."""
        self._path(name).unlink(missing_ok=True)
        self._known.pop(name, None)

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise KeystoreError("A key's name has small letters, digits and hyphens.")
        return self.folder / name

    def _about(self, name: str) -> bytes:
        return _MAGIC + name.encode()

    def _sealed(self, name: str, secret: bytes) -> bytes:
        return _MAGIC + seal(self._store_key, secret, self._about(name))

    def _read(self, name: str, make: bool) -> Secret:
        path = self._path(name)
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            if not make:
                sentence = f"The key {name} is not in {self.folder}: bring it back from the backup."
                raise KeyMissingError(sentence) from None
            content = disk.write_first(path, self._sealed(name, secrets.token_bytes(_SIZE)))
        if len(content) == _SIZE:
            content = self._encrypt_plain(name)
        if content.startswith(_MAGIC):
            try:
                return unseal(self._store_key, content.removeprefix(_MAGIC), self._about(name))
            except InvalidTag:
                pass
        raise KeystoreError(
            f"The key {name} in {self.folder} is damaged or belongs to another installation (guomen keys import)."
        ) from None

    def _encrypt_plain(self, name: str) -> bytes:
        path = self._path(name)
        content = path.read_bytes()
        if len(content) == _SIZE:
            content = self._sealed(name, content)
            disk.replace(path, content)
        return content
