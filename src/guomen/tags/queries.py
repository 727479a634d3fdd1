"""What people can see of tags: one item's facts, a firm's ranges, who sold what."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Count

from guomen.core.gs1 import item_key
from guomen.core.tagcrypto import SerialError, normalise
from guomen.core.tagcrypto.codes import number_of
from guomen.kit.clock import now
from guomen.kit.errors import NotFound
from guomen.kit.ids import Subject
from guomen.kit.keystore import KeyMissingError
from guomen.parties.actors import Actor
from guomen.parties.models import Organisation
from guomen.tags.models import Activation, BondedMove, BondedStock, LabelJob, Range, RecalledBatch, Sale
from guomen.tags.rules import lifecycle
from guomen.tags.scheme import batch_uri, item_uri, scheme


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """One item that was really made: its range and everything that happened to its tag."""

    serial: str
    index: int
    range: Range
    activation: Activation | None
    kept: str
    """The state of the item, else of its stretch, else of its range: see ``lifecycle.kept_state``."""
    sale: Sale | None
    recall: str
    """Number of the recall in force for its batch, or empty."""

    @property
    def gtin(self) -> str:
        return self.range.gtin

    @property
    def batch(self) -> str:
        return self.range.batch

    @property
    def uri(self) -> str:
        return item_uri(self.gtin, self.serial)

    @property
    def batch_uri(self) -> str:
        return batch_uri(self.gtin, self.batch)

    @property
    def key(self) -> UUID:
        return item_key(self.uri)

    @property
    def withdrawn(self) -> str:
        """Why the tag is out of use: lost, spoiled, returned, or the release of its goods was taken back."""
        if self.kept in lifecycle.WITHDRAWN:
            return self.kept
        return "activation-ended" if self.activation and self.activation.ended_at else ""

    @property
    def active(self) -> bool:
        """Whether the goods are released; not whether this item is still on the market."""
        return self.activation is not None and self.activation.ended_at is None and self.activation.since <= now()

    @property
    def state(self) -> str:
        """What people read: ``lifecycle.current_state``."""
        return lifecycle.current_state("", "", self.kept, released=self.active, recalled=bool(self.recall))


Located = tuple[Range, int, str]
"""Range, index and clean serial of a code that was really made."""


def locate(gtin: str, serial: str) -> Located | None:
    """Range, index and clean serial of a genuine code of this GTIN; None when the code does not exist."""
    text = normalise(serial)
    return _located_in({r.number: r for r in ranges_with([_number(text)])}, gtin, text)


def locate_many(codes: Sequence[tuple[str, str]]) -> list[Located | None]:
    """:func:`locate` for many (GTIN, serial), in their order: each range is asked for once."""
    clean = [(gtin, normalise(serial)) for gtin, serial in codes]
    known = {r.number: r for r in ranges_with(_number(text) for _, text in clean)}
    return [_located_in(known, gtin, text) for gtin, text in clean]


def _located_in(known: Mapping[int, Range], gtin: str, text: str) -> Located | None:
    # The range alone knows the version of the keys to check with.
    found = known.get(_number(text))
    if found is None or found.gtin != gtin.zfill(14) or found.state in lifecycle.NOT_MADE:
        return None
    try:
        parts = scheme(found.key_version).check(gtin, text)
    except KeyMissingError:
        # Lost keys are this installation's trouble. The code may be as good as any.
        raise
    except (SerialError, ValueError):
        return None
    return (found, parts.index, text) if parts.index < found.count else None


def _number(text: str) -> int:
    """The range that the first four characters of a clean serial name; -1 for what is none."""
    try:
        return number_of(text[:4], 4)
    except SerialError:
        return -1


def gtin_of(serial: str) -> str | None:
    """The GTIN that a bare serial was made for, or None when the code does not exist."""
    text = normalise(serial)
    found = Range.objects.filter(number=_number(text)).first()
    return found.gtin if found and locate(found.gtin, text) else None


def long_of(short: str) -> tuple[str, str] | None:
    """GTIN and serial of the item that a short code names, or None when the code does not exist."""
    text = normalise(short)
    found = Range.objects.filter(number=_number(text)).exclude(state__in=lifecycle.NOT_MADE).first()
    if found is None:
        return None
    keys = scheme(found.key_version)
    try:
        index = keys.check_short(text).index
    except SerialError:
        return None
    return (found.gtin, keys.issue(found.gtin, found.number, index)) if index < found.count else None


def item(gtin: str, serial: str) -> ItemFacts | None:
    """Everything known about the tag of one item; None when this code was never made."""
    found = locate(gtin, serial)
    if found is None:
        return None
    return _facts([found])[0]


def items(codes: Sequence[tuple[str, str]]) -> list[ItemFacts | None]:
    """:func:`item` for many (GTIN, serial), in their order, in few questions."""
    located = locate_many(codes)
    facts = iter(_facts([one for one in located if one is not None]))
    return [next(facts) if one is not None else None for one in located]


def ranges_with(numbers: Iterable[int]) -> Iterable[Range]:
    return Range.objects.filter(number__in=set(numbers)).select_related("organisation")


def _facts(located: Sequence[tuple[Range, int, str]]) -> list[ItemFacts]:
    keys = [item_key(item_uri(r.gtin, serial)) for r, _, serial in located]
    kept = _kept(keys, located)
    sales = {s.item: s for s in Sale.objects.select_related("organisation").filter(item__any=set(keys))}
    activations = Activation.objects.in_bulk({r.subject for r, _, _ in located})
    recalls = {
        (gtin, batch): recall_in_force(gtin, batch) for gtin, batch in {(r.gtin, r.batch) for r, _, _ in located}
    }
    return [
        ItemFacts(
            serial=serial,
            index=index,
            range=r,
            activation=activations.get(r.subject),
            kept=kept[key],
            sale=sales.get(key),
            recall=recalls[r.gtin, r.batch],
        )
        for key, (r, index, serial) in zip(keys, located, strict=True)
    ]


def _kept(keys: Sequence[UUID], located: Sequence[Located]) -> dict[UUID, str]:
    """Item -> the state that is kept for it: its own, its stretch's or its range's."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.item, i.state, s.state FROM unnest(%s::uuid[], %s::int[], %s::int[]) AS p(item, number, index) "
            "LEFT JOIN tags_itemstate i ON i.item = p.item "
            "LEFT JOIN tags_segment s ON s.range_number = p.number AND p.index BETWEEN s.first AND s.last",
            [list(keys), [r.number for r, _, _ in located], [index for _, index, _ in located]],
        )
        kept = {item: (own or "", stretch or "") for item, own, stretch in cursor.fetchall()}
    whole = {key: r.state for key, (r, _, _) in zip(keys, located, strict=True)}
    return {key: lifecycle.kept_state(*kept[key], whole[key]) for key in keys}


def recall_in_force(gtin: str, batch: str) -> str:
    """The number of the newest recall for this batch, or empty."""
    marks = RecalledBatch.objects.filter(gtin=gtin, batch__in=["", batch]).order_by("-since")
    return marks.values_list("recall", flat=True).first() or ""


RECALLED = "SELECT gtin, batch FROM tags_recalledbatch WHERE gtin = ANY(%s)"
"""Batches of some products under recall (an empty batch: all of them). The scan path asks it, without Django."""


def ranges(by: Actor) -> list[Range]:
    """The ranges of the actor's organisation, or all for the authority, newest first."""
    found = Range.objects.select_related("organisation").order_by("-ordered_at")
    if by.is_officer:
        return list(found)
    return list(found.filter(organisation=by.organisation)) if by.organisation else []


def range_named(code: str) -> Range | None:
    """The range with these four characters, whoever asks."""
    text = normalise(code)
    if len(text) != 4:
        return None
    return Range.objects.select_related("organisation").filter(number=_number(text)).first()


def range_by_code(by: Actor, code: str) -> Range:
    """One range by its four characters. Raises NotFound, also when it belongs to another firm."""
    found = range_named(code)
    if found is None or not (by.is_officer or found.organisation_id == by.organisation_id):
        raise NotFound
    return found


def decisions(by: Actor) -> tuple[list[Range], list[Range]]:
    """Orders that wait for an officer, oldest first, and those decided lately. Controllers only."""
    by.require("controller")
    orders = Range.objects.select_related("organisation")
    decided = orders.exclude(decided_at=None).exclude(asked_because=[]).order_by("-decided_at")
    return list(orders.filter(state="asked").order_by("ordered_at")[:100]), list(decided[:20])


def item_for(by: Actor, gtin: str, serial: str) -> ItemFacts:
    """One item as its firm and officers see it. Raises NotFound, also for items of others."""
    found = item(gtin, serial)
    if found is None or not (by.is_officer or found.range.organisation_id == by.organisation_id):
        raise NotFound
    return found


def bonded(one: Range) -> tuple[list[BondedStock], list[BondedMove]]:
    """What lies in bonded displays, and the newest moves."""
    stock = BondedStock.objects.filter(range_number=one.number).order_by("hall")
    return list(stock), list(BondedMove.objects.filter(range_number=one.number).order_by("-at", "-id")[:50])


def about(one: Range) -> list[str]:
    """What a ledger entry about a range is about: the range, its goods line, its batch."""
    return [Subject.of("range", one.code), one.subject, batch_uri(one.gtin, one.batch)]


def active_since(one: Range) -> datetime | None:
    """Since when the tags of a range are valid; None before release or after withdrawal."""
    found = Activation.objects.filter(subject=one.subject, ended_at=None).first()
    return found.since if found else None


def has_inner_codes(one: Range) -> bool:
    """Whether codes for the inside of the packs were made, with which a buyer claims an item."""
    return bool(with_inner_codes([one.number]))


def with_inner_codes(numbers: Iterable[int]) -> set[int]:
    """Those ranges for which codes for the inside of the packs were made."""
    made = LabelJob.objects.filter(range_number__in=list(numbers), format="inner", state__in=["done", "removed"])
    return set(made.values_list("range_number", flat=True))


def sold_by(gtin: str, batch: str) -> list[tuple[Organisation, int]]:
    """Who sold items of this batch and how many, most first."""
    rows = Sale.objects.filter(gtin=gtin, batch=batch).values("organisation").annotate(n=Count("item"))
    counts = {row["organisation"]: row["n"] for row in rows}
    sellers = Organisation.objects.filter(id__in=counts)
    return sorted(((o, counts[o.id]) for o in sellers), key=lambda pair: (-pair[1], pair[0].code))
