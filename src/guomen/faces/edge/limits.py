"""How much one address may ask: a bucket of tokens for each, refilled steadily, in a table of bounded size."""

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable

MOST_ADDRESSES = 100_000
WRONG_CODE = 10
"""A code that does not exist takes so many tokens: who guesses is slowed down ten times sooner than who shops."""


def network_of(address: str) -> str:
    """Whom an address belongs to: itself in IPv4, its /64 in IPv6, where one subscriber has 2**64 of them."""
    if ":" not in address:
        return address
    try:
        six = ipaddress.IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    return str(six.ipv4_mapped or ipaddress.IPv6Network((int(six) >> 64 << 64, 64)))


class Limits:
    """``rate`` tokens a second for each address, at most ``burst`` of them saved up; a rate of 0 sets no limit."""

    def __init__(self, rate: float, burst: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate, self.burst, self.clock = rate, burst, clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, address: str, tokens: float = 1) -> float:
        """Take tokens; 0 when there were enough, else after how many seconds to come again."""
        if not self.rate:
            return 0.0
        moment = self.clock()
        left, at = self._left.get(address, (self.burst, moment))
        left = min(self.burst, left + (moment - at) * self.rate)
        if left < 1:
            return (1 - left) / self.rate
        # May fall below zero: a wrong code is known to be wrong only afterwards.
        self._left[address] = (left - tokens, moment)
        self._left.move_to_end(address)
        if len(self._left) > MOST_ADDRESSES:
            self._left.popitem(last=False)
        return 0.0
