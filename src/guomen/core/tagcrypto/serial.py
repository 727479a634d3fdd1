"""Codes for printing that nobody can guess and nobody has to store. Our own scheme.

A **serial** is 20 characters of Crockford base32, 100 bits: range id (20 bits, plain), index within the range through a
keyed permutation (40 bits), and a tag (40 bits). 20 characters is the longest value of GS1 application identifier 21.
A **short code** is 16 characters: the same with an index of 20 bits, for packs too small for a GS1 Digital Link. One
guess of either hits with probability 2**-40, about 9.1e-13, however many were issued. An **inner code** of 8 characters
lies under an item's seal and belongs to its serial; one guess for a given serial hits with the same probability.

The range id stays plain so that a checker finds its keys and its policy at once. Neighbouring indices look unrelated,
so that a serial does not tell how many were made. Each range has keys of its own, derived from the two of the
scheme: whoever gets a range's keys to check it without a network learns nothing about another range.
"""

import hmac
from functools import lru_cache
from typing import NamedTuple

from guomen.core.tagcrypto.aes import BLOCK, cmac
from guomen.core.tagcrypto.codes import SerialError, normalise, number_of, written
from guomen.core.tagcrypto.ranges import RANGE_BITS, SERIAL, SHORT, TAG_BITS, Form, RangeCodes, SerialParts

__all__ = ["RangeKeys", "SerialError", "SerialParts", "SerialScheme", "normalise", "open_range"]

INNER_LENGTH = 8
MAX_RANGE_ID = (1 << RANGE_BITS) - 1
MAX_INDEX = (1 << 40) - 1
MAX_SHORT_INDEX = (1 << 20) - 1

# Each use of the two keys derives keys of its own, so that who checks serials learns no inner code.
_CODES, _INNER = 1, 2
_BODY_BITS = 60
# Keys of so many ranges are kept at hand.
_KEPT = 4096


class RangeKeys(NamedTuple):
    """The keys of one range's serials and short codes, 16 bytes each. ``mac`` lets its holder make codes of this
    range; ``permute`` alone only tells a code's index.
    """

    permute: bytes
    mac: bytes | None

    def __repr__(self) -> str:
        return "RangeKeys(hidden)"


class SerialScheme:
    """Issues and checks the codes of one pair of independent keys of 16 or 32 bytes (AES-128 or AES-256)."""

    __slots__ = ("_codes", "_mac_key", "_permute_key")

    def __init__(self, permute_key: bytes, mac_key: bytes) -> None:
        if len(permute_key) not in (16, 32):
            raise ValueError("the permutation key must have 16 or 32 bytes")
        if len(mac_key) not in (16, 32):
            raise ValueError("the MAC key must have 16 or 32 bytes")
        self._permute_key, self._mac_key = permute_key, mac_key
        self._codes = lru_cache(_KEPT)(self._open)

    def __repr__(self) -> str:
        return "SerialScheme(keys hidden)"

    def issue(self, gtin: str, range_id: int, index: int) -> str:
        """Return the serial of 20 characters for item number `index` of a range; ValueError outside the bounds.

        `gtin` has 8, 12, 13 or 14 digits; it is padded to 14, so that the forms of one GTIN give one serial.
        """
        return self.issue_run(gtin, range_id, index, 1)[0]

    def issue_run(self, gtin: str, range_id: int, start: int, count: int) -> list[str]:
        """Return the serials of `count` neighbouring indices from `start` on, as `issue` makes them but faster."""
        _require_fit(range_id, start, count, MAX_INDEX)
        return self._codes(SERIAL, range_id).run(head_of(gtin), start, count)

    def check(self, gtin: str, serial: str) -> SerialParts:
        """Return range id and index of a genuine serial; raise SerialError with its reason otherwise.

        `serial` may be as people type it (see `normalise`). A GTIN that is none raises a plain ValueError.
        """
        number = number_of(serial, SERIAL.length)
        return self._codes(SERIAL, number >> 80).check(head_of(gtin), number)

    def issue_short_run(self, range_id: int, start: int, count: int) -> list[str]:
        """Return the short codes of neighbouring items; a range has at most 2**20 of them."""
        _require_fit(range_id, start, count, MAX_SHORT_INDEX)
        return self._codes(SHORT, range_id).run(0, start, count)

    def check_short(self, code: str) -> SerialParts:
        """Return range id and index of a genuine short code; raise SerialError with its reason otherwise."""
        number = number_of(code, SHORT.length)
        return self._codes(SHORT, number >> 60).check(0, number)

    def inner(self, gtin: str, serial: str) -> str:
        """Return the code of 8 characters that lies under the seal of the item with this serial."""
        number = number_of(serial, SERIAL.length)
        key = _derived(self._mac_key, _INNER, number >> 80)
        made = cmac(key, (head_of(gtin) | number >> TAG_BITS).to_bytes(BLOCK))
        return written(int.from_bytes(made[:5]), INNER_LENGTH)

    def check_inner(self, gtin: str, serial: str, code: str) -> None:
        """Raise SerialError unless this is the inner code of the item; whether it was used before is not known here.

        The serial itself has to be checked apart.
        """
        given = written(number_of(code, INNER_LENGTH), INNER_LENGTH)
        if not hmac.compare_digest(given, self.inner(gtin, serial)):
            raise SerialError("mac")

    def range_keys(self, range_id: int) -> RangeKeys:
        """The keys of one range's codes, for a checker without a network (see `open_range`)."""
        permute, mac = (_derived(key, _CODES, range_id) for key in (self._permute_key, self._mac_key))
        return RangeKeys(permute, mac)

    def _open(self, form: Form, range_id: int) -> RangeCodes:
        return open_range(range_id, self.range_keys(range_id), form)


def open_range(range_id: int, keys: RangeKeys, form: Form = SERIAL) -> RangeCodes:
    """The codes of one range from its keys alone. On it `check(head_of(gtin), number_of(serial, 20))`, and for short
    codes, whose tag covers no GTIN, `check(0, number_of(code, 16))`.
    """
    return RangeCodes(range_id, form, keys.permute, keys.mac)


def head_of(gtin: str) -> int:
    """The GTIN as it stands in a tag's message, above range id and permuted index; ValueError when it is none."""
    if len(gtin) not in (8, 12, 13, 14) or not (gtin.isascii() and gtin.isdigit()):
        raise ValueError("a GTIN has 8, 12, 13 or 14 digits")
    return int(gtin) << _BODY_BITS


def _derived(key: bytes, use: int, range_id: int) -> bytes:
    # AES-CMAC as the pseudorandom function of a key derivation: another key for each use and range.
    return cmac(key, bytes([use]) + range_id.to_bytes(3))


def _require_fit(range_id: int, start: int, count: int, most: int) -> None:
    if not 0 <= range_id <= MAX_RANGE_ID:
        raise ValueError(f"range id {range_id} does not fit 20 bits")
    if count < 0 or not 0 <= start <= start + max(count - 1, 0) <= most:
        raise ValueError(f"{count} indices from {start} on do not fit {most.bit_length()} bits")
