"""Change what became of tags: of single items, of a stretch of a range, of a whole consignment."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from guomen.kit.clock import now
from guomen.kit.errors import Forbidden, Invalid, NotFound, Problem, Refused
from guomen.kit.words import W
from guomen.ledger.services import append
from guomen.parties.actors import Actor
from guomen.tags import queries
from guomen.tags.limits import position
from guomen.tags.models import Claim, ItemState, Range, Sale, Segment
from guomen.tags.rules import lifecycle
from guomen.tags.rules.lifecycle import CHANGES, Change, Stretch, Who
from guomen.tags.services.events import tell, tell_stretches
from guomen.tags.services.ordering import require_made
from guomen.tags.words import CHANGE_REASONS

MOST_ITEMS = 1000
"""In one call; more are a stretch."""
ONE_BY_ONE = frozenset({"sold", "claimed"})
"""Changes with a door of their own: they concern one item each."""


class WrongState(Refused):
    code = "wrong-state"
    words = W("Some of these items cannot change in this way.", "部分商品不能作此变更。")


@dataclass(frozen=True, slots=True)
class Changed:
    """How many items are now in the new state, and how many kept another of their own."""

    count: int
    kept: int


def roles_for(by: Actor, one: Range) -> set[Who]:
    """In which roles an actor meets the items of a range."""
    found: set[Who] = set()
    if by.has("inspector", "controller") and by.is_authority:
        found.add("officer")
    if by.organisation_id is not None and one.organisation_id == by.organisation_id and by.has("declarant", "tags"):
        found.add("firm")
    if by.has("seller") or (by.has("tags") and by.organisation is not None and by.organisation.kind == "retailer"):
        found.add("seller")
    return found


@transaction.atomic
def change_items(by: Actor, items: Sequence[tuple[str, str]], to: str, *, place: str = "", why: str = "") -> Changed:
    """Change single items, given as (GTIN, serial): all or none, one event, one entry. Items that are there stay.

    Raises NotFound for codes that do not exist or are of others' goods, Invalid, Forbidden, WrongState.
    """
    change = _known(to, place, why)
    if not 1 <= len(items) <= MOST_ITEMS:
        words = W("Name 1 to {most} items.", "请提供 1 至 {most} 件商品。")
        raise Invalid([Problem("items", "out-of-range", words, (("most", MOST_ITEMS),))])
    found = {f.key: f for f in queries.items(items) if f is not None}
    hold(f.range.number for f in found.values())
    # What was true before the lock may not be any more.
    fresh = {f.key: f for f in queries.items([(f.gtin, f.serial) for f in found.values()]) if f is not None}
    if not items or len(fresh) < len({(g.zfill(14), queries.normalise(s)) for g, s in items}):
        raise NotFound(W("Some of these codes do not exist, or are not yours.", "部分编码不存在或不属于贵单位。"))
    if any(not roles_for(by, f.range) for f in fresh.values()):
        raise NotFound(W("Some of these codes do not exist, or are not yours.", "部分编码不存在或不属于贵单位。"))
    wanted = [f for f in fresh.values() if f.kept != to]
    for one in wanted:
        roles = roles_for(by, one.range)
        _require(change, one.kept, roles, one.active, bool(one.recall), one.index)
        if to == "returned" and roles == {"seller"} and not _came_from(by, one):
            raise Forbidden(CHANGE_REASONS["TAG-NOT-YOURS-TO-CHANGE"])
    if not wanted:
        return Changed(len(fresh), 0)
    at = now()
    keep(wanted, to, at, place)
    if to == "returned":
        _forget_owners([f.key for f in wanted])
    uris = [f.uri for f in wanted]
    tell(by, change, at, uris, place)
    ranges = sorted({f.range.code for f in wanted})
    facts = {"to": to, "count": len(uris), "ranges": ranges, "place": place, "why": why}
    append("tags.changed", uris, facts, by, happened_at=at)
    return Changed(len(fresh), 0)


@transaction.atomic
def change_stretch(
    by: Actor, code: str, to: str, *, first: int = 0, last: int | None = None, place: str = "", why: str = ""
) -> Changed:
    """Change indices ``first`` to ``last`` (None: the end) of a range: one row, one event, one entry.

    Single items that went another way and cannot follow keep their state, and are counted; of a whole range, also
    labels that were struck, destroyed or stolen. Raises NotFound for others'
    ranges, Invalid, Forbidden, WrongState when a part of the stretch cannot change: then nothing changes.
    """
    change = _known(to, place, why)
    one = queries.range_by_code(by, code)
    _require_bulk(to)
    hold([one.number])
    one.refresh_from_db()
    require_made(one)
    wanted = _bounds(one, first, last)
    whole = first == 0 and last is None
    return _change(by, [(one, wanted)], change, queries.about(one), {"range": one.code}, place, why, whole=whole)


@transaction.atomic
def change_consignment(by: Actor, subject: str, to: str, *, place: str = "", why: str = "") -> Changed:
    """Change all items of a goods line: as :func:`change_stretch` for each of its ranges, together one entry."""
    change = _known(to, place, why)
    _require_bulk(to)
    found = [r for r in queries.ranges(by) if r.subject == subject and r.state not in lifecycle.NOT_MADE]
    if not found:
        raise NotFound
    hold(r.number for r in found)
    fresh = list(Range.objects.filter(number__in=[r.number for r in found]).order_by("number"))
    about = list(dict.fromkeys(s for r in fresh for s in [subject, *queries.about(r)]))
    codes = {"ranges": [r.code for r in fresh]}
    return _change(by, [(r, Stretch(0, r.count - 1)) for r in fresh], change, about, codes, place, why, whole=True)


def _came_from(by: Actor, one: queries.ItemFacts) -> bool:
    """Whether a shop may say that an item came back: it sold it, or nobody has it."""
    if one.sale is None:
        return one.kept not in ONE_BY_ONE
    return one.sale.organisation_id == by.organisation_id


def _forget_owners(items: Sequence[UUID]) -> None:
    """What came back is nobody's: it can be sold and claimed again. The ledger still tells of the first sale."""
    Sale.objects.filter(item__any=items).delete()
    Claim.objects.filter(item__any=items).delete()


def withdraw_item(by: Actor, gtin: str, serial: str, reason: str) -> None:
    """Take one item's tag out of use: destroyed, stolen, spoiled or returned. Its firm and the authority may."""
    if reason not in lifecycle.WITHDRAWN:
        raise Invalid([Problem("reason", "unknown-reason", W("Choose a reason from the list.", "请从列表选择原因。"))])
    change_items(by, [(gtin, serial)], reason)


@transaction.atomic
def report_made(by: Actor, one: Range, stretches: Sequence[Stretch], to: str, at: datetime, event: str) -> Changed:
    """Note what an event that its firm captured says of labels: printed or applied. Parts that cannot change stay.

    One entry for the event; the same event again changes nothing.
    """
    hold([one.number])
    one.refresh_from_db()
    change = CHANGES[to]
    within = [Stretch(s.first, min(s.last, one.count - 1)) for s in stretches if s.first < one.count]
    movable = [p for s in within for p in _parts(one, s) if p.state in change.before]
    done = sum(p.size for p in movable)
    _lay(one, [Stretch(p.first, p.last, to) for p in movable], change, at, "")
    if done:
        facts = {"range": one.code, "to": to, "count": done, "event": event}
        append("tags.commissioned", queries.about(one), facts, by, happened_at=at)
    return Changed(done, sum(s.size for s in stretches) - done)


def hold(numbers: Iterable[int], *, shared: bool = False) -> None:
    """Keep other changes of these ranges waiting until this transaction ends; ``shared``: only those of stretches."""
    how = "SHARE" if shared else "UPDATE"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT 1 FROM tags_range WHERE number = ANY(%s) ORDER BY number FOR {how}",  # noqa: S608 - two words
            [sorted(set(numbers))],
        )


def keep(items: Sequence[queries.ItemFacts], to: str, at: datetime, place: str) -> None:
    """Write the items' own rows."""
    rows = [
        ItemState(item=f.key, range_number=f.range.number, index=f.index, state=to, at=at, place=place) for f in items
    ]
    ItemState.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["item"], update_fields=["state", "at", "place"]
    )


def _change(
    by: Actor,
    wanted: Sequence[tuple[Range, Stretch]],
    change: Change,
    about: Sequence[str],
    named: dict[str, object],
    place: str,
    why: str,
    *,
    whole: bool,
) -> Changed:
    moved: list[tuple[Range, Stretch]] = []
    at, kept, count = now(), 0, 0
    for one, stretch in wanted:
        roles = roles_for(by, one)
        parts = _parts(one, stretch)
        left = [p for p in parts if whole and p.state in set(lifecycle.LOST) - change.before - {change.to}]
        if len(left) == len(parts):
            left = []
        for part in parts:
            if part.state != change.to and part not in left:
                _require(change, part.state, roles, released=True, recalled=False, index=part.first)
        follow = lifecycle.joined([Stretch(p.first, p.last, change.to) for p in parts if p not in left])
        kept += _lay(one, follow, change, at, place) + sum(p.size for p in left)
        count += stretch.size
        if any(p.state != change.to for p in parts if p not in left):
            moved += [(one, s) for s in follow]
    if moved:
        tell_stretches(by, change, at, moved, place)
        spans = [{"range": r.code, "first": s.first, "last": s.last} for r, s in moved]
        facts = {"to": change.to, "count": count, "kept": kept, "stretches": spans, "place": place, "why": why}
        append("tags.changed", about, named | facts, by, happened_at=at)
    return Changed(count - kept, kept)


def _parts(one: Range, stretch: Stretch) -> list[Stretch]:
    return lifecycle.parts(_stretches(one), stretch.first, stretch.last, one.state)


def _stretches(one: Range) -> list[Stretch]:
    rows = Segment.objects.filter(range_number=one.number).values_list("first", "last", "state")
    return [Stretch(*row) for row in rows]


def _lay(one: Range, new: Sequence[Stretch], change: Change, at: datetime, place: str) -> int:
    """Write stretches that lie apart; items of them with rows of their own follow where they may.

    Returns how many may not.
    """
    with connection.cursor() as cursor:
        bounds = [[s.first for s in new], [s.last for s in new], one.number]
        cursor.execute(
            "DELETE FROM tags_itemstate i USING unnest(%s::int[], %s::int[]) AS n(first, last) "
            "WHERE i.range_number = %s AND i.index BETWEEN n.first AND n.last AND i.state = ANY(%s) RETURNING i.item",
            [*bounds, [*change.before, change.to]],
        )
        if change.to == "returned":
            _forget_owners([row[0] for row in cursor.fetchall()])
        cursor.execute(
            "SELECT count(*) FROM tags_itemstate i, unnest(%s::int[], %s::int[]) AS n(first, last) "
            "WHERE i.range_number = %s AND i.index BETWEEN n.first AND n.last",
            bounds,
        )
        kept = int(cursor.fetchone()[0])
    before = {s.first: s for s in _stretches(one)}
    after = {s.first: s for s in lifecycle.laid(list(before.values()), list(new), one.state)}
    if len(after) == 1 and next(iter(after.values())).size == one.count:
        Range.objects.filter(number=one.number).update(state=change.to)
        one.state, after = change.to, {}
    gone = [first for first, s in before.items() if after.get(first) != s]
    Segment.objects.filter(range_number=one.number, first__in=gone).delete()
    Segment.objects.bulk_create(
        Segment(range_number=one.number, first=s.first, last=s.last, state=s.state, at=at, place=place)
        for first, s in after.items()
        if before.get(first) != s
    )
    return kept


def _require(change: Change, before: str, roles: set[Who], released: bool, recalled: bool, index: int) -> None:
    if not roles & change.who:
        raise Forbidden(CHANGE_REASONS["TAG-NOT-YOURS-TO-CHANGE"])
    who = next(iter(roles & change.who))
    code = lifecycle.refusal(change.to, before, who, released=released, recalled=recalled)
    if code:
        raise WrongState(CHANGE_REASONS[code], code=code.lower().removeprefix("tag-"), number=index + 1, state=before)


def _require_bulk(to: str) -> None:
    if to in ONE_BY_ONE:
        raise Forbidden(CHANGE_REASONS["TAG-NOT-YOURS-TO-CHANGE"])


def _known(to: str, place: str, why: str) -> Change:
    problems = []
    if to not in CHANGES or to in ONE_BY_ONE:
        problems.append(Problem("to", "unknown-state", W("Choose a state from the list.", "请从列表选择状态。")))
    if place and not position(place):
        words = W("Name the place by its UN/LOCODE, as CNSHA.", "请用联合国口岸代码填写地点，如 CNSHA。")
        problems.append(Problem("place", "unknown-place", words))
    if len(why) > 500 or "\0" in why:
        problems.append(Problem("why", "too-long", W("Use at most 500 characters.", "最多 500 个字符。")))
    if problems:
        raise Invalid(problems)
    return CHANGES[to]


def _bounds(one: Range, first: int, last: int | None) -> Stretch:
    end = one.count - 1 if last is None else last
    if not 0 <= first <= end < one.count:
        words = W("This order has the labels 1 to {count}.", "该订单的标签序号为 1 至 {count}。")
        raise Invalid([Problem("first", "out-of-range", words, (("count", one.count),))])
    return Stretch(first, end)
