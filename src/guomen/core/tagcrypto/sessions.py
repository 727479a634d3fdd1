"""The keys of one tap. A chip derives them from its file key, its UID and its read counter; so does a checker.

NTAG 424 DNA datasheet (NT4H2421Gx) section 9.3 and AN12196 for AES, AN12304 for LRP. UID and counter enter only as far
as the chip mirrors them; the counter enters least significant byte first.
"""

from collections.abc import Callable
from functools import lru_cache
from threading import get_ident
from typing import NamedTuple

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from guomen.core.tagcrypto.aes import BLOCK, cmac, encrypt
from guomen.core.tagcrypto.lrp import Lrp

_FOR_FILE = bytes.fromhex("c33c00010080")
_FOR_MAC = bytes.fromhex("3cc300010080")
_FOR_LRP = bytes.fromhex("00010080")
_LRP_END = bytes.fromhex("1ee1")
# Master keys come again with each tap, but there are few of them.
_KEPT = 64


def _aes_mac(file_key: bytes, uid: bytes, counter: bytes, message: bytes) -> bytes:
    vector = _FOR_MAC + uid + counter
    if len(vector) < BLOCK:
        vector = vector.ljust(BLOCK, b"\0")
    return cmac(cmac(file_key, vector), message)[1::2]


def _aes_cipher(file_key: bytes, uid: bytes, counter: bytes) -> Cipher[modes.CBC]:
    key = cmac(file_key, (_FOR_FILE + uid + counter).ljust(BLOCK, b"\0"))
    return Cipher(algorithms.AES(key), modes.CBC(encrypt(key, counter.ljust(BLOCK, b"\0"))))


def _aes_encrypt(file_key: bytes, uid: bytes, counter: bytes, data: bytes) -> bytes:
    return _aes_cipher(file_key, uid, counter).encryptor().update(data)


def _aes_decrypt(file_key: bytes, uid: bytes, counter: bytes, data: bytes) -> bytes:
    return _aes_cipher(file_key, uid, counter).decryptor().update(data)


@lru_cache(maxsize=_KEPT)
def _lrp_session(file_key: bytes, uid: bytes, counter: bytes) -> Lrp:
    vector = (_FOR_LRP + uid + counter).ljust(BLOCK - len(_LRP_END), b"\0") + _LRP_END
    return Lrp(lrp(file_key).mac(vector))


def _lrp_mac(file_key: bytes, uid: bytes, counter: bytes, message: bytes) -> bytes:
    return _lrp_session(file_key, uid, counter).mac(message)[1::2]


def _lrp_encrypt(file_key: bytes, uid: bytes, counter: bytes, data: bytes) -> bytes:
    return _lrp_session(file_key, uid, counter).encrypt(data, counter + b"\0\0\0", update=1)


def _lrp_decrypt(file_key: bytes, uid: bytes, counter: bytes, data: bytes) -> bytes:
    return _lrp_session(file_key, uid, counter).decrypt(data, counter + b"\0\0\0", update=1)


class Mode(NamedTuple):
    """What one tap's keys do: each takes file key, UID, counter and the data.

    The counter as the chip counts it, 3 bytes; UID and counter are empty where they are not mirrored.
    """

    mac: Callable[[bytes, bytes, bytes, bytes], bytes]
    """The 8 bytes that the chip mirrors: every second byte of the whole MAC."""
    encrypt: Callable[[bytes, bytes, bytes, bytes], bytes]
    """File data as the chip mirrors it; whole blocks of 16 bytes."""
    decrypt: Callable[[bytes, bytes, bytes, bytes], bytes]


MODES = {"AES": Mode(_aes_mac, _aes_encrypt, _aes_decrypt), "LRP": Mode(_lrp_mac, _lrp_encrypt, _lrp_decrypt)}


def read_picc(meta_key: bytes, data: bytes) -> bytes:
    """PICC data of a chip in AES mode: one block in CBC with a zero vector, hence the bare block cipher."""
    return _decryptor(meta_key, get_ident())(data)


@lru_cache(maxsize=_KEPT)
def lrp(key: bytes) -> Lrp:
    """The LRP tables of a key, kept while it comes again."""
    return Lrp(key, 1)


@lru_cache(maxsize=_KEPT)
def _decryptor(meta_key: bytes, thread: int) -> Callable[[bytes], bytes]:
    # A cipher context belongs to one thread: two that update it at once get an error.
    return Cipher(algorithms.AES(meta_key), modes.ECB()).decryptor().update  # noqa: S305
