"""The life of an item's tag: which states there are, who may change them from where, and which one counts.

Pure: values in, decisions out. A state is kept where it is cheapest: one row for a range, one for a stretch of it that
went another way, one for a single item that did. Two states are never kept, because they follow from the consignment
and from recalls: ``active`` (released) and ``recalled``.
"""

from dataclasses import dataclass
from typing import Literal

from guomen.core.runs import runs as neighbours

Who = Literal["firm", "seller", "officer", "shopper"]
NOT_MADE = frozenset({"asked", "refused", "cancelled"})
"""States of an order of which no label exists: its codes do not exist either."""
KEPT = ("ordered", "printed", "applied", "shipped", "displayed", "sold", "claimed", "exported", "returned")
LOST = ("spoiled", "destroyed", "stolen")
STATES = frozenset({*NOT_MADE, *KEPT, *LOST})
WITHDRAWN = frozenset({*LOST, "returned"})
"""Whoever meets an item in one of these states should not trust it."""
_ON_GOODS = frozenset({"ordered", "printed", "applied"})
_AT_HAND = _ON_GOODS | {"shipped", "displayed"}


@dataclass(frozen=True, slots=True)
class Change:
    """One way into ``to``: from which states, by whom, and how an EPCIS event says it (CBV 2.0 names)."""

    to: str
    before: frozenset[str]
    who: frozenset[Who]
    action: str = "OBSERVE"
    step: str = ""
    disposition: str = ""
    on_the_market: bool = False
    """Only goods that are released and not recalled."""


def _by(*who: Who) -> frozenset[Who]:
    return frozenset(who)


CHANGES = {
    change.to: change
    for change in (
        Change("printed", frozenset({"ordered"}), _by("firm"), "OBSERVE", "encoding", "encoded"),
        Change("applied", frozenset({"ordered", "printed"}), _by("firm"), "ADD", "commissioning", "active"),
        Change("spoiled", _ON_GOODS, _by("firm"), "DELETE", "decommissioning", "inactive"),
        Change("shipped", _ON_GOODS | {"displayed", "returned"}, _by("firm"), "OBSERVE", "shipping", "in_transit"),
        Change(
            "displayed",
            _ON_GOODS | {"shipped", "returned"},
            _by("firm"),
            "OBSERVE",
            "storing",
            "sellable_not_accessible",
        ),
        Change("sold", _AT_HAND, _by("seller"), "OBSERVE", "retail_selling", "retail_sold", True),
        # A shop that reports no sales must not keep its customers from claiming what they bought.
        Change("claimed", _AT_HAND | {"sold"}, _by("shopper"), disposition="retail_sold", on_the_market=True),
        Change("exported", _AT_HAND, _by("firm", "officer"), "OBSERVE", "departing", "in_transit"),
        Change(
            "returned",
            _AT_HAND | {"sold", "claimed", "exported"},
            _by("firm", "seller", "officer"),
            "OBSERVE",
            "receiving",
            "returned",
        ),
        Change(
            "destroyed",
            _AT_HAND | {"sold", "claimed", "returned", "exported", "stolen"},
            _by("firm", "officer"),
            "DELETE",
            "destroying",
            "destroyed",
        ),
        Change("stolen", _AT_HAND | {"returned"}, _by("firm", "officer"), "OBSERVE", "", "stolen"),
    )
}


def refusal(to: str, before: str, who: Who, *, released: bool, recalled: bool) -> str:
    """Why ``who`` may not change ``before`` to ``to``: a reason code, or empty when it is fine.

    TAG-NO-SUCH-CHANGE, TAG-NOT-YOURS-TO-CHANGE, TAG-RECALLED, TAG-NOT-RELEASED, TAG-WRONG-STATE.
    """
    change = CHANGES.get(to)
    if change is None:
        return "TAG-NO-SUCH-CHANGE"
    if who not in change.who:
        return "TAG-NOT-YOURS-TO-CHANGE"
    if change.on_the_market and recalled:
        return "TAG-RECALLED"
    if change.on_the_market and before in change.before and not released:
        return "TAG-NOT-RELEASED"
    return "" if before in change.before else "TAG-WRONG-STATE"


def kept_state(item: str, stretch: str, whole: str) -> str:
    """The state that counts of those that are kept: the item's own, else its stretch's, else its range's.

    Empty stands for "no row". Changes of a stretch clear the rows of its items, so the nearest is also the newest.
    """
    return item or stretch or whole


def current_state(item: str, stretch: str, whole: str, *, released: bool, recalled: bool) -> str:
    """What people read: recalled before all, then what was kept, then whether the consignment's release made it active.

    The order is item > stretch > range > consignment; only a recall stands above, because it is about everybody.
    """
    kept = kept_state(item, stretch, whole)
    if recalled and kept not in NOT_MADE:
        return "recalled"
    return "active" if released and kept in _ON_GOODS else kept


@dataclass(frozen=True, slots=True)
class Stretch:
    """Indices ``first`` to ``last``, both included, of one range."""

    first: int
    last: int
    state: str = ""

    @property
    def size(self) -> int:
        return self.last - self.first + 1


def parts(stretches: list[Stretch], first: int, last: int, whole: str) -> list[Stretch]:
    """What lies from ``first`` to ``last``, in order and without gaps: where no stretch is, the range's own state."""
    found, at = [], first
    for one in sorted(stretches, key=lambda s: s.first):
        if one.last < at or one.first > last:
            continue
        if one.first > at:
            found.append(Stretch(at, one.first - 1, whole))
        found.append(Stretch(max(one.first, at), min(one.last, last), one.state))
        at = one.last + 1
    if at <= last:
        found.append(Stretch(at, last, whole))
    return found


def laid(stretches: list[Stretch], new: list[Stretch], whole: str) -> list[Stretch]:
    """``stretches`` of a range after ``new`` ones, which lie apart, were laid over them.

    Ordered, apart, neighbours of one state in one. What has the range's own state needs no stretch.
    """
    over = sorted(new, key=lambda s: s.first)
    found, n = list(over), 0
    for old in sorted(stretches, key=lambda s: s.first):
        at = old.first
        while n < len(over) and over[n].last < at:
            n += 1
        ahead = n
        while ahead < len(over) and over[ahead].first <= old.last:
            if over[ahead].first > at:
                found.append(Stretch(at, over[ahead].first - 1, old.state))
            at = over[ahead].last + 1
            ahead += 1
        if at <= old.last:
            found.append(Stretch(at, old.last, old.state))
    return joined([one for one in sorted(found, key=lambda s: s.first) if one.state != whole])


def joined(stretches: list[Stretch]) -> list[Stretch]:
    """Ordered stretches, neighbours of one state as one."""
    found: list[Stretch] = []
    for one in stretches:
        if found and found[-1].state == one.state and found[-1].last + 1 == one.first:
            found[-1] = Stretch(found[-1].first, one.last, one.state)
        else:
            found.append(one)
    return found


def runs(indices: list[int]) -> list[Stretch]:
    """Single indices as stretches of neighbours; each index once, in order."""
    return [Stretch(first, last) for first, last in neighbours(indices)]


def covered(stretches: list[Stretch]) -> int:
    """How many indices lie in at least one of the stretches."""
    count, at = 0, -1
    for one in sorted(stretches, key=lambda s: s.first):
        count += max(0, one.last - max(at, one.first - 1))
        at = max(at, one.last)
    return count


@dataclass(frozen=True, slots=True)
class Balance:
    """What became of the labels of a range."""

    ordered: int
    made: int
    """Put into label files."""
    printed: int
    """Reported as printed, or further on."""
    applied: int
    """Reported as on the goods, or further on."""
    spoiled: int
    missing: int
    """Made or reported as printed, but neither reported on goods nor struck: somebody has them or lost them."""


def balance(count: int, made: int, by_state: dict[str, int]) -> Balance:
    """The balance of a range of ``count`` with ``made`` labels in files. ``by_state``: how many items are in each."""
    spoiled, ordered, printed = (by_state.get(state, 0) for state in ("spoiled", "ordered", "printed"))
    beyond = sum(by_state.values()) - spoiled - ordered - printed
    exist = max(made, printed + beyond + spoiled)
    return Balance(count, made, printed + beyond, beyond, spoiled, exist - beyond - spoiled)
