"""Identifiers: time-ordered UUIDs and the subjects that ledger entries are about."""

import os
import threading
import time
import uuid

_lock = threading.Lock()
_last = 0


def uuid7() -> uuid.UUID:
    """A time-ordered UUID (RFC 9562 version 7, method 3): 60 bits of time, then 62 random bits.

    Ids made by one process rise strictly, also within a microsecond: entries of one transaction keep their order.
    """
    global _last
    with _lock:
        tick = max(time.time_ns() * 4096 // 1_000_000, _last + 1)
        _last = tick
    high = (tick >> 12) << 16 | 0x7 << 12 | tick & 0xFFF
    low = 0b10 << 62 | int.from_bytes(os.urandom(8), "big") >> 2
    return uuid.UUID(int=high << 64 | low)


class Subject:
    """The names of things that the ledger speaks of. Items, batches and products are GS1 Digital Link URIs."""

    @staticmethod
    def declaration(number: str) -> str:
        return f"urn:guomen:declaration:{number}"

    @staticmethod
    def line(declaration_number: str, line_number: int) -> str:
        """One goods line of a declaration: the thing that release decisions are about."""
        return f"urn:guomen:line:{declaration_number}/{line_number}"

    @staticmethod
    def container(number: str) -> str:
        """ISO 6346 container number."""
        return f"urn:guomen:container:{number}"

    @staticmethod
    def of(kind: str, key: object) -> str:
        """Any other subject, for example ``of("seal", "MSK558201")``."""
        return f"urn:guomen:{kind}:{key}"
