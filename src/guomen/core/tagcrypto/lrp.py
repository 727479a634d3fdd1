"""The leakage resilient primitive of NXP's chips (AN12304, with four bits per step): MAC and encryption.

Instead of using a key twice, LRP walks from key to key: each four bits of the input choose one of sixteen derived
plaintexts, and the running key encrypts it to become the next. A call therefore costs about two key schedules for each
input byte, which is why LRP is a hundred times slower than AES. The plaintexts and updated keys belong to the key: an
:class:`Lrp` holds them, so keep it for a key that comes again.
"""

from collections.abc import Iterable

from guomen.core.tagcrypto.aes import BLOCK, decrypt, double, encrypt, xor

_AA = b"\xaa" * BLOCK
_NEXT = _AA + b"\x55" * BLOCK
_ZERO = bytes(BLOCK)


def _chain(key: bytes, count: int) -> list[bytes]:
    # One key schedule yields both what is wanted (AA…) and the next key of the chain (55…).
    found = []
    for _ in range(count):
        both = encrypt(key, _NEXT)
        found.append(both[:BLOCK])
        key = both[BLOCK:]
    return found


def nibbles(data: bytes) -> list[int]:
    """Each byte's upper and lower four bits, in this order."""
    return [half for byte in data for half in (byte >> 4, byte & 15)]


class Lrp:
    """One key's tables, and what is computed from them. Safe to share between threads."""

    __slots__ = ("_plaintexts", "_updated")

    def __init__(self, key: bytes, updates: int = 2) -> None:
        """``updates``: how many updated keys are needed; chips use number 0 for MACs and PICC data, 1 for file data."""
        self._plaintexts = _chain(encrypt(key, _NEXT)[BLOCK:], 16)
        self._updated = _chain(encrypt(key, _AA), updates)

    def __repr__(self) -> str:
        return "Lrp(key hidden)"

    def evaluate(self, steps: Iterable[int], update: int = 0, *, final: bool = True) -> bytes:
        """Walk from updated key number ``update`` along ``steps`` (0 to 15 each); ``final`` adds the closing step."""
        key, plaintexts = self._updated[update], self._plaintexts
        for step in steps:
            key = encrypt(key, plaintexts[step])
        return encrypt(key, _ZERO) if final else key

    def mac(self, message: bytes) -> bytes:
        """CMAC with LRP in place of the block cipher, all 16 bytes of it."""
        subkey = double(self.evaluate(nibbles(_ZERO)))
        cut = max(0, (len(message) - 1) // BLOCK * BLOCK)
        last = message[cut:]
        if len(last) < BLOCK:
            subkey, last = double(subkey), (last + b"\x80").ljust(BLOCK, b"\0")
        state = _ZERO
        for at in range(0, cut, BLOCK):
            state = self.evaluate(nibbles(xor(state, message[at : at + BLOCK])))
        return self.evaluate(nibbles(xor(xor(state, last), subkey)))

    def encrypt(self, data: bytes, counter: bytes, update: int = 0) -> bytes:
        """Encrypt whole blocks (LRICB); ``counter`` keeps its length and goes up by one each block."""
        return b"".join(encrypt(key, block) for key, block in self._keyed(data, counter, update))

    def decrypt(self, data: bytes, counter: bytes, update: int = 0) -> bytes:
        """The inverse of :meth:`encrypt`."""
        return b"".join(decrypt(key, block) for key, block in self._keyed(data, counter, update))

    def _keyed(self, data: bytes, counter: bytes, update: int) -> Iterable[tuple[bytes, bytes]]:
        start, size = int.from_bytes(counter), len(counter)
        for number, at in enumerate(range(0, len(data), BLOCK)):
            count = (start + number) % (1 << 8 * size)
            yield self.evaluate(nibbles(count.to_bytes(size)), update), data[at : at + BLOCK]
