"""Serial numbers for printed codes that nobody can guess and nobody has to store.

A serial is 20 characters of Crockford base32, 100 bits: range id (20 bits, plain), index within the range through a
keyed permutation (40 bits), and a tag (40 bits): the first five bytes of an HMAC-SHA256 over GTIN, range id and
permuted index. Our own scheme; 20 characters is the longest value of GS1 application identifier 21. One guess hits
with probability 2**-40, about 9.1e-13, however many serials are issued.

The range id stays plain so that a checker finds its keys and its policy at once. Neighbouring indices look unrelated,
so that a serial does not tell how many were made. The permutation is a Feistel network of eight rounds (Luby and
Rackoff 1988 need four for a strong pseudorandom permutation) whose round function is one block of AES and not an
HMAC: the input fits one block, where HMAC-SHA256 takes four compressions, and bare blocks of many serials can go
through one call when ranges are made in bulk. The tag is an HMAC because its message may grow, and one call is all
that a check needs.
"""

import hmac
import re
import struct
import unicodedata
from dataclasses import dataclass
from typing import Literal

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

SERIAL_LENGTH = 20
MAX_RANGE_ID = (1 << 20) - 1
MAX_INDEX = (1 << 40) - 1

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = [first + second for first in _ALPHABET for second in _ALPHABET]
# Python's int() reads base 32 with the digits 0-9 a-v.
_TO_PYTHON = str.maketrans(_ALPHABET, "0123456789abcdefghijklmnopqrstuv")
_LOOK_ALIKES = str.maketrans("ILO", "110")
_SEPARATORS = re.compile(r"[\s\u00ad\u200b-\u200d\u2010-\u2015\u2212\ufeff-]+")
_SERIAL = re.compile(f"[{_ALPHABET}]{{{SERIAL_LENGTH}}}")
_GTIN = re.compile(r"[0-9]{8}|[0-9]{12,14}")

_ROUNDS = range(8)
_HALF = 20
_HALF_MASK = (1 << _HALF) - 1

Reason = Literal["length", "alphabet", "mac"]


class SerialError(ValueError):
    """A text is no serial of this scheme; `reason` is "length", "alphabet" or "mac"."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(f"not a valid serial: {reason}")
        self.reason: Reason = reason


@dataclass(frozen=True, slots=True)
class SerialParts:
    """What a genuine serial says: the range it was issued in (0 to 2**20 - 1) and its index there (0 to 2**40 - 1)."""

    range_id: int
    index: int


def normalise(text: str) -> str:
    """Return a typed or scanned serial in its one spelling, which still has to be checked.

    Upper case; no spaces, hyphens or invisible separators; full-width characters become plain ones; the look-alikes of
    Crockford base32 are read as meant: I and L as 1, O as 0.
    """
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper().translate(_LOOK_ALIKES)


class SerialScheme:
    """Issues and checks the serials of one pair of keys.

    `permute_key` has 16 or 32 bytes (AES-128 or AES-256), `mac_key` at least 16 bytes. The two must be
    independent: who checks serials offline needs `mac_key` alone to tell right from wrong.
    """

    __slots__ = ("_aes", "_mac_key")

    def __init__(self, permute_key: bytes, mac_key: bytes) -> None:
        if len(permute_key) not in (16, 32):
            raise ValueError("the permutation key must have 16 or 32 bytes")
        if len(mac_key) < 16:
            raise ValueError("the MAC key must have at least 16 bytes")
        # ECB of single blocks is the bare block cipher, which is what a round function is.
        self._aes = Cipher(algorithms.AES(permute_key), modes.ECB())  # noqa: S305
        self._mac_key = mac_key

    def __repr__(self) -> str:
        return "SerialScheme(keys hidden)"

    def issue(self, gtin: str, range_id: int, index: int) -> str:
        """Return the serial of 20 characters for item number `index` of a range; ValueError outside the bounds.

        `gtin` has 8, 12, 13 or 14 digits; it is padded to 14, so that the forms of one GTIN give one serial.
        """
        _require_fit(range_id, index, 1)
        body = range_id << 40 | self._permute(range_id, index)
        return _encode(body << 40 | self._tag(gtin, body))

    def issue_run(self, gtin: str, range_id: int, start: int, count: int) -> list[str]:
        """Return the serials of `count` neighbouring indices from `start` on, as `issue` makes them but faster.

        Meant for label jobs, some thousands at a time: each round of the permutation is one call for the whole run.
        """
        _require_fit(range_id, start, count)
        head = range_id << 40
        bodies = [head | permuted for permuted in self._permute_run(range_id, start, count)]
        return [_encode(body << 40 | self._tag(gtin, body)) for body in bodies]

    def check(self, gtin: str, serial: str) -> SerialParts:
        """Return range id and index of a genuine serial; raise SerialError with its reason otherwise.

        `serial` may be as people type it (see `normalise`). A GTIN that is none raises a plain ValueError.
        """
        text = normalise(serial)
        if len(text) != SERIAL_LENGTH:
            raise SerialError("length")
        if not _SERIAL.fullmatch(text):
            raise SerialError("alphabet")
        number = int(text.translate(_TO_PYTHON), 32)
        body, tag = number >> 40, number & MAX_INDEX
        if not hmac.compare_digest(tag.to_bytes(5), self._tag(gtin, body).to_bytes(5)):
            raise SerialError("mac")
        range_id = body >> 40
        return SerialParts(range_id, self._unpermute(range_id, body & MAX_INDEX))

    def _tag(self, gtin: str, body: int) -> int:
        if not _GTIN.fullmatch(gtin):
            raise ValueError("a GTIN has 8, 12, 13 or 14 digits")
        message = b"serial-1" + gtin.zfill(14).encode() + body.to_bytes(8)
        return int.from_bytes(hmac.digest(self._mac_key, message, "sha256")[:5])

    def _permute(self, range_id: int, index: int) -> int:
        encrypt = self._aes.encryptor().update
        left, right = index >> _HALF, index & _HALF_MASK
        for number in _ROUNDS:
            left, right = right, left ^ _round(encrypt(_block(range_id, number, right)))
        return left << _HALF | right

    def _permute_run(self, range_id: int, start: int, count: int) -> list[int]:
        encrypt = self._aes.encryptor().update
        blocks = struct.Struct(f">{2 * count}Q")
        left = [index >> _HALF for index in range(start, start + count)]
        right = [index & _HALF_MASK for index in range(start, start + count)]
        words = [0] * (2 * count)
        for number in _ROUNDS:
            head = range_id << 32 | number << 24
            words[1::2] = [head | half for half in right]
            firsts = blocks.unpack(encrypt(blocks.pack(*words)))[::2]
            left, right = right, [half ^ (first >> 40 & _HALF_MASK) for half, first in zip(left, firsts, strict=True)]
        return [one << _HALF | two for one, two in zip(left, right, strict=True)]

    def _unpermute(self, range_id: int, permuted: int) -> int:
        encrypt = self._aes.encryptor().update
        left, right = permuted >> _HALF, permuted & _HALF_MASK
        for number in reversed(_ROUNDS):
            left, right = right ^ _round(encrypt(_block(range_id, number, left))), left
        return left << _HALF | right


def _require_fit(range_id: int, start: int, count: int) -> None:
    if not 0 <= range_id <= MAX_RANGE_ID:
        raise ValueError(f"range id {range_id} does not fit 20 bits")
    if count < 0 or not 0 <= start <= start + max(count - 1, 0) <= MAX_INDEX:
        raise ValueError(f"{count} indices from {start} on do not fit 40 bits")


def _block(range_id: int, number: int, half: int) -> bytes:
    # The range id is a tweak: equal indices of two ranges must not share their permuted form.
    return (range_id << 32 | number << 24 | half).to_bytes(16)


def _round(block: bytes) -> int:
    return int.from_bytes(block[:3]) & _HALF_MASK


def _encode(number: int) -> str:
    return "".join([_PAIRS[number >> shift & 1023] for shift in range(90, -1, -10)])
