"""Many small numbers side by side in one large integer, so that one operation of Python works on all of them.

A lane has 128 bits, as a block of AES: the integer of a run is its blocks written one after the other, the first item
in the highest lane. Additions, shifts and masks then cost a nanosecond or so for each item, and a whole run goes
through AES in one call. A numeric library would do the same and weigh more than the rest of the core.
"""

from collections.abc import Callable

LANE = 128
LANE_BYTES = LANE // 8
CHUNK = 512
"""Lanes that are worked on at once: enough to forget Python's own cost, few enough to stay in the processor's cache."""

_ONES = int.from_bytes((1).to_bytes(LANE_BYTES) * CHUNK)
_RAMP = int.from_bytes(b"".join(number.to_bytes(LANE_BYTES) for number in range(CHUNK)))
# Of each group of twice `bits`, in steps, the upper half moves up to the middle of twice the room.
_STEPS = tuple(
    (bits, up, _ONES * sum((1 << bits) - 1 << at for at in range(0, LANE, 2 * (bits + up))))
    for bits, up in ((20, 12), (10, 6), (5, 3))
)


def ones(count: int) -> int:
    """1 in each of ``count`` lanes, at most ``CHUNK``: times a number it puts that number into each."""
    return _first(_ONES, count)


def ramp(count: int) -> int:
    """0, 1, 2 and so on in ``count`` lanes."""
    return _first(_RAMP, count)


def through(encrypt: Callable[[bytes], bytes], lanes: int, count: int) -> int:
    """Each lane as one block through a block cipher."""
    return int.from_bytes(encrypt(lanes.to_bytes(LANE_BYTES * count)))


def spread(lanes: int, count: int) -> int:
    """Two numbers of 40 bits, one in each half of a lane, as sixteen bytes of five bits."""
    for bits, up, mask in _STEPS:
        low = _first(mask, count)
        lanes = lanes & low | (lanes & low << bits) << up
    return lanes


def _first(lanes: int, count: int) -> int:
    return lanes if count == CHUNK else lanes >> LANE * (CHUNK - count)
