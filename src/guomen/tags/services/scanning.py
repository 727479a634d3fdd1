"""Record a look at an item's code."""

from dataclasses import dataclass

from django.db import transaction

from guomen.core.gs1 import item_key
from guomen.kit.clock import now
from guomen.kit.ids import uuid7
from guomen.tags import queries
from guomen.tags.models import Scan
from guomen.tags.rules import Scans

CHANNELS = frozenset({"public", "retailer", "inspector"})


@dataclass(frozen=True, slots=True)
class ScanView:
    """What one look at a code found: the item (None: no such code) and all public scans including this one."""

    item: queries.ItemFacts | None
    scans: Scans


@transaction.atomic
def scan(gtin: str, serial: str, *, channel: str = "public", device_hash: bytes, place: str = "") -> ScanView:
    """Record one look at an item's code and say what is known. Codes that do not exist leave no trace.

    ``channel`` is public, retailer or inspector; only public scans count. ``device_hash`` comes from
    :func:`guomen.tags.visitors.visitor_hash`; ``place`` is a UN/LOCODE or empty.
    """
    if channel not in CHANNELS:
        raise ValueError(f"unknown channel {channel!r}")
    found = queries.item(gtin, serial)
    if found is None:
        return ScanView(None, Scans())
    key, moment = item_key(found.uri), now()
    Scan.objects.create(
        item=key,
        id=uuid7(),
        at=moment,
        range_number=found.range.number,
        index=found.index,
        channel=channel,
        device=device_hash,
        place=place,
    )
    return ScanView(found, queries.scans_of(found.gtin, found.serial))
