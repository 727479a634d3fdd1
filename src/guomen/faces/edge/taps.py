"""Taps of chips: counters are compared and set in groups before anybody is answered.

This is the one place where an answer waits for the disk: a counter that was accepted is never accepted again, whatever
process is killed afterwards. Everything else of a scan is appended later.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from typing import NamedTuple
from urllib.parse import parse_qsl
from uuid import UUID

from guomen.core.tagcrypto import SunError
from guomen.core.tagcrypto.chips import CHIPS
from guomen.faces.edge.gathering import Gathering, Line
from guomen.faces.edge.judging import Tag
from guomen.faces.edge.memory import Latest
from guomen.tags import at_scan, chips, rules
from guomen.tags.limits import limits

PATH = "/t"
NOT_COUNTED = -1
"""Told for a look that must not move the counter: every counter that was accepted is at least this."""
NO_KEYS = -1
MOST_REMEMBERED = 100_000
MOST_FIELDS = 20
"""Of a query; a chip writes four at most."""
_NAMES = ({"p", "c"}, {"u", "c"}, {"x"})


class Asked(NamedTuple):
    """A chip's message that checked out: whose, which counter, by which version of the keys (-1: without keys).

    ``ticket`` tells the same message sent twice apart: at most one of the two is accepted.
    """

    uid: bytes
    key_version: int
    told: int
    ticket: int


@dataclass(frozen=True, slots=True)
class Chip:
    """A registered chip as it was before this tap."""

    item: UUID
    range_number: int
    index: int
    kind: str
    before: int


def query_of(text: str) -> dict[str, str] | None:
    """The chip's message in an address's query; None when there is none."""
    if not text:
        return None
    if text.count("&") >= MOST_FIELDS:
        return None
    query = dict(parse_qsl(text, encoding="latin-1"))
    return query if any(names <= set(query) for names in _NAMES) else None


class Taps:
    """One for each event loop."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._counting: Gathering[Asked, Chip] = Gathering(self._count)
        self._tickets = count()
        self._latest: Latest[bytes, tuple[int, bytes]] = Latest(MOST_REMEMBERED)

    async def chip(self, tap: chips.Tap, *, counts: bool) -> Chip | None:
        """The registered chip that wrote this message, its counter set; None for a chip that is not ours.

        A counter that nothing vouches for (NTAG 21x) is not kept: anybody could use up a chip's numbers with it.
        """
        vouched = tap.key_version is not None and tap.counter is not None and counts
        told = tap.counter if vouched and tap.counter is not None else NOT_COUNTED
        version = NO_KEYS if tap.key_version is None else tap.key_version
        found = await self._counting.ask(Asked(tap.uid, version, told, next(self._tickets)))
        # A chip that signs its answers does not suddenly tell its bare number.
        return found if found and found.kind.startswith(tap.kind) else None

    def read(self, tap: chips.Tap, chip: Chip, device: bytes, recent: frozenset[str], *, counts: bool) -> Tag:
        """What the tap says for the verdict. ``recent``: who looked at the item lately."""
        kind = CHIPS[chip.kind]
        tamper = (tap.tamper or "absent") if kind.tamper else "absent"
        if tap.key_version is None or tap.counter is None or not counts:
            return Tag(kind.proof, "", tamper)
        same = self._latest.get(tap.uid) == (tap.counter, device) or device.hex() in recent
        counter = rules.read_counter(chip.before, tap.counter, limits().counter_gap, same_visitor=same)
        if tap.counter > chip.before:
            self._latest.put(tap.uid, (tap.counter, device))
        return Tag(kind.proof, counter, tamper)

    async def _count(self, asked: list[Asked]) -> Mapping[Asked, Chip]:
        chips_of: dict[tuple[bytes, int], list[Asked]] = {}
        for one in sorted(asked):
            chips_of.setdefault((one.uid, one.key_version), []).append(one)
        found: dict[Asked, Chip] = {}
        async with self._line.use() as connection:
            # One row for each chip, with the highest counter told: what is left then is what one by one would leave.
            columns = [[uid for uid, _ in chips_of], [taps[-1].told for taps in chips_of.values()]]
            versions = [version for _, version in chips_of]
            cursor = await connection.execute(at_scan.COUNT, [*columns, versions], prepare=True)
            rows = {(bytes(uid), version): rest for uid, version, *rest in await cursor.fetchall()}
        for key, taps in chips_of.items():
            if key not in rows:
                continue
            *about, before = rows[key]
            for one in taps:
                found[one] = Chip(*about, before)
                before = max(before, one.told)
        return found

    async def close(self) -> None:
        await self._line.close()


__all__ = ["PATH", "SunError", "Taps", "query_of"]
