"""Where the secret keys of an installation are: one interface, whatever keeps them.

By default each key is an encrypted file, opened by a passphrase file (:mod:`.sealed`, :mod:`.unlock`). With a hardware
security module the key that opens the files, and the keys that sign, never leave it (:mod:`.hsm`, the extra ``hsm``).
Decision record 30 says what lives where and why.
"""

from functools import cache
from pathlib import Path

from guomen.kit.keystore.interface import Key, KeyMissingError, Keystore, KeystoreError, P256Signer, Signer
from guomen.kit.keystore.sealed import SealedFolder
from guomen.kit.keystore.secret import Secret
from guomen.kit.keystore.unlock import is_hsm, opened

__all__ = ["Key", "KeyMissingError", "Keystore", "KeystoreError", "P256Signer", "Secret", "Signer", "keystore"]


@cache
def keystore(home: Path, unlock: str = "") -> Keystore:
    """The keystore of the installation in ``home``, made when it is new; keys of older versions are encrypted now.

    ``unlock`` is the setting ``keys_unlock``: a file with a passphrase, a ``pkcs11:`` URI, or empty for the default.
    Raises KeystoreError with a sentence that says what to do.
    """
    folder = home / "keys"
    store = SealedFolder(folder, opened(folder, home, unlock))
    if not is_hsm(unlock):
        return store
    from guomen.kit.keystore.hsm import Token, TokenStore

    return TokenStore(store, Token.of_uri(unlock))
