"""What people can see of tags: one item's facts, a firm's ranges, who sold what."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from guomen.core.gs1 import item_key
from guomen.core.tagcrypto import SerialError, normalise
from guomen.kit.clock import now
from guomen.kit.errors import NotFound
from guomen.kit.ids import Subject
from guomen.parties.actors import Actor
from guomen.parties.models import Organisation
from guomen.tags.models import Activation, ItemState, Range, RecalledBatch, Sale
from guomen.tags.scheme import batch_uri, item_uri, scheme


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """One item that was really made: its range and everything that happened to its tag."""

    serial: str
    index: int
    range: Range
    activation: Activation | None
    withdrawn: str
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
    def active(self) -> bool:
        return self.activation is not None and self.activation.ended_at is None and self.activation.since <= now()


def locate(gtin: str, serial: str) -> tuple[Range, int, str] | None:
    """Range, index and clean serial of a genuine code of this GTIN; None when the code does not exist."""
    text = normalise(serial)
    found = _range_of(text)
    if found is None or found.gtin != gtin.zfill(14):
        return None
    try:
        parts = scheme(found.key_version).check(gtin, text)
    except (SerialError, ValueError):
        return None
    return (found, parts.index, text) if parts.index < found.count else None


def _range_of(text: str) -> Range | None:
    """The range that the first four characters name: it alone knows the version of the keys to check with."""
    try:
        number = int(text[:4].translate(_TO_PYTHON), 32) if len(text) >= 4 else -1
    except ValueError:
        return None
    return Range.objects.filter(number=number).select_related("organisation").first()


def gtin_of(serial: str) -> str | None:
    """The GTIN that a bare serial was made for, or None when the code does not exist."""
    text = normalise(serial)
    found = _range_of(text)
    return found.gtin if found and locate(found.gtin, text) else None


_TO_PYTHON = str.maketrans("0123456789ABCDEFGHJKMNPQRSTVWXYZ", "0123456789abcdefghijklmnopqrstuv")


def item(gtin: str, serial: str) -> ItemFacts | None:
    """Everything known about the tag of one item; None when this code was never made."""
    found = locate(gtin, serial)
    if found is None:
        return None
    range_, index, clean = found
    key = item_key(item_uri(range_.gtin, clean))
    gone = ItemState.objects.filter(item=key).first()
    activation = Activation.objects.filter(subject=range_.subject).first()
    return ItemFacts(
        serial=clean,
        index=index,
        range=range_,
        activation=activation,
        withdrawn=gone.state if gone else "activation-ended" if activation and activation.ended_at else "",
        sale=Sale.objects.select_related("organisation").filter(item=key).first(),
        recall=recall_in_force(range_.gtin, range_.batch),
    )


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


def range_by_code(by: Actor, code: str) -> Range:
    """One range by its four characters. Raises NotFound, also when it belongs to another firm."""
    text = normalise(code)
    found = _range_of(text) if len(text) == 4 else None
    if found is None or not (by.is_officer or found.organisation_id == by.organisation_id):
        raise NotFound
    return found


def about(one: Range) -> list[str]:
    """What a ledger entry about a range is about: the range, its goods line, its batch."""
    return [Subject.of("range", one.code), one.subject, batch_uri(one.gtin, one.batch)]


def active_since(one: Range) -> datetime | None:
    """Since when the tags of a range are valid; None before release or after withdrawal."""
    found = Activation.objects.filter(subject=one.subject, ended_at=None).first()
    return found.since if found else None


def sold_by(gtin: str, batch: str) -> list[tuple[Organisation, int]]:
    """Who sold items of this batch and how many, most first."""
    rows = Sale.objects.filter(gtin=gtin, batch=batch).values("organisation").annotate(n=Count("item"))
    counts = {row["organisation"]: row["n"] for row in rows}
    sellers = Organisation.objects.filter(id__in=counts)
    return sorted(((o, counts[o.id]) for o in sellers), key=lambda pair: (-pair[1], pair[0].code))
