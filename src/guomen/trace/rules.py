"""Pure rules of tracing: what was in what when, and who holds goods of a batch."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

BEGIN = datetime.min.replace(tzinfo=UTC)
END = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Mark:
    """One statement about a thing and a parent: ADD, DELETE, OBSERVE, or EMPTIED: what was in the parent left it."""

    at: datetime
    action: str
    parent: Hashable
    quantity: Decimal | None = None
    uom: str = ""


@dataclass(frozen=True, slots=True)
class Inside:
    """A thing was in ``parent`` from ``since`` to ``until`` (both included). ``quantity`` None: itself or unknown."""

    parent: Hashable
    since: datetime
    until: datetime
    quantity: Decimal | None = None
    uom: str = ""


def stays_of_item(marks: Iterable[Mark]) -> list[Inside]:
    """Where one item was. It is in one parent at a time: being put into another ends the stay in the first.

    Being taken out of where nobody said it was: it was there since it was last seen elsewhere.
    """
    found: list[Inside] = []
    parent, since, free_since = None, BEGIN, BEGIN
    for mark in sorted(marks, key=lambda m: (m.at, m.action)):
        if mark.action in ("DELETE", "EMPTIED"):
            # Who empties something does not say that this was in it.
            if parent == mark.parent or (parent is None and mark.action == "DELETE"):
                found.append(Inside(mark.parent, since if parent is not None else free_since, mark.at))
                parent, free_since = None, mark.at
        elif mark.parent != parent:
            if parent is not None:
                found.append(Inside(parent, since, mark.at))
            parent, since = mark.parent, mark.at
    if parent is not None:
        found.append(Inside(parent, since, END))
    return found


def stays_of_class(marks: Iterable[Mark]) -> list[Inside]:
    """Where goods of a class were, with how many. They can be in many parents at once; amounts add up per parent."""
    found: list[Inside] = []
    open_stays: dict[tuple[Hashable, str], tuple[datetime, Decimal | None]] = {}
    for mark in sorted(marks, key=lambda m: (m.at, m.action)):
        slot = (mark.parent, mark.uom)
        if mark.action == "EMPTIED" and slot not in open_stays:
            continue
        since, amount = open_stays.pop(slot, (None, None))
        left = _amount_after(mark, amount, is_open=since is not None)
        if since is not None and left == amount and mark.action not in ("DELETE", "EMPTIED"):
            open_stays[slot] = (since, amount)
            continue
        if since is not None:
            found.append(Inside(mark.parent, since, mark.at, amount, mark.uom))
        if mark.action not in ("DELETE", "EMPTIED") or (left is not None and left > 0):
            open_stays[slot] = (mark.at, left)
    found.extend(Inside(parent, since, END, amount, uom) for (parent, uom), (since, amount) in open_stays.items())
    return found


def _amount_after(mark: Mark, amount: Decimal | None, *, is_open: bool) -> Decimal | None:
    if mark.action == "EMPTIED":
        return None
    if mark.action == "DELETE":
        return amount - mark.quantity if amount is not None and mark.quantity is not None else None
    if not is_open:
        return mark.quantity
    if mark.action == "OBSERVE" or amount is None or mark.quantity is None:
        return amount if mark.action == "OBSERVE" else None
    return amount + mark.quantity


@dataclass(frozen=True, slots=True)
class Move:
    """Goods of a batch changed hands or left the chain. ``amounts``: unit -> quantity, None for an unknown quantity.

    step: ship, receive, sell or destroy. Who sells or destroys is ``source``.
    """

    at: datetime
    step: str
    source: str | None
    destination: str | None
    amounts: Mapping[str, Decimal | None]


@dataclass(frozen=True, slots=True)
class Holding:
    """What a party still has. ``quantity`` None: nobody knows how much. ``confirmed``: it said that it received."""

    party: str
    unit: str
    quantity: Decimal | None
    since: datetime
    confirmed: bool


class _Sum:
    """A sum in which one unknown makes the whole unknown, but whose known part is remembered."""

    def __init__(self) -> None:
        self.known, self.unknown = Decimal(0), False

    def add(self, amount: Decimal | None) -> None:
        if amount is None:
            self.unknown = True
        else:
            self.known += amount


def holdings(moves: Iterable[Move]) -> list[Holding]:
    """Who received goods and has not passed all of them on; in doubt somebody counts as a holder.

    A dispatch and the receipt of it are one movement: per pair of parties the larger of the two sums counts. A receipt
    that does not say from whom confirms dispatches that are still unconfirmed; only what exceeds them is more goods.
    """
    shipped: dict[tuple[str, str | None, str], _Sum] = defaultdict(_Sum)
    received: dict[tuple[str | None, str, str], _Sum] = defaultdict(_Sum)
    gone: dict[tuple[str, str], _Sum] = defaultdict(_Sum)
    since: dict[str, datetime] = {}
    confirmed: set[str] = set()
    for move in sorted(moves, key=lambda m: m.at):
        for unit, amount in move.amounts.items():
            if move.step == "ship":
                shipped[move.source or "", move.destination, unit].add(amount)
            elif move.step == "receive" and move.destination:
                received[move.source, move.destination, unit].add(amount)
            elif move.source:
                gone[move.source, unit].add(amount)
        if move.step in {"ship", "receive"} and move.destination:
            since.setdefault(move.destination, move.at)
        if move.step == "receive" and move.destination:
            confirmed.add(move.destination)
    units = sorted({k[2] for k in [*shipped, *received]})
    balances = (_balance(party, unit, shipped, received, gone) for party in since for unit in units)
    return [
        Holding(party, unit, quantity, since[party], party in confirmed)
        for party, unit, quantity in filter(None, balances)
    ]


def _balance(
    party: str,
    unit: str,
    shipped: Mapping[tuple[str, str | None, str], _Sum],
    received: Mapping[tuple[str | None, str, str], _Sum],
    gone: Mapping[tuple[str, str], _Sum],
) -> tuple[str, str, Decimal | None] | None:
    nothing = _Sum()
    sent = {s: x for (s, d, u), x in shipped.items() if d == party and u == unit}
    got = {s: x for (s, d, u), x in received.items() if d == party and u == unit}
    inwards, unconfirmed = Decimal(0), Decimal(0)
    for source in sent.keys() | (got.keys() - {None}):
        there, here = sent.get(source or "", nothing).known, got.get(source, nothing).known
        inwards += max(there, here)
        unconfirmed += max(there - here, Decimal(0))
    inwards += max(got.get(None, nothing).known - unconfirmed, Decimal(0))
    unknown = any(x.unknown for x in [*sent.values(), *got.values()])
    outwards = gone.get((party, unit), nothing).known
    targets = {d for (s, d, u) in shipped if s == party and u == unit}
    targets |= {d for (s, d, u) in received if s == party and u == unit}
    for target in targets:
        there = shipped.get((party, target, unit), nothing).known
        here = received.get((party, target or "", unit), nothing).known
        outwards += max(there, here)
    if unknown:
        return party, unit, None
    left = inwards - outwards
    return (party, unit, left) if left > 0 else None


@dataclass(frozen=True, slots=True)
class Given:
    """``giver`` said that ``taker`` gets a thing at a moment. ``words``: by others' word only it was there."""

    giver: Hashable
    taker: Hashable
    at: datetime
    words: frozenset[Hashable] = frozenset()


def sights(handovers: Iterable[Given]) -> dict[tuple[Hashable, Hashable], datetime]:
    """(captor, reader) -> until when the reader may see what the captor said about the thing.

    Who hands a thing on shows what it said about it until then, and what was shown to it. Nobody's word shows what
    others said: naming oneself, or another's thing, gives no sight. Where the giver does not say itself that the thing
    was in what it handed on, only those show what they said who said so, and who had shown it to them.
    """
    found: dict[tuple[Hashable, Hashable], datetime] = {}
    waiting = sorted(handovers, key=lambda g: g.at)
    while waiting:
        at = waiting[0].at
        now = [g for g in waiting if g.at == at]
        waiting = waiting[len(now) :]
        # Handovers of one moment have no order: again until nothing is added.
        before = None
        while before != found:
            before = dict(found)
            for given in now:
                shown = {
                    (captor, given.taker): until
                    for (captor, reader), until in before.items()
                    if reader == given.giver and all(captor == w or (captor, w) in before for w in given.words)
                }
                if not given.words:
                    shown[given.giver, given.taker] = at
                for pair, until in shown.items():
                    if pair[0] != pair[1] and (pair not in found or found[pair] < until):
                        found[pair] = until
    return found
