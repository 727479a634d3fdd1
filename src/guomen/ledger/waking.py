"""When writers wake the worker."""

import time

AGAIN = 0.05
"""Seconds after which a process wakes the worker anew; less than the worker's round."""
_last = float("-inf")


def is_due() -> bool:
    """Whether this process has not woken the worker just now.

    PostgreSQL commits transactions that notify one after the other, each with its own flush. The worker looks twice
    when it was woken, so what follows at once is seen without; if it is not, the worker looks by itself soon after.
    """
    global _last
    moment = time.monotonic()
    if moment - _last < AGAIN:
        return False
    _last = moment
    return True
