"""The codes of one range: a keyed permutation of the index, and a tag that proves who issued the code.

A code is the range id (20 bits, plain), the permuted index (40 or 20 bits) and the tag (40 bits). The permutation
is a Feistel network of eight rounds (Luby and Rackoff 1988 need four for a strong pseudorandom permutation) whose round
function is one block of AES. The tag is the first five bytes of an AES-CMAC over one block that holds everything, so
that a run of codes takes one call for each round and one for the tags, and a check one call.
"""

import hmac
import struct
from collections.abc import Callable
from typing import NamedTuple

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from guomen.core.tagcrypto import lanes
from guomen.core.tagcrypto.aes import BLOCK, double, encrypt
from guomen.core.tagcrypto.codes import LETTERS, SerialError, written

RANGE_BITS = 20
RANGE_CHARACTERS = RANGE_BITS // 5
TAG_BITS = 40
_TAG = (1 << TAG_BITS) - 1
_ROUNDS = range(8)
_BACK = [number << 24 for number in reversed(_ROUNDS)]


class Form(NamedTuple):
    """A kind of code. Both share a range's keys; ``mark`` keeps what is made for one from serving the other."""

    length: int
    half: int
    """Bits of half an index."""
    mark: int

    @property
    def tweak(self) -> int:
        """What distinguishes the blocks of its permutation."""
        return self.mark << 32

    @property
    def head(self) -> int:
        """What distinguishes the messages of its tags, above any GTIN."""
        return self.mark << 120


SERIAL = Form(20, 20, 0)
SHORT = Form(16, 10, 1)


class SerialParts:
    """What a genuine code says: the range it was issued in (0 to 2**20 - 1) and its index there.

    The index is found when it is asked for, which costs more than the check itself.
    """

    __slots__ = ("_codes", "_index", "range_id")

    def __init__(self, range_id: int, index: int, codes: "RangeCodes | None" = None) -> None:
        self.range_id = range_id
        self._index, self._codes = index, codes

    @property
    def index(self) -> int:
        if self._codes is not None:
            self._index, self._codes = self._codes.unpermute(self._index), None
        return self._index

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SerialParts) and (self.range_id, self.index) == (other.range_id, other.index)

    def __hash__(self) -> int:
        return hash((self.range_id, self.index))

    def __repr__(self) -> str:
        return f"SerialParts(range_id={self.range_id}, index={self.index})"


class RangeCodes:
    """Makes and checks one form of a range's codes with the range's own keys of 16 bytes.

    Without ``mac_key`` it can only say the index of a code, which tells how many were made but forges nothing.
    """

    __slots__ = ("_mac", "_mac_mask", "_permute", "_tag", "_through", "form", "half", "range_id")

    def __init__(self, range_id: int, form: Form, permute_key: bytes, mac_key: bytes | None = None) -> None:
        self.range_id, self.form, self.half = range_id, form, form.half
        # ECB of single blocks is the bare block cipher, which is what a round function is.
        self._permute = Cipher(algorithms.AES(permute_key), modes.ECB())  # noqa: S305
        # For whole blocks it has no state, and making one takes longer than a check. Threads may share it: a block is
        # less than what the interpreter lets another thread run for.
        self._through = self._permute.encryptor().update
        self._tag: Callable[[bytes], bytes] | None = None
        if mac_key:
            self._mac = Cipher(algorithms.AES(mac_key), modes.ECB())  # noqa: S305
            self._tag = self._mac.encryptor().update
            # CMAC of one whole block is the block cipher over the block and this subkey.
            self._mac_mask = int.from_bytes(double(encrypt(mac_key, bytes(BLOCK))))

    def __repr__(self) -> str:
        return f"RangeCodes({self.range_id}, keys hidden)"

    def run(self, head: int, start: int, count: int) -> list[str]:
        """Codes of neighbouring indices. ``head`` is what else the tag covers, above the bits of the code itself."""
        head |= self.form.head | self.range_id << 2 * self.half
        before = b"\n" + written(self.range_id, RANGE_CHARACTERS).encode()
        used = 8 + 2 * self.half // 5
        found: list[str] = []
        rounds, size = [0], 0
        for first in range(start, start + count, lanes.CHUNK):
            here = min(lanes.CHUNK, start + count - first)
            if here != size:
                rounds, size = [lanes.ones(here) * (self.form.tweak | number << 24) for number in _ROUNDS], here
            ends = struct.unpack(f"{16 - used}x{used}s" * here, self._ends(head, rounds, first, here))
            found += (before[1:] + before.join(ends)).decode().split("\n")
        return found

    def check(self, head: int, number: int) -> SerialParts:
        """What a code (as a number) says; SerialError "mac" when it was not issued here."""
        if self._tag is None:
            raise ValueError("without the range's MAC key nothing can be checked")
        made = self._tag(((self.form.head | head | number >> TAG_BITS) ^ self._mac_mask).to_bytes(BLOCK))
        if not hmac.compare_digest((number & _TAG).to_bytes(5), made[:5]):
            raise SerialError("mac")
        return self.read(number)

    def read(self, number: int) -> SerialParts:
        """What a code says, believed without a check."""
        return SerialParts(self.range_id, number >> TAG_BITS & (1 << 2 * self.half) - 1, self)

    def unpermute(self, permuted: int) -> int:
        """The index behind its permuted form."""
        through, half, tweak = self._through, self.half, self.form.tweak
        mask = (1 << half) - 1
        left, right = permuted >> half, permuted & mask
        for number in _BACK:
            made = through((tweak | number | left).to_bytes(BLOCK))
            left, right = right ^ int.from_bytes(made) >> 104 & mask, left
        return left << half | right

    def _ends(self, head: int, rounds: list[int], start: int, count: int) -> bytes:
        """What follows the range id in the codes of a chunk: permuted index and tag, at the end of 16 characters."""
        ones = lanes.ones(count)
        halves = ones * ((1 << self.half) - 1)
        encrypt = self._permute.encryptor().update
        indices = ones * start + lanes.ramp(count)
        left, right = indices >> self.half & halves, indices & halves
        for each in rounds:
            left, right = right, left ^ lanes.through(encrypt, each | right, count) >> 104 & halves
        permuted = left << self.half | right
        message = ones * (head ^ self._mac_mask) ^ permuted
        tags = lanes.through(self._mac.encryptor().update, message, count) >> 88 & ones * _TAG
        return lanes.spread(permuted << 64 | tags, count).to_bytes(lanes.LANE_BYTES * count).translate(LETTERS)
