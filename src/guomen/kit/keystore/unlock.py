"""How the store's key is got at an unattended start, so that the encrypted files can be read.

``keys/store.json`` holds the store's key, sealed by a passphrase through scrypt (RFC 7914) or by a hardware security
module. The passphrase is the content of a file: that of the setting, else the systemd credential ``guomen-keys``, else
``<home>/unlock``, made at the first start. It is never an argument or a variable of the environment: those show in
process lists, and children inherit them.
"""

import base64
import json
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from guomen.kit import disk
from guomen.kit.keystore.interface import KeystoreError
from guomen.kit.keystore.sealed import SealedFolder, seal, unseal
from guomen.kit.keystore.secret import Secret

STORE = "store.json"
CREDENTIAL = "guomen-keys"
_ABOUT = b"guomen store key"
_SCRYPT = {"n": 1 << 15, "r": 8, "p": 1}
_MOST = {"n": 1 << 20, "r": 16, "p": 4}
_SHORTEST = 12


def is_hsm(unlock: str) -> bool:
    return unlock.startswith("pkcs11:")


def unlock_file(home: Path, unlock: str) -> Path:
    """The file whose content opens the keys."""
    if unlock:
        return Path(unlock)
    credentials = os.environ.get("CREDENTIALS_DIRECTORY")
    if credentials and (Path(credentials) / CREDENTIAL).exists():
        return Path(credentials) / CREDENTIAL
    return home / "unlock"


def opened(folder: Path, home: Path, unlock: str) -> Secret:
    """The store's key of a folder; store and default passphrase are made when they are not there yet."""
    path, file = folder / STORE, unlock_file(home, unlock)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        if is_hsm(unlock):
            raise KeystoreError("Keys move into the HSM with: guomen keys init-hsm URI")
        phrase = passphrase(file, make=not unlock)
        disk.write_first(path, _written(phrase, Secret(secrets.token_bytes(32))))
    return _open(path, lambda: passphrase(file), f"The passphrase in {file}", unlock)


def new_folder(folder: Path, phrase: Secret) -> SealedFolder:
    """An empty folder of keys that ``phrase`` opens."""
    key = Secret(secrets.token_bytes(32))
    seal_with_passphrase(folder, key, phrase)
    return SealedFolder(folder, key)


def open_folder(folder: Path, phrase: Secret) -> SealedFolder:
    """A folder of keys that is not this installation's: a copy, an export."""
    path = folder / STORE
    if not path.exists():
        raise KeystoreError(f"{folder} holds no keys of Guomen ({STORE} is not there).")
    return SealedFolder(folder, _open(path, lambda: phrase, "This passphrase", ""))


def passphrase(path: Path, *, make: bool = False) -> Secret:
    """What a passphrase file says, without white space around it. ``make``: 256 new bits when it is missing."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        if not make:
            raise KeystoreError(f"{path} with the passphrase of the keys is not there.") from None
        content = disk.write_first(path, secrets.token_urlsafe(32).encode() + b"\n")
    except OSError as error:
        raise KeystoreError(f"{path} with the passphrase of the keys cannot be read: {error.strerror}.") from None
    phrase = Secret(content.strip())
    if len(phrase) < _SHORTEST:
        raise KeystoreError(f"The passphrase in {path} must have at least {_SHORTEST} characters.")
    return phrase


def seal_with_passphrase(folder: Path, store_key: Secret, phrase: Secret) -> None:
    """From now on this passphrase opens the folder, and nothing else does."""
    disk.replace(folder / STORE, _written(phrase, store_key))


def seal_with_hsm(folder: Path, store_key: Secret, token: Any) -> None:
    """From now on the token opens the folder, and nothing else does."""
    salt = secrets.token_bytes(16)
    sealed = seal(token.derive(_ABOUT + salt), store_key, _ABOUT)
    content = {"opened_by": "pkcs11", "salt": _text(salt), "sealed": _text(sealed)}
    disk.replace(folder / STORE, json.dumps(content, indent=1).encode())


def _written(phrase: Secret, store_key: Secret) -> bytes:
    salt = secrets.token_bytes(16)
    sealed = seal(_stretched(phrase, salt, _SCRYPT), store_key, _ABOUT)
    content = {"opened_by": "passphrase", "kdf": "scrypt", **_SCRYPT, "salt": _text(salt), "sealed": _text(sealed)}
    return json.dumps(content, indent=1).encode()


def _open(path: Path, phrase: Callable[[], Secret], called: str, unlock: str) -> Secret:
    try:
        content = json.loads(path.read_bytes())
        by, salt, sealed = content["opened_by"], _bytes(content["salt"]), _bytes(content["sealed"])
        cost = {name: int(content[name]) for name in _SCRYPT} if by == "passphrase" else {}
        if any(not 1 <= cost[name] <= _MOST[name] for name in cost):
            raise ValueError
    except (ValueError, KeyError, TypeError):
        raise KeystoreError(f"{path} is damaged: bring the folder back from the backup.") from None
    if (by == "pkcs11") != is_hsm(unlock):
        how = (
            "by an HSM: set GUOMEN_KEYS_UNLOCK to its pkcs11: URI" if by == "pkcs11" else "by a passphrase, not an HSM"
        )
        raise KeystoreError(f"The keys in {path.parent} are opened {how}.")
    if is_hsm(unlock):
        from guomen.kit.keystore.hsm import Token

        wrapping, called = Token.of_uri(unlock).derive(_ABOUT + salt), "This HSM"
    else:
        wrapping = _stretched(phrase(), salt, cost)
    try:
        return unseal(wrapping, sealed, _ABOUT)
    except InvalidTag:
        raise KeystoreError(f"{called} does not open the keys in {path.parent}.") from None


def _stretched(phrase: Secret, salt: bytes, cost: dict[str, int]) -> Secret:
    return Secret(Scrypt(salt=salt, length=32, **cost).derive(phrase))


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
