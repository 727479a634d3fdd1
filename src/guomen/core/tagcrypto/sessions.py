"""The keys of one tap. A chip derives them from its file key, its UID and its read counter; so does a checker.

NTAG 424 DNA datasheet (NT4H2421Gx) section 9.3 and AN12196 for AES, AN12304 for LRP. UID and counter enter only as far
as the chip mirrors them; the counter enters least significant byte first.
"""

from collections.abc import Callable
from functools import lru_cache
from threading import get_ident
from typing import Protocol

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from guomen.core.tagcrypto.aes import BLOCK, cmac, encrypt
from guomen.core.tagcrypto.lrp import Lrp

_FOR_FILE = bytes.fromhex("c33c00010080")
_FOR_MAC = bytes.fromhex("3cc300010080")
_FOR_LRP = bytes.fromhex("00010080")
_LRP_END = bytes.fromhex("1ee1")
# Master keys come again with each tap, but there are few of them.
_KEPT = 64


class Session(Protocol):
    """What one tap's keys can do."""

    def mac(self, message: bytes) -> bytes:
        """The 8 bytes that the chip mirrors: every second byte of the whole MAC."""

    def encrypt(self, data: bytes) -> bytes:
        """File data as the chip mirrors it; whole blocks of 16 bytes."""

    def decrypt(self, data: bytes) -> bytes:
        """The inverse of :meth:`encrypt`."""


class AesSession:
    """One tap of a chip in AES mode; ``counter`` as the chip counts it, 3 bytes, or empty when it is not mirrored."""

    __slots__ = ("_counter", "_file_key", "_uid")

    def __init__(self, file_key: bytes, uid: bytes, counter: bytes) -> None:
        self._file_key, self._uid, self._counter = file_key, uid, counter

    def mac(self, message: bytes) -> bytes:
        vector = (_FOR_MAC + self._uid + self._counter).ljust(BLOCK, b"\0")
        return cmac(cmac(self._file_key, vector), message)[1::2]

    def encrypt(self, data: bytes) -> bytes:
        return self._cipher().encryptor().update(data)

    def decrypt(self, data: bytes) -> bytes:
        return self._cipher().decryptor().update(data)

    def _cipher(self) -> Cipher[modes.CBC]:
        key = cmac(self._file_key, (_FOR_FILE + self._uid + self._counter).ljust(BLOCK, b"\0"))
        return Cipher(algorithms.AES(key), modes.CBC(encrypt(key, self._counter.ljust(BLOCK, b"\0"))))


class LrpSession:
    """One tap of a chip in LRP mode."""

    __slots__ = ("_counter", "_lrp")

    def __init__(self, file_key: bytes, uid: bytes, counter: bytes) -> None:
        vector = (_FOR_LRP + uid + counter).ljust(BLOCK - len(_LRP_END), b"\0") + _LRP_END
        self._lrp = Lrp(lrp(file_key).mac(vector))
        self._counter = counter + b"\0\0\0"

    def mac(self, message: bytes) -> bytes:
        return self._lrp.mac(message)[1::2]

    def encrypt(self, data: bytes) -> bytes:
        return self._lrp.encrypt(data, self._counter, update=1)

    def decrypt(self, data: bytes) -> bytes:
        return self._lrp.decrypt(data, self._counter, update=1)


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
