"""A key of its own for each chip, from one master key and the chip's UID: who breaks one chip holds one key."""

from collections.abc import Callable
from typing import NamedTuple

from cryptography.hazmat.primitives.ciphers import algorithms
from cryptography.hazmat.primitives.cmac import CMAC

from guomen.core.tagcrypto.aes import BLOCK, cmac, double, encrypt, xor

KeyOf = Callable[[bytes], bytes]
"""From a chip's UID to its key of 16 bytes."""

_LONGEST = 31


class Diversifier:
    """NXP AN10922, AES-128: ``key = Diversifier(master, aid, system_id)(uid)``.

    The master key's schedule is made once: keep the object. Give it to :func:`guomen.core.tagcrypto.sun.decode` in
    place of a file key. ValueError for a master key that has not 16 bytes, and when UID, AID and system id together
    are empty or longer than 31 bytes.
    """

    __slots__ = ("_mac", "_master", "_tail")

    def __init__(self, master: bytes, aid: bytes = b"", system_id: bytes = b"") -> None:
        if len(master) != BLOCK:
            raise ValueError("the master key must have 16 bytes")
        self._master, self._tail = master, aid + system_id
        self._mac = CMAC(algorithms.AES(master))

    def __repr__(self) -> str:
        return "Diversifier(key hidden)"

    def __call__(self, uid: bytes) -> bytes:
        data = b"\x01" + uid + self._tail
        if not 1 < len(data) <= _LONGEST + 1:
            raise ValueError("UID, AID and system id must have 1 to 31 bytes together")
        if len(data) <= BLOCK:
            return self._short(data)
        mac = self._mac.copy()
        mac.update(data)
        return mac.finalize()

    def _short(self, data: bytes) -> bytes:
        # The note pads to two blocks also where CMAC alone would take one.
        padded = (data + b"\x80").ljust(2 * BLOCK, b"\0")
        subkey = double(double(encrypt(self._master, bytes(BLOCK))))
        return encrypt(self._master, xor(xor(encrypt(self._master, padded[:BLOCK]), padded[BLOCK:]), subkey))


class BoltcardKeys(NamedTuple):
    """The five application keys of an NTAG 424 DNA, the key they come from, and a name that does not tell the UID."""

    keys: tuple[bytes, bytes, bytes, bytes, bytes]
    card: bytes
    id: bytes

    def __repr__(self) -> str:
        return f"BoltcardKeys(id={self.id.hex()}, keys hidden)"


def boltcard_keys(issuer: bytes, uid: bytes, version: int) -> BoltcardKeys:
    """All keys of one chip after the boltcard deterministic key specification; ``version`` counts its rewritings.

    Key 1 decrypts PICC data and is the same for all chips of the issuer; the others belong to this chip.
    """
    card = cmac(issuer, bytes.fromhex("2d003f75") + uid + version.to_bytes(4, "little"))
    zero, two, three, four = (cmac(card, bytes.fromhex(f"2d003f{part}")) for part in ("76", "78", "79", "7a"))
    one = cmac(issuer, bytes.fromhex("2d003f77"))
    return BoltcardKeys((zero, one, two, three, four), card, cmac(issuer, bytes.fromhex("2d003f7b") + uid))
