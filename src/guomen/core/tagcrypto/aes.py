"""The few AES operations that chips use, as single calls. Keys and blocks have 16 bytes."""

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.cmac import CMAC

BLOCK = 16
# ECB of single blocks is the bare block cipher, which is what the chips' constructions are made of.
_ECB = modes.ECB()  # noqa: S305


def encrypt(key: bytes, blocks: bytes) -> bytes:
    """Each block of 16 bytes by itself: the bare block cipher."""
    return Cipher(algorithms.AES(key), _ECB).encryptor().update(blocks)


def decrypt(key: bytes, blocks: bytes) -> bytes:
    """The inverse of :func:`encrypt`."""
    return Cipher(algorithms.AES(key), _ECB).decryptor().update(blocks)


def cmac(key: bytes, message: bytes) -> bytes:
    """AES-CMAC (NIST SP 800-38B), all 16 bytes of it."""
    mac = CMAC(algorithms.AES(key))
    if message:
        mac.update(message)
    return mac.finalize()


def double(block: bytes) -> bytes:
    """Multiply by x in GF(2**128) as CMAC does (polynomial x^128 + x^7 + x^2 + x + 1)."""
    doubled = int.from_bytes(block) << 1
    return (doubled ^ (doubled >> 128) * ((1 << 128) | 0x87)).to_bytes(BLOCK)


def xor(one: bytes, two: bytes) -> bytes:
    """Two blocks, bit by bit."""
    return (int.from_bytes(one) ^ int.from_bytes(two)).to_bytes(BLOCK)
