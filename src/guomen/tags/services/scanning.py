"""Record a look at an item's code."""

from django.db import transaction

from guomen.core.gs1 import item_key
from guomen.kit.clock import now
from guomen.kit.ids import uuid7
from guomen.tags import queries
from guomen.tags.models import Scan, ScanBatch
from guomen.tags.scheme import item_uri

CHANNELS = frozenset({"public", "retailer", "inspector"})


@transaction.atomic
def scan(gtin: str, serial: str, *, channel: str = "public", device_hash: bytes, place: str = "") -> bool:
    """Record one look at an item's code, to be added up; returns whether there is such a code. Others leave no trace.

    ``channel`` is public, retailer or inspector; only public scans count. ``device_hash`` comes from
    :func:`guomen.tags.visitors.visitor_hash`; ``place`` is a UN/LOCODE or empty.
    """
    if channel not in CHANNELS:
        raise ValueError(f"unknown channel {channel!r}")
    found = queries.locate(gtin, serial)
    if found is None:
        return False
    one, index, clean = found
    batch = uuid7()
    ScanBatch.objects.create(batch=batch, count=1)
    Scan.objects.create(
        batch=batch,
        item=item_key(item_uri(one.gtin, clean)),
        at=now(),
        range_number=one.number,
        index=index,
        channel=channel,
        device=device_hash,
        place=place,
    )
    return True
