"""Serial numbers for printed codes that nobody can guess and nobody has to store.

A serial is 20 characters of Crockford base32, 100 bits: range id (20 bits, plain), index within the range through a
keyed permutation (40 bits), and a tag (40 bits): the first five bytes of an AES-CMAC over GTIN, range id and permuted
index. Our own scheme; 20 characters is the longest value of GS1 application identifier 21. One guess hits with
probability 2**-40, about 9.1e-13, however many serials are issued.

The range id stays plain so that a checker finds its keys and its policy at once. Neighbouring indices look unrelated,
so that a serial does not tell how many were made. The permutation is a Feistel network of eight rounds (Luby and
Rackoff 1988 need four for a strong pseudorandom permutation) whose round function is one block of AES. GTIN, range id
and permuted index fit one block, too, so that a tag is one block of AES for a run of serials, and one call of CMAC for
a single check.
"""

import hmac
import re
import struct
import unicodedata
from typing import Literal

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.cmac import CMAC

from guomen.core.tagcrypto import lanes
from guomen.core.tagcrypto.aes import double, encrypt

SERIAL_LENGTH = 20
MAX_RANGE_ID = (1 << 20) - 1
MAX_INDEX = (1 << 40) - 1

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LETTERS = bytes(ALPHABET.encode()[value % 32] for value in range(256))
_LOOK_ALIKES = str.maketrans("ILO", "110")
_SEPARATORS = re.compile(r"[\s\u00ad\u200b-\u200d\u2010-\u2015\u2212\ufeff-]+")

# The first byte of a tag's message: each use of the key has its own, so that no tag serves another use.
_USE = 0x02
_ROUNDS = range(8)
_HALF = 20
_HALF_MASK = (1 << _HALF) - 1

Reason = Literal["length", "alphabet", "mac"]


def _python_digits() -> bytes:
    # Python's int() reads base 32 with the digits 0-9 a-v; it takes "!" for none of them.
    table = bytearray(b"!" * 256)
    for letters in (ALPHABET, ALPHABET.lower()):
        for letter, digit in zip(letters, "0123456789abcdefghijklmnopqrstuv", strict=True):
            table[ord(letter)] = ord(digit)
    for letter, meant in zip("ILOilo", "110110", strict=True):
        table[ord(letter)] = ord(meant)
    return bytes(table)


_DIGITS = _python_digits()


class SerialError(ValueError):
    """A text is no serial of this scheme; `reason` is "length", "alphabet" or "mac"."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(f"not a valid serial: {reason}")
        self.reason: Reason = reason


class SerialParts:
    """What a genuine serial says: the range it was issued in (0 to 2**20 - 1) and its index there (0 to 2**40 - 1).

    The index is found when it is asked for, which costs more than the check itself.
    """

    __slots__ = ("_find", "_index", "range_id")

    def __init__(self, range_id: int, index: int, find: "SerialScheme | None" = None) -> None:
        self.range_id = range_id
        self._index, self._find = index, find

    @property
    def index(self) -> int:
        if self._find is not None:
            self._index, self._find = self._find._unpermute(self.range_id, self._index), None
        return self._index

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SerialParts) and (self.range_id, self.index) == (other.range_id, other.index)

    def __hash__(self) -> int:
        return hash((self.range_id, self.index))

    def __repr__(self) -> str:
        return f"SerialParts(range_id={self.range_id}, index={self.index})"


def normalise(text: str) -> str:
    """Return a typed or scanned serial in its one spelling, which still has to be checked.

    Upper case; no spaces, hyphens or invisible separators; full-width characters become plain ones; the look-alikes of
    Crockford base32 are read as meant: I and L as 1, O as 0.
    """
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper().translate(_LOOK_ALIKES)


def number_of(text: str, length: int) -> int:
    """The number that ``length`` characters of Crockford base32 spell, however people typed them; or SerialError."""
    if len(text) != length:
        text = normalise(text)
        if len(text) != length:
            raise SerialError("length")
    try:
        return int(text.encode().translate(_DIGITS), 32)
    except ValueError:
        clean = normalise(text)
    if clean == text:
        raise SerialError("alphabet")
    return number_of(clean, length)


class SerialScheme:
    """Issues and checks the serials of one pair of keys.

    Both keys have 16 or 32 bytes (AES-128 or AES-256). The two must be independent: who checks serials offline needs
    `mac_key` alone to tell right from wrong.
    """

    __slots__ = ("_aes", "_cmac", "_mac_aes", "_mac_mask")

    def __init__(self, permute_key: bytes, mac_key: bytes) -> None:
        if len(permute_key) not in (16, 32):
            raise ValueError("the permutation key must have 16 or 32 bytes")
        if len(mac_key) not in (16, 32):
            raise ValueError("the MAC key must have 16 or 32 bytes")
        # ECB of single blocks is the bare block cipher, which is what a round function is.
        self._aes = Cipher(algorithms.AES(permute_key), modes.ECB())  # noqa: S305
        self._cmac = CMAC(algorithms.AES(mac_key))
        self._mac_aes = Cipher(algorithms.AES(mac_key), modes.ECB())  # noqa: S305
        # CMAC of one whole block is the block cipher over the block and this subkey.
        self._mac_mask = int.from_bytes(double(encrypt(mac_key, bytes(16))))

    def __repr__(self) -> str:
        return "SerialScheme(keys hidden)"

    def issue(self, gtin: str, range_id: int, index: int) -> str:
        """Return the serial of 20 characters for item number `index` of a range; ValueError outside the bounds.

        `gtin` has 8, 12, 13 or 14 digits; it is padded to 14, so that the forms of one GTIN give one serial.
        """
        return self.issue_run(gtin, range_id, index, 1)[0]

    def issue_run(self, gtin: str, range_id: int, start: int, count: int) -> list[str]:
        """Return the serials of `count` neighbouring indices from `start` on, as `issue` makes them but faster."""
        _require_fit(range_id, start, count)
        head, before = _head(gtin) | range_id << 40, b"\n" + _written(range_id, 4).encode()
        found: list[str] = []
        rounds, size = [0], 0
        for first in range(start, start + count, lanes.CHUNK):
            here = min(lanes.CHUNK, start + count - first)
            if here != size:
                rounds, size = [lanes.ones(here) * _block(range_id, number, 0) for number in _ROUNDS], here
            ends = struct.unpack("16s" * here, self._ends(head, rounds, first, here))
            found += (before[1:] + before.join(ends)).decode().split("\n")
        return found

    def check(self, gtin: str, serial: str) -> SerialParts:
        """Return range id and index of a genuine serial; raise SerialError with its reason otherwise.

        `serial` may be as people type it (see `normalise`). A GTIN that is none raises a plain ValueError.
        """
        number = number_of(serial, SERIAL_LENGTH)
        body = number >> 40
        mac = self._cmac.copy()
        mac.update((_head(gtin) | body).to_bytes(16))
        if not hmac.compare_digest((number & MAX_INDEX).to_bytes(5), mac.finalize()[:5]):
            raise SerialError("mac")
        return SerialParts(body >> 40, body & MAX_INDEX, self)

    def _ends(self, head: int, rounds: list[int], start: int, count: int) -> bytes:
        """What follows the range id in the serials of a chunk: permuted index and tag, sixteen characters each."""
        ones = lanes.ones(count)
        halves = ones * _HALF_MASK
        encrypt = self._aes.encryptor().update
        indices = ones * start + lanes.ramp(count)
        left, right = indices >> _HALF & halves, indices & halves
        for each in rounds:
            left, right = right, left ^ lanes.through(encrypt, each | right, count) >> 104 & halves
        permuted = left << _HALF | right
        message = ones * (head ^ self._mac_mask) ^ permuted
        tags = lanes.through(self._mac_aes.encryptor().update, message, count) >> 88 & ones * MAX_INDEX
        return lanes.spread(permuted << 64 | tags, count).to_bytes(lanes.LANE_BYTES * count).translate(_LETTERS)

    def _unpermute(self, range_id: int, permuted: int) -> int:
        encrypt = self._aes.encryptor().update
        left, right = permuted >> _HALF, permuted & _HALF_MASK
        for number in reversed(_ROUNDS):
            block = encrypt(_block(range_id, number, left).to_bytes(16))
            left, right = right ^ int.from_bytes(block[:3]) & _HALF_MASK, left
        return left << _HALF | right


def _require_fit(range_id: int, start: int, count: int) -> None:
    if not 0 <= range_id <= MAX_RANGE_ID:
        raise ValueError(f"range id {range_id} does not fit 20 bits")
    if count < 0 or not 0 <= start <= start + max(count - 1, 0) <= MAX_INDEX:
        raise ValueError(f"{count} indices from {start} on do not fit 40 bits")


def _head(gtin: str) -> int:
    """Use and GTIN in the upper bits of a tag's message; range id and permuted index have the lower sixty."""
    if len(gtin) not in (8, 12, 13, 14) or not (gtin.isascii() and gtin.isdigit()):
        raise ValueError("a GTIN has 8, 12, 13 or 14 digits")
    return _USE << 120 | int(gtin) << 60


def _block(range_id: int, number: int, half: int) -> int:
    # The range id is a tweak: equal indices of two ranges must not share their permuted form.
    return range_id << 32 | number << 24 | half


def _written(number: int, length: int) -> str:
    return "".join(ALPHABET[number >> 5 * at & 31] for at in reversed(range(length)))
