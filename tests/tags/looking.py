"""Scans as the scan path appends them."""

from datetime import datetime, timedelta

from guomen.core.gs1 import item_key
from guomen.kit.clock import now
from guomen.kit.ids import uuid7
from guomen.tags import labels
from guomen.tags.models import Range, Scan, ScanBatch
from guomen.tags.scheme import item_uri


def key_of(one: Range, index: int):
    return item_key(item_uri(one.gtin, labels.serials(one, index, 1)[0]))


def phone(n: int) -> bytes:
    """Eight bytes that are spread as a visitor's hash is."""
    return (n * 0x9E3779B97F4A7C15 % (1 << 64)).to_bytes(8)


def look(
    one: Range,
    index: int = 0,
    device: int = 1,
    *,
    place: str = "",
    channel: str = "public",
    at: datetime | None = None,
    counter: str = "",
) -> Scan:
    """One scan, appended. ``index`` -1: a code that does not exist, of this order."""
    batch = uuid7()
    ScanBatch.objects.create(batch=batch, count=1)
    return Scan.objects.create(
        batch=batch,
        item=key_of(one, max(index, 0)),
        at=at or now(),
        range_number=one.number,
        index=index,
        channel=channel,
        device=phone(device),
        place=place,
        counter=counter,
    )


def crowd(one: Range, index: int = 0, phones: int = 11, **more) -> None:
    """Many phones look at one item, a second apart."""
    begin = more.pop("at", None) or now() - timedelta(minutes=5)
    for n in range(phones):
        look(one, index, n, at=begin + timedelta(seconds=n), **more)
