"""When scans speak for copies of a code: one small class for each rule, whose docstring is the rule.

A rule looks at one new phone's scan at a time (``notices``), and says whether what it noticed so far is enough
(``speaks``). What it then says are numbers for the sentence of its code in ``tags.words``. Nothing here proves a copy:
it says that somebody should look.
"""

from abc import ABC
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt
from typing import ClassVar

from guomen.tags.rules.limits import CopyLimits
from guomen.tags.rules.trail import Look, Trail
from guomen.tags.rules.verdict import GONE

Numbers = Mapping[str, int | str]
Distance = Callable[[str, str], int | None]
"""Kilometres between two UN/LOCODEs; None when one of them is not known."""
_HOUR = 3600


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an item beside its scans. Moments in seconds since 1970."""

    state: str = ""
    state_at: int = 0
    state_place: str = ""
    released_at: int | None = None
    markets: tuple[str, ...] = ()
    """Countries that the goods were made for; none: any."""


class Rule(ABC):
    """One rule. ``of_records``: what speaks about many items of an order is wrong records rather than copies.
    ``of_marks``: it speaks only about what it noticed, so that it need not be asked about most items.
    """

    code: ClassVar[str]
    of_records: ClassVar[bool] = False
    of_marks: ClassVar[bool] = True

    def notices(self, look: Look, trail: Trail, known: Known, limits: CopyLimits, far: Distance) -> bool:
        """Whether this scan by a new phone counts; ``trail`` is as it was before it."""
        return False

    def speaks(self, trail: Trail, known: Known, limits: CopyLimits) -> Numbers | None:
        """Numbers of the sentence when it is enough, else None."""
        raise NotImplementedError


class ManyDevices(Rule):
    """More different phones on one day than look at one item: ``phones_in_a_day``, or ``phones_in_one_place`` where all
    are in one city; or more than ``phones_in_all`` phones, counted anew each day."""

    code = "TAG-MANY-DEVICES"
    of_marks = False

    def speaks(self, trail: Trail, known: Known, limits: CopyLimits) -> Numbers | None:
        today = trail.phones_today
        in_one_place = len(trail.here) == 1 and trail.here[0] != ""
        most = limits.phones_in_one_place if in_one_place else limits.phones_in_a_day
        if today > most or trail.phones > limits.phones_in_all:
            return {"today": today, "phones": trail.phones, "most": most, "most_in_all": limits.phones_in_all}
        return None


class ManyPlaces(Rule):
    """One item is not in ``cities`` or more cities."""

    code = "TAG-MANY-PLACES"
    of_marks = False

    def speaks(self, trail: Trail, known: Known, limits: CopyLimits) -> Numbers | None:
        cities = len(trail.places)
        return {"cities": cities, "most": limits.cities - 1} if cities >= limits.cities else None


class FarApart(Rule):
    """``far_apart`` times, a new phone was more than ``distance_km`` from the last one, sooner than at ``speed_kmh``,
    and not in the city where the item was first seen. Once is a photo sent to a friend; the way home is no other."""

    code = "TAG-FAR-APART"

    def notices(self, look: Look, trail: Trail, known: Known, limits: CopyLimits, far: Distance) -> bool:
        if not look.place or look.place in trail.places[:1]:
            return False
        last = next((old for old in trail.recent if old.place and old.device != look.device), None)
        if last is None or look.place == last.place:
            return False
        km = far(last.place, look.place)
        return km is not None and km > limits.distance_km and km * _HOUR > abs(look.at - last.at) * limits.speed_kmh

    def speaks(self, trail: Trail, known: Known, limits: CopyLimits) -> Numbers | None:
        mark = trail.marked(self.code)
        return {"times": mark.count, "speed_kmh": limits.speed_kmh} if mark.count >= limits.far_apart else None


class BeforeRelease(Rule):
    """``before_release_phones`` phones of the public checked an item before its goods were released."""

    code = "TAG-BEFORE-RELEASE"
    of_records = True

    def notices(self, look: Look, trail: Trail, known: Known, limits: CopyLimits, far: Distance) -> bool:
        return known.released_at is None or look.at < known.released_at

    def speaks(self, trail: Trail, known: Known, limits: CopyLimits) -> Numbers | None:
        phones = trail.marked(self.code).count
        return {"phones": phones} if phones >= limits.before_release_phones else None


class AfterSale(Rule):
    """``after_sale_phones`` phones, in ``after_sale_cities`` cities farther than ``distance_km`` from the shop, checked
    an item after it was sold there."""

    code = "TAG-SCANNED-AFTER-SALE"
    of_records = True

    def notices(self, look: Look, trail: Trail, known: Known, limits: CopyLimits, far: Distance) -> bool:
        if known.state not in ("sold", "claimed") or look.at <= known.state_at:
            return False
        if not known.state_place or not look.place:
            return False
        km = far(known.state_place, look.place)
        return km is not None and km > limits.distance_km

    def speaks(self, trail: Trail, known: Known, limits: CopyLimits) -> Numbers | None:
        mark = trail.marked(self.code)
        if mark.count >= limits.after_sale_phones and len(mark.places) >= limits.after_sale_cities:
            return {"phones": mark.count, "cities": len(mark.places), "km": limits.distance_km}
        return None


class AfterEnd(Rule):
    """``after_end_phones`` phones checked an item more than ``after_end_hours`` hours after it was recorded as
    destroyed, stolen, spoiled, returned or exported."""

    code = "TAG-AFTER-END"
    of_records = True

    def notices(self, look: Look, trail: Trail, known: Known, limits: CopyLimits, far: Distance) -> bool:
        return known.state in GONE and look.at > known.state_at + limits.after_end_hours * _HOUR

    def speaks(self, trail: Trail, known: Known, limits: CopyLimits) -> Numbers | None:
        phones = trail.marked(self.code).count
        return {"phones": phones, "state": known.state} if phones >= limits.after_end_phones else None


class OutsideMarket(Rule):
    """``outside_market_phones`` phones, in ``outside_market_cities`` cities, checked an item outside the
    countries that it was made for. One traveller is not a trade."""

    code = "TAG-OUTSIDE-MARKET"

    def notices(self, look: Look, trail: Trail, known: Known, limits: CopyLimits, far: Distance) -> bool:
        return bool(known.markets and look.place) and look.place[:2] not in known.markets

    def speaks(self, trail: Trail, known: Known, limits: CopyLimits) -> Numbers | None:
        mark = trail.marked(self.code)
        if mark.count >= limits.outside_market_phones and len(mark.places) >= limits.outside_market_cities:
            return {"phones": mark.count, "cities": len(mark.places), "markets": ", ".join(known.markets)}
        return None


class CounterReplayed(Rule):
    """``replayed_phones`` phones sent a chip's code that had been used before: an address that goes around, no tag."""

    code = "TAG-COUNTER-REPLAYED"

    def notices(self, look: Look, trail: Trail, known: Known, limits: CopyLimits, far: Distance) -> bool:
        return look.counter == "replayed"

    def speaks(self, trail: Trail, known: Known, limits: CopyLimits) -> Numbers | None:
        phones = trail.marked(self.code).count
        return {"phones": phones} if phones >= limits.replayed_phones else None


class CounterSkipped(Rule):
    """``skipped_taps`` times, a chip had been read more than ``counter_gap`` times since the tap before."""

    code = "TAG-COUNTER-SKIPPED"

    def notices(self, look: Look, trail: Trail, known: Known, limits: CopyLimits, far: Distance) -> bool:
        return look.counter == "skipped"

    def speaks(self, trail: Trail, known: Known, limits: CopyLimits) -> Numbers | None:
        times = trail.marked(self.code).count
        return {"times": times, "gap": limits.counter_gap} if times >= limits.skipped_taps else None


RULES: tuple[Rule, ...] = (
    ManyDevices(),
    ManyPlaces(),
    FarApart(),
    BeforeRelease(),
    AfterSale(),
    AfterEnd(),
    OutsideMarket(),
    CounterReplayed(),
    CounterSkipped(),
)
_NOTICING = tuple(rule for rule in RULES if type(rule).notices is not Rule.notices)
OF_RECORDS = frozenset(rule.code for rule in RULES if rule.of_records)
SWEPT, GUESSED = "TAG-SWEPT", "TAG-GUESSED"
"""Rules about an order instead of an item: one phone checked ``swept_items`` of its items on one day, or sent
``guessed_codes`` codes that do not exist."""

CLAIMED_AGAIN = "TAG-CLAIMED-AGAIN"
"""No rule of scans: ``claims_refused`` times somebody else came with the code from inside a pack that is claimed."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A rule that holds for an item, with the numbers of its sentence."""

    code: str
    numbers: Numbers


def noticed(look: Look, trail: Trail, known: Known, limits: CopyLimits, far: Distance) -> list[str]:
    """The rules to which a new phone's look would be something; ``trail`` is as it was before it."""
    return [rule.code for rule in _NOTICING if rule.notices(look, trail, known, limits, far)]


def follow(trail: Trail, looks: Sequence[Look], known: Known, limits: CopyLimits, far: Distance) -> int:
    """Add looks, oldest first, to an item's trail and let the rules notice them; returns how many were new phones."""
    new = 0
    for look in looks:
        found = noticed(look, trail, known, limits, far)
        if trail.add(look):
            new += 1
            for code in found:
                trail.mark(code, look.place)
    return new


def spoken(trail: Trail, known: Known, limits: CopyLimits) -> list[Spoken]:
    """The rules that hold for an item now."""
    asked = [rule for rule in RULES if not rule.of_marks or rule.code in trail.marks]
    found = [(rule.code, rule.speaks(trail, known, limits)) for rule in asked]
    return [Spoken(code, numbers) for code, numbers in found if numbers is not None]


def claimed_again(refused: int, limits: CopyLimits) -> Numbers | None:
    """Numbers of the sentence when claims of an item were refused often enough, else None."""
    return {"times": refused, "most": limits.claims_refused} if refused >= limits.claims_refused else None


def kilometres(a: tuple[float, float], b: tuple[float, float]) -> int:
    """Great-circle distance of two (latitude, longitude) in degrees, in whole km (haversine, a sphere of 6371 km)."""
    (lat1, lon1), (lat2, lon2) = (tuple(map(radians, p)) for p in (a, b))
    h = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return round(12742 * asin(sqrt(h)))
