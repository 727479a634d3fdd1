"""What the scans of one item add up to, in a few hundred bytes however many they are."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

RECENT = 8
KEPT = 64
"""Up to so many phones of a day are counted exactly; more of them are estimated."""
MOST_PLACES = 16
_SPACE = 1 << 32
_DAY = 86_400


class Look(NamedTuple):
    """One counted scan. ``at``: seconds since 1970. ``device``: today's hash of the visitor. ``place``: UN/LOCODE or
    empty. ``counter``: what the scan path found the chip's counter to be."""

    at: int
    device: bytes
    place: str
    counter: str = ""


@dataclass(slots=True)
class Mark:
    """How many new phones a rule has noticed, and where."""

    count: int = 0
    places: list[str] = field(default_factory=list)

    def add(self, place: str) -> None:
        self.count += 1
        _keep(self.places, place)


@dataclass(slots=True)
class Trail:
    """Sums over the public's scans of one item.

    Phones are told apart within a day only: their hashes change with the day's salt. Of each day the ``KEPT`` smallest
    hashes are kept; beyond that number their spread tells how many there were (k minimum values, Bar-Yossef 2002).
    """

    times: int = 0
    first_at: int = 0
    last_at: int = 0
    earlier: int = 0
    """Phones of the days before ``day``, each day's added up."""
    day: int = 0
    kept: list[int] = field(default_factory=list)
    here: list[str] = field(default_factory=list)
    """Places of ``day``; "" stands for places that nobody knows."""
    places: list[str] = field(default_factory=list)
    recent: list[Look] = field(default_factory=list)
    """Newest first."""
    marks: dict[str, Mark] = field(default_factory=dict)

    @property
    def phones_today(self) -> int:
        if len(self.kept) < KEPT:
            return len(self.kept)
        return max(KEPT, (KEPT - 1) * _SPACE // max(1, self.kept[-1]))

    @property
    def phones(self) -> int:
        return self.earlier + self.phones_today

    def add(self, look: Look) -> bool:
        """Count a look; returns whether this phone looks for the first time on its day."""
        self.times += 1
        self.first_at = min(self.first_at or look.at, look.at)
        self.last_at = max(self.last_at, look.at)
        day = look.at // _DAY
        if day > self.day:
            self.earlier, self.day, self.kept, self.here = self.phones, day, [], []
        is_new = self._count(look)
        if day == self.day:
            _keep(self.here, look.place, blank=True)
        _keep(self.places, look.place)
        self._remember(look)
        return is_new

    def _count(self, look: Look) -> bool:
        if look.at // _DAY < self.day:
            # Came late, after its day was closed: hashes of that day are no longer there to compare with.
            seen = any(old.device == look.device for old in self.recent)
            self.earlier += not seen
            return not seen
        short = int.from_bytes(look.device[:4])
        if short in self.kept:
            return False
        if len(self.kept) < KEPT or short < self.kept[-1]:
            self.kept = sorted((*self.kept, short))[:KEPT]
        return True

    def _remember(self, look: Look) -> None:
        if not self.recent or look.at >= self.recent[0].at:
            self.recent = [look, *self.recent[: RECENT - 1]]
        else:
            self.recent = sorted((*self.recent, look), key=_moment, reverse=True)[:RECENT]

    def mark(self, code: str, place: str) -> None:
        self.marks.setdefault(code, Mark()).add(place)

    def marked(self, code: str) -> Mark:
        return self.marks.get(code) or Mark()

    def stored(self) -> dict[str, Any]:
        """What a table keeps beside the columns that everybody reads."""
        marks = {code: [m.count, *m.places] for code, m in self.marks.items()}
        kept = "".join(f"{n:08x}" for n in self.kept)
        return {"e": self.earlier, "d": self.day, "k": kept, "h": self.here, "p": self.places, "m": marks}


def read(times: int, first_at: int, last_at: int, recent: Sequence[Sequence[Any]], stored: dict[str, Any]) -> Trail:
    """A trail as it was stored."""
    hashes = stored.get("k", "")
    return Trail(
        times,
        first_at,
        last_at,
        stored.get("e", 0),
        stored.get("d", 0),
        [int(hashes[i : i + 8], 16) for i in range(0, len(hashes), 8)],
        stored.get("h", []),
        stored.get("p", []),
        [Look(at, bytes.fromhex(device), place) for at, device, place in recent],
        {code: Mark(count, places) for code, (count, *places) in stored.get("m", {}).items()},
    )


def _keep(places: list[str], place: str, *, blank: bool = False) -> None:
    if (place or blank) and place not in places and len(places) < MOST_PLACES:
        places.append(place)


def _moment(look: Look) -> int:
    return look.at
